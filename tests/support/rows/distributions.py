"""Distribution functions and their inverses."""

import numpy as np
import scipy.special as sp

from tests.support.rows.row import SLOW, Row

#: SciPy takes a count in float32 for a number that is none.
COUNT = np.int64(5)

ROWS = [
    *[
        Row(f, "unit", call=lambda p, f=f: f(2, COUNT, p), **SLOW)
        for f in (sp.bdtr, sp.bdtrc, sp.bdtri, sp.nbdtr, sp.nbdtrc, sp.nbdtri)
    ],
    Row(sp.pdtr, "positive", call=lambda m: sp.pdtr(2, m), step=False),
    Row(sp.pdtrc, "positive", call=lambda m: sp.pdtrc(2, m), **SLOW),
    Row(sp.pdtri, "unit", call=lambda p: sp.pdtri(2, p), **SLOW),
    Row(sp.gdtr, "positive", "positive", call=lambda a, x: sp.gdtr(a, 1.5, x), **SLOW),
    Row(sp.gdtrc, "positive", "positive", call=lambda a, x: sp.gdtrc(a, 1.5, x), **SLOW),
    Row(sp.gdtria, "unit", "positive", call=lambda p, x: sp.gdtria(p, 1.5, x), **SLOW),
    Row(sp.gdtrix, "positive", "unit", call=lambda a, p: sp.gdtrix(a, 1.5, p), **SLOW),
    Row(sp.chdtr, "positive", call=lambda x: sp.chdtr(3.5, x), **SLOW),
    Row(sp.chdtrc, "positive", call=lambda x: sp.chdtrc(3.5, x), **SLOW),
    Row(sp.chdtri, "unit", call=lambda p: sp.chdtri(3.5, p), **SLOW),
    Row(sp.stdtr, "real", call=lambda t: sp.stdtr(4.0, t), step=False),
    Row(sp.stdtrit, "unit", call=lambda p: sp.stdtrit(4.0, p), step=False),
    Row(sp.fdtr, "positive", call=lambda x: sp.fdtr(3.5, 4.5, x), **SLOW),
    Row(sp.fdtrc, "positive", call=lambda x: sp.fdtrc(3.5, 4.5, x), **SLOW),
    Row(sp.fdtri, "unit", call=lambda p: sp.fdtri(3.5, 4.5, p), **SLOW),
    Row(sp.nrdtrimn, "unit", "positive", "real", **SLOW),
    Row(
        sp.nrdtrisd,
        "real",
        "positive",
        "real",
        call=lambda m, p, x: sp.nrdtrisd(m, 0.5 + p / 7, m + 3 + x),
        **SLOW,
    ),
    # SciPy searches the value up to 1e-14: beside a hundred that is rounding, as differences
    # expect.  The numbers of mpmath in special_references.py hold the second order.
    Row(
        sp.tklmbda,
        "within one",
        "unit",
        call=lambda x, shape: 100 + sp.tklmbda(x, shape),
        **SLOW | {"times": 1},
    ),
    # ---- non-central ----
    Row(sp.chndtr, "positive", "positive", call=lambda x, c: sp.chndtr(x, 3.5, c), **SLOW),
    Row(sp.chndtrix, "unit", "positive", call=lambda p, c: sp.chndtrix(p, 3.5, c), **SLOW),
    Row(
        sp.chndtrinc, "positive", "unit", call=lambda x, p: sp.chndtrinc(4 + x, 3.5, p / 2), **SLOW
    ),
    Row(sp.ncfdtr, "positive", "positive", call=lambda c, f: sp.ncfdtr(3.5, 4.5, c, f), **SLOW),
    Row(sp.ncfdtri, "positive", "unit", call=lambda c, p: sp.ncfdtri(3.5, 4.5, c, p), **SLOW),
    Row(sp.nctdtr, "real", "real", call=lambda c, t: sp.nctdtr(3.5, c, t), **SLOW),
    Row(sp.nctdtrit, "real", "unit", call=lambda c, p: sp.nctdtrit(3.5, c, p), **SLOW),
]
