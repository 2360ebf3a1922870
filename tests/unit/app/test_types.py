"""Types from the command line: what a run writes about them, that a replay repeats it, and what is refused."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.app.plan import load

ON = "types=accusations"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, small_run) -> Path:
    """Return the directory of a small run in which types play automata."""
    return small_run(
        tmp_path_factory.mktemp("types"),
        *(ON, "beliefs.conjecture=true", "strategy=tit_for_tat", "stage.plans=[uphold,leave]"),
        *("types.usa.pretext.strategy=pretext_seeker", "engine.draws=2", "engine.replications=60"),
        "engine.horizon_months=24",
    )


def test_a_run_with_types_says_what_was_believed(finished: Path) -> None:
    summary = json.loads((finished / "summary.json").read_text())
    assert set(summary["types"]["priors"]) == {"usa", "russia"}
    assert summary["types"]["solution"] is None  # nothing had to be solved for
    assert summary["outcomes"]["collapse_probability"]["exact"] is not None
    plays = pq.read_table(finished / "replications.parquet").to_pydict()
    assert set(plays["type_russia"]) == {0.0, 1.0}
    beliefs = pq.read_table(finished / "beliefs.parquet").to_pylist()
    assert len(beliefs) == 4 * 25
    last = {row["true"]: row["mean"] for row in beliefs if row["actor"] == "usa" and row["month"] == 24}
    assert last["pretext"] > last["treaty"] + 0.2  # a pretext-seeker is easily told from tit for tat


def test_a_replay_of_a_run_with_types_gives_the_same_bytes(treaty_sim, finished: Path) -> None:
    ended = treaty_sim("replay", str(finished))
    assert ended.status == 0, ended.err
    again = next(Path("results/replay").glob("*/*"))
    for name in ("summary.json", "outcomes.parquet", "replications.parquet", "beliefs.parquet"):
        assert (again / name).read_bytes() == (finished / name).read_bytes(), name
    one = treaty_sim("replay", str(finished), "draw=1", "replication=7")
    assert one.out.startswith("(usa is of the type: ")
    changed = treaty_sim("replay", str(finished), "--resolve")
    assert "0 of 2 draws have other tables" in changed.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["types.usa.treaty.prior=0.3", "types.usa.pretext.prior=0.3"],
            "types.usa: the priors of treaty, pretext must sum to 1, got 0.6",
        ),
        (["+types.usa.pretext.scale.fame=2"], "types.usa.pretext.scale.fame is no payoff term"),
        (["+types.usa.pretext.wieghts=1"], "types.usa.pretext.wieghts is no key of a type"),
        (["types.usa.pretext.strategy=tit_for_tit"], "types.usa.pretext.strategy must be one of"),
    ],
)
def test_what_is_wrong_with_types_is_one_line(treaty_sim, arguments, line) -> None:
    ended = treaty_sim("check", ON, *arguments)
    assert ended.status == 1
    assert line in ended.line


def test_a_prior_from_the_command_line_says_so() -> None:
    scenario = load("inf_2019", [ON, "types.russia.in_breach.prior=0.5"]).scenario
    assert scenario.about["types.russia.in_breach.prior"].source == "command line"
    assert "types.usa.pretext.prior" in scenario.uncertain
    assert load("inf_2019").scenario.types == {}


@pytest.mark.parametrize(
    ("verb", "line"),
    [
        ("solve", "solve treats the game without types, got types of usa, russia"),
        ("compare", "compare plays without types, got types of usa, russia"),
        ("history", "history is told without types, got types of usa, russia"),
    ],
)
def test_a_command_without_types_says_so(treaty_sim, verb, line) -> None:
    ended = treaty_sim(verb, ON, *(["policies=[longer_ultimatum]"] if verb == "compare" else []))
    assert ended.status != 0
    assert line in ended.err


def test_strategies_that_condition_on_beliefs_run_and_replay(tmp_path_factory, small_run, treaty_sim) -> None:
    """Both engines; beliefs in play are what is drawn and stored."""
    directory = small_run(
        tmp_path_factory.mktemp("beliefs"),
        *(ON, "beliefs.conjecture=true", "strategy=tit_for_tat", "strategy.usa=suspicious_trigger"),
        *("stage.plans=[uphold,leave]", "engine.draws=2", "engine.replications=60"),
        *("engine.horizon_months=24", "beliefs.resolution=0.5", "beliefs.clip=3"),
    )
    summary = json.loads((directory / "summary.json").read_text())
    assert summary["outcomes"]["collapse_probability"]["exact"] is not None
    ended = treaty_sim("replay", str(directory))
    assert ended.status == 0, ended.err
    again = max(Path("results/replay").glob("*/*"))
    for name in ("summary.json", "outcomes.parquet", "replications.parquet", "beliefs.parquet"):
        assert (again / name).read_bytes() == (directory / name).read_bytes(), name
    fine = small_run(
        tmp_path_factory.mktemp("fine"),
        *(ON, "beliefs.conjecture=true", "strategy=tit_for_tat", "strategy.usa=suspicious_trigger"),
        *(
            "stage.plans=[uphold,leave]",
            "engine.draws=2",
            "engine.replications=20",
            "engine.horizon_months=12",
        ),
    )
    summary = json.loads((fine / "summary.json").read_text())
    assert "exact" not in summary["outcomes"]["collapse_probability"]
    assert any("points of belief" in note for note in summary["notes"])
