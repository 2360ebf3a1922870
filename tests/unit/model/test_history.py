"""A history can only be one that a treaty can have."""

from datetime import date

import pytest
import yaml

from sim.app.config_dir import config_dir
from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.model.history import ACTIONS, History, parse_history

ACTORS = ("usa", "russia", "nato", "china")


def event(day, **more):
    return {"day": day, "label": "label", "text": "A sentence.", "source": "a source", **more}


def parsed(*facts, **more) -> History:
    given = {
        "name": "tiny",
        "title": "A treaty",
        "begins": "2000-01-01",
        "until": "2010-01-01",
        "facts": facts,
        "hidden": ["climate"],
        "sentence": "",
        "actors": ACTORS,
    }
    return parse_history(**{**given, **more})


def inf() -> History:
    given = yaml.safe_load((config_dir() / "history" / "inf.yaml").read_text(encoding="utf-8"))
    return parse_history(**given, actors=ACTORS)


def test_the_vocabulary_is_that_of_the_game():
    assert tuple(move.name.lower() for move in Move) == ACTIONS


def test_the_inf_record_is_in_order_names_its_sources_and_knows_notice_and_end():
    history = inf()
    assert all(fact.source and fact.text and fact.label for fact in history.facts)
    assert history.notice == date(2019, 2, 2)
    assert history.end == date(2019, 8, 2)
    assert history.lived(date(1988, 6, 1))
    assert not history.lived(date(2019, 9, 1))


def test_the_class_of_path_follows_from_the_events():
    history, second = inf(), "russia"
    seen = {"deadline": 10.0, "at_once": 2.0}
    assert history.path_class(date(2018, 10, 20), second, **seen) == "ended_without_russian_deployment"
    assert history.path_class(date(1988, 6, 1), second, **seen) == "no_notice"
    back = parsed(
        event("2001-01-01", moves={"usa": "withdraw"}), event("2001-03-01", moves={"usa": "rescind"})
    )
    assert back.path_class(date(2000, 6, 1), second, **seen) == "rescinded"
    deployed = parsed(
        event("2001-01-01", moves={"usa": "withdraw"}),
        event("2001-07-01", afterwards={"phase": "ended"}),
        event("2001-08-01", moves={"russia": "deploy_europe"}),
    )
    assert deployed.path_class(date(2000, 6, 1), second, **seen) == "ended_with_russian_deployment"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([event("2002-01-01"), event("2001-01-01")], r"facts\[1\].day must not lie before"),
        ([event("2001-13-01")], r"facts\[0\].day must be a date"),
        ([event("2001-01-01", moves={"iran": "press"})], "'iran' is no actor"),
        ([event("2001-01-01", moves={"usa": "pounce"})], "'pounce' is no move"),
        ([event("2001-01-01", moves={"usa": "rescind"})], "never given"),
        ([event("2001-01-01", afterwards={"phase": "ended"})], "cannot end without notice"),
        ([event("2001-01-01", moves={"usa": "deploy_asia"})], "before the end"),
        ([event("2001-01-01", afterwards={"mood": 1})], r"afterwards.mood must be one of"),
        ([event("2001-01-01", colour="red")], "is no key of an event"),
        ([{"day": "2001-01-01", "label": "x", "text": "y"}], "source must not be empty"),
        (
            [
                event("2001-01-01", moves={"usa": "withdraw"}),
                event("2001-07-01", afterwards={"phase": "ended"}),
                event("2001-08-01", moves={"russia": "suspend"}),
            ],
            r"facts\[2\] \(2001-08-01\): russia cannot suspend after the end",
        ),
    ],
)
def test_what_no_treaty_can_do_is_refused_in_one_line(facts, words):
    with pytest.raises(ParameterError, match=words) as caught:
        parsed(*facts)
    assert "\n" not in str(caught.value)


def test_what_is_hidden_must_be_a_component():
    with pytest.raises(ParameterError, match=r"history.hidden must be among"):
        parsed(hidden=["mood"])
