r"""Where polynomials with rational coefficients are not positive, exactly.

The set :math:`\{x ∈ [0, 1) : p_1(x) ≤ 0, …, p_m(x) ≤ 0\}` is a union of finitely many closed intervals and
points. Their ends are roots, isolated by Sturm sequences in integer arithmetic; roots of different
polynomials are told apart by a basis of pairwise coprime factors, so that an isolated point (two
constraints that meet in one x) is found and not lost to rounding.

A polynomial is a tuple of integers, constant term first, without common factor; the zero polynomial is
``()``.

References
----------
Sturm (1829); Basu, Pollack & Roy (2006), Algorithms in Real Algebraic Geometry, chapters 2 and 10.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm

Polynomial = tuple[int, ...]

PRECISION = Fraction(1, 2**64)  # ends are isolated to this width before they are printed as floats


def polynomial(coefficients: Iterable[Fraction | int]) -> Polynomial:
    """Return the positive multiple of the given polynomial with coprime integer coefficients.

    Examples
    --------
    >>> polynomial([Fraction(1, 2), Fraction(-3, 4), 0])
    (2, -3)
    """
    given = [Fraction(c) for c in coefficients]
    while given and given[-1] == 0:
        given.pop()
    if not given:
        return ()
    scale = lcm(*(c.denominator for c in given))
    integers = [int(c * scale) for c in given]
    content = gcd(*integers)
    return tuple(c // content for c in integers)


def sign_at(poly: Polynomial, x: Fraction) -> int:
    """Return the sign of `poly` at `x`: -1, 0 or 1."""
    numerator, denominator, power, total = x.numerator, x.denominator, 1, 0
    for coefficient in reversed(poly):
        total = total * numerator + coefficient * power
        power *= denominator
    return (total > 0) - (total < 0)


def nonpositive_set(polynomials: Iterable[Polynomial]) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return the intervals of [0, 1) on which every polynomial is at most zero.

    Returns
    -------
    intervals : pairs (low, high), in order, disjoint
        Both ends belong to the interval, except a high end of 1; ends are within `PRECISION` of the root,
        and a single point has ``low == high``.

    Examples
    --------
    >>> nonpositive_set([polynomial([1, -2])])  # 1 - 2x <= 0
    ((Fraction(1, 2), Fraction(1, 1)),)
    >>> [(float(a), float(b)) for a, b in nonpositive_set([polynomial([1, -4]), polynomial([-1, 4])])]
    [(0.25, 0.25)]
    """
    constraints = sorted({poly for poly in polynomials if poly})
    factors = _coprime_basis(constraints)
    roots = _separate_roots(factors)
    pieces: list[tuple[Fraction, Fraction]] = []
    edges = [Fraction(0), *((low + high) / 2 for low, high, _ in roots), Fraction(1)]
    inner = [(Fraction(0), Fraction(0)), *((low, high) for low, high, _ in roots), (Fraction(1), Fraction(1))]
    for k, (low, _, factor) in enumerate([(Fraction(0), Fraction(0), ()), *roots]):
        at_root = all(
            (factor != () and not _remainder(poly, factor)) or sign_at(poly, low) <= 0 for poly in constraints
        )
        if at_root:
            pieces.append((edges[k], edges[k]))
        sample = (inner[k][1] + inner[k + 1][0]) / 2
        if all(sign_at(poly, sample) <= 0 for poly in constraints):
            pieces.append((edges[k], edges[k + 1]))
    return union(pieces)


def union(intervals: Iterable[tuple[Fraction, Fraction]]) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return the union of closed intervals as disjoint intervals in order; gaps up to the precision close."""
    merged: list[tuple[Fraction, Fraction]] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1] + 2 * PRECISION:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def intersection(
    first: Iterable[tuple[Fraction, Fraction]], second: Sequence[tuple[Fraction, Fraction]]
) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return the common part of two unions of closed intervals; ends that agree to the precision touch."""
    common = []
    for low, high in first:
        for other_low, other_high in second:
            begin, end = max(low, other_low), min(high, other_high)
            if begin <= end + 2 * PRECISION and begin < 1:
                common.append((begin, max(begin, end)))
    return union(common)


def _derivative(poly: Polynomial) -> Polynomial:
    return polynomial([k * c for k, c in enumerate(poly)][1:])


