"""How sparse matrices are made: SciPy's of plain numbers, ours of stored values that vary."""

from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as theirs

from autograd_lite.scipy.sparse.stored import Stored, by_rows, places_of, sorted_places
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any


def csr_array(arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False) -> Any:
    """A sparse matrix by rows, of ``(data, indices, indptr)`` or ``(data, (row, col))``.

    Where ``data`` varies it is one that multiplies Tensors and arrays, and has derivatives by its
    stored values: `Stored`.  On plain numbers it is SciPy's own.  TypeError for other values that
    vary, since where a matrix is zero must not depend on them.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import sparse
    >>> f = lambda t: np.sum(sparse.csr_array((t, [0, 1, 0], [0, 1, 3])) @ np.array([1.0, 2.0]))
    >>> al.grad(f)(np.ones(3))
    array([1., 2., 1.])
    """
    return made("csr_array", arg1, shape, dtype, copy)


def csc_array(arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False) -> Any:
    """A sparse matrix by columns; see `csr_array`.

    >>> from autograd_lite.scipy import sparse
    >>> sparse.csc_array(([1.0, 2.0], [1, 0], [0, 1, 2])).toarray()
    array([[0., 2.],
           [1., 0.]])
    """
    return made("csc_array", arg1, shape, dtype, copy)


def coo_array(arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False) -> Any:
    """A sparse matrix of ``(data, (row, col))``, in any order; see `csr_array`.

    >>> from autograd_lite.scipy import sparse
    >>> sparse.coo_array(([1.0, 2.0, 4.0], ([1, 0, 1], [0, 1, 0]))).toarray()
    array([[0., 2.],
           [5., 0.]])
    """
    return made("coo_array", arg1, shape, dtype, copy)


def diags_array(
    diagonals: Any,
    /,
    *,
    offsets: Any = 0,
    shape: Any = None,
    format: Any = None,
    dtype: Any = None,
) -> Any:
    """A sparse matrix of its diagonals, which are differentiated by; see `csr_array`.

    >>> from autograd_lite.scipy import sparse
    >>> sparse.diags_array([[1.0, 2.0], [4.0]], offsets=[0, 1]).toarray()
    array([[1., 4.],
           [0., 2.]])
    """
    given = {"offsets": offsets, "shape": shape, "dtype": dtype}
    if not is_tracked(diagonals):
        return theirs.diags_array(diagonals, format=format, **given)
    several = type(diagonals) in (list, tuple) and np.ndim(offsets) > 0
    several = several or np.ndim(diagonals) > 1
    parts = [np.ravel(part) for part in (diagonals if several else [diagonals])]
    ends = np.cumsum([0, *map(len, parts)])
    counted = [1.0 + np.arange(a, b) for a, b in pairwise(ends)]
    whole = theirs.diags_array(counted if several else counted[0], **given).tocoo()
    picked, row, col = (x[whole.data > 0] for x in (whole.data, whole.row, whole.col))
    data = np.take(np.concatenate(parts), picked.astype(int) - 1)
    found = by_rows(data if dtype is None else data.astype(dtype), row, col, whole.shape)
    return getattr(found, f"to{format or 'csr'}")()


def made(kind: str, arg1: Any, shape: Any, dtype: Any, copy: bool) -> Any:
    """A matrix of a kind of SciPy's, or one of ours in its place."""
    layout = kind.removesuffix("_array")
    if isinstance(arg1, Stored):
        return getattr(arg1, f"to{layout}")()
    if not is_tracked(list(arg1) if isinstance(arg1, tuple) else arg1):
        return getattr(theirs, kind)(arg1, shape, dtype, copy)
    if not isinstance(arg1, tuple) or is_tracked(list(arg1[1:])):
        raise TypeError(
            f"{kind}: where a matrix is zero must not depend on what varies; give its stored "
            f"values and their places, as in {kind}((t, (row, col)), shape=(m, n))"
        )
    data = np.stack(arg1[0]) if type(arg1[0]) in (list, tuple) else arg1[0]
    dtype = np.result_type(data.dtype, np.float32) if dtype is None else dtype  # as SciPy does
    data = data if data.dtype == dtype else data.astype(dtype)
    count = np.arange(np.shape(data)[0])  # in place of the values, for SciPy to check the places
    if len(arg1) == 3 and layout != "coo":
        return Stored(data, places_of(getattr(theirs, kind)((count, *arg1[1:]), shape)), layout)
    plain = theirs.coo_array((count, *arg1[1:]), shape)
    if layout != "coo":
        return getattr(by_rows(data, plain.row, plain.col, plain.shape), f"to{layout}")()
    order = np.argsort(plain.row, kind="stable")  # products add as SciPy's do
    return Stored(data, sorted_places(plain.row, plain.col, plain.shape, order), layout)
