"""Claim 3: false alarms end a treaty that nobody breaches, after the time that theory gives."""

import numpy as np

from sim.arrays import FloatArray
from sim.engine.exact import exact_outcomes
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.games.treaty.transitions import Kernel, Signal
from sim.strategies.catalogue import resolve
from sim.strategies.treaty_automaton import compile_automaton
from sim.study.claims.claim import Claim, Measured
from sim.study.claims.worlds import Variant, Worlds

ALARMS = 3
"""Tolerance of the second profile."""

CLAIM = Claim(
    number=3,
    sentence="With weak verification the treaty dies even between parties that never breach.",
    profile=f"grim_trigger, and tolerance_{ALARMS}; either upholds until it has seen its alarms",
    start="inf_2019",
    horizon="84 months",
    outcome="survival of the treaty, month by month, and mean months to its end, cut at the horizon",
    effect="it dies with positive probability, and survives as the theory of both parties' alarms says, to 1e-9",
    counterfactual="no false alarms",
)
AGREEMENT = 1e-9


def measure(worlds: Worlds, counterfactual: bool) -> Measured:
    """Return mean months to the end under both profiles by the exact engine and by theory."""
    draws = worlds.counterfactual_draws if counterfactual else worlds.draws
    variant = Variant(parameters=(("false_alarm", 0.0),) if counterfactual else ())
    games = worlds.games(variant, draws)
    periods = worlds.periods[variant.scenario]
    months = 12 * games.parameters.period_years
    effects, parts = {}, {}
    for name, strikes in (("grim", None), ("tolerance", ALARMS)):
        profile = never_breaching(worlds, games, strikes)
        found = np.stack([exact_outcomes(games, d, profile, periods).survival for d in range(draws)])
        theory = np.stack([survival_in_theory(games, d, periods, strikes) for d in range(draws)])
        effects[f"{name}_months"] = months * found[:, :-1].sum(axis=1)
        effects[f"{name}_months_in_theory"] = months * theory[:, :-1].sum(axis=1)
        effects[f"{name}_collapse"] = 1 - found[:, -1]
        parts[f"{name}_dies"] = found[:, -1] < 1 - AGREEMENT
        parts[f"{name}_as_in_theory"] = np.abs(found - theory).max(axis=1) <= AGREEMENT
    return Measured(effects=effects, parts=parts, usable=np.ones(draws, dtype=bool))


def never_breaching(worlds: Worlds, games: TreatyGames, strikes: int | None) -> TreatyProfile:
    """Return the profile of parties that uphold until their first alarm, or until so many of the other's."""
    names = ["grim_trigger" if strikes is None else f"tolerance_{strikes}"] * len(PARTIES)
    names += ["always_uphold"] * (NUM_ACTORS - len(PARTIES))
    specs = [resolve(name, worlds.automata) for name in names]
    automata = [compile_automaton(spec, games.graph, actor) for actor, spec in enumerate(specs)]
    return TreatyProfile(graph=games.graph, automata=tuple(automata))


def survival_in_theory(games: TreatyGames, draw: int, periods: int, strikes: int | None) -> FloatArray:
    r"""Return the probability that the treaty has not ended by each time, [T + 1].

    Party p is alarmed falsely with probability α_p per period. The alarm that ends patience, in period k,
    forces a decision in period k + 1, in which notice is given; with a clock of n periods the treaty has ended
    at time k + 2 + n. So it stands at time t if patience lasted through periods 0 .. t - 2 - n. Under grim
    trigger each period passes with (1 - α_0)(1 - α_1), with means as in AT-07; under tolerance of K alarms, a
    party's patience with the other lasts with probability P(Binomial(t - 1 - n, α) < K), with mean K / α as in
    AT-08, and the treaty stands while both last.
    """
    from scipy.stats import binom

    alarms = games.signals[draw, Kernel.TREATY, :, 0, Signal.ALARM]
    passed = np.maximum(np.arange(periods + 1) - 1 - games.graph.rules.notice_periods, 0)
    if strikes is None:
        return np.asarray(((1 - alarms[0]) * (1 - alarms[1])) ** passed)
    return np.asarray(np.prod([binom.cdf(strikes - 1, passed, alarm) for alarm in alarms], axis=0))
