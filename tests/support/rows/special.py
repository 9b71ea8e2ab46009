"""Functions of SciPy, and those of ``autograd_lite.special``."""

import scipy.special as sp

from autograd_lite import special
from tests.support.rows.row import AXES, BY_DIFFERENCES, FLAG, Row

ROWS = [
    # ---- gamma function ----
    Row(special.polygamma, "positive", call=lambda x: special.polygamma(1, x)),
    Row(special.multigammaln, "above one", call=lambda a: special.multigammaln(a, 3), step=False),
    Row(sp.psi, "positive"),
    Row(sp.digamma, "positive"),
    Row(sp.gamma, "positive"),
    Row(sp.rgamma, "real", **BY_DIFFERENCES),
    Row(sp.gammaln, "positive", step=False),
    Row(sp.loggamma, "positive"),
    # ---- beta function ----
    Row(sp.beta, "positive", "positive", step=False),
    Row(sp.betaln, "positive", "positive", step=False),
    # ---- incomplete gamma and beta functions ----
    Row(sp.gammainc, "positive", call=lambda x: sp.gammainc(1.5, x), step=False),
    Row(sp.gammaincc, "positive", call=lambda x: sp.gammaincc(1.5, x), step=False),
    Row(sp.betainc, "unit", call=lambda x: sp.betainc(1.5, 2.5, x), step=False),
    # ---- Student's t, hypergeometric function, exponential and elliptic integrals ----
    Row(sp.stdtr, "real", call=lambda t: sp.stdtr(4.0, t), step=False),
    Row(sp.hyp2f1, "unit", call=lambda z: sp.hyp2f1(0.5, 1.5, 2.5, z), step=False),
    Row(sp.expi, "positive", step=False),
    Row(sp.exp1, "positive", step=False),
    Row(sp.ellipk, "unit", step=False),
    Row(sp.ellipe, "unit", step=False),
    # ---- error function ----
    Row(sp.erf, "real"),
    Row(sp.erfc, "real"),
    Row(sp.erfcx, "real"),
    Row(sp.erfinv, "within one", step=False),
    Row(sp.erfcinv, "unit", step=False),
    # ---- normal distribution ----
    Row(sp.ndtr, "real"),
    Row(sp.ndtri, "unit", step=False),
    Row(sp.log_ndtr, "real"),
    # ---- logistic function ----
    Row(sp.expit, "real", step=False),
    Row(sp.log_expit, "real", step=False),
    Row(sp.logit, "unit", step=False),
    Row(sp.exprel, "real", step=False),
    # ---- Bessel functions ----
    Row(sp.j0, "real", step=False),
    Row(sp.j1, "real", step=False),
    Row(sp.y0, "positive", step=False),
    Row(sp.y1, "positive", step=False),
    Row(sp.jn, "integers", "nonzero", **BY_DIFFERENCES),
    Row(sp.yn, "integers", "positive", step=False),
    Row(sp.i0, "real", step=False),
    Row(sp.i1, "real", step=False),
    Row(sp.iv, "integers", "nonzero", **BY_DIFFERENCES),
    Row(sp.k0, "positive", step=False),
    Row(sp.k1, "positive", step=False),
    Row(sp.kv, "integers", "positive", step=False),
    Row(sp.ive, "integers", "nonzero", **BY_DIFFERENCES),
    # ---- entropies ----
    Row(sp.xlogy, "real", "positive"),
    Row(sp.xlog1py, "real", "positive"),
    Row(sp.entr, "positive", step=False),
    Row(sp.rel_entr, "positive", "positive", step=False),
    Row(sp.kl_div, "positive", "positive", step=False),
    # ---- Huber's loss ----
    Row(sp.huber, "positive", "separated", step=False),
    Row(sp.pseudo_huber, "positive", "real", step=False),
    # ---- along axes ----
    Row(special.softmax, "real", axis=AXES, step=False),
    Row(special.log_softmax, "real", axis=AXES, step=False),
    Row(special.logsumexp, "real", side=1, axis=AXES, keepdims=FLAG, step=False),
    Row(
        special.logsumexp,
        "real",
        "positive",
        side=1,
        call=lambda a, b, **options: special.logsumexp(a, b=b, **options),
        axis=AXES,
        keepdims=FLAG,
        step=False,
    ),
]
