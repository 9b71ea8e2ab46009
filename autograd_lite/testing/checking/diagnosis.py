"""The likely cause of a failure: what `check_grads` says of each pattern."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd_lite.testing.checking.patterns import Shape, of_shape, patterns, worded
from autograd_lite.testing.checking.vectors import close

#: How near numbers must be to a pattern, relatively.
NEAR = 1e-3

WORDS = {
    # of the form
    "dtype": "wrong dtype: a constant of dtype {got} entered the backward pass, or the gradient "
    "was not cast back to {expected}",
    "unsummed": "missing sum over the broadcast {along}: the argument was stretched to {got}",
    "transposed": "the gradient is transposed",
    "reshaped": "missing reshape to the shape of the argument",
    "reduced": "missing broadcast: a summed axis was not stretched back",
    "foreign": "the shape of another array, perhaps of another argument",
    # of the numbers
    "not finite": "the gradient is not finite{where}",
    "undefined": "the function is not finite, or not defined, next to this point",
    "zero": "the gradient is zero{where}: a term or a path back is missing",
    "not zero": "the gradient should be zero{where}: a path back too many, or a mask is missing",
    "conjugate": "the complex conjugate: the convention is df = Re(Σ g dz)",
    "single precision": "float32 noise: a step of the backward pass computes in single precision"
    "{where}",
    "rounding": "rounding in {dtype}: if the problem is ill-conditioned, give rtol={rtol:.1g}"
    "{where}",
    "sign": "the sign is wrong: ratio −1{where}",
    "twice": "a factor 2 too much: ratio 2{where}",
    "half": "a factor 2 is missing: ratio 1/2{where}",
    "mean": "a factor 1/N too much, N = {size} ({what}): a mean in place of a sum{where}",
    "sum": "a factor 1/N is missing, N = {size} ({what}): a sum in place of a mean{where}",
    "minus sum": "the sign is wrong, and a factor 1/N is missing, N = {size} ({what}){where}",
    "element": "a single element is off by the factor {factor:.6g}{where}",
    "factor": "a constant factor {factor:.6g}{where}",
    "transposed, reshaped": "the gradient is transposed, then reshaped",
    "order": "the right numbers in the wrong order: a permutation, a reversed axis or wrong index",
    "collapsed": "summed or averaged over an axis that the argument has",
}

NOTHING = "no simple pattern: see the numbers below"
TIE = (
    "a tie: every tied element got the whole gradient, or none did; "
    "one must get it, or each a share"
)


def of_form(got: Any, shape: Shape, dtype: Any) -> str:
    """Why a gradient has not the shape or dtype of its argument."""
    if got.shape == shape:
        return WORDS["dtype"].format(got=got.dtype, expected=dtype)
    pattern = next(of_shape(got.shape, shape))
    axes = pattern.axes
    along = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
    return worded(pattern, WORDS, along=along, got=got.shape)


def of_values(got: Any, expected: Any, wrong: Any, dtype: Any, sizes: dict[int, str]) -> str:
    """Why the numbers of a gradient differ, or an empty text where no pattern shows it.

    ``wrong`` marks the elements that differ, as for `patterns`.  ``sizes`` names numbers of
    elements over which a mean might be meant.
    """
    kind = complex if dtype.kind == "c" else float
    got, expected = got.astype(kind), expected.astype(kind)
    found = next(patterns(got, expected, partial(close, rtol=NEAR), sizes, wrong, dtype), None)
    if found is None:
        return ""
    count, what = int(np.sum(wrong)), sizes.get(found.size)
    where = "" if count == wrong.size else f", in {count} of {wrong.size} elements"
    return worded(found, WORDS, where=where, what=what, dtype=dtype, rtol=2 * found.error)


def of_jacobian(got: Any, expected: Any) -> str:
    """What the whole Jacobian shows and a gradient does not."""
    transposed = close(got.astype(float), expected.T.astype(float), NEAR)
    return "the Jacobian is transposed: Jg in place of Jᵀg" if transposed else ""
