"""An automaton in YAML is read as it is written, and a mistake in it is one line that names the key."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.strategies.catalogue import resolve, tolerance
from sim.strategies.conditions import CONDITIONS
from sim.strategies.specification import MoveRule, automaton_from_mapping

WRITTEN = """
sentence: Waits, then presses.
source: assumed
states:
  calm:
    course: 0.25
    moves:
      - accept
      - {move: press, probability: 0.5, when: {phase: in_force, evidence_other_at_least: 1, toxic: true}}
  angry: {course: breach}
transitions:
  - {from: calm, to: angry, on: [alarm_other, exit_other], unless: alarm_self}
  - {from: any, to: calm, on: otherwise}
"""


def calm(**changes):
    return {"states": {"calm": {"course": "uphold"} | changes}}


def arrow(**changes):
    return calm() | {"transitions": [{"from": "calm", "to": "calm", "on": ["alarm"]} | changes]}


def rule(**changes):
    return calm(moves=[{"move": "press"} | changes])


def test_what_is_written_is_what_is_read():
    """YAML 1.1 takes a bare `on` for a truth value; that must not matter."""
    spec = automaton_from_mapping(OmegaConf.to_container(OmegaConf.create(WRITTEN)), "waiting")
    assert (spec.name, spec.sentence, spec.source) == ("waiting", "Waits, then presses.", "assumed")
    assert spec.state_names == ("calm", "angry")
    first, second = spec.states
    assert (first.breach, second.breach) == (0.25, 1.0)
    when = (("phase", ("in_force",)), ("evidence_other_at_least", 1), ("toxic", True))
    assert first.moves == (
        MoveRule(move=Move.ACCEPT),
        MoveRule(move=Move.PRESS, probability=0.5, when=when),
    )
    shot, rest = spec.transitions
    assert (shot.source, shot.target, shot.events, shot.unless) == (
        "calm",
        "angry",
        ("alarm_other", "exit_other"),
        ("alarm_self",),
    )
    assert (rest.source, rest.target, rest.events) == (None, "calm", None)


def test_a_solved_strategy_has_a_rationality_or_none():
    assert automaton_from_mapping({"solved": "markov_logit"}, "x").rationality is None
    assert automaton_from_mapping({"solved": "markov_logit", "rationality": 2}, "x").rationality == 2.0


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({}, "states must hold at least one state, or solved must be given"),
        (
            {"state": {}},
            "has no key state; legal: sentence, source, states, transitions, solved, .*",
        ),
        ({"states": ["calm"]}, r"states must be a mapping, got \['calm'\]"),
        ({"states": {"any": {}}}, "a state must not be called any"),
        (calm(cuorse="uphold"), "states.calm has no key cuorse; legal: course, moves"),
        (calm(course="defect"), "states.calm.course must be uphold, breach or a probability, got 'defect'"),
        (calm(course=1.2), r"states.calm.course must be uphold, breach or a probability, got 1\.2"),
        (calm(course=True), "states.calm.course must be uphold, breach or a probability, got True"),
        (calm(course=float("nan")), "states.calm.course must be uphold, breach or a probability, got nan"),
        (calm(moves="press"), "states.calm.moves must be a list, got 'press'"),
        (rule(move="attack"), r"states.calm.moves\[0\].move must be one of none, open_up, .*, got 'attack'"),
        (rule(probability=-1), r"states.calm.moves\[0\].probability must lie in \[0, 1\], got -1"),
        (rule(when={"fase": 1}), r"states.calm.moves\[0\].when has no key fase; legal: phase, agenda, .*"),
        (
            rule(when={"phase": "war"}),
            r"states.calm.moves\[0\].when.phase must be one or several of in_force, .*, got 'war'",
        ),
        (
            rule(when={"evidence_self_at_least": "much"}),
            r"states.calm.moves\[0\].when.evidence_self_at_least must be a whole number of at least 0, .*",
        ),
        (rule(when={"toxic": 1}), r"states.calm.moves\[0\].when.toxic must be true or false, got 1"),
        (arrow(to="angry"), r"transitions\[0\].to must be one of calm, got 'angry'"),
        (arrow(**{"from": "angry"}), r"transitions\[0\].from must be one of calm, any, got 'angry'"),
        (arrow(on=["alarms"]), r"transitions\[0\].on must be one of alarm_self, .*, got 'alarms'"),
        (arrow(on=[]), r"transitions\[0\].on must name events, or be otherwise"),
        (arrow(after="alarm"), r"transitions\[0\] has no key after; legal: from, to, on, unless, when"),
        ({"solved": "nash"}, "solved must be one of markov_logit, got 'nash'"),
        ({"solved": "markov_logit", "rationality": -1}, "rationality must be a number of at least 0, got -1"),
        ({"solved": "markov_logit"} | calm(), "states must be left out of a strategy that is solved for"),
        (calm() | {"rationality": 1.0}, "rationality belongs to a solved strategy, add solved: markov_logit"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(mapping, message):
    with pytest.raises(ParameterError, match=rf"^automaton mine:? ?{message}$"):
        automaton_from_mapping(mapping, "mine")


SCRAPS = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from(["calm", "uphold", "any", "otherwise", "press", "x", "markov_logit", *CONDITIONS][:20]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "states",
                    "transitions",
                    "calm",
                    "course",
                    "moves",
                    "move",
                    "when",
                    "from",
                    "to",
                    "on",
                    "phase",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["states", "transitions", "solved", "sentence"]), SCRAPS))
def test_any_content_is_either_read_or_refused_in_one_line(mapping):
    try:
        spec = automaton_from_mapping(mapping, "mine")
    except ParameterError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert spec.solved or spec.states
    assert "\n" not in refusal


def test_the_family_of_tolerances():
    assert resolve("tolerance_3", {}).state_names == ("alarms_0", "alarms_1", "alarms_2", "spent")
    with pytest.raises(ParameterError, match="a tolerance must be of at least 1 alarm, got 0"):
        tolerance(0)
    with pytest.raises(ParameterError, match=r"^strategy must be one of mine, tolerance_<alarms>, got"):
        resolve("his", {"mine": {}})
