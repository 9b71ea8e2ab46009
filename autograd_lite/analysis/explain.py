"""What a function computes, operation by operation: expressions, derivatives, shapes, costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.analysis.costs import operations
from autograd_lite.analysis.pullbacks import Pullback
from autograd_lite.calls import ARGNUMS, FUNCTION, checked, maybe
from autograd_lite.core.errors import DIFFERENTIABLE, NoRule, not_float
from autograd_lite.core.trees import tree_leaves
from autograd_lite.display import heading, notebook, table
from autograd_lite.program import Program, trace
from autograd_lite.programs.repeated import While
from autograd_lite.programs.steps import GUARDING, Step, Value
from autograd_lite.readers.source.spelling import expression
from autograd_lite.transforms.levels import positions
from autograd_lite.transforms.typed import P

HEADS = ("operation", "shapes", "derivative by", "forward", "backward", "kept")


class Operation(NamedTuple):
    """One line of the table that `explain` makes.

    ``derivatives`` has a text for each operand that a gradient flows to.  It is the local
    derivative where the gradient is ``g`` times that, else the gradient in terms of the cotangent
    ``g``.  ``forward`` and ``backward`` count floating-point operations, as `costs` says.  ``kept``
    are the bytes that the tape keeps for the backward pass of this operation, and ``keeps`` names
    them.  Arguments, constants and what an earlier operation keeps are not counted.
    """

    name: str
    expression: str
    shapes: str
    derivatives: dict[str, str]
    forward: int
    backward: int
    kept: int
    keeps: tuple[str, ...]
    line: str


class Explanation(tuple[Operation, ...]):
    """The operations of a function in the order in which they run; prints as a table."""

    __slots__ = ()

    def totals(self) -> tuple[int, int, int]:
        """Operations forward and backward, and bytes kept between."""
        return (
            sum(row.forward for row in self),
            sum(row.backward for row in self),
            sum(row.kept for row in self),
        )

    def lines(self) -> list[tuple[str, ...]]:
        """The cells of the table; an operation takes one line per derivative."""
        lines = []
        for row in self:
            first, *others = [f"{name}: {text}" for name, text in row.derivatives.items()] or [""]
            costs = (f"{row.forward:,}", f"{row.backward:,}", f"{row.kept:,} B")
            lines.append((f"{row.name} = {row.expression}", row.shapes, first, *costs))
            lines += [("", "", other, "", "", "") for other in others]
        forward, backward, kept = self.totals()
        return [*lines, ("total", "", "", f"{forward:,}", f"{backward:,}", f"{kept:,} B")]

    def __repr__(self) -> str:
        lines = self.lines()
        widths = [max(map(len, column)) for column in zip(HEADS, *lines)]
        rule = tuple("─" * width for width in widths)
        cells = [HEADS, rule, *lines[:-1], rule, lines[-1]]
        aligned = [
            "  ".join(
                f"{c:>{w}}" if k > 2 else f"{c:<{w}}" for k, (c, w) in enumerate(zip(r, widths))
            )
            for r in cells
        ]
        return "\n".join(line.rstrip() for line in aligned)

    @notebook
    def _repr_html_(self) -> str:
        forward, backward, kept = self.totals()
        facts = f"{forward:,} operations forward", f"{backward:,} backward", f"{kept:,} B kept"
        return heading("Explanation", *facts) + table(HEADS, self.lines(), range(3))


@checked(f=FUNCTION, argnums=maybe(ARGNUMS))
def explain(
    f: Callable[P, Any], *args: Any, argnums: int | Sequence[int] | None = None
) -> Explanation:
    """A table of the operations of ``f``: expression, local derivatives, shapes, costs, bytes kept.

    The derivatives are by ``args[argnums]``, as for `grad`; by default, by the first argument with
    floats in it.  Where a derivative is no factor, as for a matrix product, the gradient itself is
    given, in terms of the cotangent ``g``.  All are read off the rules by tracing them; a step
    without a rule has none.  ``f`` may return anything.  Raises TypeError as `trace` does, for
    ``argnums`` that are not there, and for arguments that have nothing to differentiate by.

    >>> import numpy as np, autograd_lite as al
    >>> al.explain(lambda x: np.sum(np.tanh(x) * x), np.ones(3))
    operation        shapes    derivative by                 forward  backward  kept
    ───────────────  ────────  ────────────────────────────  ───────  ────────  ────
    t1 = np.tanh(x)  3 → 3     x: 1 - t1 * t1                      3         9  24 B
    t2 = t1 * x      3, 3 → 3  t1: x                               3         6   0 B
                               x: t1
    t3 = np.sum(t2)  3 → ()    t2: np.broadcast_to(g, (3,))        3         0   0 B
    ───────────────  ────────  ────────────────────────────  ───────  ────────  ────
    total                                                          9        15  24 B
    """
    program = trace(f, *args)
    arrays = program.values()
    varying = varied(program, args, argnums)
    seen: dict[int, Any] = {}
    new_bytes([arrays[v] for v in (*program.inputs, *program.constants)], seen)
    rows = []
    for step in program.steps:
        live = [value for value in dict.fromkeys(step.operands) if value in varying]
        several = any(value.shape is None for value in live)  # a step that takes one of them
        live = [value for value in live if value.dtype is None or value.dtype.kind in "fcO"]
        back = None if several else backward(step, live, program, arrays)
        if live and (back is None or back.varies):  # what has no rule varies all the same
            varying.add(step.result)
        row = Operation(
            name=program.names[step.result],
            expression=expression(step, program.names),
            shapes=f"{', '.join(map(shape, step.operands))} → {shape(step.result)}",
            derivatives=back.derivatives if back else {},
            forward=operations(step),
            backward=back.operations if back else 0,
            kept=new_bytes(back.kept.values(), seen) if back else 0,
            keeps=tuple(back.kept) if back else (),
            line=step.line,
        )
        rows.append(row)
    return Explanation(rows)


def backward(
    step: Step, live: Sequence[Value], program: Program, arrays: Mapping[Value, Any]
) -> Pullback | None:
    """The pullback of a step; None where no gradient flows, or no rule says how."""
    if not live or step.function in GUARDING:
        return None
    if isinstance(step.function, While) and step.function.loop.otherwise is None:
        return None  # it runs forward only
    try:
        return Pullback(step, live, arrays, program.names)
    except NoRule as error:
        if error.function is not step.function:
            raise
        return None


def varied(
    program: Program, args: tuple[Any, ...], argnums: int | Sequence[int] | None
) -> set[Value]:
    """The inputs of a program that it is differentiated by."""
    left = iter(program.inputs)
    parts = [[next(left) for _ in tree_leaves(arg)] for arg in args]
    floats = [[v for v in part if v.dtype.kind in DIFFERENTIABLE] for part in parts]
    if argnums is None:
        argnums = next((k for k, part in enumerate(floats) if part), 0)
    numbers = positions(len(args), (argnums,) if isinstance(argnums, int) else tuple(argnums))
    for k in numbers:
        if not floats[k]:
            dtypes = " and ".join({str(v.dtype): None for v in parts[k]}) or "none"
            raise not_float(f"argument {k}", dtypes)
    return {value for k in numbers for value in floats[k]}


def shape(value: Value) -> str:
    return "several" if value.shape is None else "×".join(map(str, value.shape)) or "()"


# ---- bytes ----


def new_bytes(arrays: Iterable[Any], seen: dict[int, Any]) -> int:
    """The bytes of arrays whose memory was not seen before; ``seen`` holds what was."""
    owners = {id(x): x for x in map(owner, arrays) if hasattr(x, "nbytes")}
    new = [x for key, x in owners.items() if key not in seen]
    seen |= owners
    return sum(int(x.nbytes) for x in new)


def owner(x: Any) -> Any:
    """The array whose memory this one is a view of."""
    while isinstance(getattr(x, "base", None), np.ndarray):
        x = x.base
    return x
