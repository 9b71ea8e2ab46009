"""How Python writes a call: operators with their parentheses, values to the last bit."""

import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from autograd_lite.programs.filled import is_filled
from autograd_lite.programs.operators import CALL, OPERATORS, Operator
from autograd_lite.programs.steps import Step, Value, has_dtype, has_shape, replace_values
from autograd_lite.rules.indexing import scatter

#: Kinds of operators whose ufuncs are written as calls: np.power has no short cuts, as x**2 has.
AS_CALLS = {"power", "positive", "and", "or", "xor", "complement", "absolute", "divmod"}
SIGNS = {o.function: o for o in OPERATORS}
SIGNS |= {o.ufunc: o for o in OPERATORS if o.kind not in AS_CALLS}
EQUALITY = SIGNS[operator.eq].strength
NEGATIVE = SIGNS[operator.neg].strength


#: Elements of an array that is no longer written out.
LARGE = 64


class CannotSpell(Exception):
    """For what has no text that would give it back: the argument is what it is."""


@dataclass(frozen=True)
class Written:
    """An expression that is written already, and how tightly its last operation binds."""

    text: str
    strength: int = CALL


def refuse(x: Any) -> str:
    raise CannotSpell(x)


class Spelling:
    """How calls and values are written; ``unknown(x)`` is written for what has no text."""

    def __init__(self, unknown: Callable[[Any], str] = refuse) -> None:
        self.unknown = unknown

    def call(
        self, function: Callable[..., Any], args: Any, options: Any, name: str, short: bool = True
    ) -> Written:
        """``function(*args, **options)``, where ``name`` is what the function is called.

        It has a sign or a dot in place of its name if it is ``short``, as `is_short` says.
        """
        if short and function in SIGNS and len(args) == SIGNS[function].ufunc.nin and not options:
            return self.with_sign(SIGNS[function], args)
        if function is has_shape:
            return Written(f"np.shape({self.value(args[0])}) == {self.value(args[1])}", EQUALITY)
        if function is has_dtype:
            x = self.inside(args[0], CALL)
            return Written(f"{x}.dtype == {self.value(args[1].type)}", EQUALITY)
        if function is operator.getitem:
            return Written(f"{self.inside(args[0], CALL)}[{self.key(args[1])}]")
        if short and function is np.transpose and args[1:] in ((), (None,)) and not options:
            return Written(f"{self.inside(args[0], CALL)}.T")
        if function is scatter:
            args, options = (*args, *options.values()), {}
        listed = [self.value(a) for a in args]
        if function is scatter and not name:
            values, index, shape = listed
            return Written(f"al.at_add(np.zeros_like({values}, shape={shape}), {index}, {values})")
        listed += [f"{option}={self.value(x)}" for option, x in options.items()]
        return Written(f"{name}({', '.join(listed)})")

    def with_sign(self, o: Operator, args: Any) -> Written:
        """An operator between its operands, in front of one, or, as ``abs`` is, called."""
        if o.strength == CALL:
            return Written(f"{o.sign}({', '.join(map(self.value, args))})")
        if len(args) == 1:
            return Written(o.sign + self.inside(args[0], o.strength), o.strength)
        left, right = o.strength, o.strength + 1  # a - b - c is (a - b) - c
        if o.kind == "power":
            left, right = right, left
        elif o.kind in ("order", "equality"):
            left = right  # a < b < c means something else
        return Written(
            f"{self.inside(args[0], left)} {o.sign} {self.inside(args[1], right)}", o.strength
        )

    def inside(self, x: Any, strength: int) -> str:
        """An operand, in parentheses if it binds less than ``strength``."""
        text = self.value(x)
        plain = NEGATIVE if text.startswith("-") else CALL
        binds = x.strength if isinstance(x, Written) else plain
        return text if binds >= strength else f"({text})"

    def key(self, x: Any) -> str:
        """What stands between the brackets of an index."""
        if isinstance(x, tuple) and x:
            return ", ".join(map(self.key, x)) + ("," if len(x) == 1 else "")
        if isinstance(x, slice):
            start, stop = ("" if s is None else self.value(s) for s in (x.start, x.stop))
            return f"{start}:{stop}" + ("" if x.step is None else f":{self.value(x.step)}")
        return self.value(x)

    def value(self, x: Any) -> str:
        """A Python expression whose value is ``x``, to the bit."""
        if isinstance(x, Written):
            return x.text
        if x is Ellipsis:
            return "..."
        if isinstance(x, (np.ndarray, np.generic)):
            return self.array(x)
        if type(x) in (list, tuple):
            inner = ", ".join(map(self.value, x))
            if type(x) is list:
                return f"[{inner}]"
            return f"({inner},)" if len(x) == 1 else f"({inner})"
        if type(x) is dict:
            keys = [double_quoted(repr(k)) if is_plain_key(k) else self.unknown(k) for k in x]
            parts = [f"{key}: {self.value(part)}" for key, part in zip(keys, x.values())]
            return "{" + ", ".join(parts) + "}"
        if isinstance(x, slice):
            return f"slice({', '.join(map(self.value, (x.start, x.stop, x.step)))})"
        if isinstance(x, np.dtype):
            return f"np.dtype({x.str!r})"
        if isinstance(x, type) and issubclass(x, np.generic):
            return f"np.{x.__name__}"
        if isinstance(x, type) and x in (bool, int, float, complex, object):
            return x.__name__
        if callable(x) and (found := importable(x)) and not found[0]:
            return found[1]
        return self.number(x)

    def number(self, x: Any) -> str:
        if type(x) is float:
            return repr(x) if np.isfinite(x) else f"float({str(x)!r})"
        if type(x) is complex:
            return f"complex({self.number(x.real)}, {self.number(x.imag)})"
        if type(x) in (int, bool, str, bytes, type(None), range, Fraction):
            return repr(x)
        return self.unknown(x)

    def array(self, x: Any) -> str:
        """An array or a scalar of NumPy's, with its dtype unless that goes without saying."""
        if x.dtype.char in "gGmMSUV":
            return self.unknown(x)
        if isinstance(x, np.generic):
            return f"np.{x.dtype.name.replace('bool', 'bool_')}({self.number(x.item())})"
        if x.ndim and x.size > 1 and not any(x.strides):
            return f"np.broadcast_to({self.value(x[(0,) * x.ndim])}, {x.shape})"
        if not (x.flags.c_contiguous or x.flags.f_contiguous):
            return self.unknown(x)
        if x.size and is_filled(x):
            how = "" if x.flags.c_contiguous else ', order="F"'
            first = x.flat[0]
            number = first.item() if x.dtype in (bool, int, float, complex) else first
            filled = f"np.full({x.shape}, {self.value(number)}{how})"
            if x.size > LARGE or len(filled) < len(self.elements(x)):
                return filled
        return self.elements(x)

    def elements(self, x: Any) -> str:
        """An array with all its elements."""
        usual = x.dtype == np.asarray(x.tolist()).dtype and x.size > 0
        how = "" if usual else f", dtype={'object' if x.dtype == object else f'np.{x.dtype.name}'}"
        if not x.flags.c_contiguous:
            how += ', order="F"'
        return f"np.array({self.value(x.tolist())}{how})" if x.size else f"np.zeros({x.shape}{how})"


