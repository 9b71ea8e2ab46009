"""Tracers: they stand for arrays, and write down whatever NumPy computes from them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import string_at
from operator import attrgetter
from os.path import commonprefix
from typing import Any

import numpy as np

from autograd_lite.core.admission import admitted, admitted_all, is_matrix
from autograd_lite.core.asking import Asker
from autograd_lite.core.frames import frames, is_engine, users_line
from autograd_lite.core.gathering import gathered
from autograd_lite.core.methods import ArrayMethods
from autograd_lite.core.ownership import BUFFERS
from autograd_lite.core.sparse import declined, product
from autograd_lite.core.tape import dtype_of
from autograd_lite.core.tracked import Answering, Symbol, Tracked, strip
from autograd_lite.core.trees import tree_leaves
from autograd_lite.core.writing import refuse_writing
from autograd_lite.programs.assumptions import Assumptions, raised
from autograd_lite.programs.operators import OPERATORS
from autograd_lite.programs.sizes import SIZES, depends
from autograd_lite.programs.steps import Step, Value, guard, has_dtype, has_shape, replace

#: Functions of shapes and dtypes, which a program takes for granted.
STATIC = frozenset(
    {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.min_scalar_type}
    | {np.iscomplexobj, np.isrealobj, np.common_type}
)

#: Those of shapes among them.
SHAPES = frozenset({np.shape, np.ndim, np.size})

NEEDS_ARRAYS = np.lib.NumpyVersion(np.__version__) < "2.1.0"


class Trace:
    """The inputs and steps written down so far.

    During a backward pass, ``pulled`` is the result whose VJP runs, and the cotangent of it.

    The trace of a loop's body has the trace around it as ``outer``.  ``captured`` are the values
    that it reads from there, each with the input that stands for it.  ``writers`` write down what
    has bodies: loops and branches.
    """

    def __init__(
        self, writers: Mapping[str, Callable[..., Any]], outer: Trace | None = None
    ) -> None:
        self.writers = writers
        self.inputs: list[Value] = []
        self.steps: list[Step] = []
        self.constants: dict[int, tuple[Any, Value]] = {}
        self.pulled: tuple[Value | None, Value | None] = (None, None)
        self.outer = outer
        self.around: tuple[Trace, ...] = () if outer is None else (outer, *outer.around)
        self.captured: dict[Value, tuple[Value, Any]] = {}
        self.assumes: Assumptions = Assumptions() if outer is None else outer.assumes

    @contextmanager
    def body(self, *, branch: bool = False, aside: bool = False) -> Iterator[Trace]:
        """The trace of a body, while it is written down, ``aside`` if its numbers are not real.

        What does not vary in a loop is written down before it; all of a branch stays in there.
        """
        body, assumes = Trace(self.writers, self), self.assumes
        before = assumes.innermost, assumes.branch, assumes.aside
        try:
            assumes.innermost, assumes.aside = body, assumes.aside or aside
            assumes.branch = body if branch else assumes.branch
            yield body
        finally:
            assumes.innermost, assumes.branch, assumes.aside = before

    def write(self, function: Callable[..., Any], args: Any, options: Any) -> Any:
        """Run a function on the arrays that tracers stand for, and write the step down."""
        met = tracers((args, options))
        found = [t.trace for t in met] + [self.assumes.branch or self]
        trace = max(found, key=lambda trace: len(trace.around))
        if trace is not self:
            return trace.write(function, args, options)
        refuse_writing(function, args, options)
        own = getattr(function, "__primitive__", None)  # what it takes besides is its own affair
        admitted_all([a for i, a in enumerate(args) if own is None or own.varies_with(i)])
        admitted_all(options if own is None else ())
        arrays, given = replace((args, options), Tracer, attrgetter("array"))
        try:
            result = self.assumes.run(function, arrays, given)
        except (np.linalg.LinAlgError, ArithmeticError, IndexError) as error:
            if len(met) > 1 or not isinstance(error, (IndexError, OverflowError)):
                self.assumes.failed = raised(function, error)
            raise
        if function in STATIC:
            for x in met:
                x.trace.read(x.value, shape=function in SHAPES, dtype=function not in SHAPES)
            if function is not np.ndim and function in SHAPES:
                self.assumes.shape(result)
            return result
        return self.written(function, args, options, result)

    def written(self, function: Callable[..., Any], args: Any, options: Any, result: Any) -> Any:
        """Write down a step that has run: what stands for its result."""
        through, incoming = self.pulled
        if through is not None and through.step is not None:
            line, scope = through.step.line, through.step.scope
        else:
            line, scope = users_line(), module_path()
        value = Value(None, None)
        args, options = replace((args, options), (Tracer, np.ndarray, *BUFFERS), self.value)
        value.step = Step(function, args, options, value, line, scope, through, incoming)
        value.step.settings = self.assumes.settings()
        value.sized, value.typed = depends(value.step)
        self.steps.append(value.step)
        several = isinstance(result, (tuple, list))
        if any(isinstance(x, Symbol) for x in (result if several else (result,))):
            raise TypeError(
                f"{value.step.name} uses a value that is being traced and is not among its "
                f"arguments; pass it as an argument"
            )
        if several:
            if function not in SIZES and not hasattr(function, "bodies"):  # as many for all numbers
                for operand in value.step.operands:
                    self.read(operand, shape=True)
            parts = [self.write(operator.getitem, (Tracer(result, value, self), i), {})
                     for i in range(len(result))]  # fmt: skip
            return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
        tracer = Tracer(result, value, self)
        if type(result) is int and any(v.dtype == object for v in value.step.operands):
            value.dtype = np.dtype(object)  # NumPy hands out what is in an array of objects bare
        return tracer

    def read(self, value: Value, *, shape: bool = False, dtype: bool = False) -> None:
        """Write a guard down, once, where what depends on numbers is read."""
        if shape and value.sized and value.shape is not None:
            value.sized = False
            self.demand(has_shape, value, value.shape)
        if dtype and value.typed and value.dtype is not None and value.dtype != object:
            value.typed = False
            self.demand(has_dtype, value, value.dtype)

    def demand(self, condition: Callable[..., Any], value: Value, was: Any) -> None:
        """Write down that a condition has to hold."""
        self.assumes.nothing()
        holds, nothing = Value((), np.dtype(bool), number=True), Value(None, None)
        line, (through, incoming) = users_line(), self.pulled
        holds.step = Step(condition, (value, was), {}, holds, line, "", through, incoming)
        nothing.step = Step(guard, (holds, True), {}, nothing, line, "", through, incoming)
        self.steps += [holds.step, nothing.step]

    def value(self, x: Any) -> Value:
        """The value for a tracer; for an array one, however often it is used, until it changes."""
        if isinstance(x, Tracer):
            return x.value if x.trace is self else self.capture(x)
        if type(x) in BUFFERS:
            x = np.array(x)
        if self.outer is not None:
            return self.capture(x)
        known = self.constants.get(id(x))
        if known is None or not same_bits(x, known[1].data):
            known = self.constants[id(x)] = x, Value(x.shape, x.dtype, data=twin(admitted(x)))
        return known[1]

    def capture(self, x: Any) -> Value:
        """The input that stands for something from the trace around this one."""
        if self.outer is None or (isinstance(x, Tracer) and x.trace not in self.around):
            raise TypeError("this value belongs to another trace; pass it as an argument")
        there = self.outer.value(x)
        if there not in self.captured:
            name = there.name or there.path or "outside"
            here = Value(
                *(there.shape, there.dtype), path=name, weak=there.weak, number=there.number
            )
            self.captured[there] = here, x.array if isinstance(x, Tracer) else x
        return self.captured[there][0]


def twin(x: Any) -> Any:
    """A copy with the same strides, since sums and products may round differently for others."""
    dense = x.copy("K")
    if dense.strides == x.strides or x.dtype.hasobject:
        return dense
    low, high = np.lib.array_utils.byte_bounds(x)
    memory = np.frombuffer(string_at(low, high - low), np.uint8).copy()
    offset = x.__array_interface__["data"][0] - low
    return np.ndarray(x.shape, x.dtype, memory, offset, x.strides)


def same_bits(x: Any, y: Any) -> bool:
    """Whether two arrays of one shape and dtype have the same bits."""
    if x.dtype.hasobject:
        return all(a is b for a, b in zip(x.flat, y.flat))
    return bool(x.tobytes() == y.tobytes())


def tracers(tree: Any) -> list[Tracer]:
    """The tracers among arguments."""
    found: list[Tracer] = []
    replace(tree, Tracer, found.append)
    return found


def module_path() -> str:
    """The path of the model's part whose method is running, as in ``model.layers[0]``.

    That is what the paths of all arrays in it begin with, whatever levels wrap them.
    """
    for frame in frames():
        code = frame.f_code
        if code.co_argcount and code.co_varnames[0] == "self" and not is_engine(frame):
            try:
                leaves = tree_leaves(frame.f_locals.get("self"))
            except TypeError:  # no tree
                continue
            found = [strip(x) for x in leaves]
            paths = [t.value.path for t in found if isinstance(t, Tracer) and t.value.path]
            if paths and len(paths) == len(found):
                return common(paths)
    return ""


def common(paths: list[str]) -> str:
    """What all paths begin with, up to a joint; of a single path, all but its last part."""
    start = commonprefix(paths)  # noqa: RUF071  # letter by letter: the paths are in a tree
    return start[: max(map(start.rfind, ".["))] if "." in start else ""


def _refused(what: str, remedy: str) -> Any:
    def refuse(self: Tracer, *args: Any, **options: Any) -> Any:
        raise self.refusal(what, remedy)

    return refuse


class Tracer(Symbol, ArrayMethods):
    """An array while it is traced: ``array`` is the array, ``value`` stands for it."""

    __slots__ = ("array", "trace", "value")

    def __init__(self, data: Any, value: Value, trace: Trace) -> None:
        self.array = data
        self.value = value
        self.trace = trace
        if not isinstance(data, (tuple, list)):
            value.shape, value.dtype = np.shape(data), dtype_of(data)
            value.number = not isinstance(data, np.ndarray)
            value.weak = isinstance(data, (int, float, complex)) and not hasattr(data, "dtype")

    @property
    def shape(self) -> tuple[int, ...]:
        self.trace.read(self.value, shape=True)
        shape: tuple[int, ...] = np.shape(self.array)
        if shape:
            self.trace.assumes.shape(shape)
        return shape

    @property
    def dtype(self) -> Any:
        self.trace.read(self.value, dtype=True)
        return self.value.dtype

    def record(self, function: Any, args: Any, options: Any = {}) -> Any:  # noqa: B006
        args, options = replace((args, options), np.ndarray, gathered)
        if any(isinstance(x, Tracked) for x in args):  # it was in an array of objects
            return function(*args, **options)
        return self.trace.write(function, args, options)

    def astype(self, dtype: Any, **options: Any) -> Any:
        """``np.astype(self, dtype)``, which takes no numbers before NumPy 2.1, or of Python's."""
        if self.value.weak or (NEEDS_ARRAYS and not isinstance(self.array, np.ndarray)):
            return self.record(np.positive, (self,), {"dtype": dtype, "casting": "unsafe"})
        return super().astype(dtype, **options)

    # ---- what containers and numbers have; the operators are below ----

    def __getitem__(self, key: Any) -> Any:
        return self.record(operator.getitem, (self, key))

    def branch(self) -> bool:
        self.trace.assumes.nothing()
        answer = bool(self.array)
        self.record(guard, (self, answer))
        return answer

    __bool__ = _refused(
        "a branch on the truth",
        "use np.where to choose between values, or al.branch(condition) for a program that holds "
        "where the answer is the same",
    )

    def refusal(self, what: str, remedy: str, line: str = "") -> TypeError:
        """The error for what asks for numbers, which stays if the user's code catches it."""
        self.trace.assumes.failed = text = (
            f"{what} of a value that is being traced, at {line or users_line()}: a program is "
            f"the same for all numbers, so none of its steps may depend on them; {remedy}"
        )
        return TypeError(text)

    def __array__(self, *args: Any, **options: Any) -> Any:
        if (refusal := declined(self)) is not None:
            return refusal
        asker = Asker()
        asks = f"{asker.asks}{asker.within}".removesuffix(",")
        remedy = "pass the plain array as an argument, to be traced too"
        if asks.endswith("]"):
            remedy += f": then {asks} is a step"
        else:
            remedy = f"use np.stack for several values and np.block for nested lists, or {remedy}"
        raise self.refusal(f"{asks}, which asks for the numbers", remedy, asker.line)

    __float__ = _refused("float", "use the value itself, and np.exp for math.exp")
    __complex__ = _refused("complex", "use 1j * t")
    __int__ = _refused("int", "give the whole number as a constant, by functools.partial")
    _index = _refused(
        "an index",
        "use np.take(X, i, axis=0) with an array X that is traced too, as np.stack makes one of a "
        "list, or give it as a constant, by functools.partial",
    )

    def __index__(self) -> Any:
        """Only a whole number is one; NumPy 2.0 asks every exponent, and goes on without."""
        if self.shape or self.dtype.kind not in "biu":
            raise TypeError("only a whole number can be an index")
        return self._index()

    __hash__ = _refused("the hash", "use np.where to choose")
    data = property(_refused("the memory", "use the value itself"))
    item = _refused("item", "use the value itself")
    tolist = _refused("tolist", "use the value itself")
    numpy = _refused("numpy", "use the value itself")

    def detach(self) -> Tracer:
        """Itself, as of an array: it carries no derivative."""
        return self

    __contains__ = _refused("`in`", "use np.any(t == x)")

    def loop(self, loop: Any, sections: Any) -> Any:
        """Write a loop down: one step, with a body that is written down once."""
        return self.with_bodies("scan", loop, sections)

    def repeat(self, loop: Any) -> Any:
        """Write down a loop that goes on while a condition holds: one step with two bodies."""
        return self.with_bodies("while_loop", loop)

    def fork(self, branches: Any) -> Any:
        """Write down a step of which one of two bodies runs; this says which."""
        return self.with_bodies("cond", self, branches)

    def hand(self, call: Any) -> Any:
        """Write down a solver that gets functions: one step with a body for each."""
        return self.with_bodies("handed", call)

    def with_bodies(self, kind: str, *what: Any) -> Any:
        trace = self.trace.assumes.innermost or self.trace
        return trace.writers[kind](trace, *what)

    def __repr__(self) -> str:
        return f"Tracer({self.value})"


def _operators(function: Callable[..., Any]) -> tuple[Any, Any]:
    """The method for an operator, and that for its reflection."""

    def method(self: Tracer, *others: Any) -> Any:
        if any(isinstance(x, (Tracked, Answering)) for x in others):
            return NotImplemented
        if function is operator.matmul and is_matrix(*others):
            return product(self, *others)
        return self.record(function, (self, *others))

    def reflected(self: Tracer, other: Any) -> Any:
        if isinstance(other, (list, tuple, str)) and self.value.weak:
            self.__index__()  # would repeat it
        if function is operator.matmul and is_matrix(other):
            return product(other, self)
        return self.record(function, (other, self))

    return method, reflected


for _operator in OPERATORS:
    _name = _operator.function.__name__.strip("_")
    _method, _reflected = _operators(_operator.function)
    setattr(Tracer, f"__{_name}__", _method)
    if _operator.ufunc.nin == 2:
        setattr(Tracer, f"__r{_name}__", _reflected)
