"""The fast path does what the general one does, for every primitive and combination of levels.

What is compared is all that a step leaves behind: bits, level, node, what is kept, and where.
"""

import ast
import inspect
import operator
from fractions import Fraction
from importlib.util import find_spec
from itertools import product
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core import fast
from autograd_lite.core.record import apply
from autograd_lite.core.registry import PRIMITIVES
from autograd_lite.core.signatures import positional_names
from autograd_lite.core.tape import NOTHING, Node
from autograd_lite.core.tracked import tracked
from tests.support.derivatives import direction, unflat
from tests.support.effort import examples
from tests.support.equality import same
from tests.support.foreign import Chunked
from tests.support.rows import ROWS, TAKEN
from tests.support.rows.row import cases

# ---- operands: constants, and values that are tracked at one of two levels, or at both ----


def leaf(data, level):
    return tracked(al.Tensor, data, Node(None, None, None, (), NOTHING, data), level)


HOW = {
    "plain": lambda x: x,
    "outer": lambda x: leaf(x, 0),
    "inner": lambda x: leaf(x, 1),
    "both": lambda x: leaf(leaf(x, 0), 1),
}


def combinations(arrays):
    """How the operands may be tracked: one at least, and none that is no float."""
    floats = [np.result_type(x).kind in "fcO" for x in arrays]
    for hows in product(HOW, repeat=len(arrays)):
        if {*hows} != {"plain"} and all(f or how == "plain" for f, how in zip(floats, hows)):
            yield hows


# ---- the two paths ----


def fast_path(primitive, arity, module=fast):
    make = {1: module.unary, 2: module.binary}[arity]
    return make(primitive, primitive.function)


def general_path(primitive):
    return lambda *args: apply(primitive, args, NOTHING)


def outcome(f, *args):
    """What ``f`` returns, or the kind of error that it raises, and what that says."""
    try:
        return f(*args)
    except Exception as error:
        return type(error), str(error)


# ---- what a step leaves behind ----


MISSING = object()
SLOTS = {
    al.Tensor: ("level", "data", "node"),
    Node: ("primitive", "first", "second", "shape", "dtype", "more", "value"),
}


def alike(a, b):
    """Whether two values, constants or nodes are the same, down to the leaves."""
    if type(a) is not type(b):
        return False
    if type(a) in SLOTS:
        slots = SLOTS[type(a)]
        return all(alike(getattr(a, s, MISSING), getattr(b, s, MISSING)) for s in slots)
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[name], b[name]) for name in a)
    return a is b or same(a, b)


def assert_same_step(f, g, arrays, hows):
    ours, theirs = ([HOW[how](x) for how, x in zip(hows, arrays)] for _ in range(2))
    a, b = outcome(f, *ours), outcome(g, *theirs)
    assert alike(a, b), f"{hows}: other steps"
    for x, y in zip(ours, theirs):
        assert alike(x, y), f"{hows}: another value is kept of an operand"
        if isinstance(a, al.Tensor) and isinstance(x, al.Tensor):
            assert getattr(a.node, "number", 0) > x.node.number


def assert_same_derivatives(f, g, arrays, hows, rng):
    """Those of orders 1 and 2, by the arguments that are tracked."""
    varying = [i for i, how in enumerate(hows) if how != "plain"]
    seed = rng.integers(2**32)

    def derivatives(run):
        def by_them(*parts):
            full = dict(enumerate(arrays)) | dict(zip(varying, parts))
            return run(*full.values())

        def pull(function, args):
            value, pullback = al.vjp(function, *args)
            rng = np.random.default_rng(seed)
            u = unflat(value, [direction(al.stop_gradient(y), rng) for y in al.tree_leaves(value)])
            return pullback(u)

        first = lambda *parts: pull(by_them, parts)
        parts = [arrays[i] for i in varying]
        return first(*parts), pull(first, parts)

    assert alike(outcome(derivatives, f), outcome(derivatives, g)), hows


# ---- every primitive ----

if find_spec("scipy"):
    import autograd_lite.rules.special

#: Primitives of one or two operands that have a row, by name, and that number.
TESTED = {}
for row in sorted(TAKEN, key=lambda row: (row.call is row.function, -len(row.options))):
    primitive = PRIMITIVES.get(row.function)
    if primitive is not None and primitive.fast_arity == len(row.domains):
        TESTED[primitive.name] = primitive, primitive.fast_arity, row

#: What the fast path is for; operators are ufuncs too.
LIKE_OTHERS = {PRIMITIVES.get(row.function) for row in ROWS if row not in TAKEN}
UFUNCS = {p for f, p in PRIMITIVES.items() if isinstance(f, np.ufunc) and p.fast_arity}


def test_every_ufunc_is_tested():
    assert {primitive for primitive, *_ in TESTED.values()} >= UFUNCS - LIKE_OTHERS


@pytest.mark.parametrize("name", TESTED)
@settings(max_examples=examples(0.3))
@given(data=st.data())
def test_both_paths_are_the_same(name, data):
    primitive, arity, row = TESTED[name]
    case = data.draw(cases(row))
    dtypes = st.sampled_from([("f8",), ("f4",), ("f4", "f8")])
    arrays = case.of(*data.draw(dtypes)).arrays()  # bits of complex ones depend on where they lie
    f, g = fast_path(primitive, arity), general_path(primitive)
    for hows in combinations(arrays):
        assert_same_step(f, g, arrays, hows)
        assert_same_derivatives(f, g, arrays, hows, case.rng)


#: Rows of functions of one array and options, all of which may take the fast path.
OPTIONED = [
    row
    for row in ROWS
    if row.options and row.call is row.function and row.function in PRIMITIVES
    if PRIMITIVES[row.function].fast_arity == PRIMITIVES[row.function].leading == 1
]


