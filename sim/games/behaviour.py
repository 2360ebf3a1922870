r"""Behaviour profiles on a tree: realisation weights, continuation values, beliefs, regrets.

For a behaviour profile :math:`b` the *realisation weight* of a node is the probability that play reaches
it; the *belief* at an information set that is reached is the weight of its nodes, normalised (Bayes' rule);
the *continuation value* of a node is the expected payoff once it is reached.  Two regrets certify two
notions:

* Nash: what a player gains by its best whole strategy against the others (`nash_regrets`, per player);
* sequential rationality: what the mover gains at an information set by its best action, given its belief
  there and the profile afterwards (`sequential_regrets`, per information set).  With consistent beliefs
  this one-shot check is enough (Hendon, Jacobsen & Sloth 1996, Games and Economic Behavior 12, 274-282).

The *flat* form of a profile is all its probabilities in one last axis, ``[..., actions]``; leading axes are
a batch of profiles, real or complex.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, finite, sealed
from sim.errors import ParameterError
from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal
from sim.games.normal_form import Profile

Beliefs = tuple[FloatArray | None, ...]


def offsets(game: ExtensiveGame) -> IntArray:
    """Return where each information set's actions begin in the flat form, [information sets + 1]."""
    return np.concatenate([[0], np.cumsum(game.num_actions)]).astype(np.int64)


def flat(profile: Sequence[Any]) -> FloatArray:
    """Return `profile` as one vector [actions of all information sets]."""
    return (
        np.concatenate([np.asarray(strategy, dtype=float) for strategy in profile])
        if len(profile)
        else np.zeros(0)
    )


def unflat(game: ExtensiveGame, vector: Any) -> Profile:
    """Return the behaviour profile whose flat form is `vector`."""
    values = np.asarray(vector, dtype=float)
    return tuple(sealed(values[a:b]) for a, b in pairwise(offsets(game)))


def check_behaviour(game: ExtensiveGame, profile: Sequence[Any]) -> Profile:
    """Return `profile` as sealed arrays; ParameterError unless each information set has probabilities.

    Examples
    --------
    >>> game = ExtensiveGame(Decision(0, "a", [Terminal([0.0]), Terminal([1.0])]))
    >>> check_behaviour(game, [[0.5, 0.6]])
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: information set 'a': the strategy must be probabilities summing to 1, got
    [0.5, 0.6]
    """
    if len(profile) != len(game.information_sets):
        raise ParameterError(
            f"a behaviour profile needs {len(game.information_sets)} strategies, one per information set, "
            f"got {len(profile)}"
        )
    checked = []
    for strategy, at in zip(profile, game.information_sets, strict=True):
        probabilities = finite(strategy, f"information set {at.label!r}: the strategy")
        if probabilities.shape != (len(at.actions),):
            raise ParameterError(
                f"information set {at.label!r} has {len(at.actions)} actions, got shape {probabilities.shape}"
            )
        if (probabilities < 0).any() or abs(probabilities.sum() - 1) > 1e-9:
            raise ParameterError(
                f"information set {at.label!r}: the strategy must be probabilities summing to 1, "
                f"got {probabilities.tolist()}"
            )
        checked.append(probabilities)
    return tuple(checked)


def realisation_weights(game: ExtensiveGame, behaviour: Any) -> Any:
    """Return the probability that play reaches each node, ``[..., nodes]``, for flat profiles."""
    behaviour = np.asarray(behaviour)
    start = offsets(game)
    weights = np.ones(
        (len(game.nodes), *behaviour.shape[:-1]), dtype=behaviour.dtype if behaviour.size else float
    )
    for k in range(1, len(game.nodes)):
        parent, branch = game.parents[k], game.branches[k]
        above = game.nodes[parent]
        if isinstance(above, Chance):
            weights[k] = weights[parent] * above.probabilities[branch]
        else:
            weights[k] = weights[parent] * behaviour[..., start[game.set_of[parent]] + branch]
    return np.moveaxis(weights, 0, -1)


def continuation_values(game: ExtensiveGame, behaviour: Any) -> Any:
    """Return the expected payoffs once each node is reached, ``[..., nodes, players]``."""
    behaviour = np.asarray(behaviour)
    start = offsets(game)
    kind = behaviour.dtype if behaviour.size else np.dtype(float)
    values = np.zeros((len(game.nodes), *behaviour.shape[:-1], game.num_players), dtype=kind)
    for k in range(len(game.nodes) - 1, -1, -1):
        node = game.nodes[k]
        if isinstance(node, Terminal):
            values[k] = node.payoffs
        elif isinstance(node, Chance):
            for child, probability in zip(game.children[k], node.probabilities, strict=True):
                values[k] += probability * values[child]
        else:
            for action, child in enumerate(game.children[k]):
                values[k] += behaviour[..., start[game.set_of[k]] + action, None] * values[child]
    return np.moveaxis(values, 0, -2)


