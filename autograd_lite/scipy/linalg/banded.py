"""Systems whose matrix is banded, or constant along its diagonals; the gradients are, too.

A banded matrix A is stored by its diagonals: ab[u + i − j, j] = A[i, j], with u above the main one.
With h = A⁻ᵀg the gradient by A is −hxᵀ, of which only the stored diagonals are computed, or only
their sums.
"""

from typing import Any

import numpy as np
import scipy.linalg as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import conj
from autograd_lite.rules.indexing import at_add
from autograd_lite.scipy.linalg.calling import Array, array, counterpart, refused

# ---- banded ----


@primitive
def banded(ab: Array, b: Array, *, below: int, above: int, check_finite: bool = True) -> Array:
    """``scipy.linalg.solve_banded`` with so many diagonals below the main one, and above it."""
    return theirs.solve_banded((below, above), ab, b, check_finite=check_finite)


def places(below: int, above: int, n: int) -> tuple[Array, Array, Array]:
    """The row of A for each stored number, its column, and whether it is in A."""
    column = np.broadcast_to(np.arange(n), (below + above + 1, n))
    row = column + np.arange(-above, below + 1)[:, None]
    return np.clip(row, 0, n - 1), column, (row >= 0) & (row < n)


def turned_diagonals(ab: Array, below: int, above: int) -> Array:
    """The diagonals of the transpose."""
    row, column, inside = places(above, below, ab.shape[-1])  # of the transpose
    return ab[above + column - row, row] * inside


def stored(h: Array, x: Array, below: int, above: int) -> Array:
    """The stored diagonals of −hxᵀ."""
    row, column, inside = places(below, above, h.shape[0])
    product = h[row] * x[column]
    return -(product if h.ndim == 1 else np.sum(product, -1)) * inside


def banded_b(g: Array, ab: Array, below: int, above: int) -> Array:
    turned = turned_diagonals(ab, below, above)
    return banded(turned, g, below=above, above=below, check_finite=False)


def banded_a(g: Array, y: Array, ab: Array, below: int, above: int) -> Array:
    return stored(banded_b(g, ab, below, above), y, below, above)


rule(banded, ab=banded_a, b=banded_b)


@counterpart
def solve_banded(
    l_and_u: Any,
    ab: Array,
    b: Array,
    overwrite_ab: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:
    """x with a x = b, for the diagonals (l + u + 1, n) of a matrix, and (n,) or (n, m).

    The gradient by ``ab`` is 0 in the corners that are not read.  TypeError for several systems.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> ab, b = np.array([[9.0, 1.0], [2.0, 4.0]]), np.array([3.0, 4.0])
    >>> al.grad(lambda ab: np.sum(linalg.solve_banded((0, 1), ab, b)))(ab)[:, 1]
    array([-0.5  , -0.125])
    """
    (below, above), ab, b = map(int, l_and_u), array(ab), array(b)
    one_system("solve_banded", ab, b)
    return banded(ab, b, below=below, above=above, check_finite=check_finite)


def one_system(name: str, a: Array, b: Array) -> None:
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        raise refused(name, "several matrices", "call it for each, and np.stack the results")


# ---- banded and Hermitian ----


@primitive
def hermitian_banded(
    ab: Array, b: Array, *, lower: bool = False, check_finite: bool = True
) -> Array:
    """``scipy.linalg.solveh_banded``."""
    return theirs.solveh_banded(ab, b, lower=lower, check_finite=check_finite)


def hermitian_banded_b(g: Array, ab: Array, lower: bool) -> Array:
    return hermitian_banded(conj(ab), g, lower=lower, check_finite=False)


def hermitian_banded_a(g: Array, y: Array, ab: Array, lower: bool) -> Array:
    """A number beside the diagonal stands in two places, in one of them as its conjugate."""
    h, width = hermitian_banded_b(g, ab, lower), ab.shape[0] - 1
    below, above = (width, 0) if lower else (0, width)
    main = np.arange(width + 1)[:, None] == above
    both = stored(h, y, below, above) + conj(stored(y, h, below, above))
    return both * np.where(main, 0.5, 1.0)


rule(hermitian_banded, ab=hermitian_banded_a, b=hermitian_banded_b)


@counterpart
def solveh_banded(
    ab: Array,
    b: Array,
    overwrite_ab: bool = False,
    overwrite_b: bool = False,
    lower: bool = False,
    check_finite: bool = True,
) -> Array:
    """x with a x = b, for the upper or lower diagonals (u + 1, n) of a positive definite matrix.

    LinAlgError if it is not positive definite, TypeError for several systems.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> b = np.array([3.0, 4.0])
    >>> al.grad(lambda b: linalg.solveh_banded(np.array([[0.0, 1.0], [2.0, 1.0]]), b)[0])(b)
    array([ 1., -1.])
    """
    ab, b = array(ab), array(b)
    one_system("solveh_banded", ab, b)
    return hermitian_banded(ab, b, lower=lower, check_finite=check_finite)


# ---- Toeplitz ----


@primitive
def toeplitz_solution(c: Array, r: Array, b: Array, *, check_finite: bool = True) -> Array:
    """``scipy.linalg.solve_toeplitz`` by the first column and the first row."""
    return theirs.solve_toeplitz((c, r), b, check_finite)


def toeplitz_b(g: Array, c: Array, r: Array) -> Array:
    """The transpose has the first row as its column, but for the corner, which is that of c."""
    corner = np.arange(c.shape[0]) == 0
    return toeplitz_solution(np.where(corner, c, r), c, g, check_finite=False)


def along_diagonals(h: Array, x: Array, side: int) -> Array:
    """The sums of −hxᵀ along the main diagonal and those below it, or above it."""
    i, j = np.indices((x.shape[0], x.shape[0]))
    distance = side * (i - j)
    product = h[:, None] * x if h.ndim == 1 else h @ np.swapaxes(x, -1, -2)
    zeros = np.zeros(x.shape[0], product.dtype)
    return -at_add(zeros, np.where(distance >= 0, distance, 0), product * (distance >= 0))


def toeplitz_c(g: Array, y: Array, c: Array, r: Array) -> Array:
    return along_diagonals(toeplitz_b(g, c, r), y, 1)


def toeplitz_r(g: Array, y: Array, c: Array, r: Array) -> Array:
    return along_diagonals(toeplitz_b(g, c, r), y, -1) * (np.arange(c.shape[0]) > 0)


rule(toeplitz_solution, c=toeplitz_c, r=toeplitz_r, b=toeplitz_b)


@counterpart
def solve_toeplitz(c_or_cr: Any, b: Array, check_finite: bool = True) -> Array:
    """x with a x = b, for the first column of a matrix that is constant along its diagonals.

    Or for a tuple of its first column and its first row, whose first number is not read.  TypeError
    for several systems.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> f = lambda b: linalg.solve_toeplitz(np.array([2.0, 1.0]), b)[0]
    >>> al.grad(f)(np.array([3.0, 3.0])).round(4)
    array([ 0.6667, -0.3333])
    """
    c = array(c_or_cr[0] if type(c_or_cr) is tuple else c_or_cr)
    r = array(c_or_cr[1]) if type(c_or_cr) is tuple else conj(c)
    b = array(b)
    one_system("solve_toeplitz", np.zeros(np.shape(c)[1:]), b)
    return toeplitz_solution(c, r, b, check_finite=check_finite)
