"""Random programs at the borders of NumPy: lists, objects, numbers, nothing, what is used again.

A program is its seed: run twice, it takes the same steps, whatever the numbers.  Every operation in
it is smooth, so that differences tell its derivative.
"""

from functools import partial

import numpy as np

import autograd_lite as al
from autograd_lite.readers.source.module import Module

STEPS = 8
WAVE = 0.3


def smooth(x):
    """Numbers between -1 and 1, of whatever was computed."""
    return np.sin(WAVE * x)


class Program:
    """A function of two arrays, drawn from a seed; ``without`` says which operations it lacks."""

    def __init__(self, seed, without=()):
        self.seed = seed
        self.operations = [step for step in OPERATIONS if step not in without]
        rng = np.random.default_rng([seed, 1])
        shapes = [(), (1,), (3,), (2, 3), (3, 3), (0,), (2, 0)]
        self.args = [rng.uniform(-1, 1, shapes[i]) for i in rng.integers(0, len(shapes), 2)]

    def __call__(self, *args):
        rng = np.random.default_rng(self.seed)
        values = list(args)
        for _ in range(STEPS):
            step = self.operations[rng.integers(len(self.operations))]
            x, y = (values[i] for i in rng.integers(0, len(values), 2))
            try:
                made = step(rng, x, y)
            except Skipped:
                continue
            values.append(np.sin(made))  # so that nothing grows without bound
        return sum(np.sum(smooth(v) * (k + 1.0)) for k, v in enumerate(values))

    def __repr__(self):
        return f"Program({self.seed})"


class Skipped(Exception):
    """The operation is not for these shapes."""


def needs(condition):
    if not condition:
        raise Skipped


# ---- operations: (rng, x, y) -> a new value; none depends on the numbers ----


def product(rng, x, y):
    try:
        np.broadcast_shapes(np.shape(x), np.shape(y))
    except ValueError:
        raise Skipped from None
    return [np.multiply, np.add, np.subtract, np.hypot, np.logaddexp][rng.integers(5)](x, y + 2.0)


def elementwise(rng, x, y):
    return [np.sin, np.tanh, np.exp, np.square, np.arctan, lambda v: v**3][rng.integers(6)](
        smooth(x)
    )


def reduction(rng, x, y):
    axes = [None, *range(-np.ndim(x), np.ndim(x))]
    axis = axes[rng.integers(len(axes))]
    n = np.size(x) if axis is None else np.shape(x)[axis]
    needs(n > 0)
    keepdims = bool(rng.integers(2))
    f = [np.sum, np.mean, np.var][rng.integers(3)]
    return f(x, axis=axis, keepdims=keepdims)


def product_of_matrices(rng, x, y):
    needs(np.ndim(x) and np.ndim(y) in (1, 2) and np.shape(x)[-1] == np.shape(y)[0])
    return [np.matmul, np.dot][rng.integers(2)](x, y)


def stacked_list(rng, x, y):
    return np.stack([x, x * 2.0, 3.0 * x])


def list_beside(rng, x, y):
    needs(np.ndim(x) == 1 and len(x) > 0)
    parts = [x[i] * 2.0 for i in range(len(x))]
    return np.multiply(x, parts if rng.integers(2) else tuple(parts))


def objects_beside(rng, x, y):
    needs(np.ndim(x) == 1 and len(x) > 0)
    filled = np.empty(len(x), object)
    for i in range(len(x)):
        filled[i] = x[i] * x[0]
    return x * filled.astype(float) if isinstance(x, np.ndarray) else x * filled


def picked(rng, x, y):
    """By indices that are overwritten afterwards."""
    needs(np.ndim(x) and len(x) > 0)
    key = rng.integers(0, len(x), 4)
    made = x[key] if rng.integers(2) else np.take(x, key, axis=0)
    key[:] = 0
    return made


