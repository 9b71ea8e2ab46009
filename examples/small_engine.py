"""A whole reverse-mode engine on the real rule table, told in docs/tutorial/small-engine.md."""

import operator
from inspect import signature
from itertools import count, cycle

import numpy as np

from autograd_lite.core.methods import ArrayMethods
from autograd_lite.core.registry import COMPOSED, CONSTANT, primitive_of
from autograd_lite.core.tracked import Tracked, strip

next_number = count().__next__


class Node:
    """What one step did.  An operand is a node, or None if it does not vary."""

    def __init__(self, primitive, operands, values, options, y):
        self.primitive, self.operands, self.values = primitive, operands, values
        self.options, self.y, self.number = options, y, next_number()
        self.shape, self.dtype = np.shape(y), np.asarray(strip(y)).dtype


class Box(np.lib.mixins.NDArrayOperatorsMixin, ArrayMethods, Tracked):
    """A value, the node that made it, and the level of differentiation that it belongs to."""

    def __init__(self, raw, node, level):
        self.raw, self.node, self.level = raw, node, level

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, options)

    __array_function__ = lambda self, function, types, args, options: call(function, args, options)
    __getitem__ = lambda self, key: call(operator.getitem, (self, key), {})
    __len__ = lambda self: len(self.raw)


def call(function, args, options):
    """Run a function that NumPy handed to us, and record the step."""
    if function in COMPOSED:  # it is made of others, which come here in their turn
        return COMPOSED[function](*args, **options)
    if function in CONSTANT:  # its result does not vary, so there is nothing to record
        return function(*strip(args), **strip(options))
    primitive = primitive_of(function)
    args, options = primitive.bind(args, options)
    level = max(a.level for a in args if isinstance(a, Box))
    operands = [a.node if isinstance(a, Box) and a.level == level else None for a in args]
    values = [a.raw if node else a for a, node in zip(args, operands)]
    y = function(*values, **options)  # a Box of a lower level among the values leads back here
    return Box(y, Node(primitive, operands, values, options, y), level)


def vjp(node, g):
    """Each operand that varies, with its cotangent.  Rules request what they need by name."""
    primitive, names, values = node.primitive, node.primitive.arrays, node.values
    known = primitive.defaults | node.options | dict(zip(names, values)) | {"g": g, "y": node.y}
    if primitive.variadic:  # one rule for all operands, as of np.stack
        known |= {names[0]: values, "shapes": [*map(np.shape, values)], "tracked": node.operands}
    for i, (a, name) in enumerate(zip(node.operands, cycle(names))):
        if a and (rule := primitive.rules[name]):
            known |= {"transposed": a.primitive is primitive_of(np.transpose)}
            known |= {"shape": a.shape, "dtype": a.dtype, "reached": (), "like": None}
            c = rule(*[known[name] for name in signature(rule).parameters])
            yield a, list(c)[i] if primitive.variadic else c


def fit(c, a):
    """Un-broadcast: sum a cotangent over the axes along which its operand was stretched."""
    extra = np.ndim(c) - len(a.shape)
    axes = [i for i, n in enumerate(np.shape(c)) if i < extra or n != a.shape[i - extra]]
    c = np.reshape(np.sum(c, axis=tuple(axes)), a.shape) if axes else c
    return c if np.asarray(strip(c)).dtype == a.dtype else np.real(c).astype(a.dtype)


def backward(cotangents):
    """From the cotangent of a result to that of the leaf, the latest step first."""
    while steps := [node for node in cotangents if node.primitive]:
        node = max(steps, key=lambda node: node.number)  # whatever used its result is done
        for a, c in vjp(node, cotangents.pop(node)):
            cotangents[a] = cotangents[a] + fit(c, a) if a in cotangents else fit(c, a)
    return cotangents


def grad(f):
    """The gradient of ``f``, or of its sum if it returns an array, by its first argument."""

    def gradient(x, *others):
        leaf = Node(None, (), (), {}, x)
        y = f(Box(x, leaf, leaf.number), *others)  # a later leaf is that of an inner derivative
        varies = isinstance(y, Box) and y.level == leaf.number
        cotangents = backward({y.node: strip(y) ** 0} if varies else {})  # dy/dy is 1
        return cotangents.get(leaf, np.zeros_like(x))

    return gradient


if __name__ == "__main__":
    for order, f in enumerate([np.sin, grad(np.sin), grad(grad(np.sin))]):
        print(f"derivative {order} of the sine at 1: {f(1.0)}")
