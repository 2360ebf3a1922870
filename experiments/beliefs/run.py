"""What is learnt from an ignored display: python experiments/beliefs/run.py [draws]."""

import os

from sim.app.experiment import given
from sim.app.plan import load
from sim.games.treaty.type_space import type_space
from sim.study.casting import Casting
from sim.study.claims.suspicion import suspicion
from sim.study.draws import games_of, values_of
from sim.study.profiles import build_profile

SEED, DRAWS = 20190802, 16


def silent(label, share):
    del label, share


def measured(draws, *overrides):
    plan = load("inf_2019", ["types=accusations", *overrides])
    scenario, names = plan.scenario, tuple(plan.strategies.values())
    values, games = values_of(scenario, draws, SEED), games_of(scenario, draws, SEED)
    solved = {}
    how = {"workers": os.cpu_count() or 1, "progress": silent}
    profile, _ = build_profile(games, names, plan.automata, plan.solver, solved=solved, **how)
    casting = Casting(
        games=games,
        space=type_space(scenario, values),
        values=values,
        names=names,
        actors=scenario.actor_names,
        automata=plan.automata,
        options=plan.solver,
        beliefs=scenario.beliefs,
        solved=solved,
        **how,
    )
    return suspicion(casting.cast(profile), scenario.beliefs.tremble)


def main(draws):
    alike = [
        f"types.usa.pretext.scale.{term}=1"
        for term in ("predictability", "own_forces", "own_forces_outsider")
    ]
    alike += [f"types.usa.pretext.scale.{term}=1" for term in ("blame", "cohesion")]
    for title, overrides in (("as configured", []), ("counterfactual: types alike", alike)):
        found = measured(draws, *overrides)
        share, error = found.share
        print(
            f"{title}: holds in {share:.2f} ± {error:.2f} of {draws} draws; belief in a pretext "
            f"{found.prior.mean():.3f} before, {found.declined.mean():.3f} after declining "
            f"({found.declined.min():.2f} to {found.declined.max():.2f}), {found.accepted.mean():.3f} after accepting"
        )


if __name__ == "__main__":
    main(*given(DRAWS))
