"""Solutions of sparse systems by factors L U, by the right side and by the stored values.

With A x = b and w the solution of Aᵀ w = g, the slope by b is w, and that by the value at (i, j) is
−Σ wᵢ xⱼ: nothing is computed where nothing is stored.  Both systems have the same factors, which
are kept as long as the values.

Source: Giles 2008, "Collected matrix derivative results for forward and reverse mode AD".
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import ref

import numpy as np
import scipy.sparse as matrices
import scipy.sparse.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.scipy.sparse.by_places import at_places
from autograd_lite.scipy.sparse.stored import Stored, places_of
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

# ---- by stored values ----


class KeptFactors(NamedTuple):
    """The factors of a matrix, with a copy of what they were made of, since that may change."""

    values: Any
    copy: tuple[Array, Array]
    factors: Any

    def fits(self, data: Array, indices: Array) -> bool:
        same = zip(self.copy, (data, indices))
        return self.values() is data and all(np.array_equal(a, b) for a, b in same)


_kept: dict[Any, KeptFactors] = {}


def factors_of(data: Array, indices: Array, indptr: Array, dtype: Any, permc_spec: Any) -> Any:
    """The factors L U of the transpose of a matrix by rows, kept as long as ``data``."""
    key = (id(data), str(dtype), permc_spec)
    found = _kept.get(key)
    if found is None or not found.fits(data, indices):
        size = (len(indptr) - 1,) * 2
        given = data.astype(dtype), indices.copy(), indptr
        matrix = matrices.csc_array(given, shape=size)
        gone = ref(data, lambda _: _kept.pop(key, None))
        factors = theirs.splu(matrix, permc_spec)
        found = _kept[key] = KeptFactors(gone, (data.copy(), indices.copy()), factors)
    return found.factors


def solver_dtype(*parts: Array) -> Any:
    """The dtype in which a system is solved."""
    return np.result_type(np.float32, *parts)


@primitive
def stored_solve(
    data: Array,
    b: Array,
    indices: Array,
    indptr: Array,
    flipped: bool = False,
    permc_spec: Any = None,
) -> Array:
    """The solution of A x = b, with the transpose of A if it is ``flipped``."""
    data, b = np.asarray(data), np.asarray(b)
    dtype = solver_dtype(data, b)
    try:
        factors = factors_of(data, indices, indptr, dtype, permc_spec)
    except RuntimeError as error:  # "Factor is exactly singular"
        raise np.linalg.LinAlgError(f"spsolve: the matrix has no inverse ({error})") from error
    return factors.solve(np.asarray(b, dtype), "N" if flipped else "T")


def solve_by_b(
    g: Array, data: Array, indices: Array, indptr: Array, flipped: bool, permc_spec: Any
) -> Array:
    return stored_solve(data, g, indices, indptr, flipped=not flipped, permc_spec=permc_spec)


def solve_by_data(
    g: Array, y: Array, data: Array, indices: Array, indptr: Array, flipped: bool, permc_spec: Any
) -> Array:
    w = solve_by_b(g, data, indices, indptr, flipped, permc_spec)
    return -at_places(*((y, w) if flipped else (w, y)), indices, indptr)


rule(stored_solve, data=solve_by_data, b=solve_by_b, indices=None, indptr=None)


def spsolve(A: Any, b: Any, permc_spec: Any = None, use_umfpack: bool = True) -> Any:
    """The solution of A x = b for a sparse A, with derivatives by b and by the stored values of A.

    A is n × n, b has n elements or n rows.  On plain numbers it is SciPy's.  On Tensors, SuperLU
    solves.  LinAlgError for a matrix without an inverse, TypeError for a sparse b.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import sparse
    >>> A = sparse.csc_array(np.array([[2.0, 0.0], [1.0, 4.0]]))
    >>> al.grad(lambda b: sparse.linalg.spsolve(A, b)[1])(np.ones(2))
    array([-0.125,  0.25 ])
    """
    if not isinstance(A, Stored) and not is_tracked([A, b]):
        return theirs.spsolve(A, b, permc_spec, use_umfpack)
    b = np.stack(b) if type(b) in (list, tuple) else b
    if isinstance(b, Stored) or matrices.issparse(b):
        raise TypeError("spsolve: a sparse right side has no derivative here; give b.toarray()")
    values, places = system(A, "spsolve")
    n = places.size[0]
    if np.ndim(b) not in (1, 2) or np.shape(b)[0] != n:
        raise ValueError(f"spsolve: b has shape {np.shape(b)}, and A has {n} rows")
    b = np.reshape(b, (n,)) if np.shape(b) == (n, 1) else b  # as SciPy does
    options = {"flipped": places.flipped, "permc_spec": permc_spec}
    return stored_solve(values, b, places.indices, places.indptr, **options)


def system(A: Any, name: str) -> tuple[Array, Any]:
    """The stored values of a square matrix, and their places by rows."""
    if isinstance(A, Stored):
        values, places = A.values, A.places
    elif matrices.issparse(A):
        A = A if A.format in ("csr", "csc") else A.tocsc()
        values, places = A.data, places_of(A)
    else:
        raise TypeError(
            f"{name}: A is no sparse matrix; give sparse.csr_array((values, (row, col))), or use "
            f"np.linalg.solve(A, b) for an array"
        )
    m, n = places.size
    if m != n:
        raise ValueError(f"{name}: A has shape {A.shape}; give a square one")
    return values, places


# ---- by the right side alone, with factors that are given ----


@primitive
def factor_solve(b: Array, factors: Any, trans: str = "N") -> Array:
    """The solution by factors of SciPy's of A x = b, or of the transposed system."""
    return factors.theirs.solve(np.asarray(b), trans)


