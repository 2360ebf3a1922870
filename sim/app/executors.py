"""Executors by name: the config group ``executor``."""

from collections.abc import Callable
from importlib.util import find_spec

from sim.app.schema import ExecutorConf, RunConf
from sim.errors import ParameterError
from sim.study.sweep.executors.interface import Executor


def executor_of(config: RunConf) -> Executor:
    """Return the executor that a configuration names.

    Raises
    ------
    ParameterError
        If there is none of that name, or the packages that it needs are missing; the message says which extra.
    """
    conf = config.executor
    workers = conf.workers or config.engine.workers
    if conf.workers < 0:
        raise ParameterError(f"executor.workers must be at least 0, got {conf.workers}")
    if conf.kind not in MAKERS:
        raise ParameterError(f"executor.kind must be one of {', '.join(MAKERS)}, got {conf.kind!r}")
    return MAKERS[conf.kind](conf, workers)


def _serial(_: ExecutorConf, __: int) -> Executor:
    from sim.study.sweep.executors.serial import SerialExecutor

    return SerialExecutor()


def _local(_: ExecutorConf, workers: int) -> Executor:
    from sim.study.sweep.executors.local import LocalExecutor

    return LocalExecutor(workers)


def _dask(conf: ExecutorConf, workers: int) -> Executor:
    _require(CLUSTER, "distributed")
    from sim.study.sweep.executors.dask import DaskExecutor

    return DaskExecutor(workers, conf.address)


def _slurm(conf: ExecutorConf, workers: int) -> Executor:
    _require(CLUSTER, "distributed", "dask_jobqueue")
    from sim.study.sweep.executors.slurm import SlurmExecutor

    if workers < 1:
        raise ParameterError("executor.workers must be the number of Slurm jobs, at least 1, got 0")
    return SlurmExecutor(workers, conf.options)


def _ray(conf: ExecutorConf, workers: int) -> Executor:
    _require("ray", "ray")
    from sim.study.sweep.executors.ray import RayExecutor

    return RayExecutor(workers, conf.address)


def _require(extra: str, *modules: str) -> None:
    """Raise ParameterError that says what to install if one of the modules is missing."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ParameterError(
            f"this executor needs {', '.join(missing)}, which is not installed: pip install 'treaty-sim[{extra}]'"
        )


CLUSTER = "cluster"
MAKERS: dict[str, Callable[[ExecutorConf, int], Executor]] = {
    "serial": _serial,
    "local": _local,
    "dask": _dask,
    "slurm": _slurm,
    "ray": _ray,
}
"""How each kind of executor is made."""