def behaviour_payoffs(game: ExtensiveGame, profile: Sequence[Any]) -> FloatArray:
    """Return each player's expected payoff under `profile`, [players]."""
    return np.asarray(continuation_values(game, flat(profile))[0], dtype=float)


def bayes_beliefs(game: ExtensiveGame, profile: Sequence[Any]) -> Beliefs:
    """Return the probabilities of each information set's nodes by Bayes' rule, None where not reached."""
    weights = realisation_weights(game, flat(profile))
    beliefs: list[FloatArray | None] = []
    for at in game.information_sets:
        own = weights[list(at.nodes)]
        beliefs.append(sealed(own / own.sum()) if own.sum() > 0 else None)
    return tuple(beliefs)


def action_values(
    game: ExtensiveGame, profile: Sequence[Any], beliefs: Beliefs
) -> tuple[FloatArray | None, ...]:
    """Return the mover's expected payoff of each action at each information set, None without a belief."""
    values = continuation_values(game, flat(profile))
    result: list[FloatArray | None] = []
    for at, belief in zip(game.information_sets, beliefs, strict=True):
        if belief is None:
            result.append(None)
            continue
        by_node = np.array([values[list(game.children[k]), at.player] for k in at.nodes])
        result.append(np.asarray(belief) @ by_node)
    return tuple(result)


def sequential_regrets(
    game: ExtensiveGame, profile: Sequence[Any], beliefs: Beliefs | None = None
) -> FloatArray:
    """Return what the mover would gain at each information set by its best action, [information sets].

    NaN where `beliefs` says nothing.  Without `beliefs` those of Bayes' rule are taken.
    """
    beliefs = bayes_beliefs(game, profile) if beliefs is None else beliefs
    regrets = [
        np.nan if values is None else values.max() - values @ np.asarray(strategy, dtype=float)
        for values, strategy in zip(action_values(game, profile, beliefs), profile, strict=True)
    ]
    return np.array(regrets, dtype=float)


def nash_regrets(game: ExtensiveGame, profile: Sequence[Any], root: int = 0) -> FloatArray:
    """Return what each player gains by its best strategy in the subgame at `root`, [players].

    Exact under perfect recall: the player's information sets are solved from the last to the first, each node
    weighted by the probability with which chance and the others reach it.  Cost: players × nodes.

    Examples
    --------
    >>> threat = Decision(1, "after entry", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    >>> game = ExtensiveGame(Decision(0, "entry", [Terminal([0, 2]), threat], ["out", "in"]))
    >>> fight = ([1, 0], [1, 0])  # the empty threat: Nash, but not in the subgame
    >>> nash_regrets(game, fight).tolist(), nash_regrets(game, fight, root=2).tolist()
    ([0.0, 0.0], [0.0, 2.0])
    """
    values = continuation_values(game, flat(profile))[root]
    return np.array(
        [_best_payoff(game, profile, player, root) - values[player] for player in range(game.num_players)]
    )


def _best_payoff(game: ExtensiveGame, profile: Sequence[Any], player: int, root: int) -> float:
    others = np.zeros(len(game.nodes))  # weight by chance and the other players
    others[root] = 1.0
    for k in range(root + 1, int(game.ends[root])):
        parent, branch = int(game.parents[k]), int(game.branches[k])
        above = game.nodes[parent]
        if isinstance(above, Chance):
            share = above.probabilities[branch]
        elif isinstance(above, Decision) and above.player != player:
            share = float(np.asarray(profile[game.set_of[parent]])[branch])
        else:
            share = 1.0
        others[k] = others[parent] * share
    chosen: dict[int, int] = {}
    done = np.zeros(
        len(game.nodes)
    )  # weighted best payoff below a node, once its information sets are decided

    def below(node: int) -> float:
        """Weighted value of `node`; the player's information sets in it have been decided."""
        total, stack = 0.0, [node]
        while stack:
            k = stack.pop()
            here = game.nodes[k]
            if isinstance(here, Terminal):
                total += others[k] * here.payoffs[player]
            elif isinstance(here, Decision) and here.player == player and game.set_of[k] in chosen:
                total += done[k]
            else:
                stack.extend(game.children[k])
        return float(total)

    def depth(number: int) -> int:
        steps, before = 0, game.information_sets[number].previous
        while before is not None:
            steps, before = steps + 1, game.information_sets[before[0]].previous
        return steps

    own = [
        number
        for number, at in enumerate(game.information_sets)
        if at.player == player and root <= at.nodes[0] < game.ends[root]
    ]
    for number in sorted(
        own, key=depth, reverse=True
    ):  # perfect recall: later own moves have more own moves before
        at = game.information_sets[number]
        by_action = [
            sum(below(game.children[k][action]) for k in at.nodes) for action in range(len(at.actions))
        ]
        best = int(np.argmax(by_action))
        for k in at.nodes:
            done[k] = below(game.children[k][best])
        chosen[number] = best
    return below(root)
