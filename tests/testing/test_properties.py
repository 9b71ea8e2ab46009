"""gradient_property: right derivatives pass, wrong ones fail, and the failure is easy to read."""

import os
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing import adapters, gradient_property, strategies

FEW = {"max_examples": 10}

# ---- as its users write it ----

test_tanh = gradient_property(np.tanh, **FEW)
test_log = gradient_property(np.log, domain="positive", **FEW)
test_arctanh = gradient_property(np.arctanh, domain="unit", dtype=["f8", "c16"], **FEW)
test_matmul = gradient_property(np.matmul, shapes="...(m,n),(n,k)", dtype=["f4", "f8"], **FEW)
test_outer = gradient_property(np.multiply, shapes=[(3, 1), (2,)], **FEW)
test_abs = gradient_property(np.abs, kinks=0, **FEW)
test_minimum = gradient_property(np.minimum, kinks="ties", **FEW)


@gradient_property(kinks=[0, 1], max_dims=1, **FEW)
def test_kinks_of_two_kinds(x):
    return np.clip(x, 0, 1)


@gradient_property(domain={"x": "positive"}, order=1, **FEW)
def test_power(x, y):
    """Domains by name."""
    return x**y


@gradient_property(kinks="ties", args={"axis": strategies.axis(2)}, shapes=[(2, 3)], **FEW)
def test_max(x, axis):
    return np.max(x, axis=axis)


@gradient_property(args=st.tuples(strategies.arrays("above one"), st.integers(1, 3)), **FEW)
def test_arguments_by_a_strategy(x, n):
    return np.sqrt(x) ** n


@gradient_property(dtype=Fraction, shapes=[(2, 3), (3,)], **FEW)
def test_fractions(x, y):
    return x * y / (1 + x * x)


def test_what_is_drawn():
    on, shapes = [], set()

    @gradient_property(kinks=[0.5], max_dims=2, max_side=2, max_examples=100, order=1)
    def f(x):
        on.append(0.5 in x.real)
        shapes.add(np.shape(x))
        return np.sin(x)

    f()
    assert {*on} == {True, False}
    assert {(), (1,)} <= shapes
    assert {len(shape) for shape in shapes} == {0, 1, 2}
    assert any(0 in shape for shape in shapes) and any(2 in shape for shape in shapes)


def test_the_name_and_the_docstring_stay():
    assert test_power.__name__ == "test_power"
    assert test_power.__doc__ == "Domains by name."


# ---- wrong derivatives are found ----


@al.primitive
def softplus(x):
    return np.log1p(np.exp(x))


al.rule(softplus, x=lambda g, y: g * np.exp(-y))

WRONG = {
    "the engine's rule": {"f": softplus},
    "a wrong vjp": {"f": np.sin, "vjp": adapters.by_hand(lambda x, g: g * np.sin(x))},
    "no subgradient at the kink": {
        "f": np.abs,
        "kinks": 0,
        "vjp": adapters.by_hand(lambda x, g: g * np.where(x == 0, 2, np.sign(x))),
    },
    "too much at a tie": {
        "f": np.maximum,
        "kinks": "ties",
        "shapes": [(2,), (2,)],
        "vjp": adapters.by_hand(lambda x, y, g: (g * (x >= y), g * (y >= x))),
    },
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_derivatives_are_found(what):
    options = dict(WRONG[what])
    f = options.pop("f")
    with pytest.raises(AssertionError) as failure:
        gradient_property(f, max_dims=1, max_examples=50, **options)()
    text = str(failure.value)
    assert f"the derivatives of {f.__name__} are wrong at\n" in text


def test_a_function_without_names_is_refused():
    with pytest.raises(TypeError, match="args="):
        gradient_property(lambda *arrays: arrays[0])()


# ---- what a failure looks like ----

FAILING = """
    import numpy as np
    import autograd_lite as al
    from autograd_lite.testing import gradient_property

    @al.primitive
    def cube(x):
        return x * x * x

    al.rule(cube, x=lambda g, x: g * 2 * x * x)

    test_cube = gradient_property(cube)
"""


@pytest.mark.slow
def test_pytest_shows_the_smallest_example(tmp_path):
    (tmp_path / "test_it.py").write_text(textwrap.dedent(FAILING), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rN", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 1, run.stdout
    assert "the derivatives of cube are wrong at" in run.stdout
    assert "x = np.array(1.0)  # float64, shape ()" in run.stdout
