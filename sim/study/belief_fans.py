"""What is believed along kept plays: the belief in each type by month, apart for plays in which it is true or not."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.engine.belief_kernel import FIRST_DOUBT
from sim.engine.beliefs import belief_paths, log_likelihoods, probabilities
from sim.engine.monte_carlo import Recording
from sim.engine.play_history import MEMORY
from sim.games.treaty.rules import PARTIES
from sim.model.types import BeliefOptions
from sim.study.cast import Cast

QUANTILES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefFan:
    """The belief that an actor is of the type `believed`, over the plays in which its type is `true`.

    `paths` [T + 1, quantiles], `mean` [T + 1]; `plays` is how many there are.
    """

    actor: str
    believed: str
    true: str
    paths: FloatArray
    mean: FloatArray
    plays: int


@dataclass(frozen=True, eq=False, kw_only=True)
class BeliefResult:
    """Beliefs over the kept plays of a run.

    Attributes
    ----------
    months [T + 1], quantiles : where the fans' paths stand
    fans : every believed type but an actor's first, by every true type that occurs
    paths : actor -> belief in each of its types, [plays, T + 1, types]
    """

    months: FloatArray
    quantiles: FloatArray
    fans: tuple[BeliefFan, ...]
    paths: dict[str, FloatArray]


def beliefs_of(
    cast: Cast,
    recording: Recording,
    combination: IntArray,
    options: BeliefOptions,
    *,
    actors: tuple[str, ...],
    period_months: float,
) -> BeliefResult | None:
    """Return what is believed along the recorded plays, None if nobody has a secret or no play was kept.

    Parameters
    ----------
    combination [plays] : number of the combination of types of each play
    """
    believed = [party for party in PARTIES if cast.conjectured[party]]
    if not believed or not len(combination):
        return None
    fans: list[BeliefFan] = []
    paths: dict[str, FloatArray] = {}
    types = np.array(cast.space.combinations)[combination]
    for party in believed:
        actor, names = actors[party], cast.space.names[party]
        beliefs = paths[actor] = _along(cast, recording, party, options)
        for number, name in enumerate(names[1:], 1):
            for true, true_name in enumerate(names):
                chosen = beliefs[types[:, party] == true, :, number]
                if len(chosen):
                    quantiles = np.quantile(chosen, QUANTILES, axis=0).T
                    fan = BeliefFan(
                        actor=actor,
                        believed=name,
                        true=true_name,
                        paths=quantiles,
                        mean=chosen.mean(axis=0),
                        plays=len(chosen),
                    )
                    fans.append(fan)
    months = period_months * np.arange(float(recording.states.shape[1]))
    return BeliefResult(months=months, quantiles=QUANTILES, fans=tuple(fans), paths=paths)


def _along(cast: Cast, recording: Recording, party: int, options: BeliefOptions) -> FloatArray:
    """Return the belief in each type of `party` along each play, [plays, T + 1, types]."""
    games, graph = cast.games[0], cast.games[0].graph  # signals are the same for all types
    plays, times = recording.states.shape[:2]
    if cast.laws:  # beliefs were part of the plays
        doubts = recording.states[..., MEMORY + FIRST_DOUBT + party]
        second = np.stack([law.probability(party) for law in cast.laws])[recording.draws[:, None], doubts]
        return np.stack([1 - second, second], axis=-1)
    beliefs = np.zeros((plays, times, len(cast.conjectured[party])))
    for draw in np.unique(recording.draws):
        these = recording.draws == draw
        increments = log_likelihoods(games, int(draw), party, cast.conjectured[party], options.tremble)
        odds = belief_paths(
            graph,
            increments,
            cast.space.priors[party][draw],
            recording.states[these],
            recording.acts[these],
            options,
        )
        beliefs[these] = probabilities(odds, options)
    return beliefs


__all__ = ["QUANTILES", "BeliefFan", "BeliefResult", "beliefs_of"]
