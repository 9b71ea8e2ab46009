"""What is probably wrong with a gradient, by the pattern of its errors."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd_lite.testing.checking.vectors import Block, Vector

#: How near a ratio must be to a pattern.
NEAR = 1e-3


def of_form(block: Block, gradient: Any) -> str:
    """Why a gradient has not the shape or dtype of its argument."""
    if not hasattr(gradient, "shape"):
        return "the backward pass returned no array for this argument"
    shape, got = block.shape, tuple(gradient.shape)
    if got == shape:
        return (
            f"wrong dtype: a constant of dtype {gradient.dtype} entered the backward pass, or the "
            f"gradient was not cast back to {block.dtype}"
        )
    if _broadcasts(shape, got):
        padded = (1,) * (len(got) - len(shape)) + shape
        axes = tuple(
            i for i, (a, b) in enumerate(zip(padded, got)) if i < len(got) - len(shape) or a != b
        )
        which = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
        return f"missing sum over the broadcast {which}: the argument was stretched to {got}"
    if got == shape[::-1]:
        return "the gradient is transposed"
    if np.prod(got, dtype=int) == np.prod(shape, dtype=int):
        return "missing reshape to the shape of the argument"
    if _broadcasts(got, shape):
        return "missing broadcast: a summed axis was not stretched back"
    return "the shape of another array, perhaps of another argument"


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


def of_values(
    got: Vector, expected: Vector, wrong: Vector, block: Block, sizes: dict[int, str]
) -> str:
    """Why the numbers of a gradient differ, where the pattern shows a cause.

    ``wrong`` marks the elements that differ, and ``sizes`` names numbers of elements over which a
    mean might be meant.
    """
    a, b = got[wrong].astype(float), expected[wrong].astype(float)
    count, total = int(np.sum(wrong)), block.stop - block.start
    where = "" if count == total else f", in {count} of {total} elements"
    if not np.all(np.isfinite(a)):
        return f"the gradient is not finite{where}"
    if not np.all(np.isfinite(b)):
        return "the function is not finite, or not defined, next to this point"
    if not np.any(a):
        return f"the gradient is zero{where}: a term or a path back is missing"
    if not np.any(b):
        return f"the gradient should be zero{where}: a path back too many, or a mask is missing"
    if block.dtype.kind == "c" and (conjugate := _conjugate(got, expected)):
        return conjugate
    rounding = _rounding(a, b, block)
    if rounding:
        return rounding + where
    with np.errstate(all="ignore"):
        ratios = a / b
    r = float(np.median(ratios))
    if np.all(np.abs(ratios - r) <= NEAR * abs(r)):
        return _factor(r, 0 if count == total else count, sizes) + where
    return _arrangement(got, expected, block) or "no simple pattern: see the numbers below"


def _rounding(a: Vector, b: Vector, block: Block) -> str:
    error = float(np.max(np.abs(a - b)) / np.max(np.abs(b)))
    if block.dtype.char in "dD" and 1e-9 < error < 1e-6:
        return "float32 noise: a step of the backward pass computes in single precision"
    if block.dtype.kind in "fc" and error < 1e3 * np.finfo(block.dtype).eps:
        remedy = f"if the problem is ill-conditioned, give rtol={2 * error:.1g}"
        return f"rounding in {block.dtype}: {remedy}"
    return ""


def _factor(r: float, count: int, sizes: dict[int, str]) -> str:
    def near(x: float) -> bool:
        return abs(r - x) <= NEAR * abs(x)

    if near(-1):
        return "the sign is wrong: ratio −1"
    if near(2):
        return "a factor 2 too much: ratio 2"
    if near(0.5):
        return "a factor 2 is missing: ratio 1/2"
    for n, what in sizes.items():
        if n > 1 and near(1 / n):
            return f"a factor 1/N too much, N = {n} ({what}): a mean in place of a sum"
        if n > 1 and near(n):
            return f"a factor 1/N is missing, N = {n} ({what}): a sum in place of a mean"
    if count == 1:
        return f"a single element is off by the factor {r:.6g}"
    return f"a constant factor {r:.6g}"


def _same(a: Any, b: Any, size: float) -> bool:
    return bool(np.allclose(a, b, rtol=NEAR, atol=1e-9 * size))


def _conjugate(got: Vector, expected: Vector) -> str:
    half, size = len(got) // 2, float(np.max(np.abs(expected)))
    same = _same(got[:half], expected[:half], size) and _same(got[half:], -expected[half:], size)
    return "the complex conjugate: the convention is df = Re(Σ g dz)" if same else ""


def _arrangement(got: Vector, expected: Vector, block: Block) -> str:
    got, expected = got.astype(float), expected.astype(float)
    same = partial(_same, size=np.max(np.abs(expected)))
    if block.dtype.kind == "c":
        return ""
    if len(block.shape) >= 2:
        g, e = got.reshape(block.shape), expected.reshape(block.shape)
        turned = np.swapaxes(e, -1, -2)
        if turned.shape == e.shape and same(g, turned):
            return "the gradient is transposed"
        if same(g.ravel(), turned.ravel()):
            return "the gradient is transposed, then reshaped"
    if same(np.sort(got), np.sort(expected)):
        return "the right numbers in the wrong order: a permutation, a reversed axis or wrong index"
    if same(got, expected[0] * 0 + np.sum(expected)) or same(got, np.mean(expected)):
        return "summed or averaged over an axis that the argument has"
    return ""


def of_matrix(got: Vector, expected: Vector) -> str:
    """What the full Jacobian shows that a gradient does not."""
    got, expected = got.astype(float), expected.astype(float)
    if got.shape == expected.T.shape and _same(got, expected.T, np.max(np.abs(expected))):
        return "the Jacobian is transposed: Jg in place of Jᵀg"
    return ""
