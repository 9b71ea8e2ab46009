"""Reverse-mode automatic differentiation for NumPy: minimal, exact and fast.

>>> import numpy as np, autograd_lite as al
>>> al.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
array([1., 1.])
"""

from autograd_lite import rules as _rules  # noqa: F401  (fills the tables)
from autograd_lite.by_hand import compare
from autograd_lite.checkpoints import checkpoint
from autograd_lite.debug import debug
from autograd_lite.explain import explain
from autograd_lite.formula import notation
from autograd_lite.functional import grad, hvp, jvp, value_and_grad, vjp
from autograd_lite.graph import draw
from autograd_lite.jacobians import hessian, jacobian
from autograd_lite.primitive import primitive, stop_gradient
from autograd_lite.program import Program, trace
from autograd_lite.registry import rule
from autograd_lite.rules.indexing import at_add, at_set
from autograd_lite.tensor import Tensor
from autograd_lite.tracing import named
from autograd_lite.trees import tree_leaves, tree_map

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
