"""SciPy's functions against JAX's and HIPS autograd's of the same names: gradients, orders 1 and 2.

A table says with what each is called.  What both have and the table lacks fails, so it is whole.
"""

import importlib
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

import autograd_lite as al

pytest.importorskip("scipy")


def jax_engine():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield SimpleNamespace(
        name="jax",
        grad=jax.grad,
        numpy=importlib.import_module("jax.numpy"),
        module=lambda name: importlib.import_module(f"jax.scipy.{name}"),
    )
    jax.config.update("jax_enable_x64", before)


def hips_engine():
    autograd = pytest.importorskip("autograd", reason="HIPS autograd is not installed")
    yield SimpleNamespace(
        name="autograd",
        grad=autograd.grad,
        numpy=importlib.import_module("autograd.numpy"),
        module=lambda name: importlib.import_module(f"autograd.scipy.{name}"),
    )


PEERS = [
    pytest.param(jax_engine, id="jax", marks=pytest.mark.slow),  # it compiles every function
    pytest.param(hips_engine, id="autograd"),
]


@pytest.fixture(scope="module", params=PEERS)
def peer(request):
    yield from request.param()


OURS = SimpleNamespace(
    name="autograd_lite",
    grad=al.grad,
    numpy=np,
    module=lambda name: importlib.import_module(f"autograd_lite.scipy.{name}"),
)


def derivatives(engine, f, args, by, weights, order):
    """The gradients of Σ w f, and at order 2 those of their product with some direction."""
    numpy = engine.numpy

    def loss(*args):
        return numpy.sum(weights[-1] * f(*args))

    first = engine.grad(loss, by)

    def slope(*args):
        return sum(numpy.sum(w * g) for w, g in zip(weights, first(*args)))

    return [*first(*args), *(engine.grad(slope, by)(*args) if order == 2 else ())]


