"""``scipy.interpolate`` with derivatives by values, places where these are defined, and points.

What is made of plain numbers is an object of SciPy's class, and takes Tensors as points.  All else
is SciPy's, and takes plain numbers.
"""

from typing import Any

import scipy.interpolate as _theirs

from autograd_lite.scipy.interpolate.bsplines import BSpline, make_interp_spline
from autograd_lite.scipy.interpolate.cubic import (
    Akima1DInterpolator,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
)
from autograd_lite.scipy.interpolate.grids import RegularGridInterpolator, interp1d

__all__ = [
    "Akima1DInterpolator",
    "BSpline",
    "CubicHermiteSpline",
    "CubicSpline",
    "PchipInterpolator",
    "RegularGridInterpolator",
    "interp1d",
    "make_interp_spline",
]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What has no derivative here."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
