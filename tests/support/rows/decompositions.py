"""Factors of matrices; what is tested does not depend on the choice of vectors."""

import numpy as np
from numpy import linalg

from tests.support.rows.matrices import APART, SYMMETRIC, TALL, TURNING, WIDE, mirrored, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

SQUARE = "...(n,n)"


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


ROWS = [
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
        SYMMETRIC,
        linalg.eigh,
        lambda x, **o: tuple(linalg.eigh(x, **o)),
        UPLO=["L", "u"],
        step=False,
    ),
    near(
        SYMMETRIC,
        linalg.eigh,
        lambda x, **options: eigen(linalg.eigh(x, **options)),
        UPLO=[OMITTED, "L", "U"],
        **BY_DIFFERENCES,
    ),
    near(SYMMETRIC, linalg.eigvalsh, linalg.eigvalsh, UPLO=[OMITTED, "L", "U"], **BY_DIFFERENCES),
    near(APART, linalg.eig, lambda x: tuple(linalg.eig(x)), step=False),
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
            step=False,
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
]
