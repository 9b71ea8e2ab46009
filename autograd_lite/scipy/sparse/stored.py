"""A sparse matrix whose stored values vary."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as theirs

from autograd_lite.core.sparse import declined
from autograd_lite.core.tracked import Answering, Symbol, Tracked
from autograd_lite.rules.indexing import scatter
from autograd_lite.scipy.sparse.by_places import stored_product

Array = Any


class StoredPlaces(NamedTuple):
    """Where stored values stand, by rows of a matrix with ``size`` rows and columns.

    ``order`` says which value comes first, if they are given in another order.  The matrix is the
    transpose of this one if it is ``flipped``.
    """

    indices: Array
    indptr: Array
    size: tuple[int, int]
    order: Array = None
    flipped: bool = False

    @property
    def rows(self) -> Array:
        return np.repeat(np.arange(self.size[0]), np.diff(self.indptr))

    @property
    def coords(self) -> tuple[Array, Array]:
        """The row and the column of each value, in the order in which the values are given."""
        row, col = (self.indices, self.rows) if self.flipped else (self.rows, self.indices)
        if self.order is None:
            return row, col
        back = np.argsort(self.order)
        return row[back], col[back]


def places_of(A: Any) -> StoredPlaces:
    """Where the values of a matrix of SciPy's stand, which is by rows or by columns."""
    m, n = A.shape
    flipped = A.format == "csc"
    return StoredPlaces(A.indices, A.indptr, (n, m) if flipped else (m, n), flipped=flipped)


@dataclass(frozen=True, eq=False, repr=False)
class Stored(Answering):
    """A sparse matrix whose stored values ``data`` vary, at places that do not.

    It multiplies arrays, Tensors and plain sparse matrices by ``@``, from both sides, and numbers
    by ``*``.  As a container it has one leaf, ``data``: so `al.grad` by it returns one, too.
    TypeError for all else; ``toarray()`` is an array.
    """

    data: Array
    places: StoredPlaces = field(metadata={"static": True})
    format: str = field(default="csr", metadata={"static": True})

    def __array__(self, *args: Any, **options: Any) -> Any:
        if (answer := declined(self)) is None:
            raise TypeError("a sparse matrix is no array; write A.toarray()")
        return answer

    def __repr__(self) -> str:
        return f"<{self.format} matrix of shape {self.shape} with {self.nnz} stored values>"

    # ---- what it is ----

    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        m, n = self.places.size
        return (n, m) if self.places.flipped else (m, n)

    @property
    def nnz(self) -> int:
        return len(self.places.indices)

    @property
    def dtype(self) -> Any:
        return np.result_type(self.data)

    @property
    def coords(self) -> tuple[Array, Array]:
        """The row and the column of each stored value."""
        return self.places.coords

    @property
    def indices(self) -> Array:
        return self.laid_out("indices")

    @property
    def indptr(self) -> Array:
        return self.laid_out("indptr")

    def laid_out(self, name: str) -> Array:
        if self.format == "coo":
            raise AttributeError(f"a coo matrix has no {name!r}; A.tocsr() has")
        return getattr(self.places, name)

    @property
    def values(self) -> Array:
        """The stored values, in the order of `places`."""
        order = self.places.order
        return self.data if order is None else np.take(self.data, order)

    # ---- other forms ----

    @property
    def T(self) -> "Stored":
        turned = {"csr": "csc", "csc": "csr", "coo": "coo"}[self.format]
        return Stored(self.data, self.places._replace(flipped=not self.places.flipped), turned)

    def transpose(self) -> "Stored":
        return self.T

    def toarray(self) -> Array:
        """The matrix as an array; values at one place are added."""
        return scatter(self.data, self.coords, self.shape)

    todense = toarray

    def tocsr(self) -> "Stored":
        return self if self.format == "csr" else by_rows(self.data, *self.coords, self.shape)

    def tocsc(self) -> "Stored":
        return self if self.format == "csc" else self.T.tocsr().T

    def tocoo(self) -> "Stored":
        return Stored(self.data, self.places, "coo")

    def with_data(self, data: Array) -> "Stored":
        """Other values at the same places."""
        return Stored(data, self.places, self.format)

    # ---- products ----

    def __matmul__(self, x: Any) -> Any:
        if is_sparse(x):
            return product(self, x)
        if not is_dense(x):
            return NotImplemented
        indices, indptr, size, _, flipped = self.places
        return stored_product(self.values, x, indices, indptr, size, flipped=flipped)

    def __rmatmul__(self, x: Any) -> Any:
        if theirs.issparse(x):
            return product(x, self)
        return np.transpose(self.T @ np.transpose(x)) if is_dense(x) else NotImplemented

    def dot(self, x: Any) -> Any:
        return self @ x

    def multiply(self, x: Any) -> "Stored":
        """The products with the elements of an array, or with a number, at the same places."""
        if not is_dense(x):
            raise TypeError(f"a sparse matrix times {type(x).__name__}: give an array, A.toarray()")
        x = np.broadcast_to(x, self.shape)[self.coords] if np.ndim(x) else x
        return self.with_data(self.data * x)

    def __mul__(self, x: Any) -> Any:
        return self.multiply(x) if is_dense(x) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, x: Any) -> Any:
        return self.multiply(1 / x) if is_dense(x) else NotImplemented

    def __neg__(self) -> "Stored":
        return self.with_data(-self.data)

    # ---- sums ----

    def __add__(self, x: Any) -> Any:
        """With a sparse matrix, a sparse one; with an array, an array."""
        if is_dense(x):
            return self.toarray() + x
        if not is_sparse(x):
            return NotImplemented
        if x.shape != self.shape:
            raise ValueError(f"sparse matrices of shapes {self.shape} and {x.shape} have no sum")
        x = x.tocoo()
        row, col = (np.concatenate(pair) for pair in zip(self.coords, x.coords))
        return by_rows(np.concatenate([self.data, x.data]), row, col, self.shape)

    __radd__ = __add__

    def __sub__(self, x: Any) -> Any:
        return self + -x

    def __rsub__(self, x: Any) -> Any:
        return -self + x

    def sum(self, axis: int | None = None) -> Array:
        """The sum of all values, or along an axis."""
        if axis is None:
            return np.sum(self.data)
        if axis not in (0, 1, -1, -2):
            raise ValueError(f"sum of a matrix along axis={axis}; give 0 or 1")
        kept = self.coords[1 - axis % 2]
        return scatter(self.data, kept, (self.shape[1 - axis % 2],))

    def mean(self, axis: int | None = None) -> Array:
        return self.sum(axis) / (np.prod(self.shape) if axis is None else self.shape[axis])

    def diagonal(self) -> Array:
        """The values on the diagonal."""
        row, col = self.coords
        on = np.flatnonzero(row == col)
        return scatter(np.take(self.data, on), row[on], (min(self.shape),))

    def trace(self) -> Array:
        return np.sum(self.diagonal())


