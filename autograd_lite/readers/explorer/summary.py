"""An array as a few numbers: all of it if it is small, else means over blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

DIGITS = 5
LABELLED = 64  # elements of exact or complex arrays that are written out


def table(x: Any) -> Any:
    """An array as a matrix: a vector is a row, more axes are rows of the last one."""
    x = np.asarray(x)
    return x.reshape(-1, x.shape[-1]) if x.ndim > 1 and x.size else x.reshape(1, -1)


def real(x: Any) -> Any:
    """The numbers that a colour is made of, in float64: of complex numbers, the absolute value."""
    try:
        if x.dtype.kind == "c":
            return np.abs(x).astype(np.float64)
        return x.astype(np.float64)
    except (TypeError, ValueError):  # an array of other objects
        return None


def blocks(x: Any, side: int) -> Any:
    """Means over blocks of a matrix, so that at most ``side`` rows and columns remain."""
    for axis, n in enumerate(x.shape):
        if n > side:
            edges = np.arange(side + 1) * n // side
            sums = np.add.reduceat(x, edges[:-1], axis=axis)
            x = sums / np.expand_dims(np.diff(edges), 1 - axis)
    return x


def summary(x: Any, side: int = 64) -> dict[str, Any]:
    """Shape, dtype, extremes and mean of an array, and at most ``side`` × ``side`` numbers of it.

    A larger array gives the means over blocks of it, and ``corners``: its own numbers there.  What
    is no number is a string: ``"nan"``, ``"inf"``, ``"-inf"``.

    >>> import numpy as np
    >>> summary(np.array([[1.0, -2.0]]))["cells"]
    [[1.0, -2.0]]
    >>> len(summary(np.zeros((1000, 2000)))["cells"])
    64
    """
    if isinstance(x, (tuple, list)):
        return {"shape": f"{len(x)} arrays", "dtype": "", "size": len(x)}
    whole = np.asarray(x)
    told: dict[str, Any] = {
        "shape": " × ".join(map(str, whole.shape)) or "scalar",
        "dtype": str(whole.dtype),
        "size": whole.size,
    }
    numbers = real(matrix := table(whole))
    if numbers is None or not whole.size:
        return told
    with np.errstate(all="ignore"):
        cells = blocks(numbers, side)
        parts = (np.min(numbers), np.max(numbers), np.mean(numbers))
    told |= zip(("min", "max", "mean"), map(short, parts))
    told["cells"] = [[short(c) for c in row] for row in cells]
    told["rows"], told["columns"] = numbers.shape
    if cells.shape != numbers.shape:
        told["corners"] = [short(numbers[i, j]) for i in (0, -1) for j in (0, -1)]
    elif whole.dtype.kind in "Oc" and whole.size <= LABELLED:
        told["labels"] = [[str(entry) for entry in row] for row in matrix]
    return told


def short(number: Any) -> float | str:
    """A number with a few digits."""
    return float(f"{number:.{DIGITS}g}") if np.isfinite(number) else str(float(number))
