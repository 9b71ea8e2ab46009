"""Callers that ask a Tensor for its numbers: what each is told, and the remedy, which runs.

``fails`` works on plain arrays: the gradient of ``works`` is compared with its differences.
``call`` is how the user's line begins that the error shows.  Where ``fails`` is an error of plain
arrays, too, ``meant`` stands for it.
"""

import array
import cmath
import io
import json
import math
import pickle
import statistics
import struct
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as al

X = np.array([0.3, 1.1, 2.0])
W = np.array([0.5, -1.0, 2.0])
N = len(X)
MASK = np.array([True, False, True])


class Caller(NamedTuple):
    """One caller: the beginning of its expression, what its error says, and both functions."""

    call: str
    says: str
    fails: Callable[[Any], Any]
    works: Callable[[Any], Any]
    meant: Callable[[Any], Any] | None = None


def beside(f):
    """A loss with something beside it that takes the plain numbers: a plot, a file, a text."""

    def loss(x):
        f(x)
        return np.sum(x**2)

    return loss


def row(x):
    a = np.zeros((2, N))
    a[0] = x * W
    return np.sum(a**2)


def entries(x):
    a = np.zeros(N)
    for i in range(N):
        a[i] = x[i] ** 2
    return np.sum(a * W)


def part(x):
    a = np.zeros(5)
    a[1:4] = x * W
    return np.sum(a**2)


def added(x):
    a = np.ones(N)
    a[0] += x[1]
    return np.sum(a * W)


def multiplied(x):
    a = np.ones(N)
    a[0] *= x[1]
    return np.sum(a * W)


def filled(x):
    a = np.zeros(N)
    a.fill(x[1])
    return np.sum(a * W)


def put(x):
    a = np.zeros(N)
    a.put([0, 1], x[:2])
    return np.sum(a * W)


def percent(x):
    return "%.2f" % x[0]  # noqa: UP031


rng = partial(np.random.default_rng, 0)
square = lambda v: v**2 if v > 1 else -v
squares = lambda x: np.where(x > 1, x**2, -x)
parts = lambda x: [v * w for v, w in zip(x, W)]

