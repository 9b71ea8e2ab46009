"""Error functions and their relatives."""

import scipy.special as sp

from tests.support.rows.row import SLOW, Row

ROWS = [
    Row(sp.erf, "real"),
    Row(sp.erfc, "real"),
    Row(sp.erfcx, "real"),
    Row(sp.erfinv, "within one", step=False),
    Row(sp.erfcinv, "unit", step=False),
    Row(sp.erfi, "real", slow=True),
    Row(sp.dawsn, "real", slow=True),
    Row(sp.wofz, "real", **SLOW, complex=True),
    Row(sp.ndtr, "real"),
    Row(sp.ndtri, "unit", step=False),
    Row(sp.log_ndtr, "real"),
    Row(sp.ndtri_exp, "positive", call=lambda x: sp.ndtri_exp(-x), **SLOW),
    Row(sp.owens_t, "real", "real", **SLOW),
    Row(sp.voigt_profile, "real", "positive", "positive", **SLOW),
    Row(sp.fresnel, "real", step=False, complex=True),
    # In float32 SciPy's values are NaN from 2.5 on.
    Row(sp.modfresnelp, "unit", **SLOW),
    Row(sp.modfresnelm, "unit", **SLOW),
]
