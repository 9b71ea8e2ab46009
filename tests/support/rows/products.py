"""Products of vectors, matrices and tensors, and Einstein sums."""

from importlib.util import find_spec

import numpy as np

from autograd_lite.rules.products import sparse_product
from tests.support.rows.row import BY_DIFFERENCES, FLAG, Row, since

MATRIX = np.array([[0.5, 0.0, -1.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.5]])
if find_spec("scipy"):
    from scipy.sparse import csr_array

    MATRIX = csr_array(MATRIX)


def einsum(subscripts, *shapes, **options):
    """A row for einsum with these subscripts."""
    return Row(
        np.einsum,
        *["real"] * len(shapes),
        shapes=[shapes if len(shapes) > 1 else shapes[0]],
        call=lambda *operands, subscripts, **options: np.einsum(subscripts, *operands, **options),
        subscripts=[subscripts],
        **options,
    )


ROWS = [
    # ---- of matrices ----
    Row(
        sparse_product,
        "real",
        shapes=[(3,), (3, 2)],
        call=lambda x, **options: sparse_product(x, MATRIX, **options),
        flipped=FLAG,
    ),
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
    # ---- einsum ----
    einsum("ij,jk->ik", (2, 3), (3, 2), optimize=[False, True]),
    einsum("ij,jk", (2, 3), (3, 2)),
    einsum("i,i", (3,), (3,)),
    einsum("i,j,k->kji", (2,), (3,), (2,)),
    einsum("ij,jk,kl->il", (2, 3), (3, 2), (2, 2), optimize=[False, True, "greedy"]),
    einsum("bij,bjk->bik", (2, 2, 3), (2, 3, 1)),
    einsum("ij->ji", (2, 3)),
    einsum("ba", (2, 3)),
    einsum("ij->", (2, 3)),
    einsum("ij->j", (2, 3)),
    einsum("ii", (3, 3)),
    einsum("ii->i", (3, 3)),
    einsum("iji->j", (2, 3, 2)),
    einsum("iii->i", (2, 2, 2)),
    einsum("ii,i->", (2, 2), (2,)),
    einsum("ij,j->i", (2, 3), (1,)),
    einsum("...ij,...jk->...ik", (2, 2, 3), (3, 2)),
    einsum("...ij,...jk->...ik", (1, 2, 3), (4, 3, 2)),
    einsum("...i,...i", (2, 3), (2, 3)),
    einsum("...,...", (2, 3), (3,)),
    einsum("i...->...", (2, 3, 2)),
    einsum("i...->...i", (2, 3, 2)),
    einsum(" i j , j -> i ", (2, 3), (3,)),
    einsum(",i->i", (), (3,)),
    Row(
        np.einsum,
        *("real", "real"),
        shapes=[((2, 3), (3, 2))],
        call=lambda A, B, output: np.einsum(A, [0, 1], B, [1, 2], *output),
        output=[[], [[2, 0]], [[0]]],
    ),
    Row(
        np.einsum,
        *("real", "real"),
        shapes=[((2, 3), (3, 2))],
        call=lambda A, B: np.einsum(A, [..., 1], B, [1, ...]),
        slow=True,
    ),
]
