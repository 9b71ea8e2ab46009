"""Sparse matrices whose stored values vary: what they are, products, systems, what is refused."""

import warnings

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.testing import check_grads

matrices = pytest.importorskip("scipy.sparse")

from autograd_lite.scipy import sparse  # noqa: E402  (it needs SciPy)
from autograd_lite.scipy.sparse import direct, linalg  # noqa: E402

RNG = np.random.default_rng(0)
DENSE = RNG.normal(size=(3, 4)) * (RNG.random((3, 4)) < 0.6)
X, Y = RNG.normal(size=(4, 2)), RNG.normal(size=(2, 3))
BY_ROWS, BY_COLUMNS, COO = (getattr(matrices, f"{k}_array")(DENSE) for k in ("csr", "csc", "coo"))
MIXED = RNG.permutation(COO.nnz)
COORDS = COO.row[MIXED], COO.col[MIXED]

#: Functions of stored values that make a matrix, and the values.
MADE = {
    "csr": (
        lambda t: sparse.csr_array((t, BY_ROWS.indices, BY_ROWS.indptr), DENSE.shape),
        BY_ROWS.data,
    ),
    "csc": (
        lambda t: sparse.csc_array((t, BY_COLUMNS.indices, BY_COLUMNS.indptr), DENSE.shape),
        BY_COLUMNS.data,
    ),
    "coo": (lambda t: sparse.coo_array((t, COORDS), DENSE.shape), COO.data[MIXED]),
    "csr of coo": (lambda t: sparse.csr_array((t, COORDS), DENSE.shape), COO.data[MIXED]),
    "csc of coo": (lambda t: sparse.csc_array((t, COORDS), DENSE.shape), COO.data[MIXED]),
    "coo with doublets": (
        lambda t: sparse.coo_array((t, ([0, 1, 0, 1, 2], [1, 2, 1, 2, 3])), shape=(3, 4)),
        RNG.normal(size=5),
    ),
    "diagonals": (
        lambda t: sparse.diags_array([t[:3], t[3:6]], offsets=[0, 1], shape=(3, 4), format="csc"),
        RNG.normal(size=6),
    ),
    "one diagonal": (
        lambda t: sparse.diags_array(t, offsets=1, shape=(3, 4), format="coo"),
        RNG.normal(size=3),
    ),
}

#: What is computed from a matrix, plain or not.
COMPUTED = {
    "A @ x": lambda A: A @ X,
    "A @ vector": lambda A: A @ X[:, 0],
    "x @ A": lambda A: Y @ A,
    "vector @ A": lambda A: Y[0] @ A,
    "A.T @ x": lambda A: A.T @ Y.T,
    "A.dot(x)": lambda A: A.dot(X),
    "A.transpose()": lambda A: A.transpose(),
    "2 * A / 3": lambda A: 2.0 * A / 3.0,
    "A.multiply(x)": lambda A: A.multiply(DENSE),
    "-A": lambda A: -A,
    "A + sparse": lambda A: A + BY_ROWS,
    "A - x": lambda A: A - DENSE,
    "x - A": lambda A: DENSE - A,
    "A - A": lambda A: A - 2.0 * A,
    "A @ sparse": lambda A: A @ matrices.csc_array(DENSE.T),
    "sparse @ A": lambda A: matrices.coo_array(DENSE.T) @ A,
    "A @ A.T": lambda A: A @ A.T,
    "values by rows": lambda A: (A.tocsr() + BY_ROWS).data,
    "values by columns": lambda A: (A.tocsc() + BY_ROWS).tocsc().data,
    "tocoo": lambda A: A.tocoo(),
    "sum": lambda A: A.sum(),
    "sum(0)": lambda A: A.sum(0),
    "sum(-1)": lambda A: A.sum(-1),
    "mean(1)": lambda A: A.mean(1),
    "diagonal": lambda A: A.diagonal(),
    "trace": lambda A: A.trace(),
}


def array(x):
    return x.toarray() if hasattr(x, "toarray") else x


