"""How Python writes a call: operators with their parentheses, values to the last bit."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from autograd_lite.programs.operators import CALL, OPERATORS, Operator
from autograd_lite.rules.indexing import scatter

#: Kinds of operators whose ufuncs are written as calls: np.power has no short cuts, as x**2 has.
AS_CALLS = {"power", "positive", "and", "or", "xor", "complement", "absolute", "divmod"}
SIGNS = {o.function: o for o in OPERATORS}
SIGNS |= {o.ufunc: o for o in OPERATORS if o.kind not in AS_CALLS}

#: An expression: its text, and how tightly its last operation binds.
Text = tuple[str, int]


class CannotSpell(Exception):
    """For what has no text that would give it back: the argument is what it is."""


def call(function: Callable[..., Any], args: Any, options: Any, name: str) -> Text:
    """``function(*args, **options)``; texts stand in the arguments as `Written`."""
    if function in SIGNS and len(args) == SIGNS[function].ufunc.nin and not options:
        return with_sign(SIGNS[function], args)
    if function is operator.getitem:
        return f"{inside(args[0], CALL)}[{key(args[1])}]", CALL
    if function is np.transpose and len(args) == 1 and not options:
        return f"{inside(args[0], CALL)}.T", CALL
    if function is np.transpose and len(args) == 2 and args[1] is None:
        return f"{inside(args[0], CALL)}.T", CALL
    if function is scatter:
        listed = [written(a) for a in (*args, *options.values())]
        if name:  # of Fractions, among which an integer zero would not do
            return f"{name}({', '.join(listed)})", CALL
        zeros = f"np.zeros_like({listed[0]}, shape={listed[2]})"
        return f"al.at_add({zeros}, {listed[1]}, {listed[0]})", CALL
    listed = [written(a) for a in args]
    listed += [f"{option}={written(value)}" for option, value in options.items()]
    return f"{name}({', '.join(listed)})", CALL


def with_sign(o: Operator, args: Any) -> Text:
    """An operator between its operands, in front of one, or, as ``abs`` is, called."""
    if o.strength == CALL:
        return f"{o.sign}({', '.join(map(written, args))})", CALL
    if len(args) == 1:
        return o.sign + inside(args[0], o.strength), o.strength
    left, right = o.strength, o.strength + 1  # a - b - c is (a - b) - c
    if o.kind == "power":
        left, right = right, left
    elif o.kind in ("order", "equality"):
        left = right  # a < b < c means something else
    return f"{inside(args[0], left)} {o.sign} {inside(args[1], right)}", o.strength


class Written:
    """An expression that is written already."""

    def __init__(self, text: str, strength: int = CALL) -> None:
        self.text, self.strength = text, strength


def inside(x: Any, strength: int) -> str:
    """An operand, in parentheses if it binds less than ``strength``."""
    text = written(x)
    if isinstance(x, Written):
        return text if x.strength >= strength else f"({text})"
    return f"({text})" if text.startswith("-") and strength > SIGNS[operator.neg].strength else text


def key(x: Any) -> str:
    """What stands between the brackets of an index."""
    if isinstance(x, tuple) and x:
        return ", ".join(map(key, x)) + ("," if len(x) == 1 else "")
    if isinstance(x, slice):
        start, stop = ("" if s is None else written(s) for s in (x.start, x.stop))
        return f"{start}:{stop}" + ("" if x.step is None else f":{written(x.step)}")
    return written(x)


def written(x: Any) -> str:
    """A Python expression whose value is ``x``, to the bit."""
    if isinstance(x, Written):
        return x.text
    if x is Ellipsis:
        return "..."
    if isinstance(x, (np.ndarray, np.generic)):
        return array(x)
    if type(x) in (list, tuple):
        inner = ", ".join(map(written, x))
        return f"[{inner}]" if type(x) is list else f"({inner},)" if len(x) == 1 else f"({inner})"
    if type(x) is dict:
        return "{" + ", ".join(f"{k!r}: {written(v)}" for k, v in x.items()) + "}"
    if isinstance(x, slice):
        return f"slice({written(x.start)}, {written(x.stop)}, {written(x.step)})"
    if isinstance(x, np.dtype):
        return f"np.dtype({x.str!r})"
    if isinstance(x, type) and issubclass(x, np.generic):
        return f"np.{x.__name__}"
    if isinstance(x, type) and x in (bool, int, float, complex, object):
        return x.__name__
    if callable(x):
        return importable(x)[1]
    return number(x)


def number(x: Any) -> str:
    if type(x) is float:
        return repr(x) if np.isfinite(x) else f"float({str(x)!r})"
    if type(x) is complex:
        return f"complex({number(x.real)}, {number(x.imag)})"
    if type(x) in (int, bool, str, bytes, type(None), range, Fraction):
        return repr(x)
    raise CannotSpell(x)


def array(x: Any) -> str:
    """An array or a scalar of NumPy's, with its dtype where that goes without saying."""
    if x.dtype.char in "gGmM" or x.dtype.names:
        raise CannotSpell(x)
    if isinstance(x, np.generic):
        return f"np.{x.dtype.name.replace('bool', 'bool_')}({number(x.item())})"
    usual = x.dtype == np.asarray(x.tolist()).dtype and x.size > 0
    if x.ndim and x.size > 1 and not any(x.strides):
        return f"np.broadcast_to({written(x[(0,) * x.ndim])}, {x.shape})"
    if not (x.flags.c_contiguous or x.flags.f_contiguous):
        raise CannotSpell(x)
    how = "" if usual else f", dtype={'object' if x.dtype == object else f'np.{x.dtype.name}'}"
    if x.flags.f_contiguous and not x.flags.c_contiguous:
        how += ', order="F"'
    if x.size == 0:
        return f"np.zeros({x.shape}{how})"
    return f"np.array({written(x.tolist())}{how})"


def importable(function: Any) -> tuple[str, str]:
    """The module to import a function from and its name there; np functions need no import.

    The shortest public module that has it, as in ``nn`` for ``nn.activations.sigmoid``.
    """
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return "", f"np.{function.__self__.__name__}.{function.__name__}"
    name = getattr(function, "__name__", "")
    module = getattr(function, "__module__", None) or "numpy"
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        package = ".".join(parts[:end])
        if getattr(sys.modules.get(package), name, None) is function:
            if parts[0] == "numpy":
                return "", f"np{package[5:]}.{name}"
            if package == "autograd_lite":
                return "", f"al.{name}"
            return package, name
    if getattr(np, name, None) is function:
        return "", f"np.{name}"
    raise CannotSpell(function)
