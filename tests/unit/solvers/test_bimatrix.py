"""All equilibria of two-player games: published sets, closed forms, other solvers, degenerate components."""

from fractions import Fraction

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame, regrets
from sim.solvers.best_response_vertices import best_response_vertices
from sim.solvers.bimatrix import bimatrix_equilibria, exact_bimatrix_equilibria
from sim.solvers.bimatrix_batch import support_pairs
from sim.solvers.nash_subsets import connected_components, maximal_subsets
from sim.solvers.rational import meant_fractions, positive_integers
from sim.solvers.solution import Completeness

BIMATRIX = [
    "insp-2x2-e0.2-a0.4-b3.0-beta0.0",
    "nf2-biased-rps",
    "nf2-chicken-aumann",
    "nf2-coordination-3x3",
    "nf2-nashpy-issue222-degenerate",
    "nf2-nashpy-issue82-degenerate",
    "nf2-nashpy-issue83-8x2",
    "nf2-oneill1987-zero-sum",
    "nf2-pd-axelrod",
    "nf2-perfect2",
    "nf2-savani-vonstengel-6x6-longLH",
    "nf2-shapley1974-fig3",
    "nf2-vonstengel-agt-3x2-degenerate",
    "nf2-winkels1979-6x2-degenerate",
]


def inspection(*, detection, e=0.2, a=0.5, b=1.0):
    """Avenhaus, von Stengel & Zamir, Handbook of Game Theory III, chapter 51."""
    d = detection
    return NormalFormGame([[[-e, -a * d - (1 - d)], [0, -1]], [[0, -b * d + (1 - d)], [0, 1]]])


@pytest.mark.parametrize("solver", [bimatrix_equilibria, exact_bimatrix_equilibria])
@pytest.mark.parametrize("name", BIMATRIX)
def test_published_sets_come_out_whole(normal_form_cases, same_set, solver, name):
    case = normal_form_cases[name]
    expected = case["expected"]
    solution = solver(case["game"])
    assert solution.complete is Completeness.PROVED
    assert solution.degenerate is expected.get("degenerate", False)
    assert solution.regrets.max() <= 1e-12 * np.ptp(case["game"].payoffs)
    if "prob_inspect" in expected:
        p, q = expected["prob_inspect"], expected["prob_violate"]
        assert same_set(solution.profiles, [([p, 1 - p], [1 - q, q])])
        return
    published = expected.get("equilibria") or expected["extreme_equilibria"]
    assert same_set(solution.profiles, published, 1e-9)


def test_the_game_on_which_support_enumeration_loses_an_equilibrium_has_three(same_set):
    A = [[-0.7, -0.1, 0.8], [1.5, -1.3, 1.5], [1.3, 0.8, 0.3]]
    B = [[-0.3, 1.5, 2], [1.8, 1.3, 0.4], [-1.2, 0, 0.7]]
    first_mixed = ([0, 12 / 17, 5 / 17], [21 / 23, 2 / 23, 0])
    second_mixed = ([0, 7 / 16, 9 / 16], [0, 4 / 11, 7 / 11])
    solution = bimatrix_equilibria(NormalFormGame([A, B]))
    assert same_set(solution.profiles, [([0, 1, 0], [1, 0, 0]), first_mixed, second_mixed])


@pytest.mark.parametrize("b", [1.0, 2.0, 3.0, 0.7, 1.9])
def test_the_inspection_game_at_its_threshold_has_one_component(same_set, b):
    """At d = 1/(1+b) violating is worth 0 when inspected: inspect, and any mixture violating often enough.

    Inspecting is a best reply iff -e (1-q) - (a d + 1 - d) q >= -q, that is q >= e / ((1-a) d + e).
    """
    d, e, a = 1 / (1 + b), 0.2, 0.5
    q = e / ((1 - a) * d + e)
    solution = bimatrix_equilibria(inspection(detection=d, e=e, a=a, b=b))
    ends = [([1, 0], [0, 1]), ([1, 0], [1 - q, q])]
    assert solution.degenerate
    assert len(solution.components) == 1
    assert same_set(solution.profiles, ends)
    assert same_set(solution.components[0].extreme_points, ends)


@pytest.mark.parametrize("d", [0.5 + 1e-6, 0.6, 0.8, 1.0])
def test_above_the_threshold_the_inspection_game_is_mixed(same_set, d):
    p, q = 1 / (2 * d), 0.2 / (0.5 * d + 0.2)
    solution = bimatrix_equilibria(inspection(detection=d))
    assert same_set(solution.profiles, [([p, 1 - p], [1 - q, q])])
    assert not solution.degenerate


def test_every_profile_of_a_small_zero_game_is_in_its_only_component():
    solution = bimatrix_equilibria(NormalFormGame(np.zeros((2, 3, 2))))
    (component,) = solution.components
    (subset,) = component.subsets
    assert (len(subset[0]), len(subset[1])) == (3, 2)
    assert len(solution.profiles) == 6