def is_dense(x: Any) -> bool:
    """Whether ``x`` is an array, a number, or what stands for one."""
    return isinstance(x, (np.ndarray, np.generic, float, int, complex, Tracked, Symbol))


def is_sparse(x: Any) -> bool:
    """Whether ``x`` is a sparse matrix, of SciPy's or of ours."""
    return isinstance(x, Stored) or bool(theirs.issparse(x))


def by_rows(data: Array, row: Array, col: Array, shape: Any) -> Stored:
    """A matrix of values with their rows and columns, in any order; those of a place are added."""
    keys, places = np.unique(row.astype(np.int64) * shape[1] + col, return_inverse=True)
    order = None if len(keys) < len(row) else np.argsort(places)
    values = scatter(data, places, keys.shape) if order is None else np.take(data, order)
    return Stored(values, sorted_places(keys // shape[1], keys % shape[1], shape))


def sorted_places(row: Array, col: Array, shape: Any, order: Array = None) -> StoredPlaces:
    """Where values stand whose rows and columns are given, in an order by rows."""
    row, col = (row, col) if order is None else (row[order], col[order])
    indptr = np.searchsorted(row, np.arange(shape[0] + 1))
    kind = np.int32 if max(*shape, len(row)) < 2**31 else np.int64
    return StoredPlaces(col.astype(kind), indptr.astype(kind), shape, order)


def product(a: Any, b: Any) -> Stored:
    """The product of two sparse matrices: each value of ``a`` meets a row of ``b``."""
    a = a if isinstance(a, Stored) else a.tocsr()
    b = b.tocsr()
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"sparse matrices of shapes {a.shape} and {b.shape} have no product")
    row, col = a.coords if isinstance(a, Stored) else a.tocoo().coords
    lengths = np.diff(b.indptr)[col]
    left = np.repeat(np.arange(len(col)), lengths)
    first = np.cumsum(lengths) - lengths
    right = np.arange(len(left)) - first[left] + b.indptr[col[left]]
    values = np.take(a.data, left) * np.take(b.data, right)
    return by_rows(values, row[left], b.indices[right], (a.shape[0], b.shape[1]))
