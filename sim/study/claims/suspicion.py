"""Claim 4, second half: openness ignored is evidence about the type of the one who ignores it.

By Bayes' rule at the state in which Russia's offer is pending: with prior π of a pretext-seeker and probabilities
``P(answer | type)`` from the strategies solved for each type, trembles included, the belief after an answer is

    π P(answer | pretext) / (π P(answer | pretext) + (1 - π) P(answer | treaty)).

It is measured on the model with types, one draw after another, and is no part of the catalogue of claims without types.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.engine.beliefs import log_likelihoods
from sim.errors import ParameterError
from sim.games.treaty.moves import Move
from sim.games.treaty.rules import PARTY_0, PARTY_1
from sim.games.treaty.situation import OPENNESS
from sim.study.cast import Cast
from sim.study.claims.claim import Claim, share_error

CLAIM = Claim(
    number=4,
    sentence="Openness that is ignored raises the belief that the one who ignores it seeks a pretext.",
    profile="equilibrium without types, and each type's logit best reply to it",
    start="inf_2019, with Russia's openness pending",
    horizon="one answer",
    outcome="belief in the second type of the United States",
    effect="the belief after declining is above the prior, that after accepting below it",
    counterfactual="a second type with the weights of the first, of which nothing can be learnt",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Suspicion:
    """Beliefs in the second type of the first party around one offer, [D] each."""

    prior: FloatArray
    declined: FloatArray
    accepted: FloatArray

    @property
    def holds(self) -> BoolArray:
        """Whether declining raises the belief and accepting lowers it, [D]."""
        return np.asarray((self.declined > self.prior + 1e-9) & (self.accepted < self.prior - 1e-9))

    @property
    def share(self) -> tuple[float, float]:
        """Share of draws in which the claim holds, and its standard error."""
        return float(self.holds.mean()), share_error(int(self.holds.sum()), len(self.holds))


def suspicion(cast: Cast, tremble: float) -> Suspicion:
    """Return the beliefs before and after the first party answers the second's offer to show its missile.

    The offer is pending in an otherwise unchanged start.

    Raises
    ------
    ParameterError
        If the first party has no secret, or the offer cannot be pending.
    """
    graph = cast.games[0].graph
    conjecture = cast.conjectured[PARTY_0]
    if not conjecture:
        raise ParameterError("types must give the first party a secret for its answers to be evidence")
    m, x = graph.start
    wanted = graph.situations[m]._replace(agenda=OPENNESS[PARTY_1])
    if wanted not in graph.situations:
        raise ParameterError("the second party cannot open up at the start of this scenario")
    pending = graph.situations.index(wanted)
    state = pending * graph.num_environments + x
    menu = graph.legal[pending, PARTY_0].tolist()
    priors = cast.space.priors[PARTY_0]
    beliefs = np.zeros((2, len(priors)))
    for draw, prior in enumerate(priors):
        said = log_likelihoods(cast.games[0], draw, PARTY_0, conjecture, tremble)
        for k, answer in enumerate((Move.DECLINE, Move.ACCEPT)):
            likely = prior * np.exp([moves[0, state, menu.index(answer)] for moves in said.moves])
            beliefs[k, draw] = likely[1] / likely.sum()
    return Suspicion(prior=sealed(priors[:, 1]), declined=sealed(beliefs[0]), accepted=sealed(beliefs[1]))


__all__ = ["CLAIM", "Suspicion", "suspicion"]
