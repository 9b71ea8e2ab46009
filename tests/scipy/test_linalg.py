"""``autograd_lite.scipy.linalg``: SciPy's names and signatures, what is refused, other engines."""

import inspect

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.linalg")

from autograd_lite.scipy import linalg  # noqa: E402  (it needs SciPy)
from tests.support.rows import ROWS  # noqa: E402

#: What SciPy has not.
OURS = set()


def parameters(f):
    return [(p.name, p.default, p.kind) for p in inspect.signature(f).parameters.values()]


@pytest.mark.parametrize("name", linalg.__all__)
def test_every_name_has_a_row_and_the_signature_of_scipy(name):
    assert getattr(linalg, name) in {row.function for row in ROWS}
    if name in OURS:
        assert not hasattr(theirs, name)
        return
    ours, other = parameters(getattr(linalg, name)), parameters(getattr(theirs, name))
    names = [parameter[0] for parameter in ours]
    for parameter in other:  # a newer SciPy may have more, an older one less
        if parameter[0] in names and parameter[0] not in ("assume_a", "disp", "blocksize"):
            assert parameter in ours
    assert [n for n in names if n in [p[0] for p in other]] == names[: len(other)]


def test_plain_arrays_are_scipys():
    """Its class of result, its garbage beside a factor, its errors."""
    a = np.array([[4.0, 1.0], [2.0, 3.0]])
    assert (linalg.cho_factor(a)[0] == theirs.cho_factor(a)[0]).all()
    assert type(linalg.norm(a[0])) is type(theirs.norm(a[0]))
    with pytest.raises(np.linalg.LinAlgError):
        linalg.cholesky(-a)
    with pytest.raises(np.linalg.LinAlgError):
        linalg.cholesky(al.Tensor(-a))
    with pytest.raises(ValueError, match="infs or NaNs"):
        linalg.solve(al.Tensor(a), np.array([np.nan, 1.0]))


def test_what_is_not_read_has_gradient_zero():
    """The triangle, the diagonal, the bands beside which SciPy reads nothing."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((4, 4)) + 9 * np.eye(4), rng.standard_normal(4)
    i, j = np.indices((4, 4))
    for structure, read in {
        "upper triangular": i <= j,
        "lower triangular": i >= j,
        "diagonal": i == j,
        "tridiagonal": abs(i - j) <= 1,
        "sym": i <= j,
        "her": i <= j,
        "pos": i <= j,
        "gen": i == i,
        None: i == i,
    }.items():
        g = al.grad(lambda a, s=structure: np.sum(linalg.solve(a, b, assume_a=s)))(a)
        assert ((g != 0) == read).all(), structure
    for lower in (False, True):
        f = lambda a, lower=lower: np.sum(
            linalg.solve_triangular(a, b, lower=lower, unit_diagonal=True)
        )
        assert ((al.grad(f)(a) != 0) == (i > j if lower else i < j)).all()
        f = lambda a, lower=lower: np.sum(linalg.cho_solve((a, lower), b))
        assert ((al.grad(f)(a) != 0) == (i >= j if lower else i <= j)).all()


def test_nan_passes_through_a_pullback():
    """A cotangent of NaN is no error, whatever the forward pass checks."""
    a = np.array([[4.0, 1.0], [1.0, 3.0]])
    for f in (
        lambda a: linalg.solve(a, np.ones(2)),
        lambda a: linalg.solve(a, np.ones(2), assume_a="pos"),
        lambda a: linalg.solve_triangular(a, np.ones(2)),
        lambda a: linalg.lu_factor(a)[0],
    ):
        assert np.isnan(al.grad(lambda a, f=f: np.sum(f(a) * np.nan))(a)).any()


def test_bases_are_refused():
    """The remedies that the errors name have derivatives."""
    a = al.Tensor(np.array([[1.0, 2.0, 0.5], [0.3, 1.0, -1.0]]))
    scope = {"np": np, "linalg": linalg, "A": a}
    for name, count in (("null_space", 1), ("orth", 2)):
        with pytest.raises(TypeError, match=f"linalg.{name} has no derivative here") as caught:
            getattr(linalg, name)(a)
        remedies = str(caught.value).partition("; use ")[2].partition(", which")[0]
        for remedy in remedies.split(", or "):
            assert eval(remedy, scope).shape[0] in (2, 3)
            count -= 1
        assert count == 0
        assert (getattr(linalg, name)(a.data) == getattr(theirs, name)(a.data)).all()


def test_what_has_no_derivative_is_scipys_and_takes_no_tensors():
    a = np.array([[1.0, 2.0], [0.3, 1.0]])
    assert (linalg.schur(a)[0] == theirs.schur(a)[0]).all()
    with pytest.raises(TypeError, match=r"linalg\.schur .* al\.stop_gradient"):
        linalg.schur(al.Tensor(a))
    linalg.schur(al.stop_gradient(al.Tensor(a)))
    assert linalg.LinAlgError is theirs.LinAlgError and linalg.lapack is theirs.lapack
    with pytest.raises(AttributeError, match="nothing"):
        linalg.nothing  # noqa: B018


def test_options_that_are_refused():
    t = al.Tensor(np.array([[1.0, 2.0], [0.3, 1.0]]))
    with pytest.raises(TypeError, match="use mode='economic'"):
        linalg.qr(t, mode="raw")
    linalg.qr(t, mode="economic")
    with pytest.raises(TypeError, match="homogeneous_eigvals; leave it out"):
        linalg.eig(t, homogeneous_eigvals=True)
    linalg.eig(t)
    with pytest.raises(TypeError, match="subset_by_value for several matrices; call it for each"):
        linalg.eigvalsh(np.stack([t, t]), subset_by_value=(0, 1))
    linalg.eigvalsh(t, subset_by_value=(0, 1))
    tall = np.ones((3, 1))
    with pytest.raises(TypeError, match="use mode='economic'"):
        al.grad(lambda a: linalg.qr(a)[0][0, 2])(tall)
    al.grad(lambda a: linalg.qr(a, mode="economic")[0][0, 0])(tall)
    with pytest.raises(TypeError, match="use full_matrices=False"):
        al.grad(lambda a: linalg.svd(a)[0][0, 2])(tall)
    al.grad(lambda a: linalg.svd(a, full_matrices=False)[0][0, 0])(tall)
