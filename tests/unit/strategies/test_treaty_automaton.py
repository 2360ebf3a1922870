"""Descriptions become tables: conditions, shares of moves, transitions; shipped automata act as they say."""

import numpy as np
import pytest

from sim.app.automata import AutomatonShelf
from sim.engine.exact import exact_outcomes
from sim.errors import ParameterError
from sim.games.automaton import AutomatonProfile
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.treaty.graph import EVENTS, build_graph
from sim.games.treaty.moves import Move
from sim.games.treaty.numbers import TreatyParameters, build_games
from sim.games.treaty.profile import TreatyProfile, event_mask, legal_slots
from sim.games.treaty.rules import NUM_ACTORS, Rules, Start
from sim.games.treaty.situation import Agenda, Phase
from sim.games.treaty.terms import TERMS
from sim.solvers.audit import audit
from sim.strategies.catalogue import compile_named, resolve, tolerance
from sim.strategies.conditions import CONDITIONS, holds
from sim.strategies.perspective import EVENT_NAMES, event_bits
from sim.strategies.repeated_automaton import to_repeated
from sim.strategies.specification import AutomatonSpec, automaton_from_mapping
from sim.strategies.treaty_automaton import compile_automaton

NAMED_IN_THE_DESIGN = {
    "always_uphold",
    "always_breach",
    "grim_trigger",
    "tit_for_tat",
    "generous_tit_for_tat",
    "contrite_tit_for_tat",
    "mirror_response",
    "tolerance",
    "ultimatum",
    "pretext_seeker",
    "patient",
    "equilibrium",
    "quantal_response",
    "backing_ally",
    "mediating_ally",
    "building_outsider",
    "holding_outsider",
}
RULES = Rules(
    ultimatum_periods=1,
    notice_periods=2,
    openness=(True, True),
    suspension=True,
    invitation=True,
    deployment_levels=1,
    outsider_levels=1,
)
SHELF = AutomatonShelf()


@pytest.fixture(scope="module")
def graph():
    return build_graph(RULES)


@pytest.fixture(scope="module")
def plain():
    """A game of the default kind in which the treaty starts contested on both sides, and nobody errs."""
    graph = build_graph(Rules(climate=False, review=False, start=Start(evidence=(1, 1))))
    one = np.ones(1)
    parameters = TreatyParameters(
        period_years=1 / 12,
        discount=np.full((1, 4), 0.9),
        weights=np.full((1, len(TERMS), 4), 0.5),
        detection=np.full((1, 2), 0.5),
        false_alarm=np.zeros((1, 2)),
        inspection_detection=one,
        inspection_false_alarm=0 * one,
        inspection_clearing=one,
        moratorium_verification=0.3 * one,
        fading=0 * one,
        opportunity_rate=12 * one,
        toxic_onset=0 * one,
        toxic_clearing=0 * one,
        review_approach=0 * one,
        review_passing=0 * one,
        build_success=one,
    )
    return build_games(graph, parameters)


def outcomes(games, *names, periods=84):
    automata = compile_named(names, games.graph, SHELF)
    return exact_outcomes(games, 0, TreatyProfile(graph=games.graph, automata=automata), periods)


def test_everything_named_in_the_design_is_shipped_with_a_sentence_and_a_source():
    assert set(SHELF) >= NAMED_IN_THE_DESIGN
    for name in SHELF:
        spec = resolve(name, SHELF)
        assert spec.sentence.endswith(".")
        assert spec.source


@pytest.mark.parametrize("name", sorted(SHELF))
def test_every_shipped_automaton_can_be_given_to_any_actor(name, graph):
    """The profile refuses moves that are not legal and probabilities that do not sum to one."""
    automata = compile_named([name] * NUM_ACTORS, graph, SHELF)
    if isinstance(automata[0], AutomatonSpec):
        with pytest.raises(ParameterError, match="must be solved for"):
            compile_automaton(automata[0], graph, 0)
    else:
        assert TreatyProfile(graph=graph, automata=automata).num_product_states == automata[0].num_states ** 4
        assert to_repeated(resolve(name, SHELF)).num_signals == 4


