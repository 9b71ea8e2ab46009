"""Derivatives of SciPy's special functions; imported when one of them first meets a Tensor.

Numbers are those of NIST's Digital Library of Mathematical Functions, https://dlmf.nist.gov.
The derivatives by the order of a Bessel function, by the shape of an incomplete gamma or beta
function or of Student's t, and by the parameters of the hypergeometric function have no closed form
that is known: `no_derivative`.

Edges: ln y and x / y count as 0 where both arguments of ``xlogy`` are 0, and where those of
``xlog1py`` are 0 and -1.  So it is in ``rel_entr`` and ``kl_div``.  These two, by x, and ``entr``
have an infinite slope at x = 0 < y; so have ``logit`` at 0 and 1, ``erfinv`` and ``ndtri`` at the
ends.  ``huber`` is the parabola at its seams.  ``ive`` has slope 0 at 0, as |x| has.
"""

import math

import numpy as np
import scipy.special as sp

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import composed, constant, rule
from autograd_lite.core.tracked import branch

SQRT_PI = math.sqrt(math.pi)
SQRT_2PI = math.sqrt(2 * math.pi)


def either(where, x, there, elsewhere, harmless):
    """``there(x)`` where the condition holds, else ``elsewhere(x)``.

    In place of the points of the other formula, each gets the number ``harmless``: a NaN there
    would reach the derivatives.
    """
    if not branch(np.any(where)):
        return elsewhere(x)
    return np.where(
        where,
        there(np.where(where, x, harmless)),
        elsewhere(np.where(where, harmless, x)),
    )


# ---- gamma function: 5.2.2, ψ = Γ′ / Γ ----


@primitive(inline=True)
def polygamma(n, x):
    """(−1)ⁿ⁺¹ n! ζ(n + 1, x), by 25.11.12; ψ itself for n = 0."""
    if np.ndim(n) == 0:
        n = float(n)  # a Python number leaves float32 what it is
        return sp.psi(x) if n == 0 else (-1) ** (n + 1) * sp.gamma(n + 1).item() * zeta(n + 1, x)
    return np.where(n == 0, sp.psi(x), (-1.0) ** (n + 1) * sp.gamma(n + 1.0) * zeta(n + 1.0, x))


#: B₂ₖ / (2k)!, the coefficients of z / (eᶻ − 1).
BERNOULLI = (
    *(1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000),
    *(1 / 74724249600, -3617 / 10670622842880000),
)


def zeta(s, a):
    """Hurwitz's ζ(s, a); SciPy has it for real a only."""
    if not np.iscomplexobj(a):
        return sp.zeta(s, a)
    a = np.positive(a)
    terms = 16
    while branch(np.any(np.isfinite(a) & (a.real < 16 - terms))):
        terms += 1
    total = 0.0
    for _ in range(terms):  # 25.11.3
        total = total + a**-s
        a = a + 1
    term = s * a ** (-s - 1)
    total = total + a ** (1 - s) / (s - 1) + a**-s / 2  # 25.11.43
    for k, coefficient in enumerate(BERNOULLI):
        total = total + coefficient * term
        term = term * (s + 2 * k + 1) * (s + 2 * k + 2) / (a * a)
    return total


def rgamma_slope(y, x):
    """−ψ / Γ; left of ½ by reflection, 5.5.3, since ψ has poles there but 1 / Γ has none."""

    def reflected(x):
        turn = np.pi * x
        return sp.gamma(1 - x) * (np.cos(turn) - sp.psi(1 - x) * np.sin(turn) / np.pi)

    return either(np.real(x) < 0.5, x, reflected, lambda x: -y * sp.psi(x), 0.5)


rule(polygamma, broadcasts=True, n=no_derivative, x=lambda g, n, x: g * polygamma(n + 1, x))
rule(sp.psi, x=lambda g, x: g * polygamma(1, x))  # digamma is the same ufunc
rule(sp.gamma, x=lambda g, y, x: g * (y * sp.psi(x)))
rule(sp.rgamma, x=lambda g, y, x: g * rgamma_slope(y, x))
rule(sp.gammaln, x=lambda g, x: g * sp.psi(x))
rule(sp.loggamma, x=lambda g, x: g * sp.psi(x))
constant(sp.gammasgn)

# ---- beta function: 5.12.1, B(a, b) = Γ(a) Γ(b) / Γ(a + b) ----

rule(
    sp.beta,
    x1=lambda g, y, x1, x2: g * (y * (sp.psi(x1) - sp.psi(x1 + x2))),
    x2=lambda g, y, x1, x2: g * (y * (sp.psi(x2) - sp.psi(x1 + x2))),
)
rule(
    sp.betaln,
    x1=lambda g, x1, x2: g * (sp.psi(x1) - sp.psi(x1 + x2)),
    x2=lambda g, x1, x2: g * (sp.psi(x2) - sp.psi(x1 + x2)),
)

# ---- incomplete gamma and beta functions: 8.8.13, 8.17.1 ----


