"""SciPy's methods for the whole parameter vector p ∈ Rˢ, with exact derivatives."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import FUNCTION, checked, maybe, one_of
from nn.calls import FLAG, MODEL, NOT_NEGATIVE, POSITIVE, SIZE, TREE
from nn.parameters.vectors import ravel
from nn.training.history import Callback
from nn.training.reports import Validate
from nn.training.search import Search, Solution

Model = TypeVar("Model")

Array = Any
Function = Callable[[Any], Any]

#: The methods of `minimize`, by the derivative they need beside the gradient.
FIRST_ORDER = ("BFGS", "L-BFGS-B", "CG", "TNC", "SLSQP")
HESSIAN_VECTOR = ("Newton-CG", "trust-ncg", "trust-krylov")
HESSIAN = ("trust-exact", "dogleg")
LEAST_SQUARES = ("lm", "trf", "dogbox")

#: The losses of `least_squares`: ρ(z), of the squared residuals z.
LOSSES: dict[str, Function] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(z) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


@checked(
    loss=FUNCTION,
    model=MODEL,
    method=one_of(*FIRST_ORDER, *HESSIAN_VECTOR, *HESSIAN),
    steps=maybe(SIZE),
    tolerance=maybe(NOT_NEGATIVE),
    callback=maybe(FUNCTION),
    every=SIZE,
    validate=maybe(FUNCTION),
    progress=FLAG,
)
def minimize(
    loss: Callable[[Model], Any],
    model: Model,
    method: str = "BFGS",
    *,
    steps: int | None = None,
    tolerance: float | None = None,
    bounds: Any = None,
    constraints: Any = (),
    callback: Callable[..., Any] | None = None,
    every: int = 1,
    validate: Validate | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = False,
    **options: Any,
) -> tuple[Model, Solution]:
    """Minimise ``loss(model)`` with a method of `scipy.optimize.minimize` and exact derivatives.

    ``method`` BFGS, L-BFGS-B, CG, TNC or SLSQP uses the gradient.  Newton-CG, trust-ncg and
    trust-krylov also use products of the Hessian with a vector; trust-exact and dogleg the Hessian.
    ``steps`` bounds the iterations, ``tolerance`` is SciPy's ``tol``, and ``options`` are those of
    the method.  The loss is computed in the dtypes of the model, while the method works in float64
    on p = `ravel`\\ (model).  ``bounds``, ``constraints`` and ``callback`` are SciPy's and refer to
    p.  (BU, "additional topics"; OV p. 1)

    ``validate``, ``callbacks`` and ``progress`` are those of `fit`.  There is a report of the best
    model so far at every ``every``-th evaluation of the loss.

    Returns the best model met, with constraints the one at which SciPy ends, or that of
    `early_stopping` with ``restore_best``; and a `Solution`.  Warns with RuntimeWarning if the
    method did not converge.  Raises ValueError for an unknown method, and TypeError for a model of
    integers.  Needs SciPy.

    >>> import numpy as np, nn
    >>> def rosenbrock(p):
    ...     return 100 * (p["y"] - p["x"] ** 2) ** 2 + (1 - p["x"]) ** 2
    >>> p, solution = nn.minimize(rosenbrock, {"x": -1.2, "y": 1.0}, tolerance=1e-8)
    >>> solution.converged, round(float(p["x"]), 6), round(float(p["y"]), 6)
    (True, 1.0, 1.0)
    """
    scipy = _scipy("minimize")
    flat = Search("minimize", loss, model, every, validate, callbacks, progress)
    gradient_of = al.value_and_grad(flat.function)

    def value_and_gradient(p: Array) -> tuple[float, Array]:
        value, gradient = gradient_of(p)
        flat.record(p, float(value))
        return float(value), gradient

    second: dict[str, Any] = {}
    if method in HESSIAN_VECTOR:
        second["hessp"] = lambda p, v: al.hvp(flat.function, p, v)
    elif method in HESSIAN:
        second["hess"] = al.hessian(flat.function)
    if steps is not None:
        options["maxfun" if method == "TNC" else "maxiter"] = steps
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Unknown solver options", scipy.optimize.OptimizeWarning)
        try:
            found = flat.run(
                lambda: scipy.optimize.minimize(
                    value_and_gradient,
                    flat.start,
                    jac=True,
                    method=method,
                    tol=tolerance,
                    bounds=bounds,
                    constraints=constraints,
                    callback=callback,
                    options=options,
                    **second,
                )
            )
        except scipy.optimize.OptimizeWarning as warning:
            raise _unknown(f"minimize: {method}", warning) from None
    if constraints and found:  # the lowest loss met may have been where they do not hold
        flat.best = (float(found.fun), found.x)
    return flat.finish(f"minimize by {method}", found)


@checked(
    residuals=FUNCTION,
    model=MODEL,
    method=one_of(*LEAST_SQUARES),
    loss=one_of(*LOSSES),
    steps=maybe(SIZE),
    tolerance=maybe(NOT_NEGATIVE),
    f_scale=POSITIVE,
    every=SIZE,
    validate=maybe(FUNCTION),
    progress=FLAG,
)
def least_squares(
    residuals: Callable[[Model], Any],
    model: Model,
    method: str = "lm",
    *,
    steps: int | None = None,
    tolerance: float | None = None,
    loss: str = "linear",
    f_scale: float = 1.0,
    every: int = 1,
    validate: Validate | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = False,
    **options: Any,
) -> tuple[Model, Solution]:
    """Minimise ½ C² Σ ρ((rⱼ/C)²) for the ``residuals(model)`` r, with the exact Jacobian.

    ``method`` is one of `scipy.optimize.least_squares`: lm (Levenberg-Marquardt), trf or dogbox
    (trust region).  Residuals are an array of any shape, or a tree of arrays.  The Jacobian is
    computed by rows or by columns, whichever are fewer.  ``loss`` is ρ: linear is ρ(z) = z, which
    leaves ½ Σ rⱼ².  Against outliers beyond C = ``f_scale`` there are soft_l1, huber, cauchy and
    arctan, but not for lm.  ``steps`` bounds the evaluations, ``tolerance`` is ftol, xtol and gtol,
    and ``options`` go to SciPy and refer to p.  (BU, "nonlinear least-squares")

    ``every``, ``validate``, ``callbacks`` and ``progress`` are those of `minimize`.

    Returns the best model met and a `Solution`.  Warns with RuntimeWarning if the method did not
    converge.  Raises ValueError for an unknown method or loss, and TypeError for a model of
    integers.  Needs SciPy.

    >>> import numpy as np, nn
    >>> t = np.linspace(0, 1, 5)
    >>> p, solution = nn.least_squares(lambda p: np.exp(p * t) - np.exp(2 * t), 0.5)
    >>> solution.converged, round(float(p), 6)
    (True, 2.0)
    """
    scipy = _scipy("least_squares")
    if method == "lm" and loss != "linear":
        raise ValueError(f"least_squares: lm has no loss {loss!r}; use method='trf' or 'dogbox'")
    stacked: Function = lambda model: _stacked(residuals(model))
    flat = Search("least_squares", stacked, model, every, validate, callbacks, progress)
    # MINPACK needs as many residuals as parameters; zeros change neither cost nor step.
    missing = max(0, flat.start.size - np.size(flat.function(flat.start))) if method == "lm" else 0

    def padded(p: Array) -> Array:
        r: Array = np.asarray(flat.function(p), float)
        flat.record(p, float(np.sum(LOSSES[loss]((r / f_scale) ** 2))) * f_scale**2 / 2)
        return np.concatenate([r, np.zeros(missing)])

    def jacobian(p: Array) -> Array:
        return np.concatenate([_jacobian(flat.function, p), np.zeros((missing, p.size))])

    if unknown := options.keys() - signature(scipy.optimize.least_squares).parameters:
        raise _unknown("least_squares", ", ".join(sorted(unknown)))
    if tolerance is not None:
        options = {"ftol": tolerance, "xtol": tolerance, "gtol": tolerance, **options}
    found = flat.run(
        lambda: scipy.optimize.least_squares(
            padded,
            flat.start,
            jac=jacobian,
            method=method,
            max_nfev=steps,
            loss=loss,
            f_scale=f_scale,
            **options,
        )
    )
    return flat.finish(f"least_squares by {method}", found)


def _jacobian(f: Function, p: Array) -> Array:
    """J by its rows Jᵀe or by its columns Jv, whichever are fewer."""
    value, pullback = al.vjp(f, p)
    rows, columns = value.size, p.size
    if rows <= columns:
        return np.array([pullback(e)[0] for e in np.eye(rows)]).reshape(rows, columns)
    _, push = al.vjp(pullback, np.zeros_like(value))  # the pullback is linear; its own is J
    return np.array([push((e,))[0] for e in np.eye(columns)]).reshape(columns, rows).T


def _stacked(found: Any) -> Array:
    TREE.check("least_squares", "what residuals returned", found)
    return ravel(found)


def _unknown(search: str, options: object) -> TypeError:
    return TypeError(
        f"{search} does not know these: {options}; give options of the same method in SciPy, and "
        f"steps= and tolerance= for the length of the search"
    )


def _scipy(function: str) -> Any:
    try:
        import scipy.optimize
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"nn.{function} needs SciPy: pip install 'autograd_lite[scipy]'", name="scipy"
        ) from error
    return scipy