def test_conditions_ask_what_their_names_say(graph):
    asked = {
        ("phase", ("notice", "ended")): lambda s, e: s.phase in (Phase.NOTICE, Phase.ENDED),
        ("agenda", ("offer_other",)): lambda s, e: s.agenda is Agenda.OFFER_0,
        ("agenda", ("openness_self", "quiet")): lambda s, e: s.agenda in (Agenda.OPENNESS_1, Agenda.QUIET),
        ("expired", True): lambda s, e: s.expired,
        ("clock_at_most", 1): lambda s, e: s.clock <= 1,
        ("clock_at_least", 2): lambda s, e: s.clock >= 2,
        ("consent", False): lambda s, e: not s.consent,
        ("bound", True): lambda s, e: s.bound,
        ("terms", ("original",)): lambda s, e: s.terms == 0,
        ("toxic", True): lambda s, e: e.toxic,
        ("near", False): lambda s, e: not e.near,
        ("outsider_level_at_least", 1): lambda s, e: e.level >= 1,
        ("outsider_level_at_most", 0): lambda s, e: e.level == 0,
        ("issued_other", True): lambda s, e: s.phase is Phase.ULTIMATUM and s.who == 1,
        ("noticed_self", True): lambda s, e: s.phase is Phase.NOTICE and s.who & 2,
        ("suspended_party_0", True): lambda s, e: s.suspended & 1,
        ("free_other", False): lambda s, e: not s.is_free(0),
        ("sanctioned_self", False): lambda s, e: not s.sanctioned & 2,
        ("evidence_self_at_least", 2): lambda s, e: s.evidence[1] == 2,
        ("evidence_other_at_most", 0): lambda s, e: s.evidence[0] == 0,
        ("deployed_other_at_least", 2): lambda s, e: s.deployed[0] + s.deployed[1] >= 2,
        ("deployed_europe_other_at_least", 1): lambda s, e: s.deployed[0] >= 1,
        ("deployed_europe_self_at_most", 0): lambda s, e: s.deployed[2] == 0,
    }
    for (key, wanted), question in asked.items():
        expected = [bool(question(s, e)) for s in graph.situations for e in graph.environments]
        np.testing.assert_array_equal(holds(((key, wanted),), graph, 1), expected, err_msg=key)
        assert any(expected), key
    stems = {key.split("_")[0] for key, _ in asked}
    assert {key.split("_")[0] for key in CONDITIONS} == stems


def test_self_and_other_depend_on_the_role():
    assert event_bits("alarm_self", 0) == event_bits("alarm_other", 1) == event_mask(["alarm_0"])
    assert event_bits("exit_other", 2) == event_bits("exit_party_1", 0) == event_mask(["exit_1"])
    assert event_bits("open_self", 3) == 0
    assert event_bits("press_other", 3) == event_bits("press", 0) == event_mask(["press_0", "press_1"])
    named = 0
    for event in EVENT_NAMES:
        named |= event_bits(event, 0)
    assert named == 2 ** len(EVENTS) - 1


