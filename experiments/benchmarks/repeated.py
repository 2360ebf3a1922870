"""Repeated and stochastic games: iterated matches against the Axelrod library, Markov perfect equilibria.

Matches: turns per second of processor time with 5 % execution errors, tit for tat against its generous
form, both measured in turns in the same run.  Markov perfect: the principal branch of random games with
dense transitions and δ = .95, compiled code warm; every instance must be certified by its one-shot gain.
The peer is the QRE homotopy of sgamesolver 1.0.2 on the same games, where it is installed (it needs
setuptools below 70 and no build isolation).
"""

import contextlib
import importlib
import io
import warnings
from collections.abc import Iterator
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from sim.engine.matches import play_matches
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.games.stochastic import StochasticGame
from sim.solvers.markov_perfect import markov_perfect
from sim.solvers.solution import Status
from sim.strategies.textbook import generous_tit_for_tat, seated, tit_for_tat

ROUNDS = 5
TURNS, REPETITIONS, PEER_TURNS = 2_000, 4_000, 20_000
INSTANCES = 20
PEER_INSTANCES = 5
SIZES = (5, 10, 15)


def rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the table."""
    yield from _match_rows()
    yield from _markov_rows()


def _match_rows() -> Iterator[dict[str, Any]]:
    game = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.0, execution_error=0.05)
    seats = seated(tit_for_tat(), 0), seated(generous_tit_for_tat(), 1)
    play_matches(game, *seats, repetitions=2, turns=10)
    try:
        axelrod = importlib.import_module("axelrod")
    except ImportError:
        axelrod = None
    own, theirs = [], []
    for _ in range(ROUNDS):  # in turns, so that a busy machine slows both alike
        own.append(_seconds(lambda: play_matches(game, *seats, repetitions=REPETITIONS, turns=TURNS)))
        if axelrod is not None:
            match = axelrod.Match((axelrod.TitForTat(), axelrod.GTFT()), turns=PEER_TURNS, noise=0.05, seed=1)
            theirs.append(_seconds(match.play))
    speed = TURNS * REPETITIONS / median(own)
    yield {"what": "match turns a second", "value": speed / 1e6, "unit": "million"}
    if theirs:
        yield {
            "what": "match turns a second; peer: Axelrod",
            "value": speed / (PEER_TURNS / median(theirs)),
            "unit": "×",
            "target": 400.0,
        }


def _markov_rows() -> Iterator[dict[str, Any]]:
    for num_states in SIZES:
        rng = np.random.default_rng(num_states)
        times, ratios, worst = [], [], 0.0
        for instance in range(INSTANCES + 1):
            payoffs = rng.random((num_states, 3, 4, 4, 4))
            law = rng.dirichlet(np.ones(num_states), (num_states, 4, 4, 4))
            game = StochasticGame(payoffs, law, 0.95)
            start = process_time()
            solution = markov_perfect(game, starts=0)
            own = process_time() - start
            if solution.status is not Status.CONVERGED:
                raise SystemExit(f"{num_states} states: instance {instance} was not certified")
            worst = max(worst, float(solution.regrets.max()))
            if instance == 0:  # the first one compiles
                continue
            times.append(own)
            peer = (
                _sgamesolver_seconds(payoffs, law)
                if num_states == 15 and instance <= PEER_INSTANCES
                else None
            )
            if peer is not None:
                ratios.append(peer / own)
        what = f"Markov perfect, {num_states} states, 3 players, 4 actions, median of {INSTANCES}"
        note = f"largest regret {worst:.0e}"
        yield {"what": what, "value": 1e3 * median(times), "unit": "ms", "note": note}
        if ratios:
            what = f"Markov perfect, {num_states} states, median of {len(ratios)}; peer: sgamesolver QRE"
            yield {"what": what, "value": median(ratios), "unit": "×", "target": 20.0}


def _sgamesolver_seconds(payoffs: np.ndarray, law: np.ndarray) -> float | None:
    vars(np)["NaN"] = np.nan  # the peer was written for NumPy 1
    try:
        sgamesolver = importlib.import_module("sgamesolver")
    except ImportError:
        return None
    game = sgamesolver.SGame(
        payoff_matrices=list(payoffs), transition_matrices=list(law), discount_factors=0.95
    )
    homotopy = sgamesolver.homotopy.QRE(game)
    homotopy.solver_setup()
    with contextlib.redirect_stdout(io.StringIO()):
        return _seconds(homotopy.solve)


def _seconds(call: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = process_time()
        call()
        return process_time() - start
