"""``treaty-sim compare``: its directory, its one-line errors, and that the same seed gives the same bytes."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.study.comparison.result import BASELINE

QUICK = (
    "strategy=grim_trigger",
    "engine.draws=3",
    "engine.workers=1",
    "engine.horizon_months=24",
    "treaty.ultimatum_months=1.5",
    "comparison.readings=[neutral,moscow]",
    "comparison.resamples=200",
)


@pytest.fixture
def compared(treaty_sim):
    ended = treaty_sim("compare", "policies=[fewer_false_alarms,longer_notice]", *QUICK)
    assert ended.status == 0, ended.err
    (directory,) = Path("results/compare").glob("*/*")
    return ended, directory


def test_a_comparison_writes_its_directory(compared) -> None:
    ended, directory = compared
    files = {file.relative_to(directory).as_posix() for file in directory.rglob("*") if file.is_file()}
    assert files >= {
        "comparison.parquet",
        "outcomes.parquet",
        "summary.json",
        "manifest.json",
        "report.html",
        "report.pdf",
        "figures/differences.png",
        "figures/regret.png",
        "figures/survival.png",
    }
    assert "Fewer false alarms" in ended.out
    table = pq.read_table(directory / "comparison.parquet")
    contract = ["policy", "outcome", "estimate", "difference", "low", "high", "standard_error"]
    assert set(contract) <= set(table.column_names)
    rows = table.to_pylist()
    assert {row["policy"] for row in rows} == {BASELINE, "fewer_false_alarms", "longer_notice"}
    for row in rows:
        if row["outcome"] == "collapse_probability" and row["policy"] != BASELINE:
            assert row["low"] <= row["difference"] <= row["high"]
    report = (directory / "report.html").read_text("utf-8")
    assert "treaty-sim compare" in report
    assert "treaty.notice_months: 12" in report  # the policy's own text
    assert "horizon_months" in report  # and the whole configuration
    assert (directory / "report.pdf").read_bytes().startswith(b"%PDF")
    summary = json.loads((directory / "summary.json").read_text())
    assert set(summary["regret"]["regret"]) == {BASELINE, "fewer_false_alarms", "longer_notice"}
    assert set(summary["regret"]["regret"][BASELINE]) == {"neutral", "moscow"}
    rounded = "treaty.ultimatum_months = 1.5 is not a whole number of periods of 1 months: rounded up to 2"
    assert [note for note in summary["notes"] if "rounded" in note] == [rounded]
    assert rounded in report
    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["policies"] == ["fewer_false_alarms", "longer_notice"]


def test_the_same_seed_gives_the_same_numbers_on_two_threads(compared, treaty_sim) -> None:
    _, first = compared
    treaty_sim("compare", "policies=[fewer_false_alarms,longer_notice]", *QUICK, "engine.workers=2")
    (second,) = (place for place in Path("results/compare").glob("*/*") if place != first)
    for name in ("comparison.parquet", "outcomes.parquet", "summary.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "policies must name at least one policy"),
        (("policies=[nato_unitd]",), "did you mean nato_united"),
        (("policies=[longer_notice]", "treaty.notice_months=3"), "command line fixes"),
    ],
)
def test_errors_are_one_line(treaty_sim, arguments, words) -> None:
    ended = treaty_sim("compare", *arguments)
    assert ended.status == 1
    assert words in ended.line
    assert not list(Path().glob("results/compare/*/*"))
