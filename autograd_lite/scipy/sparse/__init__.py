"""``scipy.sparse``: matrices whose stored values have derivatives; all else is SciPy's.

>>> import numpy as np, autograd_lite as al
>>> from autograd_lite.scipy import sparse
>>> A = sparse.eye_array(3, format="csr")
>>> al.grad(lambda t: np.sum((A @ t) ** 2))(np.ones(3))
array([2., 2., 2.])
"""

from typing import Any

import scipy.sparse as _theirs

from autograd_lite.scipy.sparse import linalg
from autograd_lite.scipy.sparse.making import coo_array, csc_array, csr_array, diags_array

__all__ = ["coo_array", "csc_array", "csr_array", "diags_array", "linalg"]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What makes matrices of plain numbers."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
