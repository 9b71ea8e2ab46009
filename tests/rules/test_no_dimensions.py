"""Arrays of no dimensions with an axis: NumPy takes many of them for vectors of one number."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES
from autograd_lite.core.signatures import parameters_of
from autograd_lite.rules.common import kept
from tests.support.equality import same

X = np.array(1.7)
AXES = [0, -1, (), None, 1, -2, (0,)]


NEEDS = {
    "append": lambda f, x, axis: f(x, 2.0, axis=axis),
    "apply_along_axis": lambda f, x, axis: f(np.sum, axis, x),
    "argpartition": lambda f, x, axis: f(x, 0, axis=axis),
    "apply_over_axes": lambda f, x, axis: f(np.sum, x, axis),
    "array_split": lambda f, x, axis: f(x, 1, axis=axis),
    "compress": lambda f, x, axis: f([True], x, axis=axis),
    "concatenate": lambda f, x, axis: f([x, x], axis=axis),
    "cross": lambda f, x, axis: f(x, x, axis=axis),
    "delete": lambda f, x, axis: f(x, 0, axis=axis),
    "geomspace": lambda f, x, axis: f(x, 3.0, 3, axis=axis),
    "insert": lambda f, x, axis: f(x, 0, 2.0, axis=axis),
    "linspace": lambda f, x, axis: f(x, 3.0, 3, axis=axis),
    "logspace": lambda f, x, axis: f(x, 3.0, 3, axis=axis),
    "nanpercentile": lambda f, x, axis: f(x, 30, axis=axis),
    "nanquantile": lambda f, x, axis: f(x, 0.3, axis=axis),
    "partition": lambda f, x, axis: f(x, 0, axis=axis),
    "percentile": lambda f, x, axis: f(x, 30, axis=axis),
    "quantile": lambda f, x, axis: f(x, 0.3, axis=axis),
    "reduceat": lambda f, x, axis: f(x, [0], axis=axis),
    "repeat": lambda f, x, axis: f(x, 2, axis=axis),
    "roll": lambda f, x, axis: f(x, 1, axis=axis),
    "sliding_window_view": lambda f, x, axis: f(x, 1, axis=axis),
    "split": lambda f, x, axis: f(x, 1, axis=axis),
    "stack": lambda f, x, axis: f([x, x], axis=axis),
    "take": lambda f, x, axis: f(x, [0, 0], axis=axis),
    "take_along_axis": lambda f, x, axis: f(x, np.array(0), axis=axis),
    "tensordot": lambda f, x, axis: f(x, x, axes=axis),
    "tensorsolve": lambda f, x, axis: f(x, x, axes=axis),
    "vecdot": lambda f, x, axis: f(x, x, axis=axis),
}

#: NumPy reads its list of keys by itself, and does not hand it to us.
NOT_OURS = {np.lexsort}


def full_name(function):
    owner = getattr(function, "__self__", None)
    return f"{owner.__name__}.{function.__name__}" if owner else function.__name__


def axis_of(function):
    names = {p.name for p in parameters_of(function)}
    return next((name for name in ("axis", "axes") if name in names), None)


FUNCTIONS = sorted(
    (
        f
        for f in {*PRIMITIVES, *COMPOSED, *CONSTANT} - NOT_OURS
        if (getattr(f, "__module__", None) or "numpy").startswith("numpy") and axis_of(f)
    ),
    key=full_name,
)


def parts(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def outcome(f, x, axis):
    """The results of a call, or the error that it raises."""
    call = NEEDS.get(f.__name__, lambda f, x, axis: f(x, **{axis_of(f): axis}))
    try:
        return parts(call(f, x, axis))
    except (TypeError, ValueError, IndexError) as error:
        assert "required" not in str(error), f"{f.__name__} belongs into NEEDS: {error}"
        return error


def check(function, axis):
    """The value is NumPy's, or both refuse; and the gradient is the slope."""
    expected, got = outcome(function, X, axis), outcome(function, al.Tensor(X), axis)
    if isinstance(expected, Exception) or isinstance(got, Exception):
        assert isinstance(expected, Exception) and isinstance(got, Exception), (expected, got)
        return
    for a, b in zip(got, expected, strict=True):
        assert same(al.stop_gradient(a), b)
    if function in CONSTANT:
        return
    values, pull = al.vjp(lambda x: outcome(function, x, axis), X)
    (g,) = pull([np.ones_like(v) for v in values])
    h = 1e-5
    ahead, behind = (outcome(function, np.asarray(X + s), axis) for s in (h, -h))
    slope = sum(np.sum(np.real(a - b)) for a, b in zip(ahead, behind)) / (2 * h)
    assert g.shape == ()
    np.testing.assert_allclose(g, slope, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("function", FUNCTIONS, ids=full_name)
def test_an_axis_of_none(function, axis):
    check(function, axis)


def test_a_rule_that_counts_axes_is_found(monkeypatch):
    for module in ("common", "reductions"):
        monkeypatch.setattr(f"autograd_lite.rules.{module}.axes_of", lambda axis, n: [axis % n])
    monkeypatch.setattr("autograd_lite.rules.indexing.length", lambda shape, axis: shape[axis])
    kept.cache_clear()
    for function in (np.sum, np.prod, np.take):
        with pytest.raises((ZeroDivisionError, IndexError)):
            check(function, 0)
