"""Exponential, trigonometric and dilogarithmic integrals, Lambert's W."""

import scipy.special as sp
from scipy.special import _ufuncs as private

from tests.support.rows.row import SLOW, Row

ROWS = [
    Row(sp.expi, "positive", step=False),
    Row(sp.exp1, "positive", step=False),
    Row(sp.expn, "positive", call=lambda x: sp.expn(2, x), **SLOW),
    Row(sp.expn, "positive", call=lambda x: sp.expn(0, x), **SLOW),
    Row(sp.sici, "positive", step=False, complex=True),
    Row(sp.shichi, "positive", **SLOW, complex=True),
    Row(sp.spence, "positive", **SLOW, complex=True),
    Row(private._lambertw, "positive", call=lambda z: sp.lambertw(z, 0), step=False, complex=True),
    Row(sp.wrightomega, "real", **SLOW, complex=True),
]
