"""How far rounding explains a difference: a program, run with every result shaken by an ulp."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import GUARDING, Step, Value

#: So often is a program run with shaken results.
RUNS = 6
#: What rounds nothing: it picks, orders, compares, or turns a sign.
EXACT = of_kind("negative", "positive", "absolute", "order", "equality", "and", "or", "xor")
NAMES_OF_EXACT = """
maximum minimum fmax fmin max min amax amin where clip choose relu sign heaviside absolute
floor ceil round rint trunc argmax argmin argsort searchsorted sort isfinite isnan
getitem take take_along_axis reshape transpose broadcast_to ravel squeeze expand_dims swapaxes
moveaxis concatenate stack hstack vstack split array_split pad flip roll rot90 repeat tile
diagonal diag triu tril copy array asarray atleast_1d atleast_2d zeros_like ones_like full_like
astype real imag conjugate at_set
"""


def is_arithmetic(step: Step) -> bool:
    """Whether a step rounds its result."""
    return step.function not in EXACT and step.name not in NAMES_OF_EXACT.split()


def shaken(
    listing: Listing, leaves: list[Any], size: float = 1.0, kinks: bool = False
) -> Iterator[Mapping[Value, Any]]:
    """The values of a program, again and again with every arithmetic result shaken by about an ulp.

    Sums and products of matrices round their terms, so there the operands are shaken.  ``size`` is
    in ulps.  To see both sides of ``kinks``, everything is shaken, zeros too, all up or all down.
    """
    rng = np.random.default_rng(0)
    for run in range(RUNS + 2 if kinks else RUNS):
        way = (1.0, -1.0)[run] if kinks and run < 2 else 0.0
        values: dict[Value, Any] = {value: value.data for value in listing.constants}
        values |= zip(listing.inputs, leaves)
        if kinks:
            for value in listing.inputs:
                values[value] = moved(values[value], size, rng, way)
        for step in listing.steps:
            if step.function in GUARDING:
                continue
            seen: Any = values
            rounds = is_arithmetic(step)
            if rounds and not is_elementwise(step.function):
                mine = {v: shake(values[v], size, rng) for v in step.operands}
                seen = {**{v: values[v] for v in step.operands}, **mine}
            result = step.run(seen)
            if kinks and step.of is None and step.through is None and rounds:
                result = moved(result, size, rng, way)
            elif rounds:
                result = shake(result, size, rng)
            values[step.result] = result
        yield values


def shake(x: Any, size: float, rng: np.random.Generator) -> Any:
    """Numbers, each off by a random part of so many ulps."""
    if isinstance(x, (tuple, list)):
        return type(x)(shake(part, size, rng) for part in x)
    array = np.asarray(x)
    if array.dtype.kind not in "fc":
        return x
    u = rng.uniform(-1, 1, array.shape) * (size * np.finfo(array.dtype).eps)
    return (array * (1 + u)).astype(array.dtype)[()]


def moved(x: Any, size: float, rng: np.random.Generator, way: float) -> Any:
    """Numbers that are moved up or down, or at random, zeros too."""
    if isinstance(x, (tuple, list)):
        return type(x)(moved(part, size, rng, way) for part in x)
    array = np.asarray(x)
    if array.dtype.kind != "f" or not array.size:
        return x
    u = way or rng.uniform(-1, 1, array.shape)
    by = size * np.finfo(array.dtype).eps * np.maximum(np.abs(array), 1e-3)
    return (array + u * by).astype(array.dtype)[()]


def spreads(
    listing: Listing, leaves: list[Any], wanted: list[Value], values: Mapping[Value, Any]
) -> list[Any]:
    """For each wanted value how far rounding moves its elements; ∞ where it loses them."""
    found = [np.zeros(np.shape(values[v])) for v in wanted]
    for other in shaken(listing, leaves):
        for i, v in enumerate(wanted):
            moved_by = np.abs(np.asarray(other[v] - values[v], dtype=complex)).real
            found[i] = np.fmax(found[i], np.where(np.isnan(moved_by), np.inf, moved_by))
    return found


def between(
    listing: Listing, leaves: list[Any], wanted: list[Value], values: Mapping[Value, Any]
) -> list[tuple[Any, Any]]:
    """For each wanted value its least and largest numbers on all sides of the kinks nearby."""
    low = [np.array(values[v]) for v in wanted]
    high = [np.array(values[v]) for v in wanted]
    for other in shaken(listing, leaves, 1e4, kinks=True):
        for i, v in enumerate(wanted):
            low[i], high[i] = np.fmin(low[i], other[v]), np.fmax(high[i], other[v])
    return list(zip(low, high))


class Shaky(np.ndarray[Any, Any]):
    """An array of which every arithmetic result is off by about an ulp: for code of others."""

    rng: Any = None

    def __array_finalize__(self, other: Any) -> None:
        self.rng = getattr(other, "rng", None)

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any
    ) -> Any:
        plain = [np.asarray(x) if isinstance(x, Shaky) else x for x in inputs]
        exact = ufunc in EXACT or ufunc.__name__ in NAMES_OF_EXACT.split()
        if method != "__call__" and not exact:
            plain[0] = shake(plain[0], 1.0, self.rng)
        if out is not None:
            options["out"] = tuple(np.asarray(x) if isinstance(x, Shaky) else x for x in out)
        result = getattr(ufunc, method)(*plain, **options)
        if result is None or isinstance(result, tuple):
            return result
        if not exact:
            shaken_result = shake(result, 1.0, self.rng)
            if out is not None:
                options["out"][0][...] = shaken_result
                return out[0]
            result = shaken_result
        return shaky(result, self.rng)


def shaky(x: Any, rng: np.random.Generator) -> Any:
    """An array whose results are shaken, a number of NumPy's among them."""
    new = np.asarray(x).view(Shaky)
    new.rng = rng
    return new
