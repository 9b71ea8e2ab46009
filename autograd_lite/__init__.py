"""Reverse-mode automatic differentiation for NumPy: minimal, exact and fast.

>>> import numpy as np, autograd_lite as al
>>> al.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
array([1., 1.])
"""

from importlib import import_module as _import_module
from importlib.util import find_spec as _find_spec
from typing import TYPE_CHECKING
from typing import Any as _Any

from autograd_lite import rules as _rules  # noqa: F401  (fills the tables)
from autograd_lite.core import registry as _registry
from autograd_lite.core.custom import primitive, rule, stop_gradient
from autograd_lite.core.tensor import Tensor
from autograd_lite.core.tracked import branch
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.rules.indexing import at_add, at_set
from autograd_lite.transforms.gradients import grad, value_and_grad, vjp

if TYPE_CHECKING:
    from autograd_lite import scipy as scipy
    from autograd_lite import special as special
    from autograd_lite import testing as testing
    from autograd_lite.analysis.by_hand.comparison import compare
    from autograd_lite.analysis.explain import explain
    from autograd_lite.blockwise.cutting import blocks
    from autograd_lite.blockwise.sums import mean_over, sum_over
    from autograd_lite.compiling.compiled import compile
    from autograd_lite.loops.branches import cond
    from autograd_lite.loops.implicit import implicit
    from autograd_lite.loops.repeating import while_loop
    from autograd_lite.loops.scan import map, scan
    from autograd_lite.loops.solving import fixed_point
    from autograd_lite.program import Program, trace
    from autograd_lite.programs.notation import notation
    from autograd_lite.programs.tracing import named
    from autograd_lite.readers.graph.drawing import draw
    from autograd_lite.transforms.debugging import debug
    from autograd_lite.transforms.elementwise import derivative
    from autograd_lite.transforms.jacobians import gnvp, hessian, hvp, jacobian, jvp
    from autograd_lite.transforms.recompute import checkpoint

#: What is imported when it is first asked for, and the module of each.
_LATER = {
    "Program": "program",
    "blocks": "blockwise.cutting",
    "checkpoint": "transforms.recompute",
    "compile": "compiling.compiled",
    "cond": "loops.branches",
    "compare": "analysis.by_hand.comparison",
    "debug": "transforms.debugging",
    "derivative": "transforms.elementwise",
    "draw": "readers.graph.drawing",
    "explain": "analysis.explain",
    "fixed_point": "loops.solving",
    "gnvp": "transforms.jacobians",
    "hessian": "transforms.jacobians",
    "hvp": "transforms.jacobians",
    "implicit": "loops.implicit",
    "jacobian": "transforms.jacobians",
    "jvp": "transforms.jacobians",
    "map": "loops.scan",
    "mean_over": "blockwise.sums",
    "named": "programs.tracing",
    "notation": "programs.notation",
    "scan": "loops.scan",
    "sum_over": "blockwise.sums",
    "trace": "program",
    "while_loop": "loops.repeating",
}

#: The modules that have public names of their own.
_MODULES = ("scipy", "special", "testing")

__version__ = "0.1.0"
__all__ = [
    "Program",
    "Tensor",
    "at_add",
    "at_set",
    "blocks",
    "branch",
    "checkpoint",
    "compare",
    "compile",
    "cond",
    "debug",
    "derivative",
    "draw",
    "explain",
    "fixed_point",
    "gnvp",
    "grad",
    "hessian",
    "hvp",
    "implicit",
    "jacobian",
    "jvp",
    "map",
    "mean_over",
    "named",
    "notation",
    "primitive",
    "rule",
    "scan",
    "stop_gradient",
    "sum_over",
    "trace",
    "tree_leaves",
    "tree_map",
    "value_and_grad",
    "vjp",
    "while_loop",
]


def _imported(name: str) -> _Any:
    """What is imported when it is first asked for."""
    if name in _LATER:
        globals()[name] = found = getattr(_import_module(f"{__name__}.{_LATER[name]}"), name)
        return found
    if name in _MODULES:
        return _import_module(f"{__name__}.{name}")
    homes = [home for home, names in _registry.HOMES.items() if name in names()]
    there = f"; it is {homes[0]}.{name}" if homes else ""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{there}")


_registry.HOMES["al.special"] = lambda: _imported("special").__all__
_registry.HOMES["al.testing"] = lambda: _imported("testing").__all__

if not TYPE_CHECKING:  # lest a type checker believe that every name is there
    __getattr__ = _imported


def __dir__() -> list[str]:
    modules = [name for name in _MODULES if name != "scipy" or _find_spec("scipy")]
    return sorted([*__all__, *modules, *(n for n in globals() if n.startswith("__"))])
