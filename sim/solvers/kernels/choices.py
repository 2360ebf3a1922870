"""Choice probabilities from log-odds."""

import numpy as np

from sim.compiled import part


@part
def softmax(table, here, i, count):  # type: ignore[no-untyped-def]
    """Turn log-odds [count] in a row of `table` into probabilities."""
    largest = table[here, i, 0]
    for k in range(1, count):
        largest = max(largest, table[here, i, k])
    total = 0.0
    for k in range(count):
        table[here, i, k] = np.exp(table[here, i, k] - largest)
        total += table[here, i, k]
    for k in range(count):
        table[here, i, k] /= total


@part
def logistic(z):  # type: ignore[no-untyped-def]
    """Return the probability whose log-odds are `z`."""
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))
