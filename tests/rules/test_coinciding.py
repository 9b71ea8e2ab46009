"""Where eigenvalues or singular values coincide, a derivative is right or it is NaN.

What is right is derived without eigenvectors: by Sylvester's equation for the polar factor, by the
reduced resolvent for projectors, by series for sums of a function of the eigenvalues.
"""

import numpy as np
import pytest
from numpy import linalg

import autograd_lite as al
from autograd_lite.rules import decompositions
from autograd_lite.rules import linalg as rules_of_linalg

KINDS = ["f8", "c16", "f4", "c8"]
SCALES = [1.0, 1e-160, 1e160]
SHAPES = [(2, 2), (3, 3), (5, 3), (3, 5)]
OF_KIND = pytest.mark.parametrize("kind", KINDS)


def H(x):
    return np.conj(np.swapaxes(x, -1, -2))


def random(rng, kind, *shape):
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if kind[0] == "c" else x).astype(kind)


def orthonormal(rng, kind, n, k):
    return linalg.qr(random(rng, "c16" if kind[0] == "c" else "f8", n, k))[0]


def with_values(rng, kind, shape, s):
    """A matrix with these singular values, which may coincide, and those beyond are 1."""
    k = min(shape)
    s = np.concatenate([s, np.ones(k)])[:k]
    u, v = (orthonormal(rng, kind, n, k) for n in shape)
    return ((u * s) @ H(v)).astype(kind)


def hermitian_of(rng, kind, w):
    v = orthonormal(rng, kind, len(w), len(w))
    a = (v * np.asarray(w)) @ H(v)
    return ((a + H(a)) / 2).astype(kind)


def weighted(c, x):
    return np.sum(np.real(np.conj(c) * x))


def by_basis(push, a):
    """The gradient g of df = Re Σ g dA, from the derivative of the outcome along each dA."""
    g = np.zeros_like(a)
    for i in np.ndindex(a.shape):
        e = np.zeros_like(a)
        e[i] = 1
        g[i] = push(e)
        if np.iscomplexobj(a):
            g[i] -= 1j * push(1j * e)
    return g


def agree(got, expected, kind):
    assert got.dtype == np.dtype(kind)
    size = np.max(np.abs(expected), initial=0)
    np.testing.assert_allclose(got, expected, rtol=0, atol=rounding(kind) * size)


def rounding(kind):
    return 2e-4 if kind in ("f4", "c8") else 1e-11


def thin(a):
    return linalg.svd(a, full_matrices=False)


def symmetric(a):
    return (a + H(a)) / 2


def function_by_svd(f):
    def of(a):
        u, s, vh = thin(a)
        return (u * f(s)[..., None, :]) @ vh

    return of


# ---- polar factors ----


def polar(a):
    u, _, vh = thin(a)
    return u @ vh


def push_polar(a, da):
    """dQ of A = Q P: Q Ω + (1 − Q Qᴴ) dA P⁻¹, with P Ω + Ω P = Qᴴ dA − dAᴴ Q."""
    if a.shape[0] < a.shape[1]:
        return H(push_polar(H(a), H(da)))
    root = linalg.svd(a, full_matrices=False)
    q = root.U @ root.Vh
    p = H(q) @ a
    n, right = len(p), H(q) @ da - H(da) @ q
    system = np.kron(p, np.eye(n)) + np.kron(np.eye(n), p.T)  # of the rows of Ω, one after another
    omega = linalg.solve(system, right.ravel()).reshape(n, n)
    return q @ omega + (da - q @ (H(q) @ da)) @ linalg.inv(p)


@OF_KIND
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "s", [[1, 1, 1], [2, 2, 1], [3, 1, 1], [2, 2 + 1e-9], [2, 2 + 1e-13], [2, 2 + 2e-15], [3, 2]]
)
def test_polar_factors(kind, shape, s):
    rng = np.random.default_rng(0)
    a, c = with_values(rng, kind, shape, s), random(rng, kind, *shape)
    exact = a.astype("c16" if kind[0] == "c" else "f8")
    expected = by_basis(lambda da: weighted(c, push_polar(exact, da)), exact)
    agree(al.grad(lambda a: weighted(c, polar(a)))(a), expected, kind)


