"""Programs as formulas: equations whose sides are small trees, for a printer to spell out."""

from autograd_lite.formula.equations import Equation, equations, step_equation, step_equations
from autograd_lite.formula.notation import notation

__all__ = ["Equation", "equations", "notation", "step_equation", "step_equations"]
