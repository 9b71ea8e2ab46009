"""Shapes and dtypes that depend on numbers: which steps make them, and which pass them on."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.core.frames import is_engines
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value, values_in
from autograd_lite.rules.indexing import at_add, at_set, scatter


def numpys(*names: str) -> frozenset[Callable[..., Any]]:
    """The functions of NumPy with these names, as far as this NumPy has them."""
    return frozenset(filter(None, map(found_in_numpy, names)))


def found_in_numpy(name: str) -> Any:
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


#: Functions whose results are as many as the numbers say.
SIZES = numpys(
    *("nonzero", "flatnonzero", "argwhere", "extract", "compress", "trim_zeros", "bincount", "ix_"),
    *("unique", "unique_all", "unique_counts", "unique_inverse", "unique_values", "intersect1d"),
    *("union1d", "setdiff1d", "setxor1d", "histogram", "histogram_bin_edges", "roots"),
    *("polymul", "polydiv", "linalg.lstsq", "linalg.matrix_rank"),
)
#: Those that have as many as their arguments after the first say.
SIZED_BY_REST = numpys(
    *("repeat", "tile", "pad", "split", "array_split", "delete", "insert", "resize", "reshape"),
    *("polyder", "polyint", "tril_indices_from", "triu_indices_from"),
    *("hsplit", "vsplit", "dsplit", "broadcast_to", "full_like", "zeros_like", "ones_like"),
)
#: Functions that return real numbers or complex ones of real numbers, as it turns out.
DTYPES = numpys(
    *("linalg.eig", "linalg.eigvals", "roots"),
    *(f"emath.{name}" for name in ("sqrt", "log", "log2", "log10", "logn", "power")),
    *(f"emath.{name}" for name in ("arccos", "arcsin", "arctanh")),
)
#: Functions that may do so of complex ones too.
DTYPES_OF_ANY = numpys("real_if_close", "poly")
#: Functions that make one number, if no axis is given.
TOTALS = numpys(
    *("sum", "prod", "mean", "max", "min", "any", "all", "var", "std", "median", "ptp", "average"),
    *("argmax", "argmin", "count_nonzero", "nansum", "nanmean", "linalg.norm", "vdot"),
)
#: Functions whose results have the shape of their first argument, and those that have one stated.
LIKE_FIRST = {at_add, at_set}
STATED = {scatter}
#: Functions whose results are real or truth values for real arguments and for complex ones.
REAL = of_kind("order", "equality", "absolute") | numpys("real", "imag", "angle", "abs", "isfinite")


def depends(step: Step) -> tuple[bool, bool]:
    """Whether the shape of a step's result depends on numbers, and whether its dtype does."""
    values = step.operands
    return is_sized(step, values), is_typed(step, values)


def is_sized(step: Step, values: list[Value]) -> bool:
    f, args = step.function, step.args
    if f is np.where and len(args) == 1 and not step.options:
        return vary(args)
    if (f in SIZES and vary(args)) or getattr(f, "sizes", False):
        return True
    if f in SIZED_BY_REST and vary((args[1:], step.options)):
        return True
    if f is operator.getitem and any(v.dtype == bool for v in values_in(args[1]) if varies(v)):
        return True
    if f in STATED:
        return False
    if f in LIKE_FIRST:
        values = values_in(args[:1])
    if f in TOTALS and len(args) == 1 and not step.options.keys() & {"axis", "keepdims"}:
        return False
    if not is_engines(f) and vary(args):
        return True  # nobody knows what a function of the user's does
    return any(value.sized for value in values)


def is_typed(step: Step, values: list[Value]) -> bool:
    f = step.function
    if f in DTYPES and any(varies(v) and getattr(v.dtype, "kind", "c") != "c" for v in values):
        return True
    if f in DTYPES_OF_ANY and any(map(varies, values)):
        return True
    fixed = f in REAL or f is np.astype or "dtype" in step.options
    return not fixed and any(value.typed for value in values)


def varies(value: Value) -> bool:
    return not value.is_constant


def vary(arguments: Any) -> bool:
    return any(map(varies, values_in(arguments)))
