"""Arguments that fit a program: those of its structure, shapes, dtypes and constants, no others."""

from collections import OrderedDict, defaultdict, namedtuple
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.programs.matching import builder, matcher
from tests.support.effort import examples
from tests.support.equality import same_trees

Pair = namedtuple("Pair", "a b")
Other = namedtuple("Other", "a b")
Mode = Enum("Mode", "fast slow")


@dataclass
class Layer:
    w: object
    kind: object = field(default="relu", metadata={"static": True})
    b: object = None


@dataclass
class Special(Layer):
    pass


class Dict(dict):
    pass


class Sub(np.ndarray):
    """As memory maps are."""


def double(x):
    return 2 * x


STATICS = ["relu", "mean", None, Mode.fast, Mode.slow, slice(1), np.tanh, double, float, b"1", ...]
FIELDS = [*STATICS, 1, 1.0, True, 0.0, -0.0, [1, 2], [1, 3], (1, 2), {"a": [1]}, {1}, np.ones(2)]
NUMBERS = [1, 2, 1.0, np.float64(1), np.float32(1), np.int64(1), 1j, True, False, np.bool_(True)]
ARRAYS = [
    *(np.ones(2), np.zeros(2), np.ones(3), np.ones((2, 1)), np.ones((1, 2)), np.array(1.0)),
    *(np.float32([1, 2]), np.array([1, 2]), np.array([True, False]), np.ones(2, ">f8")),
    *(np.ones(2, complex), np.ones(4)[::2], np.ones(0)),
    *(a.view(Sub) for a in (np.ones(2), np.ones(3), np.float32([1, 2]))),
]
leaves = st.sampled_from([*STATICS, *NUMBERS, *ARRAYS])
keys = st.sampled_from(["a", "b", 1, 2, (1, "x")])


def containers(inner):
    parts = st.lists(inner, max_size=3)
    return st.one_of(
        parts,
        parts.map(tuple),
        *[st.dictionaries(keys, inner, max_size=3).map(kind) for kind in (dict, OrderedDict, Dict)],
        st.dictionaries(keys, inner, max_size=2).map(lambda d: defaultdict(list, d)),
        *[st.tuples(inner, inner).map(lambda ab, k=k: k(*ab)) for k in (Pair, Other)],
        *[
            st.builds(kind, inner, st.sampled_from(FIELDS).map(deepcopy), inner)
            for kind in (Layer, Special)
        ],
    )


trees = st.recursive(leaves, containers, max_leaves=6)


def signature(x):
    """All that a program may depend on, told apart by Python's own means: written on its own."""
    if type(x) is bool:
        return "bool", x
    if isinstance(x, np.ndarray):
        return "array", type(x), x.shape, x.dtype.str
    if isinstance(x, (int, float, complex, np.generic)):
        return "number", type(x)
    if isinstance(x, dict):
        return type(x), tuple((repr(key), signature(part)) for key, part in x.items())
    if isinstance(x, (list, tuple)):
        return type(x), tuple(map(signature, x))
    if isinstance(x, Layer):
        return type(x), signature(x.w), constant(x.kind), signature(x.b)
    return constant(x)


def constant(x):
    if isinstance(x, np.ndarray):
        return "constant", x.shape, x.dtype.str, x.tobytes()
    return "constant", type(x), repr(x)


def altered(data, tree):
    """The same, a copy, or one with something else in it."""
    how = data.draw(st.sampled_from(["same", "copy", "other", "part", "part"]))
    if how == "other":
        return data.draw(trees)
    new = tree if how == "same" else deepcopy(tree)
    if how == "part":
        return changed(data, new)
    return new


def changed(data, x):
    """With another part somewhere, or the same in another order or another kind of container."""
    if isinstance(x, dict) and x:
        if data.draw(st.booleans()):
            return type(x)(reversed([*x.items()])) if type(x) is not defaultdict else dict(x)
        key = data.draw(st.sampled_from([*x]))
        x[key] = changed(data, x[key])
        return x
    if isinstance(x, (list, tuple)) and len(x):
        parts = list(x)
        if data.draw(st.integers(0, 3)) == 0:
            return data.draw(st.sampled_from([tuple(parts), parts, parts[:-1], [*parts, 1.0]]))
        i = data.draw(st.integers(0, len(parts) - 1))
        parts[i] = changed(data, parts[i])
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    if isinstance(x, Layer):
        kind = data.draw(st.sampled_from([Layer, Special]))
        return kind(x.w, data.draw(st.sampled_from([x.kind, *FIELDS])), changed(data, x.b))
    if isinstance(x, np.ndarray) and data.draw(st.booleans()):
        return x + x if x.dtype != bool else ~x
    return data.draw(leaves)


