"""Time conversions: what a year is worth must not depend on how it is cut into periods."""

from dataclasses import fields

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import BREACH, UPHOLD, TreatyParameters, build_games, environment_law
from sim.games.treaty.rules import Rules
from sim.games.treaty.terms import TERM_NUMBER, TERMS
from sim.games.treaty.transitions import Kernel, Signal

RULES = Rules(ultimatum_periods=1, notice_periods=1, deployments=(False, False), restoration=False)
PERIODS = (1 / 24, 1 / 12, 1 / 4, 1.0)


def parameters(period_years=1 / 12, draws=2, **changes):
    def each(value):
        return np.full(draws, value)

    values = {
        "discount": np.full((draws, 4), [0.88, 0.91, 0.94, 0.97]),
        "weights": np.ones((draws, len(TERMS), 4)),
        "detection": np.full((draws, 2), [0.6, 0.8]),
        "false_alarm": np.full((draws, 2), [0.05, 0.1]),
        "inspection_detection": each(0.9),
        "inspection_false_alarm": each(0.02),
        "inspection_clearing": each(0.7),
        "moratorium_verification": each(0.25),
        "fading": each(0.4),
        "opportunity_rate": each(4.0),
        "toxic_onset": each(0.25),
        "toxic_clearing": each(0.15),
        "review_approach": each(0.25),
        "review_passing": each(1.0),
        "build_success": each(0.3),
    }
    return TreatyParameters(period_years=period_years, **(values | changes))


@pytest.fixture(scope="module")
def graph():
    return build_graph(RULES)


def games_by_period(graph):
    return {h: build_games(graph, parameters(h)) for h in PERIODS}


def test_discounts_compound_to_those_of_a_year(graph):
    for h, games in games_by_period(graph).items():
        np.testing.assert_allclose(games.discount ** (1 / h), games.parameters.discount, rtol=1e-12)


def test_a_flow_received_for_a_year_is_worth_the_same_in_any_periods(graph):
    """Discounted at the yearly rate in continuous time: (1 - δ) / (-ln δ)."""
    whole = games_by_period(graph)[1.0].flows
    for h, games in games_by_period(graph).items():
        number = round(1 / h)
        factors = (games.discount[:, None] ** np.arange(number)[:, None]).sum(axis=1)  # [D, actors]
        np.testing.assert_allclose(games.flows * factors[:, None], whole, rtol=1e-12)
    discount = parameters().discount[0]
    predictable = np.flatnonzero(graph.phase == 0)[0] * graph.num_environments
    features = np.einsum("ka->a", graph.flows[:, predictable])
    np.testing.assert_allclose(
        whole[0, predictable], features * (1 - discount) / -np.log(discount), rtol=1e-12
    )


def test_lumps_and_inspections_do_not_depend_on_the_period(graph):
    first, *others = games_by_period(graph).values()
    for games in others:
        np.testing.assert_array_equal(games.lumps, first.lumps)
        np.testing.assert_array_equal(games.finding, first.finding)
        np.testing.assert_array_equal(
            games.signals[:, Kernel.INSPECTION], first.signals[:, Kernel.INSPECTION]
        )


def test_signal_probabilities_are_those_of_a_year(graph):
    for h, games in games_by_period(graph).items():
        quiet = (1 - games.signals[:, Kernel.TREATY, ..., Signal.ALARM]) ** (1 / h)
        np.testing.assert_allclose(1 - quiet[0, :, UPHOLD], [0.05, 0.1], rtol=1e-12)
        np.testing.assert_allclose(1 - quiet[0, :, BREACH], [0.6, 0.8], rtol=1e-12)
        lenient = (1 - games.signals[0, Kernel.MORATORIUM, :, :, Signal.ALARM]) ** (1 / h)
        np.testing.assert_allclose(1 - lenient[:, UPHOLD], [0.05, 0.1], rtol=1e-12)
        np.testing.assert_allclose(1 - lenient[:, BREACH], [0.05 + 0.25 * 0.55, 0.1 + 0.25 * 0.7], rtol=1e-12)
        np.testing.assert_allclose(games.signals.sum(axis=-1)[:, Kernel.TREATY :], 1)
        assert (games.signals[:, Kernel.FREE, ..., Signal.NOTHING] == 1).all()
        assert (games.signals >= 0).all()
        fades = games.signals[0, Kernel.TREATY, ..., Signal.CLEAR]
        fades = fades / (1 - games.signals[0, Kernel.TREATY, ..., Signal.ALARM])
        np.testing.assert_allclose((1 - fades) ** (1 / h), np.exp(-0.4), rtol=1e-12)


def test_opportunities_and_exogenous_chains_compose_to_a_year(graph):
    games = games_by_period(graph)
    whole = environment_law(games[1.0], 0)[0]
    assert whole.sum(axis=1) == pytest.approx(1)
    for h, game in games.items():
        assert (1 - game.opportunity) ** (1 / h) == pytest.approx(np.exp(-4.0))
        law = environment_law(game, 0)[0]  # without a build-up
        np.testing.assert_allclose(np.linalg.matrix_power(law, round(1 / h)), whole, atol=1e-12)
        building = environment_law(game, 0)[1]
        np.testing.assert_allclose(building.sum(axis=1), 1)


def test_a_chain_that_is_switched_off_stays_where_it_is():
    graph = build_graph(Rules(climate=False, review=False, deployments=(False, False), restoration=False))
    law = environment_law(build_games(graph, parameters()), 0)[0]
    np.testing.assert_array_equal(law, np.eye(graph.num_environments))


def test_payoffs_are_linear_in_the_weights_and_every_term_counts(graph):
    base = build_games(graph, parameters(draws=1))
    changed = set()
    for name, term in TERM_NUMBER.items():
        weights = np.ones((1, len(TERMS), 4))
        weights[:, term] = 3.0
        games = build_games(graph, parameters(draws=1, weights=weights))
        for field in ("flows", "courses", "lumps", "finding", "building"):
            if (getattr(games, field) != getattr(base, field)).any():
                changed.add(name)
    absent = {"crisis", "host", "space", "sanctions_target", "sanctions_sender", "security", "reassurance"}
    absent |= {"ratification"}  # no restoration in these rules
    assert set(TERMS) - changed == absent  # what these rules leave out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"discount": np.ones((2, 4))}, r"^discount must lie in \(0, 1\), got 1$"),
        ({"detection": np.full((2, 2), 1.2)}, r"^treaty\.detection must lie in \[0, 1\), got 1\.2$"),
        (
            {"detection": np.full((2, 2), 0.04)},
            r"^treaty\.detection must be at least treaty\.false_alarm, got",
        ),
        ({"fading": np.full(2, -1.0)}, r"^treaty\.fading must be at least 0 per year, got -1$"),
        ({"toxic_onset": np.full(2, np.nan)}, r"^treaty\.toxic_onset must be finite, got nan$"),
        ({"build_success": np.zeros(3)}, r"^build_success must have shape \(2,\), got \(3,\)$"),
        ({"period_years": 2.0}, r"^period must lie in \(0, 12\] months, got 24$"),
    ],
)
def test_a_wrong_number_is_named_with_its_legal_range(change, message):
    with pytest.raises(ParameterError, match=message):
        parameters(**change)


def test_parameters_are_sealed():
    sealed = parameters()
    arrays = [getattr(sealed, f.name) for f in fields(sealed) if f.name != "period_years"]
    assert not any(array.flags.writeable for array in arrays)