def test_rules_share_out_what_earlier_ones_left(graph):
    spec = automaton_from_mapping(
        {
            "states": {
                "only": {
                    "moves": [
                        {"move": "withdraw", "probability": 0.25},
                        {"move": "host"},
                        {"move": "press", "probability": 0.5, "when": {"evidence_other_at_least": 1}},
                    ]
                }
            }
        },
        "mixed",
    )
    table = compile_automaton(spec, graph, 0).moves[0, 0]
    legal = legal_slots(graph, 0) > 0
    for s in range(graph.num_states):
        menu = graph.legal[s // graph.num_environments, 0]
        played = {Move(code): p for code, p, ok in zip(menu, table[s], legal[s], strict=True) if ok}
        left = 1.0
        if Move.WITHDRAW in played:
            assert played[Move.WITHDRAW] == 0.25
            left = 0.75
        if Move.PRESS in played and graph.situations[s // graph.num_environments].evidence[1]:
            assert played[Move.PRESS] == pytest.approx(left / 2)
            left /= 2
        assert played[Move.NONE if Move.NONE in played else Move.DECLINE] == pytest.approx(left)


def test_the_first_transition_that_applies_is_taken(graph):
    spec = automaton_from_mapping(
        {
            "states": {"a": {}, "b": {}, "c": {}},
            "transitions": [
                {"from": "a", "to": "b", "on": ["alarm_other"], "unless": ["rescind"]},
                {"from": "any", "to": "c", "on": ["alarm_other", "restored"]},
                {"from": "c", "to": "a", "on": "otherwise"},
            ],
        },
        "order",
    )
    following = compile_automaton(spec, graph, 1).following
    expected = {
        ("a", ()): "a",
        ("a", ("alarm_0",)): "b",
        ("a", ("alarm_0", "rescind")): "c",
        ("a", ("alarm_1",)): "a",
        ("b", ("restored",)): "c",
        ("c", ("alarm_0", "press_1")): "c",
        ("c", ("press_1",)): "a",
    }
    for (state, events), then in expected.items():
        assert "abc"[following["abc".index(state), event_mask(events)]] == then


def test_the_shipped_tolerance_is_one_of_its_family():
    assert SHELF["tolerance"]["sentence"] == tolerance(3)["sentence"]
    shipped, made = resolve("tolerance", SHELF), resolve("tolerance_3", {})
    assert (shipped.states, shipped.transitions) == (made.states, made.transitions)


def test_in_the_repeated_dilemma_grim_is_perfect_and_tit_for_tat_only_nash():
    """Critical discounts with payoffs (5, 3, 1, 0): grim 1/2, tit for tat 2/3 (REFERENCE AT-06)."""
    dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    verdicts = {}
    for name in ("grim_trigger", "tit_for_tat"):
        profile = AutomatonProfile(tuple(to_repeated(resolve(name, SHELF), player) for player in range(2)))
        for discount in (0.49, 0.51, 0.66, 0.67):
            result = audit(RepeatedGame(dilemma, discount), profile)
            verdicts[name, discount] = (result.nash, result.perfect)
    assert [verdicts["grim_trigger", d] for d in (0.49, 0.51)] == [(False, False), (True, True)]
    assert [verdicts["tit_for_tat", d] for d in (0.66, 0.67)] == [(False, False), (True, False)]


def test_contrite_tit_for_tat_takes_its_punishment_and_answers_what_it_did_not_provoke():
    """Wu and Axelrod (1995); signals are quiet, the other's alarm, one's own, both."""
    automaton = to_repeated(resolve("contrite_tit_for_tat", SHELF))
    content, contrite, provoked = range(3)
    assert automaton.states == ("content", "contrite", "provoked")
    assert automaton.transitions.tolist() == [
        [content, provoked, contrite, content],
        [content, content, contrite, contrite],
        [content, provoked, content, provoked],
    ]
    assert automaton.outputs[:, 1].tolist() == [0, 0, 1]


def test_shipped_automata_act_as_their_sentences_say(plain):
    patient, hold = "patient", "holding_outsider"
    for leaver in ("leave", "ultimatum", "pretext_seeker"):
        found = outcomes(plain, leaver, patient if leaver != "ultimatum" else "always_uphold", patient, hold)
        assert found.outcomes["first_leaver_party_0"] == pytest.approx(1), leaver
        assert found.outcomes["first_leaver_party_1"] == 0
    assert outcomes(plain, "ultimatum", patient, patient, hold).outcomes["collapse_probability"] < 1e-9
    assert outcomes(plain, patient, patient, patient, hold).survival[-1] == 1
    assert outcomes(plain, "mirror_response", "mirror_response", patient, hold).survival[-1] == 1
    mirrored = outcomes(plain, "leave", "mirror_response", patient, hold)
    assert mirrored.outcomes["mirror_delay_months"] == pytest.approx(1)
    assert outcomes(plain, "leave", "open_up", patient, hold).outcomes["restored_probability"] == 0


def test_the_ally_hosts_or_refuses_and_the_outsider_builds_or_holds(plain):
    arming = automaton_from_mapping(
        {"states": {"s": {"moves": ["withdraw", {"move": "deploy_europe"}]}}}, "arming"
    )
    parties = [compile_automaton(arming, plain.graph, party) for party in range(2)]
    levels = {}
    for ally, outsider in (("backing_ally", "building_outsider"), ("mediating_ally", "holding_outsider")):
        others = compile_named(["leave", "leave", ally, outsider], plain.graph, SHELF)[2:]
        profile = TreatyProfile(graph=plain.graph, automata=(*parties, *others))
        found = exact_outcomes(plain, 0, profile, 84)
        levels[ally] = found.outcomes["deployment_party_0_europe"], found.outsider_level[-1]
        assert found.outcomes["deployment_party_1_europe"] == pytest.approx(2)
    assert levels["backing_ally"] == pytest.approx((2, 2))
    assert levels["mediating_ally"] == (0, 0)
