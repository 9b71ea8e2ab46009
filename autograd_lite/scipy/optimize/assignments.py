"""Assignments and linear programs: what is picked does not vary, what it costs does."""

from typing import Any

import scipy.optimize as theirs

from autograd_lite.core.custom import primitive, rule
from autograd_lite.loops.handing import recorded
from autograd_lite.scipy.optimize.solving import Given, of_scipy


@primitive
def linear_sum_assignment(cost_matrix: Any, maximize: bool = False) -> tuple[Any, Any]:
    """``scipy.optimize.linear_sum_assignment``: rows and columns of the cheapest assignment.

    They are whole numbers, which do not vary; the cost does, as ``cost_matrix[rows, columns]``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import optimize
    >>> def least(cost):
    ...     return np.sum(cost[optimize.linear_sum_assignment(cost)])
    >>> al.grad(least)(np.array([[1.0, 5.0], [2.0, 9.0]]))
    array([[0., 1.],
           [1., 0.]])
    """
    return theirs.linear_sum_assignment(cost_matrix, maximize)  # type: ignore[no-any-return]


rule(linear_sum_assignment, cost_matrix=None)


@of_scipy
def linprog(given: Given) -> Any:
    """``scipy.optimize.linprog`` of plain numbers; TypeError for a Tensor.

    >>> from autograd_lite.scipy import optimize
    >>> optimize.linprog([1.0, 2.0], A_eq=[[1.0, 1.0]], b_eq=[1.0]).fun
    1.0
    """
    if recorded([*given.values()]):
        raise TypeError(
            "linprog has no derivative here: solve with plain numbers, and then the equations that "
            "hold at the solution, x = np.linalg.solve(A[held], b[held]), with held = "
            "np.isclose(A @ x, b) for all rows of A x ≤ b and A x = b"
        )
    return theirs.linprog(**given)