@pytest.mark.parametrize("kind", ["f8", "c16"])
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("full", [False, True])
def test_any_scale_and_stacks(kind, scale, full):
    rng = np.random.default_rng(1)
    a, c = with_values(rng, kind, (3, 3), [2, 2, 1]), random(rng, kind, 3, 3)
    stack = np.stack([a, with_values(rng, kind, (3, 3), [3, 2, 1]), a])

    def loss(a):
        u, _, vh = linalg.svd(a, full)
        return np.sum(np.real(np.conj(c) * (u @ vh)))

    expected = np.stack(
        [by_basis(lambda da, a=a: weighted(c, push_polar(a, da)), a) for a in stack]
    )
    agree(al.grad(loss)(scale * stack) * scale, expected, kind)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    ("f", "degree"),
    [
        (lambda a: thin(a).U, 0),
        (lambda a: np.outer(thin(a).U[:, 1], thin(a).Vh[2]), 0),
        (function_by_svd(lambda s: s), 1),
        (lambda a: H(linalg.pinv(a)), -1),
    ],
)
def test_no_overflow_at_generic_points(scale, f, degree):
    """Scaling what is homogeneous of some degree scales its derivative by one degree less."""
    rng = np.random.default_rng(2)
    a, c = with_values(rng, "f8", (4, 3), [3, 2, 1]), random(rng, "f8", 4, 3)
    unit = al.grad(lambda a: weighted(c, f(a)))(a)
    seed = c * scale if degree == -1 else c / scale if degree == 1 else c
    got = al.grad(lambda a: weighted(seed, f(a)))(scale * a) * scale
    agree(got, unit, "f8")


def procrustes(a):
    """The nearest rotation, of determinant 1."""
    u, _, vh = linalg.svd(a)
    sign = np.where(np.arange(3) == 2, np.sign(linalg.det(al.stop_gradient(u @ vh))), 1.0)
    return (u * sign) @ vh


def test_nearest_rotations():
    rng = np.random.default_rng(3)
    c, r = random(rng, "f8", 3, 3), orthonormal(rng, "f8", 3, 3)
    r = r * linalg.det(r)
    for a in (np.eye(3), r, r @ r @ r, 2 * r @ np.diag([1.0, 2, 2]) @ r.T):
        expected = by_basis(lambda da, a=a: weighted(c, push_polar(a, da)), a)
        agree(al.grad(lambda a: weighted(c, procrustes(a)))(a), expected, "f8")
    # A reflection has no nearest rotation if the two smallest values coincide, one if they do not.
    assert np.all(np.isnan(al.grad(lambda a: weighted(c, procrustes(a)))(-np.eye(3))))
    apart = np.diag([2.0, 2.0, -1.0])
    assert np.all(np.isfinite(al.grad(lambda a: weighted(c, procrustes(a)))(apart)))


# ---- projectors on whole eigenspaces ----


def push_projector(a, da, w):
    """dP = P dA S + S dA P with the reduced resolvent S = (w − A)⁺."""
    s = linalg.pinv(w * np.eye(len(a)) - a, rcond=1e-6)
    p = np.eye(len(a)) - s @ (w * np.eye(len(a)) - a)
    return p @ da @ s + s @ da @ p


PROJECTORS = {
    "eigh": lambda a: (lambda v: v[:, 1:3] @ H(v[:, 1:3]))(linalg.eigh(symmetric(a))[1]),
    "eigh of the upper triangle": lambda a: (lambda v: v[:, 1:3] @ H(v[:, 1:3]))(
        linalg.eigh(symmetric(a), "U")[1]
    ),
    "svd, u": lambda a: (lambda u: u[:, 1:3] @ H(u[:, 1:3]))(linalg.svd(symmetric(a))[0]),
    "svd, vh": lambda a: (lambda vh: H(vh[1:3]) @ vh[1:3])(linalg.svd(symmetric(a))[2]),
    "svd, u and vh": lambda a: (lambda r: r.U[:, 1:3] @ r.Vh[1:3])(linalg.svd(symmetric(a))),
    "svd, hermitian": lambda a: (lambda r: r.U[:, 1:3] @ r.Vh[1:3])(
        linalg.svd(symmetric(a), hermitian=True)
    ),
    "eig": lambda a: (lambda v: v[:, 1:3] @ linalg.inv(v)[1:3])(in_order(symmetric(a))),
}


def in_order(a):
    """The eigenvectors by eig, in the order of the eigenvalues."""
    w, v = linalg.eig(a)
    return v[:, np.argsort(al.stop_gradient(w).real)]


