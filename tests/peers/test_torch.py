"""Against PyTorch: the rows of ufuncs without options that it has under the same name."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.derivatives import direction
from tests.support.effort import examples
from tests.support.rows import ROWS
from tests.support.rows.row import cases

torch = pytest.importorskip("torch")

#: Functions that PyTorch defines otherwise, under the same name.
DIFFERENT = {"kl_div": "a loss, of the logarithm of its input"}
SHARED = [
    row
    for row in ROWS
    if not row.options
    and row.call is row.function
    and isinstance(row.function, np.ufunc)
    and hasattr(torch, row.function.__name__)
    and row.function.__name__ not in DIFFERENT
]


@pytest.mark.parametrize("row", SHARED, ids=repr)
@settings(max_examples=examples(0.8))
@given(data=st.data())
def test_torch(row, data):
    case = data.draw(cases(row))
    f, args = case.split()
    arrays = [np.array(x) for x in case.arrays()]
    if any(x.dtype.kind != "f" for x in arrays):
        return
    tensors = [torch.tensor(x, requires_grad=True) for x in arrays]
    try:
        expected = getattr(torch, row.function.__name__)(*tensors)
    except (TypeError, RuntimeError):
        return  # shapes that PyTorch does not take
    value, pullback = al.vjp(f, *args)
    np.testing.assert_allclose(value, expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    u = direction(value, case.rng)
    theirs = torch.autograd.grad(expected, tensors, torch.tensor(u), allow_unused=True)
    for ours, other in zip(pullback(u), theirs, strict=True):
        if other is not None:
            np.testing.assert_allclose(ours, other.numpy(), rtol=1e-8, atol=1e-10)


def test_many_rows_are_shared():
    assert len(SHARED) > 30
