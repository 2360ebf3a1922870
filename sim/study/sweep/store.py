"""A sweep's directory: parts that are whole or absent, an index with their checksums, and what failed.

``part-000012.parquet``
    the points of batch 12, one row a point and group
``index.jsonl``
    one line per finished part: its batch, rows, size and SHA-256. A part counts as done if the index says so and
    its bytes have that checksum; everything else is done again
``failures.parquet``
    points that could not be evaluated, with their parameters and the message; gathered from the parts
``manifest.json``
    the plan, its hash, and what made it; times and host stand only here
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from sim.errors import ArtifactError
from sim.files import write_whole
from sim.study.stored_manifest import MANIFEST, stored_manifest
from sim.study.sweep.batch import FAILURES
from sim.study.sweep.names import part_name
from sim.study.sweep.study import Study

INDEX, FAILED = "index.jsonl", "failures.parquet"


class Store:
    """The directory of one sweep; at most one driver writes to it (``Lock``).

    Raises
    ------
    ArtifactError
        If the directory belongs to another plan, or cannot be written.
    """

    def __init__(self, directory: Path, study: Study) -> None:
        self.directory = directory
        self.study = study
        self._done: dict[int, dict[str, Any]] = {}

    def open(self, manifest: Mapping[str, Any]) -> list[str]:
        """Take up what is there, or begin; return sentences on files that are not trusted.

        `manifest` is written if there is none; one that stands there must have the same plan.
        """
        path = self.directory / MANIFEST
        if path.exists():
            check_plan(self.directory, read_manifest(self.directory), self.study)
        else:
            write_whole(path, as_json(manifest))
        for partial in self.directory.glob(".*.partial"):
            partial.unlink(missing_ok=True)
        untrusted = self._read_index()
        self._write_index()
        return untrusted

    @property
    def done(self) -> frozenset[int]:
        """Batches whose parts are there and have their checksums."""
        return frozenset(self._done)

    @property
    def remaining(self) -> list[int]:
        """Batches still to do, in order."""
        return [number for number in range(self.study.num_batches) if number not in self._done]

    @property
    def points_done(self) -> int:
        """Number of points in finished batches."""
        return sum(self.study.size_of(number) for number in self._done)

    @property
    def failed(self) -> int:
        """Number of points that failed in finished batches."""
        return sum(entry["failures"] for entry in self._done.values())

    def keep(self, number: int, content: bytes) -> None:
        """Put a batch's part on disk, then into the index; cut short anywhere, the batch is done again."""
        entry = {
            "batch": number,
            "failures": self.study.size_of(number) - _rows_of(content) // self.study.points.groups,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        write_whole(self.directory / part_name(number), content)
        index = self.directory / INDEX
        try:
            with index.open("ab") as file:
                file.write(_line(entry))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ArtifactError(f"{index} cannot be written: {error.strerror}") from error
        self._done[number] = entry

    def finish(self) -> Path:
        """Write the table of failures and the index in order; return the table's path."""
        self._write_index()
        return write_whole(self.directory / FAILED, self._failures())

    def update_manifest(self, **more: Any) -> None:
        """Add to the manifest."""
        write_whole(self.directory / MANIFEST, as_json({**read_manifest(self.directory), **more}))

    def record_centre(self, hashes: Mapping[str, str]) -> bool:
        """Add the hashes of what points start from to the manifest; return whether others stood there."""
        stood = read_manifest(self.directory).get("centre")
        if stood is None:
            self.update_manifest(centre=dict(hashes))
        return stood is not None and stood != dict(hashes)

    def _read_index(self) -> list[str]:
        untrusted = []
        try:
            lines = (self.directory / INDEX).read_bytes().splitlines()
        except FileNotFoundError:
            lines = []
        for line in lines:
            with suppress(ValueError, KeyError, TypeError):  # a line cut short says nothing
                entry = json.loads(line)
                if self._holds(entry):
                    self._done[int(entry["batch"])] = entry
        for path in sorted(self.directory.glob("part-*.parquet")):
            if path.name not in {part_name(number) for number in self._done}:
                untrusted.append(f"{path.name} is not the part that the index names; its batch is done again")
                path.unlink()
        return untrusted

    def _holds(self, entry: Mapping[str, Any]) -> bool:
        if not 0 <= int(entry["batch"]) < self.study.num_batches:
            return False
        try:
            content = (self.directory / part_name(entry["batch"])).read_bytes()
        except OSError:
            return False
        return bool(len(content) == entry["size"] and hashlib.sha256(content).hexdigest() == entry["sha256"])

    def _write_index(self) -> None:
        lines = b"".join(_line(self._done[number]) for number in sorted(self._done))
        write_whole(self.directory / INDEX, lines)

    def _failures(self) -> bytes:
        import pyarrow as pa
        from pyarrow import parquet

        found: list[dict[str, Any]] = []
        for number in sorted(self._done):
            if self._done[number]["failures"]:
                schema = parquet.read_schema(self.directory / part_name(number))
                found += json.loads(schema.metadata[FAILURES])
        points = [failure["point"] for failure in found]
        columns: dict[str, Any] = {"point": pa.array(points, pa.int64())}
        for place, column in enumerate(self.study.design.columns):
            values = (
                [column.level_of(code) for code in self.study.design.values[points, place]] if points else []
            )
            columns[column.path] = (
                pa.array([str(value) for value in values], pa.string())
                if column.named
                else pa.array(values, pa.float64())
            )
        for name in ("error", "message"):
            columns[name] = pa.array([failure[name] for failure in found], pa.string())
        buffer = BytesIO()
        parquet.write_table(pa.table(columns), buffer, compression="zstd")
        return buffer.getvalue()


def read_manifest(directory: Path) -> dict[str, Any]:
    """Return the manifest of a sweep.

    Raises
    ------
    ArtifactError
        If there is none, or it is not that of a sweep.
    """
    return stored_manifest(directory, "sweep", ("study",), "a sweep")


def check_plan(directory: Path, manifest: Mapping[str, Any], study: Study) -> None:
    """Raise ArtifactError if `directory` holds the numbers of another plan than that of `study`."""
    stored, own = manifest["study"], study.facts()
    if stored["plan_hash"] == own["plan_hash"]:
        return
    if stored.get("engine_version") != own["engine_version"]:
        why = f"it was made by treaty-sim {stored.get('engine_version')}, this is {own['engine_version']}"
    else:
        why = "its configs have changed since"
    raise ArtifactError(
        f"{directory} belongs to another plan ({stored['plan_hash']}, not {own['plan_hash']}): {why}; "
        "numbers of both would mix"
    )


def as_json(content: Mapping[str, Any]) -> bytes:
    """Return `content` as the bytes of a JSON file."""
    return (json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n").encode()


def _line(entry: Mapping[str, Any]) -> bytes:
    return (json.dumps(entry, sort_keys=True) + "\n").encode()


def _rows_of(content: bytes) -> int:
    from pyarrow import BufferReader, parquet

    return int(parquet.ParquetFile(BufferReader(content)).metadata.num_rows)
