"""numpy.linalg but for decompositions."""

import numpy as np
from numpy import linalg

from tests.support.rows.matrices import APART, SYMMETRIC, TALL, WIDE, hermitian, near
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

SQUARE = "...(n,n)"


def multi_dot(*shapes):
    domains = ["real"] * len(shapes)
    return Row(linalg.multi_dot, *domains, shapes=[shapes], call=lambda *a: linalg.multi_dot(a))


VECTORS = [(3,), (2, 3), (2, 1, 2)]
ORDERS = ["fro", "nuc", np.inf, -np.inf, 1, -1, 2, -2]
VECTOR_ORDERS = [None, np.inf, -np.inf, 0, 1, -1, 2, 3, 0.5, 2.5]


def norm(matrix, **options):
    return near(matrix, linalg.norm, linalg.norm, **BY_DIFFERENCES, **options)


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
    Row(
        linalg.lstsq,
        "real",
        shapes=[(3,), (3, 2)],
        call=lambda b, **options: linalg.lstsq(TALL, b, **options)[0],
        rcond=[0.5],  # which drops a singular value
        **BY_DIFFERENCES,
    ),
    # ---- determinants ----
    Row(linalg.det, "invertible", shapes=SQUARE),
    # the pivots of a matrix with zeros are too small for a complex step
    Row(linalg.det, "some zeros", shapes=[(2, 2), (3, 3), (2, 2, 2)], **BY_DIFFERENCES),
    Row(
        linalg.slogdet,
        "invertible",
        shapes=SQUARE,
        call=lambda a: tuple(linalg.slogdet(a)),
        step=False,
    ),
    Row(
        linalg.slogdet,
        "invertible",
        shapes=[(2, 2), (2, 3, 3)],
        call=lambda a: tuple(linalg.slogdet(a)),
        **BY_DIFFERENCES,
    ),
    # ---- norms and condition numbers ----
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
]
