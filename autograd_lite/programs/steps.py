"""What a program consists of: values, and the steps that make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(eq=False)
class Value:
    """A value of a program: an input, a constant, or the result of a step.

    ``weak`` says that it is a number of Python's, which leaves the dtype of arrays what it is;
    ``number`` that it is one of Python's or NumPy's, and no array without axes.
    ``sized`` and ``typed`` say that its shape or its dtype depends on numbers: then they are what
    they were when traced, and a guard stands wherever somebody read them.
    ``path`` is where an input stands in the arguments, as in ``model.layers[0].weight``; ``data``
    is a constant's.  ``gradient_of`` are the values whose gradients this is: several where a rule
    passes its gradient on unchanged.  A step with several results has a shape of None.
    """

    shape: tuple[int, ...] | None
    dtype: Any
    name: str | None = None
    path: str | None = None
    data: Any = None
    step: Step | None = None
    weak: bool = False
    number: bool = False
    sized: bool = False
    typed: bool = False
    gradient_of: list[Value] = field(default_factory=list)

    @property
    def is_constant(self) -> bool:
        return self.step is None and self.path is None

    def __repr__(self) -> str:
        kind = self.path or (self.step and self.step.name) or "constant"
        return f"<{self.name or 'value'}: {kind} {self.shape} {self.dtype}>"


@dataclass(eq=False)
class Step:
    """One call: ``result = function(*args, **options)``, with a Value for each array among them.

    ``line`` is the user's line that made it, ``scope`` the path of the module it belongs to.  In a
    backward pass, ``through`` is the result of the step whose VJP this is a part of, and
    ``incoming`` the cotangent of that.  ``of`` is the value whose cotangent the step helps compute.
    ``settings`` are those of `np.errstate` that the function itself made.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any]
    result: Value
    line: str = ""
    scope: str = ""
    through: Value | None = None
    incoming: Value | None = None
    of: Value | None = None
    settings: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return str(getattr(self.function, "__name__", self.function))

    @property
    def operands(self) -> list[Value]:
        """The values that go in, in the order of the call."""
        return values_in((*self.args, *self.options.values()))

    def run(self, values: Mapping[Value, Any]) -> Any:
        """What the function returns for these values."""
        args, options = replace_values((self.args, self.options), values.__getitem__)
        return self.function(*args, **options)


#: What a program says, in every form, where a guard does not hold.
AGAIN = "trace it again for these numbers: it takes another way, shape or dtype"


def guard(condition: Any, answer: bool) -> None:
    """The step that a branch leaves: the program holds where the answer is the same."""
    if bool(condition) is not answer:
        raise ValueError(AGAIN)


def has_shape(x: Any, shape: tuple[int, ...]) -> bool:
    """What a guard asks where a shape was read that depends on numbers."""
    return bool(np.shape(x) == shape)


def has_dtype(x: Any, dtype: Any) -> bool:
    """What a guard asks where a dtype was read that depends on numbers."""
    return bool(x.dtype == dtype)


#: What computes nothing, but says where a program holds.
GUARDING = frozenset({guard, has_shape, has_dtype})


def fingerprint(
    inputs: Sequence[Value], steps: Sequence[Step], outputs: Sequence[Value]
) -> list[str]:
    """A text for each step, equal for two programs that do the same, constants included."""
    numbers = {value: f"<{i}>" for i, value in enumerate(inputs)}

    def name(value: Value) -> Any:
        if value.is_constant:
            x = value.data
            bits = x.tobytes() if isinstance(x, np.ndarray) and not x.dtype.hasobject else repr(x)
            return value.shape, value.dtype, bits
        return numbers[value]

    lines = []
    for step in steps:
        body = getattr(step.function, "fingerprint", None)
        function = body() if body else getattr(step.function, "__qualname__", repr(step.function))
        lines.append(repr((function, *replace_values((step.args, step.options), name))))
        numbers[step.result] = f"<{len(numbers)}>"
    return [*lines, repr([name(value) for value in outputs])]


def replace(tree: Any, kind: Any, f: Callable[[Any], Any]) -> Any:
    """Arguments with ``f(x)`` in place of each x of a kind, also in lists, tuples and dicts."""
    if isinstance(tree, kind):
        return f(tree)
    if isinstance(tree, (list, tuple)):
        parts = [replace(part, kind, f) for part in tree]
        return parts if isinstance(tree, list) else tuple(parts)
    if type(tree) is dict:
        return {key: replace(part, kind, f) for key, part in tree.items()}
    return tree


def replace_values(tree: Any, f: Callable[[Value], Any]) -> Any:
    """Arguments with ``f(value)`` in place of each value."""
    return replace(tree, Value, f)


def values_in(tree: Any) -> list[Value]:
    """The values among arguments, in their order."""
    if isinstance(tree, Value):
        return [tree]
    if type(tree) is dict:
        tree = [*tree.values()]
    return [v for x in tree for v in values_in(x)] if isinstance(tree, (list, tuple)) else []