def ways(case):
    """A call with options as users write it: by name, and by place."""
    yield (), case.options
    names = positional_names(case.row.function)[1 : len(case.options) + 1]
    if {*names} == {*case.options}:
        yield tuple(case.options[name] for name in names), {}


@pytest.mark.parametrize("row", OPTIONED, ids=repr)
@settings(max_examples=examples(0.2))
@given(data=st.data())
def test_calls_with_options_are_the_same(row, data):
    case = data.draw(cases(row)).of("f8")
    primitive, arrays = PRIMITIVES[row.function], case.arrays()
    for rest, options in ways(case):
        f = lambda x, rest=rest, options=options: row.function(x, *rest, **options)
        g = lambda x, args=rest, options=options: apply(
            primitive, *primitive.bind((x, *args), options)
        )
        for hows in combinations(arrays):
            outcome(f, HOW[hows[0]](arrays[0]))  # the first call takes the general path
            assert_same_step(f, g, arrays, hows)
            assert_same_derivatives(f, g, arrays, hows, case.rng)


def test_options_that_the_fast_path_takes():
    """Those that a rule requests, if nobody can change or track them."""
    x, settled = np.ones((2, 3)), PRIMITIVES[np.sum].settled
    assert settled((x,), {}) == settled((x, None), {}) == settled((x,), {"axis": None}) == {}
    assert settled((x, 0), {"keepdims": True}) == {"axis": 0, "keepdims": True}
    assert settled((x, (0, 1)), {}) == {"axis": (0, 1)}
    for wrong in (np.int64(0),), (al.Tensor(0.0),), ([0],), ((np.int64(0),),), (0, None), (0,) * 9:
        assert settled((x, *wrong), {}) is None
    for wrong in (
        {"out": x},
        {"dtype": int},
        {"where": x > 0},
        {"wrong": 1},
        {"axis": al.Tensor(0.0)},
    ):
        assert settled((x,), wrong) is None
    assert settled((x, 0), {"axis": 0}) is None


@pytest.mark.parametrize("row", [r for r in ROWS if r.function is operator.getitem], ids=repr)
@settings(max_examples=examples(0.3))
@given(data=st.data())
def test_indexing_is_the_same(row, data):
    """It has a path of its own, for a key is no operand."""
    case = data.draw(cases(row))
    key = case.options["key"]
    key = np.asarray(key, None if key else int) if type(key) is list else key
    for hows in combinations(case.arrays()):
        f = lambda t: t[key]
        g = lambda t: apply(PRIMITIVES[operator.getitem], (t, key), NOTHING)
        assert_same_step(f, g, case.arrays(), hows)
        assert_same_derivatives(f, g, case.arrays(), hows, case.rng)


# ---- and planted mistakes are found ----

FRACTIONS = [np.array(Fraction(1, 3), object), np.array([Fraction(2), Fraction(1, 5)], object)]
FLOATS = [np.array([[0.5], [1.5]]), np.array([2.0, 3.0]), 1.25, np.array([2.0, 3.0, 4.0])]
CUMSUM = PRIMITIVES[np.cumsum]
FUNCTIONS = {1: [np.sin, np.exp, np.negative, np.diag], 2: [np.multiply, np.divide, np.power]}


def found(module):
    """Whether the comparison finds that the paths of a module are not the general one."""
    rng = np.random.default_rng(0)
    for arity, functions in FUNCTIONS.items():
        for arrays in [*product(FLOATS, repeat=arity), *product(FRACTIONS, repeat=arity)]:
            for function in functions:
                primitive = PRIMITIVES[function]
                f, g = fast_path(primitive, arity, module), general_path(primitive)
                try:
                    for hows in combinations(arrays):
                        assert_same_step(f, g, arrays, hows)
                        assert_same_derivatives(f, g, arrays, hows, rng)
                except AssertionError:
                    return True
    return finds_options(module, rng) or finds_layouts(module)


def finds_options(module, rng):
    """Whether it finds that of calls with options."""
    for x in (FLOATS[0], FRACTIONS[1]):
        f = lambda t: module.unary(CUMSUM, np.cumsum)(t, {"axis": 0})
        g = lambda t: apply(CUMSUM, (t,), {"axis": 0})
        try:
            for hows in combinations([x]):
                assert_same_step(f, g, [x], hows)
                assert_same_derivatives(f, g, [x], hows, rng)
        except AssertionError:
            return True
    return False


def finds_layouts(module):
    """Whether it finds that of arrays in chunks, whose layout is kept for the rule of a sum."""
    primitive, x = PRIMITIVES[np.sum], Chunked(np.ones(3))
    paths = module.unary(primitive, np.sum), lambda t: apply(primitive, (t,), NOTHING)
    for hows in combinations([x.data]):
        kept = [run(HOW[hows[0]](x)).node.first.like for run in paths]
        if not all(like is x for like in kept):
            return True
    return False


SOURCE = inspect.getsource(fast)
LINES = SOURCE.splitlines()
STATEMENTS = [
    node.lineno - 1
    for run in ast.walk(ast.parse(SOURCE))
    if isinstance(run, ast.FunctionDef) and run.name == "run"
    for node in ast.walk(run)
    if isinstance(node, ast.Assign | ast.Expr)
]


def test_nothing_planted_nothing_found():
    assert not found(fast)


@pytest.mark.parametrize("line", STATEMENTS, ids=lambda line: LINES[line].strip())
def test_every_statement_is_missed(line):
    indent = LINES[line][: -len(LINES[line].lstrip())]
    module = ModuleType("autograd_lite.core.fast")
    exec("\n".join([*LINES[:line], f"{indent}pass", *LINES[line + 1 :]]), vars(module))
    assert found(module)
