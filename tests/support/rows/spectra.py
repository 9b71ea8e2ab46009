"""Spectra by SciPy; what is tested does not depend on the choice of vectors."""

import numpy as np

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.spectra import (
    eigenvalues,
    hermitian,
    hermitian_values,
    singular,
    singular_values,
    spectrum,
)
from tests.support.rows.decompositions import projectors
from tests.support.rows.matrices import APART, SYMMETRIC, TALL, TURNING, WIDE, mirrored, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

METRIC = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 3.0]])
SHAPES = [((3, 3), (3, 3)), ((2, 3, 3), (2, 3, 3))]


def of_two(function, call, a=SYMMETRIC, **settings):
    """A row for the generalised problem, with both matrices varied."""

    def nearby(x, z, **options):
        return call(a + x / 20, METRIC + z / 20, **options)

    settings = BY_DIFFERENCES | settings
    return Row(function, "real", "real", shapes=SHAPES, call=nearby, **settings)


def eigen(w, v):
    return w, projectors(v)


def eigh(*pair, **options):
    return eigen(*linalg.eigh(*pair, **options))


def eig(*pair, **options):
    w, *vectors = linalg.eig(*pair, **options)
    return w, *map(projectors, vectors)


def singular_parts(u, s, vh):
    k = s.shape[-1]
    u, v = u[..., :k], mirrored(vh)[..., :k]
    return s, projectors(u), projectors(v), projectors(u, v)


def svd(x, **options):
    return singular_parts(*linalg.svd(x, **options))


ROWS = [
    # ---- Hermitian matrices ----
    near(SYMMETRIC, linalg.eigh, eigh, lower=FLAG, driver=[OMITTED, "ev"], **BY_DIFFERENCES),
    near(SYMMETRIC, linalg.eigh, eigh, subset_by_index=[(0, 1), (1, 2)], bits=False, step=False),
    near(
        SYMMETRIC,
        linalg.eigh,
        lambda x, **o: eigh(x.reshape(-1, 3, 3)[0], **o),
        subset_by_value=[(-4, 2)],
        bits=False,
        step=False,
    ),
    near(SYMMETRIC, linalg.eigh, linalg.eigh, eigvals_only=[True], **BY_DIFFERENCES),
    of_two(linalg.eigh, eigh, lower=FLAG),
    of_two(linalg.eigh, eigh, type=[2, 3], lower=FLAG, bits=False),
    of_two(hermitian, lambda *m, **o: eigen(*hermitian(*m, **o)), check_finite=FLAG, slow=True),
    near(SYMMETRIC, linalg.eigvalsh, linalg.eigvalsh, lower=FLAG, **BY_DIFFERENCES),
    of_two(linalg.eigvalsh, linalg.eigvalsh, lower=FLAG),
    of_two(hermitian_values, hermitian_values, driver=[None, "gv"], check_finite=FLAG, slow=True),
    near(
        SYMMETRIC,
        hermitian,
        lambda x, **o: eigen(*hermitian(x, **o)),
        driver=["ev"],
        slow=True,
        step=False,
    ),
    # ---- other square matrices ----
    *[near(m, linalg.eig, eig, left=FLAG, **BY_DIFFERENCES, bits=False) for m in (APART, TURNING)],
    near(APART, linalg.eig, lambda x: tuple(linalg.eig(x)), step=False),
    of_two(linalg.eig, eig, APART, left=FLAG, bits=False),
    of_two(linalg.eig, linalg.eig, TURNING, right=[False]),
    near(
        APART,
        spectrum,
        lambda x, **o: eigen(*spectrum(x, **o)),
        check_finite=FLAG,
        slow=True,
        step=False,
    ),
    *[near(m, linalg.eigvals, linalg.eigvals, **BY_DIFFERENCES) for m in (APART, TURNING)],
    of_two(linalg.eigvals, linalg.eigvals, APART),
    near(TURNING, eigenvalues, eigenvalues, check_finite=FLAG, slow=True, **BY_DIFFERENCES),
    # ---- singular values and vectors ----
    *[near(m, linalg.svd, svd, full_matrices=FLAG, **BY_DIFFERENCES) for m in (TALL, WIDE, APART)],
    near(WIDE, linalg.svd, svd, lapack_driver=["gesvd"], **BY_DIFFERENCES),
    near(WIDE, linalg.svd, linalg.svd, compute_uv=[False], **BY_DIFFERENCES),
    near(TALL, linalg.svdvals, linalg.svdvals, **BY_DIFFERENCES),
    near(
        TALL,
        singular,
        lambda x, **options: singular_parts(*singular(x, **options)),
        full_matrices=FLAG,
        lapack_driver=["gesdd", "gesvd"],
        check_finite=FLAG,
        slow=True,
        **BY_DIFFERENCES,
    ),
    Row(
        singular,
        "invertible",
        shapes=[(3, 3)],
        call=lambda x: singular(x)[1],
        slow=True,
        step=False,
    ),
    near(
        WIDE,
        singular_values,
        singular_values,
        lapack_driver=["gesvd"],
        check_finite=FLAG,
        slow=True,
        **BY_DIFFERENCES,
    ),
]
