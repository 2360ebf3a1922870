r"""The reduced normal form of a tree, and the way back from mixed to behaviour strategies.

A *reduced* pure strategy says what a player does at the information sets that its own earlier choices leave
possible, and nothing elsewhere (written ``*``): strategies that differ only where they cannot matter are one.
By Kuhn's theorem every mixed strategy of a player with perfect recall equals some behaviour strategy: the
probability of an action at an information set is the mixed weight of the strategies that allow the set and
choose the action, divided by the weight of those that allow the set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.errors import ParameterError
from sim.games.extensive import Chance, ExtensiveGame
from sim.games.normal_form import NormalFormGame, Profile

MOST_STRATEGIES = 20_000
MOST_CELLS = 5_000_000


@dataclass(frozen=True, eq=False)
class ReducedForm:
    """A reduced normal form together with what its strategies say.

    Attributes
    ----------
    game : NormalFormGame
    tree : ExtensiveGame
    plans : per player an int array [strategies, information sets of the player]
        The action at each own information set, −1 where the strategy does not come there.
    own_sets : per player the numbers of its information sets
    """

    game: NormalFormGame
    tree: ExtensiveGame
    plans: tuple[IntArray, ...]
    own_sets: tuple[tuple[int, ...], ...]


def reduced_form(tree: ExtensiveGame) -> ReducedForm:
    """Return the reduced normal form of `tree`.

    Cost: product of the numbers of strategies × terminal nodes.

    Raises
    ------
    ParameterError
        If a player has more than 20,000 reduced strategies or the table more than 5,000,000 cells.

    Examples
    --------
    >>> from sim.games.extensive import Decision, Terminal
    >>> threat = Decision(1, "b", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    >>> form = reduced_form(ExtensiveGame(Decision(0, "a", [Terminal([0, 2]), threat], ["out", "in"])))
    >>> form.game.actions, form.game.payoffs[0].tolist()
    ((('out', 'in'), ('fight', 'yield')), [[0.0, 0.0], [-1.0, 1.0]])
    """
    own_sets = tuple(
        tuple(k for k, at in enumerate(tree.information_sets) if at.player == player)
        for player in range(tree.num_players)
    )
    plans = tuple(_plans(tree, sets, tree.players[player]) for player, sets in enumerate(own_sets))
    cells = prod(len(plan) for plan in plans)
    if cells > MOST_CELLS:
        raise ParameterError(
            f"the reduced normal form would have {cells} cells, at most {MOST_CELLS} are built"
        )
    ends = list(tree.terminals)
    chance = np.ones(len(ends))
    allowed = [np.ones((len(plan), len(ends))) for plan in plans]
    for column, end in enumerate(ends):
        for node, action in tree.path(end):
            at = tree.nodes[node]
            if isinstance(at, Chance):
                chance[column] *= at.probabilities[action]
                continue
            number = int(tree.set_of[node])
            player = tree.information_sets[number].player
            allowed[player][:, column] *= plans[player][:, own_sets[player].index(number)] == action
    payoffs = [_table(allowed, chance * tree.payoffs[ends, player]) for player in range(tree.num_players)]
    names = [
        ["/".join(_spell(tree, sets, plan)) or "-" for plan in player_plans]
        for sets, player_plans in zip(own_sets, plans, strict=True)
    ]
    unique = [own if len(set(own)) == len(own) else None for own in names]
    game = NormalFormGame(np.array(payoffs), tree.players, unique, tree.name)
    return ReducedForm(game, tree, plans, own_sets)


def behaviour_profile(form: ReducedForm, mixed: Sequence[Any]) -> tuple[Profile, tuple[int, ...]]:
    """Return the behaviour profile equivalent to `mixed`, and the information sets that it leaves open.

    A set that its own player's strategy never comes to is left open: there the uniform strategy is written,
    which changes nobody's payoff.
    """
    tree = form.tree
    strategies: list[FloatArray] = [sealed(np.full(n, 1 / n)) for n in tree.num_actions]
    undetermined = []
    for player, sets in enumerate(form.own_sets):
        weights = np.asarray(mixed[player], dtype=float)
        for column, number in enumerate(sets):
            count = tree.num_actions[number]
            plan = form.plans[player][:, column]
            by_action = np.array([weights[plan == action].sum() for action in range(count)])
            if by_action.sum() > 1e-12:
                strategies[number] = sealed(by_action / by_action.sum())
            else:
                undetermined.append(number)
    return tuple(strategies), tuple(undetermined)


def _plans(tree: ExtensiveGame, sets: Sequence[int], player: str) -> IntArray:
    """Return every reduced pure strategy, [strategies, own information sets]."""
    column = {number: k for k, number in enumerate(sets)}
    after: dict[tuple[int, int] | None, list[int]] = {}
    for number in sets:
        after.setdefault(tree.information_sets[number].previous, []).append(number)

    def choices(reached: Sequence[int]) -> list[dict[int, int]]:
        """All ways to play at the sets `reached` and at what follows them."""
        each = []
        for number in reached:
            options = []
            for action in range(tree.num_actions[number]):
                for rest in choices(after.get((number, action), [])):
                    options.append({number: action, **rest})
                    if len(options) > MOST_STRATEGIES:
                        raise ParameterError(_too_many(player))
            each.append(options)
        if prod(len(options) for options in each) > MOST_STRATEGIES:
            raise ParameterError(_too_many(player))
        merged = []
        for parts in product(*each):
            whole: dict[int, int] = {}
            for part in parts:
                whole.update(part)
            merged.append(whole)
        return merged

    listed = choices(after.get(None, []))
    plans = np.full((len(listed), len(sets)), -1, dtype=np.int64)
    for row, plan in enumerate(listed):
        for number, action in plan.items():
            plans[row, column[number]] = action
    return plans


def _too_many(player: str) -> str:
    return f"player {player!r} has more than {MOST_STRATEGIES} reduced strategies; solve on the tree instead"


def _table(allowed: Sequence[FloatArray], weights: FloatArray) -> FloatArray:
    """Return sum over terminal nodes of weights × what every player allows, [strategies of 0, of 1, …]."""
    table: Any = allowed[0] * weights
    for more in allowed[1:-1]:
        table = table[..., None, :] * more
    return np.asarray(table @ allowed[-1].T if len(allowed) > 1 else table.sum(axis=-1))


def _spell(tree: ExtensiveGame, sets: Sequence[int], plan: IntArray) -> list[str]:
    return [
        "*" if action < 0 else tree.information_sets[number].actions[action]
        for number, action in zip(sets, plan.tolist(), strict=True)
    ]
