"""Tables and the balance of a breach."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from sim.games.reference_models.wilson import wilson_interval
from sim.games.treaty.terms import TERM_NUMBER
from sim.report.compliance import LATER, breach_balance
from sim.report.payoffs import leading_terms
from sim.report.regime import regimes
from sim.report.stage_game import best_responses
from sim.report.tables import assumption_table, compliance_table, decomposition_table, outcome_table
from sim.report.terminal import summary_table


def test_every_table_is_rectangular(result):
    tables = [outcome_table(result), decomposition_table(result), assumption_table(result)[0]]
    tables.append(compliance_table(result, 0)[0])
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_decomposition_ends_in_its_sum(result):
    last = decomposition_table(result).rows[-1]
    shown = [float(cell.replace("−", "-")) for cell in last[1:]]
    assert shown == pytest.approx(result.decomposition.sum(axis=0), abs=5e-4)


def test_numbers_without_a_stated_source_count_as_assumed(result):
    table, count = assumption_table(result)
    by_path = {row[0]: row for row in table.rows}
    assert by_path["treaty.notice_months"][3] == "Article XV of the treaty"
    assert by_path["treaty.detection"][3].startswith("assumed: ")
    assert by_path["treaty.fading"][3] == "assumed: not stated"
    assert f"{len(table.rows)} numbers: 1 with a source" in count


def test_the_balance_of_a_breach_from_first_principles(result):
    """Flows of the banned system, and the lump of a finding times the added chance of an alarm, per year."""
    bare = replace(result, equilibrium=None)
    games, party = result.games, 1
    parameters = games.parameters
    balance = breach_balance(bare, party)
    weights = parameters.weights[:, :, party]
    h = parameters.period_years
    # half of the forces' value, the outsider standing at level 1 of 2 and not bound
    assert balance.terms["own_forces"] == pytest.approx(0.5 * weights[:, TERM_NUMBER["own_forces"]])
    assert balance.terms["own_forces_outsider"] == pytest.approx(
        0.25 * weights[:, TERM_NUMBER["own_forces_outsider"]]
    )
    per_period = (1 - (1 - parameters.detection[:, party]) ** h) - (
        1 - (1 - parameters.false_alarm[:, party]) ** h
    )
    assert balance.terms["finding"] == pytest.approx(-per_period * weights[:, TERM_NUMBER["finding"]] / h)
    assert LATER not in balance.terms
    assert balance.total == pytest.approx(sum(balance.terms.values()))


@pytest.mark.parametrize("party", [0, 1])
def test_what_comes_later_is_the_change_in_expected_value(result, party):
    """Values are 1 where evidence against the party is stronger: the row is the change in its chance."""
    graph, games = result.games.graph, result.games
    level = graph.situations[0].evidence[party]
    stronger = np.repeat([s.evidence[party] > level for s in graph.situations], graph.num_environments)
    values = np.zeros((games.num_draws, graph.num_states, 4))
    values[:, stronger, party] = 1
    balance = breach_balance(replace(result, equilibrium=replace(result.equilibrium, values=values)), party)
    can_rise = level < graph.rules.evidence_levels[party]
    h = games.parameters.period_years
    added = (1 - games.parameters.false_alarm[:, party]) ** h - (
        1 - games.parameters.detection[:, party]
    ) ** h
    expected = games.discount[:, party] * added / h * can_rise
    assert balance.terms[LATER] == pytest.approx(expected)


def test_a_party_without_obligations_has_no_balance(result):
    graph = result.games.graph
    free = graph.free.copy()
    free[0] = True
    games = replace(result.games, graph=replace(graph, free=free))
    assert breach_balance(replace(result, games=games), 0) is None


def test_leading_terms_and_the_rest_add_up_to_everything():
    values = np.array([0.4, -0.1, 0.003, 2.0, -0.7])
    leading, rest = leading_terms(values, shown=3)
    assert leading == [3, 4, 0]
    assert values[leading].sum() + rest == pytest.approx(values.sum())


def test_best_responses_of_a_coordination_game_with_a_tie():
    payoffs = np.array([[[1.0, 0.0], [1.0, 2.0]], [[1.0, 0.0], [0.0, 2.0]]])
    rows, columns = best_responses(payoffs)
    assert rows.tolist() == [[True, False], [True, True]]
    assert columns.tolist() == [[True, False], [False, True]]


def test_regimes_are_a_partition_of_the_draws(result):
    counts = regimes(result.stage)
    assert sum(counts.values()) == len(result.stage.equilibria)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


@pytest.mark.parametrize(("count", "total"), [(3750, 10000), (1, 24), (24, 24), (0, 10)])
def test_wilson_ends_where_the_share_is_196_standard_errors_away(count, total):
    """The defining equation (Wilson 1927): each end p solves |count / total - p| = z sqrt(p (1 - p) / n)."""
    for end in wilson_interval(count, total):
        distance = abs(count / total - end)
        assert distance == pytest.approx(1.959964 * np.sqrt(max(end * (1 - end), 0) / total), abs=1e-6)


def test_the_terminal_shows_every_outcome(result):
    console = Console(width=100, file=StringIO())
    console.print(summary_table(result))
    text = console.file.getvalue()
    assert "The treaty ends within 84 months" in text
    assert "Payoff of China" in text
    assert "Synthetic numbers" in text
    assert "nan" not in text
