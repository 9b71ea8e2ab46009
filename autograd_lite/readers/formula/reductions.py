"""How sums, means and other functions along axes are written; i, j, k, … number the axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite import special
from autograd_lite.readers.formula.terms import Term, Writer, writes_one
from autograd_lite.readers.formula.tree import (
    BIG,
    Expression,
    Fenced,
    Infix,
    Name,
    Number,
    Prefix,
    Script,
    call,
    fence,
    fraction,
    listed,
    lowered,
    product,
    raised,
)


def over(sign: str, a: Term, axis: Any = None) -> Expression:
    """∑_i x_i, and ∑_i X_{i,:} where another axis stays; no notation for `initial`, `where`."""
    if not a.ndim:
        return a.x
    axes = range(a.ndim) if axis is None else [k % a.ndim for k in np.atleast_1d(axis)]
    letters = [Name("ijklmnpq"[k % 8]) if k in axes else Name(":") for k in range(a.ndim)]
    below = listed(tuple(letters[k] for k in axes))
    return Prefix(sign, fence(lowered(a.number, *letters), BIG), below, BIG)


@writes_one(np.sum)
def total(a: Term, axis: Any = None) -> Expression:
    """∑, or ‖x‖² for the sum of all squares, of real numbers."""
    match a.x:
        case Script(base=x, upper=Prefix(sign="∘", part=Number(text="2"))):
            square_of: Expression | None = x.part if isinstance(x, Fenced) else x
        case Infix(parts=(x, y), signs=("∘",)) if x == y:
            square_of = x
        case _:
            square_of = None
    if square_of is not None and axis is None and a.kind not in "bc":
        return raised(Fenced("‖", square_of, "‖"), Number("2"))
    return over("∑", a, axis)


@writes_one(np.mean)
def mean(a: Term, axis: Any = None) -> Expression:
    shape = a.shape or ()
    axes = range(a.ndim) if axis is None else np.atleast_1d(axis)
    n = int(np.prod([shape[k] for k in axes], dtype=int))
    return product(fraction(Number("1"), Number(str(n))), total(a, axis))


def _over(sign: str) -> Writer:
    return lambda a, axis=None: over(sign, a, axis)


writes_one(np.prod)(_over("∏"))
writes_one(np.max)(_over("max"))
writes_one(np.min)(_over("min"))


# ---- along the last axis, as losses use them ----


def _probabilities(name: str) -> Writer:
    def write(a: Term, axis: Any = -1) -> Expression | None:
        return call(name, a.number) if a.ndim < 2 or axis in (-1, a.ndim - 1) else None

    return write


writes_one(special.softmax)(_probabilities("softmax"))
writes_one(special.log_softmax)(_probabilities("log softmax"))
writes_one(special.logsumexp, special.log_of_sum)(_probabilities("logsumexp"))
