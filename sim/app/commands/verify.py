"""``treaty-sim verify``: every reference model against its closed form; exits with 1 if one fails."""

import sys
from collections.abc import Sequence

from sim.app.complaints import complaint
from sim.app.hydra_door import stop


def command(arguments: Sequence[str]) -> None:
    """Check the subjects that the arguments name, by default all, and print a table of pass and fail."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from sim.errors import SimError
    from sim.study.verify import failures, verify

    if any(argument.startswith("-") or "=" in argument for argument in arguments):
        stop(f"verify takes names of subjects such as AT-07, got {' '.join(arguments)}", 2)
    try:
        checks = verify(arguments or None)
    except SimError as error:
        found = complaint(error)
        assert found is not None
        stop(*found)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for column in ("expected", "got", "tolerance"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for check in checks:
        shown = [
            f"{value:.6g}" if isinstance(value, float) else value for value in (check.expected, check.got)
        ]
        table.add_row(
            check.name, *shown, f"{check.tolerance:.0e}", "pass" if check.passed else "[bold red]FAIL[/]"
        )
    Console().print(table)
    failed = failures(checks)
    sys.stdout.write(f"{len(checks) - len(failed)} of {len(checks)} checks pass\n")
    if failed:
        stop(f"{len(failed)} checks fail: {', '.join(check.name for check in failed[:5])}", 1)
