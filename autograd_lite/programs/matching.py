"""Arguments in no time: code, made for one structure, that takes the leaves out of it or fits not.

It is what a checked call of a program costs, so each test is written out, leaf by leaf.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd_lite.core.containers import DICT, LEAF, LIST, STATIC, TUPLE, structure
from autograd_lite.core.trees import is_leaf

#: What numbers of these kinds are has no shape to look at.
NUMBERS = (float, int, complex)
#: Where all leaves keep their shapes.
FIXED: Mapping[int, int] = MappingProxyType({})


class Writer:
    """Lines of code, and the objects that they refer to by name.

    Leaves are looked at unless somebody else ``looks`` at them.
    """

    def __init__(self, free: Mapping[int, int] = FIXED, *, looks: bool = True) -> None:
        self.scope: dict[str, Any] = {"array": np.ndarray, "same": same}
        self.lines: list[str] = []
        self.leaves: list[str] = []
        self.free, self.looks = free, looks

    def given(self, x: Any) -> str:
        """The name by which the code knows an object."""
        name = f"k{len(self.scope)}"
        self.scope[name] = x
        return name

    def demand(self, condition: str) -> None:
        self.lines.append(f"if not ({condition}): return None")

    def take(self, x: str, was: Any) -> None:
        """Check that ``x`` is like ``was``, and take the leaves out of it."""
        kind: Any = type(was)
        how = structure(kind)
        if how is LEAF:
            self.leaf(x, was)
            return
        if how is STATIC:
            self.fixed(x, was)
            return
        self.demand(f"type({x}) is {self.given(kind)}")
        for name in how.static:
            self.fixed(f"{x}.{name}", getattr(was, name))
        parts = list(how.parts(was))
        names = [f"x{len(self.lines)}_{i}" for i in range(len(parts))]
        if how is DICT:
            self.demand(f"tuple({x}) == {self.given(tuple(was))}")  # for one may go over it
            if names:
                self.lines.append(f"{', '.join(names)}, = {x}.values()")
        elif how in (LIST, TUPLE) or hasattr(kind, "_fields"):
            self.demand(f"len({x}) == {len(parts)}")
            if names:
                self.lines.append(f"{', '.join(names)}, = {x}")
        else:
            self.lines.append(f"parts = list({self.given(how.parts)}({x}))")
            self.demand(f"len(parts) == {len(parts)}")
            if names:
                self.lines.append(f"{', '.join(names)}, = parts")
        for name, part in zip(names, parts):
            self.take(name, part)

    def arguments(self, args: tuple[Any, ...]) -> None:
        """Take the leaves out of the arguments of a call."""
        self.demand(f"len(args) == {len(args)}")
        names = [f"a{i}" for i in range(len(args))]
        if names:
            self.lines.append(f"{', '.join(names)}, = args")
        for name, arg in zip(names, args):
            self.take(name, arg)

    def fixed(self, x: str, was: Any) -> None:
        """Check that ``x``, which is carried along, is as ``was`` is now: it may be changed."""
        kind: Any = type(was)
        if kind in (list, tuple, dict):
            self.demand(f"type({x}) is {self.given(kind)} and len({x}) == {len(was)}")
            if kind is dict:
                self.demand(f"tuple({x}) == {self.given(tuple(was))}")
            for key, part in was.items() if kind is dict else enumerate(was):
                self.fixed(f"{x}[{self.given(key)}]", part)
        elif isinstance(was, (np.ndarray, set, bytearray)):
            self.demand(f"same({x}, {self.given(was.copy())})")
        else:
            known = self.given(was)
            self.demand(f"{x} is {known} or same({x}, {known})")

    def leaf(self, x: str, was: Any) -> None:
        kind: Any = type(was)
        if kind is bool:
            self.demand(f"{x} is {was}")
            return
        if not self.looks:
            pass
        elif kind is np.ndarray:
            dtype = self.given(was.dtype)
            equal = "is" if was.dtype.isnative and was.dtype.isbuiltin else "=="
            shape = f"{x}.shape == {was.shape!r}"
            if len(self.leaves) in self.free:  # of a single row broadcasting makes something else
                least = min(len(was) - 1, 1)
                k = f"n{self.free[len(self.leaves)]}"
                shape = f"{least} < len({x}) and {x}.shape == (len({x}), {repr(was.shape[1:])[1:]}"
                if k in self.scope:
                    shape += f" and len({x}) == {k}"
            self.demand(f"type({x}) is array and {x}.dtype {equal} {dtype} and {shape}")
            if len(self.leaves) in self.free and k not in self.scope:
                self.scope[k] = None
                self.lines.append(f"{k} = len({x})")
        else:
            self.demand(f"type({x}) is {self.given(kind)}")
            if hasattr(was, "shape") and hasattr(was, "dtype"):  # of a memory map, or on a GPU
                self.demand(f"{x}.dtype == {self.given(was.dtype)} and {x}.shape == {was.shape!r}")
        self.leaves.append(x)


def matcher(
    args: tuple[Any, ...], free: Mapping[int, int] = FIXED
) -> Callable[[tuple[Any, ...]], tuple[Any, ...] | None]:
    """What returns the leaves of arguments that have the structure, shapes and dtypes of these.

    ``free`` are the places of leaves that may be of any length, and the length of each now: those
    of one length stay so.
    For others it returns None.  A truth value is no leaf: it is to be the same.

    >>> import numpy as np
    >>> match = matcher(({"w": np.ones(2)}, 1.0))
    >>> match(({"w": np.zeros(2)}, 2.0)), match(({"w": np.zeros(3)}, 2.0))
    ((array([0., 0.]), 2.0), None)
    """
    writer = Writer(free)
    writer.arguments(args)
    writer.lines.append(f"return ({''.join(f'{leaf}, ' for leaf in writer.leaves)})")
    return defined("match(args)", writer.lines, writer.scope)


def builder(tree: Any) -> Callable[..., Any]:
    """What puts leaves, which it gets one by one, into the structure of a tree.

    >>> builder({"w": 0.0, "b": [0.0]})(1, 2)
    {'w': 1, 'b': [2]}
    """
    writer = Writer()
    built = build(tree, writer)
    return defined(f"build({', '.join(writer.leaves)})", [f"return {built}"], writer.scope)


def build(tree: Any, writer: Writer) -> str:
    """The expression that makes a tree of the leaves, which are named on the way."""
    kind: Any = type(tree)
    how = structure(kind)
    if is_leaf(tree):
        writer.leaves.append(f"y{len(writer.leaves)}")
        return writer.leaves[-1]
    if how is STATIC:
        return writer.given(tree)
    parts = [build(part, writer) for part in how.parts(tree)]
    if kind is dict:
        return "{" + ", ".join(f"{writer.given(k)}: {part}" for k, part in zip(tree, parts)) + "}"
    if kind is list:
        return f"[{', '.join(parts)}]"
    if kind is tuple:
        return f"({''.join(f'{part}, ' for part in parts)})"
    if hasattr(kind, "_fields"):
        return f"{writer.given(kind)}({', '.join(parts)})"
    return f"{writer.given(how.build)}({writer.given(tree)}, [{', '.join(parts)}])"


def defined(signature: str, lines: list[str], scope: dict[str, Any]) -> Callable[..., Any]:
    text = "\n".join([f"def {signature}:", *[f"    {line}" for line in lines]])
    exec(compile(text, "<made for one structure>", "exec"), scope)
    made: Callable[..., Any] = scope[signature.partition("(")[0]]
    return made


def same(x: Any, was: Any) -> bool:
    """Whether what is carried along in a tree is still the same, to the bit."""
    if type(x) is not type(was):
        return False
    if isinstance(x, (np.ndarray, np.generic, float, complex)):
        x, was = np.asarray(x), np.asarray(was)
        bits = (x == was).all() if x.dtype.hasobject else x.tobytes() == was.tobytes()
        return bool((x.shape, x.dtype) == (was.shape, was.dtype) and bits)
    return bool(x == was)
