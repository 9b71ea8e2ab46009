"""The kill table: every rule of the engine made wrong in every way, and whether a check finds it.

    python -m tests.support.kill_table

prints it.  The calls on which the mutants are tried are drawn from the table of test rows, the
same every time.
"""

import copy
import operator
import warnings
from collections import Counter

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from scipy import special as sp

import autograd_lite as al
from autograd_lite import special
from autograd_lite.rules.elementwise import modified_bessel
from autograd_lite.rules.signal import bessel
from autograd_lite.rules.special.elementary import exprel
from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.spectra import hermitian_values, singular
from autograd_lite.testing import check_grads, kill_table
from tests.support.effort import PROFILE
from tests.support.rows import DISTINCT, QUICK, of_our_scipy
from tests.support.rows.row import BY_DIFFERENCES, MASK, Row, since
from tests.support.rows.row import cases as draws

TWICE = ((2, 3), (2, 3))

#: Shapes that let a mistake show, for rows that leave them open.
SHAPES = {
    1: [(3, 3, 2), (3, 2)],
    2: [((3, 3, 2), (3, 3, 2)), ((2,), (3, 3, 2)), ((3, 1), (1, 2)), ((3, 3, 2), (3, 1))],
    3: [((3, 2), (3, 2), (3, 2)), ((3, 1), (2,), ()), ((), (3, 1), (2,)), ((2,), (), (3, 2))],
    4: [((3, 2),) * 4, ((3, 1), (2,), (), (1, 2)), ((), (3, 1), (2,), (3, 1))],
    5: [((3, 2),) * 5, ((3, 1), (2,), (), (1, 2), (2,)), ((), (3, 1), (2,), (3, 1), ())],
}

#: Calls that the table of rows has no need of, or that are rarely drawn: steps which no function
#: makes by itself, operands that are stretched, indexing one array twice, options together.
MORE = [
    Row(bessel, "real", call=lambda x: bessel(x, n=1), **BY_DIFFERENCES),
    Row(modified_bessel, "real", call=lambda x: modified_bessel(x, n=1), step=False),
    Row(exprel, "real", call=lambda x: exprel(2, x), step=False),
    Row(operator.getitem, "real", call=lambda a: np.exp(a[0]) * a[0] + a[1:, 0]),
    Row(np.select, "real", "real", call=lambda a, b: np.select([MASK], [a], b), shapes=[TWICE]),
    Row(np.clip, "separated", "separated", call=lambda a, low: np.clip(a, low, None)),
    Row(np.matmul, "real", "real", shapes=[((2, 3), (4, 3, 2)), ((2, 1, 2, 3), (4, 3, 2))]),
    *since("2.2", "matvec", "real", "real", shapes=[((2, 3), (4, 3)), ((4, 2, 3), (3,))]),
    *since("2.2", "vecmat", "real", "real", shapes=[((2,), (4, 2, 3)), ((4, 2), (2, 3))]),
    Row(np.vecdot, "real", "real", shapes=[((3,), (2, 3)), ((2, 3), (3,))]),
    Row(np.dot, "real", "real", shapes=[((2, 3), ()), ((), (2, 3))]),
    Row(np.inner, "real", "real", shapes=[((2, 3), ()), ((), (2, 3))]),
    Row(np.linalg.solve, "invertible", "real", shapes=[((2, 2), (3, 2, 2))]),
    Row(np.vander, "real", shapes=[(3,)], increasing=[True]),
    Row(np.squeeze, "real", shapes=[(1, 2, 3)]),
    Row(special.logsumexp, "real", shapes=[(2, 3)], axis=[1], keepdims=[True], step=False),
    Row(
        special.logsumexp,
        *("real", "positive"),
        shapes=[TWICE],
        call=lambda a, b: special.logsumexp(a, 1, b, keepdims=True),
        step=False,
    ),
    *[
        Row(
            f,
            "separated",
            shapes=[(4,)],
            call=lambda a, f=f, q=q: f(a, q, weights=[1.0, 2.0, 9.0, 1.0], method="inverted_cdf"),
            step=False,
        )
        for f, q in ((np.quantile, 0.4), (np.percentile, 40.0))
    ],
    Row(np.nanprod, "some zeros", shapes=[(2, 3)], where=[MASK], initial=[2.0], step=False),
    *[
        Row(
            f,
            *("separated", "real"),
            shapes=[((2, 3), (1, 3))],
            call=lambda a, m, f=f, **options: f(a, axis=0, mean=m, where=MASK, **options),
            **{name: [0.5]},
            step=False,
        )
        for f in (np.var, np.std, np.nanvar, np.nanstd)
        for name in ("correction", "ddof")
    ],
]


