"""Derivatives of indexing, and indexing on the left-hand side as functions.

What only picks elements is applied to their numbers, and its VJP scatters to where these are.
"""

import math
import operator
from typing import Any, TypeVar

import numpy as np

from autograd_lite.calls import told
from autograd_lite.core.admission import admitted_all, chunked
from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import composed, rule
from autograd_lite.core.tracked import PLAIN, Symbol, branch
from autograd_lite.rules.common import along, composition_of, zero_of

BOOL = np.dtype(bool)
X = TypeVar("X")


def is_basic(key):
    """Whether no element can be picked twice: then ``+=`` adds all that is to be added."""
    if type(key) in (int, slice):  # nearly always
        return True
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
def at_add(x: X, key: Any, values: Any) -> X:
    """A copy of ``x`` with ``values`` added at ``key``; an element named twice is added to twice.

    ``values`` broadcast to ``x[key]``; the result has shape and dtype of ``x``.  Derivatives: g by
    ``x``, and g[key] by ``values``.

    >>> import numpy as np, autograd_lite as al
    >>> al.at_add(np.zeros(3), [0, 2, 2], 1.0)
    array([1., 0., 2.])
    """
    return _written("at_add", x, key, values, add_in_place)  # type: ignore[no-any-return]


@primitive
def at_set(x: X, key: Any, values: Any) -> X:
    """A copy of ``x`` in which the elements at ``key`` are ``values``: ``x[key] = values``.

    ``values`` broadcast to ``x[key]``; the result has shape and dtype of ``x``.  An element named
    twice gets the last value.  Derivatives: g with 0 at ``key`` by ``x``, and g[key] by ``values``.

    >>> import numpy as np, autograd_lite as al
    >>> al.at_set(np.zeros(3), slice(1, None), 5.0)
    array([0., 5., 5.])
    """
    return _written("at_set", x, key, values, operator.setitem)  # type: ignore[no-any-return]


def _written(name, x, key, values, write):
    """A copy of ``x`` into which ``write(copy, key, values)`` has written."""
    result = np.array(x) if chunked(x) is None else x.copy()
    if values is None:
        raise TypeError(f"{name}: values = None")
    try:
        write(result, admitted_all(key), values)
    except (IndexError, ValueError) as error:
        raise type(error)(
            f"{name}: x of shape {result.shape}, key = {told(key)}, values of shape "
            f"{np.shape(values)}: {error}; give an index, a slice or a mask of x, and values that "
            f"broadcast to x[key]"
        ) from None
    return result


@primitive
def scatter(values, key, shape, like=None):
    """Zeros of ``shape`` with ``values`` added at ``key``: the VJP of indexing."""
    if chunked(values) is not None:
        from autograd_lite.rules.chunks import written  # seldom needed

        return written(values, key, shape, like)
    result = np.zeros_like(values, shape=shape)
    if result.dtype.kind == "O" and np.size(values):
        result[...] = zero_of(np.ravel(values)[:1])
    add_in_place(result, key, values)
    return result


def scattered(values, key, shape, like):
    """`scatter`, told what the result is like only where that comes in chunks."""
    return scatter(values, key, shape) if like is None else scatter(values, key, shape, like)


def is_traced(key):
    """Whether an index is written down, though the gradient is a constant, as a mean's is."""
    return any(isinstance(part, Symbol) for part in (key if isinstance(key, tuple) else (key,)))


def getitem_vjp(g, b, shape, like):
    plain = type(g) in PLAIN and g.dtype.kind != "O" and not is_traced(b)
    if plain:  # as `scatter` does, with nobody to ask
        total = np.zeros(shape, g.dtype)
        add_in_place(total, b, g)
        return total
    return scattered(g, b, shape, like)


def who_won(key, shape, values_shape):
    """Which values ``x[key] = values`` leaves in ``x``, where ``key`` names an element twice."""
    ids = numbered(values_shape)
    return at_set(np.zeros(shape, int), key, ids)[key] == ids


rule(
    operator.getitem,
    a=getitem_vjp,
    b=None,
    into=lambda total, node, g: add_in_place(total, node.second, g),
)
rule(scatter, values=lambda g, key: g[key], key=None)
rule(at_add, broadcasts=True, x=lambda g: g, key=None, values=lambda g, key: g[key])
rule(
    at_set,
    broadcasts=True,
    x=lambda g, key: at_set(g, key, 0),
    key=None,
    values=lambda g, key: g[key] * who_won(key, g.shape, g[key].shape),
)

# ---- picking: the same function picks the numbers of the elements ----


def numbered(shape):
    """The numbers of the elements of an array of ``shape``, in its order."""
    return np.arange(math.prod(shape)).reshape(shape)


def length(shape, axis):
    """How many elements there are to pick from."""
    return math.prod(shape) if axis is None or not shape else shape[axis]


def picked_vjp(g, numbers, shape, axis=None, like=None):
    """The VJP of ``np.take(a, numbers, axis)`` for ``a`` of ``shape``."""
    if axis is None or not shape:
        flat = None if like is None else np.ravel(like)
        return np.reshape(scattered(g, numbers, (math.prod(shape),), flat), shape)
    return scattered(g, along(axis % len(shape), numbers), shape, like)


def picked(condition):
    """The places where a condition holds; a mask that is not computed is refused later."""
    return np.flatnonzero(condition) if chunked(condition) is None else condition


