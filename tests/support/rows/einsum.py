"""np.einsum."""

import numpy as np

from tests.support.rows.row import Row


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
]
