import json
from pathlib import Path

import pytest

from sim.app.automata import AutomatonShelf
from sim.app.plan import load
from sim.study.claims.worlds import Worlds

RECORD = Path(__file__).parents[2] / "experiments" / "claims" / "shares.json"


@pytest.fixture(scope="session")
def record():
    return json.loads(RECORD.read_text())


@pytest.fixture(scope="session")
def worlds(record):
    """Return the worlds of the record with fewer draws: those that are left are the same."""
    plans = {name: load(name) for name in ("inf_2019", "inf_1988")}
    plan = plans["inf_2019"]
    return Worlds(
        {name: each.scenario for name, each in plans.items()},
        AutomatonShelf(),
        draws=8,
        counterfactual_draws=2,
        seed=record["seed"],
        solver=plan.solver,
        horizon_months=plan.engine.horizon_months,
        workers=2,
    )
