"""Matrices in which the same numbers stand in several places, and blocks on a diagonal.

They are made by indexing, whose gradient adds what comes from all places of a number.
"""

import numpy as np

from autograd_lite.rules.common import conj
from autograd_lite.scipy.linalg.calling import Array, array, counterpart


def by_difference(n: int, m: int, start: int, side: int = -1) -> Array:
    """The index ``start`` + i ± j of each place of a matrix (n, m)."""
    return start + np.arange(n)[:, None] + side * np.arange(m)


def vector(x: Array) -> Array:
    return np.atleast_1d(array(x))


@counterpart
def toeplitz(c: Array, r: Array = None) -> Array:
    """The matrix (n, m) that is constant along its diagonals, by its first column and first row.

    ``r[0]`` is not read; without ``r`` it is the conjugate of ``c``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda c: np.sum(linalg.toeplitz(c)))(np.array([1.0, 2.0, 3.0]))
    array([3., 4., 2.])
    """
    c = vector(c)
    r = conj(c) if r is None else vector(r)
    n, m = c.shape[-1], r.shape[-1]
    numbers = np.concatenate([r[..., :0:-1], c], -1)
    return numbers[..., by_difference(n, m, m - 1)]


@counterpart
def hankel(c: Array, r: Array = None) -> Array:
    """The matrix (n, m) that is constant along its antidiagonals, by its first column and last row.

    ``r[0]`` is not read; without ``r`` it is zeros.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda c: np.sum(linalg.hankel(c)))(np.array([1.0, 2.0, 3.0]))
    array([1., 2., 3.])
    """
    c = np.ravel(vector(c))
    r = np.zeros_like(c) if r is None else np.ravel(vector(r))
    return np.concatenate([c, r[1:]])[by_difference(c.shape[0], r.shape[0], 0, 1)]


@counterpart
def circulant(c: Array) -> Array:
    """The matrix (…, n, n) whose columns are ``c``, each one place further down.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda c: linalg.circulant(c)[0, 1])(np.array([1.0, 2.0, 3.0]))
    array([0., 0., 1.])
    """
    c = vector(c)
    n = c.shape[-1]
    return c[..., by_difference(n, n, 0) % n]


@counterpart
def block_diag(*arrs: Array) -> Array:
    """The matrix with these matrices on its diagonal, and zeros elsewhere.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import linalg
    >>> al.grad(lambda a: linalg.block_diag(a, [[2.0]])[0, 0] ** 2)(np.array([[3.0]])).item()
    6.0
    """
    blocks = [np.atleast_2d(array(a)) for a in arrs]
    columns = sum(a.shape[-1] for a in blocks)
    lead = np.broadcast_shapes(*[a.shape[:-2] for a in blocks])
    rows, before = [], 0
    for a in blocks:
        m, n = a.shape[-2:]
        wide = [(0, 0)] * (a.ndim - 1) + [(before, columns - before - n)]
        rows.append(np.broadcast_to(np.pad(a, wide), (*lead, m, columns)))
        before += n
    return np.concatenate(rows, -2)
