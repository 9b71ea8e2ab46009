"""What a step costs: floating-point operations, estimated by a small table.

==================================  =================================================
product of m×k and k×n              2 m k n: a multiplication and an addition each
``np.einsum``                       the product of all axes, times the number of operands
n×n ``cholesky``, ``solve``/``det``, ``inv``   n³/3, 2n³/3, 2n³  (Golub & Van Loan, ch. 3-4)
reshape, transpose, index, stack …  0: nothing is computed
``al.scan``, ``al.map``             what a turn costs, times the number of turns
``al.while_loop``                   what one turn costs, since the numbers say how many there are
``al.cond``                         what the dearer branch costs
anything else                       1 for each element of its largest operand or result
==================================  =================================================

A sine counts as much as an addition, so these numbers compare steps; they predict no seconds.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.programs.bodies import Bodied, Scan
from autograd_lite.programs.branches import Cond
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import GUARDING, Step
from autograd_lite.rules.indexing import scatter

MATRIX_PRODUCTS = of_kind("matrix product") | {np.dot, np.inner}
CUBIC: dict[Callable[..., Any], float] = {
    np.linalg.cholesky: 1 / 3,
    np.linalg.solve: 2 / 3,
    np.linalg.det: 2 / 3,
    np.linalg.slogdet: 2 / 3,
    np.linalg.inv: 2,
}
MOVES = {
    *(operator.getitem, np.transpose, np.reshape, np.ravel, np.squeeze, np.expand_dims, np.copy),
    *(np.broadcast_to, np.stack, np.concatenate, np.hstack, np.vstack, np.swapaxes, np.moveaxis),
    *(np.split, np.flip, np.roll, np.repeat, np.tile, np.take, np.take_along_axis, np.pad, scatter),
    *(np.zeros_like, np.ones_like, np.full_like, np.astype, np.diagonal, np.triu, np.tril),
    *GUARDING,
}


def operations(step: Step) -> int:
    """The floating-point operations of a step, by the table at the top of this file."""
    f = step.function
    if isinstance(f, Scan):
        return f.count(step.args) * sum(map(operations, f.body.steps))
    if isinstance(f, Bodied):
        costs = [sum(map(operations, body.steps)) for body in f.bodies]
        return max(costs) if isinstance(f, Cond) else sum(costs)
    shapes = [value.shape or () for value in step.operands]
    made = step.result.shape or ()
    if f in MOVES:
        return 0
    if f in MATRIX_PRODUCTS and all(shapes):
        return 2 * math.prod(made) * shapes[0][-1]
    if f is np.einsum and isinstance(step.args[0], str) and "." not in step.args[0]:
        labels = step.args[0].replace(" ", "").partition("->")[0].split(",")
        sizes = {name: n for part, shape in zip(labels, shapes) for name, n in zip(part, shape)}
        return math.prod(sizes.values()) * max(2, len(shapes))
    if f in CUBIC and shapes and len(shapes[0]) >= 2:
        return round(CUBIC[f] * math.prod(shapes[0]) * shapes[0][-1])
    return max(math.prod(shape) for shape in (made, *shapes))
