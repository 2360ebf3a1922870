"""Compiling rests the garbage collector, and leaves it as it was."""

import gc

import pytest
from numba import types
from numba.core.errors import TypingError
from numba.extending import overload

from sim.compiled import part


@pytest.fixture
def asked():
    """A function for kernels, and the collector's thresholds each time that the compiler came to it."""
    thresholds = []

    def seen():
        """Return nothing of interest."""

    @overload(seen)
    def compile_seen():
        thresholds.append(gc.get_threshold()[0])
        return lambda: 0.0

    return seen, thresholds


def kernel(module, function):
    """Compile `function` as if it stood in `module`; None is that of what `exec` makes."""
    function.__module__ = module
    return part(function)


@pytest.mark.parametrize("module", ["sim.made_up", "simulators.own", None])
def test_the_collector_rests_while_our_kernels_compile_and_nobody_elses(module, asked):
    seen, thresholds = asked

    def ask(numbers):
        numbers[0] = seen()

    before = gc.get_threshold()
    kernel(module, ask).compile((types.float64[::1],))
    assert gc.get_threshold() == before
    assert thresholds
    assert all((threshold > before[0]) == (module == "sim.made_up") for threshold in thresholds)


def test_it_works_again_after_a_kernel_that_does_not_compile(asked):
    seen, thresholds = asked

    def wrong(numbers):
        seen()
        return numbers.no_such_thing

    before = gc.get_threshold()
    with pytest.raises(TypingError):
        kernel("sim.made_up", wrong).compile((types.float64[::1],))
    assert thresholds[0] > before[0]
    assert gc.get_threshold() == before


def test_a_part_within_a_part_does_not_wake_it_early(asked):
    seen, thresholds = asked

    def inner(numbers):
        return numbers[0]

    inner_part = kernel("sim.made_up", inner)

    def outer(numbers):
        numbers[0] = inner_part(numbers) + seen()

    before = gc.get_threshold()
    kernel("sim.made_up", outer).compile((types.float64[::1],))
    assert min(thresholds) > before[0]
    assert gc.get_threshold() == before
