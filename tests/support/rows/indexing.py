"""Indexing and its left-hand side, and functions that pick elements."""

import operator

import numpy as np

import autograd_lite as al
from tests.support.rows.row import MASK, OMITTED, Row, of_one

TWICE = np.array([[0, 2], [2, 2]])
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
    # ---- elements that are picked ----
    of_one(
        np.take,
        (3,),
        (2, 3),
        (2, 3, 2),
        indices=[1, -1, [0, 1, 1], [[0], [1]]],
        axis=[OMITTED, None, -1, 0],
    ),
    of_one(np.take, (3,), (2, 3), indices=[7, [-9, 1, 5]], axis=[None, -1], mode=["wrap", "clip"]),
    of_one(
        np.take_along_axis,
        (2, 3),
        indices=[np.array([[0, 0], [2, 1]]), np.array([[1]])],
        axis=[1, -1],
    ),
    of_one(np.take_along_axis, (2, 3), (4,), indices=[np.array([1, 1, 3])], axis=[None]),
    of_one(
        np.compress,
        (3,),
        (2, 3),
        call=lambda a, **o: np.compress([True, False, True], a, **o),
        axis=[OMITTED, -1],
    ),
    of_one(np.extract, (2, 3), call=lambda a: np.extract(MASK, a)),
    # ---- diagonals and triangles ----
    of_one(np.diagonal, (3, 3), (2, 3), (2, 3, 2), offset=[OMITTED, 1, -1, 4]),
    of_one(np.diagonal, (2, 3, 2), axis1=[2, -1], axis2=[0, 1], offset=[0, 1]),
    of_one(np.trace, (3, 3), (2, 3), (2, 3, 2), offset=[OMITTED, 1, -1]),
    of_one(np.trace, (2, 3, 2), axis1=[2, -1], axis2=[0, 1], offset=[0, 1]),
    of_one(np.diag, (3,), (3, 3), (2, 3), k=[OMITTED, 1, -1]),
    of_one(np.diagflat, (3,), (2, 2), k=[OMITTED, 1]),
    of_one(np.tril, (3, 3), (2, 3), (2, 2, 3), (3,), k=[OMITTED, 1, -1]),
    of_one(np.triu, (3, 3), (2, 3), (2, 2, 3), (3,), k=[OMITTED, 1, -1]),
    # ---- choices among arrays ----
    Row(
        np.choose,
        "real",
        "real",
        shapes=[((2, 3), (3,)), ((), (2, 1))],
        call=lambda a, b, **o: np.choose([[0, 1, 1], [1, 0, 0]], [a, b], **o),
    ),
    Row(
        np.choose,
        "real",
        "real",
        shapes=[((2,), (2,))],
        mode=["wrap", "clip"],
        call=lambda a, b, **o: np.choose([-1, 2], [a, b], **o),
    ),
    Row(
        np.select,
        "real",
        "real",
        "real",
        shapes=[((2, 3), (3,), ()), ((), (), (2, 3))],
        call=lambda a, b, c: np.select([MASK, MASK[::-1] & MASK], [a, b], 0.5) * c,
    ),
    Row(np.select, "nonzero", call=lambda a: np.select([a > 0], [a * a]), step=False),
    Row(
        np.piecewise,
        "nonzero",
        call=lambda x: x * np.piecewise(x, [x < 0, x > 0.2], [np.sin, lambda v: v * v, 0.5]),
        step=False,
    ),
    Row(
        np.bincount,
        "integers",
        "real",
        shapes=[((4,), (4,))],
        call=lambda x, w: np.bincount(np.abs(x), w, minlength=6),
        step=False,
    ),
]
