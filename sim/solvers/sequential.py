r"""Sequential equilibria: strategies and beliefs that belong together.

A profile with beliefs is a *sequential equilibrium* (Kreps & Wilson 1982) if every mover's strategy is
optimal at every information set given its belief there, and the beliefs are consistent: limits of Bayes'
rule under vanishing trembles.  A *weak perfect Bayesian* equilibrium asks for Bayes' rule only where play
comes to.

Small signalling games are solved completely, mixed equilibria included (`sim.solvers.signalling_equilibria`).
For other trees all pure profiles are tried, and for those that some beliefs support, consistent beliefs are
searched (`sim.solvers.consistency`).
"""

from math import prod
from typing import Any

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.errors import ParameterError
from sim.games.behaviour import (
    Beliefs,
    behaviour_payoffs,
    continuation_values,
    offsets,
    realisation_weights,
    sequential_regrets,
    unflat,
)
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import Profile
from sim.games.signalling import SignallingGame, signalling_form
from sim.solvers.consistency import belief_error, consistent_beliefs, supporting_beliefs
from sim.solvers.signalling_equilibria import signalling_equilibria
from sim.solvers.solution import Completeness, Solution, Status

CHUNK = 4096


def sequential_equilibria(
    game: ExtensiveGame | SignallingGame, *, tol: float = 1e-9, max_profiles: int = 1_000_000
) -> Solution:
    """Return the sequential equilibria of a small game, with their beliefs.

    Parameters
    ----------
    game : ExtensiveGame or SignallingGame
    tol : float
        Gains smaller than this share of the payoff range are ignored.
    max_profiles : int
        Largest number of pure behaviour profiles that is tried.

    Returns
    -------
    Solution
        ``regrets``: the largest gain at any information set given the beliefs, those reached and those not.
        ``extra["beliefs"]``: per profile and information set the probabilities of its nodes.
        A signalling game of few types and messages: every equilibrium, ``complete`` proved; beliefs there are
        per message (see `signalling_equilibria`).
        Another tree: all *pure* ones for which trembles were found (``extra["trembles"]``, checked against
        Bayes' rule); ``extra["weak_only"]`` are the profiles that some beliefs support but for which no
        trembles were found.  Mixed ones are not searched, so ``complete`` is no.

    Raises
    ------
    ParameterError
        If there are more than `max_profiles` pure behaviour profiles.

    Notes
    -----
    Costs pure profiles × nodes, in chunks; then a search with small linear programmes for each survivor.

    Examples
    --------
    >>> from sim.games.signalling import beer_quiche
    >>> sequential_equilibria(beer_quiche().tree()).complete.value
    'proved'
    """
    if isinstance(game, SignallingGame):
        return signalling_equilibria(game)
    form = signalling_form(game)
    if form is not None and _is_small(form):
        return _on_tree(game, form)
    return _pure(game, tol, max_profiles)


def weak_candidates(game: ExtensiveGame, *, tol: float, max_profiles: int) -> FloatArray:
    """Return the flat pure profiles that pass at every information set, whatever the beliefs off the path.

    At a set that is reached the action must be optimal under Bayes' rule; at another one no action may be
    better at every node.  [profiles, actions]
    """
    counts = game.num_actions
    total = prod(counts)
    if total > max_profiles:
        raise ParameterError(
            f"the tree has {total} pure behaviour profiles, at most max_profiles = {max_profiles} are tried"
        )
    start = offsets(game)
    passed: list[FloatArray] = []
    for first in range(0, total, CHUNK):
        numbers = np.arange(first, min(first + CHUNK, total))
        choices = np.stack(np.unravel_index(numbers, counts), axis=-1)
        profiles = np.zeros((len(numbers), int(start[-1])))
        np.put_along_axis(profiles, choices + start[:-1], 1.0, axis=1)
        passed.append(profiles[_optimal(game, profiles, choices, tol)])
    return np.concatenate(passed)


