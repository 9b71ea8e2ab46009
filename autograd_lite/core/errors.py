"""What errors say: the operation, the shapes, and the fix."""

import re
from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any

import numpy as np

from autograd_lite.calls import ARRAY, AXIS, NUMBER, reworded, unbound
from autograd_lite.core.frames import is_engines
from autograd_lite.core.signatures import positional_names
from autograd_lite.core.trees import paths

#: What NumPy speaks of where shapes disagree, and not where an option is wrong.
SHAPES = re.compile("shape|dimension|broadcast|align|axes|axis|size|length")

DIFFERENTIABLE = "fcO"  # kinds of dtype: float, complex, object (Fractions and the like)


class NoRule(TypeError):
    """The error for a function that stands in none of the tables."""

    def __init__(self, function: Callable[..., Any], text: str) -> None:
        super().__init__(text)
        self.function = function


def no_closed_form(name: str, argument: str) -> TypeError:
    return TypeError(
        f"{name} has no derivative with respect to {argument!r}: no closed form is known; "
        f"pass a plain value, al.stop_gradient(value), or give {name} your own rules, al.rule"
    )


def not_float(what: str, dtype: Any) -> TypeError:
    return TypeError(
        f"cannot differentiate by {what} of dtype {dtype}: a derivative needs numbers that vary "
        f"continuously; use floats, as in 2.0 or x.astype(float)"
    )


def not_differentiable(i: int, name: str, place: str, dtype: Any) -> TypeError:
    """For a number among the arguments that is a count or a flag; ``place`` is where in a tree."""
    by, x = called(i, name + place if name else place), name or "x"
    text = f"{not_float(by, dtype)}. A count or a flag is kept out of "
    if not place:
        return TypeError(f"{text}argnums, or a closure holds it, as in al.grad(lambda p: f(p, n))")
    own = f"{{**{x}, {place[1:-1]}: n}}" if place.count("[") == 1 and place[1] in "\"'" else "n"
    call = f"f({own})" if own != "n" else f"f({x}, n)"
    return TypeError(
        f"{text}{x}: a closure holds it, as in al.grad(lambda {x}: {call}), "
        f"or a field of a dataclass with metadata={{'static': True}}"
    )


def called(i: int, name: str) -> str:
    """An argument by its place, and by its name where that is known."""
    path = name.startswith((".", "[")) or not name
    return f"argument {i}{name}" if path else f"argument {i} ({name})"


def not_scalar(shape: tuple[int, ...]) -> TypeError:
    return TypeError(
        f"grad needs a function whose result is one number, and got shape {shape}; use al.jacobian "
        f"for all derivatives, al.vjp for a pullback, or sum the result"
    )


def not_a_number(result: Any) -> TypeError:
    return TypeError(
        f"grad needs a function whose result is one number, and got {type(result).__name__}; "
        f"return the loss alone, or use al.vjp, which takes results of any structure"
    )


def check_constant(result: Any, left: Sequence[str], *, exact: bool) -> None:
    """Raise for a result that is no float, or that does not vary since a value left the tape."""
    dtype = result.dtype if hasattr(result, "dtype") else np.asarray(result).dtype
    if dtype.kind in "biu" and not exact:
        raise TypeError(
            f"grad needs a function whose result is a float, and got {result!r} of dtype {dtype}: "
            f"a count or a truth value does not vary continuously; return a loss such as "
            f"np.sum(…), or 1.0 for 1"
        )
    check_left(left)


def check_left(left: Sequence[str]) -> None:
    """Raise if nothing of the result varies, and a value was taken off the tape at some line."""
    if left:
        raise TypeError(
            f"the result does not vary, since at {left[0]} the value of a Tensor was taken off the "
            f"tape, as .item(), .tolist() and text do; compute with the Tensor itself, or return "
            f"a constant that was not made of it"
        )


def complex_result() -> TypeError:
    return TypeError(
        "grad needs a real result, and this one is complex; take its real part or its absolute "
        "value, or use al.vjp or al.jacobian"
    )


def assigned(what: str) -> TypeError:
    return TypeError(
        f"{what}: a Tensor is never changed in place, since the backward pass may need its old "
        f"value; write the new value as an expression: t = al.at_set(t, index, v) or "
        f"t = al.at_add(t, index, v), np.where(mask, v, t), np.concatenate or np.stack"
    )


def out_given(name: str) -> TypeError:
    return TypeError(
        f"{name}(…, out=…) writes into an array, which cannot be recorded; "
        f"write y = {name}(…) instead (and y = y + t for y += t on a plain array)"
    )


def option_refused(name: str, option: str) -> TypeError:
    advice = {"where": "apply np.where to its argument or its result instead"}
    return TypeError(
        f"{name} cannot be differentiated with the option {option!r}; "
        f"{advice.get(option, 'leave it out, or compute its effect separately')}"
    )


