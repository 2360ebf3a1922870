"""Counter-based random numbers: Philox 4x32-10, addressed and never stepped.

A number is a pure function of its address, so chunking, threads and order cannot change it, any replication can be
replayed alone, and scenarios share their dice because no address contains the scenario.

Source: Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.arrays import FloatArray
from sim.compiled import inlined

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)

EPISTEMIC = 0xE715_7E31
"""Marks the address of a parameter draw; periods stay far below it."""


@inlined  # never from the cache: what is loaded from there is called, not inlined, and plays take twice as long
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words at counter ``(c0, c1, c2, c3)`` under key ``(k0, k1)``, all as uint64."""
    for _ in range(10):
        product0 = _M0 * c0
        product1 = _M1 * c2
        c0 = (product1 >> _HALF) ^ c1 ^ k0
        c2 = (product0 >> _HALF) ^ c3 ^ k1
        c1 = product1 & _MASK
        c3 = product0 & _MASK
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


_on_arrays: Any = getattr(philox4x32, "py_func", philox4x32)


def key_of_seed(seed: int) -> tuple[np.uint64, np.uint64]:
    """Return the Philox key of a master seed: the first 64 bits of its SHA-256.

    Neighbouring seeds get unrelated keys.
    """
    digest = hashlib.sha256(f"treaty-sim seed {seed}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:4], "little")), np.uint64(int.from_bytes(digest[4:8], "little"))


def id_of_name(name: str) -> int:
    """Return the 32-bit id of a parameter's name."""
    return int.from_bytes(hashlib.sha256(f"treaty-sim name {name}".encode()).digest()[:4], "little")


def epistemic_uniforms(seed: int, names: Iterable[str], draws: int) -> dict[str, FloatArray]:
    """Return uniforms in (0, 1) for parameter draws, addressed by (seed, draw, name): {name: [draws]}.

    Adding or removing a parameter leaves every other parameter's draws as they were.
    """
    every = np.arange(draws, dtype=np.uint64)
    return {name: uniforms((0, every, EPISTEMIC, id_of_name(name)), key_of_seed(seed)) for name in names}


def uniforms(counter: tuple[Any, Any, Any, Any], key: tuple[np.uint64, np.uint64]) -> FloatArray:
    """Return a number in (0, 1) with 52 random bits at each counter; its parts are broadcast against each other.

    The same words as in kernels, by array operations: nothing is compiled.
    """
    high, low, _, _ = _on_arrays(
        *np.broadcast_arrays(*(np.asarray(part, np.uint64) for part in counter)), *key
    )
    return np.asarray((((high << np.uint64(20)) | (low >> np.uint64(12))) + 0.5) / 2.0**52)
