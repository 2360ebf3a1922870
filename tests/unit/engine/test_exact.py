"""The exact engine against enumeration of every path, which is written from the definitions of outcomes."""

from itertools import pairwise, product

import numpy as np
import pytest

from sim.engine.exact import exact_outcomes, exact_payoffs
from sim.engine.exact_paths import PATH_CLASSES
from sim.games.treaty.graph import EVENTS, build_graph
from sim.games.treaty.moves import Move, legal_moves
from sim.games.treaty.numbers import build_games
from sim.games.treaty.profile import (
    event_mask,
)
from sim.games.treaty.rules import OUTSIDER, PARTIES, Rules, Start
from sim.games.treaty.situation import Agenda, Phase
from sim.games.treaty.terms import COURSE_FEATURES, FLOW_FEATURES, LUMP_FEATURES, TERM_NUMBER, TERMS
from sim.games.treaty.transitions import Signal, after_moves, after_signals

SMALL = {
    "ultimatum_periods": 1,
    "notice_periods": 2,
    "evidence_levels": (1, 1),
    "deployment_levels": 1,
    "outsider_levels": 1,
    "climate": False,
    "review": False,
}


class Enumeration:
    """Every path of a small treaty game, by the rules themselves."""

    def __init__(self, games, profile, draw=0):
        self.games, self.graph, self.rules = games, games.graph, games.graph.rules
        self.profile, self.draw = profile, draw
        self.p = games.parameters
        self.h = self.p.period_years
        self.number = {s: m for m, s in enumerate(self.graph.situations)}
        self.place = {e: x for x, e in enumerate(self.graph.environments)}
        self.known, self.found = {}, {}

    def signal_law(self, kernel, party, breach):
        p, d, h = self.p, self.draw, self.h
        if kernel.name == "FREE":
            return {Signal.NOTHING: 1.0}
        if kernel.name == "INSPECTION":
            false, true = p.inspection_false_alarm[d], p.inspection_detection[d]
            fades = p.inspection_clearing[d]
        else:
            false, true = p.false_alarm[d, party], p.detection[d, party]
            if kernel.name == "MORATORIUM":
                true = false + p.moratorium_verification[d] * (true - false)
            false, true = 1 - (1 - false) ** h, 1 - (1 - true) ** h
            fades = 1 - np.exp(-p.fading[d] * h)
        alarm = breach * true + (1 - breach) * false
        return {
            Signal.ALARM: alarm,
            Signal.CLEAR: (1 - alarm) * fades,
            Signal.NOTHING: (1 - alarm) * (1 - fades),
        }

    def environment_law(self, now, built):
        p, d, h, rules = self.p, self.draw, self.h, self.rules

        def chain(on, value, onset, clearing):
            if not on:
                return {value: 1.0}
            if onset + clearing == 0:
                return {value: 1.0}
            stationary = onset / (onset + clearing)  # two states in continuous time
            second = stationary + (value - stationary) * np.exp(-(onset + clearing) * h)
            return {1: second, 0: 1 - second}

        toxic = chain(rules.climate, now.toxic, p.toxic_onset[d], p.toxic_clearing[d])
        near = chain(rules.review, now.near, p.review_approach[d], p.review_passing[d])
        level = {now.level: 1.0}
        if built:
            level = {now.level + 1: p.build_success[d], now.level: 1 - p.build_success[d]}
        return {
            now._replace(toxic=a, near=b, level=c): toxic[a] * near[b] * level[c]
            for a, b, c in product(toxic, near, level)
        }

    def choices(self, memory, situation, place):
        """Return {(moves of all actors): probability} and the breach probabilities."""
        m, s = self.number[situation], self.number[situation] * len(self.place) + self.place[place]
        menus = legal_moves(situation, self.rules)
        laws = []
        for actor, automaton in enumerate(self.profile.automata):
            d = self.draw if len(automaton.moves) > 1 else 0
            law = automaton.moves[d, memory[actor], s]
            laws.append({move: law[slot] for slot, move in enumerate(menus[actor]) if law[slot] > 0})
        forced = situation.agenda is not Agenda.QUIET
        chance = 1.0 if forced else 1 - np.exp(-self.p.opportunity_rate[self.draw] * self.h)
        joint = {(Move.NONE,) * 4: 1 - chance} if not forced else {}
        for moves in product(*laws):
            probability = chance * np.prod([law[move] for law, move in zip(laws, moves, strict=True)])
            joint[moves] = joint.get(moves, 0.0) + probability
        breach = [
            self.profile.automata[p].breach[
                self.draw if len(self.profile.automata[p].breach) > 1 else 0, memory[p], s
            ]
            for p in PARTIES
        ]
        assert self.graph.forced[m] == forced
        return joint, breach

    def period(self, memory, situation, place):
        """Return {next (memory, situation, place): probability} and payoffs by term of one period."""
        key = (memory, situation, place)
        if key in self.known:
            return self.known[key]
        joint, breach = self.choices(memory, situation, place)
        weights, delta = self.p.weights[self.draw], self.p.discount[self.draw]
        year = (1 - delta**self.h) / -np.log(delta)
        worth = np.zeros((len(TERMS), 4))
        for term, feature in FLOW_FEATURES:
            worth[TERM_NUMBER[term]] += np.array(feature(situation, place, self.rules)) * year
        for term, feature in COURSE_FEATURES:
            for party in PARTIES:
                if not situation.is_free(party):
                    worth[TERM_NUMBER[term]] += (
                        breach[party] * np.array(feature(situation, place, self.rules, party)) * year
                    )
        following = {}
        for moves, likely in joint.items():
            noted = moves if situation.agenda is Agenda.INVITATION else (*moves[:OUTSIDER], Move.NONE)
            after = after_moves(situation, noted, self.rules)
            for lump in LUMP_FEATURES:
                factor = {"always": 1, "near": place.near, "toxic": place.toxic}[lump.factor]
                worth[TERM_NUMBER[lump.term]] += (
                    likely * factor * np.array(lump.features(situation, noted, after))
                )
            worth[TERM_NUMBER["building"], OUTSIDER] -= likely * (moves[OUTSIDER] is Move.BUILD)
            laws = [self.signal_law(after.kernels[p], p, breach[p]) for p in PARTIES]
            for signals in product(*laws):
                chance = likely * laws[0][signals[0]] * laws[1][signals[1]]
                then, _ = after_signals(after, signals, self.rules)
                for party in PARTIES:
                    if signals[party] is Signal.ALARM and (
                        after.situation.evidence[party] < self.rules.evidence_levels[party]
                        and after.situation.phase is not Phase.ENDED
                    ):
                        worth[TERM_NUMBER["finding"], party] -= chance
                mask = event_mask(self.events(situation, then, moves, signals))
                recalled = tuple(
                    int(a.following[q, mask]) for a, q in zip(self.profile.automata, memory, strict=True)
                )
                built = moves[OUTSIDER] is Move.BUILD
                for there, law in self.environment_law(place, built).items():
                    state = (recalled, then, there)
                    following[state] = following.get(state, 0.0) + chance * law
        self.known[key] = {k: v for k, v in following.items() if v > 0}, worth * weights
        return self.known[key]

    @staticmethod
    def events(situation, then, moves, signals):
        names = {Move.PRESS: "press", Move.WITHDRAW: "exit", Move.SUSPEND: "exit", Move.OPEN_UP: "open"}
        happened = {f"{names[moves[p]]}_{p}" for p in PARTIES if moves[p] in names}
        happened |= {f"alarm_{p}" for p in PARTIES if signals[p] is Signal.ALARM}
        happened |= {move.name.lower() for move in moves if move.name.lower() in EVENTS}
        if situation.phase is Phase.ENDED and then.phase is Phase.IN_FORCE:
            happened.add("restored")
        return sorted(happened)

    def paths(self, periods):
        """Return {path of (memory, situation, place) at times 0..periods: probability}."""
        m, x = self.graph.start
        if periods == 0:
            return {(((0,) * 4, self.graph.situations[m], self.graph.environments[x]),): 1.0}
        if periods not in self.found:
            self.found[periods] = {
                (*path, state): probability * law
                for path, probability in self.paths(periods - 1).items()
                for state, law in self.period(*path[-1])[0].items()
            }
        return self.found[periods]

    def expectations(self, time):
        """Return survival, evidence, deployments and the outsider's level at `time`."""
        standing, evidence, deployed, level = 0.0, np.zeros(2), np.zeros(3), 0.0
        for path, probability in self.paths(time).items():
            _, situation, place = path[-1]
            standing += probability * all(state[1].phase is not Phase.ENDED for state in path)
            evidence += probability * np.array(situation.evidence)
            deployed += probability * np.array(situation.deployed)
            level += probability * place.level
        return standing, evidence, deployed, level

    def outcomes(self, periods):
        """Return outcomes by name, and contributions by term, as averages over all paths."""
        months, notice = 12 * self.h, self.rules.notice_periods
        totals, by_term = {}, np.zeros((len(TERMS), 4))
        factor = self.p.discount[self.draw] ** self.h
        for path, probability in self.paths(periods).items():
            situations = [state[1] for state in path]
            pairs = list(pairwise(situations))
            ends = [t for t, s in enumerate(situations) if s.phase is Phase.ENDED]
            notices = [
                t + 1
                for t, (a, b) in enumerate(pairs)
                if b.phase is Phase.NOTICE and a.phase is not Phase.NOTICE
            ]
            seen = {"collapse": bool(ends), "months": months * min([*ends, periods])}
            who = situations[notices[0]].who if notices else 0
            seen |= {"first_0": who & 1, "first_1": who >> 1, "mirrored": 0.0, "delay": 0.0}
            if notices:
                for t in range(notices[0], min(notices[0] + notice, periods + 1)):
                    if situations[t].phase is not Phase.NOTICE:
                        break
                    if situations[t].who | situations[t].suspended == 3:
                        seen |= {"mirrored": 1.0, "delay": months * (t - notices[0])}
                        break
            change = {(a.phase, b.phase) for a, b in pairs}
            seen["rescinded"] = (Phase.NOTICE, Phase.IN_FORCE) in change
            seen["restored"] = (Phase.ENDED, Phase.IN_FORCE) in change
            facing = [s.deployed[0] > 0 and s.deployed[2] > 0 for s in situations]
            seen["crises"] = sum(b and not a for a, b in pairwise(facing))
            for k, level in enumerate(situations[-1].deployed):
                seen[f"deployed_{k}"] = level
            for name, value in seen.items():
                totals[name] = totals.get(name, 0.0) + probability * value
            for t, state in enumerate(path[:-1]):
                by_term += probability * factor**t * self.period(*state)[1]
        totals["delay"] = totals["delay"] / totals["mirrored"] if totals["mirrored"] else None
        return totals, by_term

    def path_classes(self, by, at_once):
        """Return the probability of each class of path, told apart on the path itself."""
        notice = self.rules.notice_periods
        classes = dict.fromkeys(PATH_CLASSES, 0.0)
        for path, probability in self.paths(by + notice + at_once).items():
            situations = [state[1] for state in path]
            begun = [t for t, s in enumerate(situations) if s.phase in (Phase.NOTICE, Phase.ENDED)]
            if not begun or begun[0] > by:
                name = "no_notice"
            else:
                after = next(t for t in range(begun[0], len(path)) if situations[t].phase is not Phase.NOTICE)
                if situations[after].phase is Phase.IN_FORCE:
                    name = "rescinded"
                elif any(s.deployed[2] for s in situations[after : after + at_once + 1]):
                    name = "ended_with_russian_deployment"
                else:
                    name = "ended_without_russian_deployment"
            classes[name] += probability
        return classes


