"""Every solver of scipy.optimize on an equation whose solution is known in closed form.

A problem is a function of SciPy's module, or ours, and of two positive numbers.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

THETA = np.array([1.3, 2.2])


class Solved(NamedTuple):
    """``run(optimize, theta)`` is ``known(theta)``, to within ``tol`` of SciPy's own stopping."""

    name: str
    run: Callable[[Any, Any], Any]
    known: Callable[[Any], Any]
    tol: float = 1e-9


def log_ratio(p):
    """The root of p₀ eˣ − p₁."""
    return np.log(p[1] / p[0])


def between(name, **options):
    def by_args(o, p):
        f = lambda x, a, b: a * np.exp(x) - b
        return getattr(o, name)(f, -1.0, 3.0, args=(p[0], p[1]), **options)

    def by_closure(o, p):
        return getattr(o, name)(lambda x: p[0] * np.exp(x) - p[1], -1.0, 3.0, **options)

    yield Solved(f"{name}: args", by_args, log_ratio)
    yield Solved(f"{name}: read from outside", by_closure, log_ratio)


def scalars():
    for name in ("brentq", "brenth", "bisect", "ridder", "toms748"):
        yield from between(name)
    slopes = {"fprime": lambda p: lambda x: p[0] * np.exp(x)}
    slopes2 = slopes | {"fprime2": slopes["fprime"]}
    f = lambda p: lambda x: p[0] * np.exp(x) - p[1]
    ways: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        **{m: ({"bracket": (-1.0, 3.0)}, {}) for m in ("brentq", "brenth", "bisect", "ridder")},
        "toms748": ({"bracket": [-1.0, 3.0]}, {}),
        "secant": ({"x0": 0.1, "x1": 1.0}, {}),
        "newton": ({"x0": 0.1}, slopes),
        "halley": ({"x0": 0.1}, slopes2),
    }
    for method, (begin, functions) in ways.items():
        yield Solved(
            f"root_scalar: {method}",
            lambda o, p, m=method, b=begin, fs=functions: (
                o.root_scalar(f(p), method=m, **b, **{k: g(p) for k, g in fs.items()}).root
            ),
            log_ratio,
        )
    yield Solved(
        "root_scalar: fprime=True",
        lambda o, p: (
            o.root_scalar(
                lambda x, a: (a * np.exp(x) - p[1], a * np.exp(x)), (p[0],), x0=0.1, fprime=True
            ).root
        ),
        log_ratio,
    )
    yield Solved(
        "newton: secant",
        lambda o, p: o.newton(lambda x, a: a * np.exp(x) - p[1], 0.1, args=(p[0],)),
        log_ratio,
    )
    yield Solved(
        "newton: fprime", lambda o, p: o.newton(f(p), 0.1, fprime=slopes["fprime"](p)), log_ratio
    )
    yield Solved(
        "newton: of an array",
        lambda o, p: o.newton(lambda x: np.exp(x) - p, np.array([0.1, 0.4]), fprime=np.exp),
        np.log,
    )
    yield Solved(
        "fixed_point: del2",
        lambda o, p: o.fixed_point(lambda x, a: np.cos(x / a) * p[1] / 4, 0.3, args=(p[0],)),
        unrolled,
        1e-7,
    )
    yield Solved(
        "fixed_point: iteration",
        lambda o, p: o.fixed_point(
            lambda x: np.cos(x / p[0]) * p[1] / 4, 0.3, xtol=1e-12, method="iteration"
        ),
        unrolled,
    )


def unrolled(p):
    """x = p₁ cos(x / p₀) / 4 by repetition, which contracts by 0.2."""
    x = 0.3
    for _ in range(60):
        x = np.cos(x / p[0]) * p[1] / 4
    return x


def system(x, p):
    return [p[0] * x[0] + 0.1 * x[1] - 1.0, np.exp(x[1]) * p[1] - x[0]]


def by_newton(p):
    """The same by Newton's steps of one unknown, x₀ = (1 − x₁ / 10) / p₀."""
    y = -1.0
    for _ in range(30):
        f = np.exp(y) * p[1] - (1 - 0.1 * y) / p[0]
        y = y - f / (np.exp(y) * p[1] + 0.1 / p[0])
    return np.stack([(1 - 0.1 * y) / p[0], y])


