"""How far rounding explains a difference: a program, run with every result shaken by an ulp."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import is_elementwise, of_kind
from autograd_lite.programs.steps import GUARDING, Step, Value

#: So often is a program run with shaken results.
RUNS = 6
#: How far numbers are moved to see the sides of a kink, by their bytes.
MOVED = {2: 4e-3, 4: 4e-6, 8: 2e-12, 16: 2e-12}
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


def shaken(listing: Listing, leaves: list[Any]) -> Iterator[Mapping[Value, Any]]:
    """The values of a program, again and again with every arithmetic result shaken by an ulp.

    Sums and products of matrices round their terms, so there the operands are shaken.
    """
    rng = np.random.default_rng(0)
    for _ in range(RUNS):
        values = start(listing, leaves)
        for step in computing(listing):
            rounds = is_arithmetic(step)
            seen: Any = values
            if rounds and not is_elementwise(step.function):
                seen = {v: shake(values[v], 1.0, rng) for v in step.operands}
            result = step.run(seen)
            values[step.result] = shake(result, 1.0, rng) if rounds else result
        yield values


def beside_kinks(listing: Listing, leaves: list[Any]) -> Iterator[Mapping[Value, Any]]:
    """The values of a program where inputs and forward results are moved a little, zeros too.

    They are moved all up, all down, the first most and the last most, and at random.
    """
    rng = np.random.default_rng(0)
    for way in (*WAYS, *(at_random,) * 12):
        values = start(listing, leaves)
        values |= {v: moved(values[v], way, rng) for v in listing.inputs}
        for step in computing(listing):
            result = step.run(values)
            forward = step.of is None and step.through is None
            rounds = forward and is_arithmetic(step)
            values[step.result] = moved(result, way, rng) if rounds else result
        yield values


def start(listing: Listing, leaves: list[Any]) -> dict[Value, Any]:
    """The values that a program starts with."""
    return {
        **{value: value.data for value in listing.constants},
        **dict(zip(listing.inputs, leaves)),
    }


def computing(listing: Listing) -> Iterator[Step]:
    return (step for step in listing.steps if step.function not in GUARDING)


Way = Callable[[Any, np.random.Generator], Any]


def at_random(x: Any, rng: np.random.Generator) -> Any:
    return rng.uniform(-1, 1, x.shape)


def ramp(x: Any, rng: np.random.Generator) -> Any:
    return np.linspace(0.5, 1, x.size).reshape(x.shape)


#: How numbers are moved next to a kink.
WAYS: tuple[Way, ...] = (
    lambda x, rng: 1.0,
    lambda x, rng: -1.0,
    ramp,
    lambda x, rng: -ramp(x, rng),
)


def shake(x: Any, size: float, rng: np.random.Generator) -> Any:
    """Numbers, each off by a random part of so many ulps."""
    if isinstance(x, (tuple, list)):
        return several(x, [shake(part, size, rng) for part in x])
    array = np.asarray(x)
    if array.dtype.kind not in "fc":
        return x
    u = rng.uniform(-1, 1, array.shape) * (size * np.finfo(array.dtype).eps)
    return (array * (1 + u)).astype(array.dtype)[()]


def several(x: Any, parts: list[Any]) -> Any:
    """The several results of a step, in the structure in which it returns them."""
    return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)


def moved(x: Any, way: Way, rng: np.random.Generator) -> Any:
    """Numbers that are moved in one of the ways, zeros too."""
    if isinstance(x, (tuple, list)):
        return several(x, [moved(part, way, rng) for part in x])
    array = np.asarray(x)
    if array.dtype.kind != "f" or not array.size:
        return x
    by = MOVED[min(array.dtype.itemsize, 16)] * np.maximum(np.abs(array), 1e-3)
    return (array + way(array, rng) * by).astype(array.dtype)[()]


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
