"""The gamma and beta functions, and the incomplete ones."""

import scipy.special as sp
from scipy.special import _ufuncs as private

from tests.support.rows.row import BY_DIFFERENCES, SLOW, Row

ROWS = [
    Row(sp.psi, "positive"),
    Row(sp.digamma, "positive"),
    Row(sp.gamma, "positive"),
    Row(sp.rgamma, "real", **BY_DIFFERENCES),
    Row(sp.gammaln, "positive", step=False),
    Row(sp.loggamma, "positive"),
    Row(private._zeta, "above one", call=lambda q: sp.zeta(2.5, q), step=False, slow=True),
    # ---- beta function, symbols ----
    Row(sp.beta, "positive", "positive", step=False),
    Row(sp.betaln, "positive", "positive", step=False),
    Row(sp.poch, "separated", "positive", step=False, slow=True),
    Row(sp.binom, "positive", "positive", step=False, slow=True),
    # ---- incomplete gamma and beta functions, their inverses ----
    Row(sp.gammainc, "positive", call=lambda x: sp.gammainc(1.5, x), step=False),
    Row(sp.gammaincc, "positive", call=lambda x: sp.gammaincc(1.5, x), step=False),
    Row(sp.gammaincinv, "unit", call=lambda p: sp.gammaincinv(1.5, p), **SLOW),
    Row(sp.gammainccinv, "unit", call=lambda p: sp.gammainccinv(1.5, p), **SLOW),
    Row(sp.betainc, "unit", call=lambda x: sp.betainc(1.5, 2.5, x), step=False),
    Row(sp.betaincc, "unit", call=lambda x: sp.betaincc(1.5, 2.5, x), **SLOW),
    Row(sp.betaincinv, "unit", call=lambda p: sp.betaincinv(1.5, 2.5, p), **SLOW),
    Row(sp.betainccinv, "unit", call=lambda p: sp.betainccinv(1.5, 2.5, p), **SLOW),
]
