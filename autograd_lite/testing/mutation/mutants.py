"""Negative controls: gradients made wrong on purpose, which a test of gradients must find.

A test that has never failed proves little.  `mutants` plants mistakes in the rules of a function,
`mutants_of` in a backward pass of your own; `autograd_lite.testing.mutation.kills` tries them all.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.core.backward import stretched, unbroadcast
from autograd_lite.core.primitive import Primitive, no_derivative
from autograd_lite.core.record import missing
from autograd_lite.core.registry import COMPOSED, known, read_late
from autograd_lite.core.signatures import Function, requested
from autograd_lite.core.tape import Node
from autograd_lite.core.tensor import Tensor
from autograd_lite.core.tracked import strip
from autograd_lite.core.trees import tree_leaves, tree_map
from autograd_lite.testing import adapters, calling
from autograd_lite.testing.checking.exact import alike
from autograd_lite.testing.checking.vectors import random_like
from autograd_lite.testing.mutation.mistakes import MISTAKES, Change, Mistake, changes, overwrite

REORDERED = 1e-12  # what a sum in another order may change
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
        wrong = self.primitive
        right = Primitive(wrong.function)
        right.become(wrong)
        try:
            if self.change is IN_PLACE:
                wrong.into = self._twice(right.into)
            else:
                wrong.into = None  # which would go past the rule
                wrong.rules = wrong.rules | {self.argument: self._rule()}
                wrong.read()
                i = wrong.arrays.index(self.argument)
                wrong.vjps[i] = self._watched(i, right.vjps[i], wrong.vjps[i])
            yield self
        finally:
            wrong.become(right)

    def _rule(self) -> Function:
        """The wrong rule, with the signature that the table reads."""
        rule = self.primitive.rules[self.argument]
        assert rule is not None
        names = requested(rule)
        every = list(dict.fromkeys([*names, *self.change.besides]))

        def right(given: dict[str, Any]) -> Any:
            c = rule(*[given[name] for name in names])
            return c if self.primitive.variadic or hasattr(c, "dtype") else np.asarray(c)

        def wrong(*values: Any) -> Any:
            return self.change.wrong(right, dict(zip(every, values)))

        parameter = inspect.Parameter
        wrong.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameter(name, parameter.POSITIONAL_OR_KEYWORD) for name in every]
        )
        return wrong

    def _watched(self, i: int, right: Any, wrong: Any) -> Function:
        """The VJP of the wrong rule, which notes whether it makes a difference."""

        def vjp(node: Node, g: Any, reached: tuple[bool, ...] = ()) -> Any:
            variadic = self.primitive.variadic
            operands = node.rest if variadic else node.operands[i : i + 1]
            before = copy.deepcopy(contents(node, g))
            try:
                c = right(node, g, reached)
            except TypeError:  # it refuses, as the wrong one should
                got = wrong(node, g, reached)
                self.differed = True
                return got
            expected = [*map(taken, c if variadic else [c], operands)]
            try:
                got = wrong(node, g, reached)
                got = [*got] if variadic else got
                agree = equal(
                    [*map(taken, got if variadic else [got], operands)], expected, REORDERED
                )
            except Exception:
                self.differed = True
                raise
            self.differed |= not (agree and equal(contents(node, g), before))
            return got

        return vjp

    def _twice(self, right: Any) -> Function:
        def into(total: Any, node: Node, g: Any) -> None:
            self.differed = True
            right(total, node, g)
            right(total, node, g)

        return into


def contents(node: Node, g: Any) -> list[Any]:
    """The values that a VJP may read."""
    kept = [getattr(a, "value", None) if type(a) is Node else a for a in node.operands]
    values: list[Any] = strip([g, getattr(node, "value", None), *kept])
    return values


def taken(c: Any, operand: Any) -> Any:
    """A gradient as the engine will take it: summed over stretched axes, in the operand's dtype."""
    if type(operand) is not Node:
        return None
    c = np.asarray(strip(c))
    if c.shape != operand.shape:
        c = unbroadcast(c, operand.shape, stretched(operand.shape, c.shape) or ())
    return np.array(c if operand.dtype.kind == "c" else c.real, operand.dtype)


def equal(a: Any, b: Any, within: float = 0.0) -> bool:
    """Whether arrays are equal, up to rounding if ``within`` says so; what is no array, is."""
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(equal(x, y, within) for x, y in zip(a, b))
    if not isinstance(a, (np.ndarray, np.generic)):
        return True
    with np.errstate(all="ignore"):
        if a.shape != b.shape or alike(a, b):
            return bool(a.shape == b.shape)
        if not within or a.dtype.kind not in "fc":
            return False
        return bool(np.all(abs(a - b) <= within * np.max(abs(b), initial=0)))


def mutants(function: Function | Primitive) -> Iterator[Mutant]:
    """Every mutant of the rules of ``function``, which must be a primitive.

    >>> import numpy as np
    >>> [m.mutation for m in mutants(np.subtract) if m.argument == "x2"][:3]
    ['sign', 'twice', 'half']
    """
    primitive = function if isinstance(function, Primitive) else _primitive_of(function)
    for argument, rule in primitive.rules.items():
        if rule is not None and rule is not no_derivative:
            yield from (Mutant(primitive, argument, c) for c in changes(primitive, argument))
    if primitive.into is not None:
        yield Mutant(primitive, primitive.arrays[0], IN_PLACE)


def _primitive_of(function: Function) -> Primitive:
    read_late(function)
    if function in COMPOSED:
        raise TypeError(
            f"{function.__name__} has no rule of its own: it is made of other functions"
        )
    found = known(function)
    if found is None:
        raise missing(function)
    return found


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
    args = calling.as_arrays(tuple(args), right, ours=right is adapters.engine)
    value, pullback = right.vjp(f, *args)
    c = pullback(random_like(value, np.random.default_rng(0)))[argnum]
    leaves = [np.asarray(leaf) for leaf in tree_leaves(c)]
    every = MISTAKES | {"dtype": lambda c: c.astype(np.float16)}
    for name, mistake in every.items():
        wrong = [mistake(leaf) for leaf in leaves]
        if name == "dtype" or not equal(wrong, leaves, REORDERED):
            yield _altered(right, name, partial(_mistaken, mistake, argnum))
    yield _altered(right, "writes into g", lambda _, g, args: tree_map(overwrite, g))
    write = "writes into an argument"
    yield _altered(right, write, lambda _, g, args: tree_map(overwrite, args[argnum]))


def _altered(right: adapters.Adapter, mistake: str, alter: Function) -> adapters.Adapter:
    """The vjp with ``alter(gradients, g, args)`` done at the end of its backward pass."""

    def vjp(f: Function, *args: Any) -> Any:
        value, pullback = right.vjp(f, *args)

        def wrong(g: Any) -> tuple[Any, ...]:
            gradients = [*pullback(g)]
            alter(gradients, g, args)
            return tuple(gradients)

        return value, wrong

    return replace(right, name=f"{right.name}: {mistake}", vjp=vjp)


def _mistaken(mistake: Mistake, argnum: int, gradients: list[Any], g: Any, args: Any) -> None:
    gradients[argnum] = tree_map(
        lambda c: mistake(c if isinstance(c, Tensor) else np.asarray(c)), gradients[argnum]
    )
