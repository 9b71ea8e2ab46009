"""numpy.linalg and numpy.fft.

Where a derivative needs values that are apart from each other, the argument is a small change of a
fixed matrix.  Where vectors are not unique, what is tested does not depend on the choice.
"""

import numpy as np
from numpy import fft, linalg

from tests.support.rows.row import FLAG, OMITTED, Row, numpy_is

SQUARE = "...(n,n)"
BY_DIFFERENCES = {"step": False, "complex": True}
REAL = {"step": False, "complex": False}

TALL = np.array([[3.0, 0.2], [-0.4, 1.0], [0.7, -0.3]])
WIDE = np.array([[2.0, -0.3, 1.1], [0.4, 1.0, -0.2]])
APART = np.array([[1.0, 0.2, 0.0], [0.4, 3.0, -0.3], [0.1, 0.2, 6.0]])
TURNING = np.array([[1.0, 2.0, 0.1], [-2.0, 1.0, 0.3], [0.2, 0.1, 4.0]])
SYMMETRIC = np.array([[1.0, 0.4, 0.2], [0.4, -3.0, 0.3], [0.2, 0.3, 6.0]])


# ---- arguments that are small changes of a fixed matrix ----


def near(matrix, function, call, **settings):
    """A row for ``call(matrix + x / 20, **options)``."""

    def nearby(x, **options):
        return call(matrix + x / 20, **options)

    stacked = (2, *matrix.shape)
    return Row(function, "real", shapes=[matrix.shape, stacked], call=nearby, **settings)


def hermitian(x):
    """The matrix of which ``x`` has the lower triangle."""
    lower = x * np.tri(x.shape[-1], k=-1, dtype=x.dtype)
    return lower + mirrored(lower) + np.real(x * np.eye(x.shape[-1], dtype=x.dtype))


def mirrored(x):
    return np.conj(np.swapaxes(x, -1, -2))


# ---- what does not depend on a choice of vectors ----


def projectors(v, w=None):
    """The products v wᴴ of corresponding columns."""
    return v[..., None, :] * np.conj(v if w is None else w)[..., None, :, :]


def eigen(result):
    return result.eigenvalues, projectors(result.eigenvectors)


def singular(result):
    k = result.S.shape[-1]
    u, v = result.U[..., :k], mirrored(result.Vh)[..., :k]
    return result.S, projectors(u), projectors(v), projectors(u, v)


def columns(result, k):
    """Q without what completes the basis, and R."""
    return result.Q[..., :k], result.R


# ---- norms ----


def norm(matrix, **options):
    return near(matrix, linalg.norm, linalg.norm, **BY_DIFFERENCES, **options)


def multi_dot(*shapes):
    domains = ["real"] * len(shapes)
    return Row(linalg.multi_dot, *domains, shapes=[shapes], call=lambda *a: linalg.multi_dot(a))


VECTORS = [(3,), (2, 3), (2, 1, 2)]
ORDERS = ["fro", "nuc", np.inf, -np.inf, 1, -1, 2, -2]
VECTOR_ORDERS = [None, np.inf, -np.inf, 0, 1, -1, 2, 3, 0.5, 2.5]

# ---- transforms ----

NORM = [OMITTED, None, "backward", "ortho", "forward"]
LENGTH = [OMITTED, None, 1, 2, 3, 4, 5]
SIGNALS = [(2,), (3,), (4,), (5,), (2, 3), (3, 2), (2, 0, 3)]


def along_one(function, **settings):
    return Row(
        function, "real", shapes=SIGNALS, n=LENGTH, norm=NORM, axis=[OMITTED, 0, -1], **settings
    )


def along_several(function, **settings):
    shapes = [(2, 3), (3, 4), (2, 2, 3)]
    axes = [OMITTED, (0, 1), (-1, 0), (1,)]
    return [
        Row(function, "real", shapes=shapes, norm=NORM, axes=axes, **settings),
        Row(
            function,
            "real",
            shapes=shapes,
            norm=NORM,
            s=[(3, 2), (-1, 4)],
            axes=[(0, -1)],
            **settings,
        ),
    ]


