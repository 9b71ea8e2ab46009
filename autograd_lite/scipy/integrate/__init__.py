"""``scipy.integrate`` with derivatives."""

from autograd_lite.scipy.integrate.ivp import solve_ivp

__all__ = ["solve_ivp"]
