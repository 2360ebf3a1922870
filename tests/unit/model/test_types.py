"""Types: what they refuse, and their priors in every draw."""

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.model.types import ActorType, BeliefOptions, check_types, priors_of


def kind(name, prior=None, **more):
    return ActorType(actor="south", name=name, prior=prior, **more)


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ((kind("a", 0.5), kind("b", 0.6)), "types.south: the priors of a, b must sum to 1, got 1.1"),
        ((kind("a", 0.2), kind("b", 0.6)), "must sum to 1, got 0.8"),
        ((kind("a"), kind("b")), "only one prior may be null"),
        ((kind("a", ["uniform", 0, 1]), kind("b", 0.5)), "one of a, b must be null"),
        ((kind("a"), kind("b", ["uniform", 0, 0.8]), kind("c", 0.3)), "got up to 1.1 without a"),
        ((kind("a"),), "at least two types, got a"),
    ],
)
def test_priors_must_sum_to_one(types, words) -> None:
    with pytest.raises(ParameterError, match=words) as error:
        check_types(types, "south")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"prior": 1.2}, r"types.south.a.prior must be in \[0, 1\], got 1.2"),
        ({"course": "hide"}, "types.south.a.course must be null or one of uphold, breach, got 'hide'"),
        ({"scale": {"blame": -1}}, "types.south.a.scale.blame must be at least 0, got -1"),
        ({"scale": {"blame": 1}, "weights": {"blame": 1}}, "blame stands under weights and under scale"),
    ],
)
def test_a_type_refuses_what_it_cannot_be(given, words) -> None:
    with pytest.raises(ParameterError, match=words):
        kind("a", **given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tremble": 0}, r"beliefs.tremble must lie in \(0, 1\), got 0"),
        ({"clip": 0}, "beliefs.clip must be finite and above 0, got 0"),
        ({"resolution": float("nan")}, "beliefs.resolution must be finite"),
        ({"clip": 0.1, "resolution": 0.2}, "must be at least beliefs.resolution"),
        ({"conjecture": "guess"}, "beliefs.conjecture must be one of equilibrium, true"),
        ({"conjecture": {"usa": "tit_for_tat"}}, "beliefs.conjecture must be one of equilibrium, true"),
        ({"conjecture": False}, "beliefs.conjecture must be one of equilibrium, true"),
    ],
)
def test_beliefs_refuse_what_has_no_meaning(given, words) -> None:
    with pytest.raises(ParameterError, match=words):
        BeliefOptions(**given)


def test_a_null_prior_takes_what_the_others_leave() -> None:
    types = (kind("a"), kind("b", ["uniform", 0.2, 0.6]), kind("c", 0.1))
    check_types(types, "south")
    values = {"types.south.b.prior": np.array([0.2, 0.6]), "types.south.c.prior": np.array([0.1, 0.1])}
    assert priors_of(types, values, 2) == pytest.approx(np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]]))
