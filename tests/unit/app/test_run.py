"""The directory of a run: which files, what they hold, and that nothing in them depends on the day."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.app.artifacts import as_json, summary
from sim.app.build import compose
from sim.app.manifest import config_hash, reproduce
from sim.app.stored_tables import TABLES
from sim.engine.outcomes import outcomes_of

FILES = {
    "manifest.json",
    "summary.json",
    "equilibria.json",
    "outcomes.parquet",
    "replications.parquet",
    "report.html",
    TABLES,
}


def only_run() -> Path:
    (directory,) = Path("results/run").glob("*/*")
    return directory


def test_a_run_writes_its_directory_and_ends_with_a_table(treaty_sim, quick_result) -> None:
    ended = treaty_sim("run", "engine=quick", "treaty.detection=[uniform,0.2,0.8]")
    assert ended.status == 0, ended.err
    directory = only_run()
    assert quick_result.beliefs is not None  # else there were no table of them
    assert {file.name for file in directory.iterdir() if file.is_file()} == FILES | {"beliefs.parquet"}
    assert {file.name for file in (directory / ".hydra").iterdir()} == {
        "config.yaml",
        "hydra.yaml",
        "overrides.yaml",
    }
    assert len(list((directory / "figures").glob("*.png"))) >= 6
    assert ":" not in str(directory)
    assert directory.name.endswith("-inf_2019")
    assert "95 % interval" in ended.out
    assert str(directory) in ended.out

    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["command"] == "treaty-sim run engine=quick 'treaty.detection=[uniform,0.2,0.8]'"
    assert manifest["seed"] == 20190802
    assert len(manifest["tables"]) == quick_result.draws
    assert manifest["versions"]["numpy"]
    assert set(manifest["automata"]) == {"equilibrium"}

    stage = json.loads((directory / "equilibria.json").read_text())["stage_game"]
    assert all({"complete", "equilibria", "second_opinion"} <= set(solution) for solution in stage["draws"])

    found = json.loads((directory / "summary.json").read_text())
    assert {"schema_version", "scenario", "seed", "replications", "outcomes"} <= set(found)
    assert set(found["outcomes"]) == {
        outcome.name for outcome in outcomes_of(("usa", "russia", "nato", "china"))
    }
    for outcome in found["outcomes"].values():
        assert {"estimate", "standard_error", "low", "high", "unit"} <= set(outcome)
    assert found["outcomes"]["collapse_probability"]["exact"] is not None
    text = (directory / "summary.json").read_text()
    assert str(directory) not in text
    assert "seconds" not in text

    equilibria = json.loads((directory / "equilibria.json").read_text())
    assert equilibria["stage_game"]["central"]["equilibria"][0]["regret"] <= 1e-9
    assert len(equilibria["stage_game"]["draws"]) == quick_result.draws

    table = pq.read_table(directory / "outcomes.parquet")
    assert table.column_names == ["draw", "outcome", "unit", "estimate", "exact"]
    assert table.num_rows == quick_result.draws * len(quick_result.outcomes_by_draw)
    assert (
        "[uniform, 0.2, 0.8]" in (directory / "report.html").read_text()
        or "uniform" in (directory / "report.html").read_text()
    )


def test_the_same_result_gives_the_same_bytes(treaty_sim, no_pictures) -> None:
    for _ in range(2):
        assert treaty_sim("run", "engine=quick", "engine.workers=1").status == 0
    first, second = sorted(Path("results/run").glob("*/*"))
    for name in ("summary.json", "equilibria.json", "outcomes.parquet", "replications.parquet", TABLES):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_multirun_has_one_directory_per_point(treaty_sim, no_pictures) -> None:
    assert treaty_sim("run", "reading=washington,moscow", "-m", "engine=quick").status == 0
    (directory,) = Path("results/run").glob("*/*-multirun")
    assert {path.name for path in directory.iterdir() if path.is_dir()} == {"0", "1"}
    commands = [json.loads((directory / n / "manifest.json").read_text())["command"] for n in ("0", "1")]
    assert commands == [f"treaty-sim run reading={r} engine=quick" for r in ("washington", "moscow")]


def test_the_directory_can_be_chosen(treaty_sim, no_pictures) -> None:
    assert treaty_sim("run", "engine=quick", "hydra.run.dir=mine").status == 0
    assert (Path("mine") / "summary.json").is_file()
    assert not Path("results").exists()


def test_what_is_not_finite_is_null_in_json(made_up) -> None:
    assert as_json({"a": [1.0, float("nan")], "b": {"c": float("inf")}}) == (
        b'{\n "a": [\n  1.0,\n  null\n ],\n "b": {\n  "c": null\n }\n}\n'
    )
    assert summary(made_up)["replications"] == made_up.replications_per_draw


def test_the_hash_of_a_config_changes_with_what_matters_only() -> None:
    base = config_hash(compose(["engine=quick"]))
    assert config_hash(compose(["engine=quick", "engine.workers=7"])) == base
    assert config_hash(compose(["engine=quick", "treaty.fading=0.2"])) != base


def test_help_of_a_command_lists_the_groups(treaty_sim) -> None:
    ended = treaty_sim("run", "--help")
    assert ended.status == 0
    assert "reading: moscow, neutral, washington" in ended.out
    assert "grim_trigger" in ended.out


@pytest.mark.parametrize("argument", ["a=1", "treaty.detection=[uniform,0.2,0.8]", "scenario.title=it's"])
def test_the_command_can_be_pasted_into_a_shell(argument: str) -> None:
    import shlex

    assert shlex.split(reproduce("run", [argument])) == ["treaty-sim", "run", argument]
