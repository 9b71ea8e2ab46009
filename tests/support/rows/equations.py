"""Functions that solve an equation of second order, and integrals of Bessel functions."""

import numpy as np
import scipy.special as sp

from tests.support.rows.row import SLOW, Row

#: In float32 SciPy has no value of Mathieu's functions.
Q = np.float64(1.3)

ROWS = [
    Row(sp.airy, "real", step=False, complex=True),
    Row(sp.airye, "positive", **SLOW, complex=True),
    Row(sp.ber, "real", **SLOW),
    Row(sp.bei, "real", **SLOW),
    Row(sp.ker, "positive", **SLOW),
    Row(sp.kei, "positive", **SLOW),
    Row(sp.berp, "real", **SLOW),
    Row(sp.beip, "real", **SLOW),
    Row(sp.kerp, "positive", **SLOW),
    Row(sp.keip, "positive", **SLOW),
    Row(sp.kelvin, "positive", **SLOW),
    Row(sp.pbdv, "real", call=lambda x: sp.pbdv(1.5, x), **SLOW),
    Row(sp.pbvv, "real", call=lambda x: sp.pbvv(1.5, x), **SLOW),
    Row(sp.pbwa, "real", call=lambda x: sp.pbwa(1.5, x), **SLOW),
    *[
        Row(f, "positive", call=lambda x, f=f: f(2, Q, x), **SLOW)
        for f in (sp.mathieu_cem, sp.mathieu_sem)
    ],
    *[
        Row(f, "unit", call=lambda x, f=f: f(2, Q, x), **SLOW)
        for f in (sp.mathieu_modcem1, sp.mathieu_modcem2, sp.mathieu_modsem1, sp.mathieu_modsem2)
    ],
    # ---- integrals ----
    *[Row(f, "positive", **SLOW) for f in (sp.iti0k0, sp.itj0y0, sp.it2i0k0, sp.it2j0y0)],
    *[Row(f, "positive", **SLOW) for f in (sp.itstruve0, sp.itmodstruve0, sp.it2struve0)],
]