ROWS = [
    # ---- products ----
    Row(linalg.matmul, "real", "real", shapes="...(m?,k),(k,n?)"),
    Row(linalg.vecdot, "real", "real", shapes="...(n),(n)", **BY_DIFFERENCES),
    Row(linalg.vecdot, "real", "real", shapes=[((3, 2), (3, 2))], axis=[0], **BY_DIFFERENCES),
    Row(linalg.tensordot, "real", "real", shapes=[((2, 3), (3, 2))], axes=[0, 1, ([0], [1])]),
    Row(linalg.cross, "real", "real", shapes=[((3,), (3,)), ((2, 3), (3,)), ((3, 3), (1, 3))]),
    Row(linalg.cross, "real", "real", shapes=[((3, 2), (3, 2))], axis=[0, -2]),
    Row(linalg.outer, "real", "real", shapes=[((2,), (3,)), ((1,), (0,))]),
    multi_dot((2, 3), (3, 2)),
    multi_dot((3,), (3, 2)),
    multi_dot((2, 3), (3, 1), (1, 2)),
    multi_dot((2,), (2, 3), (3, 2)),
    multi_dot((2, 3), (3, 2), (2,)),
    multi_dot((2,), (2, 3), (3,)),
    multi_dot((2, 3), (3, 1), (1, 2), (2, 2)),
    Row(linalg.matrix_power, "invertible", shapes=SQUARE, n=[-3, -2, -1, 1, 2, 3, 4, 5, 6]),
    # ---- views ----
    Row(linalg.matrix_transpose, "real", dims=2),
    Row(linalg.diagonal, "real", dims=2, side=1, offset=[OMITTED, -1, 0, 1]),
    Row(linalg.trace, "real", dims=2, side=1, offset=[OMITTED, -1, 0, 1]),
    # ---- inverses and solutions ----
    Row(linalg.inv, "invertible", shapes=SQUARE),
    Row(linalg.solve, "invertible", "real", shapes="...(n,n),(n,m)"),
    Row(linalg.solve, "invertible", "real", shapes=[((2, 2), (2,)), ((3, 2, 2), (2,))]),
    Row(
        linalg.tensorsolve,
        "invertible",
        "real",
        shapes=[((6, 6), (2, 3))],
        call=lambda a, b: linalg.tensorsolve(np.reshape(a, (2, 3, 6)), b),
    ),
    Row(
        linalg.tensorsolve,
        "invertible",
        "real",
        shapes=[((6, 6), (6,))],
        call=lambda a, b: linalg.tensorsolve(np.reshape(a.T, (2, 6, 3)), b, axes=(0, 2)),
    ),
    Row(
        linalg.tensorinv,
        "invertible",
        shapes=[(6, 6)],
        call=lambda a, ind: linalg.tensorinv(np.reshape(a, (6, 2, 3)), ind=ind),
        ind=[1],
    ),
    Row(
        linalg.tensorinv,
        "invertible",
        shapes=[(6, 6)],
        call=lambda a: linalg.tensorinv(np.reshape(a, (2, 3, 3, 2))),
    ),
    # ---- least squares ----
    *[near(m, linalg.pinv, linalg.pinv, **BY_DIFFERENCES) for m in (TALL, WIDE, APART)],
    near(TALL, linalg.pinv, linalg.pinv, rcond=[1e-9], **BY_DIFFERENCES),
    near(TALL, linalg.pinv, linalg.pinv, rtol=[1e-9], **BY_DIFFERENCES),
    near(
        SYMMETRIC,
        linalg.pinv,
        lambda x, **options: linalg.pinv(hermitian(x), **options),
        hermitian=[True],
        **BY_DIFFERENCES,
    ),
    *[
        Row(
            linalg.lstsq,
            "real",
            "real",
            shapes=[(m.shape, m.shape[:1]), (m.shape, (*m.shape[:1], 2))],
            call=lambda x, b, m=m, **options: linalg.lstsq(m + x / 20, b, **options)[::3],
            rcond=[OMITTED, None, 1e-9],
            **BY_DIFFERENCES,
        )
        for m in (WIDE, APART)
    ],
    Row(
        linalg.lstsq,
        "real",
        "real",
        shapes=[((3, 2), (3,)), ((3, 2), (3, 2))],
        call=lambda x, b: linalg.lstsq(TALL + x / 20, b)[:2],
        **BY_DIFFERENCES,
    ),
    # ---- determinants ----
    Row(linalg.det, "invertible", shapes=SQUARE),
    # the pivots of a matrix with zeros are too small for a complex step
    Row(linalg.det, "some zeros", shapes=[(2, 2), (3, 3), (2, 2, 2)], step=False, complex=True),
    Row(
        linalg.slogdet, "invertible", shapes=SQUARE, call=lambda a: tuple(linalg.slogdet(a)), **REAL
    ),
    Row(
        linalg.slogdet,
        "invertible",
        shapes=[(2, 2), (2, 3, 3)],
        call=lambda a: tuple(linalg.slogdet(a)),
        **BY_DIFFERENCES,
    ),
    # ---- norms ----
    *[norm(m, ord=[OMITTED, *ORDERS], keepdims=FLAG, axis=[(-2, -1)]) for m in (TALL, WIDE)],
    norm(WIDE, ord=[1, np.inf, "fro", 2], axis=[(-1, -2)]),
    norm(TALL, keepdims=FLAG),
    norm(TALL, ord=VECTOR_ORDERS[:-3], axis=[-1, -2], keepdims=FLAG),
    Row(linalg.norm, "nonzero", shapes=VECTORS, ord=[3, 0.5, 2.5], axis=[-1], **BY_DIFFERENCES),
    Row(linalg.norm, "nonzero", shapes=[(), (3,), (2, 1, 2)], **BY_DIFFERENCES),
    near(TALL, linalg.matrix_norm, linalg.matrix_norm, ord=[OMITTED, *ORDERS], **BY_DIFFERENCES),
    near(TALL, linalg.matrix_norm, linalg.matrix_norm, keepdims=FLAG, **BY_DIFFERENCES),
    Row(
        linalg.vector_norm,
        "nonzero",
        shapes=VECTORS,
        ord=[OMITTED, 1, 2, 3, 0.5],
        keepdims=FLAG,
        axis=[OMITTED, None, 0, -1, (0,), (-1,), (0, 1), (-1, 0)],
        **BY_DIFFERENCES,
    ),
    near(APART, linalg.cond, linalg.cond, p=[OMITTED, None, *ORDERS], **BY_DIFFERENCES),
    near(TALL, linalg.cond, linalg.cond, p=[OMITTED, 2, -2], **BY_DIFFERENCES),
    # ---- triangular factors ----
    Row(linalg.cholesky, "definite", shapes=SQUARE, upper=FLAG, **BY_DIFFERENCES),
    *[
        near(
            m,
            linalg.qr,
            lambda x, **options: columns(linalg.qr(x, **options), min(x.shape[-2:])),
            mode=[OMITTED, "reduced", "complete"],
            **BY_DIFFERENCES,
        )
        for m in (TALL, WIDE, APART)
    ],
    *[near(m, linalg.qr, linalg.qr, mode=["r"], **BY_DIFFERENCES) for m in (TALL, WIDE)],
    # ---- eigenvalues and eigenvectors ----
    near(
        SYMMETRIC, linalg.eigh, lambda x, **o: tuple(linalg.eigh(x, **o)), UPLO=["L", "u"], **REAL
    ),
    near(
        SYMMETRIC,
        linalg.eigh,
        lambda x, **options: eigen(linalg.eigh(x, **options)),
        UPLO=[OMITTED, "L", "U"],
        **BY_DIFFERENCES,
    ),
    near(SYMMETRIC, linalg.eigvalsh, linalg.eigvalsh, UPLO=[OMITTED, "L", "U"], **BY_DIFFERENCES),
    near(APART, linalg.eig, lambda x: tuple(linalg.eig(x)), **REAL),
    near(APART, linalg.eig, lambda x: eigen(linalg.eig(x)), **BY_DIFFERENCES),
    near(TURNING, linalg.eig, lambda x: eigen(linalg.eig(x)), **BY_DIFFERENCES),
    near(APART, linalg.eigvals, linalg.eigvals, **BY_DIFFERENCES),
    near(TURNING, linalg.eigvals, linalg.eigvals, **BY_DIFFERENCES),
    # ---- singular values and singular vectors ----
    *[
        near(
            m,
            linalg.svd,
            lambda x, **options: singular(linalg.svd(x, **options)),
            full_matrices=[OMITTED, False, True],
            **BY_DIFFERENCES,
        )
        for m in (TALL, WIDE, APART)
    ],
    *[
        near(
            m,
            linalg.svd,
            lambda x, **options: tuple(linalg.svd(x, full_matrices=False, **options)),
            **REAL,
        )
        for m in (TALL, WIDE)
    ],
    near(
        SYMMETRIC,
        linalg.svd,
        lambda x, **options: singular(linalg.svd(x, **options)),
        hermitian=[True],
        **BY_DIFFERENCES,
    ),
    near(SYMMETRIC, linalg.svd, linalg.svd, compute_uv=[False], hermitian=FLAG, **BY_DIFFERENCES),
    near(TALL, linalg.svdvals, linalg.svdvals, **BY_DIFFERENCES),
    # ---- transforms ----
    along_one(fft.fft, **BY_DIFFERENCES),
    along_one(fft.ifft, **BY_DIFFERENCES),
    along_one(fft.irfft, **BY_DIFFERENCES),
    along_one(fft.hfft, **BY_DIFFERENCES),
    along_one(fft.rfft, **REAL),
    along_one(fft.ihfft, **REAL),
    *along_several(fft.fft2, **BY_DIFFERENCES),
    *along_several(fft.fftn, **BY_DIFFERENCES),
    *along_several(fft.ifft2, **BY_DIFFERENCES),
    *along_several(fft.ifftn, **BY_DIFFERENCES),
    *along_several(fft.irfft2, **BY_DIFFERENCES),
    *along_several(fft.irfftn, **BY_DIFFERENCES),
    *along_several(fft.rfft2, **REAL),
    *along_several(fft.rfftn, bits=numpy_is("2.1"), **REAL),  # which before had another order
    Row(fft.fftshift, "real", dims=1, axes=[OMITTED, None, 0, -1, (0,)]),
    Row(fft.ifftshift, "real", dims=1, axes=[OMITTED, None, 0, -1, (0,)]),
]
