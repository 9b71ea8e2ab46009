"""Reverse-mode automatic differentiation for NumPy: minimal, exact and fast.

>>> import numpy as np, autograd_lite as al
>>> al.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
array([1., 1.])
"""

from autograd_lite import rules as _rules  # noqa: F401  (fills the tables)
from autograd_lite.analysis.by_hand.comparison import compare
from autograd_lite.analysis.explain import explain
from autograd_lite.core.custom import primitive, stop_gradient
from autograd_lite.core.registry import rule
from autograd_lite.core.tensor import Tensor
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.program import Program, trace
from autograd_lite.programs.tracing import named
from autograd_lite.readers.formula import notation
from autograd_lite.readers.graph import draw
from autograd_lite.rules.indexing import at_add, at_set
from autograd_lite.transforms.debugging import debug
from autograd_lite.transforms.gradients import grad, hvp, jvp, value_and_grad, vjp
from autograd_lite.transforms.jacobians import hessian, jacobian
from autograd_lite.transforms.recompute import checkpoint

__version__ = "0.1.0"
__all__ = [
    "Program",
    "Tensor",
    "at_add",
    "at_set",
    "checkpoint",
    "compare",
    "debug",
    "draw",
    "explain",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "named",
    "notation",
    "primitive",
    "rule",
    "stop_gradient",
    "trace",
    "tree_leaves",
    "tree_map",
    "value_and_grad",
    "vjp",
]
