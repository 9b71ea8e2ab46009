"""Rows for the functions of NumPy that came second: the rest of `rules/`."""

import numpy as np

from tests.support.rows.row import AXES, AXIS, FLAG, OMITTED, ONE_AXIS, Row, since

view = np.lib.stride_tricks.sliding_window_view
HALF = np.array([[True, False, True], [False, True, True]])
KINK = {"step": False, "complex": False}
SPREAD = {"dims": 2, "side": 2, "step": False, "complex": True}


def of_list(function, *shapes, **options):
    """A row for a function of a list of arrays."""
    return Row(
        function,
        *["real"] * len(shapes[0]),
        shapes=[s if len(s) > 1 else s[0] for s in shapes],
        call=lambda *arrays, **options: function(arrays, **options),
        **options,
    )


def of_one(function, *shapes, domain="real", **options):
    return Row(function, domain, shapes=list(shapes), **options)


def method(ufunc, name, domain, **options):
    """A row for a method of a ufunc."""
    return Row(
        getattr(ufunc, name), domain, call=lambda a, **o: getattr(ufunc, name)(a, **o), **options
    )


ELEMENTWISE = [
    Row(np.float_power, "positive", "real"),
    Row(np.cbrt, "positive", **KINK),
    Row(np.hypot, "nonzero", "real", **KINK),
    Row(np.exp2, "real", **KINK),
    Row(np.log2, "positive"),
    Row(np.log10, "positive"),
    Row(np.logaddexp, "real", "real", **KINK),
    Row(np.logaddexp2, "real", "real", **KINK),
    Row(np.arcsin, "within one"),
    Row(np.arccos, "within one"),
    Row(np.arctan2, "real", "nonzero", **KINK),
    Row(np.sinh, "real"),
    Row(np.cosh, "real"),
    Row(np.arcsinh, "within one"),
    Row(np.arccosh, "above one"),
    Row(np.arctanh, "within one"),
    *[Row(f, "real", **KINK) for f in (np.deg2rad, np.rad2deg, np.radians, np.degrees)],
    Row(np.ldexp, "real", "integers", **KINK),
    Row(np.frexp, "nonzero", call=lambda x: np.frexp(1.3 + x / 20)[0], **KINK),
    Row(np.conjugate, "real", step=False, complex=True),
    Row(np.real, "real", step=False, complex=True),
    Row(np.imag, "real", step=False, complex=True),
    Row(np.real_if_close, "real", step=False, complex=True),
    Row(np.real_if_close, "real", tol=[1, 1000], step=False, complex=True),
    Row(np.angle, "nonzero", deg=[OMITTED, False, True], step=False, complex=True),
    Row(np.sign, "nonzero", call=lambda x: np.sign(x + 1j), step=False, complex=True),
    Row(np.fabs, "nonzero", **KINK),
    Row(np.copysign, "nonzero", "nonzero", **KINK),
    Row(np.heaviside, "flags", "real", **KINK),
    Row(np.fmod, "separated", "above one", **KINK),
    Row(np.modf, "separated", **KINK),
    Row(np.divmod, "separated", "above one", call=lambda x, y: np.divmod(x, y)[1], **KINK),
    Row(np.fmax, "separated", "separated", **KINK),
    Row(np.fmin, "separated", "separated", **KINK),
    Row(np.nan_to_num, "real", step=False, complex=True),
    Row(np.nan_to_num, "real", nan=[1.0], posinf=[2.0], neginf=[-3.0], step=False, complex=True),
    Row(np.sinc, "real", step=False, complex=True),
]