def _optimal(game: ExtensiveGame, profiles: FloatArray, choices: Any, tol: float) -> BoolArray:
    weights = realisation_weights(game, profiles)
    values = continuation_values(game, profiles)
    good = np.ones(len(profiles), dtype=bool)
    for number, at in enumerate(game.information_sets):
        by_node = np.stack([values[:, list(game.children[k]), at.player] for k in at.nodes], axis=1)
        own = weights[:, list(at.nodes)]
        reached = own.sum(axis=1) > 0
        chosen = np.take_along_axis(by_node, choices[:, None, None, number], axis=2)
        gain = by_node - chosen  # [profiles, nodes, actions]
        belief = own / np.where(reached, own.sum(axis=1), 1.0)[:, None]
        on_path = np.einsum("pn,pna->pa", belief, gain).max(axis=1)
        off_path = gain.min(axis=1).max(axis=1)  # some action better at every node
        good &= np.where(reached, on_path, off_path) <= tol
    return np.asarray(good)


def _pure(game: ExtensiveGame, tol: float, max_profiles: int) -> Solution:
    allowed = tol * max(1.0, float(np.ptp(game.payoffs)))
    profiles: list[Profile] = []
    beliefs: list[Beliefs] = []
    trembles = []
    regrets: list[float] = []
    weak_only: list[Profile] = []
    for vector in weak_candidates(game, tol=allowed, max_profiles=max_profiles):
        profile = unflat(game, vector)
        found = consistent_beliefs(game, profile, tol=allowed)
        if found is not None and belief_error(game, profile, *found, epsilon=1e-7) < 1e-4:
            regret = float(np.nanmax(sequential_regrets(game, profile, found[0]), initial=0.0))
            if regret <= 10 * allowed:
                profiles.append(profile)
                beliefs.append(found[0])
                trembles.append(found[1])
                regrets.append(regret)
                continue
        if _is_weak(game, profile, allowed):
            weak_only.append(profile)
    return Solution(
        profiles=tuple(profiles),
        payoffs=sealed(np.reshape([behaviour_payoffs(game, p) for p in profiles], (-1, game.num_players))),
        regrets=sealed(regrets),
        concept="sequential",
        method="all pure profiles, beliefs from trembles",
        complete=Completeness.NO,
        status=Status.CONVERGED if profiles else Status.NO_EQUILIBRIUM_FOUND,
        extra={
            "beliefs": tuple(beliefs),
            "trembles": tuple(trembles),
            "weak_only": tuple(weak_only),
            "all_pure_found": not weak_only,
            "information_sets": tuple(at.label for at in game.information_sets),
        },
    )


def _is_weak(game: ExtensiveGame, profile: Profile, tol: float) -> bool:
    """Whether beliefs exist at each information set by itself."""
    return all(len(supporting_beliefs(game, profile, k, tol)) for k in range(len(game.information_sets)))


def _is_small(form: SignallingGame) -> bool:
    types, messages, responses = form.sender.shape
    patterns: int = (2**messages - 1) ** types * (2**responses - 1) ** messages
    return patterns <= 2_000


def _on_tree(game: ExtensiveGame, form: SignallingGame) -> Solution:
    """Return the equilibria of `form` with strategies in the order of the information sets of `game`."""
    from dataclasses import replace

    solution = signalling_equilibria(form)
    mine = form.tree()
    place = {}
    for k in range(len(game.nodes)):  # both trees list chance, types, messages in the same order
        if game.set_of[k] >= 0:
            place[int(game.set_of[k])] = int(mine.set_of[k])
    order = [place[number] for number in range(len(game.information_sets))]

    def moved(profile: Profile) -> Profile:
        return tuple(profile[k] for k in order)

    return replace(
        solution,
        profiles=tuple(moved(profile) for profile in solution.profiles),
        payoffs=sealed([behaviour_payoffs(game, moved(profile)) for profile in solution.profiles]),
        components=tuple(
            replace(part, extreme_points=tuple(moved(p) for p in part.extreme_points))
            for part in solution.components
        ),
        extra={**solution.extra, "information_sets": tuple(at.label for at in game.information_sets)},
    )
