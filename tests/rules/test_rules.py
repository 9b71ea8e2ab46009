"""Every rule, by the table of test rows: values, derivatives of both orders, dtypes, side effects.

At the end the tests are tested: wrong rules are planted, and must be found.
"""

import operator
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core.primitive import HARMLESS, Primitive, no_derivative
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES
from autograd_lite.core.signatures import SPECIAL, Signature
from autograd_lite.core.tape import tape
from autograd_lite.core.writing import WRITING
from tests.support import rows
from tests.support.derivatives import check_derivatives, direction, pulled, unflat
from tests.support.effort import PROFILE
from tests.support.equality import same
from tests.support.rows import EACH, ROWS, of_our_scipy
from tests.support.rows.row import Row, cases


def parts(value):
    return value if type(value) in (list, tuple) else [value]


# ---- the properties ----


@EACH
@given(data=st.data())
def test_value(row, data):
    """A function returns for Tensors what it returns for arrays, to the bit."""
    f, args = data.draw(cases(row)).split()
    expected = f(*map(np.asarray, args))
    got = f(*map(al.Tensor, args))
    assert type(got) in (al.Tensor, type(expected))
    for a, b in zip(parts(got), parts(expected), strict=True):
        assert type(a) is al.Tensor
        assert (a.shape, a.dtype) == (np.shape(b), np.result_type(b))
        if row.bits:
            assert same(a.data, b)
        else:
            np.testing.assert_allclose(a.data, b, rtol=1e-13, atol=1e-13)


@EACH
@given(data=st.data())
def test_derivatives(row, data):
    """The derivatives of all orders are those found without backpropagation.

    For complex arguments df = Re(Σ g dz).
    """
    case = data.draw(cases(row))
    f, args = case.split()
    check_derivatives(f, args, order=row.times, step=row.step, rng=case.rng)
    if row.complex:
        f, args = case.of("c16").split()
        check_derivatives(f, args, order=1, step=False, rng=case.rng)


@EACH
@given(data=st.data())
def test_gradients(row, data):
    """A gradient has the shape and dtype of its argument, whatever those of the others.

    It is the same to the bit the second time, and when the other arguments are constants; and it
    is an array of the caller's own.
    """
    case = data.draw(cases(row))
    f, args = case.split()
    exact = pulled(f, args, case.rng)
    for g, again in zip(exact, pulled(f, args, case.rng), strict=True):
        assert same(g, again)
        assert type(g) is not np.ndarray or g.flags.writeable
        assert not any(np.shares_memory(g, x) for x in args)
    for k, x in enumerate(args):
        (alone,) = pulled(lambda x, k=k: f(*args[:k], x, *args[k + 1 :]), [x], case.rng)
        assert same(alone, exact[k])
    for dtypes in (("f4",), ("f4", "f8"), ("f8", "f4")):
        f, args = case.of(*dtypes).split()
        for x, g, e in zip(args, pulled(f, args, case.rng), exact, strict=True):
            assert (g.shape, g.dtype) == (np.shape(x), np.result_type(x))
            scale = max(1, np.abs(e).max(initial=0))
            np.testing.assert_allclose(g, e, rtol=1e-3, atol=1e-4 * scale)


# ---- the table is complete ----


@cache
def recorded():
    """What the calls of all rows record: primitives, and pairs of a primitive and an option."""
    seen = set()

    @settings(max_examples=10, database=None, phases=[Phase.generate], derandomize=True)
    @given(data=st.data())
    def collect(row, data):
        for node in nodes(data.draw(cases(row))):
            seen.add(node.primitive)
            seen.update((node.primitive, option) for option in (*node.options, *row.options))

    for row in ROWS:
        if PROFILE == "full" or not row.slow or not of_our_scipy(row.function):
            collect(row)
    return seen


def looked_at():
    """The primitives that are to have rows; those of SciPy's counterparts by ``make full``."""
    return [
        primitive
        for primitive in ruled()
        if primitive.name not in APART
        and (PROFILE == "full" or not of_our_scipy(primitive.function))
    ]


