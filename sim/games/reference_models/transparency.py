r"""Transparent enough to assure, not so much as to threaten (AT-18, stylised after Coe & Vaynman 2020).

Transparency m detects cheating with probability m and lays the inspected side open.  Cheating gains g and
loses L if caught, so assurance needs :math:`m ≥ g/L`; not arming saves c, and transparency costs s per
unit, so security needs :math:`m ≤ c/s`.  A deal exists exactly if the window is not empty.

References
----------
Coe & Vaynman (2020), Why arms control is so rare, American Political Science Review 114, 342-355.
"""

import numpy as np


def deal_window(gain: float, loss: float, security_cost: float, saving: float) -> tuple[float, float] | None:
    """Return the least and largest transparency of a deal, None if there is none.

    Examples
    --------
    >>> low, high = deal_window(1, 2, 0.4, 0.3)
    >>> round(low, 6), round(high, 6)
    (0.5, 0.75)
    """
    low, high = gain / loss, min(1.0, saving / security_cost)
    return (low, high) if low <= high else None


def window_by_payoffs(
    gain: float, loss: float, security_cost: float, saving: float, *, points: int = 1_000_001
) -> tuple[float, float] | None:
    """Return the same by asking at each level whether cheating and staying outside are both unattractive."""
    level = np.linspace(0.0, 1.0, points)
    honest = gain - loss * level <= 1e-12
    joins = saving - security_cost * level >= -1e-12
    both = np.flatnonzero(honest & joins)
    return (float(level[both[0]]), float(level[both[-1]])) if len(both) else None
