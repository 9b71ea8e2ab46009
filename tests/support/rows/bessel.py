"""Bessel functions and Struve's."""

import scipy.special as sp

from tests.support.rows.row import BY_DIFFERENCES, SLOW, Row

ROWS = [
    Row(sp.j0, "real", step=False),
    Row(sp.j1, "real", step=False),
    Row(sp.y0, "positive", step=False),
    Row(sp.y1, "positive", step=False),
    Row(sp.jn, "integers", "nonzero", **BY_DIFFERENCES),
    Row(sp.yn, "integers", "positive", step=False),
    Row(sp.yv, "positive", call=lambda x: sp.yv(1.5, x), **SLOW, complex=True),
    Row(sp.hankel1, "positive", call=lambda x: sp.hankel1(1.5, x), **SLOW, complex=True),
    Row(sp.hankel2, "positive", call=lambda x: sp.hankel2(1.5, x), **SLOW, complex=True),
    Row(sp.besselpoly, "positive", call=lambda a: sp.besselpoly(a, 1.5, 1.0), **SLOW),
    # ---- modified ----
    Row(sp.i0, "real", step=False),
    Row(sp.i1, "real", step=False),
    Row(sp.iv, "integers", "nonzero", **BY_DIFFERENCES),
    Row(sp.k0, "positive", step=False),
    Row(sp.k1, "positive", step=False),
    Row(sp.kv, "integers", "positive", step=False),
    Row(sp.kn, "positive", call=lambda x: sp.kn(2, x), **SLOW),
    # ---- scaled ----
    Row(sp.ive, "integers", "nonzero", **BY_DIFFERENCES),
    Row(sp.i0e, "nonzero", **SLOW),
    Row(sp.i1e, "nonzero", **SLOW),
    Row(sp.k0e, "positive", **SLOW),
    Row(sp.k1e, "positive", **SLOW),
    Row(sp.kve, "positive", call=lambda x: sp.kve(1.5, x), **SLOW, complex=True),
    Row(sp.jve, "nonzero", call=lambda x: sp.jve(2.0, x), **SLOW, complex=True),
    Row(sp.yve, "positive", call=lambda x: sp.yve(1.5, x), **SLOW, complex=True),
    Row(sp.hankel1e, "positive", call=lambda x: sp.hankel1e(1.5, x), **SLOW, complex=True),
    Row(sp.hankel2e, "positive", call=lambda x: sp.hankel2e(1.5, x), **SLOW, complex=True),
    # ---- Struve's ----
    Row(sp.struve, "positive", call=lambda x: sp.struve(1.5, x), **SLOW),
    Row(sp.modstruve, "positive", call=lambda x: sp.modstruve(1.5, x), **SLOW),
]
