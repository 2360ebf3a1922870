r"""Evolution in a finite population: Moran and imitation dynamics, exactly.

In a population of N with `i` players of strategy A and N-i of B, who meet everybody but themselves,

.. math::  f_i = \frac{a_{AA}(i-1) + a_{AB}(N-i)}{N-1}, \qquad g_i = \frac{a_{BA} i + a_{BB}(N-i-1)}{N-1}.

Under both rules the number of A's is a birth-death chain, and the probability that one A takes over is

.. math::  ρ = \Big(1 + \sum_{k=1}^{N-1} \prod_{i=1}^{k} γ_i\Big)^{-1}, \qquad γ_i = \frac{T^-_i}{T^+_i}.

*Moran* (birth by fitness, random death): :math:`γ_i = φ(g_i)/φ(f_i)` with fitness :math:`φ(π) = e^{βπ}` or
:math:`1 - β + βπ`.  *Imitation* by pairwise comparison (Fermi rule): :math:`γ_i = e^{-β(f_i - g_i)}`.

References
----------
Moran (1958); Nowak, Sasaki, Taylor & Fudenberg (2004), Emergence of cooperation and evolutionary stability
in finite populations; Traulsen, Nowak & Pacheco (2006), Stochastic dynamics of invasion and fixation;
Fudenberg & Imhof (2006), Imitation processes with small mutations.
"""

from typing import Any

import numpy as np

from sim.arrays import FloatArray, IntArray, finite, sealed
from sim.errors import ParameterError

RULES = ("moran", "moran_linear", "imitation")


def fixation_probability(matrix: Any, population: int, *, intensity: float, rule: str = "moran") -> float:
    """Return the probability that one player of strategy 0 takes over a population of strategy 1.

    Parameters
    ----------
    matrix : float array [2, 2]
        Payoffs [own, other].
    population : int
        N, at least 2.
    intensity : float
        Strength of selection β, at least 0; with 0 the answer is 1/N.
    rule : "moran" (exponential fitness), "moran_linear" (fitness 1 - β + βπ) or "imitation" (Fermi)

    Examples
    --------
    >>> round(fixation_probability([[-1, 2], [0, 1]], 20, intensity=0.1, rule="imitation"), 6)
    0.073508
    """
    logs = np.cumsum(
        _log_ratios(_checked(matrix, population, intensity, rule, 2), population, intensity, rule)
    )
    peak = max(0.0, float(logs.max(initial=0.0)))
    return float(np.exp(-peak) / (np.exp(-peak) + np.exp(logs - peak).sum()))


def takeover_probability(
    matrix: Any, population: int, first: int, *, intensity: float, rule: str = "moran"
) -> float:
    """Return the probability that `first` players of strategy 0 take over the population."""
    payoffs = _checked(matrix, population, intensity, rule, 2)
    if not 0 <= first <= population:
        raise ParameterError(f"first must lie in 0..{population}, got {first}")
    logs = np.append(0.0, np.cumsum(_log_ratios(payoffs, population, intensity, rule)))
    weights = np.exp(logs - logs.max())
    return float(weights[:first].sum() / weights.sum())


def fixation_probabilities(
    matrix: Any, population: int, *, intensity: float, rule: str = "moran"
) -> FloatArray:
    """Return [resident, mutant]: the probability that one mutant takes over; 1/N on the diagonal.

    Parameters
    ----------
    matrix : float array [strategies, strategies]
        For instance the payoffs of a tournament (`sim.strategies.tournament.symmetric_payoffs`).
    """
    payoffs = _checked(matrix, population, intensity, rule, None)
    size = len(payoffs)
    result = np.full((size, size), 1.0 / population)
    for resident in range(size):
        for mutant in range(size):
            if mutant != resident:
                pair = [mutant, resident]
                result[resident, mutant] = fixation_probability(
                    payoffs[np.ix_(pair, pair)], population, intensity=intensity, rule=rule
                )
    return sealed(result)