REDUCTIONS = [
    Row(np.sum, "real", shapes=[(2, 3)], axis=[0, 1, None], where=[HALF, HALF[:1]], initial=[2.0]),
    Row(np.mean, "real", shapes=[(2, 3)], axis=[1, None], where=[HALF, HALF[1:]]),
    Row(np.nansum, "real", axis=AXES, keepdims=FLAG),
    Row(np.nansum, "real", shapes=[(2, 3)], axis=[0, None], where=[HALF], initial=[OMITTED, 2.0]),
    Row(np.nanmean, "real", axis=AXES, keepdims=FLAG, side=1),
    Row(np.nanmean, "real", shapes=[(2, 3)], axis=[1, None], where=[HALF]),
    *[
        Row(f, "separated", shapes=[(3, 3)], axis=[0, 1, None], where=[HALF[:1], HALF[1:]], **KINK)
        for f in (np.var, np.std, np.nanvar, np.nanstd)
    ],
    *[
        Row(
            f,
            *("separated", "real"),
            shapes=[((2, 3), (1, 3)), ((2, 3), (1, 1))],
            call=lambda a, m, f=f, **o: f(a, axis=0 if m.size > 1 else None, mean=m, **o),
            ddof=[OMITTED, 0.5],
            step=False,
            complex=True,
        )
        for f in (np.var, np.std)
    ],
    *[
        Row(
            f,
            "separated",
            shapes=[(2, 3)],
            call=lambda a, f=f, **o: f(a, axis=0, mean=np.sin(a[:1]), **o),
            correction=[0.5],
            step=False,
            complex=True,
        )
        for f in (np.nanvar, np.nanstd)
    ],
    Row(np.nanvar, "real", axis=AXES, keepdims=FLAG, side=1, step=False, complex=True),
    Row(np.nanvar, "real", axis=AXES, ddof=[0, 0.5], side=1, step=False, complex=True),
    Row(np.nanstd, "separated", axis=[OMITTED, 0, (0, -1)], keepdims=FLAG, **SPREAD),
    Row(np.nanstd, "separated", axis=[0, None], ddof=[0, 0.5], **SPREAD),
    Row(np.nanstd, "separated", axis=[0, None], correction=[0, 0.5], **SPREAD),
    Row(np.prod, "nonzero", shapes=[(2, 3)], axis=[0, None], where=[HALF], initial=[OMITTED, 2.0]),
    Row(
        np.prod,
        "some zeros",
        shapes=[(2, 3)],
        axis=[1, None],
        where=[HALF],
        initial=[2.0],
        step=False,
        complex=True,
    ),
    Row(np.nanprod, "nonzero", axis=AXES, keepdims=FLAG),
    Row(np.nanprod, "some zeros", axis=AXES, keepdims=FLAG, step=False, complex=True),
    Row(np.nanprod, "nonzero", shapes=[(2, 3)], axis=[0], where=[HALF], initial=[OMITTED, 2.0]),
    *[
        Row(f, "separated", axis=AXES, keepdims=FLAG, side=1, **KINK)
        for f in (np.amax, np.amin, np.nanmax, np.nanmin, np.ptp)
    ],
    *[
        Row(f, "separated", shapes=[(2, 3)], axis=[0, None], where=[HALF], initial=[0.2], **KINK)
        for f in (np.max, np.min, np.nanmax, np.nanmin)
    ],
    Row(np.nancumsum, "real", axis=AXIS),
    Row(np.cumprod, "nonzero", axis=AXIS),
    Row(np.cumprod, "some zeros", axis=AXIS, step=False, complex=True),
    Row(np.nancumprod, "some zeros", axis=AXIS, step=False, complex=True),
    Row(np.diff, "real", axis=ONE_AXIS, n=[OMITTED, 0, 1, 2], dims=1),
    Row(
        np.diff,
        "real",
        "real",
        "real",
        shapes=[((2, 3), (2, 1), ())],
        call=lambda a, p, q: np.diff(a, prepend=p, append=q),
    ),
    Row(np.ediff1d, "real"),
    Row(np.ediff1d, "real", "real", "real", shapes=[((2, 2), (2,), ())]),
    Row(np.unwrap, "real", axis=[OMITTED, 0], dims=1, side=1, **KINK),
    Row(np.unwrap, "real", discont=[1.0], period=[3.0], dims=1, side=1, **KINK),
]