rule(
    factor_solve,
    b=lambda g, factors, trans: factor_solve(g, factors, trans="T" if trans == "N" else "N"),
    factors=None,
)


class SparseFactors:
    """The factors of a sparse matrix, whose ``solve`` has derivatives; all else is SciPy's."""

    def __init__(self, factors: Any, dtype: Any) -> None:
        self.theirs, self.dtype = factors, np.result_type(dtype, np.float32)

    def __repr__(self) -> str:
        return f"<factors of a sparse matrix of shape {self.theirs.shape}>"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["theirs"], name)

    def __deepcopy__(self, memo: Any) -> "SparseFactors":
        return self  # nobody can change them

    def solve(self, rhs: Array, trans: str = "N") -> Array:
        """The solution of A x = b, of Aᵀ x = b by ``trans="T"``, of Aᴴ x = b by ``trans="H"``."""
        if not is_tracked(rhs):
            return self.theirs.solve(rhs, trans)
        if trans == "H":
            return np.conj(self.solve(np.conj(rhs), "T"))
        if np.iscomplexobj(rhs) and self.dtype.kind != "c":
            return self.solve(np.real(rhs), trans) + 1j * self.solve(np.imag(rhs), trans)
        return factor_solve(rhs, self, trans=trans)


class StoredFactors:
    """The factors of a matrix whose stored values vary: ``solve`` alone, by them and by b."""

    def __init__(self, A: Stored, options: dict[str, Any]) -> None:
        self.A, self.options = A, options
        self.shape = A.shape

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"the factors of a matrix that varies have no {name!r}; use solve(b), or give plain "
            f"values, as al.stop_gradient(t)"
        )

    def solve(self, rhs: Array, trans: str = "N") -> Array:
        """The solution of A x = b, of Aᵀ x = b by ``trans="T"``, of Aᴴ x = b by ``trans="H"``."""
        A = self.A if trans == "N" else self.A.T
        if trans == "H":
            return np.conj(spsolve(A, np.conj(rhs), **self.options))
        return spsolve(A, rhs, **self.options)


def splu(A: Any, permc_spec: Any = None, *args: Any, **options: Any) -> Any:
    """The factors L U of a sparse matrix, of which ``solve`` has derivatives.

    By b, and by the stored values of A where these vary.  The other arguments are SciPy's.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import sparse
    >>> lu = sparse.linalg.splu(sparse.csc_array(np.array([[2.0, 0.0], [1.0, 4.0]])))
    >>> al.grad(lambda b: lu.solve(b)[1])(np.ones(2))
    array([-0.125,  0.25 ])
    """
    if isinstance(A, Stored):
        return StoredFactors(A, {"permc_spec": permc_spec})
    return SparseFactors(theirs.splu(A, permc_spec, *args, **options), A.dtype)


def spilu(A: Any, *args: Any, **options: Any) -> SparseFactors:
    """Incomplete factors of a sparse matrix, whose ``solve`` has a derivative by b.

    >>> import numpy as np
    >>> from autograd_lite.scipy import sparse
    >>> sparse.linalg.spilu(sparse.csc_array(np.eye(2))).solve(np.ones(2))
    array([1., 1.])
    """
    return SparseFactors(theirs.spilu(A, *args, **options), A.dtype)


def factorized(A: Any) -> Callable[[Array], Array]:
    """The function that solves A x = b for a sparse A, with derivatives as those of `splu`.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import sparse
    >>> solve = sparse.linalg.factorized(sparse.csc_array(np.array([[2.0, 0.0], [1.0, 4.0]])))
    >>> al.grad(lambda b: solve(b)[1])(np.ones(2))
    array([-0.125,  0.25 ])
    """
    if isinstance(A, Stored):
        return StoredFactors(A, {}).solve
    plain = theirs.factorized(A)
    factors: list[SparseFactors] = []

    def solve(b: Array) -> Array:
        if not is_tracked(b):
            return plain(b)
        if not factors:  # SciPy's function holds them back
            factors.append(splu(A if A.format == "csc" else A.tocsc()))
        return factors[0].solve(b)

    return solve
