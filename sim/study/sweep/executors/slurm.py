"""Slurm by dask-jobqueue: jobs that are Dask workers, under a scheduler in the driver's process.

Slurm may kill or requeue a job at any time; its batch is done again by another one. The driver can run on a login
node or in a small job of its own.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sim.errors import ParameterError
from sim.study.sweep.batch import Batch, Work
from sim.study.sweep.executors.dask import distributed_results
from sim.study.sweep.executors.interface import Results
from sim.study.sweep.executors.memory import KEPT

DEFAULTS: dict[str, Any] = {"cores": 1, "processes": 1, "memory": "2GB", "walltime": "01:00:00"}


@dataclass(frozen=True)
class SlurmExecutor:
    """Work in `workers` jobs of Slurm; `options` are those of ``dask_jobqueue.SLURMCluster``."""

    workers: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def results(self, work: Work, batches: Iterator[Batch]) -> Results:
        """Yield the number and the part of every batch, as they are finished."""
        from dask_jobqueue import SLURMCluster
        from distributed import Client

        options = DEFAULTS | dict(self.options)
        options["job_script_prologue"] = [
            *(options.get("job_script_prologue") or []),
            " ".join(["export OPENBLAS_NUM_THREADS=1", *(f"{name}={value}" for name, value in KEPT.items())]),
        ]
        try:
            cluster = SLURMCluster(**options)
        except (TypeError, ValueError) as error:
            raise ParameterError(f"executor.options: {' '.join(str(error).split())}") from None
        with cluster, Client(cluster) as client:
            cluster.scale(jobs=self.workers)
            with closing(distributed_results(client, work, batches)) as results:
                yield from results
