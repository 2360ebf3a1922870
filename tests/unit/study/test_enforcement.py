"""Keeping a deal: the audit against automata with memory, played out in the product of the solvers."""

import numpy as np
import pytest

from sim.app.build import load
from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.profile import NUM_EVENT_MASKS, TreatyAutomaton, TreatyProfile
from sim.games.treaty.rules import Rules, Start
from sim.games.treaty.situation import Phase
from sim.solvers.treaty_audit import best_reply
from sim.solvers.treaty_logit import solve_treaty_logit
from sim.solvers.treaty_product import TreatyProduct
from sim.study.bargaining.enforcement import KeptDeal, at_discount, trigger_mask
from sim.study.bargaining.lapse import lapsed_states
from sim.study.bargaining.reversion import Reversion
from sim.study.credibility import central_games
from sim.study.profiles import equilibrium_profile

SMALL = [
    *(f"components.{name}=false" for name in ("climate", "review", "restoration", "consent")),
    *(
        "components.deployment_levels=1",
        "components.outsider_levels=1",
        "components.evidence_levels.russia=1",
    ),
    *("start.toxic=false", "treaty.notice_months=2", "treaty.ultimatum_months=1"),
]
ALARM = trigger_mask(["alarm", "exit", "press"])
EVERYBODY = range(4)


@pytest.fixture(scope="module")
def world():
    """A small game without a deal and its equilibrium."""
    games = central_games(load("inf_2019", SMALL), 1)
    return games, solve_treaty_logit(games, 0, rationality=4.0)


def with_memory(kept: KeptDeal, solved, periods: int | None) -> TreatyProfile:
    """Everyone keeps the deal, or plays the equilibrium: for ever, or counting `periods` states of memory."""
    count = 1 if periods is None else periods
    equilibrium = equilibrium_profile(kept.product.games, [solved])
    following = np.zeros((1 + count, NUM_EVENT_MASKS), dtype=np.int64)
    following[0] = (np.arange(NUM_EVENT_MASKS) & ALARM) > 0
    for k in range(1, count + 1):
        following[k] = k if periods is None else (k + 1) % (count + 1)
    automata = [
        TreatyAutomaton(
            name="kept",
            actor=actor,
            states=tuple(map(str, range(count + 1))),
            breach=np.concatenate([own.breach[:, :1], *[other.breach] * count], axis=1),
            moves=np.concatenate([own.moves[:, :1], *[other.moves] * count], axis=1),
            following=following,
        )
        for actor, (own, other) in enumerate(
            zip(kept.product.profile.automata, equilibrium.automata, strict=True)
        )
    ]
    return TreatyProfile(graph=kept.product.graph, automata=tuple(automata))


def gains_of(product: TreatyProduct, memory: int) -> np.ndarray:
    """The largest gain of course and move together in cells with that memory, [actors]."""
    cells = np.repeat(product.memory[:, 0] == memory, product.graph.num_environments)
    values = product.values(product.choice)
    return np.array(
        [
            (best_reply(product, product.choice, values, actor)[1] - values[:, actor])[cells].max()
            for actor in EVERYBODY
        ]
    )


def test_a_lapse_for_ever_is_an_automaton_with_two_states(world):
    """Without any change of the game the audit must be that of grim reversion, cell by cell."""
    games, solved = world
    kept = KeptDeal(games, games.graph, draw=0, signatories=EVERYBODY, trigger=ALARM)
    found = kept.audit(solved.values)
    product = TreatyProduct(games, 0, with_memory(kept, solved, None))
    assert found.values == pytest.approx(product.values(product.choice)[product.initial], abs=1e-7)
    assert found.gain == pytest.approx(np.maximum(gains_of(product, 0), 0), abs=1e-7)
    assert found.perfect == (found.gain.max() < 1e-7)


@pytest.mark.parametrize("periods", [1, 3])
def test_a_lapse_for_a_while_is_an_automaton_that_counts(world, periods):
    """Where play comes back to the deal from a public state that it does not know, both go on as without it."""
    games, solved = world
    kept = KeptDeal(games, games.graph, draw=0, signatories=EVERYBODY, trigger=ALARM)
    reversion = Reversion(games, 0, equilibrium_profile(games, [solved]), periods)
    found = kept.audit(solved.values, reversion=reversion)
    # the counting automaton returns everywhere: give it the equilibrium where the deal is unknown, for ever
    known = np.zeros(games.graph.num_states, dtype=bool)
    known[kept.known[kept.known >= 0]] = True
    values = counted(games, solved, kept, known, periods)
    assert found.values == pytest.approx(values, abs=1e-7)


