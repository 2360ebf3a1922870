"""Which types a play has: one random word per party and play, reserved for nothing else.

The word stands at the address of the party's stream in period 0, lane ``type``, so that types are independent of
all other dice, and changing a prior moves as few plays as possible from one type to another.
"""

from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, sealed
from sim.engine.philox import key_of_seed, philox4x32
from sim.engine.registry import TYPE_LANE, stream_of
from sim.engine.tables import ONE
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.type_space import TypeSpace

_WORDS: Any = philox4x32


def drawn_types(
    space: TypeSpace,
    parties: tuple[str, str],
    seed: int,
    replications: int,
    addresses: tuple[int, ...] | None = None,
) -> IntArray:
    """Return the number of the combination of types of each play, [D, replications].

    Parameters
    ----------
    parties : names of the two parties, which say where their words are found
    addresses : draw numbers under which the draws find their dice, by default 0, 1, 2 …
    """
    draws = len(space.priors[0])
    numbers = np.zeros((draws, replications), np.int64)
    at = np.arange(draws) if addresses is None else np.array(addresses)
    for party in PARTIES:
        thresholds = whole_shares(space.priors[party])
        words = type_words(parties[party], seed, at, replications)
        chosen = (words[:, :, None] >= thresholds[:, None, :-1]).sum(axis=-1)
        numbers = numbers * thresholds.shape[1] + chosen
    return sealed(numbers, np.int64)


def type_words(party: str, seed: int, draws: IntArray, replications: int) -> IntArray:
    """Return the word that decides a party's type in each play, [len(draws), replications], out of ``ONE``."""
    k0, k1 = key_of_seed(seed)
    c0 = np.arange(replications, dtype=np.uint64)[None, :]
    c1 = np.asarray(draws, np.uint64)[:, None]
    zero = np.zeros((len(draws), replications), np.uint64)
    words = _WORDS.py_func(c0 + zero, c1 + zero, zero, zero + np.uint64(stream_of(party)), k0, k1)
    return np.asarray(words[TYPE_LANE] >> np.uint64(1), np.int64)


def whole_shares(priors: FloatArray) -> IntArray:
    """Return cumulative priors [D, K] as whole numbers out of ``ONE``, the last of which is ``ONE``.

    Examples
    --------
    >>> (whole_shares(np.array([[0.25, 0.75]])) / ONE).tolist()
    [[0.25, 1.0]]
    """
    cumulative = np.rint(np.clip(np.cumsum(priors, axis=1), 0.0, 1.0) * ONE).astype(np.int64)
    cumulative[:, -1] = ONE
    return cumulative


def whole_weights(space: TypeSpace) -> FloatArray:
    """Return the probability of each combination in whole units of the words that draw it, [D, C]."""
    shares = [np.diff(whole_shares(priors), axis=1, prepend=0) / ONE for priors in space.priors]
    return sealed((shares[0][:, :, None] * shares[1][:, None, :]).reshape(len(shares[0]), -1))


__all__ = ["drawn_types", "type_words", "whole_shares", "whole_weights"]
