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
