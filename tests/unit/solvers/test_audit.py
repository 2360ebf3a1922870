"""The audit's two verdicts against closed forms, brute force over plans, and the definitions."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ParameterError
from sim.games.automaton import Automaton
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.audit import audit
from sim.solvers.product_chain import product_chain, values
from sim.strategies.textbook import (
    always_breach,
    grim,
    reading_breaches,
    seated,
    suspension,
    tit_for_tat,
)

T, R, P, S = 5.0, 3.0, 1.0, 0.0
STAGE = NormalFormGame(
    [[[R, S], [T, P]], [[R, T], [S, P]]], players=["usa", "russia"], actions=[["comply", "breach"]] * 2
)


def pair(automaton):
    return seated(automaton, 0), seated(automaton, 1)


@pytest.mark.parametrize(("discount", "verdict"), [(0.5 - 1e-6, False), (0.5 + 1e-6, True)])
def test_grim_is_perfect_exactly_above_its_threshold(discount, verdict):
    """Friedman (1971): (T - R) / (T - P) = 1/2."""
    found = audit(RepeatedGame(STAGE, discount), pair(grim()))
    assert found.nash is verdict
    assert found.perfect is verdict


@pytest.mark.parametrize(
    ("discount", "nash"), [(2 / 3 - 1e-6, False), (2 / 3 + 1e-6, True), (0.1, False), (0.95, True)]
)
def test_tit_for_tat_is_nash_from_two_thirds_and_perfect_nowhere(discount, nash):
    found = audit(RepeatedGame(STAGE, discount), pair(tit_for_tat()))
    assert found.nash is nash
    assert not found.perfect


def test_the_gain_of_the_first_deviation_from_grim_is_the_closed_form():
    """At δ = .4: T + δ P / (1 - δ) - R / (1 - δ) = 5 + 2/3 - 5 = 2/3; T - R of it now, the rest later."""
    found = audit(RepeatedGame(STAGE, 0.4), pair(grim()))
    first = found.deviations[0]
    assert first.gain == pytest.approx(T + 0.4 * P / 0.6 - R / 0.6)
    assert first.now == pytest.approx(T - R)
    assert first.later == pytest.approx(0.4 * (P - R) / 0.6)
    assert first.on_path
    assert first.cell == ("trust", "trust", "")
    assert (first.prescribed, first.action) == ("comply", "breach")
    assert found.gains == pytest.approx([2 / 3, 2 / 3])
    assert found.epsilon == pytest.approx(2 / 3)
    assert found.slack == pytest.approx(-2 / 3)


def test_the_sentences_name_player_place_action_gain_and_deciding_terms():
    terms = {"advantage": STAGE.payoffs - 0.5 * (STAGE.payoffs > 3), "blame": 0.5 * (STAGE.payoffs > 3)}
    found = audit(RepeatedGame(STAGE, 0.9), pair(tit_for_tat()), terms=terms)
    worst = found.deviations[0]
    assert sum(amount for _, amount in worst.terms) == pytest.approx(worst.gain)
    text = "\n".join(found.sentences())
    assert "Nash: from the start nobody gains" in text
    assert (
        "russia's threat to play 'breach' in (breach, breach), off the path of play, is not credible" in text
    )
    assert "advantage +" in text


def test_without_terms_the_sentences_say_now_and_later():
    text = "\n".join(audit(RepeatedGame(STAGE, 0.4), pair(grim())).sentences())
    assert "usa's promise to play 'comply' in (trust, trust), on the path of play" in text
    assert "+2 at once and -1.333 afterwards" in text
    assert "Not a Nash equilibrium" in text


def test_terms_must_add_up():
    with pytest.raises(ParameterError, match="must add up to the payoffs, they are off by 1"):
        audit(RepeatedGame(STAGE, 0.4), pair(grim()), terms={"all": STAGE.payoffs - 1})
    with pytest.raises(ParameterError, match="must have the shape of the payoffs"):
        audit(RepeatedGame(STAGE, 0.4), pair(grim()), terms={"all": STAGE.payoffs[0]})


def test_a_profile_that_does_not_fit_is_refused():
    game = RepeatedGame(STAGE, 0.5)
    with pytest.raises(ParameterError, match="one automaton per player"):
        audit(game, pair(grim())[:1])
    with pytest.raises(ParameterError, match="must read 4 signals, it reads 2"):
        audit(game, (suspension(2), suspension(2)))
    with pytest.raises(ParameterError, match="must have 2 actions, it has 3"):
        audit(game, ([1, 0, 0], [1, 0]))


def test_a_cell_that_no_public_history_reaches_is_not_audited():
    """Both grim automata see the same actions, so that one is never calm while the other is angry."""
    assert product_chain(RepeatedGame(STAGE, 0.5), pair(grim())).num_cells == 2
    assert product_chain(RepeatedGame(STAGE, 0.5), pair(tit_for_tat())).num_cells == 4


def test_mixed_stage_equilibrium_played_for_ever_is_perfect():
    """Matching pennies: (1/2, 1/2) each period leaves everybody indifferent."""
    pennies = NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    found = audit(RepeatedGame(pennies, [0.3, 0.8]), ([0.5, 0.5], [0.5, 0.5]))
    assert found.perfect
    assert found.nash
    assert found.values == pytest.approx([0, 0])


def test_a_logit_profile_reports_its_residual_and_epsilon():
    """Logit choice in the prisoner's dilemma (5, 3, 1, 0) at λ = 1, p(C) = .226751 (REFERENCE AT-16)."""
    p = 0.226751
    found = audit(RepeatedGame(STAGE, 0.0), ([p, 1 - p], [p, 1 - p]), rationality=1.0)
    assert found.residual == pytest.approx(0, abs=1e-6)
    breach, comply = T * p + P * (1 - p), R * p + S * (1 - p)
    assert found.epsilon == pytest.approx(p * (breach - comply))
    assert "not a lack of credibility" in " ".join(found.sentences())