def option_tracked(name: str, option: str) -> TypeError:
    return TypeError(
        f"{name} has no derivative with respect to {option!r}; "
        f"pass a plain value, al.stop_gradient(value)"
    )


def wrong_call(
    primitive: Any, args: Sequence[Any], options: dict[str, Any], error: Exception
) -> Exception | None:
    """For a call of a custom function that has failed, if an argument is none that it can take."""
    if not primitive.custom:  # then nobody calls it by its own name
        return None
    function = primitive.function
    try:
        known = signature(function)
        bound = known.bind(*args, **options).arguments
    except TypeError as fault:
        return unbound(function, args, options, fault)
    if isinstance(error, np.exceptions.AxisError):
        return reworded(function, args, options, error)
    if primitive.variadic or not (type(error) is not ValueError or is_engines(function)):
        return None
    try:
        for name, value in bound.items():
            default = known.parameters[name].default
            if value is None and (primitive.inline or default is not Parameter.empty):
                continue
            if primitive.rules.get(name) is not None:
                if not is_engines(function) and any(path for path, _ in paths(value)):
                    continue  # a container of arrays
                ARRAY.check(primitive.name, name, value)
            elif name == "axis":
                AXIS.check(primitive.name, name, value)
            elif type(primitive.defaults.get(name)) is float:
                NUMBER.check(primitive.name, name, value)
    except TypeError as better:
        return better
    return None


class ShapeMismatch(ValueError):
    """A ValueError of NumPy's, with the operands and the dimensions that disagree put first.

    ``operands`` are arrays, Tensors and whatever else the operation was given; a level of
    differentiation puts the names of its arguments into ``names``, by operand.
    """

    def __init__(self, primitive: Any, operands: Sequence[Any], reason: Exception) -> None:
        super().__init__(str(reason))
        self.operation = primitive.name
        self.broadcasts = primitive.broadcasts
        self.operands = [x for x in operands if hasattr(x, "shape") or np.isscalar(x)]
        self.names: dict[int, str] = {}

    def call_by_name(self, f: Any, args: Sequence[Any], leaves: Sequence[Any]) -> None:
        """Name the operands that are arguments of ``f``; ``leaves`` are their nodes by argument."""
        for k, x in enumerate(self.operands):
            if name := argument_name(f, args, leaves, getattr(x, "node", None)):
                self.names.setdefault(k, name)

    def __str__(self) -> str:
        shapes = [np.shape(x) for x in self.operands]
        if len(shapes) < 2:
            return f"{self.operation}: {self.args[0]}"
        listed = " and ".join(
            f"{self.names[i]} {shape}" if i in self.names else str(shape)
            for i, shape in enumerate(shapes)
        )
        disagreement = _disagreement(self.operation, shapes) if self.broadcasts else ""
        return f"{self.operation} of shapes {listed}: {disagreement}{self.args[0]}"


def argument_name(
    f: Any, args: Sequence[Any], leaves: Sequence[tuple[int, Sequence[Any]]], node: Any
) -> str | None:
    """What the user calls a leaf, as in ``params['W']``, or the transpose of one."""
    if node is not None and node.primitive is not None:
        transpose = node.primitive.name == "transpose"
        inner = argument_name(f, args, leaves, node.first) if transpose else None
        return f"{inner}.T" if inner else None
    called = positional_names(f)
    for i, nodes in leaves:
        for (path, _), other in zip(paths(args[i]), nodes):
            if other is node:
                return (called[i] if i < len(called) else f"argument {i}") + path
    return None


def explain(primitive: Any, operands: Sequence[Any], error: ValueError) -> None:
    """Raise a plain ValueError of NumPy's with more to it; one of a special kind stays as it is."""
    if type(error) is not ValueError:
        return
    mismatch = ShapeMismatch(primitive, operands, error)
    own = primitive.custom and not primitive.inline  # which says what it likes
    if len(mismatch.operands) > 1 and (own or SHAPES.search(str(error))):
        raise mismatch from error
    reason = str(error).removeprefix(f"{primitive.name}: ")  # which an inner level has put there
    raise ValueError(f"{primitive.name}: {reason}") from error


def _disagreement(name: str, shapes: list[tuple[int, ...]]) -> str:
    if name in ("matmul", "dot") and len(shapes) == 2 and all(shapes):
        inner, other = shapes[0][-1], shapes[1][-2] if len(shapes[1]) > 1 else shapes[1][0]
        if inner != other:
            return f"the inner dimensions {inner} and {other} differ. "
    depth = max(map(len, shapes))
    aligned = [(1,) * (depth - len(s)) + s for s in shapes]
    for axis, sizes in enumerate(zip(*aligned)):
        if len({n for n in sizes if n != 1}) > 1:
            listed = " and ".join(map(str, sizes))
            return f"axis {axis - depth} has sizes {listed}, and only 1 stretches. "
    return ""
