"""The game's codes as the plain integers that kernels compare and count with."""

from sim.games.treaty.situation import Phase
from sim.games.treaty.transitions import Signal

IN_FORCE, IN_NOTICE, ENDED = int(Phase.IN_FORCE), int(Phase.NOTICE), int(Phase.ENDED)
ALARM, CLEAR = int(Signal.ALARM), int(Signal.CLEAR)