def small_mutation_shares(fixations: Any) -> FloatArray:
    """Return the long-run share of each strategy when mutations are rare, [strategies].

    The population is then nearly always of one kind and moves from resident to mutant with the fixation
    probabilities; this is the stationary distribution of that chain (Fudenberg & Imhof 2006).

    Examples
    --------
    >>> small_mutation_shares([[0.05, 0.1], [0.05, 0.05]]).round(6).tolist()
    [0.333333, 0.666667]
    """
    rates = np.array(finite(fixations, "fixations"))
    size = len(rates)
    if rates.shape != (size, size):
        raise ParameterError(f"fixations must be square, got shape {rates.shape}")
    np.fill_diagonal(rates, 0.0)
    law = rates - np.diag(rates.sum(axis=1))
    system = np.vstack([law.T / max(rates.max(), 1e-300), np.ones(size)])
    shares = np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0]
    shares = np.clip(shares, 0.0, None)
    return sealed(shares / shares.sum())


def population_path(
    matrix: Any, counts: Any, steps: int, *, intensity: float, rule: str = "moran", seed: int = 0
) -> IntArray:
    """Return one random history of a population, [steps + 1, strategies]; a seed always gives the same one.

    Each step one player is replaced by a copy of one chosen by fitness (Moran), or compares itself with
    another and copies it with the Fermi probability (imitation).
    """
    state = np.array(counts, dtype=np.int64)
    payoffs = _checked(matrix, int(state.sum()), intensity, rule, len(state))
    if (state < 0).any():
        raise ParameterError(f"counts must not be negative, got {state.tolist()}")
    rng = np.random.Generator(np.random.Philox(seed))
    size = int(state.sum())
    history = np.empty((steps + 1, len(state)), dtype=np.int64)
    history[0] = state
    for step in range(1, steps + 1):
        worth = (payoffs @ state - np.diag(payoffs)) / (size - 1)
        leaves = _draw(state.astype(float), rng.random())
        if rule == "imitation":
            others = state.astype(float)
            others[leaves] -= 1.0
            model = _draw(others, rng.random())
            enters = (
                model
                if rng.random() < 1 / (1 + np.exp(-intensity * (worth[model] - worth[leaves])))
                else leaves
            )
        else:
            fitness = _log_fitness(worth, intensity, rule, state > 0)
            enters = _draw(state * np.exp(np.minimum(fitness - fitness[state > 0].max(), 0.0)), rng.random())
        state[leaves] -= 1
        state[enters] += 1
        history[step] = state
    return sealed(history, np.int64)


def _draw(weights: FloatArray, uniform: float) -> int:
    return int(
        min(np.searchsorted(np.cumsum(weights), uniform * weights.sum(), side="right"), len(weights) - 1)
    )


def _log_ratios(payoffs: FloatArray, population: int, intensity: float, rule: str) -> FloatArray:
    """Return log γ_i for i = 1..N-1."""
    i = np.arange(1, population)
    first = (payoffs[0, 0] * (i - 1) + payoffs[0, 1] * (population - i)) / (population - 1)
    second = (payoffs[1, 0] * i + payoffs[1, 1] * (population - i - 1)) / (population - 1)
    if rule == "imitation":
        return np.asarray(-intensity * (first - second), dtype=float)
    everybody = np.ones(len(i), dtype=bool)
    return _log_fitness(second, intensity, rule, everybody) - _log_fitness(first, intensity, rule, everybody)


def _log_fitness(worth: FloatArray, intensity: float, rule: str, present: Any) -> FloatArray:
    if rule == "moran":
        return np.asarray(intensity * worth, dtype=float)
    fitness = 1 - intensity + intensity * worth
    if (fitness[present] <= 0).any():
        raise ParameterError(
            f"moran_linear needs positive fitness 1 - intensity + intensity * payoff, got "
            f"{fitness[present].min():.4g}; "
            "lower the intensity or shift the payoffs"
        )
    return np.log(np.where(present, fitness, 1.0))


def _checked(matrix: Any, population: int, intensity: float, rule: str, size: int | None) -> FloatArray:
    payoffs = finite(matrix, "matrix")
    if (
        payoffs.ndim != 2
        or payoffs.shape[0] != payoffs.shape[1]
        or (size is not None and len(payoffs) != size)
    ):
        wanted = "square" if size is None else f"{size} by {size}"
        raise ParameterError(f"matrix must be {wanted}, [own, other], got shape {payoffs.shape}")
    if population < 2 or population != int(population):
        raise ParameterError(f"population must be a whole number of at least 2, got {population}")
    if not (np.isfinite(intensity) and intensity >= 0):
        raise ParameterError(f"intensity must be finite and at least 0, got {intensity}")
    if rule not in RULES:
        raise ParameterError(f"rule must be one of {', '.join(RULES)}, got {rule!r}")
    return payoffs
