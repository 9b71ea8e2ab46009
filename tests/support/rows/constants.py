"""What does not vary, beside what does."""

import numpy as np

from tests.support.rows.row import Row

ROWS = [
    Row(
        np.full_like,
        "real",
        shapes=[(2, 3), ()],
        call=lambda a: np.full_like(a, a[..., :1] if a.ndim else a),
    ),
    Row(
        np.full,
        "real",
        shapes=[(1, 3), (2, 1)],
        call=lambda a: np.full((2, 3), a, like=a),
    ),
]
