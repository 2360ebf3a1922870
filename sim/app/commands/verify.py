"""``treaty-sim verify``: every reference model against its closed form; exits with 1 if one fails."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sim.app.complaints import complaint
from sim.app.hydra_door import stop

if TYPE_CHECKING:
    from sim.study.verification.check import Check

REPORT = "report.html"


def command(arguments: Sequence[str]) -> None:
    """Check the subjects that the arguments name, by default all; print a table of pass and fail, write a page."""
    from sim.errors import SimError
    from sim.study.verify import failures, verify

    if any(argument.startswith("-") or "=" in argument for argument in arguments):
        stop(f"verify takes names of subjects such as AT-07, got {' '.join(arguments)}", 2)
    started = datetime.now().astimezone()
    try:
        checks = verify(arguments or None)
        _print(checks)
        page = _write(checks, arguments, started)
    except SimError as error:
        found = complaint(error)
        assert found is not None
        stop(*found)
    failed = failures(checks)
    sys.stdout.write(f"{len(checks) - len(failed)} of {len(checks)} checks pass\nwritten to {page}\n")
    if failed:
        stop(f"{len(failed)} checks fail: {', '.join(check.name for check in failed[:5])}", 1)


def _print(checks: "Sequence[Check]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from sim.report.verification import model_of, shown

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for column in ("expected", "got", "tolerance"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    before = ""
    for check in checks:
        model = model_of(check)
        if model != before:
            table.add_section()
            table.add_row(f"[bold]{model}[/], {check.source}")
            before = model
        verdict = "pass" if check.passed else "[bold red]FAIL[/]"
        tolerance = f"{check.tolerance:.0e}" if check.tolerance else "exact"
        name = check.name.removeprefix(model).strip()
        table.add_row(f"  {name}", shown(check.expected), shown(check.got), tolerance, verdict)
    Console().print(table)


def _write(checks: "Sequence[Check]", arguments: Sequence[str], started: datetime) -> Path:
    """Write the page into a directory of its own and return its path from here."""
    from sim.app.manifest import commit, reproduce, versions
    from sim.files import write_whole
    from sim.report.verification import verification_page

    page = verification_page(
        checks,
        command=reproduce("verify", arguments),
        manifest={
            "versions": versions(),
            "source": commit(),
            "started": started.isoformat(timespec="seconds"),
        },
    )
    moment = started.strftime("%H-%M-%S.%f")
    directory = Path("results", "verify", started.strftime("%Y-%m-%d"), moment)
    return Path(os.path.relpath(write_whole(directory / REPORT, page.encode())))
