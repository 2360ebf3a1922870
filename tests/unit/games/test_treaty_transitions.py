"""Every rule of the treaty game is used, and the ones that carry the story do what the articles say."""

import pytest

from sim.games.treaty.graph import build_graph
from sim.games.treaty.moves import MEANING, Move, legal_moves
from sim.games.treaty.rules import NUM_ACTORS, Rules, Start
from sim.games.treaty.situation import Agenda, Phase, Situation, initial_situation
from sim.games.treaty.transitions import TRANSITIONS, Kernel, Signal, after_moves, after_signals

SMALL = {"ultimatum_periods": 1, "notice_periods": 2, "climate": False, "review": False}
FAMILIES = {
    "default": Rules(**SMALL),
    "everything in force": Rules(
        **SMALL,
        openness=(True, True),
        suspension=True,
        sanctions=True,
        invitation=True,
        deployments=(False, False),
        restoration=False,
    ),
    "after the end": Rules(**SMALL, start=Start(phase="ended"), offer_terms="moratorium"),
}
NONE, NOTHING = (Move.NONE,) * NUM_ACTORS, (Signal.NOTHING, Signal.NOTHING)


def play(situation, rules, *, party_0=Move.NONE, party_1=Move.NONE, ally=Move.NONE, signals=NOTHING):
    """Return the next situation, and how the parties were watched, after one period."""
    moves = (party_0, party_1, ally, Move.NONE)
    menus = legal_moves(situation, rules)
    assert all(move in menu for move, menu in zip(moves, menus, strict=True)), "an illegal move"
    after = after_moves(situation, moves, rules)
    return after_signals(after, signals, rules)[0], after.kernels


def test_every_rule_fires_somewhere_and_nothing_fires_that_is_not_documented():
    fired = {name: build_graph(rules).fired for name, rules in FAMILIES.items()}
    assert set.union(*map(set, fired.values())) == set(TRANSITIONS)


def test_every_move_is_legal_somewhere_and_has_a_meaning():
    played = set()
    for rules in FAMILIES.values():
        played |= set(build_graph(rules).row_moves.ravel().tolist())
        played |= {Move.BUILD} if build_graph(rules).can_build.any() else set()
    assert played == set(Move) == set(MEANING)


def test_notice_ends_the_treaty_one_period_and_a_clock_later():
    rules = Rules(**SMALL)
    situation, _ = play(Situation(), rules, party_0=Move.WITHDRAW)
    assert (situation.phase, situation.who, situation.clock) == (Phase.NOTICE, 1, 2)
    assert situation.is_free(0)
    assert not situation.is_free(1)
    for _ in range(rules.notice_periods):
        assert situation.phase is Phase.NOTICE
        situation, _ = play(situation, rules)
    assert situation.phase is Phase.ENDED


def test_a_notice_is_mirrored_by_suspension_and_lapses_when_taken_back():
    rules = Rules(**SMALL)
    noticed, _ = play(Situation(), rules, party_0=Move.WITHDRAW)
    mirrored, _ = play(noticed, rules, party_1=Move.SUSPEND)
    assert mirrored.suspended == 2
    restored, _ = play(mirrored, rules, party_0=Move.RESCIND)
    assert (restored.phase, restored.suspended, restored.who) == (Phase.IN_FORCE, 0, 0)


def test_both_may_leave_together_and_one_of_them_may_stay():
    rules = Rules(**SMALL)
    both, _ = play(Situation(), rules, party_0=Move.WITHDRAW, party_1=Move.WITHDRAW)
    assert both.who == 3
    one, _ = play(both, rules, party_1=Move.RESCIND)
    assert (one.phase, one.who, one.clock) == (Phase.NOTICE, 1, 1)
    assert not one.is_free(1)


def test_pressing_without_evidence_accuses_and_on_evidence_sets_a_deadline():
    rules = Rules(**SMALL)
    accused, _ = play(Situation(), rules, party_0=Move.PRESS)
    assert (accused.evidence, accused.phase, accused.agenda) == ((0, 1), Phase.IN_FORCE, Agenda.FORCED)
    pressed, _ = play(accused, rules, party_0=Move.PRESS)
    assert (pressed.phase, pressed.who, pressed.clock) == (Phase.ULTIMATUM, 1, 1)
    expired, _ = play(pressed, rules)
    assert expired.expired
    assert legal_moves(expired, rules)[0] == (Move.NONE, Move.WITHDRAW)
    assert legal_moves(expired, rules)[1] == (Move.NONE,)
    lapsed, _ = play(expired, rules)
    assert lapsed.phase is Phase.IN_FORCE
    left, _ = play(expired, rules, party_0=Move.WITHDRAW)
    assert left.phase is Phase.NOTICE


