"""Log densities as a careful NumPy user writes them down: the value, and the slope by each point.

They are those of ``scipy.stats`` at location 0 and scale 1, for points inside the support, at which
nobody looks; formulas that overflow far in the tails are good enough for them.
"""

import math

import numpy as np

LN_2PI = math.log(2 * math.pi)


def norm(x):
    return np.sum(-x * x / 2 - LN_2PI / 2), -x


def lognorm(x, s):
    u = np.log(x)
    value = -u * u / (2 * s * s) - u - math.log(s) - LN_2PI / 2
    return np.sum(value), -(1 + u / (s * s)) / x


def expon(x):
    return -np.sum(x), -np.ones_like(x)


def gamma(x, a):
    from scipy.special import gammaln, xlogy

    return np.sum(xlogy(a - 1, x) - x - gammaln(a)), (a - 1) / x - 1


def chi2(x, df):
    from scipy.special import gammaln, xlogy

    value = xlogy(df / 2 - 1, x) - x / 2 - gammaln(df / 2) - df / 2 * math.log(2)
    return np.sum(value), (df / 2 - 1) / x - 0.5


def invgamma(x, a):
    from scipy.special import gammaln

    return np.sum(-(a + 1) * np.log(x) - 1 / x - gammaln(a)), (1 / x - (a + 1)) / x


def beta(x, a, b):
    from scipy.special import betaln, xlog1py, xlogy

    value = xlog1py(b - 1, -x) + xlogy(a - 1, x) - betaln(a, b)
    return np.sum(value), (a - 1) / x - (b - 1) / (1 - x)


def t(x, df):
    from scipy.special import gammaln

    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(np.pi * df) / 2
    value = constant - (df + 1) / 2 * np.log1p(x * x / df)
    return np.sum(value), -(df + 1) * x / (df + x * x)


def cauchy(x):
    square = x * x
    return np.sum(-np.log1p(square) - math.log(math.pi)), -2 * x / (1 + square)


def f(x, m, n):
    from scipy.special import betaln, xlogy

    whole = n + m * x
    constant = m / 2 * math.log(m) + n / 2 * math.log(n) - betaln(m / 2, n / 2)
    value = constant + xlogy(m / 2 - 1, x) - (m + n) / 2 * np.log(whole)
    return np.sum(value), (m / 2 - 1) / x - (m + n) / 2 * m / whole


def pareto(x, b):
    return np.sum(math.log(b) - (b + 1) * np.log(x)), -(b + 1) / x


def weibull_min(x, c):
    from scipy.special import xlogy

    power = x**c
    return np.sum(math.log(c) + xlogy(c - 1, x) - power), ((c - 1) - c * power) / x


def halfcauchy(x):
    square = x * x
    return np.sum(math.log(2 / math.pi) - np.log1p(square)), -2 * x / (1 + square)


def halfnorm(x):
    return np.sum(math.log(2 / math.pi) / 2 - x * x / 2), -x


def rayleigh(x):
    return np.sum(np.log(x) - x * x / 2), 1 / x - x


def maxwell(x):
    return np.sum(math.log(2 / math.pi) / 2 + 2 * np.log(x) - x * x / 2), 2 / x - x


def invgauss(x, mu):
    from_mean = (x / mu - 1) ** 2
    value = -LN_2PI / 2 - 1.5 * np.log(x) - from_mean / (2 * x)
    return np.sum(value), -1.5 / x + (1 / (x * x) - 1 / (mu * mu)) / 2


def laplace(x):
    return np.sum(-math.log(2) - np.abs(x)), -np.sign(x)


def logistic(x):
    return np.sum(-x - 2 * np.log1p(np.exp(-x))), -np.tanh(x / 2)


def gumbel_r(x):
    e = np.exp(-x)
    return np.sum(-x - e), e - 1


def gumbel_l(x):
    e = np.exp(x)
    return np.sum(x - e), 1 - e


def skewnorm(x, a):
    from scipy.special import log_ndtr

    normal, share = -x * x / 2 - LN_2PI / 2, log_ndtr(a * x)
    slope = a * np.exp(-((a * x) ** 2) / 2 - LN_2PI / 2 - share) - x
    return np.sum(math.log(2) + normal + share), slope


def gennorm(x, beta):
    from scipy.special import gammaln

    power = np.abs(x) ** (beta - 1)
    value = math.log(beta / 2) - gammaln(1 / beta) - np.abs(x) * power
    return np.sum(value), -beta * np.sign(x) * power


def vonmises(x, kappa):
    from scipy.special import i0e

    value = kappa * (np.cos(x) - 1) - LN_2PI - math.log(i0e(kappa))
    return np.sum(value), -kappa * np.sin(x)


def uniform(x):
    return np.sum(np.zeros_like(x)), np.zeros_like(x)


def triang(x, c):
    left = x < c
    value = np.log(np.where(left, 2 * x / c, 2 * (1 - x) / (1 - c)))
    return np.sum(value), np.where(left, 1 / x, -1 / (1 - x))