@pytest.mark.parametrize("seed", range(12))
def test_products_of_a_subset_are_equilibria_and_lie_in_their_component(seed):
    rng = np.random.default_rng(seed)
    game = NormalFormGame(rng.integers(-1, 2, size=(2, 3, 3)))
    solution = bimatrix_equilibria(game)
    for component in solution.components:
        for rows, columns in component.subsets:
            x = rng.dirichlet(np.ones(len(rows))) @ np.array(rows)
            y = rng.dirichlet(np.ones(len(columns))) @ np.array(columns)
            assert regrets(game, (x, y)).max() <= 1e-12


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 3), (4, 3)])
def test_gambit_finds_the_same_extreme_equilibria(shape, same_set, gambit_profiles):
    pygambit = pytest.importorskip("pygambit")
    rng = np.random.default_rng(3)
    for _ in range(15):
        payoffs = rng.integers(-2, 3, size=(2, *shape))
        exact = [
            np.array([[pygambit.Rational(int(v)) for v in row] for row in table], dtype=object)
            for table in payoffs
        ]
        tree = pygambit.Game.from_arrays(*exact)
        theirs = gambit_profiles(tree, pygambit.nash.enummixed_solve(tree, rational=True).equilibria)
        assert same_set(bimatrix_equilibria(NormalFormGame(payoffs)).profiles, theirs)


def test_quantecon_vertex_enumeration_agrees_on_random_games(same_set):
    game_theory = pytest.importorskip("quantecon.game_theory")
    rng = np.random.default_rng(4)
    for _ in range(10):
        payoffs = rng.normal(size=(2, 4, 4))
        theirs = game_theory.vertex_enumeration(
            game_theory.NormalFormGame(
                [game_theory.Player(payoffs[0]), game_theory.Player(payoffs[1].T.copy())]
            )
        )
        assert same_set(bimatrix_equilibria(NormalFormGame(payoffs)).profiles, theirs)


def test_a_game_with_75_equilibria_gives_all_of_them():
    """Von Stengel (1999), New maximal numbers of equilibria in bimatrix games: 6 x 6 with 75."""
    A = [
        [9504, -660, 19976, -20526, 1776, -8976],
        [-111771, 31680, -130944, 168124, -8514, 52764],
        [397584, -113850, 451176, -586476, 29216, -178761],
        [171204, -45936, 208626, -263076, 14124, -84436],
        [1303104, -453420, 1227336, -1718376, 72336, -461736],
        [737154, -227040, 774576, -1039236, 48081, -300036],
    ]
    B = [
        [72336, -461736, 1227336, -1718376, 1303104, -453420],
        [48081, -300036, 774576, -1039236, 737154, -227040],
        [29216, -178761, 451176, -586476, 397584, -113850],
        [14124, -84436, 208626, -263076, 171204, -45936],
        [1776, -8976, 19976, -20526, 9504, -660],
        [-8514, 52764, -130944, 168124, -111771, 31680],
    ]
    solution = bimatrix_equilibria(NormalFormGame([A, np.transpose(B)]))  # B by its own player's actions
    assert len(solution.profiles) == 75
    assert not solution.degenerate
    assert solution.regrets.max() <= 1e-15 * np.ptp(A)


def test_floats_stand_for_the_fractions_that_were_meant():
    values = np.array([0.1 + 0.2, 1 - 2 / 3 - 1 / 3, 1 / 3, -0.46, 0.3])
    meant = [Fraction(3, 10), Fraction(0), Fraction(1, 3), Fraction(-23, 50), Fraction(3, 10)]
    assert meant_fractions(values) == meant
    irrational = float(np.pi)
    assert meant_fractions(np.array([irrational])) == [Fraction(irrational)]


def test_integers_order_mixtures_as_payoffs_do():
    payoffs = np.array([[0.25, -1.5], [2.0, 1 / 3]])
    integers = np.array(positive_integers(payoffs), dtype=float)
    assert integers.min() == 1
    mixed = np.linspace(0, 1, 11)
    weights = np.stack([mixed, 1 - mixed])
    assert ((payoffs @ weights)[0] > (payoffs @ weights)[1]).tolist() == (
        (integers @ weights)[0] > (integers @ weights)[1]
    ).tolist()


def test_vertices_of_a_square_are_found_once():
    """z1 <= 1, z2 <= 1 (with 1/2 elsewhere both bind less): each vertex but the origin appears once."""
    vertices = best_response_vertices([[2, 1], [1, 2]])
    assert [(v.support, v.best_responses) for v in vertices] == [(1, 1), (2, 2), (3, 3)]
    assert vertices[2].weights == (1, 1)


def test_components_and_subsets_of_a_path():
    edges = [(0, 0), (0, 1), (1, 1), (2, 2)]
    assert [len(component) for component in connected_components(edges)] == [3, 1]
    assert [(sorted(x), sorted(y)) for x, y in maximal_subsets(edges)] == [
        ([0], [0, 1]),
        ([0, 1], [1]),
        ([2], [2]),
    ]


def test_there_are_as_many_pairs_as_the_binomial_theorem_says():
    """Vandermonde: the pairs of equal size are C(m + n, n) - 1."""
    assert len(support_pairs(3, 4)) == 34
    assert len(support_pairs(5, 5)) == 251


def test_a_game_too_large_to_enumerate_is_refused_in_one_line():
    with pytest.raises(ParameterError, match="11 x 11 actions"):
        bimatrix_equilibria(NormalFormGame(np.zeros((2, 14, 14))))
    with pytest.raises(ParameterError, match="has 2 players, got 3"):
        bimatrix_equilibria(NormalFormGame(np.zeros((3, 2, 2, 2))))
