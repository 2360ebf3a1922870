"""Normal-form games: how many times as fast as other libraries.

Each ratio is the peer's median processor time per game over ours, on the same random games with normally
distributed payoffs.  Compiling is not counted, nor is building the peer's game object.  What was
computed is checked beside: indices that sum to +1 in every game, and nothing missing that vertex enumeration or
the peer finds.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from sim.games.normal_form import NormalFormGame, Profile, regrets
from sim.solvers.logit import logit_equilibria
from sim.solvers.nash import all_equilibria
from sim.solvers.nashpy_door import nashpy_equilibria
from sim.solvers.solve import solve_batch

BATCH = {3: 100_000, 4: 30_000}
PEER_SAMPLE = {3: 40, 4: 10}
ROUNDS = 5
SAME = 1e-6

Row = tuple[str, str, float, str]


def rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the table."""
    for what, peer, ratio, target in [*_bimatrix_rows(), *_three_player_rows(), *_logit_rows()]:
        wanted = float(target.removeprefix(">= "))
        yield {"what": f"{what}; peer: {peer}", "value": ratio, "unit": "×", "target": wanted}


def _bimatrix_rows() -> Iterator[Row]:
    targets = {3: ("1500", "12"), 4: ("1500", "6")}
    for size, (nashpy_target, quantecon_target) in targets.items():
        rng = np.random.default_rng(size)
        payoffs = rng.normal(size=(BATCH[size], 2, size, size))
        solve_batch(payoffs[:10])
        sample = payoffs[: PEER_SAMPLE[size]]
        times: list[tuple[float, float, float | None]] = []
        for _ in range(ROUNDS):  # in turns, so that a busy machine slows all alike
            own = _seconds(lambda games=payoffs: solve_batch(games)) / len(payoffs)
            times.append((own, _nashpy_seconds(sample), _quantecon_seconds(payoffs[:400])))
        seconds = _median([own for own, _, _ in times])
        batch = solve_batch(payoffs)
        regular = ~batch.degenerate
        if not (batch.index_sum[regular] == 1).all():
            raise SystemExit(f"{size} x {size}: the indices of some game do not sum to 1")
        for number, game in enumerate(sample):
            theirs = nashpy_equilibria(NormalFormGame(game), "vertex_enumeration").profiles
            _require_all(theirs, batch.profiles(number), f"{size} x {size} game {number}")
        what = f"all equilibria of {len(payoffs):,} {size}x{size} games, {seconds * 1e6:.2f} us each"
        nashpy = _median([peer for _, peer, _ in times])
        yield what, "nashpy support enumeration", nashpy / seconds, f">= {nashpy_target}"
        quantecon = [peer for _, _, peer in times if peer is not None]
        if quantecon:
            yield (
                what,
                "QuantEcon support enumeration",
                _median(quantecon) / seconds,
                f">= {quantecon_target}",
            )


def _nashpy_seconds(sample: np.ndarray) -> float:
    import warnings

    nashpy = importlib.import_module("nashpy")
    games = [nashpy.Game(*own) for own in sample]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _median([_seconds(lambda game=game: list(game.support_enumeration())) for game in games])


def _quantecon_seconds(sample: np.ndarray) -> float | None:
    game_theory = _peer("quantecon.game_theory")
    if game_theory is None:
        return None
    games = [
        game_theory.NormalFormGame([game_theory.Player(own[0]), game_theory.Player(own[1].T.copy())])
        for own in sample
    ]
    game_theory.support_enumeration(games[0])
    return _median([_seconds(lambda game=game: game_theory.support_enumeration(game)) for game in games])


def _three_player_rows() -> Iterator[Row]:
    payoffs = np.random.default_rng(333).normal(size=(300, 3, 3, 3, 3))
    solve_batch(payoffs[:1])
    batch = solve_batch(payoffs)
    times = [_seconds(lambda own=own: solve_batch(own[np.newaxis])) for own in payoffs[:100]]
    if not (batch.index_sum == 1).all():
        raise SystemExit("3 x 3 x 3: the indices of some game do not sum to 1")
    pygambit = _peer("pygambit")
    if pygambit is not None:
        peer_times, missed = [], 0
        for number, own in enumerate(payoffs[:25]):
            game = pygambit.Game.from_arrays(*own)
            before = process_time()
            theirs = [_as_profile(game, one) for one in pygambit.nash.enumpoly_solve(game).equilibria]
            peer_times.append(process_time() - before)
            ours = batch.profiles(number)
            found = [one for one in theirs if regrets(NormalFormGame(own), one).max() < SAME]
            _require_all(found, ours, f"3 x 3 x 3 game {number}")
            missed += sum(not _contains(found, one) for one in ours)
        what = f"all equilibria of 3x3x3 games, {_median(times) * 1e3:.2f} ms each (the peer misses {missed})"
        yield what, "pygambit enumpoly_solve", _median(peer_times) / _median(times), ">= 10"
    larger = np.random.default_rng(444).normal(size=(12, 3, 4, 4, 4))
    seconds = _median([_seconds(lambda own=own: all_equilibria(NormalFormGame(own))) for own in larger])
    yield f"all equilibria of a 4x4x4 game, {seconds * 1e3:.0f} ms", "0.1 s", 0.1 / seconds, ">= 1"


def _logit_rows() -> Iterator[Row]:
    games = [NormalFormGame(own) for own in np.random.default_rng(333).normal(size=(60, 3, 3, 3, 3))]
    logit_equilibria(games[0])
    times = [_seconds(lambda game=game: logit_equilibria(game)) for game in games]
    pygambit = _peer("pygambit")
    if pygambit is not None:
        peers = [pygambit.Game.from_arrays(*game.payoffs) for game in games]
        peer_times = [_seconds(lambda game=game: pygambit.nash.logit_solve(game)) for game in peers]
        what = f"logit branch of a 3x3x3 game to its end, {_median(times) * 1e3:.2f} ms"
        yield what, "pygambit logit_solve", _median(peer_times) / _median(times), ">= 50"


def _require_all(found: list[Profile] | tuple[Profile, ...], ours: tuple[Profile, ...], where: str) -> None:
    for profile in found:
        if not _contains(ours, profile):
            raise SystemExit(f"{where}: an equilibrium that the peer found is missing: {profile}")


def _contains(profiles: Any, wanted: Profile) -> bool:
    return any(
        all(np.abs(a - b).max() < 1e3 * SAME for a, b in zip(profile, wanted, strict=True))
        for profile in profiles
    )


def _as_profile(game: Any, profile: Any) -> Profile:
    return tuple(
        np.array([float(profile[strategy]) for strategy in player.strategies]) for player in game.players
    )


def _peer(name: str) -> Any | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _seconds(call: Callable[[], object]) -> float:
    before = process_time()
    call()
    return process_time() - before


def _median(times: list[float]) -> float:
    return float(np.median(times))