class Refused:
    """A function with values, of which the derivative is refused: a rule that returns one is wrong.

    Here ``f(matrix, **options)[0]``.
    """

    def __init__(self, f, **options):
        self.f, self.options = f, options

    def __call__(self, a):
        found = self.f(a, **self.options)
        return found[0] if isinstance(found, tuple) else found


def check(f, args):
    """`check_grads` of the first derivative, or that there is none."""
    if not isinstance(f, Refused):
        check_grads(f, tuple(args), order=1)
        return
    value, pullback = al.vjp(f, *args)
    try:
        pullback(np.ones_like(value))
    except TypeError:
        return
    raise AssertionError("a derivative was returned that is refused")


#: A matrix with a singular value that 0.5 of the largest drops.
REGULAR = np.array([[3.0, 0.5], [0.5, 1.0]])
KNOTS, HEIGHTS = np.arange(3.0), np.array([0.5, -1.0, 2.0])
FIXED = [
    lambda: (np.interp, (np.array([0.3, 1.8]), KNOTS, HEIGHTS)),
    lambda: (lambda *a: np.interp(*a, left=1, right=2), (np.array([-1, 0.3, 3]), KNOTS, HEIGHTS)),
    *[
        lambda f=f, sign=sign: (
            lambda a: f(a, where=[True, True, False], initial=-9 * sign),
            (sign * np.array([0.5, 2.0, 2.0]),),
        )
        for f, sign in ((np.max, 1), (np.min, -1), (np.nanmax, 1), (np.nanmin, -1))
    ],
    *[
        lambda f=f: (lambda a: f(a, axis=0), (np.array([[0.5, 1.0], [2.0, -1.0], [1.5, 3.0]]),))
        for f in (np.fft.hfft, np.fft.ihfft)
    ],
    *[
        lambda name=name: (Refused(np.linalg.pinv, **{name: 0.5}), (REGULAR,))
        for name in ("rcond", "rtol")
    ],
    lambda: (np.fmod, (np.array([[5.3], [-7.1]]), np.array([2.0, 3.0]))),
    lambda: (sp.huber, (np.array([0.5, 1.0]), np.array([2.0, -3.0]))),
]

#: The same of SciPy's counterparts.
FIXED_OF_SCIPY = [
    *[
        lambda f=f, options=options: (Refused(f, **options), (REGULAR,))
        for f in (linalg.pinv, linalg.pinvh)
        for options in ({"atol": 2.0}, {"rtol": 0.5})
    ],
    *[lambda f=f: (f, (REGULAR,)) for f in (singular, hermitian_values)],
]

FOR_THE_CALLER = "the rule names the option only so that a caller may give it"
KEPT = "the gradient is brought to the kept shape, which with keepdims=True it has already"
BY_SHAPE = "the shapes of gradient and argument tell it"
WITHIN = "here other rules alone use it, and make each gradient for it alone"
TIES = "differs only where an element ties with the initial one, which is a kink"
ONE_RULE = "the rule is that of the root, which reads y; the variance does not"
CLIPPED = "a ≤ min(a, high) just where a ≤ high, and so on: the result says the same"
EDGE = "differs only where both arguments are at the edge, and there is no derivative"
SUPPORT = "the value only tells where the density is 0, and the rows are inside the support"
ORDER = "the order of the columns changes what the factors cost, not what they solve"
METHOD = "both methods compute the same convolution"
GENERAL = "of a Hermitian matrix the general formula is right, too"
ITSELF = "there the value is p itself"
NUMBER = "it is a number here, into which nothing can be written"

