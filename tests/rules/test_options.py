"""No option is swallowed: each is honoured to the bit, or refused by its name."""

import inspect
import re
from functools import partial

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.errors import SHAPES, ShapeMismatch
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES
from autograd_lite.core.signatures import parameters_of
from tests.support.equality import same

X = np.array([[1.3, 0.4, 0.2], [0.1, 1.7, 0.6], [0.5, 0.3, 2.1]])
MASK = X > 0.45

#: What a function is called with, where that is not arrays alone.
ARGUMENTS = {
    "append": lambda x: (x, x),
    "apply_along_axis": lambda x: (np.sum, 0, x),
    "argpartition": lambda x: (x, 1),
    "array_split": lambda x: (x, 2),
    "astype": lambda x: (x, np.float32),
    "bincount": lambda x: ([0, 1, 1], x[0]),
    "block": lambda x: ([x, x],),
    "broadcast_arrays": lambda x: (x, x[0]),
    "broadcast_to": lambda x: (x, (2, 3, 3)),
    "apply_over_axes": lambda x: (np.sum, x, [0]),
    "cholesky": lambda x: (x @ x.T,),
    "choose": lambda x: ([0, 1, 1], [x[0], x[1]]),
    "clip": lambda x: (x, 0.3, 1.5),
    "column_stack": lambda x: ([x, x],),
    "compress": lambda x: ([True, False, True], x),
    "concatenate": lambda x: ([x, x],),
    "convolve": lambda x: (x[0], x[1]),
    "correlate": lambda x: (x[0], x[1]),
    "cross": lambda x: (x, x[::-1]),
    "cumulative_prod": lambda x: (x[0],),
    "cumulative_sum": lambda x: (x[0],),
    "delete": lambda x: (x, 0),
    "digitize": lambda x: (x, [0.0, 1.0, 2.0]),
    "dsplit": lambda x: (x[None], 3),
    "dstack": lambda x: ([x, x],),
    "eigh": lambda x: (x @ x.T,),
    "eigvalsh": lambda x: (x @ x.T,),
    "einsum": lambda x: ("ij,jk", x, x),
    "expand_dims": lambda x: (x, 0),
    "extract": lambda x: (MASK, x),
    "full_like": lambda x: (x, x[0]),
    "geomspace": lambda x: (x[0], x[1], 3),
    "histogram": lambda x: (x, 3, (0.0, 2.0)),
    "hsplit": lambda x: (x, 3),
    "hstack": lambda x: ([x, x],),
    "insert": lambda x: (x, 0, 2.0),
    "interp": lambda x: (x[0], [0.0, 1.0, 2.0], [1.0, 3.0, 2.0]),
    "isin": lambda x: (x, [0.4, 1.7]),
    "ldexp": lambda x: (x, 2),
    "linspace": lambda x: (x[0], x[1], 3),
    "logspace": lambda x: (x[0], x[1], 3),
    "matrix_power": lambda x: (x, 3),
    "meshgrid": lambda x: (x[0], x[1]),
    "moveaxis": lambda x: (x, 0, 1),
    "multi_dot": lambda x: ([x, x, x],),
    "nanpercentile": lambda x: (x, 30),
    "nanquantile": lambda x: (x, 0.3),
    "pad": lambda x: (x, 1),
    "partition": lambda x: (x, 1),
    "percentile": lambda x: (x, 30),
    "piecewise": lambda x: (x, [x > 1], [lambda x: x, lambda x: 2 * x]),
    "polyder": lambda x: (x[0],),
    "polydiv": lambda x: (x[0], x[1, :2]),
    "polyfit": lambda x: ([0.5, 1.0, 3.0], x[0], 1),
    "polyint": lambda x: (x[0],),
    "polymul": lambda x: (x[0], x[1]),
    "polyval": lambda x: ([1.0, 2.0, 3.0], x),
    "quantile": lambda x: (x, 0.3),
    "reduceat": lambda x: (x, [0, 2]),
    "repeat": lambda x: (x, 2),
    "reshape": lambda x: (x, (9,)),
    "resize": lambda x: (x, (2, 4)),
    "roll": lambda x: (x, 1),
    "rollaxis": lambda x: (x, 1),
    "roots": lambda x: (x[0],),
    "searchsorted": lambda x: ([0.0, 1.0, 2.0], x),
    "select": lambda x: ([x > 1], [x]),
    "sliding_window_view": lambda x: (x[0], 2),
    "split": lambda x: (x, 3),
    "squeeze": lambda x: (x[None],),
    "stack": lambda x: ([x, x],),
    "swapaxes": lambda x: (x, 0, 1),
    "take": lambda x: (x, [0, 1]),
    "take_along_axis": lambda x: (x, np.array([[0, 1, 1]]), 0),
    "tensorinv": lambda x: (x, 1),
    "tensorsolve": lambda x: (x, x[0]),
    "tile": lambda x: (x, 2),
    "vander": lambda x: (x[0],),
    "vsplit": lambda x: (x, 3),
    "vstack": lambda x: ([x, x],),
    "where": lambda x: (MASK, x, x),
}

ARGUMENTS |= dict.fromkeys(  # NumPy before 2.4 does not tell their signatures
    ("dot", "inner", "may_share_memory", "shares_memory", "vdot"), lambda x: (x, x)
)

