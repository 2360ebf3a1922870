"""The table of supports against its definitions, written out."""

from itertools import product

import pytest

from sim.solvers.support_table import support_table

SIZES = [(2, 2, 2), (3, 3, 3), (2, 3, 4), (2, 2, 2, 2)]


@pytest.mark.parametrize("num_actions", SIZES)
def test_supports_and_sizes_are_those_of_the_bits(num_actions):
    table = support_table(num_actions)
    for masks, supports, sizes in zip(table.members, table.supports, table.sizes, strict=True):
        for mask, support, size in zip(masks, supports, sizes, strict=True):
            assert sum(1 << action for action in support[:size]) == mask
            assert (support[size:] == -1).all()


@pytest.mark.parametrize("num_actions", SIZES)
def test_roles_fit_exactly_where_three_mix_and_one_equation_in_one_unknown_is_left(num_actions):
    table = support_table(num_actions)
    players = range(len(num_actions))
    fitting = 0
    for sizes, roles in zip(table.sizes.tolist(), table.roles.tolist(), strict=True):
        mixing = [i for i in players if sizes[i] > 1]
        possible = [
            (pivot, a, b)
            for pivot, a, b in product(mixing, repeat=3)
            if len({pivot, a, b}) == len(mixing) == 3
            if sizes[pivot] == 2
            if sizes[b] <= sizes[a] <= sizes[b] + 1
        ]
        if possible:
            assert tuple(roles) in possible
            fitting += 1
        else:
            assert roles == [-1, -1, -1]
    assert fitting > 0
