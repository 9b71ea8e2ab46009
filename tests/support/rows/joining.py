"""Functions that join arrays, or cut them."""

import numpy as np

from tests.support.rows.row import OMITTED, ONE_AXIS, Row, of_one, since


def joined(function, *shapes, **options):
    """A row for a function of a list of arrays."""
    return Row(
        function,
        *["real"] * len(shapes[0]),
        shapes=[s if len(s) > 1 else s[0] for s in shapes],
        call=lambda *arrays, **options: function(arrays, **options),
        **options,
    )


def varying(*arrays):
    """The one among the arrays by which NumPy is told to ask us."""
    return next((x for x in arrays if type(x) is not np.ndarray), arrays[0])


def told(function, *shapes, **options):
    """A row for a function that NumPy hands to us if it is told so by ``like``."""
    return Row(
        function,
        *["real"] * len(shapes),
        shapes=[shapes if len(shapes) > 1 else shapes[0]],
        **options,
    )


CONVERSIONS = [np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray]

ROWS = [
    # ---- joined ----
    joined(np.concatenate, ((2, 3),), ((3,),)),
    joined(np.concatenate, ((2, 3), (1, 3)), ((3,), (2,)), ((0, 2), (2, 2)), axis=[OMITTED, 0]),
    joined(np.concatenate, ((2, 3), (2, 1), (2, 0)), ((1, 0), (1, 0), (1, 2)), axis=[1, -1]),
    joined(np.concatenate, ((2, 3), (1,), ()), axis=[None]),
    joined(np.stack, ((2, 3), (2, 3)), ((3,), (3,)), axis=[OMITTED, 0, -1, 1]),
    joined(np.stack, ((), ()), ((0,), (0,)), axis=[OMITTED, 0, -1]),
    joined(np.hstack, ((2,), (3,)), ((2, 1), (2, 2)), ((), ())),
    joined(np.vstack, ((2,), (2,)), ((2, 2), (1, 2))),
    joined(np.dstack, ((2,), (2,)), ((2, 2), (2, 2)), ((2, 1, 1), (2, 1, 3))),
    joined(np.column_stack, ((2,), (2,)), ((2,), (2, 3))),
    Row(np.append, "real", "real", shapes=[((2, 3), (2,)), ((), ())], axis=[OMITTED, None]),
    Row(np.append, "real", "real", shapes=[((2, 3), (2, 1))], axis=[1, -1]),
    Row(
        np.block,
        "real",
        "real",
        "real",
        shapes=[((2, 2), (2, 1), (1, 3)), ((), (), (2,))],
        call=lambda a, b, c: np.block([[a, b], [c]]),
    ),
    Row(np.block, "real", call=lambda a: np.block(a)),
    Row(
        np.block,
        "real",
        "real",
        shapes=[((2,), ()), ((1, 2), (1, 3))],
        call=lambda a, b: np.block([a, b, 1.0] if a.ndim == 1 else [a, b]),
    ),
    *[told(f, (2, 2), call=lambda a, f=f: f(a, like=a)) for f in CONVERSIONS],
    told(
        np.array, (2, 3), call=lambda a, **options: np.array(a, like=a, **options), ndmin=[0, 1, 3]
    ),
    told(np.array, (3,), (3,), call=lambda a, b: np.array([a, b], like=varying(a, b))),
    told(
        np.array,
        (2,),
        (2,),
        call=lambda a, b: np.array([[a[0], 1], [2, b[1]]], like=varying(a, b)),
    ),
    # ---- cut ----
    Row(
        np.split, "real", shapes=[(4,), (4, 2)], indices_or_sections=[1, 2, 4, [1], [1, 1, 3], [5]]
    ),
    Row(np.split, "real", shapes=[(2, 4), (4, 4)], indices_or_sections=[2, [3]], axis=[1, -1]),
    *[of_one(np.array_split, (5,), (4, 2), indices_or_sections=s) for s in [[3], [[2, 1]]]],
    of_one(np.array_split, (2, 5), indices_or_sections=[2, [1, 9]], axis=[1, -1]),
    of_one(np.vsplit, (4, 2), (2, 1), indices_or_sections=[2, [1]]),
    of_one(np.hsplit, (4,), (2, 4), indices_or_sections=[2, [1]]),
    of_one(np.dsplit, (1, 2, 4), indices_or_sections=[2, [1]]),
    *since("2.1", "unstack", "real", dims=1, side=1, axis=ONE_AXIS),
    # ---- changed along an axis ----
    of_one(np.delete, (4,), (4, 2), obj=[1, -1, [0, 2], slice(1, 3)], axis=[OMITTED, 0]),
    of_one(np.delete, (2, 3), obj=[[True, False, True]], axis=[1]),
    Row(
        np.insert,
        "real",
        "real",
        shapes=[((3,), ()), ((2, 3), ()), ((3,), (2,))],
        call=lambda a, v, obj, **o: np.insert(a, obj, v, **o),
        obj=[1, -1, [0, 2], [2, 2], slice(0, 2)],
        axis=[OMITTED, 0],
    ),
    Row(
        np.insert,
        "real",
        "real",
        shapes=[((2, 3), (2,)), ((2, 3), (2, 1)), ((2, 3), ())],
        call=lambda a, v, obj, **o: np.insert(a, obj, v, **o),
        obj=[1, [1], [0, 2]],
        axis=[1],
    ),
    Row(
        np.apply_along_axis,
        "real",
        shapes=[(2, 3), (3,), (2, 1, 3)],
        axis=[0, -1],
        call=lambda a, axis: np.apply_along_axis(lambda r: np.sin(r).sum(), axis, a),
    ),
    Row(
        np.apply_along_axis,
        "real",
        shapes=[(2, 3), (3,), (2, 1, 3)],
        axis=[0, -1],
        call=lambda a, axis: np.apply_along_axis(lambda r: np.outer(r, r), axis, a),
    ),
]
