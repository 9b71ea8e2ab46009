"""Elliptic integrals and Jacobi's functions."""

import scipy.special as sp

from tests.support.rows.row import SLOW, Row

ROWS = [
    Row(sp.ellipk, "unit", step=False),
    Row(sp.ellipe, "unit", step=False),
    Row(sp.ellipkm1, "unit", **SLOW),
    Row(sp.ellipkinc, "real", "unit", **SLOW),
    Row(sp.ellipeinc, "real", "unit", **SLOW),
    Row(sp.ellipj, "real", "unit", **SLOW),
    Row(sp.elliprc, "positive", "positive", **SLOW),
    Row(sp.elliprf, "positive", "positive", "positive", step=False),
    Row(sp.elliprd, "positive", "positive", "positive", **SLOW),
    Row(sp.elliprg, "positive", "positive", "positive", **SLOW),
    Row(sp.elliprj, "positive", "positive", "positive", "positive", **SLOW),
    Row(sp.agm, "positive", "positive", **SLOW),
]