SHAPES = [
    *[
        of_one(f, (), (3,), (2, 3), (2, 1, 3), (1, 2, 1, 2))
        for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d)
    ],
    Row(np.atleast_2d, "real", "real", shapes=[((), (3,))]),
    Row(np.rollaxis, "real", axis=ONE_AXIS, dims=1),
    Row(np.rollaxis, "real", dims=3, axis=[0, 1, 2, -1], start=[0, 1, 2, 3, -1]),
    Row(np.matrix_transpose, "real", dims=2),
    Row(np.fliplr, "real", dims=2),
    Row(np.flipud, "real", dims=1),
    Row(np.rot90, "real", dims=2),
    Row(np.rot90, "real", dims=3, k=[0, 1, 2, -1, 5], axes=[(0, 1), (2, 0), (-1, 1)]),
    Row(np.roll, "real", shift=[1, -2, 5], axis=AXIS),
    Row(np.roll, "real", dims=2, shift=[(1, 2), (3, -1)], axis=[(0, 1), (1, 1)]),
    Row(np.broadcast_arrays, "real", "real"),
    Row(
        np.meshgrid,
        "real",
        "real",
        shapes=[((2,), (3,)), ((), (2,))],
        indexing=[OMITTED, "ij"],
        sparse=FLAG,
    ),
    Row(
        np.meshgrid,
        *("real", "real"),
        shapes=[((2,), (3,)), ((), (2,))],
        sparse=FLAG,
        copy=[False],
        call=lambda *xi, **options: tuple(np.meshgrid(*xi, **options)),  # a list before NumPy 2.5
    ),
    Row(np.meshgrid, "real", "real", "real", shapes=[((2,), (3,), (1,))]),
    Row(np.tile, "real", reps=[2, (2,), (2, 1, 3), (), 0, np.int64(2)]),
    Row(np.repeat, "real", repeats=[0, 2], axis=AXIS),
    of_one(np.repeat, (3,), (2, 3), repeats=[[1, 0, 2]], axis=[-1]),
    of_one(view, (4,), (3, 4), window_shape=[2, 1], axis=[-1]),
    of_one(view, (3, 3), window_shape=[(2, 2), (3, 1)], axis=[OMITTED, (1, 0)]),
    Row(np.astype, "real", call=lambda x: np.astype(x, np.result_type(x), copy=False)),
]

JOINING = [
    of_list(np.hstack, ((2,), (3,)), ((2, 1), (2, 2)), ((), ())),
    of_list(np.vstack, ((2,), (2,)), ((2, 2), (1, 2))),
    of_list(np.dstack, ((2,), (2,)), ((2, 2), (2, 2)), ((2, 1, 1), (2, 1, 3))),
    of_list(np.column_stack, ((2,), (2,)), ((2,), (2, 3))),
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
    *[of_one(np.array_split, (5,), (4, 2), indices_or_sections=s) for s in [[3], [[2, 1]]]],
    of_one(np.array_split, (2, 5), indices_or_sections=[2, [1, 9]], axis=[1, -1]),
    of_one(np.vsplit, (4, 2), (2, 1), indices_or_sections=[2, [1]]),
    of_one(np.hsplit, (4,), (2, 4), indices_or_sections=[2, [1]]),
    of_one(np.dsplit, (1, 2, 4), indices_or_sections=[2, [1]]),
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

INDEXING = [
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
    of_one(np.extract, (2, 3), call=lambda a: np.extract(HALF, a)),
    of_one(np.diagonal, (3, 3), (2, 3), (2, 3, 2), offset=[OMITTED, 1, -1, 4]),
    of_one(np.diagonal, (2, 3, 2), axis1=[2, -1], axis2=[0, 1], offset=[0, 1]),
    of_one(np.trace, (3, 3), (2, 3), (2, 3, 2), offset=[OMITTED, 1, -1]),
    of_one(np.trace, (2, 3, 2), axis1=[2, -1], axis2=[0, 1], offset=[0, 1]),
    of_one(np.diag, (3,), (3, 3), (2, 3), k=[OMITTED, 1, -1]),
    of_one(np.diagflat, (3,), (2, 2), k=[OMITTED, 1]),
    of_one(np.tril, (3, 3), (2, 3), (2, 2, 3), (3,), k=[OMITTED, 1, -1]),
    of_one(np.triu, (3, 3), (2, 3), (2, 2, 3), (3,), k=[OMITTED, 1, -1]),
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
        call=lambda a, b, c: np.select([HALF, HALF[::-1] & HALF], [a, b], 0.5) * c,
    ),
    Row(np.select, "nonzero", call=lambda a: np.select([a > 0], [a * a]), **KINK),
    Row(
        np.piecewise,
        "nonzero",
        call=lambda x: x * np.piecewise(x, [x < 0, x > 0.2], [np.sin, lambda v: v * v, 0.5]),
        **KINK,
    ),
    Row(
        np.bincount,
        "integers",
        "real",
        shapes=[((4,), (4,))],
        call=lambda x, w: np.bincount(np.abs(x), w, minlength=6),
        **KINK,
    ),
    Row(
        np.full_like,
        "real",
        shapes=[(2, 3), ()],
        call=lambda a: np.full_like(a, a[..., :1] if a.ndim else a),
    ),
]