@OF_KIND
@pytest.mark.parametrize("name", PROJECTORS)
def test_projectors(name, kind):
    rng = np.random.default_rng(4)
    a, c = hermitian_of(rng, kind, [1, 2, 2, 4]), random(rng, kind, 4, 4)
    exact = symmetric(a.astype("c16" if kind[0] == "c" else "f8"))
    expected = by_basis(lambda da: weighted(c, push_projector(exact, symmetric(da), 2)), exact)
    got = al.grad(lambda a: weighted(c, PROJECTORS[name](a)))(a)
    agree(got, expected, kind)


# ---- functions of the values alone ----

SUMS = {
    "eigvalsh": lambda a: linalg.eigvalsh(symmetric(a)),
    "eigh": lambda a: linalg.eigh(symmetric(a))[0],
    "eig": lambda a: np.real(linalg.eig(a)[0]),
    "eigvals": lambda a: np.real(linalg.eigvals(a)),
    "svd": lambda a: linalg.svd(a)[1],
    "svd, no vectors": lambda a: linalg.svd(a, compute_uv=False),
    "svd, hermitian": lambda a: linalg.svd(symmetric(a), hermitian=True)[1],
    "svdvals": linalg.svdvals,
}


@OF_KIND
@pytest.mark.parametrize("name", SUMS)
def test_sums_of_functions_of_the_values(name, kind):
    rng = np.random.default_rng(5)
    for w in ([1, 2, 2, 4], [3, 3, 3], [1, 1]):
        a = hermitian_of(rng, kind, w)
        got = al.grad(lambda a: np.sum(SUMS[name](a) ** 3))(a)
        agree(got, np.conj(3 * a @ a), kind)
        one = 3 * np.eye(len(a), dtype=kind)
        agree(al.grad(lambda a: np.sum(SUMS[name](a) ** 3))(one), np.conj(3 * one @ one), kind)


@OF_KIND
def test_norms(kind):
    rng = np.random.default_rng(6)
    a = with_values(rng, kind, (4, 3), [2, 2, 1])
    agree(al.grad(lambda a: linalg.norm(a, "nuc"))(a), np.conj(polar(a)), kind)
    one = np.eye(3, dtype=kind)
    agree(al.grad(lambda a: linalg.norm(a, 2))(one), one / 3, kind)


# ---- what has no derivative, or one that cannot be told ----


def function_of(f, decompose=linalg.eigh):
    """V f(w) Vᴴ."""

    def of(a):
        w, v = decompose(symmetric(a))
        return (v * f(w)[..., None, :]) @ H(v)

    return of


def function_by_eig(f):
    def of(a):
        w, v = linalg.eig(a)
        return np.real((v * f(w)[..., None, :]) @ linalg.inv(v))

    return of


UNKNOWN = {
    "exp(A)": function_of(np.exp),
    "log(A)": function_of(np.log),
    "A²": function_of(np.square),
    "A − 1": function_of(lambda w: w - 1),
    "exp(A) by eig": function_by_eig(np.exp),
    "log(A) by eig": function_by_eig(np.log),
    "A by svd": function_by_svd(lambda s: s),
    "A Aᵀ A by svd": function_by_svd(lambda s: s**3),
    "A Aᵀ by u": lambda a: (lambda u, s, _: (u * s**2) @ H(u))(*thin(a)),
    "by svd, hermitian": lambda a: (lambda u, s, vh: (u * s**2) @ vh)(
        *linalg.svd(symmetric(a), hermitian=True)
    ),
    "all eigenvectors": lambda a: linalg.eigh(symmetric(a))[1],
    "all eigenvectors by eig": lambda a: np.real(linalg.eig(a)[1]),
    "all singular vectors": lambda a: thin(a)[0],
    "an eigenvector": lambda a: linalg.eigh(symmetric(a))[1][:, :1],
    "its projector": lambda a: (lambda v: v @ H(v))(linalg.eigh(symmetric(a))[1][:, :1]),
    "an eigenvector by eig": lambda a: np.real(in_order(a)[:, :1]),
    "a singular vector": lambda a: thin(a)[0][:, -1:],
    "a right singular vector": lambda a: thin(a)[2][-1:].T,
    "a value and its vector": lambda a: (lambda w, v: w[0] + v[:, :1])(*linalg.eigh(symmetric(a))),
    "the values, and a projector": lambda a: (lambda w, v: np.sum(w**2) + v[:, :2] @ H(v[:, :2]))(
        *linalg.eigh(symmetric(a))
    ),
}


