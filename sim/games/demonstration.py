r"""The display of January 2019 as a signalling game: show the missile or stay silent; trust, or give up the treaty.

The ultimatum game (`sim.games.ultimatum_game`) cut down to one message and one answer, with its numbers. Russia is in
compliance or in breach and *shows* the missile, at a cost, or stays *silent*. The United States *trusts*: it comes to
a display, where an inspection finds a breach with probability `d` and has it dismantled, and else lets the matter rest;
or it *leaves*, at the price of blame, more after a display. With probability π it seeks a pretext, and leaves whatever
it sees; a United States that wants the treaty is the one that decides.

With treaty worth V to Russia and W to the United States, missile M, exposure e, costs of showing c and c', harm h,
blame b and b' (after a display), p the prior of breach:

* *separating* (only compliance shows, only the display is trusted): a breach gains nothing by showing,
  :math:`(1-π)(V - d(M+e)) ≤ c'`, compliance nothing by silence, :math:`(1-π) V ≥ c`, and silence is not trusted,
  :math:`h ≥ W + b`;
* *pooling on silence* with trust: :math:`p ≤ (W+b)/h`;
* *pooling on silence* without trust: :math:`p ≥ (W+b)/h` and :math:`d ≤ 1 - (W+b')/h`, so that nothing shown helps;
* *pooling on the display* with trust: :math:`(1-π)(V - d(M+e)) ≥ c'` and :math:`p ≤ (W+b')/((1-d)h)`.
"""

from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError
from sim.games.signalling import SignallingGame
from sim.games.ultimatum_game import UltimatumGame

COMPLIANT, BREACH = range(2)
SHOW, SILENT = range(2)
TRUST, LEAVE = range(2)


@dataclass(frozen=True)
class Demonstration:
    """The game with the numbers of an ultimatum game.

    Examples
    --------
    >>> Demonstration(UltimatumGame(detection=1.0)).game().sender[COMPLIANT, SHOW].round(2).tolist()
    [0.6, -0.1]
    """

    numbers: UltimatumGame

    def game(self) -> SignallingGame:
        """Return the game in tables; a pretext-seeker's leaving is in the payoffs of being trusted."""
        n = self.numbers
        sender, receiver = np.zeros((2, 2, 2)), np.zeros((2, 2, 2))
        for kind in (COMPLIANT, BREACH):
            for message in (SHOW, SILENT):
                found = n.detection if kind == BREACH and message == SHOW else 0.0
                missile = n.missile if kind == BREACH else 0.0
                cost = 0.0 if message == SILENT else n.secrecy_breach if kind == BREACH else n.secrecy
                kept = n.treaty_russia + (1 - found) * missile - found * n.exposure
                sender[kind, message, LEAVE] = missile - cost
                sender[kind, message, TRUST] = (1 - n.pretext) * kept + n.pretext * missile - cost
                harm = (1 - found) * n.harm if kind == BREACH else 0.0
                receiver[kind, message, TRUST] = n.treaty_usa - harm
                receiver[kind, message, LEAVE] = -(n.blame_after_display if message == SHOW else n.blame)
        return SignallingGame(
            np.array([1 - n.breach, n.breach]),
            sender,
            receiver,
            ("in compliance", "in breach"),
            ("show", "silent"),
            ("trust", "leave"),
            ("Russia", "United States"),
            "The display",
        )

    @property
    def separating_detection(self) -> float:
        """Least detection at which the breach does not imitate the display; above 1 if none suffices.

        Raises
        ------
        ParameterError
            If a breach has nothing to lose by being found.
        """
        n = self.numbers
        stake = n.missile + n.exposure
        if stake <= 0:
            raise ParameterError(f"missile + exposure must be above 0, got {stake:g}")
        return (n.treaty_russia - n.secrecy_breach / (1 - n.pretext)) / stake

    @property
    def silent_prior(self) -> float:
        """Largest prior of breach at which silence is trusted when everyone is silent."""
        n = self.numbers
        return (n.treaty_usa + n.blame) / n.harm if n.harm > 0 else float("inf")

    @property
    def distrusted_detection(self) -> float:
        """Largest detection at which a display that is taken for a breach's is not trusted."""
        n = self.numbers
        if n.harm <= 0:
            raise ParameterError(f"harm must be above 0, got {n.harm:g}")
        return 1 - (n.treaty_usa + n.blame_after_display) / n.harm

    @property
    def shown_prior(self) -> float:
        """Largest prior of breach at which a display that everyone gives is trusted."""
        n = self.numbers
        harm = (1 - n.detection) * n.harm
        return (n.treaty_usa + n.blame_after_display) / harm if harm > 0 else float("inf")


__all__ = ["BREACH", "COMPLIANT", "LEAVE", "SHOW", "SILENT", "TRUST", "Demonstration"]
