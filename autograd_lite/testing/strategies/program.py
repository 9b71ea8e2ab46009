"""Random programs: what they compute is their source, which is short, plain NumPy."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from types import CodeType
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from autograd_lite.testing.strategies.array import Array, broadcastable, source_of
from autograd_lite.testing.strategies.domains import MARGIN
from autograd_lite.testing.strategies.operations import OPERATIONS, Template


class Line(NamedTuple):
    """A step: an expression with gaps, and the values that fill them.

    Values are numbered, the inputs first and then the steps.
    """

    template: str
    operands: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class RandomProgram:
    """A function in steps, with inputs to run it on.

    Calling it runs its source, which is ``str(program)``; there, ``np`` is the namespace ``xp``.
    ``repr`` also tells the inputs, as source.

    >>> program = RandomProgram((np.ones(2),), (Line("np.sin({0})", (0,)), Line("-{0}", (1,))), 2)
    >>> print(program)
    def f(x):
        a = np.sin(x)
        return -a
    >>> program(0.0)
    np.float64(-0.0)
    """

    inputs: tuple[Array, ...]
    steps: tuple[Line, ...]
    result: int

    def __call__(self, *inputs: Any, xp: Any = np) -> Any:
        scope = {"np": xp}
        exec(self._code, scope)
        f: Any = scope["f"]
        return f(*inputs)

    def __str__(self) -> str:
        names = self.names
        lines = [f"def f({', '.join(names[: len(self.inputs)])}):"]
        for name, step in zip(names[len(self.inputs) :], self.steps):
            expression = step.template.format(*[names[i] for i in step.operands])
            lines.append(f"    {name} = {expression}")
        if self.steps and self.result == len(names) - 1:
            lines[-1] = f"    return {expression}"
        else:
            lines.append(f"    return {names[self.result]}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        lines = [f"{name} = {source_of(x)}" for name, x in zip(self.names, self.inputs)]
        return "\n".join(["", str(self), "", *lines])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # how Hypothesis shows an example
        printer.text(repr(self))

    @property
    def names(self) -> list[str]:
        """What the source calls the inputs and the steps."""
        n, m = len(self.inputs), len(self.steps)
        inputs = list("xyz") if n <= 3 else [f"x{i}" for i in range(n)]
        letters = [c for c in string.ascii_lowercase if c not in "fxyz"]
        return inputs[:n] + (letters if m <= len(letters) else [f"a{i}" for i in range(m)])[:m]

    @cached_property
    def _code(self) -> CodeType:
        return compile(str(self), "<random program>", "exec")


@st.composite
def programs(
    draw: st.DrawFn,
    *,
    depth: int = 8,
    inputs: int = 3,
    rational: bool = False,
    smooth: bool = False,
    scalar: bool = False,
    dtype: Any = None,
    max_dims: int = 2,
    max_side: int = 3,
    margin: float = MARGIN,
) -> RandomProgram:
    """Programs of up to ``depth`` steps on up to ``inputs`` arrays.

    They are differentiable at their inputs: intermediate values are at least ``margin`` away from
    kinks; with ``smooth`` no step has a kink at all.  ``rational`` programs compute exactly on
    fractions, which they get if no ``dtype`` is given; the others get floats.  With ``scalar`` the
    result is one number.  There are no poles, no overflow, and no NaN.

    A program shrinks to few steps on few, small, simple inputs.

    >>> from hypothesis import find
    >>> program = find(programs(), lambda p: "np.tanh" in str(p))
    >>> print(program)
    def f(x):
        return np.tanh(x)
    >>> program.inputs
    (array(0.),)
    """
    dtype = dtype or (Fraction if rational else np.float64)
    table = [op for op in OPERATIONS if (op.rational or not rational) and not (smooth and op.kinks)]
    n = draw(_up_to(inputs - 1)) + 1
    given = draw(
        broadcastable(
            n, (-2, 2), dtype=dtype, min_side=1, max_dims=max_dims, max_side=max_side, layout="C"
        )
    )
    values: list[Any] = list(given)
    steps: list[Line] = []
    while len(steps) < depth:
        step = draw(_steps(table, values, margin, last=bool(steps)))
        if step is None:
            break
        steps.append(step)
        values.append(_run(step, values))
    if scalar and np.ndim(values[-1]):
        steps.append(Line("np.sum({0})", (len(values) - 1,)))
    return _without_dead_code(given, steps)


@st.composite
def _steps(
    draw: st.DrawFn, table: list[Template], values: list[Any], margin: float, *, last: bool
) -> Line | None:
    """One more step, or None to end: drawn together, so that Hypothesis can drop both together."""
    if last and draw(_up_to(31)) == 0:
        return None
    newest = len(values) - 1
    # Most steps go on with what is new.  But 0, which all shrinks to, is the first input:
    # what was between is dead code then.
    newer = min(draw(_up_to(4 * newest)), newest)
    operands = (newer, draw(_up_to(newest)), draw(_up_to(newest)))
    chosen = tuple(values[i] for i in operands)
    # the first row that fits from a random one on: this takes no second try
    n = draw(_up_to(len(table) - 1))
    op = next(op for op in table[n:] + table[:n] if op.fits(chosen, margin))
    return Line(op.source(draw, np.shape(chosen[0])), operands[: op.arity])


@cache
def _up_to(n: int) -> st.SearchStrategy[int]:
    return st.integers(0, n)


def _run(step: Line, values: Sequence[Any]) -> Any:
    names = [f"v{i}" for i in step.operands]
    scope = {"np": np, **{name: values[i] for name, i in zip(names, step.operands)}}
    return eval(step.template.format(*names), scope)


def _without_dead_code(inputs: Sequence[Array], steps: Sequence[Line]) -> RandomProgram:
    """The last step, what it depends on, and nothing else."""
    n = len(inputs)
    live = {n + len(steps) - 1}
    for i in reversed(range(n, n + len(steps))):
        if i in live:
            live.update(steps[i - n].operands)
    new = {old: i for i, old in enumerate(sorted(live))}
    return RandomProgram(
        tuple(x for i, x in enumerate(inputs) if i in live),
        tuple(
            Line(step.template, tuple(new[i] for i in step.operands))
            for i, step in enumerate(steps, n)
            if i in live
        ),
        new[n + len(steps) - 1],
    )
