"""Hypergeometric functions, Wright's, classical polynomials, Legendre functions: by the point.

DLMF 13, 15, 16, 18.9, 14.10, 10.46.  By a parameter or a degree there is no closed form.
"""

import numpy as np
import scipy.special as sp

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import rule
from autograd_lite.rules.special.stating import by_last

# ---- hypergeometric functions: 16.3.1, 13.3.15, 15.5.1, 13.3.22 ----


rule(sp.hyp0f1, **by_last(lambda v, z: sp.hyp0f1(v + 1, z) / v))
rule(sp.hyp1f1, **by_last(lambda a, b, z: a / b * sp.hyp1f1(a + 1, b + 1, z)))
rule(sp.hyp2f1, **by_last(lambda a, b, c, z: a * b / c * sp.hyp2f1(a + 1, b + 1, c + 1, z)))
rule(sp.hyperu, **by_last(lambda a, b, z: -a * sp.hyperu(a + 1, b + 1, z)))

# ---- Wright's Σ xᵏ / (k! Γ(ak + b)) ----

rule(sp.wright_bessel, **by_last(lambda a, b, x: sp.wright_bessel(a, a + b, x)))
if hasattr(sp, "log_wright_bessel"):  # since SciPy 1.14
    rule(
        sp.log_wright_bessel,
        x1=no_derivative,
        x2=no_derivative,
        x3=lambda g, y, x1, x2, x3: g * np.exp(sp.log_wright_bessel(x1, x1 + x2, x3) - y),
    )

# ---- polynomials of degree n: 18.9.15 to 18.9.28; shifted ones are those of 2x − 1 ----

rule(sp.eval_chebyt, **by_last(lambda n, x: n * sp.eval_chebyu(n - 1, x)))
rule(sp.eval_chebyu, **by_last(lambda n, x: 2 * sp.eval_gegenbauer(n - 1, 2.0, x)))
rule(sp.eval_chebyc, **by_last(lambda n, x: n * sp.eval_chebyu(n - 1, x / 2)))
rule(sp.eval_chebys, **by_last(lambda n, x: sp.eval_gegenbauer(n - 1, 2.0, x / 2)))
rule(sp.eval_sh_chebyt, **by_last(lambda n, x: 2 * n * sp.eval_chebyu(n - 1, 2 * x - 1)))
rule(
    sp.eval_sh_chebyu,
    **by_last(lambda n, x: 4 * sp.eval_gegenbauer(n - 1, 2.0, 2 * x - 1)),
)
rule(sp.eval_legendre, **by_last(lambda n, x: sp.eval_gegenbauer(n - 1, 1.5, x)))
rule(
    sp.eval_sh_legendre,
    **by_last(lambda n, x: 2 * sp.eval_gegenbauer(n - 1, 1.5, 2 * x - 1)),
)
rule(
    sp.eval_gegenbauer,
    **by_last(lambda n, a, x: 2 * a * sp.eval_gegenbauer(n - 1, a + 1, x)),
)
rule(sp.eval_laguerre, **by_last(lambda n, x: -sp.eval_genlaguerre(n - 1, 1.0, x)))
rule(sp.eval_genlaguerre, **by_last(lambda n, a, x: -sp.eval_genlaguerre(n - 1, a + 1, x)))
rule(
    sp.eval_jacobi,
    **by_last(lambda n, a, b, x: (n + a + b + 1) / 2 * sp.eval_jacobi(n - 1, a + 1, b + 1, x)),
)
rule(
    sp.eval_sh_jacobi,
    **by_last(lambda n, p, q, x: n * sp.eval_sh_jacobi(n - (n != 0), p + 2, q + 1, x)),
)
rule(
    sp.eval_hermite,
    x1=None,
    x2=lambda g, x1, x2: g * (2 * x1 * sp.eval_hermite(x1 - (x1 != 0), x2)),
)
rule(
    sp.eval_hermitenorm,
    x1=None,
    x2=lambda g, x1, x2: g * (x1 * sp.eval_hermitenorm(x1 - (x1 != 0), x2)),
)

# ---- Ferrers functions: 14.10.5 ----

rule(
    sp.lpmv,
    x1=no_derivative,
    x2=no_derivative,
    x3=lambda g, y, x1, x2, x3: (
        g * ((x2 * x3 * y - (x1 + x2) * sp.lpmv(x1, x2 - 1, x3)) / (x3 * x3 - 1))
    ),
)
