"""What would write into an array is noticed, by name and by place, in all tables."""

import inspect
from functools import partial

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core import record, writing
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES
from autograd_lite.core.signatures import parameters_of
from autograd_lite.programs import tracer
from tests.support.errors import raises
from tests.support.rows.row import numpy_is

X = np.array([[0.25, 0.5], [1.0, 2.0]])


def place_of_out(function):
    """How many arguments come before ``out``; None where it has no place."""
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:  # not told before NumPy 2.4
        return writing.OUT.get(function)
    names = [n for n, p in parameters.items() if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return names.index("out") if "out" in names else None


#: What comes before ``out`` where that is not an array and defaults.
ARGUMENTS = {
    "clip": (X, 0, 1),
    "choose": ([0, 1], "lists"),
    "compress": ([True, False],),
    "concatenate": ("lists", 0),
    "dot": (X, X),
    "outer": (X, X),
    "percentile": (X, 50),
    "quantile": (X, 0.5),
    "stack": ("lists",),
    "take": (X, [0]),
}

FUNCTIONS = sorted(
    {
        f
        for f in {*PRIMITIVES, *COMPOSED, *CONSTANT}
        if not isinstance(f, np.ufunc)
        and not isinstance(getattr(f, "__self__", None), np.ufunc)
        and (getattr(f, "__module__", None) or "numpy").startswith("numpy")
        and place_of_out(f) is not None
    },
    key=lambda f: f.__name__,
)
UFUNCS = sorted(
    (f for f in {*PRIMITIVES, *CONSTANT} if isinstance(f, np.ufunc) and f.nout == 1),
    key=lambda f: f.__name__,
)
EACH = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)


def before_out(function, x):
    """Arguments by place, up to ``out``."""
    given = [
        [x, x] if isinstance(a, str) else x if a is X else a
        for a in ARGUMENTS.get(function.__name__, (X,))
    ]
    if not any(a is x or (type(a) is list and a[0] is x) for a in given):
        given.append(x)
    defaults = [p.default for p in parameters_of(function)[len(given) : place_of_out(function)]]
    return given + [None if d in (inspect.Parameter.empty, np._NoValue) else d for d in defaults]


def refused(run, buffer):
    before = np.array(buffer.data if isinstance(buffer, al.Tensor) else buffer)
    with raises(TypeError, "out=", "write y ="):
        run()
    np.testing.assert_array_equal(getattr(buffer, "data", buffer), before)


def test_they_are_many():
    assert len(FUNCTIONS) > 50
    assert {f for table in (PRIMITIVES, COMPOSED, CONSTANT) for f in FUNCTIONS if f in table}


@EACH
def test_out_by_place(function):
    """A plain buffer, a Tensor as the buffer of plain numbers, and both."""
    t = al.Tensor(X)
    for x, buffer in ((t, X.copy()), (X, al.Tensor(X)), (t, al.Tensor(X))):
        refused(partial(function, *before_out(function, x), buffer), buffer)


@EACH
def test_out_by_place_while_traced(function):
    buffer = X.copy()
    refused(lambda: al.trace(lambda x: function(*before_out(function, x), buffer), X), buffer)


@pytest.mark.filterwarnings("ignore:Passing more than 2 positional arguments")
@pytest.mark.parametrize("function", UFUNCS, ids=lambda f: f.__name__)
def test_one_argument_too_many_is_out(function):
    t = al.Tensor(X)
    for x, buffer in ((t, X.copy()), (X, al.Tensor(X))):
        refused(partial(function, *[x] * function.nin, buffer), buffer)


@pytest.mark.parametrize(
    "call",
    [
        lambda t, out: t.sum(0, None, out),
        lambda t, out: t.mean(0, None, out),
        lambda t, out: t.std(0, None, out),
        lambda t, out: t.max(0, out),
        lambda t, out: t.clip(0, 1, out),
        lambda t, out: t.round(0, out),
        lambda t, out: t.take([0], 0, out),
        lambda t, out: t.compress([True], 0, out),
        lambda t, out: t.argmax(0, out),
        lambda t, out: t.any(0, out),
        lambda t, out: t.cumsum(0, None, out),
        lambda t, out: t.dot(t, out),
        lambda t, out: t.trace(0, 0, 1, None, out),
        lambda t, out: t.choose([t, t], out),
        lambda t, out: np.add.reduce(t, 0, None, out),
        lambda t, out: np.multiply.accumulate(t, 0, None, out),
    ],
)
def test_methods(call):
    buffer = X.copy()
    refused(lambda: call(al.Tensor(X), buffer), buffer)


@pytest.mark.parametrize("function", [np.fft.fft2, np.clip, np.stack, np.einsum, np.std, np.dot])
def test_an_out_of_none_is_nothing(function):
    args = {np.einsum: ("ij->", X), np.clip: (X, 0, 1), np.dot: (X, X)}.get(function, (X,))
    t = al.Tensor(X)
    args = [t if a is X else a for a in args]
    np.testing.assert_array_equal(function(*args, out=None).data, function(*args).data)


def test_nan_to_num_in_place():
    x = np.array([1.0, np.nan])
    for f in (lambda t: np.nan_to_num(t * t, False), lambda t: np.nan_to_num(t, copy=False)):
        with raises(TypeError, "copy=False", "al.at_set"):
            al.vjp(f, x)
    assert al.vjp(lambda t: np.nan_to_num(t, True), x)[1](np.ones(2))[0].tolist() == [1, 0]


def test_the_places_that_numpy_does_not_tell():
    """In versions that tell them, they are these."""
    if not numpy_is("2.4"):
        pytest.skip("it does not tell them")
    for function, place in writing.OUT.items():
        assert place_of_out(function) == place


@pytest.mark.parametrize("place", [record, tracer])
def test_a_place_that_is_not_looked_at_is_found(place, monkeypatch):
    monkeypatch.setattr(place, "refuse_writing", lambda function, args, options: None)
    tests = {record: test_out_by_place, tracer: test_out_by_place_while_traced}
    missed = 0
    for function in FUNCTIONS:
        try:
            tests[place](function)
        except (Exception, pytest.fail.Exception):
            missed += 1
    assert missed > 10
