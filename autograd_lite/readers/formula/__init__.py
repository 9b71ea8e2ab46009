"""Programs as formulas: equations whose sides are small trees, for a printer to spell out."""

from autograd_lite.programs.notation import notation
from autograd_lite.readers.formula.equations import (
    Equation,
    equations,
    step_equation,
    step_equations,
)

__all__ = ["Equation", "equations", "notation", "step_equation", "step_equations"]
