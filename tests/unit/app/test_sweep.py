"""The command: what it writes, that it goes on, what it refuses, and that its tables need none of our code."""

import json
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from sim.study.sweep.results import study_facts, sweep_table

SMALL = ("study=dilemma_noise", "study.design.size=30", "study.batch=8", "executor=serial", "match.turns=10")
GRID = (
    "study=verification_grid",
    "executor=serial",
    "engine.replications=2",
    "engine.horizon_months=2",
    "study.levers.treaty.detection=[0.3,0.6]",
    "study.levers.treaty.false_alarm=[0.05]",
)


def parts(directory):
    return {path.name: path.read_bytes() for path in directory.glob("*.parquet")}


def only_directory():
    (directory,) = Path("results/sweep").iterdir()
    return directory


def test_a_sweep_writes_its_table_and_the_same_command_says_that_it_is_finished(treaty_sim):
    ended = treaty_sim("sweep", *SMALL)
    assert ended.status == 0
    directory = only_directory()
    assert ended.out == f"finished: 30 points in {directory}: open report.html\n"
    names = {path.name for path in directory.iterdir()}
    expected = {f"part-{number:06d}.parquet" for number in range(4)}
    expected |= {"failures.parquet", "index.jsonl", "manifest.json", "config.yaml", ".lock"}
    expected |= {"report.html", "figures"}
    assert names == expected
    before = {path: path.stat().st_mtime_ns for path in directory.glob("part-*")}
    for again in (SMALL, ("--resume", str(directory))):
        ended = treaty_sim("sweep", *again)
        assert ended.out == f"finished before: all 30 points are in {directory}; nothing was run again\n"
    assert {path: path.stat().st_mtime_ns for path in directory.glob("part-*")} == before
    treaty_sim("sweep", *SMALL, "study.fresh=true")
    assert len(list(Path("results/sweep").iterdir())) == 2


def test_a_sweep_over_structures_is_resumed_from_its_directory(treaty_sim):
    treaty_sim(
        "sweep", *GRID, "+study.levers.strategy.usa=[leave,patient]", "+study.levers.reading=[moscow,neutral]"
    )
    directory = only_directory()
    whole = parts(directory)
    assert (
        parquet.read_table(directory / "part-000000.parquet")["reading"].to_pylist()
        == ["moscow", "neutral"] * 4
    )
    (directory / "part-000000.parquet").unlink()
    ended = treaty_sim("sweep", "--resume", str(directory))
    assert ended.out == f"finished: 8 points in {directory}: open report.html\n"
    assert parts(directory) == whole


def test_every_row_says_what_made_it(treaty_sim):
    treaty_sim("sweep", *GRID)
    directory = only_directory()
    manifest = json.loads((directory / "manifest.json").read_text())
    table = parquet.read_table(directory / "part-000000.parquet").to_pydict()
    assert table["point"] == [0, 1]
    assert table["treaty.detection"] == [0.3, 0.6]
    assert set(table["seed"]) == {20190802}
    assert set(table["replications"]) == {2}
    assert set(table["config_hash"]) == {manifest["config_hash"]}
    assert set(table["engine_version"]) == {manifest["study"]["engine_version"]}
    assert len([name for name in table if name.startswith(("actors.", "treaty."))]) > 90, "every parameter"
    assert manifest["study"]["columns"][0]["kind"] == "lever"
    assert manifest["study"]["columns"][0]["unit"] == "probability per year of breaching"


def test_its_table_reaches_the_analysis_in_the_order_of_the_design(treaty_sim):
    treaty_sim("sweep", *SMALL, "study.design={kind:saltelli,size:4,second_order:false}")
    directory = only_directory()
    table = sweep_table(directory)
    assert (table.design, table.base, table.num_points) == ("saltelli", 4, 20)
    assert table.kinds == ("uncertainty", "uncertainty", "lever")
    first, second, mixed = table.values[:4], table.values[4:8], table.values[8:12]
    assert (mixed == np.column_stack((second[:, :1], first[:, 1:]))).all()
    assert np.isfinite(table.outcomes["payoff_first"]).all()
    assert (table.errors["payoff_first"] > 0).any()
    assert study_facts(directory).name == "dilemma_noise"


def test_other_programs_read_the_parts(treaty_sim):
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    treaty_sim("sweep", *SMALL)
    pattern = f"{only_directory()}/part-*.parquet"
    own = sweep_table(only_directory()).outcomes["payoff_first"]
    rows = duckdb.connect().execute(f"select payoff_first from '{pattern}' order by point").fetchall()
    assert [value for (value,) in rows] == own.tolist()
    assert polars.scan_parquet(pattern).sort("point").collect()["payoff_first"].to_list() == own.tolist()


