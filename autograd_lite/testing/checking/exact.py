"""How far apart arrays are: not a bit, a counted number of floats, or more than rounding."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.core.trees import leaves_beside, paths

_INTEGERS: dict[int, Any] = {2: np.int16, 4: np.int32, 8: np.int64}
#: The distance from a NaN to a number.
FAR = np.iinfo(np.int64).max
#: So many units in the last place are rounding, by the bytes of a real number; more is an error.
ROUNDING_ULPS = {2: 8, 4: 64, 8: 256, 16: 256}


def ulp_distance(a: Any, b: Any) -> NDArray[np.int64]:
    """How many floating-point numbers lie from ``a`` to ``b``, element by element.

    ``0.0`` and ``-0.0`` are one number, and so are all NaNs; complex numbers count the larger
    of the distances of their parts.  Raises TypeError if the dtypes differ or are not floating.

    >>> import numpy as np
    >>> int(ulp_distance(1.0, 1.0 + 2 * np.finfo(float).eps))
    2
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype:
        raise TypeError(f"ulp_distance of dtypes {a.dtype} and {b.dtype}: use one for both")
    if a.dtype.kind == "c":
        return np.maximum(ulp_distance(a.real, b.real), ulp_distance(a.imag, b.imag))
    if a.dtype.kind != "f" or a.dtype.itemsize not in _INTEGERS:
        raise TypeError(f"ulp_distance needs float16, float32 or float64, not {a.dtype}")
    # Floats are ordered like their bits, but for the sign; a difference may need all of 64 bits.
    i, j = (np.asarray(_rank(x), np.int64) for x in (a, b))
    with np.errstate(over="ignore"):  # it is meant, and warned of for numbers only
        distance = np.maximum(i, j).astype(np.uint64) - np.minimum(i, j).astype(np.uint64)
    distance = np.minimum(distance, np.uint64(FAR)).astype(np.int64)
    nan = np.isnan(a).astype(int) + np.isnan(b)
    return np.where(nan == 2, 0, np.where(nan == 1, FAR, distance))


def _rank(x: Any) -> NDArray[Any]:
    kind = _INTEGERS[x.dtype.itemsize]
    bits = np.array(x, order="C").view(kind)
    ranks: NDArray[Any] = np.where(bits < 0, np.iinfo(kind).min - bits, bits)
    return ranks


def ulps_of_largest(a: Any, b: Any) -> int | None:
    """How many units in the last place of the largest number in ``b`` two arrays differ at most.

    None stands for more than rounding explains, or for another shape.  The coarser of two dtypes
    counts, integers as float64.  Fractions and other objects are equal or not.

    >>> ulps_of_largest([0.0, 1.0 + 2.0**-52], [1e-17, 1.0]), ulps_of_largest(1.0, 1.1)
    (1, None)
    """
    a, b = floating(a), floating(b)
    if a.shape != b.shape:
        return None
    if "O" in (a.dtype.kind, b.dtype.kind):
        return 0 if bool(np.all(a == b)) else None
    if np.array_equal(a, b, equal_nan=True):
        return 0
    coarse = min((a.dtype, b.dtype), key=lambda d: np.finfo(d).precision)
    scale = np.max(np.abs(b)).astype(np.finfo(coarse).dtype)
    if not (np.isfinite(scale) and np.all(np.isfinite(a))):
        return None
    unit = max(float(np.spacing(scale)), float(np.finfo(coarse).tiny))
    n = np.ceil(float(np.max(np.abs(a - b))) / unit)
    return int(n) if n <= ROUNDING_ULPS[scale.dtype.itemsize] else None


def floating(x: Any) -> Any:
    """``x`` as an array of floats, complex numbers or objects."""
    x = np.asarray(x)
    return x if x.dtype.kind in "fcO" else x.astype(float)


def alike(a: Any, b: Any) -> bool:
    """Whether arrays of one shape are equal, a NaN being equal to a NaN."""
    return bool(np.all((a == b) | ((a != a) & (b != b))))


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays have one shape, one dtype and the same bits; objects need be equal."""
    a, b = np.asarray(a), np.asarray(b)
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        return False
    if a.dtype.kind == "O" or a.dtype.char in "gG":  # pointers; padding that is arbitrary
        return alike(a, b)
    return bool(a.tobytes() == b.tobytes())


def _within(a: Any, b: Any, ulps: int) -> bool:
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        return False
    return bool(np.all(ulp_distance(a, b) <= ulps)) if _counts(a) else alike(a, b)


def _counts(x: Any) -> bool:
    """Whether the numbers of an array are so many bits that lie in their order."""
    return x.dtype.kind in "fc" and x.dtype.char not in "gG"


def assert_same_bits(got: Any, expected: Any) -> None:
    """Raise AssertionError unless two trees of arrays are the same to the bit.

    That includes structure, shapes, dtypes, the sign of zero and the payload of a NaN.

    >>> import numpy as np
    >>> assert_same_bits({"w": np.zeros(2)}, {"w": np.zeros(2)})
    """
    _assert(same_bits, got, expected, "not the same bits", 0)


def assert_exact(got: Any, expected: Any, *, ulps: int = 0) -> None:
    """Raise AssertionError unless two trees of arrays agree up to ``ulps`` units in the last place.

    Structure, shapes and dtypes must agree; zeros of both signs are equal, and so are NaNs.
    Fractions are compared exactly.

    >>> import numpy as np
    >>> assert_exact(np.float64(0.1) * 3, np.float64(0.3), ulps=1)
    """
    _assert(partial(_within, ulps=ulps), got, expected, "not equal", ulps)


def _assert(
    agree: Callable[[Any, Any], bool], got: Any, expected: Any, message: str, ulps: int
) -> None:
    try:
        others = leaves_beside(expected, got)
    except ValueError as error:
        raise AssertionError(str(error)) from None
    for (path, leaf), other in zip(paths(expected), others):
        a, b = np.asarray(other), np.asarray(leaf)
        if not agree(a, b):
            where = f" at {path}" if path else ""
            raise AssertionError(f"{message}{where}: {_difference(a, b, ulps)}")


def _difference(a: Any, b: Any, ulps: int) -> str:
    if a.shape != b.shape:
        return f"shape {a.shape}, expected {b.shape}"
    if a.dtype != b.dtype:
        return f"dtype {a.dtype}, expected {b.dtype}"
    if not _counts(a):
        index = tuple(map(int, np.argwhere(a != b)[0]))
        return f"{a[index]!r}, expected {b[index]!r} at index {index}"
    distance = ulp_distance(a, b)
    worst = int(np.argmax(distance))
    if distance.flat[worst] == 0:  # the sign of a zero, or the payload of a NaN
        worst = next(i for i in range(a.size) if not same_bits(a.flat[i], b.flat[i]))
    index = tuple(map(int, np.unravel_index(worst, a.shape)))
    return (
        f"{a[index]!r}, expected {b[index]!r} at index {index}, {int(distance[index])} ulp apart; "
        f"{int(np.sum(distance > ulps))} of {a.size} elements differ"
    )
