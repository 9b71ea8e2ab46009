"""Whether a checker of gradients can be trusted: right ones at hard points, and planted mistakes.

    python -m tests.support.verdicts

draws 2,000 points with ties, zeros, kinks nearer than any step, saturated activations and float32,
and 500 mistakes, and counts the false verdicts.  Every point follows from its number.
"""

from functools import partial

import numpy as np
from hypothesis import strategies as st

from autograd_lite import special
from autograd_lite.testing import check_grads, mutants_of, strategies

#: Arguments of a function of one array.
TUPLES = st.tuples(strategies.arrays("positive"))

SHAPES = [(3,), (5,), (2, 3), (1,), (4, 4)]


def relu(x):
    return np.maximum(x, 0)


def norm(x):
    return np.sqrt(np.sum(x * x))


def hand_softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def saturated(W, x):
    return np.tanh(W @ x)


def saturated_beside(x):
    return np.tanh(x + 18.0)


def network(W, V, x):
    return V @ np.tanh(W @ x)


def relu_network(W, V, x):
    return V @ np.maximum(W @ x, 0)


#: Functions, and the shapes of their arguments if these are not any.
FUNCTIONS = {
    relu: None,
    np.abs: None,
    np.max: None,
    partial(np.max, axis=0): None,
    np.min: None,
    np.median: None,
    np.sort: None,
    partial(np.sort, axis=0): None,
    norm: None,
    np.linalg.norm: None,
    partial(special.softmax, axis=-1): None,
    hand_softmax: None,
    special.logsumexp: None,
    saturated_beside: None,
    np.maximum: [(3,), (3,)],
    saturated: [(3, 4), (4, 2)],
    network: [(3, 4), (2, 3), (4, 2)],
    relu_network: [(3, 4), (2, 3), (4, 2)],
}
SMOOTH = [norm, hand_softmax, special.logsumexp, saturated, network, relu_network, np.sort, np.max]


def hard(rng, shape):
    """Numbers with ties and zeros, and of very different sizes."""
    x = rng.normal(size=shape)
    match rng.integers(7):
        case 0:
            return x
        case 1:
            return np.round(x)
        case 2:
            return np.round(2 * x) / 2
        case 3:
            return x * 10.0 ** rng.integers(-12, 4)
        case 4:
            return x * 10.0 ** rng.uniform(-30, 3, shape)
        case 5:
            return np.full(shape, x.flat[0])
    return np.where(rng.random(shape) < 0.5, 0, x * 10.0 ** rng.integers(-3, 3))


def point(number):
    """A function and hard arguments."""
    rng = np.random.default_rng((16, number))
    functions = list(FUNCTIONS)
    f = functions[number % len(functions)]
    shapes = FUNCTIONS[f] or [SHAPES[rng.integers(len(SHAPES))]]
    dtype = [np.float64, np.float64, np.float32][rng.integers(3)]
    args = tuple(hard(rng, shape).astype(dtype) for shape in shapes)
    # a root has no derivative at 0, and none that is finite where squares vanish
    if f in (norm, np.linalg.norm) and np.sum(args[0] ** 2) < 1e-24:
        args = (args[0] + dtype(1),)
    return f, args


def false_alarm(number):
    """What is said against a right gradient at a point, or nothing."""
    f, args = point(number)
    try:
        check_grads(f, args)
    except AssertionError as error:
        return f"{f} at {args}: {error}"
    return ""


def missed(number):
    """The mistake that is passed at an ordinary point, or nothing."""
    rng = np.random.default_rng((17, number))
    f = SMOOTH[number % len(SMOOTH)]
    scale = 10.0 ** rng.uniform(-3, 0.5)
    dtype = [np.float64, np.float64, np.float32][rng.integers(3)]
    shapes = FUNCTIONS[f] or [SHAPES[rng.integers(3)]]
    args = tuple((scale * rng.normal(size=shape)).astype(dtype) for shape in shapes)
    mistakes = [*mutants_of(None, f, args, int(rng.integers(len(args))))]
    mistakes = [m for m in mistakes if dtype is np.float64 or not m.name.endswith("float32")]
    mistake = mistakes[rng.integers(len(mistakes))]
    try:
        report = check_grads(f, args, vjp=mistake)
    except AssertionError:
        return ""
    return f"{mistake.name} of {f} at {args}" if report.ok else ""


if __name__ == "__main__":
    for what, judge, n in (("false alarms", false_alarm, 2000), ("passed mistakes", missed, 500)):
        found = [text for text in map(judge, range(n)) if text]
        print(f"{what}: {len(found)} of {n}", *found[:5], sep="\n")
