"""Functions of ``scipy.special`` that are no ufuncs, under SciPy's names and signatures.

SciPy hands its ufuncs to Tensors by itself: ``scipy.special.erf(t)`` needs nothing from here.
"""

import math
from numbers import Real
from typing import Any

import numpy as np

from autograd_lite.calls import ARRAY, AXIS, Kind, checked, explained, is_array
from autograd_lite.core.admission import chunked
from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch

__all__ = ["log_softmax", "logsumexp", "multigammaln", "polygamma", "sinc", "softmax"]


def __dir__() -> list[str]:
    return [*__all__]


Array = Any
Axis = int | tuple[int, ...] | None


def _is_order(n: Any) -> bool:
    """Whether ``n`` may count derivatives; of one that is tracked, nothing is asked."""
    plain = isinstance(n, (Real, list, np.ndarray))
    return not plain or bool(np.all(np.mod(n, 1) == 0) and np.all(np.greater_equal(n, 0)))


ORDER = Kind("integers of at least 0", "2", is_array, _is_order)

#: sin(πx) / (πx), and 1 at 0: NumPy's.
sinc = np.sinc


def _array(x: Array) -> Array:
    if x is None:
        raise TypeError("no array")
    return x if hasattr(x, "dtype") else np.asarray(x)


def _floating(x: Array) -> Array:
    x = _array(x)
    x = np.asarray(x) if isinstance(x, (np.ndarray, np.generic)) else x
    return x if x.dtype.kind in "fc" else x.astype(float)


# ---- probabilities ----


@primitive
def softmax(x: Array, axis: Axis = None) -> Array:
    """The probabilities e^xᵢ / Σⱼ e^xⱼ, over all elements or along ``axis``.

    Shape and dtype of ``x`` (float64 if it holds integers).  The largest element is subtracted
    first, so nothing overflows.  An element -∞ gets probability 0, a slice of nothing else NaN.
    A ValueError where there is nothing to sum over.  Derivative: y (g − Σ g y).

    >>> import numpy as np
    >>> from autograd_lite import special
    >>> special.softmax([1000.0, 1000.0, -np.inf])
    array([0.5, 0.5, 0. ])
    """
    x = _floating(x)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


rule(softmax, x=lambda g, y, axis: y * (g - np.sum(g * y, axis, keepdims=True)))


