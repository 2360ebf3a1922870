"""A scenario made ready to be played, and automata that leave no branch of the game unused."""

from dataclasses import dataclass, replace
from functools import cache

import pytest

from sim.app.plan import load
from sim.engine.exact import ExactOutcomes, exact_outcomes
from sim.engine.monte_carlo import Plan
from sim.engine.quantised import quantised
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.study.draws import games_of
from sim.study.play_plan import plan_of
from sim.study.profiles import build_profile

RESTLESS_PARTY = {
    "states": {
        "calm": {
            "course": 0.2,
            "moves": [
                {"move": "accept", "probability": 0.6},
                {"move": "rescind", "probability": 0.4},
                {"move": "open_up", "probability": 0.4},
                {"move": "withdraw", "probability": 0.03},
                {"move": "withdraw", "probability": 0.1, "when": {"toxic": True}},
                {"move": "press", "probability": 0.5, "when": {"near": True}},
                {"move": "press", "probability": 0.1},
                {"move": "invite", "probability": 0.2},
                {"move": "offer", "probability": 0.3},
                {"move": "restrain", "probability": 0.3},
                {"move": "deploy_asia", "probability": 0.1},
            ],
        },
        "angry": {
            "course": 0.7,
            "moves": [
                {"move": "accept", "probability": 0.2},
                {"move": "rescind", "probability": 0.1},
                {"move": "withdraw", "probability": 0.3, "when": {"near": True}},
                {"move": "withdraw", "probability": 0.1},
                {"move": "suspend", "probability": 0.3},
                {"move": "sanction", "probability": 0.3},
                {"move": "press", "probability": 0.4},
                {"move": "deploy_europe", "probability": 0.4},
                {"move": "deploy_asia", "probability": 0.3},
            ],
        },
    },
    "transitions": [
        {"from": "any", "to": "angry", "on": ["alarm_other", "exit_other", "press_other", "decline"]},
        {"from": "any", "to": "calm", "on": ["accept", "open_other", "rescind", "restored"]},
    ],
}
RESTLESS_ALLY = {
    "states": {
        "waiting": {
            "moves": [
                {"move": "mediate", "probability": 0.4},
                {"move": "back", "probability": 0.4},
                {"move": "host", "probability": 0.5},
                {"move": "refuse", "probability": 0.2},
            ]
        }
    }
}
RESTLESS_OUTSIDER = {
    "states": {
        "holding": {"moves": [{"move": "build", "probability": 0.3}, {"move": "join", "probability": 0.5}]},
        "building": {"moves": [{"move": "build", "probability": 0.9}]},
    },
    "transitions": [{"from": "holding", "to": "building", "on": ["exit"]}],
}
STEPS = [f"period_{k}" for k in range(13)]
COUNTING_PARTY = {
    "states": {
        **{step: {"moves": ["accept"]} for step in STEPS[:6]},
        **{
            step: {
                "course": 0.5,
                "moves": [
                    {"move": "withdraw", "probability": 0.4},
                    {"move": "rescind", "probability": 0.3},
                    "accept",
                ],
            }
            for step in STEPS[6:]
        },
    },
    "transitions": [
        {"from": now, "to": then, "on": "otherwise"}
        for now, then in zip(STEPS, [*STEPS[1:], STEPS[0]], strict=True)
    ],
}
"""Keeps the treaty for six periods out of thirteen, by its own calendar; leaves, or comes back, in the others."""

OWN_AUTOMATA = {
    "restless_party": RESTLESS_PARTY,
    "restless_ally": RESTLESS_ALLY,
    "restless_outsider": RESTLESS_OUTSIDER,
    "counting_party": COUNTING_PARTY,
}
RESTLESS = ("restless_party", "restless_party", "restless_ally", "restless_outsider")


@dataclass(frozen=True, kw_only=True)
class Play:
    """A scenario's games, the profile played in them, and the plan to play it."""

    actors: tuple[str, ...]
    months: float
    games: TreatyGames
    profile: TreatyProfile
    plan: Plan

    def exact(self) -> tuple[ExactOutcomes, ...]:
        """Exact outcomes of every draw."""
        return tuple(
            exact_outcomes(self.games, draw, self.profile, self.plan.periods, actors=self.actors)
            for draw in range(self.games.num_draws)
        )

    def with_seed(self, seed: int) -> "Play":
        """The same games and profile under other dice."""
        return replace(self, plan=replace(self.plan, seed=seed))


@pytest.fixture(scope="session")
def play_of():
    """A function from a scenario, strategies by role and overrides to a `Play`."""

    @cache
    def make(scenario, strategies=RESTLESS, overrides=(), draws=4, horizon_months=84):
        plan = load(
            scenario, [f"engine.draws={draws}", f"engine.horizon_months={horizon_months}", *overrides]
        )
        games = games_of(plan.scenario, draws, plan.engine.seed)
        automata = {name: plan.automata[name] for name in plan.automata} | OWN_AUTOMATA
        profile, _ = build_profile(
            games, strategies, automata, plan.solver, workers=1, progress=lambda label, share: None
        )
        profile = quantised(profile)
        return Play(
            actors=plan.scenario.actor_names,
            months=plan.scenario.treaty.period_months,
            games=games,
            profile=profile,
            plan=plan_of(plan.scenario, games, profile, plan.engine),
        )

    return make
