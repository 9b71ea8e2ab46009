"""Programs as textbooks have them: formulas of ordinary code, which mean what it does."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.trees import tree_leaves
from autograd_lite.readers.textbook.rewriting import textbook
from tests.support.latex_parsers import check_latex
from tests.support.student_programs import PROGRAMS

#: How far the textbook's results may be from the program's, in units of the last place of the
#: largest number of each: sums in another order, and what cancels there and not here.
ULPS = 64


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("convention", ["column", "row"])
def test_golden(name, convention, golden, rng):
    f, args = PROGRAMS[name](rng)
    text = al.trace(f, *args).latex(convention)
    check_latex(text)
    golden(f"student_{name}_{convention}.tex", text + "\n")


def test_computes_the_same(rng):
    for name, program in PROGRAMS.items():
        f, args = program(rng)
        traced = al.trace(f, *args)
        for rows in (False, True):
            short = textbook(traced, rows)
            for mine, theirs in zip(tree_leaves(short(*args)), tree_leaves(traced(*args))):
                assert np.shape(mine) == np.shape(theirs), name
                error = np.max(np.abs(mine - theirs)) / np.max(np.abs(theirs))
                assert error <= ULPS * np.finfo(float).eps, name
