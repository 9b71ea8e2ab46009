"""Steps that go element by element: instructions where IEEE defines them, else NumPy's loops."""

import operator
from typing import Any

import numpy as np

from autograd_lite.native.code import (
    INT64,
    REGISTER,
    CannotLower,
    Code,
    View,
    kind_of,
    literal,
    merged,
)
from autograd_lite.native.inner import Inner, inner_loop
from autograd_lite.programs.operators import OPERATORS

UFUNCS: dict[Any, Any] = {o.function: o.ufunc for o in OPERATORS}

#: Instructions by the ufunc and the kind of numbers that it takes.
FLOATS = {
    np.add: "fadd {t} {0}, {1}",
    np.subtract: "fsub {t} {0}, {1}",
    np.multiply: "fmul {t} {0}, {1}",
    np.divide: "fdiv {t} {0}, {1}",
    np.square: "fmul {t} {0}, {0}",
    np.negative: "fneg {t} {0}",
    np.reciprocal: "fdiv {t} {one}, {0}",
    np.absolute: "call {t} @llvm.fabs.{f}({t} {0})",
    np.fabs: "call {t} @llvm.fabs.{f}({t} {0})",
    np.sqrt: "call {t} @llvm.sqrt.{f}({t} {0})",
    np.floor: "call {t} @llvm.floor.{f}({t} {0})",
    np.ceil: "call {t} @llvm.ceil.{f}({t} {0})",
    np.trunc: "call {t} @llvm.trunc.{f}({t} {0})",
    np.copysign: "call {t} @llvm.copysign.{f}({t} {0}, {t} {1})",
    np.less: "fcmp olt {t} {0}, {1}",
    np.less_equal: "fcmp ole {t} {0}, {1}",
    np.greater: "fcmp ogt {t} {0}, {1}",
    np.greater_equal: "fcmp oge {t} {0}, {1}",
    np.equal: "fcmp oeq {t} {0}, {1}",
    np.not_equal: "fcmp une {t} {0}, {1}",
    np.isnan: "fcmp uno {t} {0}, {0}",
    np.positive: "",
    np.conjugate: "",
}
WHOLE = {
    np.add: "add i64 {0}, {1}",
    np.subtract: "sub i64 {0}, {1}",
    np.multiply: "mul i64 {0}, {1}",
    np.negative: "sub i64 0, {0}",
    np.less: "icmp slt i64 {0}, {1}",
    np.less_equal: "icmp sle i64 {0}, {1}",
    np.greater: "icmp sgt i64 {0}, {1}",
    np.greater_equal: "icmp sge i64 {0}, {1}",
    np.equal: "icmp eq i64 {0}, {1}",
    np.not_equal: "icmp ne i64 {0}, {1}",
    np.positive: "",
}
TRUTHS = {
    np.logical_and: "and i1 {0}, {1}",
    np.bitwise_and: "and i1 {0}, {1}",
    np.logical_or: "or i1 {0}, {1}",
    np.bitwise_or: "or i1 {0}, {1}",
    np.logical_xor: "xor i1 {0}, {1}",
    np.bitwise_xor: "xor i1 {0}, {1}",
    np.not_equal: "xor i1 {0}, {1}",
    np.logical_not: "xor i1 {0}, true",
    np.invert: "xor i1 {0}, true",
    np.positive: "",
}
#: Exponents for which NumPy's operator has ways of its own.
WAYS: dict[Any, Any] = {2: np.square, 1: np.positive, 0.5: np.sqrt, -1: np.reciprocal}
INSTRUCTIONS = {"d": FLOATS, "f": FLOATS, INT64: WHOLE, "?": TRUTHS}


def elementwise(code: Code, ufunc: np.ufunc, operands: list[Any], like: Any) -> View:
    """The result of a ufunc; operands are views, or numbers that are the same each time."""
    kinds = loop_kinds(ufunc, operands)
    if kinds[-1] != kind_of(like.dtype):
        raise CannotLower(f"{ufunc.__name__} in another dtype")
    result = code.buffer(like)
    if len(set(kinds[:-1])) == 1 and ufunc in INSTRUCTIONS[kinds[0]]:
        instruction = INSTRUCTIONS[kinds[0]][ufunc]
        at_each(
            code, operands, result, kinds[0], lambda xs: instructed(code, instruction, kinds[0], xs)
        )
        return result
    signature = f"{''.join(kinds[:-1])}->{kinds[-1]}"
    inner = inner_loop(ufunc, signature)
    if inner is None or ufunc.nout != 1:
        raise CannotLower(f"{ufunc.__name__} of {signature}")
    call_inner(
        code, ufunc, inner, [laid(code, x, k, result) for x, k in zip(operands, kinds)], result
    )
    return result


def loop_kinds(ufunc: np.ufunc, operands: list[Any]) -> list[str]:
    """The kinds that the loop of a ufunc takes and makes of these operands."""
    given: list[Any] = []
    for x in operands:
        if isinstance(x, View) and x.weak is not None:
            given.append(x.weak)
            continue
        weak = type(x) in (int, float, complex)
        given.append(
            type(x) if weak else x.like.dtype if isinstance(x, View) else np.asarray(x).dtype
        )
    try:
        found = ufunc.resolve_dtypes((*given, *[None] * ufunc.nout))
    except TypeError:
        raise CannotLower(f"{ufunc.__name__} of types that it does not take") from None
    return [kind_of(dtype) for dtype in found]


