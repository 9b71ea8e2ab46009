"""Negative controls: gradients made wrong on purpose, which a test of gradients must find.

A test that has never failed proves little.  `mutants` plants mistakes in the rules of a function,
`mutants_of` in a backward pass of your own; `autograd_lite.testing.mutation.kills` tries them all.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.core.backward import stretched, unbroadcast
from autograd_lite.core.primitive import Primitive, no_derivative
from autograd_lite.core.registry import COMPOSED, known, missing, read_late
from autograd_lite.core.signatures import Function
from autograd_lite.core.tape import Node
from autograd_lite.core.tensor import Tensor
from autograd_lite.core.tracked import strip
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.testing import adapters
from autograd_lite.testing.checking.vectors import random_like
from autograd_lite.testing.mutation.mistakes import MISTAKES, Change, changes, overwrite

ROUNDING = 1e-12  # what a sum in another order may change
IN_PLACE = Change("adds twice in place", lambda right, given: right(given))


class Mutant:
    """One rule made wrong in one way, for as long as it is ``installed``.

    ``differed`` tells whether it has made a difference yet: whether it returned another gradient
    than the right rule, or changed what it was given.

    >>> import numpy as np, autograd_lite as al
    >>> sign, *others = mutants(np.sin)
    >>> with sign.installed():
    ...     float(al.grad(np.sin)(0.0))
    -1.0
    >>> sign, sign.differed
    (<mutant of sin by x: sign>, True)
    """

    def __init__(self, primitive: Primitive, argument: str, change: Change) -> None:
        self.primitive = primitive
        self.argument = argument
        self.mutation = change.name
        self.change = change
        self.differed = False

    def __repr__(self) -> str:
        return f"<mutant of {self.primitive.name} by {self.argument}: {self.mutation}>"

    @contextmanager
    def installed(self) -> Iterator[Mutant]:
        """Have the wrong rule in the table."""
        row = self.primitive
        right = Primitive(row.function)
        right.become(row)
        try:
            if self.change is IN_PLACE:
                row.into = self._twice(right.into)
            else:
                row.into = None  # which would go past the rule
                row.rules = row.rules | {self.argument: self._rule()}
                row.read()
                i = row.arrays.index(self.argument)
                row.vjps[i] = self._watched(i, right.vjps[i], row.vjps[i])
            yield self
        finally:
            row.become(right)

    def _rule(self) -> Function:
        """The wrong rule, with the signature that the table reads."""
        rule = self.primitive.rules[self.argument]
        assert rule is not None
        wanted = list(inspect.signature(rule).parameters)
        asked = list(dict.fromkeys([*wanted, *self.change.asked]))

        def right(given: dict[str, Any]) -> Any:
            c = rule(*[given[name] for name in wanted])
            return c if self.primitive.variadic or hasattr(c, "dtype") else np.asarray(c)

        def wrong(*values: Any) -> Any:
            return self.change.wrong(right, dict(zip(asked, values)))

        parameter = inspect.Parameter
        wrong.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameter(name, parameter.POSITIONAL_OR_KEYWORD) for name in asked]
        )
        return wrong

    def _watched(self, i: int, right: Any, wrong: Any) -> Function:
        """The pull of the wrong rule, which notes whether it makes a difference."""

        def pull(node: Node, g: Any) -> Any:
            variadic = self.primitive.variadic
            operands = node.rest if variadic else node.operands[i : i + 1]
            before = copy.deepcopy(contents(node, g))
            c = right(node, g)
            expected = [*map(fit, c if variadic else [c], operands)]
            try:
                got = wrong(node, g)
                got = [*got] if variadic else got
                alike = same([*map(fit, got if variadic else [got], operands)], expected, ROUNDING)
            except Exception:
                self.differed = True
                raise
            self.differed |= not (alike and same(contents(node, g), before))
            return got

        return pull

    def _twice(self, right: Any) -> Function:
        def into(total: Any, node: Node, g: Any) -> None:
            self.differed = True
            right(total, node, g)
            right(total, node, g)

        return into


def contents(node: Node, g: Any) -> list[Any]:
    """The values that a pull may read."""
    kept = [getattr(a, "value", None) if type(a) is Node else a for a in node.operands]
    values: list[Any] = strip([g, getattr(node, "value", None), *kept])
    return values


def fit(c: Any, operand: Any) -> Any:
    """A gradient as the engine will take it: summed over stretched axes, in the operand's dtype."""
    if type(operand) is not Node:
        return None
    c = np.asarray(strip(c))
    if c.shape != operand.shape:
        c = unbroadcast(c, operand.shape, stretched(operand.shape, c.shape) or ())
    return np.array(c if operand.dtype.kind == "c" else c.real, operand.dtype)


