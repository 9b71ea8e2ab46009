"""Products of Tensors with SciPy's sparse matrices, of every kind and from both sides."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.testing import check_grads

sparse = pytest.importorskip("scipy.sparse")

RNG = np.random.default_rng(0)
DENSE = RNG.normal(size=(3, 4)) * (RNG.random((3, 4)) < 0.6)
KINDS = [
    f"{layout}_{kind}"
    for layout in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for kind in ("array", "matrix")
]
EACH = pytest.mark.parametrize("kind", KINDS)

PRODUCTS = {
    "A @ vector": (lambda A, t: A @ t, (4,)),
    "A @ matrix": (lambda A, t: A @ t, (4, 2)),
    "vector @ A": (lambda A, t: t @ A, (3,)),
    "matrix @ A": (lambda A, t: t @ A, (2, 3)),
    "A.dot(vector)": (lambda A, t: A.dot(t), (4,)),
    "A.dot(matrix)": (lambda A, t: A.dot(t), (4, 2)),
    "A.T @ vector": (lambda A, t: A.T @ t, (3,)),
}


@EACH
@pytest.mark.parametrize("product", PRODUCTS)
def test_products(product, kind):
    """The bits of SciPy's product, and derivatives of both orders; also in programs."""
    f, shape = PRODUCTS[product]
    A, x = getattr(sparse, kind)(DENSE), np.random.default_rng(1).normal(size=shape)
    assert al.Tensor(x).dtype == f(A, al.Tensor(x)).dtype
    np.testing.assert_array_equal(f(A, al.Tensor(x)).data, f(A, x))
    loss = lambda t: np.sum(f(A, t) ** 3)
    same = PRODUCTS[product.replace(".dot(", " @ ").rstrip(")")][0]  # an ndarray's takes no Tensors
    dense = lambda t: np.sum(same(DENSE, t) ** 3)
    gradient = al.grad(dense)(x)
    np.testing.assert_allclose(al.grad(loss)(x), gradient, rtol=1e-12)
    np.testing.assert_allclose(al.trace(al.grad(loss), x)(x), gradient, rtol=1e-12)
    np.testing.assert_allclose(al.hvp(loss, x, x), al.hvp(dense, x, x), rtol=1e-12)


@pytest.mark.parametrize("kind", ["csr_array", "coo_array", "dok_matrix"])
def test_compiled(kind):
    A, x = getattr(sparse, kind)(DENSE), np.arange(4.0)
    gradient = al.compile(al.grad(lambda t: np.sum((A @ t) ** 3)))
    for y in (x, x, 1 - x):
        np.testing.assert_allclose(gradient(y), 3 * DENSE.T @ (DENSE @ y) ** 2, rtol=1e-12)


def test_complex_and_small_floats():
    A = sparse.csr_array(DENSE + 1j * DENSE**2)
    check_grads(lambda t: A @ t, np.arange(4.0) + 1j, order=2)
    check_grads(lambda t: np.abs(A @ t), np.arange(1.0, 5.0), order=2)
    A, x = sparse.csr_array(DENSE.astype("f4")), np.arange(4, dtype="f4")
    assert (A @ al.Tensor(x)).dtype == al.grad(lambda t: np.sum(A @ t))(x).dtype == np.float32


def test_shapes_that_do_not_fit():
    A, t = sparse.csr_array(DENSE), al.Tensor(np.ones(3))
    with pytest.raises(ValueError, match="mismatch"):
        A @ t
    with pytest.raises(ValueError, match="Scalar operands"):
        A @ al.Tensor(2.0)


def test_what_has_one_dimension_is_refused():
    A, t = sparse.csr_array(DENSE)[[0]].tocoo().reshape(4), al.Tensor(np.ones(4))
    for f in (lambda: A @ t, lambda: t @ A):
        with pytest.raises(TypeError, match=r"compute with A\.toarray\(\)"):
            f()
    np.testing.assert_array_equal((A.toarray() @ t).data, A @ np.ones(4))


def test_others_than_a_product_ask_in_vain():
    """Only SciPy's product is told to let the operand answer, and only of the operand itself."""
    A, t = sparse.csr_array(DENSE), al.Tensor(np.ones(4))

    def dot(other):
        return np.asarray(other)

    for f in (lambda: dot(t), lambda: A @ [t, t]):
        with pytest.raises(TypeError, match=r"plain numbers|layout"):
            f()


def test_a_planted_bug_is_found(monkeypatch):
    monkeypatch.setattr("autograd_lite.core.sparse.declined", lambda x: None)
    with pytest.raises(TypeError):
        test_products("A @ vector", "csr_array")