def test_every_pair_of_leaves():
    for was in [*ARRAYS, *NUMBERS]:
        match = matcher((was,))
        for x in [*ARRAYS, *NUMBERS]:
            assert (match((x,)) is not None) == (signature(x) == signature(was)), (was, x)


@settings(max_examples=examples(20))
@given(data=st.data())
def test_leaves_come_where_everything_agrees(data):
    args = data.draw(st.lists(trees, max_size=3).map(tuple))
    match = matcher(args)
    other = tuple([altered(data, x) for x in args])
    found = match(other)
    if signature(args) != signature(other):
        assert found is None, (args, other)
    else:
        wanted = [x for x in al.tree_leaves(other) if type(x) is not bool]
        assert found is not None, (args, other)
        assert len(found) == len(wanted) and all(a is b for a, b in zip(found, wanted))


@settings(max_examples=examples(5))
@given(tree=trees)
def test_what_is_built_is_the_tree(tree):
    built = builder(tree)(*al.tree_leaves(tree))
    assert signature(built) == signature(tree)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_another_number_of_arguments(n):
    match = matcher((np.ones(2), 1.0))
    assert match(tuple([np.ones(2)] * n)) is None


@pytest.mark.parametrize("change", [
    lambda layer: layer.kind.append(1), lambda layer: layer.kind[1].update(a=3),
    lambda layer: layer.kind[0].__setitem__(0, -0.0), lambda layer: layer.kind[2].add(2),
])  # fmt: skip
def test_static_fields_that_are_changed_in_place(change):
    """No reference is kept of what may be changed."""
    layer = Layer(1.0, [np.zeros(2), {"a": 2}, {1}])
    match = matcher((layer,))
    assert match((layer,)) is not None
    change(layer)
    assert match((layer,)) is None


def test_the_order_of_a_dict_is_seen():
    def f(d):
        first, second = d.values()
        return first - second, d

    compiled = al.compile(f)
    for d in ({"a": 1.0, "b": 3.0}, {"b": 3.0, "a": 1.0}):
        assert same_trees(f(d), compiled(d)) and [*compiled(d)[1]] == [*d]
    kwargs = al.compile(lambda **options: f(options)[0])
    assert kwargs(a=1.0, b=3.0) == -2 and kwargs(b=3.0, a=1.0) == 2


def test_lengths_of_what_loops_go_over():
    match = matcher((np.ones((3, 2)), np.ones(3), np.ones(4)), {0: 3, 1: 3, 2: 4})
    assert match((np.ones((5, 2)), np.ones(5), np.ones(9))) is not None
    assert match((np.ones((5, 2)), np.ones(4), np.ones(9))) is None  # which were of one length
    assert match((np.ones((5, 3)), np.ones(5), np.ones(9))) is None
    assert match((np.ones((1, 2)), np.ones(1), np.ones(9))) is None  # a single row broadcasts
    assert match((np.ones((0, 2)), np.ones(0), np.ones(9))) is None


@pytest.mark.parametrize("ask", [
    len, np.size, np.shape, lambda x: x.shape, lambda x: x.size, lambda x: [*x][4:],
    lambda x: min(len(x), 4), lambda x: x.nbytes,
])  # fmt: skip
@pytest.mark.parametrize("order", [0, 1])
def test_a_branch_on_a_length_is_seen(ask, order):
    def f(w, xs):
        y = al.scan(lambda c, x: (c * w + x * w, c), 0.0, xs)[0]
        n = ask(xs * w)
        n = n[0] if isinstance(n, tuple) else len(n) if isinstance(n, list) else n
        return y * 2.0 if n > 6 else y

    f = al.grad(f) if order else f
    compiled = al.compile(f)
    for n in (3, 4, 5, 60, 1):
        assert same_trees(f(0.5, np.ones(n)), compiled(0.5, np.ones(n)))


def test_a_length_alone_makes_no_program():
    def f(w, xs):
        return al.scan(lambda c, x: (c * w + x, c * x * xs.ndim), 0.0, xs)

    for g in (f, al.grad(lambda w, xs: np.sum(f(w, xs)[1]))):
        compiled = al.compile(g)
        for n in (3, 4, 9, 2):
            assert same_trees(g(0.5, np.ones(n)), compiled(0.5, np.ones(n)))
        assert len(compiled.programs) == 1


def test_what_goes_with_the_length_of_a_loop_only():
    """Functions that work for one length alone, beside what is of the same length."""
    w = np.arange(4.0)
    for f in (
        lambda xs: al.scan(lambda c, x: (c + x, c), 0.0, xs)[1] * w,
        lambda xs: al.scan(lambda c, x: (c + x, c), 0.0, xs)[1].reshape(4),
        lambda xs: al.scan(lambda c, x: (c + x, c), 0.0, xs)[1] @ np.eye(4),
    ):
        assert same_trees(f(w), al.compile(f)(w))
