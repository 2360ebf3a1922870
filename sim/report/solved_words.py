"""One solved game in words: its equilibria as a table, their certificate, and what else is to be said."""

from itertools import product

import numpy as np

from sim.arrays import FloatArray
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import NormalFormGame, Profile
from sim.games.repeated import RepeatedGame
from sim.report.page import Table
from sim.solvers.correlated import WELFARE
from sim.solvers.solution import Solution
from sim.study.solved_game import SolvedGame

_PLAYED = 1e-9


def equilibrium_table(solved: SolvedGame) -> Table | None:
    """Return what was found as a table, None where the concept has nothing to list.

    One row per equilibrium of a game in normal form: strategies, payoffs, regret; where a rule selects among the
    Nash equilibria all of them are listed and the selected ones are marked. One column per equilibrium of a tree,
    which may have more information sets than a page is wide. One row per objective of correlated equilibria, and per
    extreme point of a repeated game's payoff set.
    """
    game, solution = solved.game, solved.solution
    if isinstance(game, RepeatedGame):
        heads = ("", *(f"average payoff of {name}" for name in game.stage.players))
        points = [
            (str(k + 1), *(f"{value:.6g}" for value in point)) for k, point in enumerate(solution.payoffs)
        ]
        return Table(heads, points) if points else None
    if not solution.profiles:
        return None
    if isinstance(game, ExtensiveGame):
        return _by_information_set(game, solution)
    if is_joint(solution):
        return _joint(game, solution)
    chosen: tuple[Profile, ...] = ()
    if solved.nash is not None and solution.concept == "nash" and solution.selection != "all":
        chosen, solution = tuple(solution.profiles), solved.nash
    rows = [
        (
            f"{number}, selected" if _among(profile, chosen) else str(number),
            *(mixture(own, names) for own, names in zip(profile, game.actions, strict=True)),
            *(f"{value:.4g}" for value in payoffs),
            f"{float(regret):.1e}",
        )
        for number, (profile, payoffs, regret) in enumerate(_listed(solution), 1)
    ]
    return Table(("", *game.players, *(f"payoff of {name}" for name in game.players), "regret"), rows)


def mixture(strategy: FloatArray, names: tuple[str, ...]) -> str:
    """Return a mixed strategy in words.

    Examples
    --------
    >>> mixture(np.array([0.25, 0.75, 0.0]), ("a", "b", "c"))
    'a 0.25, b 0.75'
    """
    played = [(name, share) for name, share in zip(names, strategy, strict=True) if share > _PLAYED]
    return played[0][0] if len(played) == 1 else ", ".join(f"{name} {share:.3g}" for name, share in played)


def is_joint(solution: Solution) -> bool:
    """Return whether each profile is one distribution over joint actions, as of correlated equilibria."""
    return "objectives" in solution.extra


def certificate(solution: Solution) -> str:
    """Return in words how `solution` was found and what is known of it."""
    words = [
        f"{solution.concept.replace('_', ' ')}, {solution.method}",
        f"completeness {solution.complete.value}",
        "degenerate" if solution.degenerate else "not degenerate",
        f"selection rule {solution.selection}",
        solution.status.value,
    ]
    return "; ".join(words)


def remarks(solved: SolvedGame) -> tuple[str, ...]:
    """Return sentences about what is no list of profiles: components, critical discounts, minmax values, notes."""
    extra, found = solved.solution.extra, []
    if solved.solution.components:
        count = len(solved.solution.components)
        found.append(
            f"The game is degenerate: its equilibria form {count} connected "
            f"{'set' if count == 1 else 'sets'}, of which the extreme points are listed."
        )
    if "range" in extra:
        ranges = (f"{name} from {low:.4g} to {high:.4g}" for name, (low, high) in extra["range"].items())
        found.append(f"Over the whole set: {'; '.join(ranges)}.")
    if "critical_discount" in extra:
        found += extra["critical_discount"].sentences()
    if "feasible" in extra:
        assert isinstance(solved.game, RepeatedGame)
        values = extra["feasible"].minmax.values
        found.append(
            "Minmax values: "
            + ", ".join(
                f"{name} {value:.4g}" for name, value in zip(solved.game.stage.players, values, strict=True)
            )
            + "."
        )
    return (*found, *solved.notes)


def _joint(game: NormalFormGame, solution: Solution) -> Table:
    """Return what is asked of the players together, one row per objective."""
    names = tuple(" & ".join(joint) for joint in product(*game.actions))
    rows = [
        (
            f"best in {name}" if name == WELFARE else f"best for {name}",
            mixture(profile[0].ravel(), names),
            *(f"{value:.4g}" for value in payoffs),
            f"{float(regret):.1e}",
        )
        for name, (profile, payoffs, regret) in zip(
            solution.extra["objectives"], _listed(solution), strict=True
        )
    ]
    return Table(("", "joint actions", *(f"payoff of {name}" for name in game.players), "regret"), rows)


def _by_information_set(game: ExtensiveGame, solution: Solution) -> Table:
    listed = _listed(solution)
    heads = (f"{number} (regret {float(regret):.0e})" for number, (_, _, regret) in enumerate(listed, 1))
    rows = [
        (at.label, game.players[at.player], *(mixture(profile[k], at.actions) for profile, _, _ in listed))
        for k, at in enumerate(game.information_sets)
    ]
    rows += [
        ("payoff", player, *(f"{payoffs[k]:.4g}" for _, payoffs, _ in listed))
        for k, player in enumerate(game.players)
    ]
    return Table(("information set", "player", *heads), rows)


def _listed(solution: Solution) -> list[tuple[Profile, FloatArray, float]]:
    return list(zip(solution.profiles, np.asarray(solution.payoffs), solution.regrets, strict=True))


def _among(profile: Profile, chosen: tuple[Profile, ...]) -> bool:
    return any(
        all(np.allclose(own, other, atol=1e-9) for own, other in zip(profile, each, strict=True))
        for each in chosen
    )
