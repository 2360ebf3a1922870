"""The graph numbers what the rules say, and every component of the public state changes and matters."""

import numpy as np
import pytest

from sim.app.build import load
from sim.games.treaty.compose import rules_of
from sim.games.treaty.graph import EVENTS, build_graph
from sim.games.treaty.moves import Move, legal_moves
from sim.games.treaty.profile import event_mask, legal_slots
from sim.games.treaty.rules import OUTSIDER, Rules, Start
from sim.games.treaty.situation import Agenda, Environment, Phase, Situation
from sim.games.treaty.terms import COURSE_FEATURES, DEFERRED, FLOW_FEATURES, LUMP_FEATURES, TERMS
from sim.games.treaty.transitions import TRANSITIONS, Signal, after_moves, after_signals

RICH = Rules(
    ultimatum_periods=1,
    notice_periods=1,
    openness=(True, True),
    suspension=True,
    sanctions=True,
    invitation=True,
    deployment_levels=1,
    outsider_levels=1,
    space=True,
    start=Start(evidence=(1, 1)),
)
SHIPPED = ("inspections_exchanged", "china_invited", "sanctions_linkage", "moratorium", "suspension_first")
COMPONENTS = Situation._fields


@pytest.fixture(scope="module")
def rich():
    return build_graph(RICH)


@pytest.fixture(scope="module")
def shipped():
    return {name: build_graph(rules_of(load(name))[0]) for name in SHIPPED}


def test_rows_are_numbered_by_slots_and_follow_the_rules(rich):
    """Check 300 rows drawn at random against the rules themselves."""
    rng = np.random.default_rng(0)
    for m in rng.integers(0, rich.num_situations, 300):
        situation = rich.situations[m]
        menus = legal_moves(situation, RICH)
        slots = [rng.integers(len(menu)) for menu in menus]
        moves = [menu[slot] for menu, slot in zip(menus, slots, strict=True)]
        if rich.outsider_rows[m] == 1:
            slots[OUTSIDER], moves[OUTSIDER] = 0, Move.NONE
        row = rich.first_row[m]
        row += ((slots[0] * len(menus[1]) + slots[1]) * len(menus[2]) + slots[2]) * rich.outsider_rows[m]
        row += slots[OUTSIDER]
        assert rich.row_moves[row].tolist() == moves
        after = after_moves(situation, tuple(moves), RICH)
        assert rich.kernels[row].tolist() == list(after.kernels)
        for z0 in Signal:
            for z1 in Signal:
                then, _ = after_signals(after, (z0, z1), RICH)
                assert rich.situations[rich.following[row, 3 * z0 + z1]] == then
                raised = [then.evidence[p] > after.situation.evidence[p] for p in range(2)]
                for party, signal in enumerate((z0, z1)):
                    if signal is Signal.ALARM:
                        assert rich.rises[row, party] == raised[party]


def test_tables_have_one_entry_for_every_row_and_state(rich):
    rows, states = len(rich.row_moves), rich.num_states
    assert rich.first_row[-1] == rows
    np.testing.assert_array_equal(
        np.diff(rich.first_row), rich.num_legal[:, :OUTSIDER].prod(axis=1) * rich.outsider_rows
    )
    assert rich.following.min() >= 0
    assert rich.following.max() < rich.num_situations
    assert rich.flows.shape == (len(FLOW_FEATURES), states, 4)
    assert rich.courses.shape == (len(COURSE_FEATURES), states, 2, 4)
    assert rich.lumps.shape == (len(LUMP_FEATURES), rows, 4)
    assert len(set(rich.situations)) == rich.num_situations
    assert set(rich.following.ravel().tolist()) | {rich.start[0]} == set(range(rich.num_situations))


def test_the_idle_row_is_played_exactly_where_nothing_is_asked(rich):
    quiet = np.array([s.agenda is Agenda.QUIET for s in rich.situations])
    np.testing.assert_array_equal(rich.forced, ~quiet)
    np.testing.assert_array_equal(rich.idle_row >= 0, quiet)
    assert (rich.row_moves[rich.idle_row[quiet]] == Move.NONE).all()
    assert (rich.events[rich.idle_row[quiet]] == 0).all()


