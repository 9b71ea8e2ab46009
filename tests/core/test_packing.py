"""Custom functions whose arguments and results are containers of Tensors."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.primitive import no_derivative


class Pair(NamedTuple):
    a: Any
    b: Any


@dataclass
class Layer:
    W: Any
    b: Any


def dense():
    """A function of a dict that returns a dict, and how often it ran; the same step by step."""
    runs = []

    def plain(x, p):
        return {"out": x @ p["W"] + p["b"], "norm": np.sum(p["W"] ** 2)}

    @al.primitive
    def packed(x, p):
        runs.append(1)
        assert not isinstance(p["W"], al.Tensor)
        return plain(x, p)

    al.rule(
        packed,
        x=lambda g, p: g["out"] @ p["W"].T,
        p=lambda g, x, p: {
            "W": x.T @ g["out"] + 2 * g["norm"] * p["W"],
            "b": np.sum(g["out"], axis=0),
        },
    )
    loss = lambda f: lambda x, p: np.sum(np.sin(f(x, p)["out"])) + f(x, p)["norm"]
    return loss(packed), loss(plain), runs


@pytest.fixture
def arguments(rng):
    return rng.normal(size=(4, 3)), {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}


def close(found, expected):
    for a, b in zip(al.tree_leaves(found), al.tree_leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("argnums", [0, 1, (0, 1)])
def test_dicts(argnums, arguments):
    """Whichever argument varies, to both orders and in programs."""
    packed, plain, runs = dense()
    close(al.grad(packed, argnums)(*arguments), al.grad(plain, argnums)(*arguments))
    assert len(runs) <= 3  # of two calls, the first tells that the result is a dict
    close(al.hvp(packed, arguments, arguments), al.hvp(plain, arguments, arguments))
    program = al.trace(al.grad(packed, argnums), *arguments)
    close(program(*arguments), al.grad(plain, argnums)(*arguments))
    assert al.trace(packed, *arguments)(*arguments) == packed(*arguments)


def test_a_wrong_rule_is_found(arguments):
    wrong = al.primitive(lambda p: {"twice": 2 * p["W"], "b": p["b"]})
    al.rule(wrong, p=lambda g, p: {"W": g["twice"], "b": g["b"]})
    gradient = al.grad(lambda p: np.sum(wrong(p)["twice"]))(arguments[1])
    assert np.all(gradient["W"] == 1)  # as the rule says, and 2 is right: so the rule is used


def test_named_tuples_dataclasses_and_nesting():
    f = al.primitive(lambda q: Pair(q.a * q.b[0], [q.b[1], q.a]))
    al.rule(f, q=lambda g, q: Pair(g.a * q.b[0] + g.b[1], (np.sum(g.a * q.a), g.b[0])))
    q = Pair(np.array([1.0, 2.0]), (3.0, 4.0))
    loss = lambda q: np.sum(f(q).a ** 2) + 5 * f(q).b[0] + np.sum(f(q).b[1])
    gradient = al.grad(loss)(q)
    assert type(gradient) is Pair and type(f(q)) is Pair
    close(gradient, Pair(np.array([19.0, 37.0]), (30.0, 5.0)))

    layer = al.primitive(lambda p, x: p.W * x + p.b)
    al.rule(layer, p=lambda g, x: Layer(g * x, g), x=lambda g, p: g * p.W)
    gradient = al.grad(lambda p: layer(p, 3.0))(Layer(2.0, 1.0))
    assert (gradient.W, gradient.b) == (3.0, 1.0)
    assert al.grad(lambda x: layer(Layer(2.0, 1.0), x))(3.0) == 2.0


def test_lists_of_several_shapes():
    """One shape is read as one array, as ever."""
    total = al.primitive(lambda xs: sum(np.sum(x**2) for x in xs))
    al.rule(total, xs=lambda g, xs: [2 * g * x for x in xs])
    close(al.grad(total)([np.ones(2), np.ones(3)]), [2 * np.ones(2), 2 * np.ones(3)])


def test_a_dict_made_of_an_array():
    f = al.primitive(lambda x: {"square": x * x, "total": np.sum(x)})
    al.rule(f, x=lambda g, y, x: 2 * g["square"] * x + g["total"] * y["total"])
    loss = lambda x: np.sum(f(x)["square"]) + 3 * f(x)["total"]
    close(al.grad(loss)(np.array([1.0, 2.0])), np.array([11.0, 13.0]))
    assert al.grad(lambda x: f(x)["total"])(np.array([1.0, 2.0])).tolist() == [3.0, 3.0]


def test_options_residuals_shapes_and_constants():
    f = al.primitive(lambda p, x, scale=1.0: scale * p["a"] * x)
    al.rule(
        f,
        p=lambda g, x, scale, residuals: {"a": g * scale * x + 0 * residuals},
        x=lambda g, p, scale, shape, dtype: np.ones(shape, dtype) * g * scale * p["a"],
        residuals=lambda p: p["a"],
    )
    p = {"a": np.array([1.0, 2.0])}
    by_p, by_x = al.grad(lambda p, x: np.sum(f(p, x, scale=3.0)), (0, 1))(p, np.array([4.0, 5.0]))
    close(by_p["a"], np.array([12.0, 15.0]))
    close(by_x, np.array([3.0, 6.0]))
    constant = al.primitive(lambda p, x: p["a"] * x)
    al.rule(constant, p=None, x=lambda g, p: g * p["a"])
    assert not np.any(al.grad(lambda p: np.sum(constant(p, np.ones(2))))(p)["a"])


def test_what_is_refused():
    f = al.primitive(lambda p, x: p["a"] * x)
    al.rule(f, p=no_derivative, x=lambda g, p: g * p["a"])
    with pytest.raises(TypeError, match=r"no derivative with respect to 'p'.*stop_gradient"):
        al.grad(lambda p: f(p, 2.0))({"a": 3.0})
    assert al.grad(lambda x: f(al.stop_gradient({"a": 3.0}), x))(2.0) == 3.0  # the remedy
    g = al.primitive(lambda p: p["a"] + p["b"])
    al.rule(g, p=lambda g, p: {"a": g})
    with pytest.raises(ValueError, match=r"different structure.*'b'"):
        al.grad(g)({"a": 3.0, "b": 1.0})
