"""Sparse matrices of SciPy's, which multiply what is tracked: ``A @ t``, ``t @ A``, ``A.dot(t)``.

Before SciPy lets an operand answer for itself, it asks that for its numbers, and takes an object
without dimensions for a refusal.  So `declined` looks at who asks.  This is the only place where
what is done, and not only what is said, depends on the caller.
"""

import sys
from typing import Any

import numpy as np

from autograd_lite.core.admission import is_matrix
from autograd_lite.core.registry import PRODUCTS

#: What SciPy's methods take for an operand that answers for itself, by their names.
ANSWERS = {"_matmul_dispatch": np.array(None), "_mul_dispatch": np.array(None), "dot": np.array(0)}


def declined(x: Any) -> Any:
    """What says that ``x`` answers a product for itself; None where no product asks for it.

    It is called by ``__array__``, whose caller is looked at.
    """
    frame: Any = sys._getframe(2)
    answer = ANSWERS.get(frame.f_code.co_name)
    of_scipy = frame.f_globals.get("__name__", "").startswith("scipy.sparse.")
    return answer if of_scipy and frame.f_locals.get("other") is x else None


def product(a: Any, b: Any) -> Any:
    """``a @ b``, one of them tracked and the other a sparse matrix."""
    (times,) = PRODUCTS
    if is_matrix(a):
        return times(b, a)
    return np.transpose(times(np.transpose(a), b, flipped=True))