#: Mutants that are no mistakes, or none that shows, by patterns of their names.
EQUIVALENT = {
    "[!l]*: keepdims ignored": KEPT,
    "logsumexp by array: keepdims ignored": KEPT,
    "expand_dims by a: axis*": BY_SHAPE,
    "squeeze by a: axis*": BY_SHAPE,
    "svd by a: full_matrices ignored": BY_SHAPE,
    **{f"{f} by a: n ignored": BY_SHAPE for f in ("fft", "ifft", "hfft", "irfft")},
    "unwrap by p: axis + 1": FOR_THE_CALLER,
    "unwrap by p: * ignored": FOR_THE_CALLER,
    "real_if_close by a: tol ignored": FOR_THE_CALLER,
    "nan_to_num by x: * ignored": FOR_THE_CALLER,
    "sort by a: [ks]* ignored": FOR_THE_CALLER,
    "partition by a: k* ignored": FOR_THE_CALLER,
    "pinv by a: hermitian ignored": GENERAL,
    "*m?? by a: initial ignored": TIES,
    "*var by *: * for y": ONE_RULE,
    "clip by a: y for a_m*": CLIPPED,
    "clip by a_m*: y for a_max": CLIPPED,
    "nan_to_num by x: y for x": "differs at NaN alone, where there are no differences to take",
    "xlog*y by x1: y for x1": EDGE,
    "polygamma by x: writes into n": NUMBER,
    "gammainc* by x2: writes into x1": NUMBER,
    "betainc by x: writes into [ab]": NUMBER,
    "stdtr* by x2: writes into x1": NUMBER,
    "hyp1f1 by x3: writes into x[12]": NUMBER,
    "hyp2f1 by x4: writes into x[123]": NUMBER,
    "elliprd by x3: writes into g": WITHIN,
}
#: The same of the counterparts of SciPy's functions.
OF_SCIPY = {
    "convolved by ?: method ignored": METHOD,
    "stored_solve by *: permc_spec ignored": ORDER,
    "direction by ?: hermitian ignored": GENERAL,
    "applied by a: hermitian ignored": GENERAL,
    "bernoulli_sf by p: y for p": ITSELF,
    "bernoulli_cdf by p: y for p": "there the derivative does not depend on p",
    "nbinom_*[ds]f by p: writes into n": NUMBER,
    "*_logp[dm]f by *: * for y": SUPPORT,
    "norm_ppf by loc: * for *": "a quantile moves as the location does, whatever the others are",
}
REASONS = EQUIVALENT | (OF_SCIPY if PROFILE == "full" else {})


def large(row):
    """A row with arrays large enough for a mistake to show, where they are not prescribed."""
    row = copy.copy(row)
    row.shapes = row.shapes or SHAPES[len(row.domains)]
    vars(row).pop("all_shapes", None)
    return row


def drawn(row):
    """Calls of a row, more if it has options; the same every time."""
    found = []

    @settings(
        max_examples=6 + 6 * len(row.options),
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=draws(row))
    def collect(case):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            case.split()  # rejects what NumPy refuses, or warns of
        found.append(case)

    collect()
    return found


def calls(rows):
    """Some calls of each row, of which few have the same shapes and options."""
    cases = []
    for row in map(large, rows):
        alike = Counter()
        for case in drawn(row):
            kind = f"{case.shapes} {case.options}"
            alike[kind] += 1
            if alike[kind] <= 2:
                cases.append(case.split)
                cases += [case.of("c16").split] if row.complex else []
    return cases


#: A check that finds twice the gradient finds these, too, so they are for the full table.
AS_TWICE = ("sign", "half", "zero")


def table():
    """The table; that of the counterparts of SciPy's functions, which takes as long, in full.

    There many calls have to feel a mutant and pass, for what it writes into may be nobody else's.
    """
    if PROFILE == "full":
        cases = FIXED + FIXED_OF_SCIPY + calls([*DISTINCT, *MORE])
        return kill_table(cases, check, equivalent=REASONS, order=2, tries=20)
    rows = [row for row in QUICK if not of_our_scipy(row.function)]
    cases = FIXED + calls([*rows, *MORE])
    return kill_table(cases, check, equivalent=REASONS, order=2, without=AS_TWICE)


if __name__ == "__main__":
    print(table())
