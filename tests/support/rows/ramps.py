"""Ramps and polynomials."""

import numpy as np

from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row, of_one

PAIRS = [((4,), (2,)), ((2,), (4,)), ((3,), (3,)), ((), (2,))]

ROWS = [
    Row(np.linspace, "real", "real", num=[OMITTED, 4, 1, 0], endpoint=FLAG),
    Row(np.linspace, "real", "real", num=[3, 2], retstep=[True], endpoint=FLAG),
    Row(np.linspace, "real", "real", shapes=[((2,), (3, 1))], num=[4], axis=[1, -1]),
    Row(np.logspace, "real", "real", num=[3, 1], endpoint=FLAG, base=[OMITTED, 2.0]),
    Row(
        np.logspace,
        "real",
        "real",
        "positive",
        shapes=[((2,), (), (2,)), ((), (), (3,))],
        num=[3],
        call=lambda a, b, c, **o: np.logspace(a, b, base=c, **o),
        axis=[OMITTED, -1],
    ),
    Row(np.geomspace, "positive", "positive", num=[3, 1, 0], endpoint=FLAG, **BY_DIFFERENCES),
    Row(
        np.geomspace,
        "positive",
        "positive",
        call=lambda a, b, **o: np.geomspace(-a, -b, **o),
        shapes=[((2,), (3, 1))],
        num=[4],
        axis=[-1],
        step=False,
    ),
    of_one(np.vander, (3,), (0,), (1,), N=[OMITTED, None, 0, 1, 4], increasing=FLAG),
    Row(np.polyval, "real", "real", shapes=[((3,), ()), ((3,), (2, 2)), ((1,), (2,))]),
    # ---- polynomials ----
    Row(np.polyadd, "real", "real", shapes=PAIRS),
    Row(np.polysub, "real", "real", shapes=PAIRS, slow=True),
    Row(np.polymul, "real", "real", shapes=PAIRS[:3], slow=True),
    Row(
        np.polydiv,
        *("positive", "above one"),
        call=lambda u, v: np.polydiv(u, v)[0],
        shapes=[((4,), (2,)), ((3,), (3,))],
        slow=True,
    ),
    Row(
        np.polydiv,
        *("positive", "above one"),
        call=lambda u, v: np.polydiv(u, v)[1],
        shapes=[((2,), (3,))],
        slow=True,
    ),
    of_one(np.polyder, (4,), (1,), m=[OMITTED, 0, 2], slow=True),
    of_one(np.polyint, (3,), m=[OMITTED, 0, 2], k=[OMITTED, 1.5], slow=True),
    of_one(np.poly, (3,), (1,), step=False, slow=True),
    of_one(
        np.roots,
        (2,),
        call=lambda p: np.roots(np.concatenate((p + 7, -p - 2))),
        step=False,
        slow=True,
    ),
    Row(
        np.polyfit,
        *("separated", "real"),
        shapes=[((5,), (5,)), ((4,), (4, 2))],
        call=lambda x, y, **options: np.polyfit(x, y, 1, **options),
        cov=[OMITTED, True, "unscaled"],
        step=False,
        slow=True,
    ),
    Row(
        np.polyfit,
        *("separated", "real", "positive"),
        shapes=[((5,), (5,), (5,))],
        call=lambda x, y, w: np.polyfit(x, y, 2, w=w),
        step=False,
        slow=True,
    ),
]