def gamma_density(a, x):
    """xᵃ⁻¹ e⁻ˣ / Γ(a), by logarithms, except at 0, where they are infinite."""
    return either(
        x == 0,
        x,
        lambda x: x ** (a - 1) * np.exp(-x) * sp.rgamma(a),
        lambda x: np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a)),
        1.0,
    )


def beta_density(a, b, x):
    """xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b), likewise; 0 at an end if B is too small for a number."""
    scale = sp.beta(a, b)
    return either(
        (x == 0) | (x == 1),
        x,
        lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / (scale + (scale == 0)),
        lambda x: np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b)),
        0.5,
    )


@primitive(inline=True)
def betainc(a, b, x):
    return sp.betainc(a, b, x)


rule(sp.gammainc, x1=no_derivative, x2=lambda g, x1, x2: g * gamma_density(x1, x2))
rule(sp.gammaincc, x1=no_derivative, x2=lambda g, x1, x2: -g * gamma_density(x1, x2))
rule(
    betainc,
    broadcasts=True,
    a=no_derivative,
    b=no_derivative,
    x=lambda g, a, b, x: g * beta_density(a, b, x),
)
composed(sp.betainc, betainc)

# ---- Student's t: its density; Gauss's hypergeometric function: 15.5.1 ----


def student_density(df, t):
    """(1 + t² / ν)^(−(ν + 1) / 2) / (√ν B(ν / 2, ½)), by logarithms."""
    scale = sp.betaln(df / 2, 0.5 + 0 * df) + np.log(df) / 2
    return np.exp(-(df + 1) / 2 * np.log1p(t * t / df) - scale)


rule(sp.stdtr, x1=no_derivative, x2=lambda g, x1, x2: g * student_density(x1, x2))
rule(
    sp.hyp2f1,
    x1=no_derivative,
    x2=no_derivative,
    x3=no_derivative,
    x4=lambda g, x1, x2, x3, x4: g * (x1 * x2 / x3 * sp.hyp2f1(x1 + 1, x2 + 1, x3 + 1, x4)),
)

# ---- exponential integrals: 6.2.5, 6.2.1 ----

rule(sp.expi, x=lambda g, x: g * (np.exp(x) / x))
rule(sp.exp1, x=lambda g, x: -g * (np.exp(-x) / x))

# ---- complete elliptic integrals, by m = k²: 19.4.1, 19.4.2; at 0, where that is 0 / 0, 19.5 ----


def hypergeometric(a, b, c, x):
    """F(a, b; c; x) for numbers, which SciPy takes in float64 unless all have the dtype of x."""
    zero = stop_gradient(0 * x)
    return sp.hyp2f1(a + zero, b + zero, c + zero, x)


def ellipk_slope(x):
    return either(
        abs(x) < 0.2,
        x,
        lambda x: math.pi / 8 * hypergeometric(1.5, 1.5, 2.0, x),
        lambda x: (sp.ellipe(x) / (1 - x) - sp.ellipk(x)) / (2 * x),
        0.2,
    )


def ellipe_slope(x):
    return either(
        abs(x) < 0.2,
        x,
        lambda x: -math.pi / 8 * hypergeometric(0.5, 1.5, 2.0, x),
        lambda x: (sp.ellipe(x) - sp.ellipk(x)) / (2 * x),
        0.2,
    )


rule(sp.ellipk, x=lambda g, x: g * ellipk_slope(x))
rule(sp.ellipe, x=lambda g, x: g * ellipe_slope(x))

# ---- error function: 7.2.1; scaled, 7.10.2 ----

rule(sp.erf, x=lambda g, x: g * (2 / SQRT_PI * np.exp(-x * x)))
rule(sp.erfc, x=lambda g, x: -g * (2 / SQRT_PI * np.exp(-x * x)))
rule(sp.erfcx, x=lambda g, y, x: g * (2 * x * y - 2 / SQRT_PI))
rule(sp.erfinv, x=lambda g, y: g * (SQRT_PI / 2 * np.exp(y * y)))
rule(sp.erfcinv, x=lambda g, y: -g * (SQRT_PI / 2 * np.exp(y * y)))

# ---- normal distribution: Φ(x) = erfc(−x / √2) / 2 ----


def density(x):
    return np.exp(-x * x / 2) / SQRT_2PI


def hazard(x):
    """density / Φ, with e^(−x²/2) cancelled left of 0, where both vanish."""
    return either(
        np.real(x) < 0,
        x,
        lambda x: 2 / SQRT_2PI / sp.erfcx(x * -math.sqrt(0.5)),
        lambda x: density(x) / sp.ndtr(x),
        0.0,
    )


rule(sp.ndtr, x=lambda g, x: g * density(x))
rule(sp.ndtri, x=lambda g, y: g * (SQRT_2PI * np.exp(y * y / 2)))
rule(sp.log_ndtr, x=lambda g, x: g * hazard(x))

# ---- logistic function ----

rule(sp.expit, x=lambda g, y: g * (y * (1 - y)))
rule(sp.log_expit, x=lambda g, x: g * sp.expit(-x))
rule(sp.logit, x=lambda g, x: g / (x * (1 - x)))

# ---- (eˣ − 1) / x = ∫₀¹ e^(xt) dt ----