def coupled(p):
    """x = p − 0.1 sin(x₁, x₀), by repetition."""
    x = p
    for _ in range(20):
        x = p - 0.1 * np.sin(x[::-1])
    return x


def systems():
    for method in ("hybr", "lm", "krylov"):
        yield Solved(
            f"root: {method}",
            lambda o, p, m=method: (
                o.root(lambda x, a: system(x, [a, p[1]]), [0.5, -0.5], (p[0],), m, tol=1e-11).x
            ),
            by_newton,
            1e-8,
        )
    others = "df-sane broyden1 broyden2 anderson linearmixing diagbroyden excitingmixing"
    for method in others.split():
        yield Solved(
            f"root: {method}",
            lambda o, p, m=method: (
                o.root(lambda x: p - x - 0.1 * np.sin(x[::-1]), [0.5, 1.5], method=m, tol=1e-11).x
            ),
            coupled,
            1e-8,
        )
    yield Solved(
        "root: jac",
        lambda o, p: (
            o.root(lambda x: np.exp(x) - p, [0.1, 0.4], jac=lambda x: np.diag(np.exp(x))).x
        ),
        np.log,
    )
    yield Solved(
        "root: jac=True",
        lambda o, p: o.root(lambda x: (np.exp(x) - p, np.diag(np.exp(x))), [0.1, 0.4], jac=True).x,
        np.log,
    )
    yield Solved("fsolve", lambda o, p: o.fsolve(system, [0.5, -0.5], args=(p,)), by_newton, 1e-8)


def cost(x, p):
    """Least at x = log p, where it is Σ p (1 − log p)."""
    return np.sum(np.exp(x) - p * x)


def minima():
    tight: dict[str, Any] = {
        "Nelder-Mead": {"options": {"xatol": 1e-9, "fatol": 1e-14}},
        "Powell": {"options": {"xtol": 1e-10, "ftol": 1e-14}},
        "COBYLA": {"options": {"tol": 1e-9, "maxiter": 10000}},
        "COBYQA": {"options": {"final_tr_radius": 1e-9}},
        "TNC": {"options": {"gtol": 1e-10, "ftol": 1e-16, "xtol": 1e-12}},
        "SLSQP": {"options": {"ftol": 1e-15}},
        "trust-constr": {"options": {"gtol": 1e-10, "xtol": 1e-12}},
    }
    free = "Nelder-Mead Powell CG BFGS Newton-CG L-BFGS-B TNC COBYLA COBYQA SLSQP trust-constr"
    for method in (*free.split(), "dogleg", "trust-ncg", "trust-exact", "trust-krylov", None):
        options = tight.get(str(method), {"tol": 1e-10})
        yield Solved(
            f"minimize: {method}",
            lambda o, p, m=method, rest=options: o.minimize(cost, [0.1, 0.4], (p,), m, **rest).x,
            np.log,
            2e-5,
        )
    yield Solved(
        "minimize: fun",
        lambda o, p: o.minimize(lambda x: cost(x, p) * p[0], [0.1, 0.4], tol=1e-10).fun,
        lambda p: np.sum(p * (1 - np.log(p))) * p[0],
        1e-8,
    )
    yield Solved(
        "minimize: jac",
        lambda o, p: (
            o.minimize(
                cost, [0.1, 0.4], p, jac=lambda x, p: np.exp(x) - p, tol=1e-10, method="BFGS"
            ).x
        ),
        np.log,
        1e-7,
    )
    yield Solved(
        "minimize: jac=True, hess",
        lambda o, p: o.minimize(
            lambda x: (cost(x, p), np.exp(x) - p), [0.1, 0.4], jac=True,
            hess=lambda x: np.diag(np.exp(x)), tol=1e-10, method="trust-exact",
        ).x,
        np.log,
        1e-7,
    )  # fmt: skip
    yield Solved(
        "minimize: hessp",
        lambda o, p: o.minimize(
            lambda x: cost(x, p), [0.1, 0.4], jac=lambda x: np.exp(x) - p,
            hessp=lambda x, v: np.exp(x) * v, tol=1e-10, method="Newton-CG",
        ).x,
        np.log,
        1e-7,
    )  # fmt: skip
    for method in ("L-BFGS-B", "TNC", "SLSQP", "trust-constr", "Nelder-Mead", "Powell", "COBYLA"):
        options = tight.get(method, {"tol": 1e-10})
        yield Solved(
            f"minimize: {method}, with a bound",
            lambda o, p, m=method, rest=options: (
                o.minimize(cost, [0.1, 0.4], (p,), m, bounds=[(None, 0.2), (0.0, None)], **rest).x
            ),
            lambda p: np.stack([0.2 + 0 * p[0], np.log(p[1])]),
            2e-5,
        )
    yield Solved(
        "minimize: a bound that varies",
        lambda o, p: (
            o.minimize(
                cost, [0.1, 0.4], (p,), bounds=[(None, p[1] / 11), (p[0], None)], tol=1e-10
            ).x
        ),
        lambda p: np.stack([p[1] / 11, p[0]]),
        1e-6,
    )
    steep = lambda x, p: 1e8 * np.sum(np.cosh(x - p))
    yield Solved(
        "minimize: within bounds, steep",
        lambda o, p: o.minimize(steep, [0.1, 0.4], (p,), bounds=[(0.0, 9.0)] * 2).x,
        lambda p: p,
        1e-4,
    )
    yield Solved(
        "minimize_scalar: brent",
        lambda o, p: o.minimize_scalar(lambda x: p[0] * np.exp(x) - p[1] * x, tol=1e-12).x,
        log_ratio,
        1e-6,
    )
    yield Solved(
        "minimize_scalar: golden, fun",
        lambda o, p: (
            o.minimize_scalar(
                lambda x, a: a * np.exp(x) - p[1] * x, bracket=(0, 1), args=(p[0],), method="golden"
            ).fun
        ),
        lambda p: p[1] - p[1] * np.log(p[1] / p[0]),
        1e-8,
    )
    yield Solved(
        "minimize_scalar: bounded",
        lambda o, p: (
            o.minimize_scalar(
                lambda x: p[0] * np.exp(x) - p[1] * x, bounds=(0, 2), options={"xatol": 1e-10}
            ).x
        ),
        log_ratio,
        1e-6,
    )
    yield Solved(
        "minimize_scalar: at a bound that varies",
        lambda o, p: (
            o.minimize_scalar(
                lambda x: np.exp(x) - 9 * x, bounds=(0, p[0]), options={"xatol": 1e-10}
            ).x
        ),
        lambda p: p[0],
        1e-6,
    )


