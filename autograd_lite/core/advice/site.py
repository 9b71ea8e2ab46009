"""A site: the place in somebody's code where something is called, and the words written there."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import cached_property
from inspect import getattr_static, isroutine
from itertools import islice
from textwrap import shorten
from types import ModuleType
from typing import Any

import numpy as np

from autograd_lite.core.frames import frames, is_library, is_users, public
from autograd_lite.core.tracked import Symbol, Tracked

#: How an operator of an expression is called in the tables of remedies.
SETITEM, GETITEM, PERCENT, TEXT = "a[i] = t", "a[t]", "%", "f-string"

#: What draws random numbers; the tables speak of all by the functions of ``np.random``.
RANDOM = (np.random.Generator, np.random.RandomState)


def users_site() -> Site:
    """The site of the innermost frame that is the user's, and not that of some library."""
    above = list(frames())
    users = [frame for frame in above if is_users(frame)]
    own = (frame for frame in users if not is_library(frame))
    return Site(next(own, (users or above)[0]))


class Site:
    """A frame, and the instruction of it that runs; nothing of the user's is run to read it."""

    def __init__(self, frame: Any, instruction: int | None = None, line: int | None = None) -> None:
        self.frame = frame
        self.instruction = frame.f_lasti if instruction is None else instruction
        self.line = f"{frame.f_code.co_filename}:{line or frame.f_lineno}"

    # ---- what is written there ----

    @property
    def position(self) -> tuple[int | None, ...]:
        """First and last line and column of what runs."""
        positions = self.frame.f_code.co_positions()
        return next(islice(positions, self.instruction // 2, None), (None,) * 4)

    @cached_property
    def tree(self) -> ast.Module | None:
        """The source of the file, if that is known."""
        lines = linecache.getlines(self.frame.f_code.co_filename, self.frame.f_globals)
        try:
            return ast.parse("".join(lines))
        except SyntaxError:
            return None

    @cached_property
    def found(self) -> tuple[ast.expr | None, ast.stmt | None]:
        """The expression that runs and its statement, as far as the source is known."""
        line, last, start, end = self.position
        if line is None or last is None or self.tree is None:
            return None, None
        near: tuple[ast.expr | None, ast.stmt | None] = None, None
        for statement, node in expressions(self.tree, None, line, last):
            if (node.end_lineno, node.end_col_offset) == (last, end):
                if (node.lineno, node.col_offset) == (line, start):
                    return node, statement
                if isinstance(node, ast.Call):  # a method on a line of its own
                    near = node, statement
        return near

    @property
    def node(self) -> ast.expr | None:
        return self.found[0]

    @property
    def expression(self) -> str:
        """What runs, in the words of its source; nothing if that is not known."""
        node, statement = self.found
        whole = statement if self.call == SETITEM else node
        return "" if whole is None else shorten(ast.unparse(whole), 80)

    @property
    def raises(self) -> bool:
        """Whether a ``raise`` runs there."""
        line, last, start, end = self.position
        return any(
            isinstance(x, ast.Raise)
            and (x.lineno, x.end_lineno, x.col_offset, x.end_col_offset) == (line, last, start, end)
            for x in ast.walk(self.tree or ast.Module([], []))
        )

    @property
    def words(self) -> str:
        """What is called there: an expression without the arguments of its call."""
        node = self.node
        if node is None:
            return ""
        return shorten(ast.unparse(node.func if isinstance(node, ast.Call) else node), 60)

    @property
    def place(self) -> str:
        """The line, and the expression in it."""
        return f"{self.line}: {self.expression}" if self.expression else self.line

    # ---- what that is ----

    @cached_property
    def call(self) -> str:
        """What is called, by its public name: ``scipy.integrate.quad``; nothing if unknown."""
        match self.node:
            case ast.Call(func=function):
                return self.named(function)
            case ast.Subscript(ctx=ast.Store()):
                return SETITEM
            case ast.Subscript(value=value):
                name = self.named(value)
                return name if name in ("np.r_", "np.c_") else GETITEM
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str()) | ast.JoinedStr()):
                return PERCENT
            case ast.JoinedStr() | ast.FormattedValue():
                return TEXT
        return ""

    def named(self, node: ast.expr) -> str:
        """The public name of what an expression is, which may be a method of something."""
        value = self.value(node)
        if isinstance(node, ast.Attribute):
            owner = self.value(node.value)
            if owner is np.random or isinstance(owner, RANDOM):
                return f"np.random.{node.attr}"
            if owner is None or not isinstance(owner, ModuleType | type):
                base = self.named(node.value) if owner is None else named_object(owner)
                return f"{base}.{node.attr}" if base else ""
            private = public(str(getattr(value, "__module__", ""))) == ""
            thing = not isroutine(value) and not isinstance(value, type | np.ufunc)
            if isinstance(owner, ModuleType) and (private or thing):
                return f"{spelled(owner.__name__)}.{node.attr}"
        if isinstance(node, ast.Call):  # of np.vectorize(f)(x), of scipy.stats.norm(x).pdf(y)
            made, name = self.value(node.func), self.named(node.func)
            if name == "np.random.default_rng":
                return "np.random"
            return "" if made is None or isroutine(made) else name
        return "" if value is None else named_object(value)

    def value(self, node: ast.AST) -> Any:
        """What a name, or an attribute of one, stands for; None if that is not known."""
        match node:
            case ast.Name(id=name):
                frame = self.frame
                for scope in (frame.f_locals, frame.f_globals, frame.f_builtins):
                    if name in scope:
                        return scope[name]
            case ast.Attribute(value=base, attr=name):
                owner = self.value(base)
                found = None if owner is None else getattr_static(owner, name, None)
                found = getattr(found, "__func__", found)
                return None if isinstance(found, property) else found
        return None

    # ---- what varies in it ----

    def varies(self, node: ast.AST) -> bool:
        """Whether a name in an expression is that of a Tensor, or of a list of such."""
        return any(
            isinstance(node, ast.Name) and holds(self.value(node)) for node in ast.walk(node)
        )

    @cached_property
    def varying(self) -> list[tuple[int | str, ast.expr]]:
        """The arguments of the call that vary, by place or by name."""
        if not isinstance(self.node, ast.Call):
            return []
        given: list[tuple[int | str, ast.expr]] = [
            *enumerate(self.node.args),
            *((k.arg, k.value) for k in self.node.keywords if k.arg),
        ]
        return [(key, node) for key, node in given if self.varies(node)]

    @property
    def operand(self) -> str:
        """What varies, in the words of the source: an argument, or the name within it."""
        whole = self.varying[0][1] if self.varying else self.node
        inner = ast.BinOp | ast.Name | ast.Attribute | ast.Subscript | ast.Call
        if whole is not None and not (self.varying and isinstance(whole, inner)):
            names = (x for x in ast.walk(whole) if isinstance(x, ast.Name))
            whole = next((x for x in names if holds(self.value(x))), None)
        if isinstance(whole, ast.Call) and self.value(whole.func) in (list, tuple, sorted):
            whole = whole.args[0]
        return "t" if whole is None else shorten(ast.unparse(whole), 60)


