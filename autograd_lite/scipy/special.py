"""``scipy.special`` whole: SciPy's ufuncs, and under their names the functions that are none.

SciPy hands its ufuncs to Tensors by itself, and what is made of them; others are primitives here.

>>> import autograd_lite as al
>>> from autograd_lite.scipy import special
>>> float(al.grad(special.expit)(0.0)), float(special.logsumexp([0.0, 0.0]).round(3))
(0.25, 0.693)
"""

from typing import Any

import numpy as np
import scipy.special as _theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.special.gamma import binom_slope, binom_slope_of_size, poch_slope
from autograd_lite.special import (  # noqa: F401 (they are listed below)
    log_softmax,
    logsumexp,
    multigammaln,
    polygamma,
    sinc,
    softmax,
)

__all__ = [
    *("assoc_legendre_p", "comb", "diric", "factorial", "legendre_p", "log_softmax", "logsumexp"),
    *("multigammaln", "perm", "polygamma", "sinc", "softmax", "sph_harm_y", "sph_legendre_p"),
    *("spherical_in", "spherical_jn", "spherical_kn", "spherical_yn"),
]

Array = Any


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What SciPy hands to Tensors by itself."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# ---- counts, by real numbers ----


@primitive
def comb(N: Array, k: Array, *, exact: bool = False, repetition: bool = False) -> Array:
    """The binomial coefficient N! / (k! (N − k)!), 0 unless 0 ≤ k ≤ N; SciPy's.

    With ``repetition`` that of N + k − 1 and k.  Elementwise; floats, or an integer if ``exact``.
    Derivatives by digamma functions (DLMF 5.2.2), 0 where the coefficient is 0.

    >>> from autograd_lite.scipy import special
    >>> float(special.comb(5, 2))
    10.0
    """
    return _theirs.comb(N, k, exact=exact, repetition=repetition)


def _is_count(N: Array, k: Array) -> Array:
    return (k <= N) & (N >= 0) & (k >= 0)


def _by_size(g: Array, y: Array, N: Array, k: Array, repetition: bool) -> Array:
    N, inside = (N + k - 1, y != 0) if repetition else (N, _is_count(N, k))
    return g * np.where(inside, binom_slope_of_size(N, k, y), 0)


def _by_choice(g: Array, y: Array, N: Array, k: Array, repetition: bool) -> Array:
    if not repetition:
        return g * np.where(_is_count(N, k), binom_slope(N, k, y), 0)
    N = N + k - 1
    return g * np.where(y != 0, binom_slope(N, k, y) + binom_slope_of_size(N, k, y), 0)


rule(comb, broadcasts=True, N=_by_size, k=_by_choice)


@primitive
def perm(N: Array, k: Array, exact: bool = False) -> Array:
    """The number of ordered choices N! / (N − k)!, 0 unless 0 ≤ k ≤ N; SciPy's.

    Elementwise; floats, or an integer if ``exact``.  Derivatives by digamma functions (DLMF
    5.2.2), 0 where the number is 0.

    >>> from autograd_lite.scipy import special
    >>> float(special.perm(5, 2))
    20.0
    """
    return _theirs.perm(N, k, exact=exact)


rule(
    perm,
    broadcasts=True,
    N=lambda g, y, N, k: g * np.where(_is_count(N, k), poch_slope(N - k + 1, k, y), 0),
    k=lambda g, y, N, k: (
        g * np.where(_is_count(N, k), y * _theirs.psi(N + 1) - poch_slope(N - k + 1, k, y), 0)
    ),
)


@primitive
def factorial(n: Array, exact: bool = False, extend: str = "zero") -> Array:
    """The factorial n! = Γ(n + 1), and 0 for n < 0 unless ``extend`` is "complex"; SciPy's.

    Elementwise, of the dtype of ``n``; an integer if ``exact``.  Derivative: n! ψ(n + 1) (DLMF
    5.2.2), and 0 where it is 0.

    >>> from autograd_lite.scipy import special
    >>> float(special.factorial(4.0))
    24.0
    """
    return _theirs.factorial(n, exact=exact, **({} if extend == "zero" else {"extend": extend}))


rule(
    factorial,
    n=lambda g, y, n: g * (y * _theirs.psi(np.where(y == 0, 0, n) + 1)),
)

# ---- Dirichlet's kernel: U of degree n − 1 at cos ½x, over n: DLMF 18.5.2 ----


