"""What students write in place of the rule of an operation: a factor left out, a square, a sign."""

import operator
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.backward import Edge, How, Pass, stretches
from autograd_lite.analysis.by_hand.mistakes.textbook import variants
from autograd_lite.analysis.by_hand.sayings import Sayings
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import Value

PRODUCTS, QUOTIENTS, POWERS = of_kind("product"), of_kind("quotient"), of_kind("power")
MATRIX_PRODUCTS = of_kind("matrix product") | {np.dot}
ADDITIVE = of_kind("sum", "difference", "negative", "positive")
CHOICES = {np.where, np.maximum, np.minimum, np.clip, np.fmax, np.fmin}
Told = Iterator[tuple[str, How]]


def altered(edge: Edge, says: Sayings) -> Told:
    """The mistakes in the rule of one edge, the most common first."""
    if edge.known:
        z, a = (says.inside(v) for v in (edge.operand, edge.result))
        for text, rule in variants(edge.known.kind):
            yield text.format(z=z, a=a), of_activation(rule)
    elif edge.step.function in MATRIX_PRODUCTS:
        yield from of_matrix_product(edge, says)
    elif edge.step.function in PRODUCTS | QUOTIENTS | POWERS:
        yield from of_arithmetic(edge, says)
    elif edge.step.function is operator.getitem:
        yield from of_index(edge, says)
    elif edge.step.function is np.transpose:
        yield f"{says.inside(edge.operand)} is transposed, and its gradient is not", unchanged
    elif edge.step.function in CHOICES:
        text = f"the mask of {says.text(edge.result)} is missing"
        yield f"{text}: the gradient is passed on unchanged", unchanged
    elif edge.step.function not in ADDITIVE and is_elementwise(edge.step.function):
        name = edge.step.name
        yield f"{name} is missing", unchanged
        yield (
            f"{name} itself is a factor, in place of its slope",
            with_numbers(edge, lambda g, x, y, _: g * y),
        )
        yield f"the slope of {name} twice", lambda p, e, g: p.pull(e, p.pull(e, g))
    elif edge.step.function in (np.max, np.min):
        text = f"the mask is missing: only the element that is the {edge.step.name} has a gradient"
        yield text, unchanged
    if stretches(edge):
        yield from of_stretched(edge)


def of_activation(rule: Callable[..., Any]) -> How:
    def how(p: Pass, edge: Edge, g: Any) -> Any:
        axis = edge.known.axis if edge.known else None
        return rule(g, p.values[edge.operand], p.values[edge.result], axis)

    return how


def with_numbers(edge: Edge, rule: Callable[..., Any]) -> How:
    """A rule from g, the operand, the result and the other operand, summed where it stretches."""

    def how(p: Pass, edge: Edge, g: Any) -> Any:
        other = numbers_of_other(edge, p)
        return fitted(rule(g, p.values[edge.operand], p.values[edge.result], other), edge, p)

    return how


def numbers_of_other(edge: Edge, p: Pass) -> Any:
    """The other of two operands, be it a number in the text."""
    if edge.others:
        return p.values[edge.others[0]]
    args = [x for x in edge.step.args if not isinstance(x, Value)]
    return args[0] if args else None


def unchanged(p: Pass, edge: Edge, g: Any) -> Any:
    """The gradient of the result as that of the operand."""
    return fitted(g, edge, p)


def fitted(g: Any, edge: Edge, p: Pass) -> Any:
    """A gradient in the shape of the operand: summed where it was stretched, or spread out."""
    shape, g = np.shape(p.values[edge.operand]), np.asarray(g)
    if g.shape == shape:
        return g
    if g.size < np.prod(shape, dtype=int):
        axis = edge.step.options.get("axis")
        if axis is not None and g.ndim < len(shape):
            g = np.expand_dims(g, axis)
        return np.broadcast_to(g, shape)
    extra = g.ndim - len(shape)
    if extra < 0:
        raise ValueError("another shape")
    axes = tuple(i for i in range(g.ndim) if i < extra or shape[i - extra] == 1 < g.shape[i])
    return np.reshape(g.sum(axis=axes), shape)


def of_arithmetic(edge: Edge, says: Sayings) -> Told:
    """Products, quotients and powers."""
    function, options = edge.step.function, edge.others
    if options:
        other = says.inside(options[0])
    else:
        literal = [x for x in edge.step.args if not isinstance(x, Value)]
        other = says_number(literal[0]) if literal else says.inside(edge.operand)
    this = says.inside(edge.operand)
    own = partial(with_numbers, edge)
    if function in PRODUCTS:
        yield f"the factor {other} is missing", unchanged
        yield f"the factor {other} twice", own(lambda g, x, y, v: g * v * v)
        yield f"divided by {other} in place of multiplied by it", own(lambda g, x, y, v: g / v)
        yield (
            f"the factor is {this} in place of {other}, by which it was multiplied",
            own(lambda g, x, y, v: g * x),
        )
        for text, rule in MATRIX_FORMS.items():
            yield f"a matrix product in place of the elementwise product: {text}", own(rule)
    elif function in QUOTIENTS and edge.place == 0 and edge.step.args[0] is edge.operand:
        yield f"the factor 1 / {other} is missing", unchanged
        yield f"multiplied by {other} in place of divided by it", own(lambda g, x, y, v: g * v)
        yield f"divided by {other} twice", own(lambda g, x, y, v: g / v / v)
    elif function in QUOTIENTS:
        yield (
            f"the square of {this} is missing: the derivative of 1 / v is -1 / v ** 2",
            own(lambda g, x, y, u: -g * u / x),
        )
        yield f"the factor {other} is missing", own(lambda g, x, y, u: -g / x**2)
        yield (
            f"the slope of 1 / {this} is missing: it is -1 / {this} ** 2",
            own(lambda g, x, y, u: g * u),
        )
        yield (
            "the derivative of 1 / v is -1 / v ** 2, and here 1 / v is a factor",
            own(lambda g, x, y, u: g / x),
        )
    elif edge.place == 0:
        yield (
            f"the exponent stays {other}: the derivative of x ** n is n * x ** (n - 1)",
            own(lambda g, x, y, n: g * n * y),
        )
        yield f"the slope of {this} ** {other} is missing", unchanged
        yield (
            "the factor n is missing: the derivative of x ** n is n * x ** (n - 1)",
            own(lambda g, x, y, n: g * y / x),
        )