def test_build_up_is_legal_below_the_top_unless_bound_or_invited(rich):
    slots = legal_slots(rich, OUTSIDER)
    for m, situation in enumerate(rich.situations):
        for x, place in enumerate(rich.environments):
            expected = (
                not situation.bound
                and place.level < RICH.outsider_levels
                and situation.agenda is not Agenda.INVITATION
            )
            assert rich.can_build[m, x] == expected
            building = [
                Move(code)
                for code, legal in zip(
                    rich.legal[m, OUTSIDER],
                    slots[m * rich.num_environments + x],
                    strict=True,
                )
                if legal
            ]
            assert (Move.BUILD in building) == expected


def test_states_and_starts_are_numbered_situation_first(rich):
    m, x = rich.start
    assert rich.situations[m] == Situation(evidence=(1, 1))
    assert rich.environments[x] == Environment(0, 0, 0)
    assert rich.start_state == m * rich.num_environments + x
    assert rich.num_states == rich.num_situations * rich.num_environments


def test_events_are_those_that_automata_may_wait_for(rich):
    seen = int(np.bitwise_or.reduce(rich.events)) | event_mask(["alarm_0", "alarm_1"])
    assert seen == 2 ** len(EVENTS) - 1


def test_every_transition_is_used_by_a_shipped_scenario(shipped):
    used = set().union(*(graph.fired for graph in shipped.values()))
    assert used == set(TRANSITIONS)


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_of_the_situation_changes_and_matters_in_a_shipped_scenario(component, shipped):
    """Two situations that differ in nothing else have other payoffs, other moves or another future."""
    assert any(_changes_and_matters(graph, component) for graph in shipped.values())


@pytest.mark.parametrize("component", Environment._fields)
def test_every_component_of_the_environment_matters(component, rich):
    """Two environments that differ in nothing else have other payoffs."""
    flows = rich.flows.reshape(len(FLOW_FEATURES), rich.num_situations, rich.num_environments, -1)
    matters = False
    for a, first in enumerate(rich.environments):
        for b, second in enumerate(rich.environments):
            if first != second and first == second._replace(**{component: getattr(first, component)}):
                matters |= (flows[:, :, a] != flows[:, :, b]).any()
                matters |= (rich.factors[:, a] != rich.factors[:, b]).any()
    assert matters


def test_every_term_has_a_feature_that_is_not_zero_somewhere(rich):
    lively = {"finding", "building"}  # of signals and of the outsider's own move
    for names, values in (
        ([name for name, _ in FLOW_FEATURES], rich.flows),
        ([name for name, _ in COURSE_FEATURES], rich.courses),
        ([lump.term for lump in LUMP_FEATURES], rich.lumps),
    ):
        lively |= {name for name, value in zip(names, values, strict=True) if value.any()}
    assert lively == set(TERMS)
    assert set(DEFERRED) <= set(TERMS)


def test_a_free_party_has_no_course_and_no_signal(rich):
    free = np.repeat(rich.free, rich.num_environments, axis=0)
    for party in range(2):
        assert not rich.courses[:, free[:, party], party].any()
        rows = np.repeat(rich.free[:, party], np.diff(rich.first_row))
        assert (rich.kernels[rows, party] == 0).all() or RICH.suspension
    ended = np.array([s.phase is Phase.ENDED for s in rich.situations])
    assert rich.free[ended].all()


def _changes_and_matters(graph, component):
    number = {situation: m for m, situation in enumerate(graph.situations)}
    values = {getattr(s, component) for s in graph.situations}
    flows = graph.flows.reshape(len(FLOW_FEATURES), graph.num_situations, -1)
    for m, situation in enumerate(graph.situations):
        for value in values:
            other = number.get(situation._replace(**{component: value}), m)
            if other == m:
                continue
            if (flows[:, m] != flows[:, other]).any() or (graph.legal[m] != graph.legal[other]).any():
                return True
            here, there = (graph.first_row[k] for k in (m, other))
            rows = graph.first_row[m + 1] - here
            for table in (graph.lumps.swapaxes(0, 1), graph.kernels):
                if (table[here : here + rows] != table[there : there + rows]).any():
                    return True
    return False