def at_each(code: Code, operands: list[Any], result: View, kind: str, compute: Any) -> None:
    """Store at each place of a result what is computed of the operands there."""
    views = [spread(x, result) for x in operands if isinstance(x, View)]

    def run(offsets: list[Any]) -> None:
        left = iter(zip(views, offsets))
        registers = []
        for x in operands:
            if isinstance(x, View):
                view, offset = next(left)
                registers.append(converted(code, code.load(view, offset), view.kind, kind))
            else:
                registers.append(literal(x, kind))
        code.store(compute(registers), result, offsets[-1])

    code.each([*views, result], run)


def instructed(code: Code, instruction: str, kind: str, registers: list[str]) -> str:
    """What an instruction makes of registers."""
    if not instruction:
        return registers[0]
    bits = {"d": "f64", "f": "f32"}.get(kind, "")
    return code.put(instruction.format(*registers, t=REGISTER[kind], f=bits, one=literal(1, kind)))


def converted(code: Code, x: str, kind: str, to: str) -> str:
    """A number as one of another kind, as NumPy converts it."""
    if kind == to:
        return x
    a, b = REGISTER[kind], REGISTER[to]
    how = {
        ("f", "d"): "fpext", ("d", "f"): "fptrunc", (INT64, "d"): "sitofp", (INT64, "f"): "sitofp",
        ("?", "d"): "uitofp", ("?", "f"): "uitofp", ("?", INT64): "zext",
    }.get((kind, to))  # fmt: skip
    if how is None:
        raise CannotLower(f"numbers of kind {kind} as {to}")
    return code.put(f"{how} {a} {x} to {b}")


def spread(view: View, over: View) -> View:
    """A view broadcast to the shape of another."""
    if view.shape == over.shape:
        return view
    return view.seen_as(np.broadcast_to(view.like, over.shape))


def laid(code: Code, x: Any, kind: str, result: View) -> View:
    """An operand of the kind that a loop takes, of the shape of the result."""
    if not isinstance(x, View):
        return spread(code.constant(np.full((), x, kind)), result)
    view = spread(x, result)
    if view.kind == kind:
        return view
    return copied(code, view, np.empty_like(result.like, dtype=kind))


def copied(code: Code, view: View, like: Any) -> View:
    """A copy that lies as ``like``, of its kind."""
    made = code.buffer(like)
    code.each([view, made], lambda at: code.store(
        converted(code, code.load(view, at[0]), view.kind, made.kind), made, at[1]))  # fmt: skip
    return made


def call_inner(code: Code, ufunc: Any, inner: Inner, operands: list[View], result: View) -> None:
    """Call one of NumPy's loops, once for each row of what does not lie in one line."""
    views = [*operands, result]
    axes = merged(result.shape, [view.strides for view in views])
    *outer, (n, steps) = axes or [(1, [0] * len(views))]
    symbol = symbol_of(ufunc, inner)
    pointers, sizes = table(code, "ptr", len(views)), numbers(code, [n])
    strides = numbers(code, steps)

    def run(offsets: list[Any]) -> None:
        for k, (view, offset) in enumerate(zip(views, offsets)):
            code.do(f"store ptr {code.at_view(view, offset)}, ptr {code.at(pointers, 8 * k)}")
        code.call(
            symbol,
            inner.function,
            f"ptr {pointers}, ptr {sizes}, ptr {strides}, ptr {data(code, symbol, inner)}",
        )

    code.nest(outer, [0] * len(views), run)


def symbol_of(ufunc: Any, inner: Inner) -> str:
    """The name by which the code knows a loop."""
    return f"{ufunc.__name__}_{inner.signature.replace('->', '_').replace('?', 'b')}"


def data(code: Code, symbol: str, inner: Inner) -> str:
    """The pointer to the data of a loop, of which the code knows the name alone."""
    if not inner.data:
        return "null"
    code.symbols[f"{symbol}_data"] = inner.data
    return f"@{symbol}_data"


def table(code: Code, kind: str, n: int) -> str:
    """Memory for some pointers or sizes."""
    name = f"%{code.fresh()}"
    code.entry.append(f"  {name} = alloca [{n} x {kind}]")
    return name


def numbers(code: Code, xs: list[int]) -> str:
    """Sizes that the code has beside it."""
    name = f"@{code.fresh()}"
    listed = ", ".join(f"i64 {x}" for x in xs)
    code.constants.append(f"{name} = private unnamed_addr constant [{len(xs)} x i64] [{listed}]")
    return name


def where(code: Code, operands: list[Any], like: Any) -> View:
    """``np.where(condition, a, b)``."""
    condition, *choices = operands
    if not isinstance(condition, View) or condition.kind != "?":
        raise CannotLower("where on numbers")
    result = code.buffer(like)
    kind = result.kind
    views = [spread(x, result) for x in operands if isinstance(x, View)]

    def run(offsets: list[Any]) -> None:
        at = dict(zip(map(id, views), offsets))
        left = iter(views[1:])
        picked = []
        for x in choices:
            if isinstance(x, View):
                view = next(left)
                picked.append(converted(code, code.load(view, at[id(view)]), view.kind, kind))
            else:
                picked.append(literal(x, kind))
        c = code.load(views[0], offsets[0])
        t = REGISTER[kind]
        code.store(
            code.put(f"select i1 {c}, {t} {picked[0]}, {t} {picked[1]}"), result, offsets[-1]
        )

    code.each([*views, result], run)
    return result


def power(code: Code, operands: list[Any], like: Any) -> View:
    """``x ** k`` as NumPy's operator has it for arrays: some exponents have ways of their own."""
    x, k = operands
    if not isinstance(x, View) or not x.shape:
        raise CannotLower("a power of a single number")
    if type(k) in (int, float) and k in WAYS:
        return elementwise(code, WAYS[k], [x], like)
    return elementwise(code, np.power, operands, like)


LOWERED = {operator.pow: power, np.where: where}