#: NumPy's own functions.
NUMPY = [
    Caller("W.dot", "np.dot(a, x)", lambda x: W.dot(x), lambda x: np.dot(W, x)),
    Caller(
        "np.eye(N).dot",
        "np.dot(a, x)",
        lambda x: np.sum(np.eye(N).dot(x)),
        lambda x: np.sum(np.dot(np.eye(N), x)),
    ),
    Caller(
        "np.asarray", "leave it out", lambda x: np.sum(np.asarray(x) ** 2), lambda x: np.sum(x**2)
    ),
    Caller(
        "np.array",
        "leave it out",
        lambda x: np.sum(np.array(x, float) ** 2),
        lambda x: np.sum(np.atleast_1d(x) ** 2),
    ),
    Caller(
        "np.asanyarray",
        "x.astype(float) work",
        lambda x: np.sum(np.asanyarray(x) ** 2),
        lambda x: np.sum(x.astype(float) ** 2),
    ),
    Caller(
        "np.array",
        "np.stack",
        lambda x: np.sum(np.array([x[0], x[1] ** 2])),
        lambda x: np.sum(np.stack([x[0], x[1] ** 2])),
    ),
    Caller(
        "np.array",
        "np.block",
        lambda x: np.linalg.det(np.array([[x[0], 1.0], [1.0, x[1]]])),
        lambda x: np.linalg.det(np.block([[x[0], 1.0], [1.0, x[1]]])),
    ),
    Caller(
        "np.array",
        "np.array(…, like=t)",
        lambda x: np.linalg.det(np.array([[x[0], 1.0], [1.0, x[1]]])),
        lambda x: np.linalg.det(np.array([[x[0], 1.0], [1.0, x[1]]], like=x)),
    ),
    Caller(
        "np.mean", "np.stack", lambda x: np.mean(parts(x)), lambda x: np.mean(np.stack(parts(x)))
    ),
    Caller(
        "np.dot", "np.stack", lambda x: np.dot(parts(x), W), lambda x: np.dot(np.stack(parts(x)), W)
    ),
    Caller("np.float64", "leave it out", lambda x: np.float64(x[1]) ** 2, lambda x: x[1] ** 2),
    Caller(
        "np.full",
        "x * np.ones(shape)",
        lambda x: np.sum(np.full((2, N), x) ** 2),
        lambda x: np.sum((x * np.ones((2, N))) ** 2),
    ),
    Caller(
        "np.full",
        "np.full(shape, t, like=t)",
        lambda x: np.sum(np.full((2, N), x) ** 2),
        lambda x: np.sum(np.full((2, N), x, like=x) ** 2),
    ),
    Caller(
        "np.r_",
        "np.concatenate([a, b])",
        lambda x: np.sum(np.r_[x, x**2]),
        lambda x: np.sum(np.concatenate([x, x**2])),
    ),
    Caller(
        "np.c_",
        "np.column_stack([a, b])",
        lambda x: np.sum(np.c_[x, x**2] ** 2),
        lambda x: np.sum(np.column_stack([x, x**2]) ** 2),
    ),
    Caller(
        "np.arange",
        "start + step * np.arange(n)",
        lambda x: np.sum(np.arange(3) * x[0] + 0 * np.arange(x[0], x[0] + 3)[:3]),
        lambda x: np.sum(x[0] * np.arange(3)),
    ),
    Caller(
        "np.zeros",
        "int(x[2].item())",
        lambda x: np.sum(x) + np.sum(np.zeros(x[2])),
        lambda x: np.sum(x) + np.sum(np.zeros(int(x[2].item()))),
        np.sum,
    ),
    Caller(
        "np.vectorize",
        "np.where(condition, a, b)",
        lambda x: np.sum(np.vectorize(square)(x)),
        lambda x: np.sum(squares(x)),
    ),
    Caller(
        "np.vectorize",
        "np.stack([f(v) for v in x])",
        lambda x: np.sum(np.vectorize(square)(x)),
        lambda x: np.sum(np.stack([square(v) for v in x])),
    ),
    Caller(
        "np.frompyfunc",
        "np.stack([f(v) for v in t])",
        lambda x: np.sum(np.frompyfunc(square, 1, 1)(x)),
        lambda x: np.sum(np.stack([square(v) for v in x])),
    ),
    Caller(
        "np.polynomial.chebyshev.chebval",
        "np.polynomial.chebyshev.chebvander(x, n) @ c",
        lambda x: np.polynomial.chebyshev.chebval(0.3, x),
        lambda x: np.sum(np.polynomial.chebyshev.chebvander(0.3, len(x) - 1) @ x),
    ),
    Caller(
        "np.polynomial.hermite_e.hermeval",
        "np.polynomial.hermite_e.hermevander(x, n) @ c",
        lambda x: np.polynomial.hermite_e.hermeval(0.3, x),
        lambda x: np.sum(np.polynomial.hermite_e.hermevander(0.3, len(x) - 1) @ x),
    ),
    Caller(
        "np.nditer",
        "for v in np.ravel(x)",
        lambda x: sum(v * v for v in np.nditer(x)),
        lambda x: sum(v * v for v in np.ravel(x)),
    ),
    Caller(
        "np.fromiter",
        "np.stack([f(v) for v in t])",
        lambda x: np.sum(np.fromiter((v * v for v in x), float)),
        lambda x: np.sum(np.stack([v * v for v in x])),
    ),
    Caller(
        "np.mean",
        "np.stack([…])",
        lambda x: np.mean(v * v for v in x),
        lambda x: np.mean(np.stack([v * v for v in x])),
        lambda x: np.mean(x**2),
    ),
    Caller(
        "np.ma.array",
        "np.sum(t, where=~mask)",
        lambda x: np.ma.array(x, mask=MASK).sum(),
        lambda x: np.sum(x, where=~MASK),
    ),
    Caller(
        "np.ma.masked_where",
        "np.where(mask, 0, t)",
        lambda x: np.sum(np.ma.masked_where(MASK, x) ** 2),
        lambda x: np.sum(np.where(MASK, 0, x) ** 2),
    ),
    Caller(
        "np.polynomial.Polynomial",
        "np.polyval(c[::-1], x)",
        lambda x: np.polynomial.Polynomial(x)(0.7),
        lambda x: np.polyval(x[::-1], 0.7),
    ),
    Caller(
        "np.unique",
        "t[np.unique(t.data, return_index=True)[1]]",
        lambda x: np.unique(x) @ W,
        lambda x: x[np.unique(x.data, return_index=True)[1]] @ W,
    ),
    Caller(
        "np.save",
        "save t.data",
        beside(lambda x: np.save(io.BytesIO(), x)),
        beside(lambda x: np.save(io.BytesIO(), x.data)),
    ),
    Caller(
        "np.savez",
        "save t.data",
        beside(lambda x: np.savez(io.BytesIO(), x)),
        beside(lambda x: np.savez(io.BytesIO(), x.data)),
    ),
    Caller(
        "np.savetxt",
        "save t.data",
        beside(lambda x: np.savetxt(io.StringIO(), x)),
        beside(lambda x: np.savetxt(io.StringIO(), x.data)),
    ),
    Caller(
        "np.testing.assert_allclose",
        "compare t.data",
        beside(lambda x: np.testing.assert_allclose(x, X, atol=1)),
        beside(lambda x: np.testing.assert_allclose(x.data, X, atol=1)),
    ),
    Caller(
        "a[0] = ",
        "a = al.at_set(a, 0, x * W)",
        row,
        lambda x: np.sum(al.at_set(np.zeros((2, N)), 0, x * W) ** 2),
    ),
    Caller(
        "a[i] = ",
        "a = al.at_set(a, i, x[i] ** 2)",
        entries,
        lambda x: np.sum(np.stack([x[i] ** 2 for i in range(N)]) * W),
    ),
    Caller(
        "a[1:4] = ",
        "a = al.at_set(a, np.s_[1:4], x * W)",
        part,
        lambda x: np.sum(al.at_set(np.zeros(5), np.s_[1:4], x * W) ** 2),
    ),
    Caller(
        "a[0] += ",
        "a = al.at_add(a, 0, x[1])",
        added,
        lambda x: np.sum(al.at_add(np.ones(N), 0, x[1]) * W),
    ),
    Caller(
        "a[0] *= ",
        "a = al.at_set(a, 0, a[0] * x[1])",
        multiplied,
        lambda x: np.sum(al.at_set(np.ones(N), 0, 1.0 * x[1]) * W),
    ),
    Caller("a.fill", "x[1] * np.ones(shape)", filled, lambda x: np.sum(x[1] * np.ones(N) * W)),
    Caller(
        "a.put",
        "a = al.at_set(a, index, t)",
        put,
        lambda x: np.sum(al.at_set(np.zeros(N), [0, 1], x[:2]) * W),
    ),
]