@pytest.mark.parametrize("what", COMPUTED)
@pytest.mark.parametrize("kind", MADE)
def test_what_is_computed(kind, what):
    """It is what SciPy computes from plain values, and so are derivatives of both orders."""
    make, values = MADE[kind]
    f = COMPUTED[what]
    plain, ours = make(values), make(al.Tensor(values))
    assert matrices.issparse(plain)
    assert (ours.shape, ours.ndim, ours.dtype) == (plain.shape, plain.ndim, plain.dtype)
    assert ours.format == plain.format and ours.nnz == plain.nnz
    np.testing.assert_array_equal(ours.data.data, plain.data)
    if plain.format != "coo":
        np.testing.assert_array_equal(ours.indices, plain.indices)
        np.testing.assert_array_equal(ours.indptr, plain.indptr)
    np.testing.assert_array_equal(np.transpose(ours.coords), np.transpose(plain.tocoo().coords))
    expected = array(f(plain))
    np.testing.assert_allclose(array(f(ours)).data, expected, rtol=1e-12, atol=1e-15)
    check_grads(lambda t: array(f(ours.with_data(t))), [values], order=2)


def test_programs():
    make, values = MADE["csc"]
    loss = lambda t, x: np.sum((make(t) @ x) ** 3)
    gradient = al.grad(loss, (0, 1))
    for f in (al.trace(gradient, values, X), al.compile(gradient)):
        for _ in range(2):
            for a, b in zip(f(values, X), gradient(values, X)):
                np.testing.assert_allclose(a, b, rtol=1e-12)


def test_small_floats():
    make, values = MADE["csr"]
    for dtype in ("f2", "f4"):
        t = values.astype(dtype)
        assert (make(al.Tensor(t)) @ X.astype(dtype)).dtype == (make(t) @ X.astype(dtype)).dtype
        assert al.grad(lambda t: np.sum(make(t) @ X))(t).dtype == dtype


def test_a_gradient_by_a_matrix_is_a_matrix():
    make, values = MADE["csr"]
    A = make(al.Tensor(values)).with_data(values)
    slope = al.grad(lambda A: np.sum(A @ X))(A)
    assert type(slope) is type(A)
    np.testing.assert_allclose(slope.data, np.sum(X, 1)[A.indices], rtol=1e-13)


def test_refused():
    make, values = MADE["csr"]
    A, t = make(al.Tensor(values)), al.Tensor(DENSE)
    for f in (
        lambda: np.dot(A, X),
        lambda: np.asarray(A),
        lambda: A.tocoo().indices,
        lambda: A.multiply(A),
        lambda: A**2,
        lambda: np.dot(t.T, A),
    ):
        with pytest.raises((TypeError, AttributeError)):
            f()
    with pytest.raises(TypeError, match=r"compute with t\.T @ A"):
        np.dot(t.T, A)
    assert (t.T @ A).shape == (4, 4)
    with pytest.raises(TypeError, match=r"csr_array\(\(t, \(row, col\)\), shape=\(m, n\)\)"):
        sparse.csr_array(t)
    row, col = DENSE.nonzero()
    again = sparse.csr_array((t[row, col], (row, col)), shape=DENSE.shape)
    np.testing.assert_array_equal(again.toarray().data, DENSE)
    for f in (lambda: A @ A, lambda: A + A.T, lambda: A.sum(2), lambda: A @ X.T):
        with pytest.raises(ValueError):
            f()


# ---- systems ----

SQUARE = RNG.normal(size=(5, 5)) * (RNG.random((5, 5)) < 0.4) + np.diag(4.0 + np.arange(5))
RIGHT = {"vector": RNG.normal(size=5), "matrix": RNG.normal(size=(5, 2))}
COMPLEX = RNG.normal(size=5) + 1j * RNG.normal(size=5)


def with_values(A, t):
    return getattr(sparse, f"{A.format}_array")((t, A.indices, A.indptr), shape=A.shape)


@pytest.mark.parametrize("kind", ["csr_array", "csc_array", "coo_array", "csc_matrix"])
@pytest.mark.parametrize("right", [*RIGHT, "column"])
@pytest.mark.filterwarnings("ignore:.*format:scipy.sparse.SparseEfficiencyWarning")
def test_systems(kind, right):
    """SciPy's solutions, of every layout, and all derivatives."""
    A, b = getattr(matrices, kind)(SQUARE), RIGHT.get(right, RIGHT["vector"][:, None])
    plain = matrices.linalg.spsolve(A, b)
    np.testing.assert_array_equal(linalg.spsolve(A, b), plain)
    found = linalg.spsolve(A, al.Tensor(b))
    assert found.shape == plain.shape
    np.testing.assert_allclose(found.data, plain, rtol=1e-13)
    check_grads(lambda b: linalg.spsolve(A, b), [b], order=2)
    for trans in ("N", "T", "H"):
        solve = linalg.splu(A).solve
        np.testing.assert_array_equal(solve(al.Tensor(b), trans).data, solve(b, trans))
        check_grads(lambda b: solve(b, trans), [b], order=2)  # noqa: B023
    check_grads(linalg.factorized(A), [b], order=2)