@primitive
def diric(x: Array, n: Array) -> Array:
    """Dirichlet's periodic sinc sin(nx / 2) / (n sin(x / 2)), its limit ±1 at multiples of 2π.

    Elementwise in ``x`` and a positive integer ``n``, NaN for others; SciPy's.  By ``x`` there is
    a derivative, continuous everywhere.  (DLMF 18.5.2)

    >>> from autograd_lite.scipy import special
    >>> float(special.diric(0.0, 3))
    1.0
    """
    return _theirs.diric(x, n)


rule(
    diric,
    broadcasts=True,
    x=lambda g, x, n: -g * (np.sin(x / 2) * _theirs.eval_gegenbauer(n - 2, 2.0, np.cos(x / 2)) / n),
    n=None,
)

# ---- spherical Bessel functions: 10.51.1, 10.51.4 ----


@primitive
def spherical_jn(n: Array, z: Array, derivative: bool = False) -> Array:
    """The spherical Bessel function of the first kind, √(π / 2z) J of order n + ½; SciPy's.

    Elementwise in an order ``n`` ≥ 0 and ``z``, real or complex; or its ``derivative``.  It can be
    differentiated by ``z``.  (DLMF 10.47.3, 10.51.1)

    >>> from autograd_lite.scipy import special
    >>> float(special.spherical_jn(0, 0.0))
    1.0
    """
    return _theirs.spherical_jn(n, z, derivative)


@primitive
def spherical_yn(n: Array, z: Array, derivative: bool = False) -> Array:
    """The spherical Bessel function of the second kind, √(π / 2z) Y of order n + ½; SciPy's.

    As `spherical_jn`.  (DLMF 10.47.4, 10.51.1)

    >>> from autograd_lite.scipy import special
    >>> round(float(special.spherical_yn(0, 1.0)), 3)
    -0.54
    """
    return _theirs.spherical_yn(n, z, derivative)


@primitive
def spherical_in(n: Array, z: Array, derivative: bool = False) -> Array:
    """The modified spherical Bessel function √(π / 2z) I of order n + ½; SciPy's.

    As `spherical_jn`.  (DLMF 10.47.7, 10.51.4)

    >>> from autograd_lite.scipy import special
    >>> float(special.spherical_in(0, 0.0))
    1.0
    """
    return _theirs.spherical_in(n, z, derivative)


@primitive
def spherical_kn(n: Array, z: Array, derivative: bool = False) -> Array:
    """The modified spherical Bessel function √(π / 2z) K of order n + ½; SciPy's.

    As `spherical_jn`.  (DLMF 10.47.9, 10.51.5)

    >>> from autograd_lite.scipy import special
    >>> round(float(special.spherical_kn(0, 1.0)), 3)
    0.578
    """
    return _theirs.spherical_kn(n, z, derivative)


def _state_spherical(function: Any, below: int, above: int) -> None:
    """(2n + 1) f′ = ± n f of order n − 1 ± (n + 1) f of order n + 1, for f′ in place of f too."""

    def by_point(g: Array, n: Array, z: Array, derivative: bool) -> Array:
        lower = function(n - (n != 0), z, derivative)  # times 0 for n = 0
        upper = function(n + 1, z, derivative)
        return g * ((below * n * lower + above * (n + 1) * upper) / (2 * n + 1))

    rule(function, broadcasts=True, n=None, z=by_point)


_state_spherical(spherical_jn, 1, -1)
_state_spherical(spherical_yn, 1, -1)
_state_spherical(spherical_in, 1, 1)
_state_spherical(spherical_kn, -1, -1)

# ---- Legendre functions: SciPy has two derivatives, which ``diff_n`` counts ----


@primitive
def _legendre(n: Array, z: Array, *, diff_n: int = 0) -> Array:
    return _theirs.legendre_p(n, z, diff_n=diff_n)[diff_n]


@primitive
def _assoc_legendre(
    n: Array, m: Array, z: Array, *, branch_cut: int = 2, norm: bool = False, diff_n: int = 0
) -> Array:
    options = {"branch_cut": branch_cut, "norm": norm, "diff_n": diff_n}
    return _theirs.assoc_legendre_p(n, m, z, **options)[diff_n]


@primitive
def _sph_legendre(n: Array, m: Array, theta: Array, *, diff_n: int = 0) -> Array:
    return _theirs.sph_legendre_p(n, m, theta, diff_n=diff_n)[diff_n]


def _up_to(function: Any, args: tuple[Array, ...], diff_n: int, **options: Any) -> Array:
    """SciPy's result: the value and its derivatives up to an order, along the first axis."""
    return np.stack([function(*args, diff_n=k, **options) for k in range(diff_n + 1)])


