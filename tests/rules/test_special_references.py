"""Special functions in tails, at edges and branch points, against numbers by mpmath."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import PRIMITIVES, read_late
from tests.support.special_references import POINTS, STORED, lines, split

sp = pytest.importorskip("scipy.special")

TABLE = STORED.read_text(encoding="utf-8").splitlines()


def function_of(name):
    """The function, or one of its results."""
    function, _, number = name.partition(".")
    f = getattr(sp, function)
    return (lambda *args: f(*args)[int(number)]) if number else f


@pytest.mark.filterwarnings("ignore:.*non-integer:DeprecationWarning")
@pytest.mark.parametrize("line", TABLE, ids=lambda line: "-".join(line.split("|")[0].split()))
def test_two_orders(line):
    name, args, (k, *expected) = split(line)
    f, k = function_of(name), int(k)
    slope = al.grad(lambda x: f(*args[:k], x, *args[k + 1 :]))
    expected = [float(e) for e in expected]
    np.testing.assert_allclose(slope(args[k]), expected[0], rtol=1e-12, atol=1e-20)
    np.testing.assert_allclose(al.grad(slope)(args[k]), expected[1], rtol=2e-10, atol=1e-20)


def test_every_point_is_in_the_table():
    asked = [
        f"{line.partition('|')[0].strip()} | {k}"
        for line in POINTS.strip().splitlines()
        for k in split(line)[2]
    ]
    assert [" ".join(line.split()[:-2]) for line in TABLE] == asked


@pytest.mark.parametrize("name", ["boxcox", "elliprd", "erfcx", "poch", "voigt_profile"])
def test_the_table_is_what_mpmath_says(name):
    mpmath = pytest.importorskip("mpmath")
    again = [*lines(mpmath, name)]
    assert again and again == [line for line in TABLE if line.startswith(f"{name} ")]


# ---- complex numbers ----


@pytest.mark.parametrize(
    "function, args",
    [
        *[(f, ()) for f in (sp.dawsn, sp.erfcx, sp.erfi, sp.wofz, sp.wrightomega, sp.spence)],
        *[(f, (1.5,)) for f in (sp.hankel1, sp.hankel2, sp.hankel1e, sp.hankel2e, sp.kve, sp.jve)],
        *[(f, (1.5,)) for f in (sp.yv, sp.yve, sp.hyp0f1)],
        *[(f, (0.7, 1.3)) for f in (sp.elliprd, sp.elliprf, sp.elliprg, sp.hyp1f1)],
        *[(f, ()) for f in (sp.airy, sp.airye, sp.sici, sp.shichi, sp.fresnel, sp.lambertw)],
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("z", [0.9 + 0.4j, -1.1 - 0.7j, 12.0 + 3.0j])
def test_complex(function, args, z):
    """With df = Re(Σ g dz), in every direction; the scaled ones are not analytic."""

    def f(z):
        y = function(*args, z)
        return np.stack(y if type(y) is tuple else [y])

    value, pullback = al.vjp(f, np.complex128(z))
    h = 1e-4
    for g in (1, 1j, 0.3 - 0.8j):
        cotangent = g * np.arange(1, len(value) + 1) / (1 + abs(value))
        (gradient,) = pullback(cotangent)
        for direction in (1, 1j):
            near, far = (f(z + h * k * direction) - f(z - h * k * direction) for k in (1, 2))
            change = np.real(np.sum(cotangent * (8 * near - far))) / (12 * h)
            np.testing.assert_allclose(np.real(gradient * direction), change, rtol=1e-7, atol=1e-9)


# ---- what is refused, and what is constant ----

read_late(sp.erf)
WITHOUT = [
    (f, name)
    for f in {f.__name__: f for f in vars(sp).values() if isinstance(f, np.ufunc)}.values()
    if f in PRIMITIVES and f.nin > 1
    for name, stated in PRIMITIVES[f].rules.items()
    if stated is no_derivative
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "function, argument", WITHOUT, ids=lambda value: getattr(value, "__name__", value)
)
def test_an_argument_without_a_closed_form_is_refused_by_name(function, argument):
    """And the remedy that the error names works: a plain value."""
    args, i = [np.float64(1.0)] * function.nin, int(argument[1:]) - 1
    args[i] = al.Tensor(1.0)
    with pytest.raises(TypeError, match=rf"{function.__name__} has no .*{argument}.*stop_gradient"):
        function(*args)
    args[i] = al.stop_gradient(args[i])
    with np.errstate(all="ignore"):
        function(*args)


def test_riemanns_zeta_is_refused_by_its_argument():
    with pytest.raises(TypeError, match=r"no closed form.*stop_gradient"):
        al.grad(sp.zeta)(2.3)
    with pytest.raises(TypeError, match=r"no closed form.*stop_gradient"):
        al.grad(lambda s: sp.zeta(s, 1.5))(2.3)
    assert al.grad(lambda q: sp.zeta(2.0, q))(1.5) == -2 * sp.zeta(3.0, 1.5)


def test_counts_are_constant():
    """SciPy rounds them down."""
    assert al.grad(lambda k: sp.pdtr(k, 1.3))(2.4) == 0
    assert al.grad(lambda k: sp.bdtr(k, 5, 0.3))(2.4) == 0


def test_infinite_slopes_are_infinite():
    """At the branch point of W, and at the ends of an inverse whose density is 0 there."""
    with np.errstate(divide="ignore"):
        assert np.isinf(al.grad(lambda p: sp.gammaincinv(3.0, p))(0.0))