@pytest.mark.parametrize("kind", ["csr_array", "csc_array"])
@pytest.mark.parametrize("right", RIGHT)
def test_systems_by_stored_values(kind, right):
    A, b = getattr(matrices, kind)(SQUARE), RIGHT[right]
    f = lambda t, b: linalg.spsolve(with_values(A, t), b)
    check_grads(f, [A.data, b], order=2)
    check_grads(f, [A.data + 1j * A.data[::-1], b], order=1)
    check_grads(f, [A.data, b * 1j + 1], order=1)
    made = with_values(A, al.Tensor(A.data))
    for trans in ("T", "H"):
        g = lambda t, b: linalg.splu(made.with_data(t)).solve(b, trans)  # noqa: B023
        check_grads(g, [A.data + 1j * A.data[::-1], b + 0j], order=1)
    by_dense = al.grad(lambda M: np.sum(np.linalg.solve(M, b) ** 2))(SQUARE)
    gradient = al.grad(lambda t: np.sum(f(t, b) ** 2))
    row, col = made.coords
    np.testing.assert_allclose(gradient(A.data), by_dense[row, col], rtol=1e-9, atol=1e-14)
    compiled = al.compile(gradient)
    for _ in range(2):
        np.testing.assert_allclose(compiled(A.data), gradient(A.data), rtol=1e-12)
    small = gradient(A.data.astype("f4"))
    assert small.dtype == np.float32
    np.testing.assert_allclose(small, gradient(A.data), rtol=1e-3, atol=1e-4)


def test_factors_are_kept_as_long_as_the_values():
    """They are made once for both directions, made anew when the values change, and let go."""
    A, b = matrices.csc_array(SQUARE), RIGHT["vector"]
    values = A.data.copy()
    f = al.grad(lambda t: np.sum(linalg.spsolve(with_values(A, t), b)))
    before = {*direct._kept}
    first = f(values)
    (key,) = {*direct._kept} - before
    kept = direct._kept[key]
    f(values)
    assert direct._kept[key] is kept
    values *= 2
    np.testing.assert_allclose(f(values), first / 4, rtol=1e-12)
    del values, kept
    assert {*direct._kept} <= before


def test_places_that_are_not_sorted_stay():
    """SciPy sorts what it factors; the caller's arrays are not touched."""
    indices, indptr = np.array([1, 0, 1]), np.array([0, 2, 3])
    values = al.Tensor(np.array([1.0, 4.0, 5.0]))
    x = linalg.spsolve(sparse.csr_array((values, indices, indptr)), np.ones(2))
    np.testing.assert_allclose(x.data, np.linalg.solve([[4.0, 1.0], [0.0, 5.0]], np.ones(2)))
    assert indices.tolist() == [1, 0, 1] and values.data.tolist() == [1.0, 4.0, 5.0]


def test_systems_that_are_refused():
    A, b = matrices.csc_array(SQUARE), al.Tensor(RIGHT["vector"])
    with pytest.raises(TypeError, match=r"give b\.toarray\(\)"):
        linalg.spsolve(with_values(A, al.Tensor(A.data)), A)
    with pytest.raises(TypeError, match=r"np\.linalg\.solve\(A, b\)"):
        linalg.spsolve(SQUARE, b)
    np.testing.assert_allclose(np.linalg.solve(SQUARE, b).data, linalg.spsolve(A, b.data))
    with pytest.raises(ValueError, match="b has shape"):
        linalg.spsolve(A, b[:3])
    with pytest.raises(ValueError, match="square"):
        linalg.spsolve(A[:, :3], b)
    with pytest.raises(np.linalg.LinAlgError, match="no inverse"):
        linalg.spsolve(matrices.csc_array((5, 5)), b)
    with pytest.raises(AttributeError, match=r"al\.stop_gradient\(t\)"):
        linalg.splu(with_values(A, al.Tensor(A.data))).U  # noqa: B018
    assert linalg.splu(with_values(A, al.stop_gradient(al.Tensor(A.data)))).U.shape == (5, 5)