#: Steps within solvers of differential equations, which have tests of their own.
APART = {"failed", "valued"}
#: Options that choose between whole numbers and floats, and say nothing on Tensors.
OF_COUNTS = {"exact", "extend"}


def nodes(case):
    """The steps that a call and its pullback record."""
    f, args = case.split()
    results = []
    with suppress(Exception):  # the tests above tell of it
        value, pullback = al.vjp(f, *map(al.Tensor, args))
        results += parts(value)
        u = [al.Tensor(direction(al.stop_gradient(y), case.rng)) for y in parts(value)]
        results += pullback(unflat(value, u))
    results = [r.node for r in results if type(r) is al.Tensor]
    return tape(results)


#: Modules that are imported when a function of SciPy is first needed.
LATE = ("autograd_lite.rules.special", "autograd_lite.scipy.")

#: Before any test, or example in a docstring, adds its own.
AT_FIRST = set(PRIMITIVES)


def is_of_scipy(f):
    return isinstance(f, np.ufunc) or f.__module__.startswith(LATE)


def ruled():
    """The primitives that have rules, except those that tests make; SciPy's come later."""
    rows = {
        id(row): row
        for f, row in PRIMITIVES.items()
        if f in AT_FIRST or (getattr(np, f.__name__, None) is not f and is_of_scipy(f))
    }
    names = ("autograd_lite", "numpy", "scipy")
    return [
        row
        for row in rows.values()
        if {*row.rules.values()} - {None, no_derivative}
        and (getattr(row.function, "__module__", None) or "numpy").startswith(names)
    ]


def full_name(function):
    """The name, after that of the ufunc if it is a method of one."""
    owner = getattr(function, "__self__", None)
    return f"{owner.__name__}.{function.__name__}" if owner else function.__name__


@pytest.mark.parametrize(
    "function", [*sorted(WRITING, key=full_name), np.add.at, np.power.at], ids=full_name
)
def test_what_writes_is_refused(function):
    t = al.Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match=r"al\.at_set"):
        function(
            *{np.fill_diagonal: (t, 0), np.put_along_axis: (t, [0], 1.0, 0)}.get(
                function, (t, 0, 1.0)
            )
        )


@pytest.mark.slow
def test_every_rule_has_a_row():
    tested = recorded() | {PRIMITIVES.get(row.function) for row in ROWS}
    without = {primitive.name for primitive in looked_at() if primitive not in tested}
    without |= {full_name(f) for f in set(COMPOSED) - {row.function for row in ROWS}}
    assert not without, f"no row in tests/support/rows for: {', '.join(sorted(without))}"


#: Where rules and compositions are.
OURS = ("autograd_lite.rules.", "autograd_lite.special", "autograd_lite.scipy.")


def files_of(function):
    """The names of the files that have the rules of a function, or what it is made of."""
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return {"ufuncs"}
    if function in CONSTANT:
        return {"constants"}
    primitive = PRIMITIVES.get(function)
    stated = [*primitive.rules.values()] if primitive else [COMPOSED.get(function)]
    modules = {f.__module__ for f in stated if f is not None}
    return {m.rpartition(".")[2] for m in modules if m.startswith(OURS)}


def test_rows_lie_in_the_file_of_their_rule():
    modules = [module for module in vars(rows).values() if hasattr(module, "ROWS")]
    assert {row for module in modules for row in module.ROWS} == {*ROWS}
    for module in modules:
        found = set().union(*[files_of(row.function) for row in module.ROWS])
        if hasattr(module, "PACKAGES"):
            packages = {row.function.__module__.split(".")[-2] for row in module.ROWS}
            assert packages == module.PACKAGES
            continue
        found = found or {row.function.__module__.rpartition(".")[2] for row in module.ROWS}
        assert found == {module.__name__.rpartition(".")[2]}


@pytest.mark.slow
def test_every_option_has_a_row():
    without = []
    for primitive in looked_at():
        options = primitive.accepted & set(primitive.defaults)
        for option in options - HARMLESS - OF_COUNTS - set(SPECIAL) - set(primitive.arrays):
            if (primitive, option) not in recorded():
                without.append(f"{primitive.name}(…, {option}=…)")
    assert not without, f"no row in tests/support/rows gives: {', '.join(sorted(without))}"


