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


def kernel(own, function):
    """Compile `function` as if it stood in a module of the package, or in a user's."""
    function.__module__ = "sim.made_up" if own else "elsewhere"
    return part(function)


@pytest.mark.parametrize("own", [True, False])
def test_the_collector_rests_while_our_kernels_compile_and_nobody_elses(own, asked):
    seen, thresholds = asked

    def ask(numbers):
        numbers[0] = seen()

    before = gc.get_threshold()
    kernel(own, ask).compile((types.float64[::1],))
    assert gc.get_threshold() == before
    assert thresholds
    assert all((threshold > before[0]) == own for threshold in thresholds)


def test_it_works_again_after_a_kernel_that_does_not_compile(asked):
    seen, thresholds = asked

    def wrong(numbers):
        seen()
        return numbers.no_such_thing

    before = gc.get_threshold()
    with pytest.raises(TypingError):
        kernel(True, wrong).compile((types.float64[::1],))
    assert thresholds[0] > before[0]
    assert gc.get_threshold() == before


def test_a_part_within_a_part_does_not_wake_it_early(asked):
    seen, thresholds = asked

    def inner(numbers):
        return numbers[0]

    inner_part = kernel(True, inner)

    def outer(numbers):
        numbers[0] = inner_part(numbers) + seen()

    before = gc.get_threshold()
    kernel(True, outer).compile((types.float64[::1],))
    assert min(thresholds) > before[0]
    assert gc.get_threshold() == before
