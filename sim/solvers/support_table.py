"""The profiles of supports of a game, and what belongs to them, from the numbers of actions alone."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.errors import ParameterError

LARGEST_JOINT = 62  # joint actions of the others must fit the bits of a word
LARGEST_ENUMERATION = 400_000  # profiles of supports


@dataclass(frozen=True, eq=False, kw_only=True)
class SupportTable:
    """What depends on the numbers of actions only.

    Attributes
    ----------
    members : int array [profiles of supports, players]
        A bit mask of actions per player, small supports first.
    supports : int array [profiles of supports, players, widest]
        The actions of each support in order, -1 beyond the last.
    sizes : int array [profiles of supports, players]
        How many there are.
    roles : int array [profiles of supports, 3]
        Of three who mix, one of them between two actions: that player, then the others, the larger support
        first. -1 where there are none such, or where the larger has two more than the smaller.
    rivals : int array [profiles of supports, players]
        Row of `rival_masks` that holds the others' supports.
    rival_masks : int array [players, combinations]
        The others' joint actions within their supports, as bits.
    rival_counts : int array [players]
        Number of combinations.
    bases : int array [players, joint actions of the others]
        Flat joint action with the player's own action 0.
    strides : int array [players]
        What one own action adds to it.
    """

    members: IntArray
    supports: IntArray
    sizes: IntArray
    roles: IntArray
    rivals: IntArray
    rival_masks: IntArray
    rival_counts: IntArray
    bases: IntArray
    strides: IntArray
    num_actions: IntArray


def check_searchable(num_actions: tuple[int, ...]) -> None:
    """Raise ParameterError unless games with these numbers of actions are small enough to search."""
    others = max(prod(num_actions) // count for count in num_actions)
    supports = prod(2**count - 1 for count in num_actions)
    if others > LARGEST_JOINT or supports > LARGEST_ENUMERATION:
        raise ParameterError(
            f"mixed equilibria of {len(num_actions)} players are searched up to {LARGEST_JOINT} "
            f"joint actions of the others and {LARGEST_ENUMERATION} profiles of supports, "
            f"got {others} and {supports}"
        )


@lru_cache(maxsize=16)
def support_table(num_actions: tuple[int, ...]) -> SupportTable:
    """Return the support profiles that may carry a regular equilibrium, small ones first."""
    check_searchable(num_actions)
    players = len(num_actions)
    profiles = [
        masks
        for masks in product(*(range(1, 1 << count) for count in num_actions))
        if _may_be_regular([mask.bit_count() - 1 for mask in masks])
    ]
    profiles.sort(key=lambda masks: (sum(mask.bit_count() for mask in masks), masks))
    supports = np.full((len(profiles), players, max(num_actions)), -1)
    for row, masks in enumerate(profiles):
        for i, mask in enumerate(masks):
            actions = [a for a in range(num_actions[i]) if mask >> a & 1]
            supports[row, i, : len(actions)] = actions
    sizes = (supports >= 0).sum(axis=2)
    strides = [prod(num_actions[i + 1 :]) for i in range(players)]
    bases = np.zeros((players, max(prod(num_actions) // count for count in num_actions)), dtype=np.int64)
    rivals = np.zeros((len(profiles), players), dtype=np.int64)
    rival_masks = []
    for i in range(players):
        others = [j for j in range(players) if j != i]
        joints = list(product(*(range(num_actions[j]) for j in others)))
        bases[i, : len(joints)] = [
            sum(a * strides[j] for a, j in zip(joint, others, strict=True)) for joint in joints
        ]
        seen: dict[tuple[int, ...], int] = {}
        masks_of_player = []
        for row, masks in enumerate(profiles):
            key = tuple(masks[j] for j in others)
            if key not in seen:
                seen[key] = len(seen)
                masks_of_player.append(
                    sum(
                        1 << position
                        for position, joint in enumerate(joints)
                        if all(mask >> a & 1 for mask, a in zip(key, joint, strict=True))
                    )
                )
            rivals[row, i] = seen[key]
        rival_masks.append(masks_of_player)
    table = np.zeros((players, max(map(len, rival_masks))), dtype=np.int64)
    for i, masks_of_player in enumerate(rival_masks):
        table[i, : len(masks_of_player)] = masks_of_player
    return SupportTable(
        members=sealed(profiles, np.int64),
        supports=sealed(supports, np.int64),
        sizes=sealed(sizes, np.int64),
        roles=sealed([_roles(row) for row in sizes.tolist()], np.int64),
        rivals=sealed(rivals, np.int64),
        rival_masks=sealed(table, np.int64),
        rival_counts=sealed([len(masks_of_player) for masks_of_player in rival_masks], np.int64),
        bases=sealed(bases, np.int64),
        strides=sealed(strides, np.int64),
        num_actions=sealed(num_actions, np.int64),
    )


@lru_cache(maxsize=16)
def starting_points(count: int, num_actions: tuple[int, ...]) -> FloatArray:
    """Return positive weights [starts, players, actions]: equal ones, then a fixed random sample."""
    rng = np.random.default_rng(20190802)
    weights = rng.exponential(size=(count, len(num_actions), max(num_actions)))
    weights[0] = 1.0
    return sealed(weights)


def _may_be_regular(spare: list[int]) -> bool:
    return 2 * max(spare) <= sum(spare)


def _roles(sizes: list[int]) -> tuple[int, int, int]:
    """Return the last player with two actions and the other two who mix, the larger support first; -1 if unfit."""
    pivot = max((i for i, size in enumerate(sizes) if size == 2), default=-1)
    others = [i for i, size in enumerate(sizes) if size > 1 and i != pivot]
    if pivot < 0 or len(others) != 2 or abs(sizes[others[0]] - sizes[others[1]]) > 1:
        return -1, -1, -1
    a, b = others if sizes[others[0]] >= sizes[others[1]] else reversed(others)
    return pivot, a, b
