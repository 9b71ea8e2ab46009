"""Solutions of large systems by iteration, differentiated by what they solve, not by their steps.

With A x = b and w the solution of Aᵀ w = g, the slope by b is w, and that by a stored value at
(i, j) is −wᵢ xⱼ.  The same method solves the second system, with the same ``rtol`` and with
``atol=0``, since a gradient has another size than b.  So slopes are as exact as the solution.

What was not solved has no derivative: RuntimeError where one is asked for, while the result and
its ``info`` are SciPy's.

Source: Griewank and Walther 2008, "Evaluating derivatives", ch. 15.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import scipy.sparse as matrices
import scipy.sparse.linalg as theirs

from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import branch
from autograd_lite.scipy.sparse.by_places import at_places
from autograd_lite.scipy.sparse.direct import system
from autograd_lite.scipy.sparse.stored import Stored, by_rows
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

#: Methods for symmetric matrices, which are solved with as they are.
SYMMETRIC = ("cg", "minres")


def run(method: str, matrix: Any, b: Array, options: Any, flipped: bool) -> Any:
    """What a method of SciPy's returns; of the transposed system, if it is ``flipped``."""
    options = dict(options)
    if flipped and method not in SYMMETRIC:
        matrix = transpose(matrix)
        if options.get("M") is not None:
            options["M"] = transpose(options["M"])
    return getattr(theirs, method)(matrix, np.asarray(b), **options)


def transpose(A: Any) -> Any:
    """The transpose of an array, a sparse matrix or a linear operator."""
    return A.T if hasattr(A, "T") else theirs.aslinearoperator(A).T


def for_slopes(options: Any) -> Any:
    """The options of a method that hold for a gradient too: see the module."""
    absolute = {"atol": 0.0} if options.get("rtol") != 0 and "atol" in options else {}
    return {k: v for k, v in options.items() if k not in ("x0", "callback", "show")} | absolute


def solved(result: Any, method: str) -> Array:
    """The solution, if it is one."""
    x, info = result
    if branch(info != 0):
        raise RuntimeError(
            f"{method} did not converge, so its result is no solution and has no derivative; give "
            f"a larger maxiter or rtol, or a preconditioner M"
        )
    return x


# ---- by the right side ----


@primitive
def iterated(
    b: Array, matrix: Any, method: str, options: Any, flipped: bool = False
) -> tuple[Array, int]:
    """The solution of A x = b by a method, and its ``info``; of Aᵀ x = b if it is ``flipped``."""
    return run(method, matrix, b, options, flipped)  # type: ignore[no-any-return]


def iterated_by_b(g: Any, y: Any, matrix: Any, method: str, options: Any, flipped: bool) -> Array:
    solved(y, method)
    given = {"method": method, "options": for_slopes(options), "flipped": not flipped}
    return solved(iterated(g[0], matrix, **given), method)


rule(iterated, b=iterated_by_b, matrix=None)

# ---- by the stored values, too ----


@primitive
def stored_iterated(
    data: Array,
    b: Array,
    indices: Array,
    indptr: Array,
    method: str,
    options: Any,
    flipped: bool = False,
) -> tuple[Array, int]:
    """The same, of a square matrix that is given by its stored values."""
    size = (len(indptr) - 1,) * 2
    matrix = matrices.csr_array((np.asarray(data), indices, indptr), shape=size)
    return run(method, matrix, b, options, flipped)  # type: ignore[no-any-return]


def stored_by_b(
    g: Any,
    y: Any,
    data: Array,
    indices: Array,
    indptr: Array,
    method: str,
    options: Any,
    flipped: bool,
) -> Array:
    solved(y, method)
    given = {"method": method, "options": for_slopes(options), "flipped": not flipped}
    return solved(stored_iterated(data, g[0], indices, indptr, **given), method)


def stored_by_data(
    g: Any,
    y: Any,
    data: Array,
    indices: Array,
    indptr: Array,
    method: str,
    options: Any,
    flipped: bool,
) -> Array:
    w = stored_by_b(g, y, data, indices, indptr, method, options, flipped)
    return -at_places(*((y[0], w) if flipped else (w, y[0])), indices, indptr)


rule(stored_iterated, data=stored_by_data, b=stored_by_b, indices=None, indptr=None)

# ---- the methods ----


def method_of(name: str) -> Callable[..., Any]:
    """A method of SciPy's, with derivatives by the right side and by stored values."""
    own: Callable[..., Any] = getattr(theirs, name)

    @wraps(own)
    def method(A: Any, b: Any, x0: Any = None, **options: Any) -> Any:
        if isinstance(b, Stored) or matrices.issparse(b):
            raise TypeError(f"{name}: a sparse right side has no derivative here; give b.toarray()")
        x0, varies = stop_gradient(x0), is_tracked(A) or isinstance(A, Stored)
        if not varies and not is_tracked(b):
            return own(A, b, x0, **options)
        b = np.stack(b) if type(b) in (list, tuple) else b
        b = np.reshape(b, -1) if np.shape(b)[1:] == (1,) else b
        options |= {} if x0 is None else {"x0": x0}
        if not varies:
            return iterated(b, A, name, options)
        values, places = system(dense(A).tocsr(), name)
        return stored_iterated(values, b, places.indices, places.indptr, name, options)

    method.__module__ = "autograd_lite.scipy.sparse.linalg"
    method.__doc__ = (
        f"``scipy.sparse.linalg.{name}``, with derivatives of the solution by b and by A.\n\n"
        "Those are found by the same method with the same rtol. RuntimeError where they are asked "
        "for and it does not converge."
    )
    return method


def dense(A: Any) -> Stored:
    """A sparse matrix, and be it an array that varies."""
    if isinstance(A, Stored):
        return A
    row, col = np.indices(np.shape(A)).reshape(2, -1)
    return by_rows(np.ravel(A), row, col, np.shape(A))


bicg, bicgstab, cg, cgs = map(method_of, ("bicg", "bicgstab", "cg", "cgs"))
gcrotmk, gmres, lgmres = map(method_of, ("gcrotmk", "gmres", "lgmres"))
minres, qmr, tfqmr = map(method_of, ("minres", "qmr", "tfqmr"))
