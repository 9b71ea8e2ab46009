"""Powers, exponentials, logarithms, entropies, losses."""

import scipy.special as sp

from tests.support.rows.row import SLOW, Row

ROWS = [
    # ---- logistic function ----
    Row(sp.expit, "real", step=False),
    Row(sp.log_expit, "real", step=False),
    Row(sp.logit, "unit", step=False),
    Row(sp.exprel, "real", step=False),
    # ---- powers and angles ----
    Row(sp.exp2, "real", **SLOW),
    Row(sp.exp10, "real", **SLOW),
    Row(sp.expm1, "real", slow=True),
    Row(sp.log1p, "positive", slow=True),
    Row(sp.cosm1, "real", **SLOW),
    Row(sp.cbrt, "positive", **SLOW),
    Row(sp.powm1, "positive", "real", **SLOW),
    Row(sp.sindg, "real", **SLOW),
    Row(sp.cosdg, "real", **SLOW),
    Row(sp.tandg, "real", **SLOW),
    Row(sp.cotdg, "positive", **SLOW),
    Row(sp.radian, "real", "real", "real", **SLOW),
    # ---- Box and Cox ----
    Row(sp.boxcox, "positive", "nonzero", step=False),
    Row(sp.boxcox1p, "positive", "nonzero", **SLOW),
    Row(sp.inv_boxcox, "positive", "positive", **SLOW),
    Row(sp.inv_boxcox1p, "positive", "positive", **SLOW),
    # ---- entropies ----
    Row(sp.xlogy, "real", "positive"),
    Row(sp.xlog1py, "real", "positive"),
    Row(sp.entr, "positive", step=False),
    Row(sp.rel_entr, "positive", "positive", step=False),
    Row(sp.kl_div, "positive", "positive", step=False),
    # ---- Huber's loss ----
    Row(sp.huber, "positive", "separated", step=False),
    Row(sp.pseudo_huber, "positive", "real", step=False),
]
