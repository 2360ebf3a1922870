"""The nashpy library behind one door: nothing it returns is trusted unchecked.

Measured on nashpy 0.0.43: `support_enumeration` loses equilibria of ordinary games (coordinates forced to
zero come back as -3e-17 and are refused), `vertex_enumeration` finds none of a degenerate component, invents
profiles when payoffs are large and raises on the all-zero game, `lemke_howson` may not end.  So its profiles
are clipped, normalised and verified by their regret, what fails is reported, and the result claims nothing
about completeness.  It serves as a second opinion on `sim.solvers.bimatrix`.
"""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import FloatArray, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, Profile, expected_payoffs, regrets
from sim.solvers.solution import Solution, Status

METHODS = ("support_enumeration", "vertex_enumeration")
REGRET_TOLERANCE = 1e-8
SAME_PROFILE = 1e-6


@dataclass(frozen=True, kw_only=True)
class SecondOpinion:
    """What nashpy says about the equilibria that another solver found.

    Attributes
    ----------
    confirmed, missed : int
        Equilibria of the other solver that nashpy found, and did not find.
    surplus : tuple of profiles
        Verified profiles of nashpy that the other solver does not list.
    rejected : int
        Profiles of nashpy that are no equilibria.
    error : str
        What nashpy raised, or empty.
    """

    confirmed: int
    missed: int
    surplus: tuple[Profile, ...]
    rejected: int
    error: str


def nashpy_equilibria(game: NormalFormGame, method: str = "support_enumeration") -> Solution:
    """Return the verified profiles that nashpy finds in a two-player game.

    ``extra["rejected"]`` holds pairs (profile, regret) that failed the check, ``extra["error"]`` what nashpy
    raised.

    Raises
    ------
    ParameterError
        If the game does not have two players or `method` is not one of `METHODS`.

    Examples
    --------
    >>> dilemma = NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    >>> [[strategy.tolist() for strategy in profile] for profile in nashpy_equilibria(dilemma).profiles]
    [[[0.0, 1.0], [0.0, 1.0]]]
    """
    if game.num_players != 2:
        raise ParameterError(f"nashpy solves games of 2 players, got {game.num_players}")
    if method not in METHODS:
        raise ParameterError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    candidates, error = _candidates(game, method)
    allowed = REGRET_TOLERANCE * max(1.0, float(np.ptp(game.payoffs)))
    accepted: list[Profile] = []
    rejected: list[tuple[Any, float]] = []
    for candidate in candidates:
        profile = _normalised(candidate)
        if profile is None:
            rejected.append((candidate, float("nan")))
            continue
        regret = float(regrets(game, profile).max())
        if regret > allowed:
            rejected.append((profile, regret))
        elif not any(_same(profile, other) for other in accepted):
            accepted.append(profile)
    return Solution(
        profiles=tuple(accepted),
        payoffs=sealed(
            np.reshape([expected_payoffs(game, profile) for profile in accepted], (len(accepted), 2))
        ),
        regrets=sealed([max(0.0, regrets(game, profile).max()) for profile in accepted]),
        concept="nash",
        method=f"nashpy {method}",
        status=Status.CONVERGED if accepted else Status.NO_EQUILIBRIUM_FOUND,
        extra={"rejected": tuple(rejected), "error": error},
    )


def second_opinion(game: NormalFormGame, profiles: Iterable[Profile]) -> SecondOpinion:
    """Compare `profiles` with what nashpy's support enumeration finds and survives the regret check."""
    theirs = nashpy_equilibria(game)
    ours = list(profiles)
    found = [any(_same(profile, other) for other in theirs.profiles) for profile in ours]
    surplus = tuple(
        profile for profile in theirs.profiles if not any(_same(profile, other) for other in ours)
    )
    return SecondOpinion(
        confirmed=sum(found),
        missed=len(found) - sum(found),
        surplus=surplus,
        rejected=len(theirs.extra["rejected"]),
        error=theirs.extra["error"],
    )


def _candidates(game: NormalFormGame, method: str) -> tuple[list[Any], str]:
    import nashpy

    candidates: list[Any] = []
    with warnings.catch_warnings():  # it warns of degeneracy, and of singular systems on the way
        warnings.simplefilter("ignore")
        try:
            candidates.extend(getattr(nashpy.Game(*game.payoffs), method)())
        except Exception as error:  # noqa: BLE001  # a guest may fail in any way; its failure is data
            return candidates, f"{type(error).__name__}: {error}"
    return candidates, ""


def _normalised(candidate: Sequence[Any]) -> tuple[FloatArray, ...] | None:
    """Return the strategies as probabilities, or None if they are far from being any."""
    strategies = []
    for weights in candidate:
        strategy = np.asarray(weights, dtype=float)
        if not np.isfinite(strategy).all() or strategy.min() < -SAME_PROFILE or strategy.sum() <= 0.5:
            return None
        clipped = np.clip(strategy, 0.0, None)
        strategies.append(sealed(clipped / clipped.sum()))
    return tuple(strategies)


def _same(profile: Profile, other: Profile) -> bool:
    return all(
        float(np.abs(ours - theirs).max()) < SAME_PROFILE for ours, theirs in zip(profile, other, strict=True)
    )
