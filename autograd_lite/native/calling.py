"""Native code that Python calls itself: it takes arrays out of their objects, and makes new ones.

A call through ctypes costs several microseconds; this one costs as much as one of NumPy's own.
"""

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from autograd_lite.native.code import INT64, REGISTER, CannotLower, Code, View, address, kind_of

#: Where NumPy's array objects have their parts, in bytes, on 64-bit machines.
DATA, NDIM, DIMENSIONS, STRIDES, DESCR, FLAGS = 16, 24, 32, 40, 56, 64
#: Where a number of Python's or NumPy's has its value.
NUMBER = 16
ALIGNED = 0x100
#: Functions by their place in NumPy's table.
NEW, SCALAR = 93, 60
#: METH_FASTCALL
FAST = 0x80
NAMES = {"d": "double", "f": "float", INT64: "long", "?": "bool"}
#: What makes a number of Python's.
MADE = {"d": "PyFloat_FromDouble", INT64: "PyLong_FromLongLong"}


class MethodDef(ctypes.Structure):
    """CPython's `PyMethodDef`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("meth", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


@cache
def numpy_table() -> Any:
    """The table of NumPy's functions for other languages."""
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    module = import_module("numpy._core._multiarray_umath")
    return ctypes.cast(get(module._ARRAY_API, None), ctypes.POINTER(ctypes.c_void_p))


@cache
def is_laid_out() -> bool:
    """Whether objects of this NumPy and Python have their parts where the code looks for them."""
    try:
        x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
        here = id(x)
        pointer, size = ctypes.c_void_p.from_address, ctypes.c_ssize_t.from_address
        shape, strides = pointer(here + DIMENSIONS).value or 0, pointer(here + STRIDES).value or 0
        number, half = np.float64(0.5), 0.5
        return bool(
            ctypes.sizeof(ctypes.c_void_p) == 8
            and pointer(here + 8).value == id(np.ndarray)
            and pointer(here + DATA).value == x.ctypes.data
            and ctypes.c_int.from_address(here + NDIM).value == 2
            and [size(shape + 8 * i).value for i in range(2)] == [2, 3]
            and [size(strides + 8 * i).value for i in range(2)] == [8, 16]
            and pointer(here + DESCR).value == id(np.dtype(float))
            and ctypes.c_int.from_address(here + FLAGS).value & ALIGNED
            and ctypes.c_double.from_address(id(number) + NUMBER).value == 0.5
            and ctypes.c_double.from_address(id(half) + NUMBER).value == 0.5
            and numpy_table()[2] == id(np.ndarray)
        )
    except Exception:
        return False


def pointers(arrays: Sequence[Any]) -> Any:
    """A table of where arrays have their numbers, for native code: it lives as long as this."""
    if is_laid_out():
        at = ctypes.c_ssize_t.from_address
        found = [at(id(x) + DATA).value for x in arrays]
    else:
        found = [address(x) for x in arrays]
    return (ctypes.c_void_p * len(found))(*found)


def entry(
    code: Code, operands: Sequence[Any], results: Sequence[Any], numbers: Sequence[str | None]
) -> Code:
    """The function that Python calls, around ``@run`` of ``code``; it returns a tuple.

    ``numbers`` says of each result whether it is a number of Python's or NumPy's, or None.
    """
    call = Code()
    call.count = code.count + 1
    n = len(operands)
    table = f"%{call.fresh()}"
    call.entry.append(f"  {table} = alloca [{n + len(results)} x ptr]")
    for i, x in enumerate(operands):
        found = call.put(f"load ptr, ptr {call.at('%args', 8 * i)}")
        data = checked(call, found, x)
        call.do(f"store ptr {data}, ptr {call.at(table, 8 * i)}")
    made: list[str] = []
    for i, (like, number) in enumerate(zip(results, numbers)):
        if number:
            data = call.variable()
            made.append(data)
        else:
            x = new_array(call, like)
            data = call.put(f"load ptr, ptr {call.at(x, DATA)}")
            made.append(x)
        call.do(f"store ptr {data}, ptr {call.at(table, 8 * (n + i))}")
    status = call.put(f"call i32 @run(ptr {table})")
    objects = [
        new_number(call, x, kind_of(like.dtype), number) if number else x
        for x, like, number in zip(made, results, numbers)
    ]
    refused = call.put(f"icmp ne i32 {status}, 0")
    whole = call.put(f"call ptr @{python(call, 'PyTuple_New')}(i64 {len(objects)})")
    for i, x in enumerate(objects):
        call.do(f"call i32 @{python(call, 'PyTuple_SetItem')}(ptr {whole}, i64 {i}, ptr {x})")
    bad, good = call.fresh(), call.fresh()
    call.do(f"br i1 {refused}, label %{bad}, label %{good}")
    call.lines.append(f"{bad}:")
    call.do(f"call void @{python(call, 'Py_DecRef')}(ptr {whole})")
    call.do("br label %away")
    call.lines += [f"{good}:", f"  ret ptr {whole}", "away:"]
    nothing = symbol(call, "Py_NotImplemented", id(NotImplemented))
    call.do(f"call void @{python(call, 'Py_IncRef')}(ptr {nothing})")
    call.do(f"ret ptr {nothing}")
    return call


