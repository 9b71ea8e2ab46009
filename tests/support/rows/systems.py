"""Systems of linear equations and inverses by SciPy, with every structure that it can assume."""

from inspect import signature

import numpy as np
import scipy.linalg

from autograd_lite.scipy import linalg
from autograd_lite.scipy.linalg.systems import inverted, solution, triangular
from tests.support.rows.row import BY_DIFFERENCES, FLAG, OMITTED, Row

SQUARE = "...(n,n)"
PAIRS = [((2, 2), (2,)), ((3, 3), (3, 2)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 2))]
OTHERS = ["gen", "general", "diagonal", "tridiagonal", "upper triangular", "lower triangular"]
MIRRORED = ["sym", "symmetric", "her", "hermitian"]


def solve(function, domain, **settings):
    return Row(function, domain, "real", shapes=PAIRS, **settings)


ROWS = [
    Row(linalg.solve, "invertible", "real", shapes="...(n,n),(n,m)"),
    solve(linalg.solve, "invertible", assume_a=[OMITTED, None, "banded", *OTHERS]),
    solve(linalg.solve, "invertible", assume_a=[OMITTED, *OTHERS], transposed=FLAG, step=False),
    solve(linalg.solve, "definite", assume_a=MIRRORED, lower=FLAG, **BY_DIFFERENCES),
    solve(
        linalg.solve,
        "definite",
        assume_a=["pos", "positive definite"],
        lower=FLAG,
        **BY_DIFFERENCES,
    ),
    Row(linalg.solve, "positive", "real", shapes=[((1, 1), (3,)), ((1, 1), (3, 2))]),
    solve(solution, "invertible", turned=FLAG, check_finite=FLAG, step=False),
    solve(
        linalg.solve_triangular,
        "invertible",
        trans=[OMITTED, 0, 1, "N", "T"],
        lower=FLAG,
        unit_diagonal=FLAG,
    ),
    solve(linalg.solve_triangular, "invertible", trans=[2, "C"], lower=FLAG, **BY_DIFFERENCES),
    solve(triangular, "invertible", trans=[1], lower=[True], check_finite=FLAG, slow=True),
    Row(linalg.inv, "invertible", shapes=SQUARE),
    Row(inverted, "invertible", shapes=[(3, 3)], check_finite=FLAG, slow=True),
]
if "assume_a" in signature(scipy.linalg.inv).parameters:  # since SciPy 1.17
    ROWS += [
        Row(linalg.inv, "definite", shapes=[(3, 3), (2, 2, 2)], **settings, **BY_DIFFERENCES)
        for settings in (
            {"assume_a": [None, "gen", *OTHERS[4:]]},
            {"assume_a": ["sym", "her", "pos"], "lower": FLAG},
        )
    ]
    # SciPy leaves in the result what is beside the diagonal.
    ROWS += [
        Row(
            linalg.inv,
            "definite",
            shapes=[(3, 3)],
            call=lambda a: linalg.inv(a * np.eye(3), assume_a="diagonal"),
        )
    ]
