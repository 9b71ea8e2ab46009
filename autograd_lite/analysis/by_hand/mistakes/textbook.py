"""The slopes of activations as textbooks write them, and what students write instead."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

#: From the gradient of the result g, the argument z, the result a, and an axis.
Rule = Callable[[Any, Any, Any, Any], Any]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def total(x: Any, axis: int) -> Any:
    return np.sum(x, axis=axis, keepdims=True)


def along(a: Any, z: Any, axis: int) -> Any:
    """The result of logsumexp, or its gradient, with the axis that it was summed along."""
    shape = [n if i != axis else 1 for i, n in enumerate(np.shape(z))]
    return np.reshape(a, shape)


#: The gradient of the argument.
PULLBACKS: dict[str, Rule] = {
    "sigmoid": lambda g, z, a, _: g * (a * (1 - a)),
    "tanh": lambda g, z, a, _: g * (1 - a * a),
    "relu": lambda g, z, a, _: g * (z > 0),
    "softplus": lambda g, z, a, _: g * sigmoid(z),
    "absolute": lambda g, z, a, _: g * np.sign(z),
    "silu": lambda g, z, a, _: g * (a + sigmoid(z) * (1 - a)),
    "softmax": lambda g, z, a, axis: a * (g - total(g * a, axis)),
    "log_softmax": lambda g, z, a, axis: g - np.exp(a) * total(g, axis),
    "logsumexp": lambda g, z, a, axis: along(g, z, axis) * np.exp(z - along(a, z, axis)),
}
#: What an activation is of its argument, to be taken elsewhere.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.logaddexp(0, z),
    "absolute": np.abs,
    "silu": lambda z: z * sigmoid(z),
}
#: The slope where it is a factor: for a sentence, from the names of z and a, and as numbers.
SLOPES: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "sigmoid": ("{a} * (1 - {a})", lambda z, a: a * (1 - a)),
    "tanh": ("1 - {a} * {a}", lambda z, a: 1 - a * a),
    "relu": ("{a} > 0", lambda z, a: z > 0),
    "softplus": ("sigmoid({z})", lambda z, a: sigmoid(z)),
    "absolute": ("sign({z})", lambda z, a: np.sign(z)),
    "silu": ("{a} + sigmoid({z}) * (1 - {a})", lambda z, a: a + sigmoid(z) * (1 - a)),
}


class Variant(NamedTuple):
    """What a student writes in place of a rule, and how a sentence tells it."""

    text: str
    rule: Rule


def variants(kind: str) -> Iterator[Variant]:
    """The mistakes in the rule of an activation, the most common first."""
    right = PULLBACKS[kind]
    if kind in SLOPES:
        text, slope = SLOPES[kind]
        yield Variant(f"the factor {text} is missing", lambda g, z, a, _: g)
        f = FUNCTIONS[kind]
        yield Variant(
            f"the slope of {kind} is taken at {{a}} in place of {{z}}",
            lambda g, z, a, axis: right(g, a, f(a), axis),
        )
        yield Variant(
            f"a factor {text} too much", lambda g, z, a, axis: right(g, z, a, axis) * slope(z, a)
        )
    for spoken, rule in OTHERS.get(kind, {}).items():
        yield Variant(spoken, rule)
    if kind in ("sigmoid", "tanh"):
        for spoken, of in MATRICES[kind].items():
            yield Variant(
                f"a matrix product in place of the elementwise product with the slope {text}, "
                f"as in g @ ({spoken})",
                lambda g, z, a, _, of=of: fitting(g, of(a)),  # type: ignore[misc]
            )
    yield Variant(
        "divided by the slope in place of multiplied"
        if kind in SLOPES
        else f"the backward pass of {kind} is run twice",
        lambda g, z, a, axis: (
            g / SLOPES[kind][1](z, a) if kind in SLOPES else right(right(g, z, a, axis), z, a, axis)
        ),
    )


#: Forms of a slope that come of matrix products.
MATRICES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "tanh": {
        "1 - {a}.T @ {a}": lambda a: 1 - a.T @ a,
        "1 - {a} @ {a}.T": lambda a: 1 - a @ a.T,
        "1 - {a} * {a}": lambda a: 1 - a * a,
        "(1 - {a} * {a}).T": lambda a: (1 - a * a).T,
    },
    "sigmoid": {
        "{a}.T @ (1 - {a})": lambda a: a.T @ (1 - a),
        "{a} @ (1 - {a}).T": lambda a: a @ (1 - a).T,
        "{a} * (1 - {a})": lambda a: a * (1 - a),
        "({a} * (1 - {a})).T": lambda a: (a * (1 - a)).T,
    },
}


def fitting(g: Any, s: Any) -> Any:
    """A product of matrices, in the order in which its shape is that of g."""
    if np.ndim(g) != 2 or np.ndim(s) != 2:
        raise ValueError("no matrices")
    for left, right in ((g, s), (s, g)):
        if left.shape[1] == right.shape[0] and (left.shape[0], right.shape[1]) == g.shape:
            return left @ right
    raise ValueError("no product has this shape")


OTHERS: dict[str, dict[str, Rule]] = {
    "sigmoid": {
        "the slope of sigmoid is {a} * (1 + {a}): the sign in it is wrong, it is "
        "{a} * (1 - {a})": lambda g, z, a, _: g * a * (1 + a),
        "the factor {a} of the slope {a} * (1 - {a}) is missing": lambda g, z, a, _: g * (1 - a),
        "the factor 1 - {a} of the slope {a} * (1 - {a}) is missing": lambda g, z, a, _: g * a,
        "the slope {a} * (1 - {a}) is formed of {z} in place of {a}": lambda g, z, a, _: (
            g * z * (1 - z)
        ),
        "the slope 1 - {a} * {a} is that of tanh, and that of sigmoid is "
        "{a} * (1 - {a})": lambda g, z, a, _: g * (1 - a * a),
        "the slope is that of relu, {z} > 0, and that of sigmoid is "
        "{a} * (1 - {a})": lambda g, z, a, _: g * (z > 0),
    },
    "tanh": {
        "the slope of tanh is 1 + {a} * {a}: the sign in it is wrong, it is "
        "1 - {a} * {a}": lambda g, z, a, _: g * (1 + a * a),
        "the square is missing in the slope: 1 - {a} in place of "
        "1 - {a} * {a}": lambda g, z, a, _: g * (1 - a),
        "the slope 1 - {a} * {a} is formed of {z} in place of {a}": lambda g, z, a, _: (
            g * (1 - z * z)
        ),
        "the term 1 of the slope 1 - {a} * {a} is missing": lambda g, z, a, _: -g * a * a,
        "the slope of tanh is {a} * {a}, and should be 1 - {a} * {a}": lambda g, z, a, _: g * a * a,
        "the slope {a} * (1 - {a}) is that of sigmoid, and that of tanh is "
        "1 - {a} * {a}": lambda g, z, a, _: g * a * (1 - a),
        "the slope is that of relu, {z} > 0, and that of tanh is "
        "1 - {a} * {a}": lambda g, z, a, _: g * (z > 0),
    },
    "relu": {
        "the mask is the wrong way round: {z} <= 0 in place of {z} > 0": lambda g, z, a, _: (
            g * (z <= 0)
        ),
        "{a} itself is a factor, in place of its slope {a} > 0": lambda g, z, a, _: g * a,
        "the mask {z} > 0 is put on the wrong values: it is asked of the gradient, as in "
        "where(g > 0, g, 0)": lambda g, z, a, _: g * (g > 0),
        "the mask is put on twice, of the gradient too": lambda g, z, a, _: g * (g > 0) * (z > 0),
        "the mask shows at {z} >= 1, and should at {z} > 0": lambda g, z, a, _: g * (z >= 1),
    },
    "softmax": {
        "the slope of softmax is missing: it is {a} * (g - sum(g * {a})) for an incoming "
        "g": lambda g, z, a, axis: g,
        "only the diagonal of the slope of softmax is there, {a} * (1 - {a}): the terms "
        "-p_i * p_j are missing": lambda g, z, a, axis: g * a * (1 - a),
        "a factor {a} * (1 - {a}) too much": lambda g, z, a, axis: (
            PULLBACKS["softmax"](g, z, a, axis) * a * (1 - a)
        ),
        "the factor {a} of the slope of softmax is missing": lambda g, z, a, axis: (
            g - total(g * a, axis)
        ),
        "the term -{a} * sum(g * {a}) of the slope of softmax is missing": lambda g, z, a, axis: (
            a * g
        ),
        "the sign is wrong in the slope of softmax, "
        "{a} * (g - sum(g * {a}))": lambda g, z, a, axis: a * (g + total(g * a, axis)),
        "the factor {a} is missing in the sum of the slope of softmax, "
        "{a} * (g - sum(g * {a}))": lambda g, z, a, axis: a * (g - total(g, axis)),
        "the sum in the slope of softmax goes along the wrong axis": lambda g, z, a, axis: (
            a * (g - total(g * a, 1 - axis))
        ),
    },
    "log_softmax": {
        "only the diagonal of the slope of softmax is there, p * (1 - p): the terms "
        "-p_i * p_j are missing": lambda g, z, a, axis: g * (1 - np.exp(a)),
        "the slope of log is missing: 1 / p": lambda g, z, a, axis: PULLBACKS["softmax"](
            g, z, np.exp(a), axis
        ),
        "the slope of softmax is missing: p * (g - sum(g * p)) for an incoming "
        "g": lambda g, z, a, axis: g / np.exp(a),
        "the sum in the slope of softmax goes along the wrong axis": lambda g, z, a, axis: (
            g - np.exp(a) * total(g, 1 - axis)
        ),
        "e^z is not divided by its sum: p is softmax, and here it is "
        "exp({z})": lambda g, z, a, axis: g - np.exp(z) * total(g, axis),
    },
    "logsumexp": {
        "the softmax is missing: the gradient is given to every element "
        "whole": lambda g, z, a, axis: along(g, z, axis) * np.ones_like(z),
        "e^z is not divided by its sum: the slope of logsumexp is softmax": lambda g, z, a, axis: (
            along(g, z, axis) * np.exp(z)
        ),
    },
    "absolute": {
        "{z} itself is a factor, in place of its sign": lambda g, z, a, _: g * z,
    },
    "softplus": {
        "the slope of softplus is sigmoid({z}), and here it is that of "
        "sigmoid": lambda g, z, a, _: g * sigmoid(z) * (1 - sigmoid(z)),
    },
}
