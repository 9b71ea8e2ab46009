"""Every line of docs/explanation/conventions.md is true, of us and of the others."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.conventions import CASES, SECOND, in_hips, in_jax, in_torch, ours, page, second

PAGE = Path(__file__).parents[2] / "docs/explanation/conventions.md"
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression)


@EACH
def test_ours(case):
    if "sp." in case.expression:
        pytest.importorskip("scipy")
    np.testing.assert_array_equal(ours(case), case.ours)


@pytest.mark.parametrize("case", SECOND, ids=lambda case: case.expression)
def test_second_derivatives(case):
    np.testing.assert_array_equal(second(case.expression, case.at), case.ours)
    instead = second(case.remedy, case.at)
    assert np.isfinite(instead).all()
    if case.truth is not None:
        np.testing.assert_allclose(instead, case.truth)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("engine", "run", "field"),
    [("torch", in_torch, "torch"), ("jax", in_jax, "jax"), ("autograd", in_hips, "hips")],
)
@EACH
def test_others(case, engine, run, field):
    pytest.importorskip(engine)
    expected = getattr(case, field)
    if expected is None:
        pytest.skip(f"{engine} does not have it")
    np.testing.assert_array_equal(run(case), expected)


def test_page(golden):
    golden(PAGE, page())
