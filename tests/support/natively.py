"""What tests of native code run in other processes: a loop and a block, compiled here."""

import numpy as np

import autograd_lite as al

rng = np.random.default_rng(0)
W, X = 0.3 * rng.normal(size=(3, 3)), rng.normal(size=(6, 3))


def recurrent(W):
    step = lambda h, x: (np.tanh(W @ h + x), np.sum(h * h))
    h, outputs = al.scan(step, np.zeros(3), X)
    return np.sum(outputs) + np.sum(h)


def block(x):
    return np.tanh(x) * x + 1.0


FUNCTIONS = [al.value_and_grad(recurrent), al.grad(lambda W: np.sum(block(W))), block]
COMPILED = [al.compile(f, backend="native") for f in FUNCTIONS]


def bits(functions, i):
    """The bits of what each function returns for the ``i``-th argument, twice."""
    found = [f(W * (1 + i)) for f in functions for _ in range(2)]
    return [np.asarray(leaf).tobytes() for leaf in al.tree_leaves(found)]


def compiled_bits(i):
    return bits(COMPILED, i)


def eager_bits(i):
    return bits(FUNCTIONS, i)