#: Those of integers, those with ``like=t`` alone, those about types, and one that NumPy keeps.
WITHOUT = {
    *("bitwise_and", "bitwise_count", "bitwise_or", "bitwise_xor", "gcd", "invert", "lcm"),
    *("left_shift", "right_shift"),
    *("array", "asanyarray", "asarray", "ascontiguousarray", "asfortranarray"),
    *("empty", "empty_like", "eye", "full", "identity", "ones", "tri", "zeros"),
    *("can_cast", "lexsort", "min_scalar_type", "result_type"),
}

#: Values of all kinds: most of them are wrong for any given option.
VALUES = [
    *("bogus", 0, 1, -1, 2, True, False, 0.5, 3.0, MASK, X, (0,), (1, 0), [1, 2]),
    *("F", "C", "A", "cpu", "safe", "full", "valid", "wrap", "ortho", "reduced", "stable"),
]

#: What an option may be beside.
MORE = {
    "dtype": [np.float32, np.complex64, int, None],
    "casting": ["no", "equiv"],
    "axis": [None],
    "mode": ["edge", "same", "r", "complete"],
    "ord": [None, np.inf, "nuc", "fro"],
    "method": ["linear", "nearest", "median_unbiased"],
}

#: Options given with another, by which it can be seen whether they are honoured.
BESIDE = {"casting": {"dtype": np.float32}}

#: How an error tells what to do.
REMEDY = re.compile("leave it out|instead|use |write |apply |give |pass ")


def full_name(function):
    owner = getattr(function, "__self__", None)
    return f"{owner.__name__}.{function.__name__}" if owner else function.__name__


FUNCTIONS = sorted(
    (
        f
        for f in {*PRIMITIVES, *COMPOSED, *CONSTANT}
        if (getattr(f, "__module__", None) or "numpy").startswith("numpy")
        and not (isinstance(f, np.ufunc) and not hasattr(np, f.__name__))  # SciPy's say no module
        and f.__name__ not in WITHOUT
    ),
    key=full_name,
)


def arguments(function, x):
    made = ARGUMENTS.get(function.__name__)
    if made:
        return made(x)
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return (x, x) if function.__name__ == "outer" else (x,)
    if isinstance(function, np.ufunc):
        return (x,) * function.nin
    given = [p for p in parameters_of(function) if p.default is p.empty and p.kind <= 1]
    return ((x[0] if function.__name__ == "outer" else x),) * max(len(given), 1)


def options_of(function):
    """The options that NumPy knows; what is written into has a test of its own."""
    return [
        p.name
        for p in parameters_of(function)
        if (p.default is not inspect.Parameter.empty or p.kind is p.KEYWORD_ONLY)
        and p.name not in ("out", "like")
    ]


def outcome(call, x):
    """The results of a call, or the error that it raises; an option may let it write into ``x``."""
    try:
        results = call(al.Tensor(x.data.copy()) if isinstance(x, al.Tensor) else x.copy())
    except Exception as error:
        return error
    results = [*results] if isinstance(results, (tuple, list)) else [results]
    return [al.stop_gradient(r) for r in results]


def check(function, options, name):
    def call(x):
        return function(*arguments(function, x), **options)

    expected, got = outcome(call, X), outcome(call, al.Tensor(X))
    if not isinstance(got, Exception):
        assert not isinstance(expected, Exception), f"swallowed; NumPy says: {expected}"
        assert all(map(same, got, expected))
    elif not isinstance(expected, Exception):
        assert isinstance(got, TypeError), got
        assert name in str(got), got
        assert REMEDY.search(str(got)), got
    elif isinstance(got, ShapeMismatch):
        assert SHAPES.search(str(expected)), got


def is_moot(function, name, value):
    """What memory happened to hold is the result, or NumPy is not of one mind."""
    if name == "where":
        some = value is MASK or (type(value) in (bool, int, tuple, list) and not np.all(value))
        return some and isinstance(function, np.ufunc) and function in CONSTANT
    return name in ("axis", "subok") and (type(value) is bool or value is X or value is MASK)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", FUNCTIONS, ids=full_name)
def test_options(function):
    assert not isinstance(outcome(lambda x: function(*arguments(function, x)), X), Exception)
    for name in options_of(function):
        for value in [*VALUES, *MORE.get(name, [])]:
            if is_moot(function, name, value):
                continue
            check(function, {name: value}, name)
            if name in BESIDE:
                check(function, {name: value, **BESIDE[name]}, name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", FUNCTIONS, ids=full_name)
def test_unknown_options(function):
    def call(x):
        return function(*arguments(function, x), bogus=1)

    expected, got = outcome(call, X), outcome(call, al.Tensor(X))
    assert isinstance(expected, (TypeError, ValueError))
    assert isinstance(got, TypeError) or type(got) is type(expected)


def test_options_with_bounds_of_either_name():
    t = al.Tensor(X)
    for options in ({"dtype": np.float32}, {"casting": "no", "dtype": np.float32}, {"bogus": 1}):
        for bounds in ({"min": 0.3}, {"max": 1.5}, {"a_min": 0.3, "a_max": None}, {}):
            call = partial(np.clip, **bounds, **options)
            a, b = outcome(call, t), outcome(call, X)
            assert type(a) is type(b)
            assert isinstance(a, Exception) or all(map(same, a, b))


def test_a_composition_that_swallows_is_found(monkeypatch):
    clip = COMPOSED[np.clip]
    monkeypatch.setitem(COMPOSED, np.clip, lambda a, low, high, **options: clip(a, low, high))
    with pytest.raises(AssertionError):
        test_unknown_options(np.clip)
    monkeypatch.setitem(COMPOSED, np.ptp, lambda a, axis=None, keepdims=None: clip(a, 0, 1))
    with pytest.raises(AssertionError):
        test_options(np.ptp)
