"""Is a gradient right?  Checks for any function with a backward pass, ours or another's.

`check_grads` compares a pullback with derivatives found without backpropagation, and says on
failure where it is wrong and what the likely cause is.  It needs NumPy alone; what draws examples
(`strategies`, `gradient_property`) needs Hypothesis: ``pip install autograd_lite[testing]``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.testing import adapters
from autograd_lite.testing.checking.check import check_grads
from autograd_lite.testing.checking.exact import assert_exact, assert_same_bits, ulp_distance
from autograd_lite.testing.checking.report import Report
from autograd_lite.testing.mutation.kills import kill_table
from autograd_lite.testing.mutation.mutants import mutants, mutants_of

if TYPE_CHECKING:
    from autograd_lite.testing import strategies
    from autograd_lite.testing.properties import gradient_property

#: Names that are imported when first asked for, and the module of each.
_LATER = {
    "strategies": "strategies",
    "gradient_property": "properties",
}

__all__ = [
    "Report",
    "adapters",
    "assert_exact",
    "assert_same_bits",
    "check_grads",
    "gradient_property",
    "kill_table",
    "mutants",
    "mutants_of",
    "strategies",
    "ulp_distance",
]


def _later(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_LATER[name]}")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ImportError(
            f"{__name__}.{name} needs Hypothesis: pip install autograd_lite[testing]"
        ) from error
    found = module if name == "strategies" else getattr(module, name)
    globals()[name] = found
    return found


if not TYPE_CHECKING:  # lest a type checker believe that every name is there
    __getattr__ = _later


def __dir__() -> list[str]:
    return [*__all__]
