"""The section on credible promises and threats says what the audit found."""

import numpy as np

from sim.report.credibility import MOST, credibility_section
from sim.report.page import render_page
from sim.solvers.treaty_audit import TreatyAudit
from sim.study.result import MarkovEquilibrium


class Told(TreatyAudit):
    """An audit whose sentences are given."""

    def sentences(self):
        kinds = tuple(f"promise {number} is not credible" for number in range(MOST + 2))
        return ("Not a Nash equilibrium: with the best plan usa gains 1.5.", "Not perfect: 8 times.", *kinds)


def found():
    return Told(
        nash=False,
        perfect=False,
        deviations=(),
        largest=np.array([2.0, 0.5, 0.0, 0.0]),
        gains=np.array([1.5, 0.25, 0.0, 0.0]),
        values=np.array([1.0, -2.0, 3.0, 4.0]),
        num_cells=10,
        num_deviations=8,
        logit=False,
        players=("usa", "russia", "nato", "china"),
        tol=1e-9,
    )


def test_verdicts_and_the_largest_deviations_are_told_and_the_others_counted():
    section = credibility_section(found())
    assert [each for each in section.sentences if each.startswith("Not")] == list(found().sentences()[:2])
    assert sum(each.startswith("Promise") for each in section.sentences) == MOST
    assert section.sentences[-1].startswith("2 more kinds")
    assert section.table.rows[0] == ("Usa", "1", "1.5", "2")
    page = render_page(title="Run", lead="", sections=[section], command="treaty-sim run")
    assert "Promise 0 is not credible" in page
    assert "Promise 7 is not credible" not in page


def test_a_solved_profile_has_its_regret_and_nothing_to_audit():
    equilibrium = MarkovEquilibrium(
        rationality=4.0,
        values=np.zeros((2, 1, 4)),
        residual=np.zeros(2),
        regret=np.array([[0.1, 0.2, 0.0, 0.0], [0.3, 0.1, 0.0, 0.0]]),
        iterations=np.ones(2, dtype=int),
        jumps=np.zeros(2, dtype=int),
        converged=np.ones(2, dtype=int),
    )
    section = credibility_section(None, equilibrium)
    assert any("ε = 0.3 payoff units" in each for each in section.sentences)
    assert section.table is None


def test_with_nothing_to_say_there_is_no_section():
    assert credibility_section(None) is None
