"""Minibatches, with and without replacement, in order, online; and where an iterator stands."""

import json
from itertools import chain, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn

RNG = np.random.default_rng(0)

counts = st.integers(1, 40)
seeds = st.integers(0, 2**32)


def rows(batches):
    return [batch.tolist() for (batch,) in batches]


def flat(lists):
    return [*chain.from_iterable(lists)]


@given(counts, counts, seeds, st.integers(1, 3))
def test_an_epoch_goes_once_through_all_samples(n, size, seed, epochs):
    batches = nn.Batches(np.arange(n), size=size, rng=np.random.default_rng(seed), epochs=epochs)
    found = rows(batches)
    assert len(found) == epochs * len(batches)
    for epoch in range(epochs):
        one = found[epoch * len(batches) : (epoch + 1) * len(batches)]
        assert sorted(flat(one)) == [*range(n)]
        assert [len(b) for b in one[:-1]] == [size] * (len(one) - 1)
        assert len(one[-1]) == (n % size or size)


def test_each_epoch_has_a_permutation_of_its_own(rng):
    first, second = rows(nn.Batches(np.arange(50), size=50, rng=rng, epochs=2))
    assert first != second != sorted(second)


def test_permutations_are_those_of_the_generator(rng):
    batches = nn.Batches(np.arange(10), size=4, rng=np.random.default_rng(0), epochs=2)
    assert flat(rows(batches)) == [*rng.permutation(10), *rng.permutation(10)]


@given(counts, counts)
def test_the_last_batch_can_be_left_out(n, size):
    if size > n:
        with pytest.raises(ValueError, match=f"no batch of {size} can be made of {n} samples"):
            nn.Batches(np.arange(n), size=size, drop_last=True)
        return
    batches = nn.Batches(np.arange(n), size=size, drop_last=True, epochs=1)
    found = rows(batches)
    assert flat(found) == [*range(n // size * size)]
    assert len(found) == len(batches)


def test_without_a_generator_the_order_is_that_of_the_data():
    assert rows(nn.Batches(np.arange(5), size=2, epochs=2)) == [[0, 1], [2, 3], [4]] * 2


def test_with_replacement_draws_are_independent(rng):
    """χ² of all pairs of neighbours: 15 degrees of freedom, exceeds 37.7 once in 1000 times."""
    batches = nn.Batches(np.arange(4), size=2, rng=rng, replace=True)
    pairs = np.array([batch for (batch,) in islice(batches, 8000)])
    found = np.bincount(4 * pairs[:, 0] + pairs[:, 1], minlength=16)
    assert np.sum((found - 500) ** 2 / 500) < 37.7
    assert np.any(pairs[:, 0] == pairs[:, 1])


def test_arrays_keep_their_rows_together_and_their_dtypes(rng):
    x = rng.standard_normal((30, 3)).astype(np.float32)
    for a, b in nn.Batches(x, 2 * x, size=7, rng=rng, epochs=1):
        assert a.dtype == np.float32 and np.array_equal(2 * a, b)


@pytest.mark.parametrize(
    "arrays, options, message",
    [
        ([np.ones(3), np.ones(2)], {"size": 1}, r"not of \[3, 2\]"),
        ([], {"size": 1}, r"not of \[\]"),
        ([np.ones(0)], {"size": 1}, r"arrays\[0\] = .* at least one"),
        ([np.ones(3)], {"size": 0}, "size = 0; .* at least 1"),
        ([np.ones(3)], {"size": 1, "replace": True}, r"rng=default_rng\(seed\)"),
    ],
)
def test_what_cannot_be_batches(arrays, options, message):
    with pytest.raises(ValueError, match=message):
        nn.Batches(*arrays, **options)


# ---- positions ----

generators = st.sampled_from([np.random.PCG64, np.random.Philox, np.random.SFC64])


@given(counts, counts, generators, st.booleans(), st.integers(0, 30), st.integers(0, 3))
def test_a_position_is_all_there_is_to_know(n, size, kind, replace, before, drawn):
    """Also if somebody else draws from the same generator in between."""

    def batches(seed):
        rng = np.random.Generator(kind(seed))
        return nn.Batches(np.arange(n), size=size, rng=rng, replace=replace)

    one, other = batches(1), batches(2)
    [*islice(one, before)]
    one.rng.standard_normal(drawn)
    [*islice(other, 3)]
    other.move_to(one.position)
    assert rows(islice(one, 40)) == rows(islice(other, 40))
    assert one.rng.standard_normal() == other.rng.standard_normal()


def test_a_position_is_a_copy_and_can_be_json():
    batches = nn.Batches(np.arange(9), size=2, rng=np.random.default_rng(0))
    next(batches)
    position = batches.position
    written = json.dumps(position)
    expected = rows(islice(batches, 20))
    assert json.dumps(position) == written
    batches.move_to(json.loads(written))
    assert rows(islice(batches, 20)) == expected


def test_a_position_among_epochs_that_end(rng):
    batches = nn.Batches(np.arange(4), size=2, rng=rng, epochs=2)
    [*islice(batches, 2)]
    other = nn.Batches(np.arange(4), size=2, rng=np.random.default_rng(9), epochs=2)
    other.move_to(batches.position)
    assert len([*other]) == 2
    batches.move_to(nn.Batches(np.arange(4), size=2, rng=rng).position)
    assert len([*batches]) == 4


def test_a_position_among_other_batches_is_refused(rng):
    position = nn.Batches(np.arange(9), size=2, rng=rng).position
    with pytest.raises(ValueError, match=r"'size': 2.*'size': 3"):
        nn.Batches(np.arange(9), size=3, rng=rng).move_to(position)
    with pytest.raises(ValueError, match="the other none"):
        nn.Batches(np.arange(9), size=2).move_to(position)


# ---- streams ----


@given(st.integers(0, 30), st.integers(1, 10))
def test_online_takes_each_sample_once_and_holds_one_batch(n, size):
    taken = []

    def stream():
        for i in range(n):
            taken.append(i)
            yield np.full(2, i), i

    found = []
    for x, y in nn.online(stream(), size):
        assert len(taken) <= len(found) + size
        assert x.shape == (len(y), 2) and np.array_equal(x[:, 0], y)
        found += y.tolist()
    assert found == [*range(n)]


def test_online_needs_a_size():
    with pytest.raises(ValueError, match=r"online: size = 0; .* at least 1"):
        next(nn.online([(1, 2)], 0))


# ---- what is refused ----


def test_lists_become_arrays():
    x, y = next(nn.Batches([[1.0], [2.0], [3.0]], (4, 5, 6), size=2))
    assert x.tolist() == [[1], [2]] and y.tolist() == [4, 5]


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda x: nn.Batches(x, size=2, rng=7), TypeError, r"Batches: rng .*\.default_rng\(7\)"),
        (lambda x: nn.samples(x, x, 7), TypeError, r"samples: rng .*\.default_rng\(7\)"),
        (lambda x: nn.Batches(x, size=2.0), TypeError, r"Batches: size = 2\.0; it must be a whole"),
        (lambda x: next(nn.online([], 2.0)), TypeError, r"online: size = 2\.0; it must be a whole"),
        (lambda x: nn.samples(x, x[:2], RNG), ValueError, "3 inputs and 2 targets"),
        (lambda x: nn.samples(x[:0], x[:0], RNG), ValueError, "samples: x .* at least one"),
    ],
)
def test_arguments_that_cannot_be_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make(np.arange(3))
