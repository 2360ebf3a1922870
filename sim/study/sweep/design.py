"""Designs: which points a study evaluates.

=====================  =============================================================================
``grid``               every combination of the columns' values
``list``               the columns' values taken together, one point per place
``latin_hypercube``    McKay, Beckman & Conover (1979): each column's range cut into `size` equal shares
``sobol``              the first `size` points of Sobol's sequence, space-filling
``saltelli``           for Sobol' indices: A, B, then A with each column of B, then B with each column of A
``morris``             `size` trajectories through a grid of `levels`; Morris (1991)
``one_at_a_time``      the baseline, then each column alone at each of its values
=====================  =============================================================================

A sampled column depends on the seed and on its own path only: further columns leave it as it is (not in
``morris``, whose trajectories go through all columns).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.engine.philox import id_of_name
from sim.errors import ParameterError
from sim.study.sweep.column import Column

MOST_POINTS = 10_000_000
BITS = 30
"""Digits of a point of Sobol's sequence."""

ENDS = (0.05, 0.95)
"""Quantiles of a distribution that one-at-a-time tries."""


@dataclass(frozen=True, kw_only=True)
class DesignOptions:
    """How points are chosen.

    Attributes
    ----------
    kind : one of `DESIGNS`
    size : points (``latin_hypercube``, ``sobol``), rows of A (``saltelli``), trajectories (``morris``)
    levels : of a distribution in a grid (its mid-quantiles) and of Morris's grid
    second_order : whether ``saltelli`` adds B with each column of A
    seed : of what is sampled
    """

    kind: str
    size: int = 0
    levels: int = 4
    second_order: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in DESIGNS:
            raise ParameterError(f"study.design.kind must be one of {', '.join(DESIGNS)}, got {self.kind!r}")
        if self.kind in SAMPLED and self.size < 1:
            raise ParameterError(
                f"study.design.size must be at least 1 in a {self.kind} design, got {self.size}"
            )
        if self.kind in SEQUENCES and self.size & (self.size - 1):
            raise ParameterError(
                f"study.design.size must be a power of 2 in a {self.kind} design, got {self.size}"
            )
        if self.levels < 2 or (self.kind == "morris" and self.levels % 2):
            raise ParameterError(
                f"study.design.levels must be at least 2, and even for morris, got {self.levels}"
            )
        if self.seed < 0:
            raise ParameterError(f"study.design.seed must be at least 0, got {self.seed}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Design:
    """The points of a study; `values` [points, columns], names as numbers (``Column.level_of``)."""

    options: DesignOptions
    columns: tuple[Column, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", sealed(self.values))

    @property
    def num_points(self) -> int:
        """Number of points."""
        return len(self.values)

    @property
    def names(self) -> tuple[str, ...]:
        """Config paths of the columns."""
        return tuple(column.path for column in self.columns)


def build_design(columns: Sequence[Column], baseline: FloatArray, options: DesignOptions) -> Design:
    """Return the points; `baseline` [columns] is the study's central point.

    Raises
    ------
    ParameterError
        If the design has no point or more than ten million, or its columns do not fit it.

    Examples
    --------
    >>> a = Column(path="a", kind="lever", levels=(0.0, 1.0))
    >>> b = Column(path="b", kind="lever", levels=(5.0, 6.0, 7.0))
    >>> build_design([a, b], np.zeros(2), DesignOptions(kind="grid")).values[:4].tolist()
    [[0.0, 5.0], [0.0, 6.0], [0.0, 7.0], [1.0, 5.0]]
    """
    count = len(columns)
    expected = {
        "grid": prod(len(column.levels) or options.levels for column in columns),
        "saltelli": options.size * (2 * count + 2 if options.second_order else count + 2),
        "morris": options.size * (count + 1),
    }.get(options.kind, options.size)
    if expected > MOST_POINTS:
        raise ParameterError(f"a design must have at most {MOST_POINTS:,} points, got {expected:,}")
    values = BUILDERS[options.kind](columns, np.asarray(baseline, np.float64), options)
    return Design(options=options, columns=tuple(columns), values=values)


def remarks(design: Design, baseline: FloatArray) -> tuple[str, ...]:
    """Return a sentence on points that coincide and one on points equal to the baseline, where there are any."""
    found = []
    _, first, counts = np.unique(design.values, axis=0, return_index=True, return_counts=True)
    twice = counts > 1
    if twice.any():
        example = int(first[twice].min())
        found.append(
            f"{int((counts[twice] - 1).sum()):,} of {design.num_points:,} points repeat an earlier one, "
            f"point {example} for instance ({described(design, example)}); they get the same numbers."
        )
    same = np.flatnonzero((design.values == baseline).all(axis=1))
    if same.size:
        some = ", ".join(str(point) for point in same[:5]) + (", …" if same.size > 5 else "")
        found.append(f"{same.size:,} of {design.num_points:,} points equal the baseline: {some}.")
    return tuple(found)


def described(design: Design, point: int) -> str:
    """Return a point in words, as its command line would have it."""
    values = (
        column.level_of(code) for column, code in zip(design.columns, design.values[point], strict=True)
    )
    return ", ".join(
        f"{column.path}={value:.6g}" if isinstance(value, float) else f"{column.path}={value}"
        for column, value in zip(design.columns, values, strict=True)
    )


def _grid(columns: Sequence[Column], _: FloatArray, options: DesignOptions) -> FloatArray:
    axes = [_tried(column, (np.arange(options.levels) + 0.5) / options.levels) for column in columns]
    return np.stack([axis.reshape(-1) for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


def _listed(columns: Sequence[Column], _: FloatArray, __: DesignOptions) -> FloatArray:
    lengths = {column.path: len(column.levels) for column in columns}
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        told = ", ".join(f"{path} {length}" for path, length in lengths.items())
        raise ParameterError(f"study.design=list needs as many values in every column, got {told}")
    return np.stack([column.codes for column in columns], axis=1)


def _latin_hypercube(columns: Sequence[Column], _: FloatArray, options: DesignOptions) -> FloatArray:
    drawn = []
    for column in columns:
        dice = np.random.default_rng([options.seed, id_of_name(column.path)])
        strata = np.argsort(dice.random(options.size), kind="stable")
        drawn.append(column.at((strata + dice.random(options.size)) / options.size))
    return np.stack(drawn, axis=1)


def _sobol(columns: Sequence[Column], _: FloatArray, options: DesignOptions) -> FloatArray:
    shares = _sequence([column.path for column in columns], options)
    return np.stack([column.at(u) for column, u in zip(columns, shares, strict=True)], axis=1)


def _saltelli(columns: Sequence[Column], _: FloatArray, options: DesignOptions) -> FloatArray:
    names = [column.path for column in columns]
    shares = _sequence([*names, *(f"{name} again" for name in names)], options)
    first, second = (
        np.stack([column.at(u) for column, u in zip(columns, half, strict=True)], axis=1)
        for half in (shares[: len(columns)], shares[len(columns) :])
    )
    blocks = [first, second]
    for base, other in ((first, second), (second, first))[: 1 + options.second_order]:
        for place in range(len(columns)):
            mixed = base.copy()
            mixed[:, place] = other[:, place]
            blocks.append(mixed)
    return np.concatenate(blocks)


def _morris(columns: Sequence[Column], _: FloatArray, options: DesignOptions) -> FloatArray:
    dice = np.random.default_rng([options.seed, id_of_name("morris")])
    count, half = len(columns), options.levels // 2
    places = np.empty((options.size, count + 1, count), np.int64)
    for path in places:
        path[:] = dice.integers(0, half, count)  # the lower half: a step up of half the grid stays inside
        flipped = dice.integers(0, 2, count).astype(bool)
        path[:, flipped] = options.levels - 1 - path[:, flipped]
        for step, column in enumerate(dice.permutation(count)):
            path[step + 1 :, column] += -half if flipped[column] else half
    shares = places.reshape(-1, count) / (options.levels - 1)
    return np.stack([column.at(u) for column, u in zip(columns, shares.T, strict=True)], axis=1)


def _one_at_a_time(columns: Sequence[Column], baseline: FloatArray, _: DesignOptions) -> FloatArray:
    rows = [baseline]
    for place, column in enumerate(columns):
        for value in _tried(column, np.array(ENDS)):
            row = baseline.copy()
            row[place] = value
            if value != baseline[place]:
                rows.append(row)
    return np.stack(rows)


def _tried(column: Column, shares: FloatArray) -> FloatArray:
    return column.codes if column.law is None else column.at(shares)


def _sequence(names: Sequence[str], options: DesignOptions) -> FloatArray:
    """Return Sobol's sequence with a random digital shift per name, in (0, 1), [names, size].

    A digital shift leaves the sequence the net that it is, and makes no point special. Joe & Kuo (2008).
    """
    from scipy.stats import qmc

    plain = qmc.Sobol(len(names), scramble=False, bits=BITS).random_base2(options.size.bit_length() - 1)
    words = np.rint(plain * 2**BITS).astype(np.int64).T
    shifts = [np.random.default_rng([options.seed, id_of_name(name)]).integers(0, 2**BITS) for name in names]
    shares: FloatArray = ((words ^ np.array(shifts)[:, None]) + 0.5) / 2**BITS
    return shares


BUILDERS: dict[str, Callable[[Sequence[Column], FloatArray, DesignOptions], FloatArray]] = {
    "grid": _grid,
    "list": _listed,
    "latin_hypercube": _latin_hypercube,
    "sobol": _sobol,
    "saltelli": _saltelli,
    "morris": _morris,
    "one_at_a_time": _one_at_a_time,
}
DESIGNS = tuple(BUILDERS)
SAMPLED = ("latin_hypercube", "sobol", "saltelli", "morris")
SEQUENCES = ("sobol", "saltelli")
