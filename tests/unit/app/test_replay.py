"""A run played again from its tables gives the same bytes; one play can be printed; a changed table is noticed."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.app.stored_run import StoredRun
from sim.app.stored_tables import TABLES
from sim.engine.tables import build_tables, digest


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, small_run) -> Path:
    """Return the directory of a small real run: one strategy is solved for, the others are automata."""
    return small_run(
        tmp_path_factory.mktemp("run"),
        *("engine.draws=2", "engine.replications=40", "engine.horizon_months=24"),
        *("strategy=tit_for_tat", "strategy.russia=equilibrium", "stage.plans=[uphold,leave]"),
        "solver.rationality=1",
    )


def test_a_replay_gives_the_same_bytes(treaty_sim, finished: Path) -> None:
    ended = treaty_sim("replay", str(finished))
    assert ended.status == 0, ended.err
    assert ended.out.count("same bytes") == 2
    (directory,) = Path("results/replay").glob("*/*")
    for name in ("summary.json", "outcomes.parquet", "replications.parquet"):
        assert (directory / name).read_bytes() == (finished / name).read_bytes()


def test_the_profile_of_a_run_is_read_back_from_its_tables_without_loss(finished: Path) -> None:
    run = StoredRun(finished)
    plan, tables = run.plan(), run.tables()
    result = plan.run(stored=tables)
    again = [build_tables(result.games, draw, result.profile) for draw in range(2)]
    assert [digest(each) for each in again] == run.manifest["tables"]
    assert np.abs(result.profile.automata[1].moves.sum(axis=-1) - 1).max() < 1e-12


def test_one_play_is_printed_period_by_period(treaty_sim, finished: Path) -> None:
    ended = treaty_sim("replay", str(finished), "draw=1", "replication=3")
    assert ended.status == 0, ended.err
    lines = ended.out.splitlines()
    assert len(lines) == 25  # 24 months and the state they end in
    assert lines[0].startswith("2018-10  in force, evidence usa contested, evidence russia contested")
    assert lines[24].startswith("2020-10  ")
    kept = pq.read_table(finished / "replications.parquet").to_pylist()
    play = next(row for row in kept if (row["draw"], row["replication"]) == (1, 3))
    ended_in = [t for t, line in enumerate(lines) if "  ended" in line]
    assert (min(ended_in) if ended_in else None) == (
        None if np.isnan(play["collapse_month"]) else play["collapse_month"]
    )


def test_solving_again_finds_the_same_tables(treaty_sim, finished: Path) -> None:
    ended = treaty_sim("replay", str(finished), "--resolve")
    assert ended.status == 0, ended.err
    assert "0 of 2 draws have other tables" in ended.out


def test_a_changed_table_is_noticed(treaty_sim, finished: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    with np.load(copy / TABLES) as file:
        arrays = dict(file)
    arrays["discount"] = arrays["discount"] * 0.999
    np.savez(copy / TABLES, **arrays)
    ended = treaty_sim("replay", str(copy))
    assert ended.status == 1
    assert "does not hold the tables" in ended.line
    (copy / TABLES).write_bytes(b"nonsense")
    assert "does not hold the tables of a run" in treaty_sim("replay", str(copy)).line


def test_a_changed_number_is_noticed(treaty_sim, finished: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    found = json.loads((copy / "summary.json").read_text())
    found["outcomes"]["collapse_probability"]["estimate"] += 0.01
    (copy / "summary.json").write_text(json.dumps(found))
    ended = treaty_sim("replay", str(copy))
    assert ended.status == 1
    assert "summary.json: differs" in ended.out
    assert "outcomes.parquet: same bytes" in ended.out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], 2, "replay takes the directory of a run"),
        (["a", "b"], 2, "replay takes the directory of a run"),
        (["a", "-m"], 2, "replay takes the directory of a run"),
        (["a", "seed=3"], 2, "replay takes the directory of a run"),
        (["nowhere"], 1, "nowhere is not the directory of a finished run"),
    ],
)
def test_a_wrong_replay_is_one_line(treaty_sim, arguments: list[str], status: int, words: str) -> None:
    ended = treaty_sim("replay", *arguments)
    assert ended.status == status
    assert words in ended.line


@pytest.mark.parametrize("which", ["draw=2", "draw=-1", "draw=x", "replication=40"])
def test_a_play_that_does_not_exist_is_one_line(treaty_sim, finished: Path, which: str) -> None:
    ended = treaty_sim("replay", str(finished), which)
    assert ended.status == 1
    assert "must be a whole number from 0 to" in ended.line
