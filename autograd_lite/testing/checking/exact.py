"""Equality without tolerance: the same bits, or a counted number of floats apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.core.trees import leaves_beside, paths

_INTEGERS: dict[int, Any] = {2: np.int16, 4: np.int32, 8: np.int64}
#: The distance from a NaN to a number.
FAR = np.iinfo(np.int64).max


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


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays have one shape, one dtype and the same bits; objects need be equal."""
    a, b = np.asarray(a), np.asarray(b)
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        return False
    if a.dtype.kind == "O" or a.dtype.char in "gG":  # pointers; padding that is arbitrary
        return bool(np.all((a == b) | ((a != a) & (b != b))))
    return bool(a.tobytes() == b.tobytes())


def assert_same_bits(got: Any, expected: Any) -> None:
    """Raise AssertionError unless two trees of arrays are the same to the bit.

    That includes structure, shapes, dtypes, the sign of zero and the payload of a NaN.

    >>> import numpy as np
    >>> assert_same_bits({"w": np.zeros(2)}, {"w": np.zeros(2)})
    """
    for path, a, b in _pairs(got, expected):
        if not same_bits(a, b):
            raise AssertionError(f"not the same bits{path}: {_difference(a, b, 0)}")


def assert_exact(got: Any, expected: Any, *, ulps: int = 0) -> None:
    """Raise AssertionError unless two trees of arrays are equal, up to ``ulps`` units in the last
    place.

    Structure, shapes and dtypes must agree; zeros of both signs are equal, and so are NaNs.
    Fractions are compared exactly.

    >>> import numpy as np
    >>> assert_exact(np.float64(0.1) * 3, np.float64(0.3), ulps=1)
    """
    for path, a, b in _pairs(got, expected):
        equal = (a.shape, a.dtype) == (b.shape, b.dtype)
        if equal and a.dtype.kind in "fc" and a.dtype.char not in "gG":
            equal = bool(np.all(ulp_distance(a, b) <= ulps))
        elif equal:
            equal = bool(np.all((a == b) | ((a != a) & (b != b))))
        if not equal:
            raise AssertionError(f"not equal{path}: {_difference(a, b, ulps)}")


def _pairs(got: Any, expected: Any) -> list[tuple[str, Any, Any]]:
    try:
        others = leaves_beside(expected, got)
    except ValueError as error:
        raise AssertionError(str(error)) from None
    where = [f" at {path}" if path else "" for path, _ in paths(expected)]
    leaves = [np.asarray(b) for _, b in paths(expected)]
    return list(zip(where, map(np.asarray, others), leaves))


def _difference(a: Any, b: Any, ulps: int) -> str:
    if a.shape != b.shape:
        return f"shape {a.shape}, expected {b.shape}"
    if a.dtype != b.dtype:
        return f"dtype {a.dtype}, expected {b.dtype}"
    if a.dtype.kind not in "fc" or a.dtype.char in "gG":
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