def wrapcauchy(x, c):
    spread = 1 + c * c - 2 * c * np.cos(x)
    value = math.log((1 - c * c) / (2 * math.pi)) - np.log(spread)
    return np.sum(value), -2 * c * np.sin(x) / spread


def truncnorm(x, a, b):
    from scipy.special import ndtr

    return np.sum(-x * x / 2 - LN_2PI / 2 - math.log(ndtr(b) - ndtr(a))), -x


def loguniform(x, a, b):
    return np.sum(-np.log(x) - math.log(math.log(b / a))), -1 / x


#: The functions, each with its shapes.
DENSITIES = {
    norm: (),
    lognorm: (0.9,),
    expon: (),
    gamma: (2.5,),
    chi2: (3.3,),
    invgamma: (2.5,),
    beta: (2.5, 1.5),
    t: (3.3,),
    cauchy: (),
    f: (3.5, 4.5),
    pareto: (2.5,),
    weibull_min: (1.7,),
    halfcauchy: (),
    halfnorm: (),
    rayleigh: (),
    maxwell: (),
    invgauss: (0.8,),
    laplace: (),
    logistic: (),
    gumbel_r: (),
    gumbel_l: (),
    skewnorm: (0.8,),
    gennorm: (1.7,),
    vonmises: (1.3,),
    uniform: (),
    triang: (0.3,),
    wrapcauchy: (0.4,),
    truncnorm: (-1.0, 1.5),
    loguniform: (0.05, 1.5),
}


# ---- by shapes, location and scale ----


def norm_by_parameters(x, loc, scale):
    z = (x - loc) / scale
    square = z @ z
    value = -square / 2 - len(x) * (LN_2PI / 2 + math.log(scale))
    return value, (np.sum(z) / scale, (square - len(x)) / scale)


def gamma_by_parameters(x, a, loc, scale):
    from scipy.special import gammaln, psi

    n, z = len(x), (x - loc) / scale
    logarithms, total = np.sum(np.log(z)), np.sum(z)
    value = (a - 1) * logarithms - total - n * (gammaln(a) + math.log(scale))
    by_loc = (n - (a - 1) * np.sum(1 / z)) / scale
    return value, (logarithms - n * psi(a), by_loc, (total - n * a) / scale)


def beta_by_parameters(x, a, b, loc, scale):
    from scipy.special import betaln, psi

    n, z = len(x), (x - loc) / scale
    left, right = np.sum(np.log(z)), np.sum(np.log1p(-z))
    value = (a - 1) * left + (b - 1) * right - n * (betaln(a, b) + math.log(scale))
    slope = (a - 1) / z - (b - 1) / (1 - z)
    by_shapes = left + n * (psi(a + b) - psi(a)), right + n * (psi(a + b) - psi(b))
    return value, (*by_shapes, -np.sum(slope) / scale, -(n + z @ slope) / scale)


def t_by_parameters(x, df, loc, scale):
    from scipy.special import gammaln, psi

    n, z = len(x), (x - loc) / scale
    square = z * z
    logarithms, slope = np.sum(np.log1p(square / df)), -(df + 1) * z / (df + square)
    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - math.log(math.pi * df) / 2
    value = n * (constant - math.log(scale)) - (df + 1) / 2 * logarithms
    by_df = n * (psi((df + 1) / 2) - psi(df / 2) - 1 / df) - logarithms - z @ slope / df
    return value, (by_df / 2, -np.sum(slope) / scale, -(n + z @ slope) / scale)


def logistic_by_parameters(x, loc, scale):
    n, z = len(x), (x - loc) / scale
    value = -np.sum(z + 2 * np.log1p(np.exp(-z))) - n * math.log(scale)
    slope = -np.tanh(z / 2)
    return value, (-np.sum(slope) / scale, -(n + z @ slope) / scale)


#: The same by all parameters: their names, functions, and where they are taken.
BY_PARAMETERS = {
    "norm": (norm_by_parameters, (0.05, 1.1)),
    "gamma": (gamma_by_parameters, (2.5, 0.05, 1.1)),
    "beta": (beta_by_parameters, (2.5, 1.5, 0.05, 1.1)),
    "t": (t_by_parameters, (3.3, 0.05, 1.1)),
    "logistic": (logistic_by_parameters, (0.05, 1.1)),
}


# ---- of counts, by a parameter ----


def poisson(k, mu):
    from scipy.special import gammaln, xlogy

    return np.sum(xlogy(k, mu) - mu - gammaln(k + 1)), np.sum(k) / mu - len(k)


def binom(k, n, p):
    from scipy.special import gammaln, xlog1py, xlogy

    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    total = np.sum(k)
    value = ways + xlogy(k, p) + xlog1py(n - k, -p)
    return np.sum(value), total / p - (n * len(k) - total) / (1 - p)


#: The functions, each with its parameters, the last of which it is differentiated by.
MASSES = {poisson: (3.3,), binom: (12, 0.4)}
