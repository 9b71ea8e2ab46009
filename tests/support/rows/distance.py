"""Distances of points."""

import numpy as np

from autograd_lite.scipy.spatial import distance
from tests.support.rows.row import Row

LOOSE = {"step": False, "bits": False}
GIVEN = {
    "seuclidean": {"V": np.array([1.0, 2.0, 3.0])},
    "mahalanobis": {"VI": np.diag([1.0, 2.0, 3.0])},
}
TURN = np.ones(3, np.float16), np.array([2, -2, 2], np.float16)
METRICS = [name for name in distance.SMOOTH if name not in GIVEN]


def of_two(name):
    function = getattr(distance, name)
    return Row(
        function,
        *("positive", "above one"),
        shapes=[((3,), (3,))],
        call=lambda u, v: function(u, v * TURN[name != "jensenshannon"], **GIVEN.get(name, {})),
        slow=True,
        **LOOSE,
    )


ROWS = [
    Row(
        distance.cdist,
        *("separated", "separated"),
        shapes=[((2, 3), (2, 3))],
        # The distance may be nearly 0, so 1 is added.
        call=lambda a, b, **options: 1 + distance.cdist(a + 3, b + 3, **options),
        metric=METRICS,
        **LOOSE,
    ),
    Row(
        distance.pdist,
        "separated",
        shapes=[(5, 3)],
        call=lambda x, **options: distance.pdist(x + 5, **options),
        metric=["euclidean", "seuclidean", "mahalanobis", "minkowski"],
        slow=True,
        **LOOSE,
    ),
    Row(distance.squareform, "real", shapes=[(3,), (6,)], slow=True, **LOOSE),
    *map(of_two, distance.SMOOTH),
]