def test_public_alarms_agree_with_the_closed_form_of_trigger_suspension():
    """REFERENCE AT-07 check point: δ=.9, K=4, α=.05, d=.6: V_avg 2.731969, IC slack .948340."""
    alarm = np.where(np.arange(4).reshape(2, 2) == 0, 0.05, 0.6)
    game = RepeatedGame(STAGE, 0.9, monitoring=np.stack([1 - alarm, alarm], axis=-1))
    found = audit(game, (suspension(4), suspension(4)))
    assert found.values * 0.1 == pytest.approx([2.731969] * 2, abs=1e-6)
    assert found.perfect
    assert found.slack == pytest.approx(0.948340, abs=1e-6)


def random_automaton(rng, num_signals, num_actions, pure):
    size = int(rng.integers(1, 4))
    outputs = np.eye(num_actions)[rng.integers(num_actions, size=size)]
    if not pure:
        outputs = 0.5 * outputs + 0.5 * rng.dirichlet(np.ones(num_actions), size)
    transitions = rng.integers(size, size=(size, num_signals))
    return Automaton("random", tuple(map(str, range(size))), int(rng.integers(size)), outputs, transitions)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), pure=st.booleans())
def test_values_satisfy_the_recursion_of_the_definition(seed, pure):
    """v(x) = Σ_a σ(a) [u(a) + δ Σ_y π(y | a) v(x'(y))], written out over joint actions and signals."""
    rng = np.random.default_rng(seed)
    stage = NormalFormGame(rng.normal(size=(2, 2, 3)))
    monitoring = rng.dirichlet(np.ones(2), size=(2, 3))
    game = RepeatedGame(stage, rng.uniform(0, 0.95, 2), monitoring=monitoring)
    automata = (random_automaton(rng, 2, 2, pure), random_automaton(rng, 2, 3, pure))
    chain = product_chain(game, automata)
    worth = values(chain)
    place = {tuple(cell): k for k, cell in enumerate(chain.cells[:, :2].tolist())}
    for (first, second), k in place.items():
        expected = np.zeros(2)
        for a, b in itertools.product(range(2), range(3)):
            weight = automata[0].outputs[first, a] * automata[1].outputs[second, b]
            ahead = sum(
                monitoring[a, b, y]
                * worth[place[automata[0].transitions[first, y], automata[1].transitions[second, y]]]
                for y in range(2)
            )
            expected += weight * (stage.payoffs[:, a, b] + game.discounts * ahead)
        np.testing.assert_allclose(worth[k], expected, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_nash_gain_is_that_of_the_best_stationary_plan(seed):
    """Brute force: every map from the opponent's state to an own action, each evaluated by a linear solve."""
    rng = np.random.default_rng(seed)
    stage = NormalFormGame(rng.integers(-3, 4, size=(2, 2, 2)).astype(float))
    game = RepeatedGame(stage, 0.8)
    automata = (random_automaton(rng, 4, 2, True), random_automaton(rng, 4, 2, True))
    found = audit(game, automata)
    other = automata[1]
    best = -np.inf
    for plan in itertools.product(range(2), repeat=other.num_states):
        law, reward = np.zeros((other.num_states,) * 2), np.zeros(other.num_states)
        for q, own in enumerate(plan):
            theirs = int(other.outputs[q].argmax())
            reward[q] = stage.payoffs[0, own, theirs]
            law[q, other.transitions[q, 2 * own + theirs]] = 1
        best = max(best, np.linalg.solve(np.eye(len(law)) - 0.8 * law, reward)[other.initial])
    assert found.gains[0] == pytest.approx(best - found.values[0], abs=1e-9)
    assert (found.perfect and not found.nash) is False  # perfection implies a best reply from the start


def test_detection_threshold_of_a_treaty_as_a_stochastic_game():
    """In force / collapsed: compliance pays iff detection >= (1-δ)(T-R) / (δ(R-P)) = 1/4 at δ = .8."""
    for detection, credible in ((0.25 - 1e-6, False), (0.25 + 1e-6, True)):
        law = np.zeros((2, 2, 2, 2))
        law[0, ..., 1] = np.where(np.arange(4).reshape(2, 2) == 0, 0, detection)
        law[0, ..., 0] = 1 - law[0, ..., 1]
        law[1, ..., 1] = 1
        game = StochasticGame([STAGE.payoffs] * 2, law, 0.8, states=("in force", "collapsed"))
        found = audit(game, ([[1, 0], [0, 1]],) * 2)
        assert found.perfect is credible
        assert found.values == pytest.approx([15, 15])
        if not credible:
            assert "(always, always, in force)" in "\n".join(found.sentences())


def test_automata_may_remember_more_than_the_public_state():
    """A one-state stochastic game cannot carry a threat, an automaton on its (only) signal neither."""
    game = StochasticGame([STAGE.payoffs], np.ones((1, 2, 2, 1)), 0.9)
    count = Automaton("once", ("comply", "breach"), 0, [[1, 0], [0, 1]], [[1], [1]])
    found = audit(game, (count, count))
    assert found.values == pytest.approx([R + 9 * P] * 2)
    assert not found.nash
    assert found.gains == pytest.approx([T - R] * 2)


def test_many_cells_use_the_sparse_path_and_agree_with_the_dense_one():
    """A suspension of 500 periods: the closed form of the average value with κ = 1 - δ^K."""
    game = RepeatedGame(STAGE, 0.99, execution_error=0.05)
    found = audit(game, (reading_breaches(suspension(500), 2),) * 2)
    alarm = 1 - 0.95**2
    comply, breach = game.payoffs()[0, 0, 0], game.payoffs()[0, 1, 1]
    kappa = 1 - 0.99**500
    average = (comply * 0.01 + alarm * 0.99 * kappa * breach) / (0.01 + alarm * 0.99 * kappa)
    assert found.values * 0.01 == pytest.approx([average] * 2, rel=1e-9)


def test_always_breach_is_perfect_at_every_discount():
    for discount in (0, 0.3, 0.99):
        assert audit(RepeatedGame(STAGE, discount), pair(always_breach())).perfect


DILEMMA = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])


@pytest.mark.parametrize(
    ("game", "profile", "line"),
    [
        (
            DILEMMA,
            ([0, 1], [0, 1]),
            r"game must be a RepeatedGame, .* got NormalFormGame; a game played once is Repe",
        ),
        (None, None, r"game must be a RepeatedGame, a StochasticGame or TreatyGames, got NoneType$"),
        (RepeatedGame(DILEMMA, 0.5), None, r"profile must be one Automaton, .* per player, got NoneType"),
        (RepeatedGame(DILEMMA, 0.5), "grim", r"profile must be one Automaton, .* per player, got str"),
    ],
)
def test_what_cannot_be_audited_is_one_clear_line(game, profile, line):
    with pytest.raises(ParameterError, match=line):
        audit(game, profile)


def test_a_game_played_once_is_audited_as_one_without_a_future():
    found = audit(RepeatedGame(DILEMMA, 0.0), ([1, 0], [0, 1]))
    assert not found.nash
    np.testing.assert_allclose(found.gains, [1.0, 0.0])  # against the second action: 1 instead of 0
