"""Events come back from text as they were, and damaged ones are refused."""

import dataclasses
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ArtifactError
from sim.seminar.events import KINDS, from_text, to_text
from sim.seminar.setup import Setup, Timers


def built(kind):
    if kind is Setup:
        return st.builds(
            Setup, tables=st.integers(1, 9), timers=st.just(Timers(brief=60.0)), robots=st.text()
        )
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{name: value(hints[name]) for name in hints})
    return st.from_type(kind)


def value(hint):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(value(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*map(value, arguments))
    if arguments:
        return st.one_of(st.none() if each is type(None) else value(each) for each in arguments)
    if hint is float:
        return st.floats(-1e9, 1e9)
    return built(hint)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(data=st.data())
def test_an_event_survives_being_written_and_read(kind, data):
    event = data.draw(built(kind))
    assert from_text(*to_text(event)) == event


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Nothing", "{}"),
        ("Left", "{"),
        ("Left", '{"participant": "1"}'),
        ("Left", '{"participant": true}'),
        ("Left", '{"person": 1}'),
        ("SceneBegun", '{"scene": "lunch", "until": null}'),
        ("Voted", '{"participant": 1}'),
    ],
)
def test_a_damaged_event_is_refused_in_one_line(kind, body):
    with pytest.raises(ArtifactError, match="a lesson's record"):
        from_text(kind, body)
