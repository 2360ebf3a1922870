"""What a person sees while a command works: what is being done, how far it is, and how long it will take."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sim.study.result import ScenarioResult

FIRST_RUN_SECONDS = 25


class Narrator:
    """Progress on standard error while the work goes on, a short table on standard output at its end."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=1.0)
        self._stage = "starting"

    def __enter__(self) -> Self:
        if not self._bar.disable:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._bar.disable:  # some versions of rich end a bar that was never shown with an empty line
            self._bar.stop()

    def say_if_cold(self) -> bool:
        """Say what the first run on a machine waits for; return whether this is one."""
        from sim.kernel_cache import PACKAGE, is_cold

        cold = is_cold(PACKAGE / "engine" / "play_kernel.py")  # every run plays
        if cold:
            self._console.print(
                f"compiling numerical kernels, once per machine (about {FIRST_RUN_SECONDS} s)",
                highlight=False,
            )
        return cold

    @property
    def is_terminal(self) -> bool:
        """Whether somebody can see the bar move."""
        return bool(self._console.is_terminal)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def progress(self, stage: str, share: float) -> None:
        """Show that `share` of `stage` is done; a new stage starts its own clock."""
        if stage != self._stage:
            self._bar.reset(self._task, total=1.0, description=stage)
            self._stage = stage
        self._bar.update(self._task, completed=share)

    def finish(self, result: ScenarioResult, directory: Path) -> None:
        """Print the table of outcomes with their errors, and where everything lies."""
        from sim.report.terminal import summary_table

        self.show(summary_table(result), directory)

    def show(self, table: RenderableType, directory: Path) -> None:
        """Print what a command found, and where everything lies."""
        Console().print(table)
        self.show_place(directory)

    def show_place(self, directory: Path) -> None:
        """Print where everything lies."""
        place = os.path.relpath(directory) if directory.is_relative_to(Path.cwd()) else str(directory)
        Console().print(f"written to {place}: open report.html", soft_wrap=True, highlight=False)
