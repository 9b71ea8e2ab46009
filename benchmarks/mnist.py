"""One step of a 784-200-10 ReLU network on 100 samples: matrix products should dominate."""

import numpy as np

import autograd_lite as al
from benchmarks.problem import Problem, of_nn
from benchmarks.table import race_table
from benchmarks.timing import race

RATE = 0.5


def cost_and_slope(logits, labels):
    """The mean cross-entropy, and its derivative by the logits: (softmax - indicator) / n."""
    rows = np.arange(len(logits))
    below = logits - logits.max(axis=1, keepdims=True)
    E = np.exp(below)
    total = E.sum(axis=1, keepdims=True)
    cost = (np.log(total[:, 0]) - below[rows, labels]).mean()
    dZ = E / total
    dZ[rows, labels] -= 1
    dZ /= len(logits)
    return cost, dZ


def slope(logits, labels):
    return cost_and_slope(logits, labels)[1]


# ---- by hand: algorithm 6.1 of Lindholm et al., which evaluates the cost as well; but dZ is
# ---- divided by n, since it is smaller than dW


def forward(p, x):
    W1, b1, W2, b2 = p
    Q = np.maximum(x @ W1.T + b1, 0)
    return Q, Q @ W2.T + b2


def backward(p, x, labels, kept):
    W2 = p[2]
    Q, Z = kept
    _cost, dZ2 = cost_and_slope(Z, labels)
    dZ1 = dZ2 @ W2 * (Q > 0)
    return [dZ1.T @ x, dZ1.sum(axis=0), dZ2.T @ Q, dZ2.sum(axis=0)]


def by_hand(p, x, labels):
    return backward(p, x, labels, forward(p, x))


# ---- the same for everybody else ----


def network(linear, relu, cross_entropy):
    def loss(p, x, labels):
        W1, b1, W2, b2 = p
        return cross_entropy(linear(relu(linear(x, W1, b1)), W2, b2), labels)

    return loss


def linear(x, W, b):
    return x @ W.T + b


@al.primitive
def relu(x):
    return np.maximum(x, 0)


@al.primitive
def cross_entropy(logits, labels):
    top = logits.max(axis=1)
    log_total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return (log_total - logits[np.arange(len(labels)), labels]).mean()


al.rule(relu, x=lambda g, y: g * (y > 0))
al.rule(
    cross_entropy,
    logits=lambda g, residuals: g * residuals,
    labels=None,
    residuals=slope,
    forward=cost_and_slope,  # as by hand: what is computed on the way is not computed again
)


def hips():
    import autograd.numpy as np
    from autograd.scipy.special import logsumexp

    def cross_entropy(Z, labels):
        return np.mean(logsumexp(Z, axis=1) - Z[np.arange(len(labels)), labels])

    return linear, lambda z: np.maximum(z, 0), cross_entropy


def mygrad():
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    return linear, relu, softmax_crossentropy


def torch():
    from torch.nn import functional

    return functional.linear, functional.relu, functional.cross_entropy


def jax():
    import jax

    def cross_entropy(Z, labels):
        return -jax.nn.log_softmax(Z)[np.arange(len(labels)), labels].mean()

    return linear, jax.nn.relu, cross_entropy


DIALECTS = {
    "ours": lambda: (linear, relu, cross_entropy),
    "nn": lambda: of_nn("linear", "relu", "cross_entropy"),
    "autograd": hips,
    "mygrad": mygrad,
    "torch": torch,
    "jax": jax,
}


def problem(quick=False):
    inputs, hidden, outputs, n = (20, 8, 4, 6) if quick else (784, 200, 10, 100)
    rng = np.random.default_rng(0)

    def normal(*shape):
        return (rng.standard_normal(shape) / shape[-1] ** 0.5).astype(np.float32)

    return Problem(
        p=[normal(hidden, inputs), normal(hidden), normal(outputs, hidden), normal(outputs)],
        data=(rng.random((n, inputs), np.float32), rng.integers(outputs, size=n)),
        rate=RATE,
        by_hand=by_hand,
        network=network,
        dialects=DIALECTS,
        tolerance=1e-5,
        exact=False,
    )


def table(quick, peers):
    one = problem(quick)
    (n, inputs), (hidden, outputs) = one.data[0].shape, one.p[2].T.shape
    steps = {entry.name: entry.step for entry in one.contestants(peers)}
    title = f"MNIST: one step of a {inputs}-{hidden}-{outputs} ReLU network on {n} samples, float32"
    return race_table(title, race(steps, quick))
