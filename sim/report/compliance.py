"""Why a party does or does not comply: what a hidden breach is worth where plays begin, term by term.

The course is chosen afresh every period, so the advantage of breaching at the start is the sum of what the
banned system yields in the period, what a finding costs when the breach adds to the chance of an alarm, and
what the stronger evidence brings later, by the solved continuation values. All of it per year. The environment
(climate, review, the outsider's level) is held where it is, and the other party is taken to uphold.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray
from sim.games.treaty.numbers import BREACH, UPHOLD
from sim.games.treaty.rules import other_party
from sim.games.treaty.terms import COURSE_FEATURES, FINDING, TERM_NUMBER
from sim.games.treaty.transitions import Kernel, Signal
from sim.study.result import ScenarioResult

LATER = "later"
"""Name of the one row that is not a payoff term: what stronger evidence brings later."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BreachBalance:
    """The advantage of breaching over upholding in the starting state, payoff units per year.

    `terms` maps a payoff term, and `LATER` where continuation values are known, to values [D]; `total` [D].
    """

    party: int
    terms: dict[str, FloatArray]
    total: FloatArray

    @property
    def share_positive(self) -> float:
        """Share of draws in which breaching pays."""
        return float((self.total > 0).mean())


def breach_balance(result: ScenarioResult, party: int) -> BreachBalance | None:
    """Return the balance of `party` at the start, or None where it has no hidden course to choose.

    That is so where it is free of its obligations at the start, or where something is on the agenda.
    """
    games = result.games
    graph = games.graph
    situation, place = graph.start
    row = int(graph.idle_row[situation])
    if row < 0 or graph.free[situation, party]:
        return None
    period = games.parameters.period_years
    weights = games.parameters.weights
    start = graph.start_state
    terms: dict[str, FloatArray] = {}
    for (term, _), features in zip(COURSE_FEATURES, graph.courses, strict=True):
        feature = features[start, party, party]
        if feature:
            flow = weights[:, TERM_NUMBER[term], party] * feature
            terms[term] = terms.get(term, np.zeros(games.num_draws)) + flow
    watched = Kernel(int(graph.kernels[row, party]))
    signals = games.signals[:, watched, party]
    added = signals[:, BREACH] - signals[:, UPHOLD]  # [D, signals]
    if graph.rises[row, party]:
        terms[FINDING] = added[:, Signal.ALARM] * games.finding[:, party] / period
    if result.equilibrium is not None:
        other = other_party(party)
        others = games.signals[:, int(graph.kernels[row, other]), other, UPHOLD]
        values = result.equilibrium.values[:, :, party].reshape(
            games.num_draws, graph.num_situations, graph.num_environments
        )[:, :, place]
        pairs = graph.following[row].reshape(len(Signal), len(Signal))
        following = values[:, pairs if party == 0 else pairs.T]  # [D, own signal, other's signal]
        expected = np.einsum("dz,dy,dzy->d", added, others, following)
        terms[LATER] = games.discount[:, party] * expected / period
    return BreachBalance(party=party, terms=terms, total=np.sum(list(terms.values()), axis=0))
