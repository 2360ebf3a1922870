"""One batch of points, from values to the bytes of its part: the work that executors hand out.

A batch is a run of consecutive points whose number and size belong to the plan, so that its bytes depend on
nothing else. A point that cannot be evaluated is recorded with its parameters and its message, and the others of
its batch go on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray
from sim.errors import ArtifactError
from sim.study.sweep.version import engine_version

FAILURES, PLAN, BATCH = b"failures", b"plan", b"batch"
"""Keys of what a part says about itself."""


class Points(Protocol):
    """How points are evaluated; travels to workers, and knows nothing of designs and files."""

    @property
    def groups(self) -> int:
        """Rows per point."""

    @property
    def seed(self) -> int:
        """Master seed."""

    @property
    def replications(self) -> int:
        """Plays per row."""

    @property
    def outcome_units(self) -> dict[str, str]:
        """Unit of every outcome."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Config paths of every parameter in the table, the design's first."""

    @property
    def schema(self) -> dict[str, str]:
        """Name and type of every column that `evaluate` returns."""

    def facts(self) -> dict[str, Any]:
        """Return everything that a number depends on apart from the design."""

    def centre(self) -> dict[str, str]:
        """Solve what points start from, if anything; return its hashes, for the manifest."""

    def evaluate(self, values: FloatArray) -> dict[str, NDArray[Any]]:
        """Return the rows of these points."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Consecutive points: `values` [points, columns] from point `first` on."""

    number: int
    first: int
    values: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Work:
    """What a worker does with a batch; the same in every process and on every machine.

    Attributes
    ----------
    points : how points are evaluated
    plan : hash of the plan, which parts carry
    version : of the program that made the plan; another one refuses to work on it
    config_hash : of the study's configuration
    """

    points: Points
    plan: str
    version: str
    config_hash: str

    def __call__(self, batch: Batch) -> bytes:
        """Return the part of `batch` as Parquet."""
        if engine_version() != self.version:
            raise ArtifactError(
                f"the plan was made by treaty-sim {self.version}, this worker runs {engine_version()}: "
                "install the same one everywhere"
            )
        tables, failures = evaluated(self.points, batch.first, batch.values)
        return self._part(batch, tables, failures)

    def _part(
        self,
        batch: Batch,
        tables: list[tuple[NDArray[np.int64], Mapping[str, NDArray[Any]]]],
        failures: list[Any],
    ) -> bytes:
        import pyarrow as pa
        from pyarrow import parquet

        numbers = np.concatenate([own for own, _ in tables]) if tables else np.zeros(0, np.int64)
        columns: dict[str, Any] = {"point": np.repeat(numbers, self.points.groups)}
        types = {"point": "int64", **self.points.schema}
        for name in self.points.schema:
            columns[name] = np.concatenate([table[name] for _, table in tables]) if tables else []
        rows = len(columns["point"])
        for name, value, kind in (
            ("seed", self.points.seed, "int64"),
            ("replications", self.points.replications, "int32"),
            ("config_hash", self.config_hash, "string"),
            ("engine_version", self.version, "string"),
        ):
            columns[name], types[name] = [value] * rows, kind
        arrays = {  # what is not a number has no value there
            name: pa.array(values, type=pa.type_for_alias(types[name]), from_pandas=True)
            for name, values in columns.items()
        }
        table = pa.table(arrays).replace_schema_metadata(
            {
                FAILURES: json.dumps(failures),
                PLAN: self.plan,
                BATCH: str(batch.number),
            }
        )
        buffer = BytesIO()
        parquet.write_table(table, buffer, compression="zstd")
        return buffer.getvalue()


def evaluated(
    points: Points, first: int, values: FloatArray
) -> tuple[list[tuple[NDArray[np.int64], Mapping[str, NDArray[Any]]]], list[dict[str, Any]]]:
    """Return the rows of points `first` on, and the failures; points that fail are found by halving."""
    numbers = np.arange(first, first + len(values))
    try:
        return [(numbers, points.evaluate(values))], []
    except Exception as error:  # noqa: BLE001  whatever a point raises, the others go on
        if len(values) == 1:
            message = " ".join(str(error).split())
            return [], [{"point": first, "error": type(error).__name__, "message": message}]
    half = len(values) // 2
    left = evaluated(points, first, values[:half])
    right = evaluated(points, first + half, values[half:])
    return [*left[0], *right[0]], [*left[1], *right[1]]
