"""Roots, minima and fits of ``scipy.optimize``, with the derivatives of what they find.

All else of ``scipy.optimize`` is SciPy's own, and takes plain numbers alone, and functions of them.
"""

from inspect import isfunction
from typing import Any

import scipy.optimize as _theirs

from autograd_lite.scipy.optimize.assignments import linear_sum_assignment, linprog
from autograd_lite.scipy.optimize.minima import minimize, minimize_scalar
from autograd_lite.scipy.optimize.roots import (
    bisect,
    brenth,
    brentq,
    fixed_point,
    fsolve,
    newton,
    ridder,
    root,
    root_scalar,
    toms748,
)
from autograd_lite.scipy.optimize.solving import of_plain_numbers as _of_plain_numbers
from autograd_lite.scipy.optimize.squares import curve_fit, least_squares, nnls

__all__ = [
    "bisect",
    "brenth",
    "brentq",
    "curve_fit",
    "fixed_point",
    "fsolve",
    "least_squares",
    "linear_sum_assignment",
    "linprog",
    "minimize",
    "minimize_scalar",
    "newton",
    "nnls",
    "ridder",
    "root",
    "root_scalar",
    "toms748",
]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What is SciPy's own."""
    if not name.startswith("_") and hasattr(_theirs, name):
        found = getattr(_theirs, name)
        return _of_plain_numbers(name) if isfunction(found) else found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