def counted(games, solved, kept, known, periods):
    """Values from the start by iterating: keep until an alarm, then count down, then keep where known."""
    equilibrium = TreatyProduct(games, 0, equilibrium_profile(games, [solved]))
    order = np.zeros(games.graph.num_states, dtype=np.int64)
    order[equilibrium.states] = np.arange(equilibrium.cells)
    product, cells = kept.product, np.flatnonzero(kept.kept)
    states = product.states
    worth = np.zeros((product.cells, 4))
    base = np.zeros((equilibrium.cells, 4))
    base[order] = solved.values
    for _ in range(4000):
        back = base.copy()
        for cell in cells[::-1]:
            if known[states[cell]]:
                back[order[states[cell]]] = worth[cell]
        for _ in range(periods):
            back = equilibrium.respond(back, equilibrium.choice).total
        ahead = worth.copy()
        lapsed = np.flatnonzero(~kept.kept)
        ahead[lapsed] = back[order[states[lapsed]]]
        now = product.respond(ahead, product.choice).total
        change = np.abs(now[cells] - worth[cells]).max()
        worth[cells] = now[cells]
        if change < 1e-11:
            break
    return worth[product.initial]


def test_a_long_lapse_is_one_for_ever(world):
    games, solved = world
    kept = KeptDeal(games, games.graph, draw=0, signatories=(0, 1), trigger=ALARM)
    profile = equilibrium_profile(games, [solved])
    for_ever = kept.audit(solved.values)
    long = kept.audit(solved.values, reversion=Reversion(games, 0, profile, 3000))
    assert long.values == pytest.approx(for_ever.values, abs=1e-5)


def test_who_does_not_sign_does_what_is_best_for_it(world):
    """Nobody who stays outside gains by anything; whoever signs may."""
    games, solved = world
    kept = KeptDeal(games, games.graph, draw=0, signatories=(0, 1), trigger=ALARM)
    found = kept.audit(solved.values)
    assert found.gain[2:] == pytest.approx([0, 0], abs=1e-7)


def test_a_deal_holds_under_clear_monitoring_and_not_where_nothing_is_seen(world):
    """Dismantling is kept if breaches are found; if an alarm says nothing, a breach costs nothing, and pays."""
    games, solved = world

    def audited(detection):
        changed = ["start.evidence.russia=0", "start.evidence.usa=0", *detection]
        deal = central_games(load("inf_2019", [*SMALL, *changed]), 1)
        return KeptDeal(deal, games.graph, draw=0, signatories=(0, 1), trigger=ALARM).audit(solved.values)

    clear = audited(["treaty.detection=0.9"])
    assert clear.perfect
    assert clear.slack > 0
    blind = audited(["treaty.detection=0.05", "treaty.false_alarm=0.05"])
    assert not blind.perfect
    assert blind.binding.action == "breach"
    assert blind.slack == blind.binding.margin < 0
    assert blind.gain.max() >= -blind.slack - 1e-9


def test_under_one_discount_everybody_has_it(world):
    games, _ = world
    patient = at_discount(games, 0, 0.9)
    assert patient.discount[0] == pytest.approx([0.9 ** (1 / 12)] * 4)
    assert patient.signals == pytest.approx(games.signals)


def test_a_state_of_the_deal_has_its_likeness_without_it():
    """A longer clock is cut, an accession and a suspension are gone, phase and evidence stay."""
    common = {"climate": False, "review": False, "restoration": False, "deployment_levels": 1}
    base = build_graph(Rules(**common, start=Start(evidence=(0, 1))))
    deal = build_graph(
        Rules(
            **common,
            notice_periods=12,
            suspension=True,
            start=Start(evidence=(0, 1), outsider_bound=True),
        )
    )
    places = lapsed_states(deal, base, np.arange(deal.num_situations)) // base.num_environments
    counterparts = places.reshape(deal.num_situations, -1)[:, 0]
    fresh = [s.clock == 12 for s in deal.situations]
    for k, here in enumerate(deal.situations):
        then = base.situations[counterparts[k]]
        if counterparts[k] >= 0:
            assert then.phase is here.phase
            assert then.evidence == here.evidence
            assert not then.bound
        if fresh[k] and here.phase is Phase.NOTICE:
            assert then.clock in (5, 6)  # who suspends as well does so a month later


def test_an_unknown_trigger_is_refused():
    with pytest.raises(ParameterError, match=r"bargain.trigger must name public events, of alarm, press"):
        trigger_mask(["alarm", "alrm"])
