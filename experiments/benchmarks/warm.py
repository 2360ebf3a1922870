"""What a treaty equilibrium costs from the central point's, against the cold path, in one run; and that both agree.

Points near the centre fill a twentieth of every prior's quantiles around the median, the others the whole priors.
"""

import time

import numpy as np

from sim.app.plan import load
from sim.engine.philox import epistemic_uniforms
from sim.games.treaty.compose import parameters_of, rules_of
from sim.games.treaty.graph import build_graph
from sim.games.treaty.numbers import build_games
from sim.solvers.treaty_logit import solve_centre, solve_treaty_logit

POINTS = 10
TARGETS = {"near": 0.1, "anywhere": None}
SHARES = {"near": 0.05, "anywhere": 1.0}


def rows():
    """Yield the rows of the table."""
    plan = load("inf_2019", [])
    scenario, options = plan.scenario, plan.solver
    given = {"rationality": options.rationality, "tol": options.tol, "max_steps": options.max_steps}
    for where, share in SHARES.items():
        drawn = epistemic_uniforms(plan.engine.seed, scenario.uncertain, POINTS + 1)
        uniforms = {path: 0.5 + share * (each - 0.5) for path, each in drawn.items()}
        for each in uniforms.values():
            each[0] = 0.5
        values = scenario.values(uniforms, POINTS + 1)
        games = build_games(build_graph(rules_of(scenario)[0]), parameters_of(scenario, values))
        centre = solve_centre(games, 0, **given)
        solve_treaty_logit(games, 0, **given, centre=centre)
        cold, warm, apart, alone = [], [], 0.0, 0
        for draw in range(1, POINTS + 1):
            begin = time.process_time()
            expected = solve_treaty_logit(games, draw, **given)
            middle = time.process_time()
            found = solve_treaty_logit(games, draw, **given, centre=centre)
            warm.append(time.process_time() - middle)
            cold.append(middle - begin)
            alone += found.joined == 0 < found.warm
            apart = max(
                apart,
                *(
                    float(np.abs(getattr(found, name) - getattr(expected, name)).max())
                    for name in ("values", "moves", "breach")
                ),
            )
        yield {
            "what": f"warm start of the treaty game, points {where}: share of the cold time",
            "value": float(np.median(np.array(warm) / np.array(cold))),
            "unit": "",
            "target": TARGETS[where],
            "better": "less",
            "note": f"{alone} of {POINTS} from the centre alone; largest difference {apart:.0e}; "
            f"cold {np.median(cold):.2g} s",
        }