def test_ultimatums_that_cross_on_equal_evidence_cancel_and_the_stronger_case_stands():
    rules = Rules(**SMALL)
    even = Situation(evidence=(1, 1))
    assert play(even, rules, party_0=Move.PRESS, party_1=Move.PRESS)[0].phase is Phase.IN_FORCE
    uneven = Situation(evidence=(1, 2))
    stronger, _ = play(uneven, rules, party_0=Move.PRESS, party_1=Move.PRESS)
    assert (stronger.phase, stronger.who) == (Phase.ULTIMATUM, 1)


def test_accepted_openness_is_inspected_and_meets_an_ultimatum_that_ignored_openness_does_not():
    rules = Rules(**SMALL)
    pressed = Situation(
        phase=Phase.ULTIMATUM, who=1, clock=1, agenda=Agenda.FORCED, evidence=(0, 2), sanctioned=2
    )
    opened, kernels = play(pressed, rules, party_1=Move.OPEN_UP)
    assert opened.agenda is Agenda.OPENNESS_1
    assert kernels[1] is Kernel.TREATY
    met, kernels = play(opened, rules, party_0=Move.ACCEPT, signals=(Signal.NOTHING, Signal.CLEAR))
    assert kernels[1] is Kernel.INSPECTION
    assert (met.phase, met.evidence, met.sanctioned) == (Phase.IN_FORCE, (0, 0), 0)
    found, _ = play(opened, rules, party_0=Move.ACCEPT, signals=(Signal.NOTHING, Signal.ALARM))
    assert found.evidence == (0, 2)
    ignored, kernels = play(opened, rules, party_0=Move.DECLINE, signals=(Signal.NOTHING, Signal.CLEAR))
    assert kernels[1] is Kernel.TREATY
    assert (ignored.phase, ignored.evidence) == (Phase.ULTIMATUM, (0, 1))


def test_an_alarm_raises_evidence_to_its_highest_level_and_forces_a_decision():
    rules = Rules(**SMALL, evidence_levels=(1, 2))
    once, _ = play(Situation(), rules, signals=(Signal.ALARM, Signal.ALARM))
    assert (once.evidence, once.agenda) == ((1, 1), Agenda.FORCED)
    twice, _ = play(once, rules, signals=(Signal.ALARM, Signal.ALARM))
    assert twice.evidence == (1, 2)
    faded, _ = play(twice, rules, signals=(Signal.NOTHING, Signal.CLEAR))
    assert (faded.evidence, faded.agenda) == ((1, 1), Agenda.QUIET)


def test_after_the_end_consent_deployment_and_restoration():
    rules = Rules(**SMALL)
    ended = Situation(phase=Phase.ENDED)
    assert Move.DEPLOY_EUROPE not in legal_moves(ended, rules)[0]
    hosted, _ = play(ended, rules, ally=Move.HOST)
    deployed, _ = play(hosted, rules, party_0=Move.DEPLOY_EUROPE, party_1=Move.DEPLOY_EUROPE)
    assert deployed.deployed == (1, 0, 1)
    withdrawn, _ = play(deployed, rules, party_0=Move.RESTRAIN)
    assert (withdrawn.deployed, withdrawn.consent) == ((0, 0, 1), 0)
    offered, _ = play(deployed, rules, party_1=Move.OFFER)
    assert legal_moves(offered, rules)[0] == (Move.ACCEPT, Move.DECLINE)
    assert play(offered, rules, party_0=Move.DECLINE)[0].deployed == (1, 0, 1)
    restored, _ = play(offered, rules, party_0=Move.ACCEPT)
    assert (restored.phase, restored.deployed) == (Phase.IN_FORCE, (0, 0, 0))


def test_an_outsider_that_joins_is_bound_and_stops_building():
    rules = Rules(**SMALL, invitation=True)
    invited, _ = play(Situation(), rules, party_0=Move.INVITE)
    assert legal_moves(invited, rules)[3] == (Move.NONE, Move.JOIN)
    joined = after_moves(invited, (*NONE[:3], Move.JOIN), rules).situation
    assert joined.bound == 1
    assert legal_moves(joined, rules)[3] == (Move.NONE,)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (Start(), Situation()),
        (Start(phase="ultimatum", who=1), Situation(Phase.ULTIMATUM, 2, 1, agenda=Agenda.FORCED)),
        (Start(phase="notice", who=0), Situation(Phase.NOTICE, 1, 2, agenda=Agenda.FORCED)),
        (Start(evidence=(1, 2), sanctioned=(False, True)), Situation(evidence=(1, 2), sanctioned=2)),
        (
            Start(phase="ended", deployed=(1, 0, 2), evidence=(1, 1)),
            Situation(Phase.ENDED, deployed=(1, 0, 2), consent=1),
        ),
        (Start(outsider_bound=True), Situation(bound=1)),
    ],
)
def test_a_start_is_the_situation_that_it_names(start, expected):
    assert initial_situation(Rules(**SMALL, start=start)) == expected
