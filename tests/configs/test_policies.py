"""Every shipped policy reads, changes the default world, fits each reading and says where its numbers are from."""

import pytest

from sim.app.comparison_plan import load_comparison
from sim.app.config_dir import files_of
from sim.app.policies import read_policies

NAMES = sorted(files_of("policy"))
REQUIRED = (
    "better_verification fewer_false_alarms inspections_exchanged china_joins longer_ultimatum longer_notice "
    "escape_clause sanctions_relief no_deployment_in_europe nato_united nato_mediating climate_clears"
)


def test_every_required_policy_is_there():
    assert set(REQUIRED.split()) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_says_what_it_does_and_why(name):
    (policy,) = read_policies([name])
    assert policy.sentence.endswith(".")
    for path in policy.changes.touched:
        if policy.changes.sets.get(path, 0) is not None:
            assert len(str(policy.changes.about[path]["source"])) > 10


def test_every_policy_changes_the_world_and_fits_under_each_reading():
    plan = load_comparison(NAMES, ["engine.draws=2"])
    assert len(plan.plans) == 3 * (len(NAMES) + 1)
    assert plan.twins == ()
    assert not plan.same
    assert all(policy.changes for policy in plan.policies[1:])
