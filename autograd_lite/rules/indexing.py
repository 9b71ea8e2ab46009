"""Derivatives of indexing, and indexing on the left-hand side as functions."""

import operator

import numpy as np

from autograd_lite.primitive import primitive
from autograd_lite.registry import rule

BOOL = np.dtype(bool)


def is_basic(key):
    """Whether no element can be picked twice, so that ``+=`` is safe."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(
        part is None
        or part is Ellipsis
        or isinstance(part, (int, np.integer, slice))
        or getattr(part, "dtype", None) is BOOL
        for part in parts
    )


def add_in_place(total, key, values):
    if is_basic(key):
        total[key] += values
    else:
        np.add.at(total, key, values)


@primitive
def at_add(x, key, values):
    """A copy of ``x`` with ``values`` added at ``key``; an element named twice is added to twice.

    >>> import numpy as np, autograd_lite as al
    >>> al.at_add(np.zeros(3), [0, 2, 2], 1.0)
    array([1., 0., 2.])
    """
    result = np.array(x)
    add_in_place(result, key, values)
    return result


@primitive
def at_set(x, key, values):
    """A copy of ``x`` in which the elements at ``key`` are ``values``: ``x[key] = values``.

    >>> import numpy as np, autograd_lite as al
    >>> al.at_set(np.zeros(3), slice(1, None), 5.0)
    array([0., 5., 5.])
    """
    result = np.array(x)
    result[key] = values
    return result


@primitive
def scatter(values, key, shape):
    """Zeros of ``shape`` with ``values`` added at ``key``: the way back of indexing."""
    result = np.zeros_like(values, shape=shape)
    add_in_place(result, key, values)
    return result


def who_won(key, shape, values_shape):
    """Which of the values ``x[key] = values`` leaves in ``x``, where ``key`` names some twice."""
    ids = np.arange(int(np.prod(values_shape))).reshape(values_shape)
    last = np.zeros(shape, int)
    last[key] = ids
    return last[key] == ids


rule(
    operator.getitem,
    a=lambda g, b, shape: scatter(g, b, shape),
    b=None,
    into=lambda total, node, g: add_in_place(total, node.second, g),
)
rule(scatter, values=lambda g, key: g[key])
rule(at_add, broadcasts=True, x=lambda g: g, key=None, values=lambda g, key: g[key])
rule(
    at_set,
    broadcasts=True,
    x=lambda g, key: at_set(g, key, 0),
    key=None,
    values=lambda g, key: g[key] * who_won(key, g.shape, g[key].shape),
)
