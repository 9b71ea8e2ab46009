"""Against independent engines: the same values and gradients on the same drawn inputs.

Every row of the table whose function JAX has under the same name is run by both.  Where they
differ on purpose, `docs/explanation/conventions.md` says so, and `DIFFERENT` names the row.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.derivatives import direction
from tests.support.effort import examples
from tests.support.rows import ROWS
from tests.support.rows.row import cases

jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")

#: Functions that JAX defines, or differentiates, otherwise.
DIFFERENT = {
    "cholesky": "the gradient stands in the triangle that NumPy reads; JAX symmetrises",
    "eigh": "likewise",
    "eigvalsh": "likewise",
    "svd": "the phase of the vectors",
    "eig": "the scale of the vectors",
    "partition": "the order within the parts",
    "clip": "in JAX the bounds have other names",
    "qr": "the sign of the factors of a wide matrix",
}


@pytest.fixture(autouse=True, scope="module")
def doubles():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def theirs(function):
    """The function of the same name in JAX, or None."""
    if isinstance(getattr(function, "__self__", None), np.ufunc):  # np.add.outer
        return None
    if isinstance(function, np.ufunc) and getattr(np, function.__name__, None) is not function:
        import jax.scipy.special as library

        return getattr(library, function.__name__, None)
    module = getattr(function, "__module__", None) or "numpy"
    if not module.startswith("numpy"):
        return None
    library = jnp
    for part in module.split(".")[1:]:
        library = getattr(library, part, None)
    return getattr(library, getattr(function, "__name__", ""), None)


SHARED = [
    row
    for row in ROWS
    if row.call is row.function
    and theirs(row.function)
    and getattr(row.function, "__name__", "") not in DIFFERENT
]


@pytest.mark.parametrize("row", SHARED, ids=repr)
@settings(max_examples=examples(0.8))  # JAX compiles for every shape anew
@given(data=st.data())
def test_jax(row, data):
    case = data.draw(cases(row))
    ours, args = case.split()
    arrays = [np.array(x) for x in case.arrays()]
    varying = [i for i, x in enumerate(arrays) if x.dtype.kind in "fc"]

    def f(*parts):
        full = list(arrays)
        for i, x in zip(varying, parts):
            full[i] = x
        return theirs(row.function)(*full, **case.options)

    try:
        expected, pull = jax.vjp(f, *[arrays[i] for i in varying])
    except (TypeError, ValueError, NotImplementedError, IndexError):
        return  # an option, or a shape, that JAX does not support
    value, pullback = al.vjp(ours, *args)
    results, others = al.tree_leaves(value), jax.tree_util.tree_leaves(expected)
    if [np.shape(r) for r in results] != [np.shape(o) for o in others]:
        return
    for a, b in zip(results, others):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)
    u = [direction(r, case.rng) for r in results]
    one = not isinstance(value, (list, tuple))
    given_back = pull(jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(expected), u))
    for a, b in zip(pullback(u[0] if one else type(value)(u)), given_back, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


def test_most_rows_are_shared():
    assert len(SHARED) > 100