def checked(call: Code, found: str, x: Any) -> str:
    """The pointer to the numbers of an operand, which is to be as ``x`` is."""
    kind = type(x)
    demand(call, f"icmp eq ptr {call.put(f'load ptr, ptr {call.at(found, 8)}')}, "
                 f"{symbol(call, f'type_{kind.__name__}', id(kind))}")  # fmt: skip
    if kind is not np.ndarray:
        if kind is int:
            return whole_number(call, found)
        if kind not in (float, np.float64):
            raise CannotLower(f"an operand of type {kind.__name__}")
        return call.at(found, NUMBER)
    letter = kind_of(x.dtype)
    descr = symbol(call, f"descr_{NAMES[letter]}", id(np.dtype(letter)))
    if x.dtype is not np.dtype(letter):
        raise CannotLower("a dtype of its own")
    demand(call, f"icmp eq i32 {call.put(f'load i32, ptr {call.at(found, NDIM)}')}, {x.ndim}")
    demand(call, f"icmp eq ptr {call.put(f'load ptr, ptr {call.at(found, DESCR)}')}, {descr}")
    flags = call.put(f"load i32, ptr {call.at(found, FLAGS)}")
    demand(call, f"icmp ne i32 {call.put(f'and i32 {flags}, {ALIGNED}')}, 0")
    for offset, expected in ((DIMENSIONS, x.shape), (STRIDES, x.strides)):
        if expected:
            place = call.put(f"load ptr, ptr {call.at(found, offset)}")
            for i, n in enumerate(expected):
                demand(
                    call, f"icmp eq i64 {call.put(f'load i64, ptr {call.at(place, 8 * i)}')}, {n}"
                )
    return call.put(f"load ptr, ptr {call.at(found, DATA)}")


def new_number(call: Code, data: str, kind: str, whose: str) -> str:
    """A number of Python's or NumPy's with the value that is at a place."""
    if whose == "Python's" and kind in MADE:
        t = REGISTER[kind]
        x = call.put(f"load {t}, ptr {data}")
        return call.put(f"call ptr @{python(call, MADE[kind])}({t} {x})")
    descr = symbol(call, f"descr_{NAMES[kind]}", id(np.dtype(kind)))
    return call.put(
        f"call ptr @{function(call, 'PyArray_Scalar', numpy_table()[SCALAR])}"
        f"(ptr {data}, ptr {descr}, ptr null)"
    )


def whole_number(call: Code, found: str) -> str:
    """The pointer to a whole number of Python's, which is to have 64 bits at most."""
    data, beyond = call.variable(), call.variable("i32")
    as_long = python(call, "PyLong_AsLongLongAndOverflow")
    x = call.put(f"call i64 @{as_long}(ptr {found}, ptr {beyond})")
    demand(call, f"icmp eq i32 {call.put(f'load i32, ptr {beyond}')}, 0")
    call.do(f"store i64 {x}, ptr {data}")
    return data


def demand(call: Code, condition: str) -> None:
    on = call.fresh()
    call.do(f"br i1 {call.put(condition)}, label %{on}, label %away")
    call.lines.append(f"{on}:")


def new_array(call: Code, like: Any) -> str:
    """A new array that lies as ``like`` does."""
    if not (like.flags.c_contiguous or like.flags.f_contiguous):
        raise CannotLower("results that lie in another order")
    dims = f"@{call.fresh()}"
    sizes = ", ".join(f"i64 {n}" for n in like.shape) or "i64 1"
    call.constants.append(
        f"{dims} = private unnamed_addr constant [{max(1, like.ndim)} x i64] [{sizes}]"
    )
    fortran = 0 if like.flags.c_contiguous else 1
    new = function(call, "PyArray_New", numpy_table()[NEW])
    arrays = symbol(call, "type_ndarray", id(np.ndarray))
    return call.put(
        f"call ptr @{new}(ptr {arrays}, i32 {like.ndim}, ptr {dims}, i32 {like.dtype.num}, "
        f"ptr null, ptr null, i32 0, i32 {fortran}, ptr null)"
    )


def symbol(call: Code, name: str, address: int) -> str:
    call.symbols[f"{name}_data"] = address
    return f"@{name}_data"


def function(call: Code, name: str, address: int) -> str:
    call.functions[name] = address
    return name


def python(call: Code, name: str) -> str:
    found = ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value
    return function(call, name, found or 0)


#: How the functions are declared that the code calls.
DECLARED = {
    "PyArray_New": "declare ptr @PyArray_New(ptr, i32, ptr, i32, ptr, ptr, i32, i32, ptr)",
    "PyArray_Scalar": "declare ptr @PyArray_Scalar(ptr, ptr, ptr)",
    "PyTuple_New": "declare ptr @PyTuple_New(i64)",
    "PyTuple_SetItem": "declare i32 @PyTuple_SetItem(ptr, i64, ptr)",
    "PyLong_AsLongLongAndOverflow": "declare i64 @PyLong_AsLongLongAndOverflow(ptr, ptr)",
    "PyLong_FromLongLong": "declare ptr @PyLong_FromLongLong(i64)",
    "PyFloat_FromDouble": "declare ptr @PyFloat_FromDouble(double)",
    "Py_IncRef": "declare void @Py_IncRef(ptr)",
    "Py_DecRef": "declare void @Py_DecRef(ptr)",
    "feclearexcept": "declare i32 @feclearexcept(i32)",
    "fetestexcept": "declare i32 @fetestexcept(i32)",
    "power_of_doubles": "declare double @power_of_doubles(double, double)",
    "power_of_floats": "declare float @power_of_floats(float, float)",
}
SIGNATURE = "ptr @call(ptr %self, ptr %args, i64 %n)"


def callable_at(address: int, owner: Any) -> Callable[..., Any]:
    """A function of Python's for native code; it keeps alive what owns the code."""
    definition = MethodDef(b"native", address, FAST, None)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype = ctypes.py_object
    make.argtypes = [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p]
    made: Callable[..., Any] = make(ctypes.addressof(definition), (definition, owner), None)
    return made


__all__ = ["DECLARED", "SIGNATURE", "View", "callable_at", "entry", "is_laid_out", "pointers"]