# ---- iterations ----

METHODS = {
    "symmetric": ["cg", "minres"],
    "any": ["bicg", "bicgstab", "cgs", "gcrotmk", "gmres", "lgmres", "qmr", "tfqmr"],
}
EXACT = {"rtol": 1e-13}
#: Two of them stagnate for some right sides, and complex ones are less exact.
NEARLY = {"qmr": {"rtol": 1e-11}, "tfqmr": {"rtol": 1e-11}}


@pytest.mark.parametrize("method", [*METHODS["symmetric"], *METHODS["any"]])
def test_iterations(method):
    """SciPy's result, and the derivatives of the solution, whatever A is."""
    exact_to = NEARLY.get(method, EXACT)
    checks = {"order": 2} | ({"oracle": "differences"} if method in NEARLY else {})
    whole = SQUARE + SQUARE.T if method in METHODS["symmetric"] else SQUARE
    A, b, solve = matrices.csr_array(whole), RIGHT["vector"], getattr(linalg, method)
    plain, info = getattr(matrices.linalg, method)(A, b, **exact_to)
    found = solve(A, al.Tensor(b), **exact_to)
    assert found[1] == info == 0
    np.testing.assert_array_equal(found[0].data, plain)
    for matrix in (A, whole, matrices.linalg.aslinearoperator(A)):
        check_grads(lambda b: solve(matrix, b, **exact_to)[0], [b], **checks)  # noqa: B023
    half = lambda M: (M + M.T) * 0.5 if method in METHODS["symmetric"] else M
    slopes = al.grad(lambda M, b: np.sum(solve(half(M), b, **exact_to)[0] ** 2), (0, 1))(whole, b)
    exact = al.grad(lambda M, b: np.sum(np.linalg.solve(half(M), b) ** 2), (0, 1))(whole, b)
    for x, y in zip(slopes, exact):
        np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-12)
    made = with_values(A, al.Tensor(A.data))
    f = lambda t, b: solve(half(made.with_data(t)), b, **exact_to)[0]
    check_grads(f, [A.data, b], **checks)
    gradient = al.grad(lambda t, b: np.sum(f(t, b) ** 2), (0, 1))
    program = al.trace(gradient, A.data, b)
    for x, y in zip(program(A.data, b), gradient(A.data, b)):
        np.testing.assert_allclose(x, y, rtol=1e-9)


def test_options_of_iterations():
    """A start, a preconditioner and an absolute tolerance, which does not hold for slopes."""
    A, b = matrices.csr_array(SQUARE), RIGHT["vector"]
    seen = []
    M = matrices.linalg.LinearOperator(
        A.shape, *[lambda x: x / SQUARE.diagonal() if x.ndim == 1 else x] * 2
    )
    options = {"M": M, "callback": seen.append, "atol": 1e-12, "rtol": 1e-12}
    f = lambda b: 1e-9 * np.sum(linalg.bicgstab(A, b, al.Tensor(RIGHT["vector"]), **options)[0])
    slope = al.grad(f)(b)
    np.testing.assert_allclose(slope, 1e-9 * np.linalg.solve(SQUARE.T, np.ones(5)), rtol=1e-9)
    assert seen


def test_what_did_not_converge_has_no_derivative():
    A, b = matrices.csr_array(SQUARE), RIGHT["vector"]
    x, info = linalg.gmres(A, al.Tensor(b), maxiter=1, restart=1)
    plain, its = matrices.linalg.gmres(A, b, maxiter=1, restart=1)
    assert info == its > 0 and (x.data == plain).all()
    with pytest.raises(RuntimeError, match="larger maxiter"):
        np.sum(x).backward()
    al.grad(lambda b: np.sum(linalg.gmres(A, b, maxiter=100)[0]))(b)


def test_all_else_is_that_of_scipy():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sparse.eye_array is matrices.eye_array
        assert linalg.eigsh is matrices.linalg.eigsh
    for module in (sparse, linalg):
        with pytest.raises(AttributeError, match="nothing"):
            module.nothing  # noqa: B018


def test_every_name_has_a_row():
    from tests.support.rows import by_places, direct, iterative

    tested = {row.function for row in (*by_places.ROWS, *direct.ROWS, *iterative.ROWS)}
    names = [getattr(m, n) for m in (sparse, linalg) for n in m.__all__ if n != "linalg"]
    assert {*names} <= tested
