"""The page of ``treaty-sim verify``: each check with its source, what was expected, what came out, and how close."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sim.report.page import Section, Table, render_page
from sim.study.verification.check import Check, Value
from sim.study.verify import failures


def verification_page(checks: Sequence[Check], *, command: str, manifest: Mapping[str, Any]) -> str:
    """Return the page as HTML: what failed first, then a section per model with its source.

    Parameters
    ----------
    checks : in the order in which they were made, those of one model together
    command : str
        What makes the page again.
    manifest : mapping
        Versions and the like.
    """
    failed = failures(checks)
    sections = [
        Section(heading="What failed", table=_table(failed, whole=True), caption="Checks that did not pass")
    ]
    sections = sections if failed else []
    for (model, source), group in groupby(checks, key=lambda check: (model_of(check), check.source)):
        members = list(group)
        sections.append(
            Section(
                heading=model,
                sentences=[f"Source: {source}."],
                table=_table(members),
                caption=f"{len(members)} checks",
                numeric=True,
            )
        )
    count = len(checks)
    return render_page(
        title="Verification",
        lead="Every reference model against its closed form, at published values and at random ones",
        headline=f"All {count} checks pass"
        if not failed
        else f"{len(failed)} of {count} checks fail: {', '.join(check.name for check in failed[:5])}",
        sections=sections,
        command=command,
        manifest=manifest,
    )


def model_of(check: Check) -> str:
    """Return the name of the model that a check belongs to.

    Examples
    --------
    >>> model_of(Check("AT-07 grim (0.0, 1.0)", "", 0.5, 0.5, 0.0, True))
    'AT-07'
    """
    words = check.name.split()
    return " ".join(words[:2]) if words[0] == "textbook" else words[0]


def shown(value: Value) -> str:
    """Return an expected or found value as it is printed."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _table(checks: Sequence[Check], whole: bool = False) -> Table:
    rows = [
        (
            check.name if whole else check.name.removeprefix(model_of(check)).strip(),
            shown(check.expected),
            shown(check.got),
            f"{check.tolerance:.0e}" if check.tolerance else "exact",
            "pass" if check.passed else "FAIL",
        )
        for check in checks
    ]
    return Table(("check", "expected", "got", "tolerance", ""), rows)