CONSTANT = [
    Row(
        np.histogram,
        "real",
        call=lambda a: a * np.histogram(a, [-3.0, 3.0])[0],
        shapes=[(3,), ()],
        **KINK,
    ),
]

SORTING = [
    Row(np.sort, "separated", axis=AXIS, **KINK),
    Row(np.sort, "separated", kind=["stable", "heapsort"], side=1, dims=1, **KINK),
    Row(np.sort, "separated", stable=[True], side=1, dims=1, **KINK),
    Row(np.partition, "separated", kth=[0, -1, [0, -1]], axis=AXIS, side=1, dims=1, **KINK),
    Row(np.partition, "separated", kth=[0], kind=["introselect"], side=1, dims=1, **KINK),
    Row(np.median, "separated", axis=AXES, keepdims=FLAG, side=1, **KINK),
    *[
        row
        for f, q in (
            (np.quantile, [0, 0.3, 1, [0.1, 0.5], [[0.2], [0.9]]]),
            (np.percentile, [0, 30, 100, [10.0, 50]]),
        )
        for row in (
            Row(f, "separated", q=q, axis=AXES, keepdims=FLAG, side=1, **KINK),
            Row(
                f,
                "separated",
                q=q,
                side=1,
                **KINK,
                method=[
                    "inverted_cdf",
                    "averaged_inverted_cdf",
                    "closest_observation",
                    "interpolated_inverted_cdf",
                    "hazen",
                    "weibull",
                    "linear",
                    "median_unbiased",
                    "normal_unbiased",
                    "lower",
                    "higher",
                    "midpoint",
                    "nearest",
                ],
            ),
        )
    ],
]

STATISTICS = [
    Row(np.average, "real", axis=AXES, keepdims=FLAG, side=1),
    Row(
        np.average,
        "real",
        "positive",
        shapes=[((2, 3), (2, 3))],
        axis=[OMITTED, 0, (0, 1)],
        call=lambda a, w, **o: np.average(a, weights=w, **o),
        keepdims=FLAG,
        returned=FLAG,
    ),
    Row(
        np.average,
        "real",
        "positive",
        shapes=[((2, 3), (3,)), ((3,), (3,))],
        axis=[-1],
        call=lambda a, w, **o: np.average(a, weights=w, **o),
        returned=FLAG,
    ),
    Row(
        np.cov,
        "real",
        shapes=[(3,), (2, 3), (3, 3)],
        rowvar=FLAG,
        bias=FLAG,
        complex=True,
        step=False,
    ),
    Row(
        np.cov,
        "real",
        "real",
        shapes=[((2, 3), (2, 3)), ((3,), (3,))],
        ddof=[OMITTED, 0, 1],
        complex=True,
        step=False,
    ),
    Row(
        np.cov,
        "real",
        "positive",
        shapes=[((2, 3), (3,))],
        ddof=[OMITTED, 0, 1],
        call=lambda m, w, **o: np.cov(m, aweights=w, **o),
        fweights=[OMITTED, np.array([1, 2, 1])],
        step=False,
        complex=False,
    ),
    Row(np.corrcoef, "real", shapes=[(4, 4), (2, 5)], rowvar=[OMITTED, True], **KINK),
    Row(np.corrcoef, "real", "real", shapes=[((2, 4), (1, 4)), ((3,), (3,))], **KINK),
]

