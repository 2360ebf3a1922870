"""Nash equilibria of a tree, through its reduced normal form."""

import numpy as np

from sim.arrays import sealed
from sim.errors import SolverError
from sim.games.behaviour import behaviour_payoffs, flat, nash_regrets
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import Profile
from sim.games.reduced_form import behaviour_profile, reduced_form
from sim.solvers.solution import Solution


def tree_nash_equilibria(game: ExtensiveGame) -> Solution:
    """Return the Nash equilibria of `game` as behaviour profiles.

    The equilibria of the reduced normal form are found by the normal-form solver and translated by Kuhn's
    theorem.  At information sets that a player's own strategy rules out the uniform strategy is written
    (``extra["undetermined"]`` lists these sets per profile): a Nash equilibrium does not say what happens
    there.

    Raises
    ------
    ParameterError
        If the reduced normal form is too large.

    Examples
    --------
    >>> from sim.games.extensive import Decision, Terminal
    >>> threat = Decision(1, "b", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    >>> game = ExtensiveGame(Decision(0, "a", [Terminal([0, 2]), threat], ["out", "in"]))
    >>> sorted(tree_nash_equilibria(game).payoffs[:, 0].tolist())
    [0.0, 0.0, 1.0]
    """
    from sim.solvers.solve import solve

    form = reduced_form(game)
    inner = solve(form.game, concept="nash")
    profiles: list[Profile] = []
    undetermined: list[tuple[str, ...]] = []
    for mixed in inner.profiles:
        profile, where = behaviour_profile(form, mixed)
        if not any(np.allclose(flat(profile), flat(known), atol=1e-12) for known in profiles):
            profiles.append(profile)
            undetermined.append(tuple(game.information_sets[k].label for k in where))
    regrets = [float(nash_regrets(game, profile).max()) for profile in profiles]
    allowed = 1e-8 * max(1.0, float(np.abs(game.payoffs).max()))
    if max(regrets, default=0.0) > allowed:
        raise SolverError(f"nash: a profile translated to the tree has regret {max(regrets):.2e}")
    return Solution(
        profiles=tuple(profiles),
        payoffs=sealed(np.reshape([behaviour_payoffs(game, p) for p in profiles], (-1, game.num_players))),
        regrets=sealed(regrets),
        concept="nash",
        method=f"reduced normal form, {inner.method}",
        complete=inner.complete,
        degenerate=inner.degenerate,
        components=inner.components,
        status=inner.status,
        extra={
            "undetermined": tuple(undetermined),
            "information_sets": tuple(at.label for at in game.information_sets),
            "reduced_form": inner,
        },
    )