def take_vjp(g, shape, like, indices, axis, mode):
    n = length(shape, axis)
    indices = indices if hasattr(indices, "dtype") else np.asarray(indices)
    inside = {"raise": lambda i: i, "wrap": lambda i: i % n, "clip": lambda i: np.clip(i, 0, n - 1)}
    return picked_vjp(g, inside[mode](indices), shape, axis, like)


rule(np.take, a=take_vjp)
rule(
    np.take_along_axis,
    arr=lambda g, shape, indices, axis: picked_vjp(
        g, np.take_along_axis(numbered(shape), indices, axis), shape
    ),
)
rule(
    np.compress,
    condition=None,
    a=lambda g, condition, shape, like, axis: picked_vjp(g, picked(condition), shape, axis, like),
)
rule(
    np.extract,
    condition=None,
    arr=lambda g, condition, shape, like: picked_vjp(g, picked(condition), shape, None, like),
)

# ---- diagonals and triangles ----


def numbers_on_diagonal(shape, offset=0, axis1=0, axis2=1):
    """The numbers of the elements on a diagonal, without those of all others."""
    steps = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    row, column = (a % len(shape) for a in (axis1, axis2))
    n = min(shape[row] + min(offset, 0), shape[column] - max(offset, 0))
    first = max(-offset, 0) * steps[row] + max(offset, 0) * steps[column]
    numbers = first + np.arange(max(n, 0)) * (steps[row] + steps[column])
    for i in reversed(range(len(shape))):
        if i not in (row, column):
            places = np.reshape(np.arange(shape[i]) * steps[i], (-1,) + (1,) * numbers.ndim)
            numbers = places + numbers
    return numbers


def diagonal_vjp(g, shape, like, offset, axis1, axis2):
    return picked_vjp(g, numbers_on_diagonal(shape, offset, axis1, axis2), shape, None, like)


def trace_vjp(g, shape, like, offset, axis1, axis2):
    numbers = numbers_on_diagonal(shape, offset, axis1, axis2)
    g = np.broadcast_to(np.reshape(g, (*np.shape(g), 1)), numbers.shape)
    return picked_vjp(g, numbers, shape, None, like)


rule(np.diagonal, a=diagonal_vjp)
rule(np.trace, a=trace_vjp)
rule(
    np.diag,
    v=lambda g, shape, like, k: (
        np.diag(g, k) if len(shape) == 1 else diagonal_vjp(g, shape, like, k, 0, 1)
    ),
)
rule(np.tril, broadcasts=True, m=lambda g, k: np.tril(g, k))
rule(np.triu, broadcasts=True, m=lambda g, k: np.triu(g, k))
composed(np.diagflat, lambda v, k=0: np.diag(np.ravel(v), k))

# ---- choosing among several arrays ----


@primitive(inline=True)
def choose(*choices, which, mode="raise"):
    return chosen(which, choices, mode)


def chosen(which, choices, mode):
    """``np.choose``, which Dask has without a mode."""
    return np.choose(which, choices) if mode == "raise" else np.choose(which, choices, mode=mode)


@primitive(inline=True)
def select(*choices, conditions):
    return np.select(conditions, choices[:-1], choices[-1])


def chosen_vjp(g, n, numbers):
    """The VJP by ``n`` choices: each gets the gradient where its number was chosen."""
    return [np.where(numbers == i, g, zero_of(g)) for i in range(n)]


def selected(conditions, n):
    """The number of the first condition that holds, and ``n`` where none does."""
    numbers = n
    for i in reversed(range(n)):
        numbers = np.where(conditions[i], i, numbers)
    return numbers


rule(
    choose,
    broadcasts=True,
    choices=lambda g, choices, which, mode: chosen_vjp(
        g, len(choices), chosen(which, [*range(len(choices))], mode)
    ),
)
rule(
    select,
    broadcasts=True,
    choices=lambda g, choices, conditions: chosen_vjp(
        g, len(choices), selected(conditions, len(choices) - 1)
    ),
)
composed(
    np.choose,
    lambda a, choices, out=None, mode="raise": choose(*choices, which=stop_gradient(a), mode=mode),
)


@composition_of(np.select)
def select_of(condlist, choicelist, default=0):
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    return select(*choicelist, default, conditions=stop_gradient(condlist))


@composition_of(np.piecewise)
def piecewise(x, condlist, funclist, *args, **kw):
    """Each function is called with its own elements only."""
    conditions = stop_gradient(condlist)
    if np.isscalar(conditions) or (
        not (isinstance(conditions[0], (list, np.ndarray)) or np.ndim(conditions[0]))
        and np.ndim(x) != 0
    ):
        conditions = [conditions]
    conditions = np.stack([c if hasattr(c, "dtype") else np.asarray(c) for c in conditions]) != 0
    n = len(funclist)
    if len(conditions) == n - 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    elif len(conditions) != n:
        raise ValueError(
            f"with {len(conditions)} condition(s), either {len(conditions)} or "
            f"{len(conditions) + 1} functions are expected"
        )
    x = np.reshape(x, np.shape(x))  # a mask picks from arrays only, not from numbers
    y = np.zeros_like(x)
    for here, f in zip(conditions, funclist):
        if not callable(f):
            y = at_set(y, here, f)
        elif branch(np.any(here)):
            y = at_set(y, here, f(x[here], *args, **kw))
    return y


@primitive(inline=True)
def bincount(weights, x, minlength=0):
    return np.bincount(x, weights, minlength)


rule(bincount, weights=lambda g, x: g[x], x=None)
composed(
    np.bincount,
    lambda x, /, weights=None, minlength=0: bincount(weights, x, minlength=minlength),
)
