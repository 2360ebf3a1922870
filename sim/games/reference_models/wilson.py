r"""The Wilson score interval of a proportion (AT-23).

The interval holds the proportions p that the observed share is within z standard errors of:
:math:`|\hat p - p| ≤ z \sqrt{p(1-p)/n}`.

References
----------
Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
"""

from statistics import NormalDist

from sim.errors import ParameterError
from sim.games.reference_models.search import crossing


def wilson_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval by its closed form.

    Examples
    --------
    >>> low, high = wilson_interval(3750, 10000)
    >>> round(low, 5), round(high, 5)
    (0.36556, 0.38453)
    """
    _check(successes, trials, level)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5 / (1 + z * z / trials)
    # no hit and no miss end exactly at 0 and 1, where round-off would leave a trace
    return (0.0 if successes == 0 else centre - half), (1.0 if successes == trials else centre + half)


def wilson_by_inversion(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval by solving for the proportions at which the score test just rejects."""
    _check(successes, trials, level)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / trials

    def excess(p: float) -> float:
        return abs(share - p) - z * float((p * (1 - p) / trials) ** 0.5)

    low = 0.0 if successes == 0 else crossing(excess, 0.0, share)
    high = 1.0 if successes == trials else crossing(excess, share, 1.0)
    return low, high


def _check(successes: int, trials: int, level: float) -> None:
    if trials < 1 or not 0 <= successes <= trials:
        raise ParameterError(
            f"successes must lie in 0..trials, trials be positive, got {successes}, {trials}"
        )
    if not 0 < level < 1:
        raise ParameterError(f"level must lie in (0, 1), got {level}")
