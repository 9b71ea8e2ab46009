"""Functions of ``autograd_lite.special`` and of ``autograd_lite.scipy.special``."""

from autograd_lite import special
from autograd_lite.scipy import special as theirs
from tests.support.rows.row import AXES, FLAG, OMITTED, SLOW, Row

ROWS = [
    Row(special.polygamma, "positive", call=lambda x: special.polygamma(1, x)),
    Row(special.multigammaln, "above one", call=lambda a: special.multigammaln(a, 3), step=False),
    # ---- those of autograd_lite.scipy.special ----
    Row(theirs.comb, "above one", call=lambda n: theirs.comb(n, 1.0), step=False),
    Row(theirs.comb, "above one", "unit", **SLOW),
    Row(
        theirs.comb,
        *("above one", "positive"),
        call=lambda n, k: theirs.comb(n, k, repetition=True),
        **SLOW,
    ),
    Row(theirs.perm, "above one", "unit", **SLOW),
    Row(theirs.factorial, "positive", **SLOW),
    Row(theirs.diric, "real", call=lambda x: theirs.diric(x, 4), **SLOW),
    *[
        Row(
            f,
            "positive",
            call=lambda z, f=f, **options: f(2, z, **options),
            derivative=FLAG,
            **SLOW,
        )
        for f in (theirs.spherical_jn, theirs.spherical_yn)
    ],
    *[
        Row(
            f,
            "positive",
            call=lambda z, f=f, **options: f(2, z, **options),
            derivative=FLAG,
            **SLOW,
        )
        for f in (theirs.spherical_in, theirs.spherical_kn)
    ],
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
if hasattr(theirs, "sph_harm_y"):
    ROWS += [
        Row(theirs.legendre_p, "within one", call=lambda z: theirs.legendre_p(3, z), **SLOW),
        Row(
            theirs.assoc_legendre_p,
            "within one",
            call=lambda z, **options: theirs.assoc_legendre_p(3, 1, z, **options),
            norm=FLAG,
            branch_cut=[OMITTED, 2],
            **SLOW,
        ),
        Row(theirs.sph_legendre_p, "real", call=lambda t: theirs.sph_legendre_p(3, 1, t), **SLOW),
        *[  # of whose two derivatives one is taken
            Row(
                f,
                domain,
                call=lambda z, f=f, degrees=degrees, **options: f(*degrees, z, diff_n=1, **options),
                times=1,
                **options,
                **SLOW,
            )
            for f, domain, degrees, options in (
                (theirs.legendre_p, "within one", (3,), {}),
                (theirs.assoc_legendre_p, "above one", (3, 1), {"branch_cut": [3]}),
                (theirs.sph_legendre_p, "real", (3, 1), {}),
            )
        ],
        Row(
            theirs.sph_harm_y,
            "real",
            "real",
            call=lambda t, p: theirs.sph_harm_y(3, 1, t, p),
            **SLOW,
        ),
    ]