# ---- the tests are tested: a wrong rule must be found ----


def plant(monkeypatch, function, **rules):
    """Put wrong rules in place of the right ones, for the length of a test."""
    primitive = PRIMITIVES[function]
    for slot in (*Signature.__slots__, *Primitive.__slots__):
        monkeypatch.setattr(primitive, slot, getattr(primitive, slot))
    primitive.rules = primitive.rules | rules
    primitive.read()


def all_but_the_last(g, b, shape):
    return al.at_set(al.at_add(np.zeros(shape), b, g), -1, 0)


CONTROLS = {
    "sign": (np.cos, {"x": lambda g, x: g * np.sin(x)}, "ratio -1"),
    "factor": (np.square, {"x": lambda g, x: g * x}, "ratio 0.5"),
    "one argument": (np.subtract, {"x2": lambda g: g}, "argument 1"),
    "zero": (np.tanh, {"x": lambda g: 0 * g}, "ratio 0"),
    "nan": (np.exp, {"x": lambda g: g * np.nan}, "not finite"),
    "small": (np.sin, {"x": lambda g, x: g * np.cos(x) * (1 + 1e-8)}, "ratio 1"),
    "transposed": (
        np.transpose,
        {"a": lambda g, axes: np.transpose(g, axes)},
        "shape|argument 0",
    ),
    "wrong axis": (np.flip, {"m": lambda g, axis: np.flip(g, 0)}, "argument 0"),
    "wrong option": (
        np.cumsum,
        {"a": lambda g, shape, axis: np.cumsum(g).reshape(shape)},
        "argument 0",
    ),
    "one element": (
        operator.getitem,
        {
            "a": lambda g, b, shape: (
                al.at_add(np.zeros(shape), b, g) * (np.arange(shape[0]) < shape[0] - 1)
            )
        },
        "argument 0",
    ),
    "second order": (
        np.log,
        {"x": lambda g, x: g / (x if type(x) is not al.Tensor else al.stop_gradient(x))},
        "order 2",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTROLS)
def test_wrong_rules_are_found(name, monkeypatch):
    function, rules, message = CONTROLS[name]
    shapes = {"transposed": [(2, 3, 2)], "wrong axis": [(2, 3)], "one element": [(3,)]}.get(name)
    rows = {
        np.subtract: Row(function, "real", "real"),
        np.transpose: Row(function, "real", shapes=shapes, axes=[(1, 2, 0)]),
        np.flip: Row(function, "real", shapes=shapes, axis=[1]),
        np.cumsum: Row(function, "real", shapes=[(2, 3)], axis=[0]),
        np.log: Row(function, "positive"),
        operator.getitem: Row(function, "real", shapes=shapes, call=lambda a: a[1:]),
    }
    plant(monkeypatch, function, **rules)

    @settings(max_examples=200, database=None, report_multiple_bugs=False)
    @given(case=cases(rows.get(function, Row(function, "real"))))
    def check(case):
        f, args = case.split()
        check_derivatives(f, args, rng=case.rng)

    with pytest.raises((AssertionError, ValueError), match=message):
        check()


@pytest.mark.slow
@pytest.mark.parametrize("axes", ["leading", "of length one"])
def test_a_missing_unbroadcast_is_found(axes, monkeypatch):
    """The engine that forgets to sum over stretched axes, or over some of them."""

    def forgetful(g, shape, axes_stretched):
        if axes == "leading":
            return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1)).reshape(shape)
        while g.ndim > len(shape):
            g = g.sum(axis=0)
        return g[tuple(slice(0, n) for n in shape)]

    monkeypatch.setattr("autograd_lite.core.backward.unbroadcast", forgetful)

    @settings(max_examples=200, database=None, report_multiple_bugs=False)
    @given(case=cases(Row(np.multiply, "real", "real")))
    def check(case):
        f, args = case.split()
        check_derivatives(f, args, rng=case.rng)

    with pytest.raises((AssertionError, ValueError, np.exceptions.AxisError)):
        check()
