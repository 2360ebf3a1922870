"""Checks of trust, bargaining in the shadow of war, and threats: AT-11 to AT-16, AT-22."""

import numpy as np

from sim.games.reassurance import Reassurance
from sim.games.reference_models import arms_race_doubts, audience_costs, crisis_bargaining, trust
from sim.games.reference_models.crisis_quantal import (
    QuantalCrisis,
    crisis_probabilities,
    dilemma_by_iteration,
    dilemma_cooperation,
)
from sim.solvers.agent_logit import agent_logit_equilibria
from sim.solvers.backward_induction import backward_induction
from sim.solvers.subgame_perfect import subgame_perfect_equilibria
from sim.study.verification.check import Check, Checker

SEED = 20181020


def reassurance() -> tuple[Check, ...]:
    """AT-11: costly signals rescue cooperation below the one-shot threshold of trust."""
    check = Checker("AT-11", "Kydd (2000, 2005)")
    checks = [check("one-shot threshold", 0.5, trust.trust_by_payoffs(4, 3, 2, 1))]
    printed = ((0.2, 0.375, 0.4), (0.3, 0.473684, 0.6), (0.4, 0.545455, 0.8), (0.5, 0.6, 1.0))
    for prior, low, high in printed:
        found = trust.band_by_regret(Reassurance(trust=prior, stake=0.5), 0.5 * (low + high))
        checks.append(check(f"t={prior}: least stake, tree", low, found[0], 1e-6))
        checks.append(check(f"t={prior}: largest stake, tree", high, found[1], 1e-6))
    for prior, empty in ((1 / 6 - 1e-3, True), (1 / 6 + 1e-3, False)):
        band = trust.separating_band(Reassurance(trust=prior, stake=0.5))
        checks.append(check(f"t={prior:.4f}: no separating stake", empty, band is None))
    rng = np.random.default_rng(SEED)
    agree: list[float] = []
    while len(agree) < 12:
        s, p, t, r, u = sorted(rng.uniform(0, 5, 5))
        game = Reassurance(
            trust=rng.uniform(0.05, 0.95), stake=rng.uniform(0, 1), reward=r, temptation=t, punishment=p,
            sucker=s, temptation_untrustworthy=u,
        )  # fmt: skip
        band = trust.separating_band(game)
        inside = band is not None and band[0] <= game.stake <= band[1]
        agree.append(float(inside == trust.separates(game)))
    checks.append(check("separating or not, 12 random games", 12.0, sum(agree)))
    return tuple(checks)


def doubts() -> tuple[Check, ...]:
    """AT-12: an arms race out of doubt."""
    check = Checker("AT-12", "Baliga & Sjöström (2004)")
    checks = [
        check(f"cut-off {pair}", value, arms_race_doubts.by_contagion(*pair), 1e-6)
        for pair, value in (((0.1, 0.8), 1 / 3), ((0.1, 0.5), 1 / 6), ((0.05, 0.9), 1 / 3), ((0.1, 1.2), 1.0))
    ]
    rng = np.random.default_rng(SEED)
    drawn = [(float(rng.uniform(0.02, 0.5)), float(rng.uniform(0.05, 1.4))) for _ in range(20)]
    drawn = [pair for pair in drawn if abs(pair[1] - 1) > 0.02 and pair[1] > pair[0]]
    checks.append(
        check.agree(
            "closed form, random cases",
            [arms_race_doubts.cutoff(*pair) for pair in drawn],
            [arms_race_doubts.by_contagion(*pair) for pair in drawn],
            1e-9,
        )
    )
    return tuple(checks)


def take_it_or_leave_it() -> tuple[Check, ...]:
    """AT-13: a demand with private costs of war."""
    check = Checker("AT-13", "Fearon (1995)")
    checks = []
    for parameters, demand, war in (
        ((0.5, 0.1, 0.4), 0.65, 0.375), ((0.6, 0.05, 0.3), 0.725, 0.416667), ((0.5, 0.4, 0.3), 0.5, 0.0),
    ):  # fmt: skip
        found = crisis_bargaining.demand_by_search(*parameters)
        checks.append(check(f"demand {parameters}", demand, found[0], 2e-6))
        checks.append(check(f"P(war) {parameters}", war, found[1], 5e-6))
    rng = np.random.default_rng(SEED)
    closed, searched = [], []
    for _ in range(20):
        drawn = (float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.01, 0.5)), float(rng.uniform(0.1, 0.5)))
        closed += list(crisis_bargaining.best_demand(*drawn))
        searched += list(crisis_bargaining.demand_by_search(*drawn))
    checks.append(check.agree("closed form, 20 random cases", closed, searched, 1e-5))
    return tuple(checks)