@primitive(inline=True)
def exprel(n, x):
    """∫₀¹ tⁿ e^(xt) dt = M(n + 1, n + 2, x) / (n + 1), the n-th derivative, by 13.4.1."""
    return sp.hyp1f1(n + 1.0, n + 2.0, x) / (n + 1.0)


rule(exprel, n=None, x=lambda g, n, x: g * exprel(n + 1, x))
rule(sp.exprel, x=lambda g, x: g * exprel(1, x))

# ---- Bessel functions: 10.6.1, 10.6.3 ----

rule(sp.j0, x=lambda g, x: -g * sp.j1(x))
rule(sp.y0, x=lambda g, x: -g * sp.y1(x))
rule(sp.j1, x=lambda g, x: g * ((sp.j0(x) - sp.jn(2.0, x)) / 2))
rule(sp.y1, x=lambda g, x: g * ((sp.y0(x) - sp.yn(2.0, x)) / 2))
rule(
    sp.jn,
    x1=no_derivative,
    x2=lambda g, x1, x2: g * ((sp.jn(x1 - 1, x2) - sp.jn(x1 + 1, x2)) / 2),
)
rule(
    sp.yn,
    x1=no_derivative,
    x2=lambda g, x1, x2: g * ((sp.yn(x1 - 1, x2) - sp.yn(x1 + 1, x2)) / 2),
)

# ---- modified Bessel functions: 10.29.1, 10.29.3 ----


def ive_vjp(g, y, x1, x2, dtype):
    """I(v, x) e^(−|Re x|) is not analytic: df = Re(g I′ e^… dx) − sign Re(g y) dRe x."""
    slope = (sp.ive(x1 - 1, x2) + sp.ive(x1 + 1, x2)) / 2
    if dtype.kind == "c":
        return g * slope - np.sign(np.real(x2)) * np.real(g * y)
    return g * (slope - np.sign(x2) * y)


rule(sp.i0, x=lambda g, x: g * sp.i1(x))
rule(sp.i1, x=lambda g, x: g * ((sp.i0(x) + sp.iv(2.0, x)) / 2))
rule(
    sp.iv,
    x1=no_derivative,
    x2=lambda g, x1, x2: g * ((sp.iv(x1 - 1, x2) + sp.iv(x1 + 1, x2)) / 2),
)
rule(sp.ive, x1=no_derivative, x2=ive_vjp)
rule(sp.k0, x=lambda g, x: -g * sp.k1(x))
rule(sp.k1, x=lambda g, x: -g * ((sp.k0(x) + sp.kv(2.0, x)) / 2))
rule(
    sp.kv,
    x1=no_derivative,
    x2=lambda g, x1, x2: -g * ((sp.kv(x1 - 1, x2) + sp.kv(x1 + 1, x2)) / 2),
)

# ---- x ln y, x ln(1 + y), −x ln x, x ln(x / y), x ln(x / y) − x + y ----


def off_edge(x1, x2, zero=0, one=1):
    """``x2``, but ``one`` where it is ``zero`` and ``x1`` is 0."""
    both = (x1 == 0) & (x2 == zero)
    return np.where(both, one, x2) if branch(np.any(both)) else x2


def log_ratio(x1, x2):
    return np.log(off_edge(x2, x1) / off_edge(x1, x2))


rule(
    sp.xlogy,
    x1=lambda g, x1, x2: g * np.log(off_edge(x1, x2)),
    x2=lambda g, x1, x2: g * (x1 / off_edge(x1, x2)),
)
rule(
    sp.xlog1py,
    x1=lambda g, x1, x2: g * np.log1p(off_edge(x1, x2, -1, 0)),
    x2=lambda g, x1, x2: g * (x1 / (1 + off_edge(x1, x2, -1, 0))),
)
rule(sp.entr, x=lambda g, x: g * (-np.log(x) - 1))
rule(
    sp.rel_entr,
    x1=lambda g, x1, x2: g * (log_ratio(x1, x2) + 1),
    x2=lambda g, x1, x2: -g * (x1 / off_edge(x1, x2)),
)
rule(
    sp.kl_div,
    x1=lambda g, x1, x2: g * log_ratio(x1, x2),
    x2=lambda g, x1, x2: g * (1 - x1 / off_edge(x1, x2)),
)

# ---- Huber's loss: r² / 2, and d |r| − d² / 2 for |r| > d; d² (√(1 + (r / d)²) − 1) ----


def hypotenuse(x1, x2):
    """√(d² + r²), or 1 where that is 0."""
    return np.hypot(off_edge(x2, x1), x2)


rule(
    sp.huber,
    x1=lambda g, x1, x2: g * np.where(abs(x2) <= x1, 0, abs(x2) - x1),
    x2=lambda g, x1, x2: g * np.where(abs(x2) <= x1, x2, x1 * np.sign(x2)),
)
rule(
    sp.pseudo_huber,
    x1=lambda g, x1, x2: g * ((x2 * x2 / (hypotenuse(x1, x2) + x1)) ** 2 / hypotenuse(x1, x2)),
    x2=lambda g, x1, x2: g * (x1 * x2 / hypotenuse(x1, x2)),
)
