"""The second process: same values, same errors, nothing lost when it dies, gone when its parent is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim.app.companion import Companion, companion
from sim.study.aside import at_once


def begun(aside, function, *args):
    """Ask for something and come back when the second process has been given it."""
    value = aside(function, *args)
    while aside._line._work_queue.qsize():
        time.sleep(0.001)
    time.sleep(0.05)  # taken from the queue, it is begun at once
    return value


def test_it_is_another_process_and_gives_the_same_values():
    with Companion(()) as aside:
        first, second = aside(np.arange, 5), begun(aside, os.getpid)
        np.testing.assert_array_equal(first(), np.arange(5))
        assert second() != os.getpid()


def test_nobody_waits_for_what_has_not_begun():
    with Companion(()) as aside:
        slow, waiting = begun(aside, time.sleep, 0.5), aside(os.getpid)
        assert waiting() == os.getpid()
        slow()
        assert begun(aside, os.getpid)() != os.getpid()


def test_large_values_go_both_ways_while_others_wait():
    large = np.ones(2_000_000)  # far more than a pipe holds
    with Companion(()) as aside:
        answers = [aside(np.negative, large) for _ in range(3)]
        for answer in answers:
            np.testing.assert_array_equal(answer(), -large)


def test_an_exception_is_raised_where_the_value_is_asked_for():
    with Companion(()) as aside:
        wrong = begun(aside, int, "five")
        fine = begun(aside, int, "5")
        with pytest.raises(ValueError, match="five"):
            wrong()
        assert fine() == 5


def test_what_a_dead_companion_should_do_is_done_here():
    with Companion(()) as aside:
        assert begun(aside, pow, 2, 3)() == 8
        assert aside._child is not None
        aside._child.kill()
        assert begun(aside, os.getpid)() == os.getpid()


def test_what_cannot_be_sent_is_done_here():
    with Companion(()) as aside:
        assert begun(aside, lambda: 7)() == 7
        assert begun(aside, os.getpid)() != os.getpid()  # the others still go there


def test_a_module_that_is_missing_there_costs_nothing_but_the_help():
    with Companion(["no_such_module"]) as aside:
        assert begun(aside, pow, 2, 5)() == 32


def test_where_there_is_one_core_there_is_no_companion(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with companion() as aside:
        assert aside is at_once


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_it_ends_with_its_parent(tmp_path: Path):
    script = (
        "import time; from sim.app.companion import Companion\n"
        "with Companion(()) as aside:\n"
        "    print(aside._child.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(200):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
            return  # ended; nobody has asked for its status yet
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the companion outlived its parent")
