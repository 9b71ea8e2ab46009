"""Matrix equations: Sylvester's, Lyapunov's and Riccati's.

The derivative of a solution solves an equation of the same kind, and so does the gradient: with
the transposes for Sylvester's equation, with Aᵀ for Lyapunov's, and with the closed loop for
Riccati's (Kao and Hennequin 2020, "Automatic differentiation of Sylvester, Lyapunov, and algebraic
Riccati equations").  Where q and r have to be Hermitian, their gradients are.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import conj
from autograd_lite.rules.linalg import H, T
from autograd_lite.scipy.linalg.calling import Array, array, counterpart

# ---- Sylvester's ----


@primitive
def solve_sylvester(a: Array, b: Array, q: Array) -> Array:
    """X with AX + XB = Q, of matrices (m, m), (n, n) and (m, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> one, q = np.ones((1, 1)), np.array([[4.0]])
    >>> float(al.grad(lambda a: linalg.solve_sylvester(a, one, q)[0, 0])(one).item())
    -1.0
    """
    return theirs.solve_sylvester(a, b, q)


def sylvester_q(g: Array, a: Array, b: Array) -> Array:
    return solve_sylvester(T(a), T(b), g)


rule(
    solve_sylvester,
    a=lambda g, y, a, b: -sylvester_q(g, a, b) @ T(y),
    b=lambda g, y, a, b: -T(y) @ sylvester_q(g, a, b),
    q=sylvester_q,
)


def symmetric_sylvester(a: Array, q: Array) -> Array:
    """X with AX + XA = Q; NaN where LAPACK has bent a singular equation to solve it."""
    x = solve_sylvester(a, a, q)
    off = np.max(np.abs(a @ x + x @ a - q), axis=(-2, -1), keepdims=True, initial=0)
    size = np.max(np.abs(q), axis=(-2, -1), keepdims=True, initial=0)
    return np.where(off > np.sqrt(np.finfo(x.dtype).eps) * size, np.nan, x)


# ---- Lyapunov's ----


def both_sides(left: Array, right: Array) -> Array:
    """The gradient by A of what has the cotangent Y and contains left dA and dAᴴ right."""
    return left + conj(right)


@primitive
def solve_continuous_lyapunov(a: Array, q: Array) -> Array:
    """X with AX + XAᴴ = Q, of matrices (n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> f = lambda a: linalg.solve_continuous_lyapunov(a, np.array([[8.0]]))[0, 0]
    >>> float(al.grad(f)(np.array([[2.0]])).item())
    -1.0
    """
    return theirs.solve_continuous_lyapunov(a, q)


def continuous_a(g: Array, y: Array, a: Array) -> Array:
    s = solve_continuous_lyapunov(T(a), g)
    return -both_sides(s @ T(y), T(s) @ y)


rule(
    solve_continuous_lyapunov,
    a=continuous_a,
    q=lambda g, a: solve_continuous_lyapunov(T(a), g),
)
#: SciPy has two names for it.
solve_lyapunov = solve_continuous_lyapunov


@primitive
def discrete(a: Array, q: Array, *, method: str | None = None) -> Array:
    """``scipy.linalg.solve_discrete_lyapunov``."""
    return theirs.solve_discrete_lyapunov(a, q, method)


def discrete_a(g: Array, y: Array, a: Array) -> Array:
    s = discrete(T(a), g)
    return both_sides(s @ conj(a) @ T(y), T(s) @ a @ y)


rule(discrete, a=discrete_a, q=lambda g, a: discrete(T(a), g))


@counterpart
def solve_discrete_lyapunov(a: Array, q: Array, method: str | None = None) -> Array:
    """X with AXAᴴ − X + Q = 0, of matrices (n, n).

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> f = lambda q: linalg.solve_discrete_lyapunov(np.array([[0.5]]), q)[0, 0]
    >>> round(al.grad(f)(np.array([[1.0]])).item(), 3)
    1.333
    """
    return discrete(array(a), array(q), method=method)


# ---- Riccati's ----


@primitive
def continuous_riccati(a: Array, b: Array, q: Array, r: Array, *, balanced: bool = True) -> Array:
    """``scipy.linalg.solve_continuous_are`` of four matrices."""
    return theirs.solve_continuous_are(a, b, q, r, balanced=balanced)


@primitive
def discrete_riccati(a: Array, b: Array, q: Array, r: Array, *, balanced: bool = True) -> Array:
    """``scipy.linalg.solve_discrete_are`` of four matrices."""
    return theirs.solve_discrete_are(a, b, q, r, balanced=balanced)


def continuous_loop(g: Array, y: Array, a: Array, b: Array, r: Array) -> tuple[Array, ...]:
    """S, K and X: what changes the solution is dQ + KᴴdR K + X (dA − dB K) and its mirror image."""
    k = np.linalg.solve(r, H(b) @ y)
    s = solve_continuous_lyapunov(conj(a - b @ k), -g)
    return (s + H(s)) / 2, k, y


def discrete_loop(g: Array, y: Array, a: Array, b: Array, r: Array) -> tuple[Array, ...]:
    """S and K, and (A − BK)ᴴX in place of X."""
    k = np.linalg.solve(r + H(b) @ y @ b, H(b) @ y @ a)
    loop = a - b @ k
    s = discrete(conj(loop), g)
    return (s + H(s)) / 2, k, H(loop) @ y


def riccati_rules(loop: Any) -> dict[str, Any]:
    """The gradients by all four, whatever the closed loop is."""

    def by_a(g: Array, y: Array, a: Array, b: Array, r: Array) -> Array:
        s, _, x = loop(g, y, a, b, r)
        return 2 * T(x) @ s

    def by_b(g: Array, y: Array, a: Array, b: Array, r: Array) -> Array:
        s, k, x = loop(g, y, a, b, r)
        return -2 * T(x) @ s @ T(k)

    def by_q(g: Array, y: Array, a: Array, b: Array, r: Array) -> Array:
        return loop(g, y, a, b, r)[0]

    def by_r(g: Array, y: Array, a: Array, b: Array, r: Array) -> Array:
        s, k, _ = loop(g, y, a, b, r)
        return conj(k) @ s @ T(k)

    return {"a": by_a, "b": by_b, "q": by_q, "r": by_r}


rule(continuous_riccati, **riccati_rules(continuous_loop))
rule(discrete_riccati, **riccati_rules(discrete_loop))


def without_rest(solve: Any, *matrices: Array, balanced: bool) -> Array:
    """The solution of an equation with e and s, by that of one without them.

    s goes into a and q, and for e the equation is one for EᴴXE.
    """
    every: list[Any] = [None if x is None else array(x) for x in matrices]
    a, b, q, r, e, s = every
    if s is not None:
        part = np.linalg.solve(r, H(s))
        a, q = a - b @ part, q - s @ part
        q = (q + H(q)) / 2  # else rounding would be no Hermitian matrix to SciPy
    if e is None:
        return solve(a, b, q, r, balanced=balanced)
    x = solve(np.linalg.solve(e, a), np.linalg.solve(e, b), q, r, balanced=balanced)
    return T(np.linalg.solve(T(e), T(np.linalg.solve(H(e), x))))


@counterpart
def solve_continuous_are(
    a: Array,
    b: Array,
    q: Array,
    r: Array,
    e: Array = None,
    s: Array = None,
    balanced: bool = True,
) -> Array:
    """X with XA + AᴴX − XBR⁻¹BᴴX + Q = 0, of matrices (m, m), (m, n), (m, m) and (n, n).

    With ``e`` and ``s``, EᴴXA + AᴴXE − (EᴴXB + S) R⁻¹ (BᴴXE + Sᴴ) + Q = 0.  The gradients by ``q``
    and ``r`` are Hermitian, as these have to be.  Errors are SciPy's.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> one = np.ones((1, 1))
    >>> f = lambda q: linalg.solve_continuous_are(one, one, q, one)[0, 0]  # 1 + √(1 + q)
    >>> round(al.grad(f)(np.array([[3.0]])).item(), 3)
    0.25
    """
    return without_rest(continuous_riccati, a, b, q, r, e, s, balanced=balanced)


@counterpart
def solve_discrete_are(
    a: Array,
    b: Array,
    q: Array,
    r: Array,
    e: Array = None,
    s: Array = None,
    balanced: bool = True,
) -> Array:
    """X with AᴴXA − X − (AᴴXB)(R + BᴴXB)⁻¹(BᴴXA) + Q = 0; shapes, gradients and errors as there.

    With ``e`` and ``s``, EᴴXE is in place of the second X, and AᴴXB + S in place of AᴴXB.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> one = np.ones((1, 1))
    >>> f = lambda q: linalg.solve_discrete_are(one, one, q, one)[0, 0]  # (q + √(q² + 4q)) / 2
    >>> round(al.grad(f)(np.array([[0.5]])).item(), 3)
    1.333
    """
    return without_rest(discrete_riccati, a, b, q, r, e, s, balanced=balanced)
