r"""Trust and costly reassurance (AT-11; Kydd 2000, 2005).

Cooperation in one round needs trust :math:`t ≥ m = (P-S)/(R-T+P-S)`.  A first round with stake w separates
the trustworthy from the untrustworthy exactly for w between

.. math:: \frac{t(T_u-P)}{t(T_u-P)+t(T_u-R)+(1-t)(P-S)} \quad\text{and}\quad
          \min\Bigl(1, \frac{t(R-P)}{t(R-P)-t(R-T)+(1-t)(P-S)}\Bigr).

The tree is `sim.games.reassurance.Reassurance`.

References
----------
Kydd (2000), Trust, reassurance, and cooperation, International Organization 54, 325-357.
"""

from dataclasses import replace

from sim.games.behaviour import nash_regrets
from sim.games.reassurance import Reassurance
from sim.games.reference_models.search import crossing


def trust_threshold(reward: float, temptation: float, punishment: float, sucker: float) -> float:
    """Return the least trust at which a trustworthy side cooperates in a single round.

    Examples
    --------
    >>> trust_threshold(4, 3, 2, 1)
    0.5
    """
    return (punishment - sucker) / (reward - temptation + punishment - sucker)


def separating_band(game: Reassurance) -> tuple[float, float] | None:
    """Return the stakes between which the first round separates the types, None if there are none.

    Examples
    --------
    >>> low, high = separating_band(Reassurance(trust=0.3, stake=0.5))
    >>> round(low, 6), round(high, 6)
    (0.473684, 0.6)
    """
    t, fear = game.trust, (1 - game.trust) * (game.punishment - game.sucker)
    lure = t * (game.temptation_untrustworthy - game.punishment)
    low = lure / (lure + t * (game.temptation_untrustworthy - game.reward) + fear)
    prize = t * (game.reward - game.punishment)
    denominator = prize - t * (game.reward - game.temptation) + fear
    high = min(1.0, prize / denominator) if denominator > 0 else 1.0
    return (low, high) if low <= high + 1e-15 else None


def separates(game: Reassurance) -> bool:
    """Return whether the separating profile is an equilibrium of the tree, by its regrets."""
    tree = game.tree()
    return float(nash_regrets(tree, game.separating_profile(tree)).max()) <= 1e-10


def band_by_regret(game: Reassurance, inside: float) -> tuple[float, float]:
    """Return the ends of the band by bisection on the tree's regrets, from a stake `inside` the band."""

    def outside(stake: float) -> float:
        trial = replace(game, stake=stake)
        tree = trial.tree()
        return float(nash_regrets(tree, trial.separating_profile(tree)).max()) - 1e-12

    low = crossing(outside, 0.0, inside, 1e-9)
    return low, 1.0 if outside(1.0) <= 0 else crossing(outside, 1.0, inside, 1e-9)


def trust_by_payoffs(reward: float, temptation: float, punishment: float, sucker: float) -> float:
    """Return the one-round threshold by bisection on the expected payoffs."""

    def gain(trust: float) -> float:
        cooperate = trust * reward + (1 - trust) * sucker
        return cooperate - trust * temptation - (1 - trust) * punishment

    return crossing(gain, 0.0, 1.0)