def commitment() -> tuple[Check, ...]:
    """AT-14: war because the other will be able to go back on its word."""
    check = Checker("AT-14", "Fearon (1995); Powell (2006)")
    checks = []
    for parameters, breaks in (
        ((0.7, 0.3, 0.1, 0.1, 0.9), True), ((0.7, 0.3, 0.2, 0.2, 0.9), False),
        ((0.7, 0.5, 0.05, 0.05, 0.9), True),
    ):  # fmt: skip
        checks.append(check(f"breaks {parameters}", breaks, crisis_bargaining.breaks_by_payoffs(*parameters)))
    rng = np.random.default_rng(SEED)
    same = 0
    for _ in range(50):
        drawn = (*(float(x) for x in rng.uniform(0.2, 0.9, 2)), *(float(x) for x in rng.uniform(0, 0.3, 2)))
        drawn = (max(drawn[:2]), min(drawn[:2]), *drawn[2:], float(rng.uniform(0.5, 0.95)))
        same += crisis_bargaining.breaks_the_peace(*drawn) == crisis_bargaining.breaks_by_payoffs(*drawn)
    checks.append(check("closed form, 50 random cases agree", 50.0, float(same)))
    return tuple(checks)


def audience() -> tuple[Check, ...]:
    """AT-15: audience costs make threats credible, and lock in."""
    check = Checker("AT-15", "stylised after Fearon (1994)")
    checks = [
        check(f"credibility a={a}", value, audience_costs.credibility_by_types(0.5, a, 0.8), 3e-6)
        for a, value in ((0.0, 0.625), (0.1, 0.75), (0.2, 0.875), (0.3, 1.0))
    ]
    for growth in (0.05, 0.1):
        case = [0.6, 0.6], [growth, 0.05]
        horizon, counted = audience_costs.lock_in_horizon(*case), audience_costs.lock_in_by_counting(*case)
        checks.append(check(f"lock-in, a={growth}", horizon, counted, 1.1e-3))
    return tuple(checks)


def quantal_crisis() -> tuple[Check, ...]:
    """AT-16: a crisis between players who err, on the tree; and the dilemma."""
    check = Checker("AT-16", "McKelvey & Palfrey (1998); Signorino (1999)")
    checks = []
    tree = QuantalCrisis().tree()
    for level, concede, challenge in (
        (0.0, 0.5, 0.5), (1.0, 0.5744, 0.5042), (2.0, 0.6457, 0.5405), (5.0, 0.8176, 0.7648),
        (10.0, 0.9526, 0.9727),
    ):  # fmt: skip
        profile = agent_logit_equilibria(tree, rationality=level).profiles[0]
        checks.append(check(f"λ={level}: P(give in)", concede, float(profile[1][1]), 5.1e-5))
        checks.append(check(f"λ={level}: P(challenge)", challenge, float(profile[0][1]), 5.1e-5))
    perfect = backward_induction(tree).profiles[0]
    limit = agent_logit_equilibria(tree, largest=100.0).profiles[0]
    checks.append(
        check.agree("λ → ∞: subgame-perfect", [p[1] for p in perfect], [float(p[1]) for p in limit], 1e-6)
    )
    for level, value in ((0.5, 0.338648), (1.0, 0.226751), (2.0, 0.099788), (5.0, 0.006481)):
        checks.append(check(f"dilemma λ={level}", value, dilemma_by_iteration(5, 3, 1, 0, level), 5.1e-7))
    rng = np.random.default_rng(SEED)
    closed, solved = [], []
    for _ in range(6):
        quiet, won, lost, yields, fights = (float(x) for x in rng.normal(0, 1, 5))
        drawn = QuantalCrisis(status_quo=quiet, conceded=won, resisted=lost, give_in=yields, resist=fights)
        rationality = float(rng.uniform(0.1, 6))
        closed += list(crisis_probabilities(drawn, rationality))
        profile = agent_logit_equilibria(drawn.tree(), rationality=rationality).profiles[0]
        solved += [float(profile[1][1]), float(profile[0][1])]
    checks.append(check.agree("closed form, 6 random crises", closed, solved, 1e-9))
    closed, iterated = [], []
    for _ in range(6):
        s, p, r, t = sorted(float(x) for x in rng.uniform(0, 5, 4))
        rationality = float(rng.uniform(0.1, 2))
        closed.append(dilemma_cooperation(t, r, p, s, rationality))
        iterated.append(dilemma_by_iteration(t, r, p, s, rationality))
    checks.append(check.agree("dilemma, 6 random games", closed, iterated, 1e-9))
    return tuple(checks)


def ultimatum() -> tuple[Check, ...]:
    """AT-22: the target complies exactly if the threat is credible enough; subgame-perfect on the tree."""
    check = Checker("AT-22", "Schelling (1960); Fearon (1994)")
    rng = np.random.default_rng(SEED)
    types, same = 25, 0
    for _ in range(8):
        benefit, loss = float(rng.uniform(0.1, 1)), float(rng.uniform(0.2, 1.5))
        stakes, cost, largest = (float(rng.uniform(*ends)) for ends in ((-0.2, 0.5), (0, 0.5), (0.5, 1.5)))
        tree = audience_costs.ultimatum_tree(
            benefit, loss, stakes=stakes, audience_cost=cost, largest_cost=largest, types=types
        )
        answer = subgame_perfect_equilibria(tree).profiles[0][0]
        credible = audience_costs.credibility(stakes, cost, largest)
        close = abs(benefit - credible * loss) <= loss / types  # so few types cannot tell
        same += close or bool(answer[0] == 1) == audience_costs.complies(benefit, loss, credible)
    return (check("complies or violates, 8 random ultimatums agree", 8.0, float(same)),)