SAMPLES = [
    Row(
        np.convolve,
        "real",
        "real",
        shapes=[((4,), (3,)), ((2,), (5,)), ((3,), ()), ((2,), (4,))],
        mode=[OMITTED, "full", "same", "valid"],
    ),
    Row(
        np.correlate,
        "real",
        "real",
        shapes=[((4,), (3,)), ((2,), (5,)), ((2,), (4,)), ((4,), (2,))],
        mode=[OMITTED, "full", "same", "valid"],
        step=False,
        complex=True,
    ),
    Row(
        np.interp,
        "separated",
        "positive",
        "real",
        shapes=[((3,), (4,), (4,)), ((), (2,), (2,)), ((2, 2), (1,), (1,))],
        call=lambda x, xp, fp, **o: np.interp(x, np.cumsum(xp) - 1.55, fp, **o),
        left=[OMITTED, 1.0],
        right=[OMITTED, 2.0],
        **KINK,
    ),
    Row(
        np.interp,
        "separated",
        "separated",
        "real",
        shapes=[((3,), (4,), (4,))],
        period=[0.9, -3.0],
        **KINK,
    ),
    Row(np.trapezoid, "real", dims=1, axis=ONE_AXIS, dx=[OMITTED, 0.3]),
    Row(
        np.trapezoid,
        "real",
        "real",
        shapes=[((2, 3), (3,)), ((2, 3), (2, 3)), ((3,), (3,))],
        call=lambda y, x: np.trapezoid(y, x),
    ),
    Row(
        np.trapezoid,
        "real",
        "real",
        shapes=[((3, 2), (3,)), ((3, 2), (3, 2))],
        axis=[0],
        call=lambda y, x, axis: np.trapezoid(y, x, axis=axis),
    ),
    Row(np.gradient, "real", shapes=[(3,), (4, 3), (3, 3, 3)], edge_order=[OMITTED, 1, 2]),
    Row(np.gradient, "real", shapes=[(4, 3)], axis=[0, -1, (1, 0)], edge_order=[1, 2]),
    Row(np.gradient, "real", "positive", shapes=[((4, 3), ()), ((3,), ())], edge_order=[1, 2]),
    Row(
        np.gradient,
        "real",
        "positive",
        shapes=[((2, 4), (4,)), ((3,), (3,))],
        edge_order=[1, 2],
        call=lambda f, x, **o: np.gradient(f, np.cumsum(x), axis=-1, **o),
    ),
    Row(np.linspace, "real", "real", num=[OMITTED, 4, 1, 0], endpoint=FLAG),
    Row(np.linspace, "real", "real", num=[3, 2], retstep=[True], endpoint=FLAG),
    Row(np.linspace, "real", "real", shapes=[((2,), (3, 1))], num=[4], axis=[1, -1]),
    Row(np.logspace, "real", "real", num=[3, 1], endpoint=FLAG, base=[OMITTED, 2.0]),
    Row(
        np.logspace,
        "real",
        "real",
        "positive",
        shapes=[((2,), (), (2,)), ((), (), (3,))],
        num=[3],
        call=lambda a, b, c, **o: np.logspace(a, b, base=c, **o),
        axis=[OMITTED, -1],
    ),
    Row(
        np.geomspace, "positive", "positive", num=[3, 1, 0], endpoint=FLAG, step=False, complex=True
    ),
    Row(
        np.geomspace,
        "positive",
        "positive",
        call=lambda a, b, **o: np.geomspace(-a, -b, **o),
        shapes=[((2,), (3, 1))],
        num=[4],
        axis=[-1],
        **KINK,
    ),
    of_one(np.vander, (3,), (0,), (1,), N=[OMITTED, None, 0, 1, 4], increasing=FLAG),
    Row(np.polyval, "real", "real", shapes=[((3,), ()), ((3,), (2, 2)), ((1,), (2,))]),
    *[
        of_one(np.pad, (3,), (2, 3), (1, 2, 2), pad_width=[1, (0, 2), ((1, 0),), 3], mode=[m])
        for m in (OMITTED, "edge", "wrap", "reflect", "symmetric", "mean", "linear_ramp")
    ],
    of_one(np.pad, (3,), (2, 3), pad_width=[1], constant_values=[3.0, (1, 2)]),
    of_one(np.pad, (3,), (2, 3), pad_width=[1, (0, 2)], mode=["linear_ramp"], end_values=[1.0]),
    *[
        of_one(
            np.pad,
            (3,),
            (1, 3),
            domain="separated",
            pad_width=[1, (0, 2)],
            mode=[m],
            stat_length=[OMITTED, 2, (1, 2)],
            **KINK,
        )
        for m in ("maximum", "minimum", "median", "mean")
    ],
]

