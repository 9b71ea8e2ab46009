"""The tree of sums: whoever adds up which run of blocks, the same pairs are added."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite.blockwise.summing import add, fold, grouped, runs


def by_levels(parts):
    """The tree as it is defined: neighbours, then their sums; an odd last one moves up."""
    while len(parts) > 1:
        pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
        parts = [add(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return parts[0]


class Text(str):
    """A number whose sums say how they were made."""

    def __add__(self, other):
        return Text(f"({self!s}{other!s})")


def leaves(n):
    return [(Text(chr(97 + i % 26)),) for i in range(n)]


@given(st.integers(1, 80))
def test_fold_is_the_tree(n):
    assert fold((1, part) for part in leaves(n)) == by_levels(leaves(n))


@given(st.integers(1, 80), st.integers(0, 4))
def test_groups_of_a_power_of_two_are_nodes(n, k):
    parts, size = leaves(n), 2**k
    sums = [by_levels(parts[i : i + size]) for i in range(0, n, size)]
    assert fold((size, part) for part in sums) == by_levels(parts) == by_levels(sums)


@given(st.integers(1, 80), st.lists(st.integers(0, 80), max_size=6))
def test_any_ranges_of_ranks_give_the_tree(n, cuts):
    parts = leaves(n)
    edges = sorted({0, n, *(min(cut, n) for cut in cuts)})
    nodes = []
    for start, stop in pairwise(edges):
        covered = [*runs(start, stop, n)]
        assert [i for a, b, _ in covered for i in range(a, b)] == [*range(start, stop)]
        nodes += [(size, by_levels(parts[a:b])) for a, b, size in covered]
    assert fold(nodes) == by_levels(parts)


def test_a_rank_sends_few_sums():
    assert len([*runs(313, 700, 1000)]) <= 2 * 10
    assert len([*runs(0, 1024, 1024)]) == 1


def test_what_is_empty_adds_nothing():
    assert fold([(1, None), (1, (2.0,)), (1, None)]) == (2.0,)
    assert fold([(1, None)]) is None


@pytest.mark.parametrize(("count", "most"), [(1, 64), (64, 64), (65, 64), (1000, 64)])
def test_groups_are_few_and_powers_of_two(count, most):
    size = grouped(count, most)
    assert size.bit_count() == 1 and -(-count // size) <= most
    assert size == 1 or -(-count // (size // 2)) > most
