"""``autograd_lite.scipy.linalg``: SciPy's names and signatures, what is refused, other engines."""

import inspect

import numpy as np
import pytest

import autograd_lite as al

theirs = pytest.importorskip("scipy.linalg")

from autograd_lite.scipy import linalg  # noqa: E402  (it needs SciPy)
from tests.support.rows import ROWS  # noqa: E402

#: What SciPy has not.
OURS = {"funmh"}


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
    for parameter in other:  # a newer SciPy may have more, an older one less, or deprecate some
        if parameter[0] in names and parameter[0] not in ("assume_a", "disp", "blocksize", "lwork"):
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


# ---- eigenvalues that coincide, or nearly ----

C = np.array([[1.0, 0.5, -0.3], [0.2, -1.0, 0.7], [0.4, 0.6, 2.0]])


def symmetric(x):
    return (x + x.T) / 2


@pytest.mark.parametrize(
    "values", [(2.0, 2.0, 2.0), (2.0, 2.0, 3.0), (2.0, 2.0 + 1e-9, 2.0 + 1e-5), (1.0, 2.0, 4.0)]
)
@pytest.mark.parametrize(
    "name, f", [("expm", np.exp), ("logm", np.log), ("sqrtm", np.sqrt), ("funm", np.exp)]
)
def test_functions_agree_where_eigenvalues_coincide(name, f, values):
    """Those by Fréchet derivatives with that by divided differences, at orders 1 and 2."""
    q = np.linalg.qr(C)[0]
    a = symmetric(q @ np.diag(values) @ q.T)
    other = {"funm": lambda a: linalg.expm(a)}.get(name, lambda a: linalg.funmh(a, f))
    ours = lambda a: linalg.funm(a, f) if name == "funm" else getattr(linalg, name)(a)
    one, two = (lambda a, f=f: np.sum(C * f(symmetric(a))) for f in (ours, other))
    np.testing.assert_allclose(al.grad(one)(a), al.grad(two)(a), rtol=1e-9, atol=1e-11)
    direction = np.arange(9.0).reshape(3, 3)
    expected = al.hvp(two, a, direction)
    np.testing.assert_allclose(al.hvp(one, a, direction), expected, rtol=1e-6, atol=1e-7)


def test_divided_differences_at_any_distance():
    """Those of 1/x are −1/(xy) and 1/(xyz), from coinciding to far apart."""
    from autograd_lite.scipy.linalg.divided import first, second

    reciprocal = lambda x: 1 / x
    for x in (1e-6, 0.3, 5.0):
        for d in (0.0, 1e-14, 1e-9, 1e-6, 1e-3, 0.1, 1.0, 20.0):
            x1, y1, z1 = (np.array([v]) for v in (x, x + d, x + 2 * d))
            np.testing.assert_allclose(first(reciprocal, x1, y1)[0], -1 / (x1 * y1), rtol=1e-12)
            found = second(reciprocal, x1, y1, z1)
            np.testing.assert_allclose(found, 1 / (x1 * y1 * z1), rtol=1e-8)


def test_functions_that_read_tensors_are_refused():
    a = np.array([[2.0, 0.5], [0.5, 1.0]])

    def power(t):
        return np.sum(linalg.funmh(a, lambda w: w**t))

    with pytest.raises(TypeError, match=r"write w, V = np\.linalg\.eigh\(A\) and \(V"):
        al.grad(power)(2.0)

    def remedy(t):
        func = lambda w: w**t
        w, V = np.linalg.eigh(a)
        return np.sum((V * func(w)) @ V.T)

    expected = np.sum(linalg.logm(a) @ a @ a)
    np.testing.assert_allclose(al.grad(remedy)(2.0), expected, rtol=1e-12)
    for f in (linalg.logm, linalg.sqrtm, lambda a, **o: linalg.funm(a, np.exp, **o)):
        with pytest.raises(TypeError, match="disp=False; leave it out"):
            f(al.Tensor(a), disp=False)
        f(al.Tensor(a))


def test_no_number_where_there_is_no_derivative():
    singular = np.diag([0.0, 4.0])
    with np.errstate(all="ignore"), pytest.warns(linalg.LinAlgWarning):
        assert np.isnan(al.grad(lambda a: linalg.sqrtm(a)[0, 0])(singular)).any()
    assert np.isnan(al.grad(lambda a: linalg.polar(a)[0][0, 0])(singular)).all()
    assert np.isnan(al.grad(lambda a: linalg.logm(a)[0, 0] * np.nan)(np.eye(2))).all()


def test_draws_of_a_user_are_left_alone():
    """SciPy's logm draws numbers; a pullback through it leaves no trace, and repeats."""
    a = np.diag(np.arange(1.0, 7.0)) + 0.1
    _, pullback = al.vjp(linalg.logm, a)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    one, two = pullback(np.ones_like(a)), pullback(np.ones_like(a))
    assert (one[0] == two[0]).all() and (np.random.get_state()[1] == state).all()  # noqa: NPY002


@pytest.mark.parametrize(
    "f",
    [
        lambda a: linalg.solve(a, np.ones(3), assume_a="pos"),
        lambda a: linalg.lu_solve(linalg.lu_factor(a), np.ones(3)),
        lambda a: linalg.expm(a / 3),
        lambda a: linalg.funmh(a, np.log),
        lambda a: linalg.toeplitz(a[0]),
        lambda a: linalg.eigh(a, 2 * np.eye(3))[0],
    ],
)
def test_programs_of_gradients(f):
    """A traced gradient of a gradient has the eager one's numbers, and its source runs."""
    a = np.diag([2.0, 3.0, 5.0]) + 0.1
    g = al.grad(lambda a: np.sum(np.sin(al.grad(lambda a: np.sum(C[0] * f(a)))(a))))
    program = al.trace(g, a)
    np.testing.assert_allclose(program(a + 0.01), g(a + 0.01), rtol=1e-9, atol=1e-12)
    scope = {}
    exec(program.source(), scope)


def test_errors_of_scipy_name_every_counterpart():
    """What the advice lists is what there is."""
    from autograd_lite.core.advice.scipys import LINALG

    assert {*LINALG.split()} == {*linalg.__all__} - OURS
