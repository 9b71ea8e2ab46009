"""Log densities: the gradient of the sum over 1,000 points, by the points.

By hand it is the value and the slopes in closed form, without a look at the support.
"""

import importlib

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.table import Table
from benchmarks.timing import race

X = np.random.default_rng(0).uniform(0.1, 0.9, 1000)


def normal(x):
    return np.sum(-x * x / 2 - np.log(2 * np.pi) / 2), -x


def gamma(x, a):
    from scipy.special import gammaln, xlogy

    return np.sum(xlogy(a - 1, x) - x - gammaln(a)), (a - 1) / x - 1


def beta(x, a, b):
    from scipy.special import betaln, xlog1py, xlogy

    value = xlog1py(b - 1, -x) + xlogy(a - 1, x) - betaln(a, b)
    return np.sum(value), (a - 1) / x - (b - 1) / (1 - x)


def student(x, df):
    from scipy.special import gammaln

    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(np.pi * df) / 2
    value = constant - (df + 1) / 2 * np.log1p(x * x / df)
    return np.sum(value), -(df + 1) * x / (df + x * x)


def logistic(x):
    return np.sum(-x - 2 * np.log1p(np.exp(-x))), -np.tanh(x / 2)


#: The shapes of each, and its formulas by hand.
DENSITIES = {
    "norm": ((), normal),
    "gamma": ((2.5,), gamma),
    "beta": ((2.5, 1.5), beta),
    "t": ((3.3,), student),
    "logistic": ((), logistic),
}


def table(quick, peers):
    names = [HAND, OURS, *[PEERS[p] for p in installed(peers) if p == "autograd"]]
    title = "Densities: the gradient of a log likelihood of 1,000 points, µs"
    columns = ["", *names, *[f"ours / {name}" for name in names if name != OURS]]
    result = Table(title, columns)
    try:
        from autograd_lite.scipy import stats
    except ModuleNotFoundError:
        result.notes.append("SciPy is not installed.")
        return result
    for name, (shapes, by_hand) in DENSITIES.items():
        steps = {HAND: lambda f=by_hand, s=shapes: f(X, *s)}
        steps[OURS] = gradient(al.grad, np, getattr(stats, name), shapes)
        if len(names) > 2:
            theirs = importlib.import_module("autograd.scipy.stats")
            if hasattr(theirs, name):
                modules = map(importlib.import_module, ("autograd", "autograd.numpy"))
                engine, numpy = modules
                steps[names[2]] = gradient(engine.grad, numpy, getattr(theirs, name), shapes)
        best = race(steps, quick)
        ratios = [f"{best[OURS] / best[n]:.2f}" if n in best else "" for n in names if n != OURS]
        times = [f"{best[n] * 1e6:.0f}" if n in best else "" for n in names]
        result.add(name, *times, *ratios)
    return result


def gradient(grad, numpy, dist, shapes):
    g = grad(lambda x: numpy.sum(dist.logpdf(x, *shapes)))
    return lambda: g(X)