#: Random numbers with parameters that vary.
RANDOM = [
    Caller(
        "rng().normal",
        "mu + sigma * rng.standard_normal(n)",
        lambda x: np.sum(rng().normal(x, 2.0) * W),
        lambda x: np.sum((x + 2.0 * rng().standard_normal(N)) * W),
    ),
    Caller(
        "rng().normal",
        "mu + sigma * rng.standard_normal(n)",
        lambda x: np.sum(rng().normal(0.0, x) * W),
        lambda x: np.sum((x * rng().standard_normal(N)) * W),
    ),
    Caller(
        "np.random.default_rng(0).uniform",
        "low + (high - low) * rng.random(n)",
        lambda x: np.sum(np.random.default_rng(0).uniform(x, 3.0) * W),
        lambda x: np.sum((x + (3.0 - x) * rng().random(N)) * W),
    ),
    Caller(
        "np.random.default_rng(0).exponential",
        "scale * rng.standard_exponential(n)",
        lambda x: np.sum(np.random.default_rng(0).exponential(x) * W),
        lambda x: np.sum(x * rng().standard_exponential(N) * W),
    ),
    Caller(
        "np.random.default_rng(0).laplace",
        "loc + scale * rng.laplace(size=n)",
        lambda x: np.sum(np.random.default_rng(0).laplace(0.0, x) * W),
        lambda x: np.sum(x * rng().laplace(size=N) * W),
    ),
]