@pytest.mark.parametrize("kind", ["f8", "f4", "c16"])
@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_told_is_nan(name, kind):
    rng = np.random.default_rng(7)
    f = UNKNOWN[name]
    if kind == "c16" and "eig" in name.split("by ")[-1]:
        pytest.skip("np.real of a complex matrix")
    for a in (hermitian_of(rng, kind, [1, 1, 1]), hermitian_of(rng, kind, [1, 1, 2]), np.eye(3)):
        a = a.astype(kind)
        c = random(rng, kind, 3, 3)[:, : f(a).shape[1]]
        got = al.grad(lambda a, c=c: weighted(c, f(a)))(a)
        assert np.all(np.isnan(got)), a


@pytest.mark.parametrize("name", UNKNOWN)
def test_elsewhere_it_is_finite(name):
    rng = np.random.default_rng(8)
    f = UNKNOWN[name]
    a = hermitian_of(rng, "f8", [0.5, 1, 2])
    c = random(rng, "f8", 3, 3)[:, : f(a).shape[1]]
    assert np.all(np.isfinite(al.grad(lambda a: weighted(c, f(a)))(a)))


def test_only_the_matrix_concerned_is_nan():
    rng = np.random.default_rng(9)
    a = np.stack([np.eye(3), hermitian_of(rng, "f8", [1, 2, 3])])
    for f in (function_of(np.exp), function_by_eig(np.exp), function_by_svd(np.exp)):
        got = al.grad(lambda a, f=f: np.sum(f(a) ** 2))(a)
        assert np.isnan(got[0]).all() and np.isfinite(got[1]).all()


# ---- values of zero ----


def leading(a, k=2):
    """The best approximation of rank k: it uses no pair of the other values."""
    u, s, vh = thin(a)
    return (u[:, :k] * s[:k]) @ vh[:k]


def components(a, k=2):
    """The same by eigenvectors of A Aᴴ."""
    v = linalg.eigh(a @ H(a))[1][:, -k:]
    return v @ H(v)


@pytest.mark.parametrize("shape", [(4, 4), (6, 4), (4, 6)])
def test_pairs_without_use_do_no_harm(shape):
    """Of a matrix of rank 2, whose other values are all 0, at constant rank."""
    rng = np.random.default_rng(10)
    a = with_values(rng, "f8", shape, [3, 2, 0, 0])
    c, d = random(rng, "f8", *shape), random(rng, "f8", *shape)
    for f, e in ((leading, c), (components, c @ c.T)):
        got = np.sum(al.grad(lambda a, f=f, e=e: weighted(e, f(a)))(a) * d)
        assert abs(got - slope(lambda t, f=f, e=e: weighted(e, f(a + t * d)))) < 1e-6 * abs(got)


def slope(f, h=1e-5):
    return (f(h) - f(-h)) / (2 * h)


def test_one_singular_value_of_zero():
    """That of a real square matrix is smooth on either side; any other is the tip of a cone."""
    rng = np.random.default_rng(16)
    for kind, shape in (("f8", (3, 3)), ("c16", (3, 3)), ("f8", (4, 3)), ("f8", (3, 4))):
        a, c = with_values(rng, kind, shape, [2, 1, 0]), random(rng, kind, *shape)
        got = al.grad(lambda a, c=c: weighted(c, function_by_svd(lambda s: s)(a)))(a)
        if kind == "f8" and shape == (3, 3):
            agree(got, c, kind)
        else:
            assert np.all(np.isnan(got))


def test_vectors_at_zero():
    rng = np.random.default_rng(11)
    c = random(rng, "f8", 4, 3)
    for s in ([2, 1, 0], [2, 0, 0]):
        a = with_values(rng, "f8", (4, 3), s)
        for f in (polar, function_by_svd(np.square), function_by_svd(np.sin)):
            assert np.all(np.isnan(al.grad(lambda a, f=f: weighted(c, f(a)))(a)))
        assert np.all(np.isfinite(al.grad(lambda a: linalg.norm(a, "nuc"))(a)))
    for f in (polar, function_by_svd(np.sin)):
        assert np.all(np.isnan(al.grad(lambda a, f=f: weighted(c, f(a)))(np.zeros((4, 3)))))
    flat = al.grad(lambda a: weighted(c, function_by_svd(np.square)(a)))(np.zeros((4, 3)))
    assert not flat.any()
    assert not al.grad(lambda a: np.sum(linalg.svdvals(a)))(np.zeros((4, 3))).any()


# ---- defective matrices ----