def test_one_point_is_run_again_and_a_changed_number_is_noticed(treaty_sim):
    treaty_sim("sweep", *SMALL)
    directory = only_directory()
    ended = treaty_sim("replay", str(directory), "point=17")
    assert ended.status == 0
    assert ended.out.endswith("the same numbers as in part-000002.parquet\n")
    part = directory / "part-000002.parquet"
    table = parquet.read_table(part)
    place = table.schema.get_field_index("payoff_first")
    changed = table.set_column(
        place, "payoff_first", [[value + 1e-9 for value in table["payoff_first"].to_pylist()]]
    )
    parquet.write_table(changed, part)
    ended = treaty_sim("replay", str(directory), "point=17")
    assert ended.status == 1
    assert ended.line.endswith("did not come out the same: payoff_first")
    assert treaty_sim("replay", str(directory), "point=30").line.endswith("from 0 to 29, got '30'")


def test_what_coincides_is_said_before_anything_runs(treaty_sim):
    ended = treaty_sim(
        "sweep", *GRID, "+study.baseline.treaty.detection=0.6", "+study.baseline.treaty.false_alarm=0.05"
    )
    assert "note: 1 of 2 points equal the baseline: 1." in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "study must be one of clocks_and_plans, crisis_equilibrium"),
        (("study=verification_gird",), "study must be one of"),
        (
            (*GRID, "+study.levers.treaty.detction=[0.1,0.2]"),
            "treaty.detction is no key of the configuration",
        ),
        ((*GRID, "+study.levers.treaty.fading=[-1,0.2]"), "treaty.fading must be at least 0, got -1"),
        ((*GRID, "+study.uncertainties.treaty.detection=prior"), "treaty.detection must be either under"),
        ((*GRID, "study.levers.treaty.detection=[uniform,0.8,0.2]"), "needs low <= high"),
        ((*GRID, "study.levers.treaty.detection=[range,0.8,0.2,4]"), "needs low < high"),
        ((*GRID, "+study.levers.treaty.notice_months=[uniform,3,9]"), "each needs a structure of its own"),
        ((*GRID, "+study.levers.strategy.usa=[tit_for_tat,nobody]"), "strategy.usa must be one of"),
        ((*GRID, "+study.levers.engine.seed=[1,2]"), "a study cannot vary engine.seed"),
        ((*GRID, "study.design.kind=gird"), "study.design.kind must be one of grid"),
        ((*GRID, "study.design.kind=latin_hypercube"), "study.design.size must be at least 1"),
        ((*GRID, "study.outcomes=[collapse]"), "study.outcomes must be among collapse_probability"),
        ((*GRID, "study.batch=0"), "study.batch must be at least 1, got 0"),
        ((*GRID, "engine.replications=1"), "at least 2 plays per point"),
        ((*GRID, "executor=cloud"), "executor must be one of dask, local, ray, serial, slurm, got 'cloud'"),
        ((*GRID, "executor.kind=cloud"), "executor.kind must be one of serial, local, dask, slurm, ray"),
        ((*SMALL, "+study.levers.match.turns=[1.5,2]"), "match.turns must take a few whole numbers"),
        ((*SMALL, "study.levers.match.first=[tit_for_tat,nobody]"), "strategy must be one of"),
        ((*SMALL, "+study.levers.treaty.detection=[0.1,0.2]"), "cannot vary in a study of a repeated game"),
        (("--resume", "nowhere"), "nowhere is not the directory of a sweep"),
    ],
)
def test_a_study_that_cannot_be_is_one_line_and_leaves_nothing(treaty_sim, arguments, words):
    ended = treaty_sim("sweep", *arguments)
    assert ended.status == 1
    assert words in ended.line
    assert not list(Path().rglob("*.parquet"))


def test_a_missing_extra_says_what_to_install(treaty_sim, monkeypatch):
    monkeypatch.setattr("sim.app.executors.find_spec", lambda name: None)
    for executor, extra in (("dask", "cluster"), ("slurm", "cluster"), ("ray", "ray")):
        ended = treaty_sim("sweep", *GRID, f"executor={executor}")
        assert ended.line.endswith(f"pip install 'treaty-sim[{extra}]'")


@pytest.mark.parametrize(
    "arguments", [("-m", *SMALL), ("--resume",), ("--resume", "somewhere", "study=other")]
)
def test_wrong_use_is_one_line(treaty_sim, arguments):
    ended = treaty_sim("sweep", *arguments)
    assert ended.status == 2
    assert ended.line


def test_the_runs_of_hydra_itself_are_gathered(treaty_sim, no_pictures, monkeypatch):
    monkeypatch.setattr("sim.app.stored_tables.write_tables", lambda result, directory: [])
    treaty_sim("run", "-m", "reading=washington,moscow", "engine=quick", "hydra.sweep.dir=many")
    ended = treaty_sim("gather", "many")
    assert ended.out == "2 runs in many/runs.parquet\n"
    table = parquet.read_table("many/runs.parquet").to_pydict()
    assert table["run"] == [0, 1]
    assert table["reading"] == ["washington", "moscow"]
    assert len(set(table["config_hash"])) == 2
    assert all(0 <= value <= 1 for value in table["collapse_probability"])
    assert treaty_sim("gather", "nowhere").line.endswith("nowhere holds no finished run of -m")