def compare(peer, call, args, by, order=2):
    """The derivatives of ``call(engine, *args)`` by some of the arguments."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=np.shape(args[i])) for i in by]
    weights.append(rng.normal(size=np.shape(call(OURS, *args))))
    found = derivatives(OURS, partial(call, OURS), args, by, weights, order)
    try:
        expected = derivatives(peer, partial(call, peer), args, by, weights, order)
    except NotImplementedError as error:
        pytest.skip(f"{peer.name} has no such derivative: {error}")
    for a, b in zip(found, expected, strict=True):
        size = max(1.0, np.max(np.abs(np.asarray(b))))
        np.testing.assert_allclose(a, np.asarray(b), rtol=1e-6, atol=1e-6 * size)


# ---- distributions ----

METHODS = ("logpdf", "pdf", "logpmf", "pmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")

#: Points of the standard form.
REAL, POSITIVE, UNIT = (np.array(x) for x in ([-1.3, 0.4, 2.1], [0.7, 1.1, 2.9], [0.2, 0.5, 0.8]))
COUNTS = np.array([1.0, 2.0, 4.0])
LOC, SCALE = 0.3, 1.4

#: For each distribution its points, and its shapes.
CONTINUOUS = {
    "norm": (REAL,),
    "cauchy": (REAL,),
    "laplace": (REAL,),
    "logistic": (REAL,),
    "gumbel_l": (REAL,),
    "gumbel_r": (REAL,),
    "expon": (POSITIVE,),
    "uniform": (UNIT,),
    "gamma": (POSITIVE, 2.3),
    "chi2": (POSITIVE, 3.0),
    "t": (REAL, 3.3),
    "gennorm": (REAL, 1.7),
    "pareto": (POSITIVE + 1, 2.3),
    "beta": (UNIT, 1.7, 2.6),
    "truncnorm": (UNIT, -1.0, 1.5),
    "vonmises": (UNIT, 1.2),
    "wrapcauchy": (UNIT, 0.4),
}
DISCRETE = {
    "poisson": (COUNTS, 2.4),
    "geom": (COUNTS, 0.3),
    "bernoulli": (COUNTS > 1, 0.3),
    "binom": (COUNTS, 5.0, 0.3),
    "nbinom": (COUNTS, 2.5, 0.4),
    "betabinom": (COUNTS, 5.0, 1.6, 2.3),
}
#: Derivatives that the peer has not, or not at order 2, by the place of the argument.
LACKING = {
    "autograd": {
        *[("chi2", method, 1) for method in METHODS],
        *[(name, "cdf", 1) for name in ("gamma", "beta")],
        *[("t", method, i) for method in ("cdf", "logcdf") for i in (1, 2, 3)],
        ("beta", "cdf", 2),
    },
    "jax": {
        *[(f"gumbel_{side}", method, 2) for side in "lr" for method in ("logpdf", "pdf")],
        *[(f"gumbel_{side}", "ppf", 0) for side in "lr"],
        *[(name, method, 1) for name in ("gamma", "chi2", "beta") for method in METHODS[4:]],
        *[("beta", method, 2) for method in METHODS[4:]],
        ("gennorm", "cdf", 1),
    },
}
#: Whose location and scale the peer does not know.
STANDARD = {
    "autograd": {"gamma", "chi2", "beta"},
    "jax": {"gennorm", "vonmises", "wrapcauchy"},
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*CONTINUOUS, *DISCRETE])
def test_distributions(peer, name, method):
    dist = getattr(peer.module("stats"), name, None)
    if not hasattr(dist, method) or method not in getattr(OURS.module("stats"), name).methods:
        pytest.skip(f"{peer.name} and we have no {name}.{method} in common")
    x, *values = (CONTINUOUS | DISCRETE)[name]
    places = name in CONTINUOUS and name not in STANDARD[peer.name]
    if method in ("ppf", "isf"):
        x = np.array([0.2, 0.5, 0.7])
    elif places:
        x = LOC + SCALE * x
    args = (x, *values, *((LOC, SCALE) if places else ()))
    first = int(name in DISCRETE) + (name in ("binom", "betabinom", "nbinom"))
    by = tuple(i for i in range(first, len(args)) if (name, method, i) not in LACKING[peer.name])
    call = lambda engine, *args: getattr(getattr(engine.module("stats"), name), method)(*args)
    compare(peer, call, args, by)


# ---- scipy.special ----

AROUND, NEAR = np.array([-0.7, 0.2, 0.8]), np.array([0.3, 1.2, 2.5])
SEVERAL = np.array([[0.3, -1.2, 0.8], [0.1, 0.9, 2.0]])

#: The arguments of each function; those that are whole numbers or keywords are constant.
SPECIAL = {
    "beta": (NEAR, 1.4),
    "betainc": (1.7, 2.6, UNIT),
    "betaln": (NEAR, 1.4),
    "boxcox": (NEAR, 0.7),
    "boxcox1p": (NEAR, 0.7),
    "dawsn": (AROUND,),
    "digamma": (NEAR,),
    "entr": (NEAR,),
    "erf": (AROUND,),
    "erfc": (AROUND,),
    "erfcinv": (NEAR / 2,),
    "erfcx": (AROUND,),
    "erfinv": (AROUND,),
    "exp1": (NEAR,),
    "expi": (NEAR,),
    "expit": (AROUND,),
    "expn": (2, NEAR),
    "gamma": (NEAR,),
    "gammainc": (1.7, NEAR),
    "gammaincc": (1.7, NEAR),
    "gammaln": (NEAR,),
    "hyp1f1": (1.7, 2.6, AROUND),
    "hyp2f1": (1.7, 2.6, 3.1, AROUND / 2),
    "i0": (AROUND,),
    "i0e": (AROUND,),
    "i1": (AROUND,),
    "i1e": (AROUND,),
    "iv": (2, NEAR),
    "ive": (2, NEAR),
    "j0": (NEAR,),
    "j1": (NEAR,),
    "jn": (2, NEAR),
    "kl_div": (NEAR, 1.4),
    "log_ndtr": (AROUND,),
    "log_softmax": (SEVERAL,),
    "loggamma": (NEAR,),
    "logit": (UNIT,),
    "logsumexp": (SEVERAL,),
    "multigammaln": (NEAR + 2, 3),
    "ndtr": (AROUND,),
    "ndtri": (UNIT,),
    "owens_t": (AROUND, 0.6),
    "poch": (NEAR, 1.4),
    "polygamma": (1, NEAR),
    "psi": (NEAR,),
    "rel_entr": (NEAR, 1.4),
    "rgamma": (NEAR,),
    "softmax": (SEVERAL,),
    "spence": (np.array([0.3, 0.6, 2.5]),),  # from 1 to 1.5 JAX's slope is NaN
    "xlog1py": (NEAR, 1.4),
    "xlogy": (NEAR, 1.4),
    "y0": (NEAR,),
    "y1": (NEAR,),
    "yn": (2, NEAR),
    "zeta": (NEAR + 1.5, 1.4),
}
#: Here no closed form is known.
NO_CLOSED_FORM = {
    *[(name, i) for name in ("betainc", "hyp1f1") for i in (0, 1)],
    *[("hyp2f1", i) for i in range(3)],
    *(("gammainc", 0), ("gammaincc", 0), ("zeta", 0)),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_special(peer, name):
    if not hasattr(peer.module("special"), name):
        pytest.skip(f"{peer.name} has no {name}")
    args = SPECIAL[name]
    by = tuple(
        i
        for i, x in enumerate(args)
        if type(x) is not int and (name, i) not in LACKING[peer.name] | NO_CLOSED_FORM
    )
    call = lambda engine, *args: getattr(engine.module("special"), name)(*args)
    once = (peer.name, name) in (("jax", "exp1"), ("jax", "expn"))  # JAX fails at order 2
    compare(peer, call, args, by, order=1 if once else 2)


# ---- vectors and matrices ----

SQUARE = np.array([[3.0, 0.7, -0.2], [0.4, 2.0, 0.5], [0.1, -0.6, 1.5]])
B = np.array([1.0, 2.0, -1.0])
C = np.array([[1.0, 0.5, -0.3], [0.2, -1.0, 0.7], [0.4, 0.6, 2.0]])


def definite(a):
    """Of a change of it, all conventions about symmetric matrices say the same."""
    return a @ a.T + 2 * np.eye(3)


#: Functions of a module and a vector that is positive.
OF_VECTORS = {
    "dirichlet": lambda m, a: m.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), a),
    "gaussian_kde": lambda m, a: m.gaussian_kde(a).logpdf(REAL),
    "multinomial": lambda m, a: m.multinomial.logpmf(np.array([2, 1, 3]), 6, a / a.sum()),
    "multivariate_normal": lambda m, a: m.multivariate_normal.logpdf(B, a, definite(SQUARE)),
}
#: And of one and a matrix.
OF_MATRICES = {
    "block_diag": lambda m, a: m.block_diag(a, C),
    "cho_factor": lambda m, a: m.cho_solve(m.cho_factor(definite(a)), B),
    "cho_solve": lambda m, a: m.cho_solve((a, True), B),
    "cholesky": lambda m, a: m.cholesky(definite(a)),
    "circulant": lambda m, a: m.circulant(a[0]),
    "det": lambda m, a: m.det(a),
    "eigh": lambda m, a: m.eigh(definite(a))[0],
    "expm": lambda m, a: m.expm(a),
    "expm_frechet": lambda m, a: m.expm_frechet(a, C, compute_expm=False),
    "hankel": lambda m, a: m.hankel(a[0], a[1]),
    "inv": lambda m, a: m.inv(a),
    "lu": lambda m, a: m.lu(a)[1] + 2 * m.lu(a)[2],
    "lu_factor": lambda m, a: m.lu_factor(a)[0],
    "lu_solve": lambda m, a: m.lu_solve(m.lu_factor(a), B, trans=1),
    "polar": lambda m, a: m.polar(a)[0],
    "qr": lambda m, a: m.qr(a)[0],
    "solve": lambda m, a: m.solve(a, B),
    "solve_banded": lambda m, a: m.solve_banded((1, 1), a, B),
    "solve_sylvester": lambda m, a: m.solve_sylvester(a, C + 4 * np.eye(3), C),
    "solve_triangular": lambda m, a: m.solve_triangular(a, B, lower=True, trans=1),
    "sqrtm": lambda m, a: m.sqrtm(a),
    "svd": lambda m, a: m.svd(a)[1],
    "toeplitz": lambda m, a: m.toeplitz(a[0], a[1]),
}


UNREAD = {
    ("autograd", "cho_solve"): "HIPS autograd finds no array in a tuple",
    ("jax", "polar"): "JAX does not differentiate its loop",
}


@pytest.mark.parametrize(
    "module, name",
    [*[("stats", name) for name in OF_VECTORS], *[("linalg", name) for name in OF_MATRICES]],
)
def test_vectors_and_matrices(peer, module, name):
    if not hasattr(peer.module(module), name):
        pytest.skip(f"{peer.name} has no {name}")
    if (peer.name, name) in UNREAD:
        pytest.skip(UNREAD[peer.name, name])
    f, x = (OF_VECTORS[name], NEAR) if module == "stats" else (OF_MATRICES[name], SQUARE)
    call = lambda engine, x: f(engine.module(module), x)
    compare(peer, call, (x,), (0,))


# ---- the tables are whole ----

#: What both have, and what is not compared: results that do not vary, or are several or complex.
APART = {
    "special": {
        "bernoulli",
        "comb",
        "factorial",
        "fresnel",
        "gammasgn",
        "sici",
        "sph_harm_y",
        "wofz",
    },
    "stats": {"mode", "rankdata"},
    "linalg": {"funm"},
}


def test_what_both_have_is_compared(peer):
    import scipy.special

    tables = {
        "stats": (OURS.module("stats").__all__, {*CONTINUOUS, *DISCRETE, *OF_VECTORS}),
        "special": (scipy.special.__all__, {*SPECIAL}),
        "linalg": (OURS.module("linalg").__all__, {*OF_MATRICES}),
    }
    if peer.name == "autograd":  # it wraps all of scipy.linalg, nearly all without derivatives
        del tables["linalg"]
    for module, (ours, compared) in tables.items():
        shared = {name for name in ours if hasattr(peer.module(module), name)}
        absent = shared - compared - APART[module]
        assert not absent, f"{peer.name} and we have these of scipy.{module}: {sorted(absent)}"
