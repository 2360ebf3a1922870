r"""Two rounds of trust as a tree: whether a first step can show good will (Kydd 2000, 2005).

Each side is trustworthy (assurance payoffs R > T > P > S) with probability ``trust``, else untrustworthy
(T replaced by ``temptation_untrustworthy`` > R).  In each of two rounds both choose at once whether to
cooperate; the first round counts with weight ``stake``, the second with 1 − ``stake``, and what was done in
the first is seen before the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.arrays import sealed
from sim.errors import ParameterError
from sim.games.extensive import Chance, Decision, ExtensiveGame, Node, Terminal
from sim.games.normal_form import Profile

KINDS = ("trustworthy", "untrustworthy")
MOVES = ("cooperate", "defect")


@dataclass(frozen=True, kw_only=True)
class Reassurance:
    """Parameters of the reassurance game.

    Attributes
    ----------
    trust : float
        Probability that a side is trustworthy, in (0, 1).
    stake : float
        Weight of the first round, in [0, 1].
    reward, temptation, punishment, sucker : float
        R > T > P > S.
    temptation_untrustworthy : float
        Above R.

    Examples
    --------
    >>> len(Reassurance(trust=0.4, stake=0.6).tree().information_sets)
    20
    """

    trust: float
    stake: float
    reward: float = 4.0
    temptation: float = 3.0
    punishment: float = 2.0
    sucker: float = 1.0
    temptation_untrustworthy: float = 5.0

    def __post_init__(self) -> None:
        if not 0 < self.trust < 1:
            raise ParameterError(f"trust must lie in (0, 1), got {self.trust}")
        if not 0 <= self.stake <= 1:
            raise ParameterError(f"stake must lie in [0, 1], got {self.stake}")
        ordered = (
            self.temptation_untrustworthy, self.reward, self.temptation, self.punishment, self.sucker,
        )  # fmt: skip
        if any(a <= b for a, b in pairwise(ordered)):
            raise ParameterError(
                "payoffs must fall in the order temptation_untrustworthy > reward > temptation > punishment "
                f"> sucker, got {ordered}"
            )

    def tree(self) -> ExtensiveGame:
        """Return the game tree."""
        shares = [self.trust, 1 - self.trust]
        pairs = [(a, b) for a in range(2) for b in range(2)]
        return ExtensiveGame(
            Chance(
                sealed([shares[a] * shares[b] for a, b in pairs]),
                tuple(self._round((a, b), ()) for a, b in pairs),
                tuple(f"{KINDS[a]}, {KINDS[b]}" for a, b in pairs),
            ),
            ("1", "2"),
            "Reassurance",
        )

    def separating_profile(self, game: ExtensiveGame) -> Profile:
        """Return the profile in which the trustworthy cooperate first and go on only with each other.

        A trustworthy side cooperates in the second round after both cooperated in the first, and nowhere
        else; an untrustworthy side always defects.
        """
        strategies = []
        for at in game.information_sets:
            kind, _, history = at.label.partition(": ")
            good = kind == "trustworthy" and history in {"first", "cooperate, cooperate"}
            strategies.append(sealed([1.0, 0.0] if good else [0.0, 1.0]))
        return tuple(strategies)

    def _round(self, kinds: tuple[int, int], history: Sequence[tuple[int, int]]) -> Node:
        """Both choose at once: player 1 does not see what player 0 does in this round."""
        if len(history) == 2:
            return Terminal(self._payoffs(kinds, history))
        seen = ", ".join(MOVES[k] for k in history[0]) if history else "first"
        return Decision(
            0,
            f"{KINDS[kinds[0]]}: {seen}",
            tuple(
                Decision(
                    1,
                    f"{KINDS[kinds[1]]}: {seen}",
                    tuple(self._round(kinds, [*history, (mine, yours)]) for yours in range(2)),
                    MOVES,
                )
                for mine in range(2)
            ),
            MOVES,
        )

    def _payoffs(self, kinds: tuple[int, int], history: Sequence[tuple[int, int]]) -> np.ndarray:
        total = np.zeros(2)
        for weight, (first, second) in zip((self.stake, 1 - self.stake), history, strict=True):
            for player, (own, other) in enumerate([(first, second), (second, first)]):
                temptation = self.temptation_untrustworthy if kinds[player] else self.temptation
                table = [[self.reward, self.sucker], [temptation, self.punishment]]
                total[player] += weight * table[own][other]
        return sealed(total)
