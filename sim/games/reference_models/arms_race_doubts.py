r"""An arms race out of doubt (AT-12; Baliga & Sjöström 2004).

Each side has a private cost c ~ U[0, 1] of building.  Payoffs: both build −c, only I build μ − c, only the
other builds −d, nobody 0.  Building is best exactly for costs below a cut-off, and if d < 1 it is
:math:`\hat c = μ / (1 - d + μ)`; from d ≥ 1 on everybody builds: fear multiplies until nobody can restrain.

References
----------
Baliga & Sjöström (2004), Arms races and negotiations, Review of Economic Studies 71, 351-369.
"""


def cutoff(first_mover_gain: float, loss: float) -> float:
    """Return the cost up to which both build; `first_mover_gain` is μ, `loss` d.

    Examples
    --------
    >>> round(cutoff(0.1, 0.8), 6)
    0.333333
    """
    if loss >= 1:
        return 1.0
    return min(1.0, first_mover_gain / (1 - loss + first_mover_gain))


def by_contagion(first_mover_gain: float, loss: float, *, rounds: int = 1_000_000) -> float:
    """Return the cut-off as the limit of who builds because those before it build.

    Starts from the types for which building dominates and adds those that then prefer to build:
    c ← (1−q) μ + q d with q the share that builds.
    """
    share = 0.0
    for _ in range(rounds):
        bound = (1 - share) * first_mover_gain + share * loss
        following = min(1.0, max(0.0, bound))
        if abs(following - share) < 1e-15:
            break
        share = following
    return share