@pytest.mark.parametrize(
    "a",
    [
        [[1.0, 1, 0], [0, 1, 0], [0, 0, 3]],
        [[0.0, 1, 0], [0, 0, 1], [0, 0, 0]],
        [[1.0, 0, 1], [0, 1, 1], [0, 0, 1]],
    ],
)
def test_defective_matrices(a):
    for f in (linalg.eigvals, lambda a: linalg.eig(a)[0], lambda a: linalg.eig(a)[1]):
        for stack in (np.array(a), np.array([a, np.diag([1.0, 2, 3])])):
            got = al.grad(lambda a, f=f: np.sum(np.real(f(a)[..., :2] ** 2)))(stack)
            bad = got if stack.ndim == 2 else got[0]
            assert np.all(np.isnan(bad)) and np.all(np.isfinite(got[1:] if stack.ndim == 3 else 0))


# ---- eigenvectors that are not orthogonal ----


@pytest.mark.parametrize("seed", range(40))
def test_eigenvectors_in_any_position(seed):
    """Eigenvalues are then less exact, by as much as the eigenvectors depend on each other."""
    rng = np.random.default_rng(seed)
    s, c = random(rng, "f8", 5, 5), random(rng, "f8", 5, 5)
    w, inverse = np.array([1.0, 1, 2, 3, 4]), linalg.inv(s)
    a = (s * w) @ inverse
    p = s[:, :2] @ inverse[:2]
    resolvent = (s[:, 2:] / (1 - w[2:])) @ inverse[2:]
    expected = p.T @ c @ resolvent.T + resolvent.T @ c @ p.T

    def projector(a):
        v = in_order(a)
        return np.real(v[:, :2] @ linalg.inv(v)[:2])

    got = al.grad(lambda a: np.sum(c * projector(a)))(a)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-7 * np.max(np.abs(expected)))

    square, exact = function_by_eig(np.square), c @ a.T + a.T @ c
    got = al.grad(lambda a: np.sum(c * square(a)))(a)
    assert np.all(np.isnan(got)) or np.max(np.abs(got - exact)) < 0.02 * np.max(np.abs(exact))


def test_eigvals_gives_each_of_equal_values_its_own_cotangent():
    assert al.grad(lambda a: np.real(linalg.eigvals(a)[0]))(np.eye(2)).tolist() == [[1, 0], [0, 0]]


# ---- second derivatives ----

A2 = np.array([[0.3, 0.1, -0.2], [0.1, 0.5, 0.4], [-0.2, 0.4, -0.6]])
TWICE = {
    "sum of eigvalsh²": (lambda a: np.sum(linalg.eigvalsh(symmetric(a)) ** 2), symmetric),
    "sum of w² by eigh": (lambda a: np.sum(linalg.eigh(symmetric(a))[0] ** 2), symmetric),
    "sum of svdvals²": (lambda a: np.sum(linalg.svdvals(a) ** 2), lambda v: v),
    "sum of s²": (lambda a: np.sum(thin(a)[1] ** 2), lambda v: v),
    "sum of s² without vectors": (
        lambda a: np.sum(linalg.svd(a, compute_uv=False) ** 2),
        lambda v: v,
    ),
    "sum of eigvals²": (lambda a: np.sum(np.real(linalg.eigvals(a) ** 2)), lambda v: v.T),
    "sum of w² by eig": (lambda a: np.sum(np.real(linalg.eig(a)[0] ** 2)), lambda v: v.T),
    "sum of w² by lstsq": (
        lambda a: np.sum(linalg.lstsq(a, np.ones(3), rcond=None)[3] ** 2),
        lambda v: v,
    ),
}


@pytest.mark.parametrize("name", TWICE)
@pytest.mark.parametrize("at", ["one", "two", "apart"])
def test_second_derivatives_are_right_or_nan(name, at):
    """All of these are the sum of A² or of |A|², whose second derivative is 2 and linear."""
    f, half = TWICE[name]
    rng = np.random.default_rng(12)
    a = {"one": np.eye(3), "two": hermitian_of(rng, "f8", [1, 1, 2])}.get(
        at, hermitian_of(rng, "f8", [1, 2, 4])
    )
    got = al.hvp(f, a, A2)
    if at == "apart" or np.all(np.isfinite(got)):
        np.testing.assert_allclose(got, 2 * half(A2), rtol=1e-9, atol=1e-9)
    else:
        assert np.all(np.isnan(got))


