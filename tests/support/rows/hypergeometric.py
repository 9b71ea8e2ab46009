"""Hypergeometric functions and polynomials."""

import scipy.special as sp

from tests.support.rows.row import SLOW, Row

ROWS = [
    Row(sp.hyp0f1, "real", call=lambda z: sp.hyp0f1(1.5, z), **SLOW, complex=True),
    Row(sp.hyp1f1, "real", call=lambda z: sp.hyp1f1(0.5, 1.5, z), step=False, complex=True),
    Row(sp.hyp2f1, "unit", call=lambda z: sp.hyp2f1(0.5, 1.5, 2.5, z), step=False),
    Row(sp.hyperu, "positive", call=lambda z: sp.hyperu(0.5, 1.5, z), **SLOW),
    Row(sp.wright_bessel, "positive", call=lambda x: sp.wright_bessel(0.5, 1.5, x), **SLOW),
    *[
        Row(f, "positive", call=lambda x, f=f: f(0.5, 1.5, x), **SLOW)
        for f in (getattr(sp, "log_wright_bessel", None),)
        if f
    ],
    *[
        Row(
            getattr(sp, f"eval_{name}"),
            "unit",
            call=lambda x, name=name: getattr(sp, f"eval_{name}")(3, x),
            **SLOW,
        )
        for name in (
            "chebyt",
            "chebyu",
            "chebyc",
            "chebys",
            "legendre",
            "laguerre",
            "sh_chebyt",
            "sh_chebyu",
            "sh_legendre",
            "hermite",
            "hermitenorm",
        )
    ],
    Row(sp.eval_gegenbauer, "unit", call=lambda x: sp.eval_gegenbauer(3, 1.5, x), **SLOW),
    Row(sp.eval_genlaguerre, "unit", call=lambda x: sp.eval_genlaguerre(3, 1.5, x), **SLOW),
    Row(sp.eval_jacobi, "unit", call=lambda x: sp.eval_jacobi(3, 1.5, 0.5, x), **SLOW),
    Row(sp.eval_sh_jacobi, "unit", call=lambda x: sp.eval_sh_jacobi(3, 2.5, 1.5, x), **SLOW),
    Row(sp.lpmv, "within one", call=lambda x: sp.lpmv(1, 2.5, x), **SLOW),
]
