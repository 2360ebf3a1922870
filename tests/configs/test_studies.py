"""Every shipped study builds, asks a question, and says for each number what its unit is."""

import pytest

from sim.app.build import compose
from sim.app.config_dir import config_dir
from sim.app.study_plan import Composed, study_of

STUDIES = sorted(file.stem for file in (config_dir() / "study").glob("*.yaml"))
FEWER = {  # each structure is composed anew
    "clocks_and_plans": [
        "study.levers.treaty={notice_months:[3,6]}",
        "study.uncertainties.reading=[moscow,neutral]",
    ],
    "crisis_lhs": ["study.design.size=50"],
    "crisis_sobol": ["study.design.size=8"],
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_shipped_study_builds(name):
    given = [f"study={name}", *FEWER.get(name, [])]
    source = Composed(
        config=compose(given),
        arguments=given,
        directories=[config_dir()],
        choices={"reading": "neutral"},
        compose=compose,
    )
    study = study_of(source)
    assert study.name == name
    assert study.title
    assert study.question.endswith("?")
    assert study.design.num_points > 1
    assert study.outcomes
    for column in study.design.columns:
        if column.path in study.units:
            assert study.units[column.path]
    assert len(study.plan_hash) == 12
