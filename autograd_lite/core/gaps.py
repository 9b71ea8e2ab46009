"""Gaps in the tables: rules that are read late, and derivatives that are refused."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

#: Packages that the engine never imports, each with the module that has the rules for it.
LAZY = {"scipy.special": "autograd_lite.rules.special"}


def read_late(function: Any) -> None:
    """Read the rules for the package that ``function`` comes from, if they are such."""
    name = getattr(function, "__name__", "")
    for package, rules in LAZY.items():
        if getattr(sys.modules.get(package), name, None) is function:
            import_module(rules)


def no_derivative(g: Any) -> Any:
    """Stands for the rule of an array argument by which nobody knows the derivative.

    (``None`` would say that the derivative is zero.)
    """
    raise NotImplementedError


def refused(name: str, argument: str) -> TypeError:
    return TypeError(
        f"{name} has no derivative with respect to {argument!r}: no closed form is known; "
        f"pass a plain value, al.stop_gradient(value), or give {name} your own rules, al.rule"
    )
