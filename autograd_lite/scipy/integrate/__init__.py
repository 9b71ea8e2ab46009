"""``scipy.integrate`` with derivatives: differential equations, integrals of functions, of samples.

All else is SciPy's, and takes plain numbers.
"""

from typing import Any

import scipy.integrate as _theirs

from autograd_lite.scipy.integrate.ivp import solve_ivp
from autograd_lite.scipy.integrate.lsoda import odeint
from autograd_lite.scipy.integrate.quadrature import dblquad, nquad, quad, tplquad
from autograd_lite.scipy.integrate.samples import (
    cumulative_simpson,
    cumulative_trapezoid,
    fixed_quad,
    romb,
    simpson,
    trapezoid,
)

__all__ = [
    "cumulative_simpson",
    "cumulative_trapezoid",
    "dblquad",
    "fixed_quad",
    "nquad",
    "odeint",
    "quad",
    "romb",
    "simpson",
    "solve_ivp",
    "tplquad",
    "trapezoid",
]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What has no derivative here."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
