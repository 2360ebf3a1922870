"""The schema restates fields of the model as plain types; here they are compared."""

from dataclasses import MISSING, fields

import omegaconf
import pytest

from sim.app import schema
from sim.engine.options import EngineOptions
from sim.games.treaty.terms import TERMS
from sim.model.components import Components, Start
from sim.model.treaty import BY_PARTY, DOMAINS
from sim.model.types import BeliefOptions


def defaults(kind):
    """Every field with its default; None where there is none."""
    made = {}
    for field in fields(kind):
        value = field.default if field.default_factory is MISSING else field.default_factory()
        made[field.name] = None if value in (MISSING, omegaconf.MISSING) else value
    return made


@pytest.mark.parametrize(("shape", "model"), [("ComponentsConf", Components), ("StartConf", Start)])
def test_a_shape_has_the_fields_and_the_defaults_of_its_model(shape, model):
    assert defaults(getattr(schema, shape)) == defaults(model)


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        ("TreatyConf", {*DOMAINS, *BY_PARTY}),
        ("WeightsConf", set(TERMS)),
        ("EngineConf", set(defaults(EngineOptions))),
        ("BeliefsConf", set(defaults(BeliefOptions))),
    ],
)
def test_a_shape_has_the_names_of_its_model(shape, names):
    assert set(defaults(getattr(schema, shape))) == names
