"""The kill table: every rule of the engine made wrong in every way, and whether a test finds it.

    python -m tests.kill_table

prints it.  The calls on which the mutants are tried are drawn from the table of test rows.
"""

import copy

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograd_lite.testing.mutants import kill_table
from tests.rows import ROWS
from tests.rows.row import cases as draws

DRAWS = 10
ONE = [(3, 3, 2)]
TWO = [((3, 3, 2), (3, 3, 2)), ((2,), (3, 3, 2)), ((3, 1), (1, 2)), ((3, 3, 2), (3, 1))]
THREE = [((3, 2), (3, 2), (3, 2)), ((3, 1), (2,), ()), ((), (3, 1), (2,)), ((2,), (), (3, 2))]


def large(row):
    """A row with arrays large enough for a mistake to show, where they are not prescribed."""
    row = copy.copy(row)
    row.shapes = row.shapes or {1: ONE, 2: TWO, 3: THREE}[len(row.domains)]
    vars(row).pop("all_shapes", None)
    return row


def calls(rows):
    """A few calls of each row, the same every time."""
    drawn = []

    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def collect(row, data):
        case = data.draw(draws(row))
        case.split()  # rejects what NumPy refuses
        drawn.append(case)
        if row.complex:
            drawn.append(case.of("c16"))

    for row in rows:
        collect(large(row))
    return drawn
