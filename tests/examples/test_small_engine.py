"""The small engine: held to the real one with ``==``, told by its page, and caught with bugs."""

import re
from pathlib import Path
from random import Random
from types import ModuleType

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

import autograd_lite as al
from autograd_lite.testing.strategies import programs
from examples import small_engine
from tests.support.rows import EACH
from tests.support.rows.row import cases

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "examples" / "small_engine.py").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/tutorial/small-engine.md").read_text(encoding="utf-8")


def same(a, b):
    """Whether two gradients have the same numbers, shape and dtype."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def agrees(engine, f, *args):
    """Whether an engine gives what the real one does, at first and at second order."""

    def gradients(engine):
        x, *others = args
        gradient = engine.grad(f)
        second = engine.grad(lambda x: np.sum(np.square(gradient(x, *others))))
        return gradient(*args), second(x)

    expected = gradients(al)  # first, for it reads SciPy's rules
    return all(map(same, gradients(engine), expected))


# ---- random programs ----

# Where an index repeats, the real engine adds to the gradient in place, and floats add up in
# another order; fractions do not care.
FLOATS = programs(scalar=True).filter(lambda program: "np.array(" not in str(program))
FRACTIONS = programs(scalar=True, rational=True)


@given(FLOATS)
def test_floats(program):
    assert agrees(small_engine, program, *program.inputs)


@given(FRACTIONS)
def test_fractions(program):
    assert agrees(small_engine, program, *program.inputs)


# ---- every function in the rule table ----

POWERS = {np.power, np.float_power}


@EACH
def test_the_rule_table(row):
    @settings(max_examples=2, derandomize=True, database=None, phases=[Phase.generate])
    @given(cases(row))
    def check(case):
        f, args = case.split()
        y = f(*args)
        if isinstance(y, tuple | list) or np.iscomplexobj(y):
            return
        if row.function in POWERS and not any(case.shapes):
            return  # the real engine takes ** of two numbers from Python, which rounds otherwise
        try:
            assert agrees(small_engine, lambda *args: np.sum(np.cos(f(*args))), *args)
        except ValueError as error:  # several results, perhaps of a step in a rule
            assert "inhomogeneous shape" in str(error)
        except KeyError as error:  # a rule that requests residuals, perhaps of a step
            assert error.args == ("residuals",)

    check()


# ---- what one would look for first ----

W, B, X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]), np.array([0.1, 0.2]), np.ones(3)


@pytest.mark.parametrize(
    "f, args",
    [
        (lambda b, W: np.sum(np.tanh(W.T + b)), (B, W)),
        (lambda c, W: np.sum(np.exp(c * W)), (0.5, W)),
        (lambda W, x, b: np.sum(np.sin(W @ x + b)), (W, X, B)),
        (lambda W: np.sum(np.square(W @ W.T)), (W,)),
        (lambda W: np.mean(np.max(W, axis=0) * np.prod(W, axis=0)), (W,)),
        (lambda W: np.sum(W[1, ::2] * np.sin(W[:, [2, 0]])), (W,)),
        (lambda W: np.std(np.concatenate([W, np.sin(W)], axis=1)), (W,)),
        (lambda x: np.where(x > 0, np.sqrt(x), x) * x - np.sin(x) / x, (2.0,)),
        (lambda x: x.reshape(3, 1).sum() + x.T.mean() + len(x), (X,)),
        (lambda x: 3.0, (X,)),
        (lambda x: np.sum(np.floor(x)), (X,)),
    ],
    ids=[
        *("broadcast", "number", "affine", "matmul", "reductions", "indexing", "join"),
        *("fan-out", "methods", "unused", "constant"),
    ],
)
def test_examples(f, args):
    assert agrees(small_engine, f, *args)


def test_a_dtype_is_kept():
    gradient = small_engine.grad(lambda x: np.sum(x * np.ones(2)))(np.ones(2, np.float32))
    assert gradient.dtype == np.float32


def test_a_function_of_ones_own():
    @al.primitive
    def cube(x):
        return x * x * x

    al.rule(cube, x=lambda g, x: g * (3 * x * x))
    assert agrees(small_engine, lambda x: np.sum(cube(x)), W)


def test_all_orders():
    f = g = np.sin
    for _ in range(5):
        assert f(0.7) == g(0.7)
        f, g = small_engine.grad(f), al.grad(g)


def tells_levels_apart(grad):
    """Whether ∂(x z²)/∂z at 1 varies with x, and x is not taken for z in x · ∂(x + z)/∂z."""
    inner = grad(lambda x: grad(lambda z: x * z * z)(1.0))
    return inner(3.0) == 2.0 and grad(lambda x: x * grad(lambda z: x + z)(1.0))(1.0) == 1.0


def test_levels():
    assert tells_levels_apart(small_engine.grad)


def test_a_result_that_is_used_again_is_no_further_path():
    def f(x):
        for _ in range(100):
            x = x + x
        return x

    assert small_engine.grad(f)(1.0) == 2.0**100


def test_several_results_are_refused():
    with pytest.raises(ValueError, match="inhomogeneous"):
        small_engine.grad(lambda x: np.linalg.svd(x)[1][0])(W)


# ---- bugs ----


def mutant(old, new):
    """The small engine with ``new`` in place of ``old``."""
    assert old in SOURCE
    module = ModuleType("mutant")
    exec(SOURCE.replace(old, new), module.__dict__)
    return module


@pytest.mark.parametrize(
    "old, new",
    [
        ("np.reshape(np.sum(c, axis=tuple(axes)), a.shape) if axes else c", "c"),
        ("cotangents[a] + fit(c, a) if a in cotangents else fit(c, a)", "fit(c, a)"),
        ("max(steps, key", "min(steps, key"),
        ("max(steps, key=lambda node: node.number)", "steps[0]"),
        ("{y.node: strip(y) ** 0}", "{y.node: y.raw}"),
        ("node.primitive.arrays, node.values", "node.primitive.arrays, strip(node.values)"),
    ],
    ids=["broadcast", "overwrite", "earliest first", "as they come", "seed", "first order only"],
)
def test_a_bug_is_found(old, new):
    engine = mutant(old, new)

    def differs(program):
        try:
            return not agrees(engine, program, *program.inputs)
        except ValueError:  # shapes that do not fit
            return True

    limits = settings(max_examples=500, phases=[Phase.generate])
    find(FLOATS, differs, settings=limits, random=Random(0))


def test_a_confusion_of_levels_is_found():
    assert not tells_levels_apart(mutant("leaf.number", "0").grad)


# ---- the page ----


def test_at_most_100_lines():
    assert len(SOURCE.splitlines()) <= 100


def test_the_page_has_the_whole_file_in_order():
    rest = SOURCE
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        if rest.startswith(block):
            rest = rest.removeprefix(block).lstrip("\n")
    assert rest == ""