#: Python's own functions.
PYTHON = [
    Caller("math.exp", "use np.exp", lambda x: math.exp(x[0]), lambda x: np.exp(x[0])),
    Caller(
        "math.atan2",
        "use np.atan2",
        lambda x: math.atan2(x[0], x[1]),
        lambda x: np.atan2(x[0], x[1]),
    ),
    Caller(
        "math.hypot",
        "use np.hypot",
        lambda x: math.hypot(x[0], x[1]),
        lambda x: np.hypot(x[0], x[1]),
    ),
    Caller(
        "math.fabs",
        "use np.abs(x[1])",
        lambda x: math.fabs(x[1]) * x[0],
        lambda x: np.abs(x[1]) * x[0],
    ),
    Caller(
        "math.floor",
        "use np.floor",
        lambda x: math.floor(x[1]) * x[0],
        lambda x: np.floor(x[1]) * x[0],
    ),
    Caller(
        "math.dist",
        "np.linalg.norm(p - q)",
        lambda x: math.dist(x, W),
        lambda x: np.linalg.norm(x - W),
    ),
    Caller(
        "math.fsum",
        "sum(…)",
        lambda x: math.fsum(v * v for v in x),
        lambda x: sum(v * v for v in x),
    ),
    Caller(
        "cmath.exp",
        "np.exp(x[0] + 0j)",
        lambda x: abs(cmath.exp(x[0])),
        lambda x: np.abs(np.exp(x[0] + 0j)),
    ),
    Caller(
        "complex",
        "x[0] + 1j * h",
        lambda x: complex(x[0], 1e-20).real ** 2,
        lambda x: np.real(x[0] + 1j * 1e-20) ** 2,
    ),
    Caller("float", "leave it out", lambda x: float(x[1]) ** 2, lambda x: x[1] ** 2),
    Caller("float", "x[1].item()", beside(lambda x: float(x[1])), beside(lambda x: x[1].item())),
    Caller(
        "int", "int(x[1].item())", lambda x: x[0] ** int(x[1]), lambda x: x[0] ** int(x[1].item())
    ),
    Caller(
        "range",
        "range(int(x[1].item()))",
        lambda x: sum(x[0] for _ in range(x[1])),
        lambda x: sum(x[0] for _ in range(int(x[1].item()))),
        lambda x: x[0],
    ),
    Caller(
        "'%.2f' % ",
        "x[0].item()",
        beside(percent),
        beside(lambda x: percent([x[0].item()])),
    ),
    Caller(
        "f'{x" if sys.version_info < (3, 12) else "{x",  # which gives parts of a text lines
        "np.array2string(x.data, precision=2)",
        beside(lambda x: f"{x:.2f}"),
        beside(lambda x: np.array2string(x.data, precision=2)),
        lambda x: np.sum(x**2),
    ),
    Caller(
        "json.dumps",
        "x.tolist() for an array",
        beside(lambda x: json.dumps({"x": x})),
        beside(lambda x: json.dumps({"x": x.tolist(), "y": x[0].item()})),
        lambda x: np.sum(x**2),
    ),
    Caller(
        "pickle.dumps",
        "pickle t.data",
        beside(lambda x: pickle.dumps(x)),
        beside(lambda x: pickle.dumps(x.data)),
    ),
    Caller(
        "struct.pack",
        "x[0].item()",
        beside(lambda x: struct.pack("d", x[0])),
        beside(lambda x: struct.pack("d", x[0].item())),
    ),
    Caller(
        "array.array",
        "x.data",
        beside(lambda x: array.array("d", x)),
        beside(lambda x: array.array("d", x.data)),
    ),
    Caller(
        "Decimal",
        "x[0].item()",
        beside(lambda x: Decimal(x[0])),
        beside(lambda x: Decimal(x[0].item())),
    ),
    Caller("statistics.mean", "np.mean(x)", lambda x: statistics.mean(x), lambda x: np.mean(x)),
    Caller(
        "statistics.fmean",
        "np.mean(parts(x)), of np.stack for a list",
        lambda x: statistics.fmean(parts(x)),
        lambda x: np.mean(np.stack(parts(x))),
    ),
    Caller(
        "statistics.stdev",
        "np.std(x, ddof=1)",
        lambda x: statistics.stdev(x),
        lambda x: np.std(x, ddof=1),
    ),
    Caller(
        "statistics.pvariance", "np.var(x)", lambda x: statistics.pvariance(x), lambda x: np.var(x)
    ),
    Caller(
        "statistics.harmonic_mean",
        "1 / np.mean(1 / x)",
        lambda x: statistics.harmonic_mean(list(x)),
        lambda x: 1 / np.mean(1 / x),
    ),
    Caller(
        "[1.0, 2.0, 3.0][",
        "int(x[1].item())",
        lambda x: x[0] * [1.0, 2.0, 3.0][x[1]],
        lambda x: x[0] * [1.0, 2.0, 3.0][int(x[1].item())],
        lambda x: x[0] * 2.0,
    ),
]