def _remainder(poly: Polynomial, divisor: Polynomial) -> Polynomial:
    """Return a *positive* multiple of the remainder, so that Sturm's signs survive."""
    rest = list(poly)
    lead, degree = divisor[-1], len(divisor) - 1
    while len(rest) > degree:
        top = rest[-1]
        shift = len(rest) - 1 - degree
        rest = [c * abs(lead) for c in rest]
        factor = top if lead > 0 else -top
        for k, c in enumerate(divisor):
            rest[k + shift] -= factor * c
        rest.pop()
        while rest and rest[-1] == 0:
            rest.pop()
    return polynomial(rest)


def _quotient(poly: Polynomial, divisor: Polynomial) -> Polynomial:
    rest = [Fraction(c) for c in poly]
    degree = len(divisor) - 1
    result = [Fraction(0)] * (len(poly) - degree)
    for shift in range(len(poly) - degree - 1, -1, -1):
        result[shift] = rest[shift + degree] / divisor[-1]
        for k, c in enumerate(divisor):
            rest[k + shift] -= result[shift] * c
    return polynomial(result)


def _common_factor(first: Polynomial, second: Polynomial) -> Polynomial:
    while second:
        first, second = second, _remainder(first, second)
    return first if not first or first[-1] > 0 else tuple(-c for c in first)


def _squarefree(poly: Polynomial) -> Polynomial:
    repeated = _common_factor(poly, _derivative(poly))
    return _quotient(poly, repeated) if len(repeated) > 1 else poly


def _coprime_basis(polynomials: Iterable[Polynomial]) -> list[Polynomial]:
    """Return squarefree, pairwise coprime polynomials whose roots are those of the given ones."""
    basis: list[Polynomial] = []
    queue = [_squarefree(poly) for poly in polynomials if len(poly) > 1]
    while queue:
        new = queue.pop()
        if len(new) < 2:
            continue
        for k, old in enumerate(basis):
            shared = _common_factor(new, old)
            if len(shared) > 1:
                basis.pop(k)
                queue += [shared, _quotient(new, shared), _quotient(old, shared)]
                break
        else:
            basis.append(new)
    return basis


def _sturm(poly: Polynomial) -> list[Polynomial]:
    chain = [poly, _derivative(poly)]
    while len(chain[-1]) > 1:
        rest = _remainder(chain[-2], chain[-1])
        if not rest:
            break
        chain.append(tuple(-c for c in rest))
    return chain


def _variations(chain: list[Polynomial], x: Fraction) -> int:
    signs = [sign for sign in (sign_at(poly, x) for poly in chain) if sign]
    return sum(a != b for a, b in pairwise(signs))


def _isolate(poly: Polynomial) -> list[tuple[Fraction, Fraction]]:
    """Isolate the roots of a squarefree polynomial in (0, 1); a root that is met exactly has width 0."""
    while poly and poly[0] == 0:  # a root at 0 is no inner root
        poly = poly[1:]
    if len(poly) < 2:
        return []
    chain = _sturm(poly)
    found, queue = [], [(Fraction(0), Fraction(1))]
    while queue:
        low, high = queue.pop()
        # Sturm counts the roots in (low, high]; a root at the high end is taken off
        count = _variations(chain, low) - _variations(chain, high) - (sign_at(poly, high) == 0)
        if count <= 0:
            continue
        middle = (low + high) / 2
        if count == 1 and sign_at(poly, low) and sign_at(poly, high):
            found.append(_refine(poly, low, high))
            continue
        if sign_at(poly, middle) == 0:
            found.append((middle, middle))
        queue += [(low, middle), (middle, high)]
    return found


def _refine(
    poly: Polynomial, low: Fraction, high: Fraction, width: Fraction = PRECISION
) -> tuple[Fraction, Fraction]:
    left = sign_at(poly, low)
    while high - low > width or low == 0 or high == 1:
        middle = (low + high) / 2
        here = sign_at(poly, middle)
        if here == 0:
            return middle, middle
        low, high = (middle, high) if here == left else (low, middle)
    return low, high


def _separate_roots(factors: list[Polynomial]) -> list[tuple[Fraction, Fraction, Polynomial]]:
    roots = sorted((low, high, factor) for factor in factors for low, high in _isolate(factor))
    while True:
        for k in range(len(roots) - 1):
            if roots[k][1] >= roots[k + 1][0]:
                for j in (k, k + 1):
                    low, high, factor = roots[j]
                    if high > low:
                        roots[j] = (*_refine(factor, low, high, (high - low) / 16), factor)
                roots.sort()
                break
        else:
            return roots