rule(
    _legendre,
    broadcasts=True,
    n=None,
    z=lambda g, n, z, diff_n: g * _legendre(n, z, diff_n=diff_n + 1),
)
rule(
    _assoc_legendre,
    broadcasts=True,
    n=None,
    m=None,
    z=lambda g, n, m, z, branch_cut, norm, diff_n: (
        g * _assoc_legendre(n, m, z, branch_cut=branch_cut, norm=norm, diff_n=diff_n + 1)
    ),
)
rule(
    _sph_legendre,
    broadcasts=True,
    n=None,
    m=None,
    theta=lambda g, n, m, theta, diff_n: g * _sph_legendre(n, m, theta, diff_n=diff_n + 1),
)


def legendre_p(n: Array, z: Array, *, diff_n: int = 0) -> Array:
    """Legendre's polynomial of degree ``n`` at ``z``, and ``diff_n`` derivatives; SciPy's.

    Elementwise in an integer ``n`` and ``z``, real or complex.  The value and the derivatives are
    along the first axis, of length ``diff_n`` + 1.  Of the value two derivatives by ``z`` are to be
    had, of the last of two none: a ValueError.  (DLMF 18.5.7)

    >>> from autograd_lite.scipy import special
    >>> special.legendre_p(2, 1.0)
    array([1.])
    """
    return _up_to(_legendre, (n, z), diff_n)


def assoc_legendre_p(
    n: Array, m: Array, z: Array, *, branch_cut: int = 2, norm: bool = False, diff_n: int = 0
) -> Array:
    """The associated Legendre function of degree ``n`` and order ``m`` at ``z``; SciPy's.

    As `legendre_p`; ``branch_cut`` says where a complex one is cut, and ``norm`` whether the
    integral of its square is 1.  (DLMF 14.3.1)

    >>> from autograd_lite.scipy import special
    >>> special.assoc_legendre_p(1, 0, 0.5)
    array([0.5])
    """
    return _up_to(_assoc_legendre, (n, m, z), diff_n, branch_cut=branch_cut, norm=norm)


def sph_legendre_p(n: Array, m: Array, theta: Array, *, diff_n: int = 0) -> Array:
    """The spherical Legendre function of degree ``n`` and order ``m`` at an angle; SciPy's.

    As `legendre_p`, by the angle ``theta`` from the pole.  It is the spherical harmonic at
    longitude 0.  (DLMF 14.30.1)

    >>> from autograd_lite.scipy import special
    >>> special.sph_legendre_p(0, 0, 0.5).round(3)
    array([0.282])
    """
    return _up_to(_sph_legendre, (n, m, theta), diff_n)


@primitive
def _harmonic(n: Array, m: Array, theta: Array, phi: Array) -> Array:
    return _theirs.sph_harm_y(n, m, theta, phi)


def _step(n: Array, m: Array) -> Array:
    """The factor of a step up in m; of one that leaves |m| ≤ n, 0."""
    return np.sqrt(np.maximum((n - m) * (n + m + 1), 0))


def _ladder(n: Array, m: Array, theta: Array, phi: Array) -> Array:
    """By θ, with no pole there: half of a step up less a step down in m, by 14.10.1 and 14.30.1.

    SciPy takes an angle below 0 for the positive one.
    """
    up = _step(n, m) * np.exp(-1j * phi) * _harmonic(n, m + 1, theta, phi)
    down = _step(n, -m) * np.exp(1j * phi) * _harmonic(n, m - 1, theta, phi)
    return np.where(np.sin(theta) < 0, down - up, up - down) / 2


rule(
    _harmonic,
    broadcasts=True,
    n=None,
    m=None,
    theta=lambda g, n, m, theta, phi: g * _ladder(n, m, theta, phi),
    phi=lambda g, y, m: g * (1j * m * y),
)


def sph_harm_y(n: Array, m: Array, theta: Array, phi: Array, *, diff_n: int = 0) -> Array:
    """The spherical harmonic of degree ``n`` and order ``m`` at two angles; SciPy's.

    ``theta`` is from the pole, ``phi`` the longitude.  Complex, elementwise in integers ``n`` ≥ |m|
    and the angles, by which it can be differentiated to every order.  With ``diff_n``, SciPy's own
    derivatives of plain arrays.
    (DLMF 14.30.1)

    >>> from autograd_lite.scipy import special
    >>> round(float(special.sph_harm_y(0, 0, 0.5, 0.5).real), 3)
    0.282
    """
    if diff_n:
        return _theirs.sph_harm_y(n, m, theta, phi, diff_n=diff_n)
    return _harmonic(n, m, theta, phi)


for _name in ("legendre_p", "assoc_legendre_p", "sph_legendre_p", "sph_harm_y"):
    if not hasattr(_theirs, _name):  # before SciPy 1.15
        __all__.remove(_name)
        del globals()[_name]
