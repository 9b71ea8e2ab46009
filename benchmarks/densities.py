"""Log densities: the gradient of the sum over 1,000 points, by the points and by the parameters.

By hand it is the value and the slopes in closed form, by the same arguments.  It does less: it
knows that location and scale are 0 and 1, or that all are numbers, and does not look whether the
points are in the support.  SciPy's own function does all that, and gives the value alone.
"""

import importlib

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.densities_by_hand import BY_PARAMETERS, DENSITIES, MASSES
from benchmarks.table import Table
from benchmarks.timing import race

#: What SciPy takes for the sum of ln f, without a derivative.
VALUE = "SciPy, no gradient"

X = np.random.default_rng(0).uniform(0.1, 0.9, 1000)

COUNTS = np.random.default_rng(0).integers(1, 9, 1000)

#: Whose location and scale HIPS autograd knows.
IN_FULL = ("norm", "t")

#: Where the support begins at 1.
FROM_ONE = X + 1.2


def table(quick, peers):
    others = [PEERS[p] for p in installed(peers) if p == "autograd"]
    names = [HAND, OURS, VALUE, *others]
    title = "Densities: the gradient of a log likelihood of 1,000 points, µs"
    columns = ["", *names, *[f"ours / {name}" for name in names if name != OURS]]
    result = Table(title, columns)
    try:
        from autograd_lite.scipy import stats
    except ModuleNotFoundError:
        result.notes.append("SciPy is not installed.")
        return result
    scipy = importlib.import_module("scipy.stats")
    theirs = importlib.import_module("autograd.scipy.stats") if others else None
    for by_hand, shapes in DENSITIES.items():
        name = by_hand.__name__
        x = FROM_ONE if name == "pareto" else X
        steps = {HAND: lambda f=by_hand, x=x, s=shapes: f(x, *s)}
        steps[OURS] = by_points(al.grad, np, getattr(stats, name), x, shapes)
        steps[VALUE] = by_points(value, np, getattr(scipy, name), x, shapes)
        if hasattr(theirs, name):
            steps[names[-1]] = by_points(*hips(), getattr(theirs, name), x, shapes)
        add(result, f"{name}, by points", names, race(steps, quick))
    for name, (by_hand, parameters) in BY_PARAMETERS.items():
        steps = {HAND: lambda f=by_hand, p=parameters: f(X, *p)}
        steps[OURS] = by_parameters(al.grad, np, getattr(stats, name), parameters)
        steps[VALUE] = by_parameters(value, np, getattr(scipy, name), parameters)
        if theirs and name in IN_FULL:
            steps[names[-1]] = by_parameters(*hips(), getattr(theirs, name), parameters)
        add(result, f"{name}, by parameters", names, race(steps, quick))
    for by_hand, parameters in MASSES.items():
        name = by_hand.__name__
        steps = {HAND: lambda f=by_hand, p=parameters: f(COUNTS, *p)}
        steps[OURS] = by_last(al.grad, np, getattr(stats, name), parameters)
        steps[VALUE] = by_last(value, np, getattr(scipy, name), parameters)
        if hasattr(theirs, name):
            steps[names[-1]] = by_last(*hips(), getattr(theirs, name), parameters)
        add(result, f"{name}, by a parameter", names, race(steps, quick))
    return result


def add(result, label, names, best):
    ratios = [f"{best[OURS] / best[n]:.2f}" if n in best else "" for n in names if n != OURS]
    result.add(label, *[f"{best[n] * 1e6:.0f}" if n in best else "" for n in names], *ratios)


def value(f):
    """In place of a gradient: the function itself."""
    return f


def hips():
    engine, numpy = map(importlib.import_module, ("autograd", "autograd.numpy"))
    return engine.grad, numpy


def by_points(grad, numpy, dist, x, shapes):
    g = grad(lambda x: numpy.sum(dist.logpdf(x, *shapes)))
    return lambda: g(x)


def by_parameters(grad, numpy, dist, parameters):
    g = grad(lambda parameters: numpy.sum(dist.logpdf(X, *parameters)))
    return lambda: g(parameters)


def by_last(grad, numpy, dist, parameters):
    *others, last = parameters
    g = grad(lambda p: numpy.sum(dist.logpmf(COUNTS, *others, p)))
    return lambda: g(last)
