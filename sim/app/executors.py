"""Executors by name: the config group ``executor``."""

from collections.abc import Callable
from typing import Any

from omegaconf import DictConfig

from sim.app.schema import ExecutorConf
from sim.errors import ParameterError
from sim.study.sweep.executors.interface import Executor


def executor_of(config: DictConfig) -> Executor:
    """Return the executor that a configuration names.

    Raises
    ------
    ParameterError
        If there is none of that name, or the packages that it needs are missing; the message says which extra.
    """
    from sim.app.build import typed

    conf: ExecutorConf = typed(config).executor
    workers = conf.workers or int(config.engine.workers)
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


MAKERS: dict[str, Callable[[ExecutorConf, int], Executor]] = {"serial": _serial, "local": _local}

__all__: list[Any] = ["MAKERS", "executor_of"]
