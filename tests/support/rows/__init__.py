"""The table of test rows: at least one for every function that has a rule or a composition.

To add one, write a line in the file named like the file of the rule; `Row` says what it
may contain.
"""

from importlib.util import find_spec

import pytest

from tests.support.effort import PROFILE
from tests.support.rows import (
    constants,
    decompositions,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    padding,
    products,
    ramps,
    reductions,
    running,
    sampling,
    shapes,
    signal,
    sorting,
    statistics,
    ufuncs,
)


def of_our_scipy(f):
    """Whether a function is of `autograd_lite.scipy`, whose rows are many and slow."""
    return (getattr(f, "__module__", None) or "").startswith("autograd_lite.scipy.")


ROWS = [
    *constants.ROWS,
    *decompositions.ROWS,
    *elementwise.ROWS,
    *fft.ROWS,
    *indexing.ROWS,
    *joining.ROWS,
    *linalg.ROWS,
    *padding.ROWS,
    *products.ROWS,
    *ramps.ROWS,
    *reductions.ROWS,
    *running.ROWS,
    *sampling.ROWS,
    *shapes.ROWS,
    *signal.ROWS,
    *sorting.ROWS,
    *statistics.ROWS,
    *ufuncs.ROWS,
]
ALIKE: list = []
if find_spec("scipy"):
    from tests.support.rows import (
        banded,
        bessel,
        by_places,
        continuous,
        convolutions,
        direct,
        discrete,
        distance,
        distributions,
        divided,
        elementary,
        elliptic,
        equations,
        errors,
        factors,
        filters,
        functions,
        gamma,
        hypergeometric,
        integrals,
        iterative,
        least_squares,
        matrix_equations,
        measures,
        multivariate,
        samples,
        segments,
        solvers,
        special,
        spectra,
        splines,
        systems,
        waves,
        windows,
    )

    SPECIAL = [
        *gamma.ROWS,
        *elementary.ROWS,
        *errors.ROWS,
        *integrals.ROWS,
        *bessel.ROWS,
        *equations.ROWS,
        *elliptic.ROWS,
        *hypergeometric.ROWS,
        *distributions.ROWS,
        *special.ROWS,
    ]
    ROWS += SPECIAL
    ALIKE = continuous.ROWS + [row for row in SPECIAL if not of_our_scipy(row.function)]
    for module in (
        *(continuous, discrete, multivariate),
        *(systems, factors, spectra, measures, least_squares, matrix_equations, functions, banded),
        *(divided, by_places, direct, iterative, waves, convolutions, filters, segments),
        *(distance, splines, windows, samples, solvers),
    ):
        ROWS += module.ROWS
    for module in (
        *(systems, factors, spectra, measures, least_squares, matrix_equations, functions, banded),
        divided,
    ):  # which take long: the first of each stands for the others
        for row in module.ROWS[1:]:
            row.slow = True


#: Without those that are tested in full alone.
QUICK = [row for row in ROWS if not row.slow]
#: Without those whose rules are made as those of others are.
DISTINCT = [row for row in ROWS if not (row.slow and row in ALIKE)]
TAKEN = ROWS if PROFILE == "full" else QUICK


def each(rows):
    """What runs a test for each of the rows; all but the first of a function are slow."""
    params, functions = [], set()
    for row in rows:
        marks = [pytest.mark.slow] if row.function in functions else []
        params.append(pytest.param(row, marks=marks, id=repr(row)))
        functions.add(row.function)
    return pytest.mark.parametrize("row", params)


EACH = each(TAKEN)