def expressions(
    node: ast.AST, statement: ast.stmt | None, line: int, last: int
) -> Iterator[tuple[ast.stmt | None, ast.expr]]:
    """The expressions on lines of a file, outer ones first, each with its statement."""
    for child in ast.iter_child_nodes(node):
        decorators = getattr(child, "decorator_list", ())  # they stand above their function
        starts = min(getattr(x, "lineno", 0) for x in (child, *decorators))
        if starts > last or getattr(child, "end_lineno", last) < line:
            continue
        within = child if isinstance(child, ast.stmt) else statement
        if isinstance(child, ast.expr):
            yield within, child
        yield from expressions(child, within, line, last)


def holds(x: Any) -> bool:
    """Whether something is tracked or traced, or a list that begins with such."""
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return isinstance(x, Tracked | Symbol)


def named_object(x: Any) -> str:
    """The public name of a function or a type; for another object, that of its type."""
    owner = getattr_static(x, "__self__", None) and x.__self__
    if x is np.r_ or x is np.c_:
        return "np.r_" if x is np.r_ else "np.c_"
    wraps = getattr_static(x, "__wrapped__", None) is not None
    if isroutine(x) or isinstance(x, type | np.ufunc) or wraps:
        name = str(getattr(x, "__qualname__", x.__name__))
        module = getattr(x, "__module__", None)
        if isinstance(owner, RANDOM):
            return f"np.random.{x.__name__}"
        if isinstance(x, np.ufunc):
            module = "numpy"
        elif isinstance(owner, ModuleType):
            module = owner.__name__
    else:
        name = str(getattr_static(x, "name", "") or type(x).__name__).removesuffix("_gen")
        module = type(x).__module__
    module = spelled(str(module or ""))
    return f"{module}.{name}" if module and module != "builtins" else name


def spelled(module: str) -> str:
    """A module as users write it: without private parts, and ``np`` for NumPy."""
    module = public(module)
    first, dot, rest = module.partition(".")
    return f"np{dot}{rest}" if first == "numpy" else module