T = np.linspace(0.0, 2.0, 9)
NOISE = 0.05 * np.cos(7 * T)


def line(t, a, b):
    return a * t + b


def normal(p, sigma=None):
    """The line through data that vary, by the normal equations."""
    y = p[0] * T**2 + p[1] + NOISE
    A = np.stack([T, np.ones_like(T)], axis=1)
    W = np.eye(9) if sigma is None else np.linalg.inv(sigma(p))
    return np.linalg.solve(A.T @ W @ A, A.T @ W @ y)


def covariance(p, sigma=None, absolute=False):
    y = p[0] * T**2 + p[1] + NOISE
    A = np.stack([T, np.ones_like(T)], axis=1)
    W = np.eye(9) if sigma is None else np.linalg.inv(sigma(p))
    r = y - A @ normal(p, sigma)
    cov = np.linalg.inv(A.T @ W @ A)
    return cov if absolute else cov * (r @ W @ r) / 7


def errors(p):
    return np.exp(p[0] * T / 4)


def fits():
    y = lambda p: p[0] * T**2 + p[1] + NOISE
    residual = lambda x, p: x[0] * T + x[1] - y(p)
    for method in ("trf", "dogbox", "lm"):
        yield Solved(
            f"least_squares: {method}",
            lambda o, p, m=method: (
                o.least_squares(
                    residual, [1.0, 0.0], args=(p,), method=m, xtol=1e-14, ftol=1e-14, gtol=1e-14
                ).x
            ),
            normal,
            1e-8,
        )
    yield Solved(
        "least_squares: cost",
        lambda o, p: o.least_squares(residual, [1.0, 0.0], kwargs={"p": p}).cost,
        lambda p: np.sum((normal(p)[0] * T + normal(p)[1] - y(p)) ** 2) / 2,
        1e-8,
    )
    yield Solved(
        "least_squares: fun",
        lambda o, p: o.least_squares(residual, [1.0, 0.0], args=(p,)).fun,
        lambda p: normal(p)[0] * T + normal(p)[1] - y(p),
        1e-8,
    )
    yield Solved(
        "least_squares: jac",
        lambda o, p: o.least_squares(lambda x: np.exp(p * x) - 2.0, [0.3, 0.3], xtol=1e-14).jac,
        lambda p: 2.0 * p * np.eye(2),
        1e-8,
    )
    yield Solved(
        "least_squares: a bound",
        lambda o, p: (
            o.least_squares(
                lambda x: x - p, [0.1, 0.1], bounds=([-1, -1], [1.0, 9.0]), xtol=1e-14
            ).x
        ),
        lambda p: np.stack([1.0 + 0 * p[0], p[1]]),
        1e-6,
    )
    yield Solved(
        "least_squares: a bound that varies",
        lambda o, p: (
            o.least_squares(
                lambda x: x - 4.0, [0.1, 0.1], bounds=(-np.inf, [p[0], 9.0]), xtol=1e-14
            ).x
        ),
        lambda p: np.stack([p[0], 4.0 + 0 * p[0]]),
        1e-6,
    )
    for loss in ("soft_l1", "huber", "cauchy", "arctan"):
        yield Solved(
            f"least_squares: {loss}",
            lambda o, p, loss=loss: o.least_squares(
                lambda x: np.stack([x[0] - p[0], x[0] - p[1]]), [1.5], loss=loss, f_scale=2.0,
                xtol=1e-14, ftol=1e-14, gtol=1e-14,
            ).x[0],
            lambda p: (p[0] + p[1]) / 2,
            1e-7,
        )  # fmt: skip
    yield Solved("curve_fit: popt", lambda o, p: o.curve_fit(line, T, y(p))[0], normal, 1e-8)
    yield Solved("curve_fit: pcov", lambda o, p: o.curve_fit(line, T, y(p))[1], covariance, 1e-7)
    diagonal = lambda p: np.eye(9) * errors(p) ** 2
    full = lambda p: np.eye(9) * errors(p) + 0.1
    for sigma, matrix in ((errors, diagonal), (full, full)):
        for part, known in ((0, normal), (1, covariance)):
            yield Solved(
                f"curve_fit: {('popt', 'pcov')[part]}, sigma of {('one', 'two')[sigma is full]}",
                lambda o, p, s=sigma, k=part: o.curve_fit(line, T, y(p), [1.0, 0.0], s(p))[k],
                lambda p, f=known, m=matrix: f(p, m),
                1e-7,
            )
    yield Solved(
        "curve_fit: absolute_sigma",
        lambda o, p: o.curve_fit(line, T, y(p), sigma=errors(p), absolute_sigma=True)[1],
        lambda p: covariance(p, diagonal, True),
        1e-7,
    )
    yield Solved(
        "curve_fit: xdata",
        lambda o, p: o.curve_fit(lambda t, a: np.exp(a * t), T * p[0], np.exp(T * p[1]))[0][0],
        lambda p: p[1] / p[0],
        1e-7,
    )
    yield Solved(
        "curve_fit: a bound",
        lambda o, p: o.curve_fit(
            lambda t, a: a * t * p[0], T, T * p[1], bounds=(0.0, 4.0), method="trf", xtol=1e-14
        )[0][0],
        lambda p: p[1] / p[0],
        1e-6,
    )
    yield Solved("nnls: x", lambda o, p: o.nnls(np.eye(2) * p[0], p * [1, -1])[0],
                 lambda p: np.stack([1.0 + 0 * p[0], 0.0 * p[0]]))  # fmt: skip
    yield Solved("nnls: rnorm", lambda o, p: o.nnls(np.eye(2) * p[0], p * [1, -1])[1],
                 lambda p: p[1])  # fmt: skip


PROBLEMS = [*scalars(), *systems(), *minima(), *fits()]

#: One of each mechanism: the others run in `make full`.
FIRST = {
    *("brentq: args", "brentq: read from outside", "root_scalar: newton", "newton: of an array"),
    *("minimize: within bounds, steep", "fixed_point: del2"),
    *("root: hybr", "fsolve", "minimize: BFGS", "minimize: fun"),
    *(
        "minimize: L-BFGS-B, with a bound",
        "minimize: a bound that varies",
        "minimize_scalar: brent",
    ),
    *("least_squares: trf", "least_squares: jac", "least_squares: a bound that varies"),
    *("curve_fit: popt", "curve_fit: pcov, sigma of two", "curve_fit: xdata", "nnls: x"),
}
