"""The same automaton in a generic repeated game between two players: uphold and breach become two actions.

The public signal says of each player whether there was an alarm against it, numbered ``2 alarm_0 + alarm_1``.
Under perfect monitoring a breach is an alarm, so that this is the executed joint action in C order; other
monitoring is read through `Automaton.reading`. Moves do not exist there: what is left of a strategy is its
course.
"""

import numpy as np

from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.treaty.graph import EVENTS
from sim.games.treaty.rules import PARTIES
from sim.strategies.specification import AutomatonSpec
from sim.strategies.treaty_automaton import transition_table

ACTIONS = ("uphold", "breach")
SIGNALS = ("quiet", "alarm_1", "alarm_0", "alarm_both")
"""Names of the public signals in their order."""


def to_repeated(spec: AutomatonSpec, player: int = 0) -> Automaton:
    """Return `spec` as a two-action automaton for `player` (0 or 1) over the four public signals.

    Raises
    ------
    ParameterError
        If `player` is neither 0 nor 1, or `spec` must be solved for.

    Examples
    --------
    >>> from sim.strategies.specification import automaton_from_mapping
    >>> grim = automaton_from_mapping(
    ...     {
    ...         "states": {"calm": {"course": "uphold"}, "angry": {"course": "breach"}},
    ...         "transitions": [{"from": "calm", "to": "angry", "on": ["alarm_other"]}],
    ...     },
    ...     "grim",
    ... )
    >>> to_repeated(grim).transitions.tolist()
    [[0, 1, 0, 1], [1, 1, 1, 1]]
    """
    if player not in PARTIES:
        raise ParameterError(f"player must be 0 or 1, got {player}")
    if spec.solved is not None:
        raise ParameterError(f"strategy {spec.name!r} must be solved for ({spec.solved}), it has no table")
    first, second = (1 << EVENTS.index(f"alarm_{party}") for party in PARTIES)
    masks = [0, second, first, first | second]
    breach = np.array([state.breach for state in spec.states])
    return Automaton(
        spec.name,
        spec.state_names,
        0,
        np.stack([1 - breach, breach], axis=1),
        transition_table(spec.state_names, spec.transitions, player)[:, masks],
        spec.source,
    )
