"""Single numbers: where Python computes as NumPy does, and powers by C's function, which is tried.

Python's ``x ** k`` is C's ``pow``, and so it is for numbers of NumPy's, whose arrays have loops of
their own.  Which of the two a power is depends on the types of both numbers, so these are tried.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cache
from math import isfinite
from typing import Any

import numpy as np

from autograd_lite.native.code import AGAIN, INT64, REGISTER, CannotLower, Code, View, literal
from autograd_lite.native.elementwise import converted, loop_kinds
from autograd_lite.native.flags import c_library

#: C's functions, by the kind of numbers.  In the code they have names that LLVM does not know, or
#: it would make x * x of pow(x, 2), which rounds otherwise.
FUNCTIONS = {"d": ("pow", "power_of_doubles"), "f": ("powf", "power_of_floats")}
#: Sums of whole numbers of Python's below this size have no more than 64 bits.
LIMIT = 2**62
#: Exponents that somebody may have ways of his own for.
SPECIAL = [0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5]
TRIALS = 2000


def check_size(code: Code, xs: list[Any]) -> None:
    """Have NumPy run where a whole number is so large that it may have more than 64 bits soon."""
    for x in xs:
        if isinstance(x, View):
            moved = code.put(f"add i64 {register(code, x, INT64)}, {LIMIT}")
            code.leave_if(code.put(f"icmp slt i64 {moved}, 0"), AGAIN)
        elif abs(x) >= LIMIT:
            raise CannotLower("a large whole number")


def check_divisor(code: Code, xs: list[Any]) -> None:
    """Have NumPy run where Python divides by 0; and always, where it divides whole numbers."""
    if {type_of(x) for x in xs} == {int}:
        raise CannotLower("a quotient of whole numbers")
    divisor = register(code, xs[1], "d")
    code.leave_if(code.put(f"fcmp oeq double {divisor}, 0.0"), AGAIN)


def power_of_numbers(code: Code, x: Any, k: Any, *, weak: bool) -> View:
    """``x ** k`` of single numbers; ``weak`` says that the result is one of Python's.

    Where Python would raise an error or return a complex number, NumPy runs instead.
    """
    kinds = ["d"] * 3 if weak else loop_kinds(np.power, [x, k])
    kind = kinds[-1]
    if kind not in FUNCTIONS or type_of(x) is int is type_of(k):
        raise CannotLower("a power of whole numbers")
    if not is_c_function(kind, type_of(x), type_of(k)):
        raise CannotLower("a power that is not that of C")
    name, t = FUNCTIONS[kind][1], REGISTER[kind]
    a, b = register(code, x, kind), register(code, k, kind)
    code.functions[name] = address(kind)
    found = code.put(f"call {t} @{name}({t} {a}, {t} {b})")
    if weak:
        size = code.put(f"call {t} @llvm.fabs.f64({t} {found})")
        finite = code.put(f"fcmp olt {t} {size}, {literal(float('inf'), kind)}")
        positive = code.put(f"fcmp ogt {t} {a}, {literal(0.0, kind)}")
        usual = code.put(f"and i1 {finite}, {positive}")
        code.leave_if(code.put(f"xor i1 {usual}, true"), AGAIN)
    result = code.buffer(np.empty((), kind))
    code.store(found, result, 0)
    return result


def type_of(x: Any) -> type:
    """The type of a number, or of what is in a view."""
    if isinstance(x, View):
        return x.weak or x.like.dtype.type
    return type(x)


def register(code: Code, x: Any, kind: str) -> str:
    """A single number in a register, as one of a kind."""
    if not isinstance(x, View):
        return literal(x, kind)
    return converted(code, code.load(x, 0), x.kind, kind)


def address(kind: str) -> int:
    return ctypes.cast(function(kind), ctypes.c_void_p).value or 0


@cache
def function(kind: str) -> Any:
    """C's function for numbers of a kind."""
    number = {"d": ctypes.c_double, "f": ctypes.c_float}[kind]
    found = getattr(c_library(), FUNCTIONS[kind][0])
    found.restype, found.argtypes = number, [number, number]
    return found


@cache
def is_c_function(kind: str, of: type, by: type) -> bool:
    """Whether ``x ** k`` for numbers of these types has the bits of C's function."""
    try:
        power = function(kind)
    except (OSError, AttributeError):
        return False
    for x, k in drawn(of, by):
        try:
            with np.errstate(all="ignore"):
                expected = x**k
        except ArithmeticError:  # of Python's
            continue
        if isinstance(expected, complex):
            continue
        found = np.dtype(kind).type(power(x, k))
        if isfinite(expected) and np.dtype(kind).type(expected).tobytes() != found.tobytes():
            return False
    return True


def drawn(of: type, by: type) -> Iterator[tuple[Any, Any]]:
    """Pairs of numbers: large and small ones, those just below 1, whole and special exponents."""
    rng = np.random.default_rng(0)
    for trial in range(TRIALS):
        x = rng.standard_normal() * np.exp(rng.standard_normal())
        k = rng.standard_normal() * np.exp(rng.standard_normal())
        if trial % 2:
            k = SPECIAL[trial // 2 % len(SPECIAL)]
        elif trial % 4:
            x, k = 1 - 10 ** rng.uniform(-4, 0), rng.integers(1, 10 ** rng.integers(1, 6))
        yield of(x), by(k)
