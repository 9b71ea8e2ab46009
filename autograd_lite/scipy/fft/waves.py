"""Transforms by cosines and by sines, all of them linear: the VJP of each is another of them.

An orthogonal transform has its inverse as its transpose: that of types I and IV is of their own,
and II and III change places.  Without that, some elements at the ends count once where others count
twice, or the other way round, and are scaled before and after.

Source: Strang 1999, "The discrete cosine transform".
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.fft as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.fft import fit
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

#: The type of the transpose, and of the inverse.
TURNED = {1: 1, 2: 3, 3: 2, 4: 4}

#: The norm of the inverse.
INVERSE = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}

#: Which elements stand once in a sum, by the kind of the transform and its type.
ONCE = {("dct", 1): [0, -1], ("dct", 2): [0], ("dst", 2): [-1]}


@primitive
def wave_transform(
    x: Array,
    kind: str,
    type: int,
    axis: int,
    norm: str | None = None,
    orthogonalize: bool | None = None,
) -> Array:
    """The cosine or sine transform of some type along an axis: ``kind`` is "dct" or "dst"."""
    given = {"axis": axis, "norm": norm, "orthogonalize": orthogonalize}
    return getattr(theirs, kind)(np.asarray(x), type, **given)


def wave_vjp(
    g: Array, kind: str, type: int, axis: int, norm: str | None, orthogonalize: bool | None
) -> Array:
    if g.dtype.kind == "c":
        orthogonalize = None  # SciPy passes it over for complex numbers
    whole = norm == "ortho" if orthogonalize is None else orthogonalize
    turned = TURNED[type]
    g = g if whole else scaled(g, axis, ONCE.get((kind, type), []), 2)
    given = {"axis": axis, "norm": norm, "orthogonalize": orthogonalize}
    g = wave_transform(g, kind=kind, type=turned, **given)  # type: ignore[arg-type]
    return g if whole else scaled(g, axis, ONCE.get((kind, turned), []), 0.5)


def scaled(x: Array, axis: int, which: Sequence[int], scale: float) -> Array:
    """``x`` with some elements along an axis scaled."""
    if not which:
        return x
    n, shape = np.shape(x)[axis], [1] * np.ndim(x)
    shape[axis] = n
    scales = np.ones(n, np.float32)  # which is exact
    scales[which] = scale
    return x * np.reshape(scales, shape).astype(x.real.dtype)


rule(wave_transform, x=wave_vjp)


def one_axis(name: str) -> Callable[..., Any]:
    """A transform of SciPy's along one axis, which can be differentiated."""
    own: Callable[..., Any] = getattr(theirs, name)
    inverse, kind = name[0] == "i", name.removeprefix("i")

    def transform(
        x: Array,
        type: int = 2,
        n: int | None = None,
        axis: int = -1,
        norm: str | None = None,
        overwrite_x: bool = False,
        workers: int | None = None,
        orthogonalize: bool | None = None,
    ) -> Array:
        if not is_tracked(x):
            return own(x, type, n, axis, norm, overwrite_x, workers, orthogonalize)
        x = np.stack(x) if isinstance(x, (list, tuple)) else x
        if inverse:
            type, norm = TURNED[type], INVERSE[norm]
        if n is not None:
            shape = list(np.shape(x))
            shape[axis] = n
            x = fit(x, tuple(shape))
        return wave_transform(x, kind, type, axis, norm, orthogonalize)

    return documented(transform, name)


def several_axes(name: str, along: Callable[..., Any]) -> Callable[..., Any]:
    """A transform of SciPy's along several axes: one after the other."""
    own: Callable[..., Any] = getattr(theirs, name)

    def transform(
        x: Array,
        type: int = 2,
        s: Any = None,
        axes: Any = None,
        norm: str | None = None,
        overwrite_x: bool = False,
        workers: int | None = None,
        *,
        orthogonalize: bool | None = None,
    ) -> Array:
        if not is_tracked(x):
            given = {"orthogonalize": orthogonalize}
            return own(x, type, s, axes, norm, overwrite_x, workers, **given)
        s = [s] if np.ndim(s) == 0 and s is not None else s
        if axes is None:
            axes = range(-(np.ndim(x) if s is None else len(s)), 0)
        axes = [axes] if np.ndim(axes) == 0 else list(axes)
        lengths = [None] * len(axes) if s is None else list(s)
        if len(lengths) != len(axes):
            raise ValueError(f"{name}: {len(lengths)} lengths in s={s} for {len(axes)} axes")
        for axis, n in zip(axes, lengths):
            x = along(x, type, n, axis, norm, orthogonalize=orthogonalize)
        return x

    return documented(transform, name)


def documented(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """``function`` under SciPy's name."""
    function.__name__ = function.__qualname__ = name
    function.__module__ = "autograd_lite.scipy.fft"
    function.__doc__ = f"``scipy.fft.{name}``, with derivatives by ``x``, of every type and norm."
    return function


dct, dst, idct, idst = map(one_axis, ("dct", "dst", "idct", "idst"))
dctn, dstn = several_axes("dctn", dct), several_axes("dstn", dst)
idctn, idstn = several_axes("idctn", idct), several_axes("idstn", idst)
