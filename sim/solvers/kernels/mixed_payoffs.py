"""Payoffs against mixed strategies, for games with payoffs given flat, ``payoffs[player, joint action]``.

A profile is one row of strategies, one player after the other; those of player i start at ``offsets[i]``.
The joint action in which player i plays a and the others their q-th joint action is ``bases[i, q] + a
strides[i]``.
"""

import numpy as np

from sim.arrays import FloatArray, IntArray
from sim.compiled import part


@part
def action_payoffs(
    payoffs: FloatArray,
    player: int,
    strategy: FloatArray,
    offsets: IntArray,
    num_actions: IntArray,
    bases: IntArray,
    strides: IntArray,
    result: FloatArray,
) -> None:
    """Fill `result` with the payoff of each action of `player` against the others' strategies."""
    players, joint = payoffs.shape
    for a in range(num_actions[player]):
        result[a] = 0.0
    for q in range(joint // num_actions[player]):
        base = bases[player, q]
        weight = 1.0
        for j in range(players):
            if j != player:
                weight *= strategy[offsets[j] + base // strides[j] % num_actions[j]]
        if weight != 0.0:
            for a in range(num_actions[player]):
                result[a] += weight * payoffs[player, base + a * strides[player]]


@part
def slack_outside(
    scaled: FloatArray,
    strategy: FloatArray,
    offsets: IntArray,
    num_actions: IntArray,
    bases: IntArray,
    strides: IntArray,
    masks: IntArray,
    work: FloatArray,
) -> float:
    """Return by how much the supports' actions beat the best action outside them, least over players."""
    slack = np.inf
    for i in range(len(num_actions)):
        action_payoffs(scaled, i, strategy, offsets, num_actions, bases, strides, work)
        inside = -np.inf
        outside = -np.inf
        for a in range(num_actions[i]):
            if masks[i] >> a & 1:
                inside = max(inside, work[a])
            else:
                outside = max(outside, work[a])
        slack = min(slack, inside - outside)
    return slack


@part
def payoffs_and_regret(
    payoffs: FloatArray,
    strategy: FloatArray,
    offsets: IntArray,
    num_actions: IntArray,
    bases: IntArray,
    strides: IntArray,
    values: FloatArray,
    regrets: FloatArray,
    row: int,
    work: FloatArray,
) -> None:
    """Store all payoffs and the largest regret at the profile `strategy`."""
    largest = 0.0
    for i in range(len(num_actions)):
        action_payoffs(payoffs, i, strategy, offsets, num_actions, bases, strides, work)
        best = -np.inf
        value = 0.0
        for a in range(num_actions[i]):
            best = max(best, work[a])
            value += strategy[offsets[i] + a] * work[a]
        values[row, i] = value
        largest = max(largest, best - value)
    regrets[row] = largest