def says_number(x: Any) -> str:
    return repr(x) if isinstance(x, (int, float)) else str(x)


MATRIX_FORMS: dict[str, Callable[..., Any]] = {
    "g @ v": lambda g, x, y, v: matrices(g, v),
    "v @ g": lambda g, x, y, v: matrices(v, g),
    "g @ v.T": lambda g, x, y, v: matrices(g, np.transpose(v)),
    "v.T @ g": lambda g, x, y, v: matrices(np.transpose(v), g),
}


def matrices(a: Any, b: Any) -> Any:
    if np.ndim(a) != 2 or np.ndim(b) != 2:
        raise ValueError("no matrices")
    return a @ b


def of_matrix_product(edge: Edge, says: Sayings) -> Told:
    """Products of matrices: the other factor as it is in place of its transpose."""
    if not edge.others:
        return
    other = edge.others[0]
    text = says.inside(other)
    if other.step is not None and other.step.function is np.transpose:
        text = f"{says.inside(other.step.operands[0])} is transposed, and should not be"
    else:
        text = f"{text} is not transposed"

    def turned(p: Pass, edge: Edge, g: Any) -> Any:
        return p.seeing(edge, g, {**p.values, other: np.transpose(p.values[other])})

    yield text, turned
    yield (
        f"the gradient of {says.text(edge.result)} is not transposed, or is so once too often",
        lambda p, e, g: p.pull(e, np.transpose(g)),
    )
    yield f"the factor {says.inside(other)} is missing", unchanged
    yield (
        "the product of matrices is the wrong way round",
        with_numbers(
            edge, lambda g, x, y, v: matrices(*((v.T, g) if edge.place == 0 else (g, v.T)))
        ),
    )
    yield (
        "an elementwise product in place of the product of matrices",
        with_numbers(edge, lambda g, x, y, v: g * v),
    )


def of_index(edge: Edge, says: Sayings) -> Told:
    """What was picked several times: the last in place of all of them."""
    x = says.text(edge.operand)

    def index_of(p: Pass) -> Any:
        key = edge.step.args[1]
        key = p.values[key] if isinstance(key, Value) else key
        if isinstance(key, tuple):
            key = tuple(p.values[k] if isinstance(k, Value) else k for k in key)
        parts = key if isinstance(key, tuple) else (key,)
        arrays = [np.asarray(k) for k in parts if isinstance(k, (np.ndarray, list))]
        if not any(k.dtype.kind in "iu" and k.size > 1 for k in arrays):
            raise IndexError("nothing is picked twice")
        return key

    def assigned(p: Pass, edge: Edge, g: Any) -> Any:
        out = np.zeros_like(p.values[edge.operand])
        out[index_of(p)] = g
        return out

    def by_rows(p: Pass, edge: Edge, g: Any) -> Any:
        out, key = np.zeros_like(p.values[edge.operand]), index_of(p)
        rows = zip(*key) if isinstance(key, tuple) else key
        for k, row in zip(rows, g):
            out[k] += row
        return out

    how = f"with repeated indices the parts of {x} are not accumulated, the last is kept"
    yield f"{how}; np.add.at(d, index, g) adds them all", assigned
    yield f"{how} in each row of indices; np.add.at(d, index, g) adds them all", by_rows


def of_stretched(edge: Edge) -> Told:
    """A sum over the axes that an operand was stretched along: one term of it only."""
    shape = edge.operand.shape or ()

    def one(end: int) -> How:
        def how(p: Pass, edge: Edge, g: Any) -> Any:
            whole = np.asarray(p.unsummed(edge, g))
            extra = whole.ndim - len(shape)
            for axis in reversed(range(whole.ndim)):
                if axis < extra or shape[axis - extra] != whole.shape[axis]:
                    whole = np.take(whole, [end], axis=axis)
            return np.reshape(whole, shape)

        return how

    yield "the sum is missing: what comes later is assigned, not added (+=)", one(-1)
    yield "the sum is missing: the first term alone is there", one(0)

    def largest(p: Pass, edge: Edge, g: Any) -> Any:
        return fitted(p.unsummed(edge, g) != 0, edge, p) > 0

    yield "the sum is missing: it only says whether there is a gradient", largest
