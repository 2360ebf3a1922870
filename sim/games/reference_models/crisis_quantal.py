r"""A crisis between players who err (AT-16; logit quantal response, McKelvey & Palfrey 1998, Signorino 1999).

A challenger waits (status quo) or challenges; a challenged target resists or gives in.  At rationality λ
every mover chooses with probabilities proportional to exp(λ × expected payoff), so the target's answer
comes first: :math:`P(\text{give in}) = 1/(1 + e^{-λ (v_g - v_r)})` and the challenger weighs the two
outcomes with it.
"""

from dataclasses import dataclass
from math import exp, tanh

from sim.arrays import sealed
from sim.games.extensive import Decision, ExtensiveGame, Terminal


@dataclass(frozen=True, kw_only=True)
class QuantalCrisis:
    """Payoffs of the challenger (status quo, conceded, resisted) and of the target (giving in, resisting)."""

    status_quo: float = 0.2
    conceded: float = 0.6
    resisted: float = -0.3
    give_in: float = 0.4
    resist: float = 0.1

    def tree(self) -> ExtensiveGame:
        """Return the game tree; the target's payoff under the status quo does not matter and is 1."""
        answer = Decision(
            1,
            "target",
            (Terminal(sealed([self.resisted, self.resist])), Terminal(sealed([self.conceded, self.give_in]))),
            ("resist", "give in"),
        )
        quiet = Terminal(sealed([self.status_quo, 1.0]))
        return ExtensiveGame(Decision(0, "challenger", (quiet, answer), ("wait", "challenge")))


def crisis_probabilities(crisis: QuantalCrisis, rationality: float) -> tuple[float, float]:
    """Return (probability of giving in, of challenging).

    Examples
    --------
    >>> concede, challenge = crisis_probabilities(QuantalCrisis(), 5)
    >>> round(concede, 4), round(challenge, 4)
    (0.8176, 0.7648)
    """
    concede = _logistic(rationality * (crisis.give_in - crisis.resist))
    worth = concede * crisis.conceded + (1 - concede) * crisis.resisted
    return concede, _logistic(rationality * (worth - crisis.status_quo))


def dilemma_cooperation(
    temptation: float, reward: float, punishment: float, sucker: float, rationality: float
) -> float:
    """Return the probability of cooperating in the dilemma's symmetric logit equilibrium, by bisection.

    The fixed point of c = 1/(1 + exp(λ g(c))), g(c) = c (T − R) + (1 − c)(P − S), is unique where g > 0.

    Examples
    --------
    >>> round(dilemma_cooperation(5, 3, 1, 0, 2.0), 6)
    0.099788
    """
    low, high = 0.0, 1.0
    for _ in range(200):
        c = 0.5 * (low + high)
        gain = c * (temptation - reward) + (1 - c) * (punishment - sucker)
        low, high = (c, high) if _logistic(-rationality * gain) > c else (low, c)
    return 0.5 * (low + high)


def dilemma_by_iteration(
    temptation: float, reward: float, punishment: float, sucker: float, rationality: float
) -> float:
    """Return the same by damped iteration of the logit response of both players to each other."""
    own = other = 0.5
    for _ in range(20_000):
        replies = []
        for belief in (other, own):
            cooperate = belief * reward + (1 - belief) * sucker
            defect = belief * temptation + (1 - belief) * punishment
            top = max(cooperate, defect)
            weights = exp(rationality * (cooperate - top)), exp(rationality * (defect - top))
            replies.append(weights[0] / sum(weights))
        following = (0.8 * own + 0.2 * replies[0], 0.8 * other + 0.2 * replies[1])
        if max(abs(following[0] - own), abs(following[1] - other)) < 1e-15:
            break
        own, other = following
    return own


def _logistic(x: float) -> float:
    return 0.5 * (1 + tanh(0.5 * x))