NAMES = {
    "collapse": "collapse_probability",
    "months": "months_to_collapse",
    "first_0": "first_leaver_party_0",
    "first_1": "first_leaver_party_1",
    "delay": "mirror_delay_months",
    "rescinded": "notice_rescinded_probability",
    "restored": "restored_probability",
    "deployed_0": "deployment_party_0_europe",
    "deployed_1": "deployment_party_0_asia",
    "deployed_2": "deployment_party_1_europe",
    "crises": "crises",
}

CASES = {
    # rules, periods, changed parameters, outcomes that must not be trivial there
    "in force": (
        Rules(**(SMALL | {"notice_periods": 1}), start=Start(evidence=(1, 1), outsider_bound=True)),
        4,
        {"fading": np.zeros(1)},  # fewer signals, so that four periods can be enumerated
        ("collapse", "months", "first_0", "first_1", "rescinded", "restored"),
    ),
    "ultimatum": (
        Rules(**SMALL, start=Start(phase="ultimatum", who=0, outsider_bound=True)),
        3,
        {},
        ("first_0", "first_1", "delay", "rescinded"),
    ),
    "notice": (
        Rules(**SMALL, start=Start(phase="notice", who=1, outsider_bound=True)),
        4,
        {},
        ("collapse", "months", "first_0", "delay", "rescinded", "restored", "crises"),
    ),
    "ended": (
        Rules(**SMALL, consent=False, start=Start(phase="ended", outsider_bound=True)),
        3,
        {},
        ("restored", "crises", "deployed_0", "deployed_1", "deployed_2"),
    ),
    "moving environment": (
        Rules(**(SMALL | {"climate": True, "review": True}), start=Start(phase="ultimatum", who=0)),
        2,
        {},
        ("first_1", "delay", "rescinded"),
    ),
    "every component": (
        Rules(
            **(SMALL | {"openness": (True, True), "suspension": True, "sanctions": True, "invitation": True}),
            start=Start(evidence=(1, 1)),
        ),
        2,
        {},
        ("first_0", "first_1"),
    ),
    "moratorium": (
        Rules(**SMALL, offer_terms="moratorium", start=Start(phase="ended", outsider_bound=True)),
        3,
        {},
        ("restored",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_outcomes_equal_enumeration_of_all_paths(case, random_parameters, random_profile):
    rules, periods, changes, lively = CASES[case]
    graph = build_graph(rules)
    games = build_games(graph, random_parameters(seed=3, **changes))
    profile = random_profile(graph, seed=5)
    paths = Enumeration(games, profile)
    expected, by_term = paths.outcomes(periods)
    found = exact_outcomes(games, 0, profile, periods, by_term=True)
    for short, name in NAMES.items():
        if expected[short] is None:
            assert found.outcomes[name] is None
        else:
            assert found.outcomes[name] == pytest.approx(expected[short], abs=1e-12), name
    assert all(expected[short] > 0.001 for short in lively)
    np.testing.assert_allclose(found.decomposition, by_term, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.payoffs, by_term.sum(axis=0), rtol=0, atol=1e-12)
    np.testing.assert_allclose(exact_payoffs(games, 0, profile, periods), found.payoffs, rtol=0, atol=1e-12)
    for time in range(periods + 1):
        standing, evidence, deployed, level = paths.expectations(time)
        assert found.survival[time] == pytest.approx(standing, abs=1e-12)
        np.testing.assert_allclose(found.evidence[time], evidence, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.deployed[time], deployed, rtol=0, atol=1e-12)
        assert found.outsider_level[time] == pytest.approx(level, abs=1e-12)


@pytest.mark.parametrize(
    ("case", "at_once"), [("in force", 1), ("notice", 1), ("ended", 0), ("ultimatum", 0)]
)
def test_classes_of_path_are_exhaustive_and_equal_enumeration(
    case, at_once, random_parameters, random_profile
):
    rules, _, changes, _ = CASES[case]
    graph = build_graph(rules)
    games = build_games(graph, random_parameters(seed=4, **changes))
    profile = random_profile(graph, seed=6)
    expected = Enumeration(games, profile).path_classes(by=1, at_once=at_once)
    found = exact_outcomes(games, 0, profile, 1, by_months=3.0, at_once_months=3.0 * at_once).path_classes
    assert found == pytest.approx(expected, abs=1e-12)
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-12)
