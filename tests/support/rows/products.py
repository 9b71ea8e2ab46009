"""Products of vectors, matrices and tensors."""

import numpy as np

from tests.support.rows.row import BY_DIFFERENCES, Row, since

ROWS = [
    # ---- of matrices ----
    Row(np.matmul, "real", "real", shapes="...(m?,k),...(k,n?)"),
    Row(np.matmul, "real", "real", shapes="(m?,k),(k,n?)", call=lambda a, b: a @ b),
    Row(np.dot, "real", "real", shapes="(m?,k),(k,n?)"),
    Row(np.dot, "real", "real", shapes=[((), ()), ((), (3,)), ((2, 3), ()), ((), (0,))]),
    Row(
        np.dot, "real", "real", shapes=[((2, 3), (4, 3, 2)), ((2, 1, 3), (3, 2)), ((2,), (3, 2, 2))]
    ),
    Row(
        np.dot,
        "real",
        "real",
        shapes=[((2, 3, 2), (2,)), ((2, 1, 3), (2, 3, 1))],
    ),
    *since("2.2", "matvec", "real", "real", shapes="...(m,n),(n)"),
    *since("2.2", "vecmat", "real", "real", shapes="...(m),(m,n)", **BY_DIFFERENCES),
    # ---- of vectors ----
    Row(
        np.inner,
        "real",
        "real",
        shapes=[((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 1, 3)), ((), (2, 3)), ((2,), ())],
    ),
    Row(
        np.vdot,
        "real",
        "real",
        shapes=[((3,), (3,)), ((2, 3), (2, 3)), ((), ())],
        **BY_DIFFERENCES,
    ),
    Row(np.vecdot, "real", "real", shapes="...(n),(n)", **BY_DIFFERENCES),
    Row(
        np.vecdot,
        "real",
        "real",
        shapes=[((3, 2), (3, 1)), ((3, 2), (3,))],
        axis=[0],
        **BY_DIFFERENCES,
    ),
    Row(np.outer, "real", "real", shapes=[((2,), (3,)), ((), (2,)), ((2, 2), (1,)), ((0,), (2,))]),
    Row(
        np.kron,
        "real",
        "real",
        shapes=[((2,), (3,)), ((2, 2), (3,)), ((), (2,)), ((2,), (2, 1, 3)), ((2, 3), (2, 2))],
    ),
    Row(np.cross, "real", "real", shapes=[((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 1, 3))]),
    Row(np.cross, "real", "real", shapes=[((3, 2), (3, 2))], axis=[0]),
    Row(
        np.cross, "real", "real", shapes=[((3, 2), (2, 3)), ((3, 2), (3,))], axisa=[0], axisc=[0, 1]
    ),
    # ---- tensordot ----
    Row(np.tensordot, "real", "real", shapes=[((2, 3), (2, 3)), ((4, 2, 3), (2, 3, 2))]),
    Row(np.tensordot, "real", "real", shapes=[((2, 3), (3, 2))], axes=[0, 1, ([0], [1]), (-1, 0)]),
    Row(np.tensordot, "real", "real", shapes=[((2, 3), (3, 2))], axes=[((0, 1), (1, 0)), (0, -1)]),
    Row(np.tensordot, "real", "real", shapes=[((2, 3, 2), (2, 2, 3))], axes=[((2, 1), (0, 2))]),
]