def is_short(step: Step) -> bool:
    """Whether Python's operator or attribute does for these operands what NumPy's function does.

    Of Python's numbers alone an operator makes one of Python's, where a ufunc makes one of NumPy's.
    So does it of a complex one and a float64, which is a float to Python.  And they have no ``.T``.
    """
    values, f = step.operands, step.function
    if f is np.transpose:
        return not any(value.weak or (value.number and value.dtype == object) for value in values)
    if not isinstance(f, np.ufunc) or not all(value.number for value in values):
        return True
    pythons = [v.dtype for v in values if v.weak]
    pythons += [np.dtype(type(x)) for x in step.args if type(x) in (bool, int, float, complex)]
    numpys = len(step.args) > len(pythons)
    return not pythons or (numpys and all(dtype.kind != "c" for dtype in pythons))


def expression(step: Step, names: Mapping[Value, str]) -> str:
    """What stands to the right of ``=`` for a step: ``W2 @ x`` or ``np.sum(t1, axis=0)``."""
    return nested(step, {value: Written(names[value]) for value in step.operands}).text


def nested(step: Step, texts: Mapping[Value, Written]) -> Written:
    """A step as an expression of expressions, in parentheses where they need them.

    What has no text that would give it back, such as an object given as an option, is shown by its
    name or type.  This text is to be read; what `Program.source` writes is to be run.
    """
    args, options = replace_values((step.args, step.options), texts.__getitem__)
    name = (importable(step.function) or ("", step.name))[1]
    return Spelling(shown).call(step.function, args, options, name)


def shown(x: Any) -> str:
    return str(getattr(x, "__name__", f"<{type(x).__name__}>"))


def is_plain_key(x: Any) -> bool:
    """Whether the text of a key is Python for it, and of nothing else: its very type is known."""
    if type(x) is float:
        return bool(np.isfinite(x))
    if type(x) is tuple:
        return all(map(is_plain_key, x))
    return type(x) in (str, bytes, int, bool, type(None))


def double_quoted(text: str) -> str:
    """A path or a key with double quotes where that is as good."""
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def importable(function: Any) -> tuple[str, str] | None:
    """The module to import a function from and its name there; np functions need no import.

    It is the shortest module that has the function, as ``package`` for ``package.module.function``;
    None if there is no such module.
    """
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        return "", f"np.{function.__self__.__name__}.{function.__name__}"
    name = getattr(function, "__name__", "")
    parts = (getattr(function, "__module__", None) or "numpy").split(".")
    if not all(part.isidentifier() for part in (name, *parts)):
        return None
    for end in range(1, len(parts) + 1):
        package = ".".join(parts[:end])
        if getattr(sys.modules.get(package), name, None) is function:
            if parts[0] == "numpy":
                return "", f"np{package[5:]}.{name}"
            return ("", f"al.{name}") if package == "autograd_lite" else (package, name)
    return ("", f"np.{name}") if vars(np).get(name) is function else None