def masked(rng, x, y):
    """By a mask that is overwritten afterwards."""
    mask = rng.random(np.shape(x)) > 0.5
    made = np.where(mask, x, 2.0 * x) if rng.integers(2) else x * mask
    if np.ndim(mask):
        mask[...] = True
    return made


def added_at(rng, x, y):
    needs(np.ndim(x) and len(x) > 0)
    key = rng.integers(0, len(x), 3)
    made = al.at_add(x, key, x[key] * 0.5)
    key[:] = 0
    return made


def moved(rng, x, y):
    return [np.ravel, np.transpose, np.atleast_1d, np.copy, np.negative][rng.integers(5)](x)


def nothing(rng, x, y):
    needs(np.ndim(x))
    return x[:0]


def joined(rng, x, y):
    return np.concatenate([np.ravel(x), np.ravel(y), np.ones(2)])


def checkpointed(rng, x, y):
    return al.checkpoint(lambda v: np.tanh(v) * v)(x)


OPERATIONS = [
    *(product, elementwise, reduction, product_of_matrices, stacked_list, list_beside),
    *(objects_beside, picked, masked, added_at, moved, nothing, joined, checkpointed),
]


def check(program):
    """Raise AssertionError if anything about the derivatives of a program is wrong."""
    rng = np.random.default_rng([program.seed, 2])
    args = program.args
    before = [np.copy(a) for a in args]
    value, gradients = al.value_and_grad(program, (0, 1))(*args)
    plain = program(*args)
    assert value == plain and value.dtype == np.result_type(plain), "another value than NumPy's"
    for g, a, b in zip(gradients, args, before):
        assert type(g) is np.ndarray or np.ndim(a) == 0
        assert (np.shape(g), np.asarray(g).dtype) == (a.shape, a.dtype)
        assert not np.shares_memory(g, a) and np.array_equal(a, b)
    v = [rng.uniform(-1, 1, a.shape) for a in args]

    def along(h, f=program):
        return f(*[a + h * d for a, d in zip(args, v)])

    h = 1e-5
    expected = (along(h) - along(-h)) / (2 * h)
    got = sum(np.sum(g * d) for g, d in zip(gradients, v))
    assert abs(got - expected) <= 1e-6 * (1 + abs(expected)), f"{got} is not {expected}"
    curved = al.hvp(program, tuple(args), tuple(v))
    rises = [(p - m) / (2 * h) for p, m in zip(*[
        al.grad(program, (0, 1))(*[a + s * h * d for a, d in zip(args, v)]) for s in (1, -1)
    ])]  # fmt: skip
    for c, e in zip(curved, rises):
        assert np.all(np.abs(c - e) <= 1e-5 * (1 + np.abs(e))), f"second order: {c} is not {e}"
    traced = al.trace(al.value_and_grad(program, (0, 1)), *args)(*args)
    assert traced[0] == value
    assert all(np.array_equal(t, g) for t, g in zip(traced[1], gradients)), "the program differs"


class ForJax:
    """What the text of a program calls of ours, for JAX."""

    @staticmethod
    def at_add(x, key, values):
        import jax.numpy as jnp

        return jnp.asarray(x).at[key].add(values)


def check_against_jax(seed):
    """Raise AssertionError unless JAX finds the same value and gradients from a program's text."""
    import jax
    import jax.numpy as jnp

    program = Program(seed, without=[list_beside])  # JAX refuses lists
    module = Module(al.trace(program, *program.args))
    scope = {}
    exec(module.write(), scope)
    scope |= {"np": jnp, "al": ForJax}
    run = partial(scope[module.definition], **module.given)
    expected, gradients = jax.value_and_grad(run, (0, 1))(*program.args)
    value, ours = al.value_and_grad(program, (0, 1))(*program.args)
    for g, e in zip((value, *ours), (expected, *gradients)):
        assert np.shape(g) == e.shape and np.asarray(g).dtype == e.dtype
        assert np.all(np.abs(g - np.asarray(e)) <= 1e-10 * (1 + np.abs(e))), f"{g} is not {e}"
