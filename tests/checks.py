"""A checker of derivatives: is the pullback of a function the transpose of its slope?

The slope of ``f`` along a direction is found without backpropagation: by a complex step, which is
exact to rounding where NumPy continues the function analytically, or by differences of two step
sizes, whose disagreement bounds their error.  Then ⟨u, J v⟩ must equal ⟨Jᵀu, v⟩ for random u and v,
one argument at a time.  Only when it does not are the full matrices computed, to say where they
differ.

Arrays may be complex: ⟨g, v⟩ is Re Σ g v, so that df = ⟨g, dz⟩.
"""

import numpy as np

import autograd_lite as al
from autograd_lite.trees import rebuild

COMPLEX_STEP = 1e-200
DIFFERENCE = 2.0**-10
ROUNDING = 1e-10  # relative to the terms of the products
FLOOR = 1e-13  # relative to the results, for a slope that is zero by cancellation


def check_derivatives(f, args, *, order=2, step=True, rng=None):
    """Raise AssertionError unless the derivatives of ``f`` at ``args`` are right, up to ``order``.

    ``step`` says that a complex step through ``f`` is valid.
    """
    rng = rng or np.random.default_rng(0)
    for n in range(1, order + 1):
        try:
            u = check_pullback(f, args, step=step, rng=rng)
        except AssertionError as error:
            raise AssertionError(f"order {n}: {error}") from None
        f, args = transposed(f, len(args)), (*args, *u)


def check_pullback(f, args, *, step=True, rng):
    """Check the first derivative by projection; return the cotangents that were used."""
    args = [np.asarray(x) for x in args]
    value, pullback = al.vjp(f, *args)
    results = al.tree_leaves(value)
    u = [direction(y, rng) for y in results]
    gradients = pullback(unflat(value, u))
    for k, (x, g) in enumerate(zip(args, gradients)):
        assert (g.shape, g.dtype) == (x.shape, x.dtype), (
            f"argument {k} has shape {x.shape} and dtype {x.dtype}, "
            f"its gradient shape {g.shape} and dtype {g.dtype}"
        )
        v = direction(x, rng)
        slopes, doubts = slope(f, args, k, v, step=step)
        expected = sum(inner(c, s) for c, s in zip(u, slopes))
        size = sum(inner(abs(c), abs(s)) for c, s in zip(u, slopes)) + inner(abs(g), abs(v))
        allowed = ROUNDING * size + FLOOR * sum(inner(abs(c), abs(y)) for c, y in zip(u, results))
        allowed += sum(inner(abs(c), d) for c, d in zip(u, doubts))
        if not abs(inner(g, v) - expected) <= allowed:
            raise AssertionError(comparison(f, args, k, step=step))
    return u


def transposed(f, n):
    """The map from ``n`` arguments and the cotangents of the results to the gradients: Jᵀu."""

    def pulled(*args):
        value, pullback = al.vjp(f, *args[:n])
        return pullback(unflat(value, args[n:]))

    return pulled


# ---- slopes without backpropagation ----


def slope(f, args, k, v, *, step):
    """How each result of ``f`` changes along ``v`` in argument ``k``, and bounds of the error."""
    if step:
        return by_complex_step(f, args, k, v)
    return by_differences(f, args, k, v)


def by_complex_step(f, args, k, v):
    moved = [x + 0j for x in args]
    moved[k] = moved[k] + COMPLEX_STEP * 1j * v
    slopes = [np.imag(y) / COMPLEX_STEP for y in al.tree_leaves(f(*moved))]
    return slopes, [np.zeros(s.shape) for s in slopes]


def by_differences(f, args, k, v):
    def central(h):
        there, back = ([*args[:k], args[k] + s * h * v, *args[k + 1 :]] for s in (1, -1))
        pairs = zip(al.tree_leaves(f(*there)), al.tree_leaves(f(*back)))
        return [((a - b) / (2 * h), abs(a) + abs(b)) for a, b in pairs]

    slopes, doubts = [], []
    for (far, _), (near, size) in zip(central(DIFFERENCE), central(DIFFERENCE / 2)):
        slopes.append(near + (near - far) / 3)
        floor = 4 * np.finfo(near.dtype).eps * size / DIFFERENCE
        doubts.append(abs(near - far) / 3 + floor)
    return slopes, doubts


# ---- directions and products ----


def direction(x, rng):
    """Random numbers of the shape and dtype of ``x``, none near 0 so that no element is missed."""
    shape, dtype = np.shape(x), np.result_type(x)

    def part():
        return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.5, shape)

    return np.asarray(part() + 1j * part() if dtype.kind == "c" else part(), dtype)


def inner(g, v):
    """⟨g, v⟩ = Re Σ g v."""
    return float(np.real(np.sum(g * v)))


def unflat(value, leaves):
    """``leaves`` in the structure of ``value``."""
    left = iter(leaves)
    return rebuild(value, lambda _: next(left))


# ---- what to say when they differ ----


def comparison(f, args, k, *, step):
    """Both Jacobian matrices by argument ``k`` element by element, and where they differ most."""
    got, expected, doubt = matrices(f, args, k, step=step)
    excess = np.abs(got - expected) - doubt
    row, column = np.unravel_index(np.argmax(np.nan_to_num(excess, nan=np.inf)), excess.shape)
    where = tuple(map(int, np.unravel_index(column, args[k].shape)))
    a, b = got[row, column], expected[row, column]
    text = f"argument {k}: the derivative of result element {row} by element {where} is "
    text += f"{a:.12g}, expected {b:.12g}, ratio {a / b if b else np.inf:.6g}"
    if got.shape[0] == got.shape[1] and np.allclose(got, expected.T, rtol=1e-6, atol=1e-9):
        text += "; the matrix is transposed"
    return f"{text}\ngot\n{got}\nexpected\n{expected}"


def matrices(f, args, k, *, step):
    """The Jacobian by argument ``k`` from pullbacks, from slopes, and the doubt of the latter."""
    value, pullback = al.vjp(f, *args)
    results = [np.asarray(y) for y in al.tree_leaves(value)]
    rows = []
    for i, y in enumerate(results):
        for j in range(y.size):
            u = [np.zeros(r.shape, r.dtype) for r in results]
            u[i].flat[j] = 1
            rows.append(np.ravel(pullback(unflat(value, u))[k]))
    columns, doubts = [], []
    for j in range(args[k].size):
        v = np.zeros(args[k].shape, args[k].dtype)
        v.flat[j] = 1
        slopes, errors = slope(f, args, k, v, step=step)
        columns.append(np.concatenate([np.ravel(s) for s in slopes]))
        doubts.append(np.concatenate([np.ravel(e) for e in errors]))
    return np.array(rows), np.array(columns).T, np.array(doubts).T