SMOOTH = {
    **PROJECTORS,
    **{f"{name}, cubed": lambda a, f=f: f(a) ** 3 for name, f in SUMS.items()},
    "polar factor": polar,
    "nuclear norm": lambda a: linalg.norm(a, "nuc"),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_second_differences_agree_or_it_is_nan(name):
    rng = np.random.default_rng(15)
    e = random(rng, "f8", 4, 4) / 4
    e = e if name in ("polar factor", "nuclear norm") else symmetric(e)
    for w in ([1, 2, 2, 4], [1, 2, 3, 5]):
        a = hermitian_of(rng, "f8", w)
        c = random(rng, "f8", 4, 4) if np.ndim(SMOOTH[name](a)) == 2 else 1.0

        def loss(a, c=c):
            return np.real(np.sum(c * SMOOTH[name](a)))

        h = 1e-3
        twice = (loss(a + h * e) - 2 * loss(a) + loss(a - h * e)) / h**2
        got = np.sum(al.hvp(loss, a, e) * e)
        assert abs(got - twice) < 1e-4 * abs(twice) or (w[1] == w[2] and np.isnan(got))


def test_the_nuclear_norm_has_a_second_derivative():
    rng = np.random.default_rng(13)
    for a in (np.eye(3), with_values(rng, "f8", (3, 3), [2, 2, 1])):
        expected = push_polar(a, A2)
        np.testing.assert_allclose(
            al.hvp(lambda a: linalg.norm(a, "nuc"), a, A2), expected, atol=1e-9
        )
        np.testing.assert_allclose(al.jvp(polar, (a,), (A2,))[1], expected, atol=1e-9)


def test_the_polar_factor_has_none_that_can_be_told():
    c = random(np.random.default_rng(13), "f8", 3, 3)
    for a in (np.eye(3), np.diag([1.0, 1, 2])):
        assert np.all(np.isnan(al.hvp(lambda a: weighted(c, polar(a)), a, c.T + A2)))


@pytest.mark.parametrize("name", UNKNOWN)
def test_derivatives_along_a_direction_are_nan_too(name):
    for a in (np.eye(3), np.diag([1.0, 1, 2])):
        assert np.any(np.isnan(al.jvp(UNKNOWN[name], (a,), (A2,))[1]))


# ---- programs, and al.debug ----


@pytest.mark.parametrize("name", ["polar", "exp(A)", "sum", "eig"])
def test_programs_have_no_other_answers(name):
    f = {
        "polar": lambda a: weighted(A2, polar(a)),
        "exp(A)": lambda a: weighted(A2, function_of(np.exp)(a)),
        "sum": lambda a: np.sum(linalg.eigvalsh(a) ** 3),
        "eig": lambda a: np.sum(np.real(linalg.eigvals(a) ** 3)),
    }[name]
    rng = np.random.default_rng(14)
    generic = hermitian_of(rng, "f8", [1, 2, 4])
    program = al.trace(al.grad(f), generic)
    for a in (generic, np.eye(3), hermitian_of(rng, "f8", [1, 1, 2])):
        np.testing.assert_array_equal(program(a), al.grad(f)(a))
        np.testing.assert_array_equal(program.compile()(a), al.grad(f)(a))


@pytest.mark.parametrize("name", ["eigh", "svd", "eig"])
def test_debug_names_the_place(name):
    f = {"eigh": "exp(A)", "svd": "A by svd", "eig": "exp(A) by eig"}[name]
    said = pytest.raises(FloatingPointError, match=f"backward pass of {name}, .*test_coinciding")
    with said, al.debug():
        al.grad(lambda a: np.sum(UNKNOWN[f](a) ** 2))(np.eye(3))


# ---- the tests are tested ----


def constant_turns(w, *_):
    """As if vectors of coinciding values did not turn: what was returned before."""
    return rules_of_linalg.inverse(w[..., None, :] - w[..., None], np.max(abs(w)))


def test_a_turn_that_is_taken_as_constant_is_found(monkeypatch):
    monkeypatch.setattr(decompositions, "gaps", constant_turns)
    for name in UNKNOWN:
        with pytest.raises(AssertionError):
            test_what_cannot_be_told_is_nan(name, "f8")
    with pytest.raises(AssertionError):
        test_polar_factors("f8", (3, 3), [2, 2 + 1e-13])


def test_values_that_are_not_tied_to_vectors_are_found(monkeypatch):
    for module in (decompositions, rules_of_linalg):
        monkeypatch.setattr(module, "tied", lambda g, w: g)
    for name in ("sum of eigvalsh²", "sum of svdvals²", "sum of w² by lstsq"):
        with pytest.raises(AssertionError):
            test_second_derivatives_are_right_or_nan(name, "two")