@primitive
def log_softmax(x: Array, axis: Axis = None) -> Array:
    """The logarithms of the probabilities, xᵢ − ln Σⱼ e^xⱼ, exact where softmax would be 0 or 1.

    Shape, dtype and errors are those of `softmax`.  Derivative: g − e^y Σ g.

    >>> import numpy as np
    >>> from autograd_lite import special
    >>> special.log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    x = _floating(x)
    d = x - np.max(x, axis, keepdims=True)
    return d - np.log(np.sum(np.exp(d), axis, keepdims=True))


rule(log_softmax, x=lambda g, y, axis: g - np.exp(y) * np.sum(g, axis, keepdims=True))

# ---- the logarithm of a sum of exponentials ----


@explained(a=ARRAY, axis=AXIS)
def logsumexp(
    a: Array,
    axis: Axis = None,
    b: Array | None = None,
    keepdims: bool = False,
    return_sign: bool = False,
) -> Array:
    """ln Σ b e^a over all elements or along ``axis``, with all ``b`` equal to 1 if not given.

    ``a`` and ``b`` broadcast together; the result has their shape without ``axis`` (with
    ``keepdims``, length one there) and their common dtype.  The largest element is subtracted
    first, so nothing overflows.  A sum of nothing, or of elements -∞, is 0: the result is -∞, and
    the derivatives count as 0 there.  A negative sum gives NaN, unless ``return_sign`` asks for
    ln |Σ b e^a| and the sign.  An AxisError where ``a`` lacks the axis.

    Derivatives: g b e^(a−y) by ``a``, which is g softmax(a) without ``b``; g e^(a−y) by ``b``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite import special
    >>> float(special.logsumexp([1000.0, -np.inf]))
    1000.0
    >>> al.grad(special.logsumexp)(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    if b is None and not return_sign:
        return log_of_sum(a, axis=axis, keepdims=keepdims)
    a = _array(a)
    b = np.ones_like(a) if b is None else _array(b)
    shape = np.broadcast_shapes(a.shape, b.shape)
    a, b = np.broadcast_to(a, shape), np.broadcast_to(b, shape)
    y, sign = log_of_weighted_sum(a, b, axis=axis, keepdims=keepdims)
    sign = stop_gradient(sign)
    return (y, sign) if return_sign else y + np.where(sign < 0, np.nan, 0 * sign)


@primitive
def log_of_sum(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """ln Σ e^a."""
    a = _floating(a)
    top, first, e = _shifted(a, axis)
    n = np.maximum(np.sum(first, axis, keepdims=True, dtype=a.dtype), 1)
    y = np.log1p(np.sum(e, axis, keepdims=True) / n) + np.log(n) + top
    return _dropped(y, axis, keepdims)


@primitive
def log_of_weighted_sum(a: Array, b: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """ln |Σ b e^a| and the sign of the sum."""
    a, b = _floating(a), _floating(b)
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        raise TypeError("logsumexp: with weights or a sign, all numbers must be real")
    a = np.where(b == 0, -np.inf, a)
    top, first, e = _shifted(a, axis)
    m = np.sum(np.where(first, b, 0), axis, keepdims=True)
    s = np.sum(b * e, axis, keepdims=True)
    scale = np.where(m == 0, 1, m)
    r = np.where(m == 0, s - 1, s / scale)  # the sum is e^top scale (1 + r)
    with np.errstate(divide="ignore"):  # ln 0 = -∞ is right
        y = np.log1p(np.where(r < -1, -2 - r, r)) + np.log(abs(scale)) + top
    sign = np.where(top == -np.inf, 0, np.sign(m + s))
    return _dropped(y, axis, keepdims), _dropped(sign, axis, keepdims)


def _shifted(a: Array, axis: Axis) -> tuple[Array, Array, Array]:
    """The largest element, where it is, and e^(a − largest) with zeros there.

    The large terms are kept out of the sum, so that it does not lose the small ones.
    """
    least: Any = {} if chunked(a) is not None else {"initial": -np.inf}  # of nothing; Dask has none
    top = np.max(a, axis=axis, keepdims=True, **least)
    first = a == top
    return top, first, np.exp(np.where(first, -np.inf, a) - np.where(top == -np.inf, 0, top))


def _dropped(y: Array, axis: Axis, keepdims: bool) -> Array:
    return y if keepdims else np.squeeze(y, axis)[()]


def _restored(y: Array, axis: Axis, keepdims: bool) -> Array:
    return y if keepdims or axis is None else np.expand_dims(y, axis)


def _share(y: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    """e^(a − y), and 0 where y is -∞."""
    return np.exp(a - _restored(np.where(y == -np.inf, 0, y), axis, keepdims))


rule(
    log_of_sum,
    a=lambda g, y, a, axis, keepdims: _restored(g, axis, keepdims) * _share(y, a, axis, keepdims),
)
rule(
    log_of_weighted_sum,
    a=lambda g, y, a, b, axis, keepdims: (
        _restored(g[0] * y[1], axis, keepdims) * (b * _share(y[0], a, axis, keepdims))
    ),
    b=lambda g, y, a, axis, keepdims: (
        _restored(g[0] * y[1], axis, keepdims) * _share(y[0], a, axis, keepdims)
    ),
)

# ---- the gamma function; these need SciPy ----


@checked(n=ORDER, x=ARRAY)
def polygamma(n: Array, x: Array) -> Array:
    """The n-th derivative of the digamma function, ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n + 1, x) for n ≥ 1.

    ``n`` are integers; they and ``x``, real or complex, broadcast together.  Dtype of ``x``.
    A TypeError if asked for the derivative by ``n``, an ImportError without SciPy.
    (DLMF 5.15.1, 25.11.12)

    >>> import numpy as np
    >>> from autograd_lite import special
    >>> bool(np.isclose(special.polygamma(1, 1.0), np.pi**2 / 6))
    True
    """
    return _with_scipy("polygamma").polygamma(n, x)


@explained(a=ARRAY)
def multigammaln(a: Array, d: int) -> Array:
    """The logarithm of the gamma function of dimension d, Γ_d(a) = π^(d(d−1)/4) ∏ⱼ Γ(a − j/2).

    j runs from 0 to d − 1; elementwise in ``a``, of which it has shape and dtype.  A ValueError
    unless d is a positive integer and a > (d − 1) / 2, an ImportError without SciPy.  (DLMF 35.3.4)

    >>> import numpy as np
    >>> from autograd_lite import special
    >>> bool(np.isclose(special.multigammaln(1.5, 2), np.log(np.pi / 2)))
    True
    """
    if not isinstance(d, Real) or d != math.floor(d) or d < 1:
        raise ValueError(f"multigammaln: d = {d!r}; it must be a positive integer, as in d=2")
    gammaln = _with_scipy("multigammaln").sp.gammaln
    a = _array(a)
    if branch(np.any(a <= (d - 1) / 2)):
        raise ValueError(f"multigammaln: in dimension {d}, a must be above {(d - 1) / 2}")
    return d * (d - 1) / 4 * math.log(math.pi) + sum(gammaln(a - j / 2) for j in range(int(d)))


def _with_scipy(name: str) -> Any:
    """The rules of SciPy's functions, or an error that says what to install."""
    try:
        from autograd_lite.rules.special import gamma as rules
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "scipy":
            raise
        raise ImportError(
            f"autograd_lite.special.{name} needs SciPy: pip install autograd_lite[scipy]"
        ) from error
    return rules
