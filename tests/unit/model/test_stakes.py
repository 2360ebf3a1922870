"""Stakes multiply the weights of their kind and nothing else; one set of weights serves all treaties."""

import pytest

from sim.app.build import load
from sim.errors import ParameterError
from sim.games.treaty.terms import TERMS
from sim.model.moved import scaled
from sim.model.stakes import KINDS, LEVELS, staked

TREATIES = {
    "abm_2001": ("usa", "russia", "nato", "missile_states"),
    "open_skies_2020": ("usa", "russia", "nato", "china"),
    "cfe_2007": ("usa", "russia", "nato", "new_members"),
    "new_start_2016": ("usa", "russia", "nato", "china"),
    "jcpoa_2018": ("usa", "iran", "europeans", "israel"),
    "npt_1993": ("usa", "north_korea", "allies", "outsiders"),
    "cwc_1997": ("usa", "russia", "nato", "outsiders"),
}


def test_every_kind_moves_terms_that_exist_and_no_term_twice():
    moved = [term for terms in KINDS.values() for term in terms]
    assert set(moved) <= set(TERMS)
    assert len(moved) == len(set(moved))
    assert LEVELS["same"] == 1.0


@pytest.mark.parametrize(
    ("stakes", "words"),
    [({"honour": "high"}, "stakes.honour must be one of"), ({"linkage": "huge"}, "got 'huge'")],
)
def test_a_kind_or_level_that_does_not_exist_is_refused(stakes, words):
    with pytest.raises(ParameterError, match=words):
        staked({"own_forces": 1.0}, stakes, "actors.usa.stakes")


@pytest.mark.parametrize("name", TREATIES)
def test_weights_are_those_of_the_inf_treaty_by_role_times_the_coded_levels(name):
    from sim.app.build import compose, typed

    inf = load("inf_2019")
    other = load(name)
    assert other.actor_names == TREATIES[name]
    conf = typed(compose([f"scenario={name}"]))
    for mine, theirs in zip(other.actors, inf.actors, strict=True):
        assert mine.role == theirs.role
        assert mine.discount == theirs.discount
        stakes = conf.actors[mine.name].stakes
        assert set(stakes) == set(KINDS)
        for term, weight in mine.weights.items():
            kind = next((kind for kind, terms in KINDS.items() if term in terms), None)
            factor = LEVELS[stakes[kind]] if kind else 1.0
            assert weight == scaled(theirs.weights[term], factor), term
        for kind in KINDS:
            about = other.about[f"actors.{mine.name}.stakes.{kind}"]
            assert about.assumed
            assert about.source


def test_a_weight_says_that_it_was_carried_over_and_what_moved_it():
    about = load("cfe_2007").about["actors.russia.weights.own_forces"]
    assert about.source.startswith("carried over from the INF Treaty, times 1.5: capability high")
    assert about.assumed