def same(a: Any, b: Any, within: float = 0.0) -> bool:
    """Whether arrays are equal, up to rounding if ``within`` says so; what is no array, is."""
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, within) for x, y in zip(a, b))
    if not isinstance(a, (np.ndarray, np.generic)):
        return True
    with np.errstate(all="ignore"):
        close = a == b
        if within and a.dtype.kind in "fc":
            close = abs(a - b) <= within * np.max(abs(b), initial=0)
        return a.shape == b.shape and bool(np.all(close | ((a != a) & (b != b))))


def mutants(function: Function | Primitive) -> Iterator[Mutant]:
    """Every mutant of the rules of ``function``, which must have a row in the rule table.

    >>> import numpy as np
    >>> [m.mutation for m in mutants(np.subtract) if m.argument == "x2"][:3]
    ['sign', 'twice', 'half']
    """
    if isinstance(function, Primitive):
        row = function
    else:
        read_late(function)
        if function in COMPOSED:
            raise TypeError(
                f"{function.__name__} has no rule of its own: it is made of other functions"
            )
        found = known(function)
        if found is None:
            raise missing(function)
        row = found
    for argument, rule in row.rules.items():
        if rule is not None and rule is not no_derivative:
            yield from (Mutant(row, argument, change) for change in changes(row, argument))
    if row.into is not None:
        yield Mutant(row, row.arrays[0], IN_PLACE)


# ---- of any backward pass ----


def mutants_of(
    vjp: Function | None, f: Function, args: Sequence[Any], argnum: int = -1
) -> Iterator[adapters.Adapter]:
    """Wrong versions of ``vjp(f, *args) -> (value, pullback)``, for `check_grads` to find.

    The mistake is in the gradient of one argument, the last unless ``argnum`` tells.  All are wrong
    at ``args``: what would be the same there, such as the transpose of a symmetric matrix, is left
    out.  Each has a ``name``.

    >>> import numpy as np
    >>> from autograd_lite.testing import adapters, check_grads
    >>> hand = adapters.by_hand(lambda x, g: g * np.cos(x))
    >>> for wrong in mutants_of(hand, np.sin, (np.array([0.5, 2.0]),)):
    ...     try:
    ...         check_grads(np.sin, (np.array([0.5, 2.0]),), vjp=wrong)
    ...     except AssertionError:
    ...         continue
    ...     print("survived:", wrong.name)
    """
    right = adapters.of(vjp)
    args = tuple(args)
    value, pullback = right.vjp(f, *args)
    rng = np.random.default_rng(0)
    c = pullback(tree_map(lambda y: random_like(y, rng), value))[argnum]
    leaves = [np.asarray(leaf) for leaf in tree_leaves(c)]
    every = MISTAKES | {"dtype": lambda c: c.astype(np.float16)}
    for name, mistake in every.items():
        wrong = [mistake(leaf) for leaf in leaves]
        if name == "dtype" or not same(wrong, leaves, ROUNDING):
            yield _named(right, name, partial(_in_gradient, right.vjp, mistake, argnum))
    yield _named(right, "writes into g", partial(_overwriting, right.vjp, None))
    yield _named(right, "writes into an argument", partial(_overwriting, right.vjp, argnum))


def _named(right: adapters.Adapter, mistake: str, vjp: Function) -> adapters.Adapter:
    return replace(right, name=f"{right.name}: {mistake}", vjp=vjp)


def _in_gradient(
    vjp: Function, mistake: Callable[[Any], Any], argnum: int, f: Function, *args: Any
) -> Any:
    value, pullback = vjp(f, *args)

    def pull(g: Any) -> tuple[Any, ...]:
        gradients = [*pullback(g)]
        gradients[argnum] = tree_map(
            lambda c: mistake(c if isinstance(c, Tensor) else np.asarray(c)), gradients[argnum]
        )
        return tuple(gradients)

    return value, pull


def _overwriting(vjp: Function, argnum: int | None, f: Function, *args: Any) -> Any:
    value, pullback = vjp(f, *args)

    def pull(g: Any) -> Any:
        gradients = pullback(g)
        tree_map(overwrite, g if argnum is None else args[argnum])
        return gradients

    return value, pull
