"""Nothing that leaves shares memory with the tape, an argument or a rule; what is kept is ours."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core.tape import Node, tape
from autograd_lite.core.tracked import strip
from tests.support.rows import TAKEN
from tests.support.rows.row import cases

EACH = pytest.mark.parametrize("row", TAKEN, ids=repr)


def arrays(tree):
    """The arrays with memory of their own among the leaves of a tree."""
    return [x for x in al.tree_leaves(tree) if isinstance(x, np.ndarray) and x.size]


def held(x):
    """The plain arrays that a node or a value holds on to."""
    if isinstance(x, (list, tuple)):
        return [a for part in x for a in held(part)]
    x = strip(x)
    return [x] if isinstance(x, np.ndarray) and x.size else []


def on_tape(results):
    """Every array that the tape under some Tensors keeps."""
    found = []
    for node in tape([r.node for r in results if isinstance(r, al.Tensor)]):
        for operand in node.operands:
            if type(operand) is not Node:
                found += held(operand)
            elif hasattr(operand, "value"):
                found += held(operand.value)
        found += held(getattr(node, "value", ())) + held(list(node.options.values()))
    return found


def apart(mine, others):
    assert not any(np.shares_memory(x, y) for x in mine for y in others)


@EACH
@given(data=st.data())
def test_what_leaves_is_the_callers_own(row, data):
    """Value and gradients of a pullback, however often it is called."""
    f, args = data.draw(cases(row)).split()
    seen = []

    def watched(*args):
        y = f(*args)
        seen.append(al.tree_leaves(y))
        return y

    value, pullback = al.vjp(watched, *args)
    kept = on_tape(seen[0])
    seeds = al.tree_map(np.ones_like, value)
    first, second = pullback(seeds), pullback(seeds)
    leaving = [arrays(value), arrays(first), arrays(second)]
    for i, mine in enumerate(leaving):
        apart(mine, [*kept, *arrays(args), *arrays(seeds)])
        apart(mine, [x for other in leaving[i + 1 :] for x in other])
        for k, x in enumerate(mine):
            assert x.flags.writeable
            apart([x], mine[k + 1 :])


def test_the_value_may_be_written_to_before_the_pullback():
    x, target = np.array([0.1, 0.2]), np.array([1.0, 2.0])
    y, pullback = al.vjp(np.exp, x)
    y -= target
    np.testing.assert_array_equal(pullback(y)[0], y * np.exp(x))


@pytest.mark.parametrize("f", [lambda x: x, lambda x: x.T, lambda x: x[0], lambda x: (x, x)])
def test_an_argument_that_is_returned_is_copied(f):
    x = np.ones((2, 2))
    value, pullback = al.vjp(f, x)
    for y in arrays(value):
        y *= 5
    (g,) = pullback(value)
    g *= 5
    assert (x == 1).all()


def test_a_rule_may_hand_out_what_it_closes_over():
    slope = np.array([1.0, 2.0])

    @al.primitive
    def linear(x):
        return np.sum(slope * x)

    for rule in (lambda g: slope, lambda g: slope[:], lambda g: np.broadcast_to(slope, (2,))):
        al.rule(linear, x=rule)
        g = al.grad(linear)(np.ones(2))
        g *= 10
        leaf = al.Tensor(np.ones(2))
        linear(leaf).backward()
        leaf.grad[:] = 0
        assert slope.tolist() == [1, 2]


def test_one_gradient_for_two_arguments_is_two_arrays():
    a, b = al.grad(lambda x, y: np.sum(x + y), (0, 1))(np.ones(2), np.ones(2))
    a *= 2
    assert b.tolist() == [1, 1]


# ---- what is kept ----

KEYS = {
    "indices": np.array([0, 2]),
    "mask": np.array([True, False, True]),
    "list": [0, 2],
    "pair": (np.array([0, 2]), slice(None)),
}
PICKING = {
    "getitem": operator.getitem,
    "take": lambda t, key: np.take(t, key, axis=0),
    "at_set": lambda t, key: al.at_set(t, key, 0.0),
    "at_add": lambda t, key: al.at_add(0 * t, key, t[key] if type(key) is not tuple else 1.0),
    "where": lambda t, key: np.where(key[:, None], t, 0),
    "compress": lambda t, key: np.compress(key, t, axis=0),
    "times a mask": lambda t, key: t * key[:, None],
    "choose": lambda t, key: np.choose(key.astype(int), [t[0], t[1]]),
    "repeat": lambda t, key: np.repeat(t, key, axis=0),
}


def scrambled(key):
    """Overwrite a key in place, as a caller does who uses it again."""
    for part in key if type(key) is tuple else (key,):
        if isinstance(part, np.ndarray):
            part[...] = part[::-1].copy() if part.dtype == int else ~part
        elif isinstance(part, list):
            part[:] = [1, 1]


@pytest.mark.parametrize("how", PICKING)
@pytest.mark.parametrize("key", KEYS)
def test_keys_and_masks_may_be_used_again(how, key):
    def copy():
        kept = KEYS[key]
        return tuple(map(np.copy, kept[:1])) + kept[1:] if type(kept) is tuple else kept.copy()

    def f(t, key, after):
        y = PICKING[how](t, key)
        after(key)
        return np.sum(y * np.arange(1.0, 1 + np.size(y)).reshape(np.shape(y)))

    t = np.arange(1.0, 10).reshape(3, 3)
    try:
        expected = al.grad(lambda t: f(t, copy(), lambda key: None))(t)
    except Exception:
        pytest.skip("no such key")
    np.testing.assert_array_equal(al.grad(lambda t: f(t, copy(), scrambled))(t), expected)


def test_a_buffer_of_floats_that_changes_is_noticed_under_debug():
    rng, buffer = np.random.default_rng(0), np.zeros(3)

    def loss(x):
        total = 0.0
        for _ in range(2):
            rng.standard_normal(out=buffer)
            total = total + np.sum(x * buffer)
        return total

    with al.debug(), pytest.raises(RuntimeError, match="was changed"):
        al.grad(loss)(np.ones(3))


# ---- what may be looked at ----


def test_the_data_of_a_leaf_is_the_array_itself():
    x = np.ones(2)
    t = al.Tensor(x)
    np.sum(t * t).backward()
    t.data -= 0.5 * t.grad
    assert t.data is x and x.tolist() == [0, 0]
    t.data = np.array([3.0, 4.0])
    np.sum(t * t).backward()
    assert t.grad.tolist() == [6, 8]


def test_the_data_of_a_result_is_read_only():
    t = al.Tensor(np.ones(2))
    y = np.exp(t)
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5
    with pytest.raises(AttributeError, match=r"al\.Tensor\(value\)"):
        y.data = np.zeros(2)


def test_stop_gradient_is_read_only_and_leaves_plain_arrays_alone():
    x = np.ones(2)

    def f(t):
        y = np.exp(t)
        for constant in (al.stop_gradient(y), al.stop_gradient([y])[0], al.stop_gradient(t)):
            with pytest.raises(ValueError, match="read-only"):
                constant *= 2
        return np.sum(y)

    np.testing.assert_array_equal(al.grad(f)(x), np.exp(x))
    assert al.stop_gradient(x) is x