PRODUCTS = [
    Row(
        np.inner,
        "real",
        "real",
        shapes=[((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 1, 3)), ((), (2, 3)), ((2,), ())],
    ),
    Row(
        np.vdot,
        "real",
        "real",
        shapes=[((3,), (3,)), ((2, 3), (2, 3)), ((), ())],
        step=False,
        complex=True,
    ),
    Row(np.vecdot, "real", "real", shapes="...(n),(n)", step=False, complex=True),
    Row(
        np.vecdot,
        "real",
        "real",
        shapes=[((3, 2), (3, 1)), ((3, 2), (3,))],
        axis=[0],
        step=False,
        complex=True,
    ),
    Row(
        np.kron,
        "real",
        "real",
        shapes=[((2,), (3,)), ((2, 2), (3,)), ((), (2,)), ((2,), (2, 1, 3)), ((2, 3), (2, 2))],
    ),
    Row(np.tensordot, "real", "real", shapes=[((2, 3, 2), (2, 2, 3))], axes=[((2, 1), (0, 2))]),
    Row(np.cross, "real", "real", shapes=[((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 1, 3))]),
    Row(np.cross, "real", "real", shapes=[((3, 2), (3, 2))], axis=[0]),
    Row(
        np.cross, "real", "real", shapes=[((3, 2), (2, 3)), ((3, 2), (3,))], axisa=[0], axisc=[0, 1]
    ),
    method(np.add, "reduce", "real", axis=AXIS, keepdims=FLAG, dims=1),
    method(np.multiply, "reduce", "nonzero", axis=AXIS, dims=1),
    method(np.maximum, "reduce", "separated", axis=AXIS, dims=1, side=1, **KINK),
    method(np.minimum, "reduce", "separated", axis=AXIS, dims=1, side=1, **KINK),
    method(np.logaddexp, "reduce", "real", axis=AXIS, keepdims=FLAG, dims=1, side=1, **KINK),
    Row(np.logaddexp.reduce, "real", shapes=[(2, 3)], where=[HALF], initial=[0.5], **KINK),
    method(np.add, "accumulate", "real", axis=[OMITTED, -1], dims=1),
    method(np.multiply, "accumulate", "nonzero", axis=[OMITTED, -1], dims=1),
    method(np.maximum, "accumulate", "separated", axis=[OMITTED, -1], dims=1, **KINK),
    method(np.minimum, "accumulate", "separated", axis=[OMITTED, -1], dims=1, **KINK),
    method(np.logaddexp, "accumulate", "real", axis=[OMITTED, -1], dims=1, **KINK),
    *[
        Row(u.outer, "positive", "positive", complex=False)
        for u in (np.add, np.subtract, np.multiply, np.divide, np.power, np.float_power)
    ],
    *[
        Row(u.outer, "separated", "separated", **KINK)
        for u in (np.maximum, np.minimum, np.fmax, np.fmin)
    ],
    Row(np.remainder.outer, "separated", "above one", **KINK),
    *[
        Row(u.outer, "real", "positive", **KINK)
        for u in (np.hypot, np.arctan2, np.logaddexp, np.logaddexp2)
    ],
]

ROWS = [
    *ELEMENTWISE,
    *REDUCTIONS,
    *SHAPES,
    *JOINING,
    *INDEXING,
    *CONSTANT,
    *SORTING,
    *STATISTICS,
    *SAMPLES,
    *PRODUCTS,
]

# ---- what older versions of NumPy have not ----

RUNNING = {"dims": 1, "axis": ONE_AXIS, "include_initial": FLAG}
ROWS += [
    *since("2.1", "cumulative_sum", "real", **RUNNING),
    *since("2.1", "cumulative_sum", "real", shapes=[(), (3,)]),
    *since("2.1", "cumulative_prod", "some zeros", step=False, complex=True, **RUNNING),
    *since("2.1", "unstack", "real", dims=1, side=1, axis=ONE_AXIS),
    *since("2.2", "matvec", "real", "real", shapes="...(m,n),(n)"),
    *since("2.2", "vecmat", "real", "real", shapes="...(m),(m,n)", step=False, complex=True),
]
