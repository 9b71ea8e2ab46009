"""Indexing, and its left-hand side."""

import operator

import numpy as np

import autograd_lite as al
from tests.support.rows.row import Row

TWICE = np.array([[0, 2], [2, 2]])
MASK = np.array([[True, False, True], [False, True, True]])
REVERSED = slice(None, None, -1)
ALL = slice(None)


def indexed(shapes, *keys):
    """A row for ``a[key]``."""
    return Row(operator.getitem, "real", shapes=shapes, call=lambda a, key: a[key], key=keys)


def changed(function, key, *shapes):
    """A row for adding or assigning, at ``key`` of a matrix, values of each of the shapes."""
    both = [((2, 3), shape) for shape in shapes]
    call = lambda x, values, key: function(x, key, values)
    return Row(function, "real", "real", shapes=both, call=call, key=[key])


ROWS = [
    # ---- basic ----
    indexed([()], (), ..., None, (None, ..., None)),
    indexed([(3,), (2, 3), (3, 1, 2)], 1, -1, np.int64(1), slice(1, None), slice(None, None, -2)),
    indexed([(3,), (2, 0), (0, 2)], (), ..., None, slice(0), (..., slice(0, 1)), (None, ALL)),
    indexed([(2, 3)], (1, 2), (..., 0), (0, ..., None, REVERSED), (slice(0), 1), (ALL, -1)),
    # ---- advanced ----
    indexed([(3,), (2, 3)], [0, 0, -1], np.array([1, 1]), np.array([], int), [], [-1, 0, -2]),
    indexed([(3,), (3, 2)], TWICE, [True, False, True], np.array([False, True, True])),
    indexed([(2, 3)], ([0, 1, 1], [2, 0, 0]), (ALL, [2, 2]), (None, [1, 1], slice(1, None))),
    indexed([(2, 3)], MASK, (0, np.array([True, False, True])), np.array(True), True, False),
    indexed([(2, 3, 2)], ([0, 1], ALL, [1, 1]), (..., [0, 0]), (ALL, [[0], [2]], [0, 1])),
    # ---- the left-hand side ----
    changed(al.at_add, 1, (), (3,), (1,)),
    changed(al.at_add, (ALL, 1), (), (2,)),
    changed(al.at_add, [0, 0], (3,), (2, 3), ()),
    changed(al.at_add, ([0, 0, 1], [1, 1, 1]), (3,), ()),
    changed(al.at_add, MASK, (4,), ()),
    changed(al.at_set, 1, (), (3,), (1,)),
    changed(al.at_set, ALL, (), (3,), (2, 1), (2, 3)),
    changed(al.at_set, None, (), (1, 2, 3)),
    changed(al.at_set, (ALL, 1), (), (2,)),
    changed(al.at_set, [1, 0], (3,), (2, 3), (2, 1)),
    changed(al.at_set, [0, 0], (3,), (2, 3), ()),
    changed(al.at_set, ([0, 0, 1], [1, 1, 1]), (3,), ()),
    changed(al.at_set, MASK, (4,), ()),
]
