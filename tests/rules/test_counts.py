"""Means of more numbers than float16 can count: it ends at 65,504."""

import inspect

import numpy as np
import pytest

import autograd_lite as al
import nn
from autograd_lite.core.registry import COMPOSED, PRIMITIVES
from autograd_lite.core.signatures import parameters_of
from tests.support.equality import same

MANY = 70_000

#: Numbers that all attain the maximum, and numbers that vary.
SAMPLES = {"equal": np.ones(MANY), "two": np.tile([0.5, 1.5], MANY // 2)}

#: What a function needs beside an array.
NEEDS = {
    np.quantile: (0.5,),
    np.percentile: (50,),
    np.nanquantile: (0.5,),
    np.nanpercentile: (50,),
}


def names_of(function):
    return [p.name for p in parameters_of(function)]


def makes_one_number(function):
    """Whether a function of the table makes one number of a vector."""
    if "axis" not in names_of(function) or inspect.isbuiltin(function):
        return False
    try:
        return np.ndim(function(np.ones(3), *NEEDS.get(function, ()), axis=0)) == 0
    except (TypeError, ValueError):
        return False


FUNCTIONS = [
    f
    for f in {*PRIMITIVES, *COMPOSED}
    if (getattr(f, "__module__", None) or "").startswith("numpy") and makes_one_number(f)
]


def of_numpy():
    """Every function of the table that makes one number of many, and its options that count."""
    for f in sorted(FUNCTIONS, key=lambda f: f.__name__):
        needs = NEEDS.get(f, ())
        yield f.__name__, lambda x, f=f, needs=needs: f(x, *needs, axis=0)
        if "where" in names_of(f):
            start = {"initial": 0} if "max" in f.__name__ else {}
            start = {"initial": 9} if "min" in f.__name__ else start
            some = np.arange(MANY) >= 0
            yield f"{f.__name__} where", lambda x, f=f, o=start, w=some: f(x, axis=0, where=w, **o)
        if "ddof" in names_of(f):
            yield f"{f.__name__} ddof", lambda x, f=f: f(x, axis=0, ddof=1)


def image(x):
    return np.reshape(x[:65_792], (1, 1, 256, 257))


def of_nn():
    """Losses, and means inside layers."""
    zeros = np.zeros(MANY)
    for loss in (
        *(nn.half_squared_error, nn.squared_error, nn.huber, nn.binary_cross_entropy, nn.hinge),
        nn.gaussian_negative_log_likelihood,
    ):
        target = zeros + 1 if loss is nn.hinge else zeros
        yield (
            loss.__name__,
            lambda x, loss=loss, t=target: loss(x[:, None], t[:, None].astype(x.dtype)),
        )
    labels = np.zeros(MANY // 2, int)
    yield "cross_entropy", lambda x: nn.cross_entropy(np.reshape(x, (-1, 2)), labels)
    yield "mean absolute error", lambda x: np.mean(np.abs(x - 0.25))
    yield "average_pool", lambda x: np.sum(nn.average_pool(image(x), (256, 257)))
    yield "max_pool", lambda x: np.sum(nn.max_pool(image(x), (256, 257)))
    yield "standardize", lambda x: nn.standardize(x)[0]
    yield "BatchNorm", lambda x: nn.BatchNorm(1, dtype=x.dtype)(x[:, None])[0, 0]


RELATIVES = dict([*of_numpy(), *of_nn()])


#: The least positive number of float16.
LEAST = 2.0**-24

#: Roots of sums of squares, whose slope has the value in it: an infinite one is NumPy's own.
ROOTS = ("std", "nanstd", "norm", "vector_norm")


def check(name, sample):
    """The value is the function's own, to the bit, and the gradient that of float64, rounded."""
    f, exact = RELATIVES[name], SAMPLES[sample]
    x = exact.astype(np.float16)
    value, g = al.value_and_grad(f)(x)
    assert same(value, f(x))
    if np.isinf(value) and name.startswith(ROOTS):
        return
    expected = al.grad(f)(exact)
    assert g.dtype == np.float16
    np.testing.assert_allclose(g, expected, rtol=0, atol=LEAST + 1e-2 * np.abs(expected).max())


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", RELATIVES)
def test_means_of_many(name, sample):
    check(name, sample)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_counts_in_float16_are_found(monkeypatch):
    for module in ("reductions", "linalg"):
        monkeypatch.setattr(f"autograd_lite.rules.{module}.counting", lambda dtype: dtype)
    monkeypatch.setattr("autograd_lite.rules.reductions.count", lambda n, dtype: n)
    for module in ("regression", "classification"):
        monkeypatch.setattr(f"nn.losses.{module}.widened", lambda x: x)
    for name in ("mean", "nanmean", "var", "max", "huber", "hinge"):
        with pytest.raises(AssertionError):
            for sample in SAMPLES:
                check(name, sample)
