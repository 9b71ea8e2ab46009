"""Nested containers: gradients have the structure of what they are by."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core.trees import paths, rebuild


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass
class Layer:
    weight: Any
    bias: Any
    name: str = "layer"
    activation: Any = np.tanh
    width: int = field(default=3, metadata={"static": True})
    extra: Any = None

    def __call__(self, x):
        return self.activation(x @ self.weight + self.bias)


@dataclass(frozen=True)
class Net:
    layers: tuple[Layer, ...]
    scale: Any = 1.0

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x * self.scale


def net():
    rng = np.random.default_rng(0)
    layers = [Layer(rng.normal(size=s), np.zeros(s[1])) for s in ((2, 3), (3, 1))]
    return Net(tuple(layers), 2.0)


LEAVES = st.floats(-2, 2) | st.builds(lambda n: np.full(n, 0.5), st.integers(0, 3))
CARRIED = st.none() | st.text(max_size=3) | st.just(np.tanh)
TREES = st.recursive(
    LEAVES | CARRIED,
    lambda t: (
        st.lists(t, max_size=3)
        | st.tuples(t, t)
        | st.dictionaries(st.text(max_size=2) | st.integers(), t, max_size=3)
        | st.builds(Pair, t, t)
        | st.builds(Layer, t, t)
    ),
    max_leaves=8,
)


def total(tree):
    return sum((np.sum(x * x) for x in al.tree_leaves(tree)), 0.0)


def alike(a, b):
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, Layer):
        return type(b) is Layer and alike(
            dict(sorted(vars(a).items())), dict(sorted(vars(b).items()))
        )
    return a == b


# ---- gradients ----


@given(TREES.filter(lambda tree: tree is not None and not isinstance(tree, (str, np.ufunc))))
def test_gradients_have_the_structure_of_the_argument(tree):
    gradient = al.grad(total)(tree)
    assert alike(gradient, al.tree_map(lambda x: 2 * x, tree))
    value, pullback = al.vjp(lambda t: t, tree)
    assert alike(value, tree)
    assert alike(pullback(tree)[0], tree)


def test_what_is_no_container_is_refused_beside_another_tree():
    class Unknown:
        pass

    for other in ({"w": Unknown()}, {"w": 1.0}):
        with pytest.raises(TypeError, match="Unknown is no container"):
            al.tree_map(lambda a, b: a, {"w": Unknown()}, other)


def test_kinds_of_dict():
    for kind in (OrderedDict, lambda **p: defaultdict(float, p)):
        p = kind(w=np.array([1.0, 2.0]))
        g = al.grad(lambda p: np.sum(p["w"] ** 2))(p)
        assert type(g) is type(p) and g["w"].tolist() == [2.0, 4.0]


class Plain:
    def __init__(self):
        self.w = 2.0


@pytest.mark.parametrize("argument", [Plain(), [1.0, Plain()], {1.0, 2.0}])
def test_unknown_containers_are_refused(argument):
    with pytest.raises(TypeError, match=r"no container .*dataclass"):
        al.grad(lambda p: 1.0)(argument)


def test_models():
    model, x = net(), np.array([[0.5, -1.0]])
    loss = lambda model: np.sum(model(x) ** 2)
    value, gradient = al.value_and_grad(loss)(model)
    assert value == loss(model)
    assert type(gradient) is Net and type(gradient.layers) is tuple
    first = gradient.layers[0]
    assert type(first) is Layer
    assert (first.name, first.activation, first.width, first.extra) == ("layer", np.tanh, 3, None)
    assert first.weight.shape == (2, 3) and first.bias.shape == (3,)
    step = al.tree_map(lambda w, g: w - 0.01 * g, model, gradient)
    assert loss(step) < value
    assert type(model.layers[0].weight) is np.ndarray


def test_second_order_of_models():
    model, x = net(), np.array([[0.5, -1.0]])
    loss = lambda model: np.sum(model(x) ** 2)
    v = al.tree_map(np.ones_like, model)
    product = al.hvp(loss, model, v)
    h = 1e-6
    there, back = (al.tree_map(lambda w, d, s=s: w + s * h * d, model, v) for s in (1, -1))
    slope = al.tree_map(lambda a, b: (a - b) / (2 * h), al.grad(loss)(there), al.grad(loss)(back))
    for a, b in zip(al.tree_leaves(product), al.tree_leaves(slope), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-8)


def test_hessian_of_trees():
    H = al.hessian(lambda p: p["a"] * p["a"] * p["b"][0])({"a": 2.0, "b": (3.0,)})
    assert H == {"a": {"a": 6, "b": (4,)}, "b": ({"a": 4, "b": (0,)},)}


def test_one_array_in_two_places():
    w = np.ones(2)
    gradient = al.grad(lambda p: np.sum(2 * p["a"] + 3 * p["b"][0]))({"a": w, "b": [w]})
    assert gradient["a"].tolist() == [2, 2] and gradient["b"][0].tolist() == [3, 3]


def test_static_fields_may_be_integers():
    assert al.grad(lambda layer: np.sum(layer.weight))(net().layers[0]).width == 3


def test_integers_elsewhere_are_named():
    layer = Layer(np.ones(2), 3)
    with pytest.raises(TypeError, match=r"argument \.?.*bias.* int.*float"):
        al.grad(lambda layer: np.sum(layer.weight))(layer)
    net_ = Net((layer,))
    with pytest.raises(TypeError, match=r"\.layers\[0\]\.bias"):
        al.grad(lambda net: net.scale)(net_)


def test_several_trees():
    a, b = {"x": 1.0}, [2.0, 3.0]
    assert al.grad(lambda a, b: a["x"] * b[0] * b[1], (0, 1))(a, b) == ({"x": 6}, [3, 2])
    assert al.grad(lambda a, b: a["x"] * b[0] * b[1], 1)(a, b) == [3, 2]


def test_empty_trees():
    assert al.grad(lambda p: 1.0)({}) == {}
    assert al.grad(lambda p, x: x * x, (0, 1))([], 3.0) == ([], 6)
    assert al.tree_leaves(None) == []


def test_gradients_of_the_same_leaf_do_not_alias():
    a, b = al.grad(lambda p: np.sum(p["a"] + p["b"]))({"a": np.ones(2), "b": np.ones(2)}).values()
    a += 1
    assert b.tolist() == [1, 1]


# ---- tree_map, tree_leaves, paths ----


def test_tree_map():
    assert al.tree_map(lambda x: x + 1, {"a": [1.0, (2.0,)], "b": "text"}) == {
        "a": [2, (3,)],
        "b": "text",
    }
    assert al.tree_map(lambda x, y, z: x + y * z, [1.0], [2.0], [3.0]) == [7]
    assert al.tree_map(lambda x, y: x * y, Pair(1.0, 2.0), Pair(3.0, 4.0)) == Pair(3, 8)
    assert al.tree_map(lambda x: x, ()) == ()
    assert al.tree_map(lambda x: 5, 1.0) == 5


def test_tree_map_refuses_other_structures():
    for other in ({"a": 1.0}, {"a": 1.0, "b": [1.0, 2.0]}, 3.0):
        with pytest.raises(ValueError, match=r"different structure"):
            al.tree_map(lambda x, y: x, {"a": 1.0, "b": 2.0}, other)


def test_tree_map_matches_keys():
    """Dicts correspond by key: another order is no other structure, other keys are."""
    swapped = al.tree_map(lambda x, y: x - y, {"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0})
    assert swapped == {"a": 0, "b": 0}
    for other in ({"a": 1.0, "c": 2.0}, [1.0, 2.0], (1.0, 2.0)):
        with pytest.raises(ValueError, match=r"different structure"):
            al.tree_map(lambda x, y: x - y, {"a": 1.0, "b": 2.0}, other)


def test_pullback_matches_keys():
    _, pullback = al.vjp(lambda x: {"a": x, "b": 10.0 * x}, 1.0)
    assert pullback({"b": 1.0, "a": 0.0}) == (10,)


def test_leaves():
    tree = {"a": [1.0, None, "s"], "b": Pair(2.0, (3.0,)), "c": net().layers[0]}
    assert al.tree_leaves(tree)[:3] == [1, 2, 3]
    assert len(al.tree_leaves(tree)) == 5
    assert al.tree_leaves(5.0) == [5]
    assert len(al.tree_leaves([al.Tensor(1.0), np.float32(2)])) == 2


def test_paths():
    tree = {"a": [1.0, "s"], 3: Pair(2.0, None), "net": net()}
    assert [path for path, _ in paths(tree)] == [
        "['a'][0]",
        "[3].left",
        "['net'].layers[0].weight",
        "['net'].layers[0].bias",
        "['net'].layers[1].weight",
        "['net'].layers[1].bias",
        "['net'].scale",
    ]
    assert list(paths(1.0)) == [("", 1.0)]


@given(TREES)
def test_rebuilding_changes_nothing(tree):
    assert alike(rebuild(tree, lambda leaf: leaf), tree)
    assert len(list(paths(tree))) == len(al.tree_leaves(tree))


def test_frozen_dataclasses_and_defaults():
    model = net()
    copied = al.tree_map(lambda x: x, model)
    assert copied is not model and copied.layers[0].weight is model.layers[0].weight


def test_dataclass_fields_that_init_does_not_take():
    @dataclass
    class Counted:
        x: Any
        calls: Any = field(default=0.5, init=False)

    try:
        gradient = al.grad(lambda c: c.x * c.x)(Counted(3.0))
    except (TypeError, ValueError) as error:
        assert "calls" in str(error)
    else:
        assert gradient.x == 6
