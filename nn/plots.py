"""Pictures of training, drawn into the given axes of matplotlib, into a file, or for a notebook.

Without a place the figure is returned, and shows itself where a cell ends with it.  No window is
opened, no picture is kept, and nothing global is changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np

from autograd_lite.calls import ARRAY, FUNCTION, Kind, checked, is_array, maybe, one_of, whole
from nn.calls import SIZE
from nn.training.history import History
from nn.training.stopping import direction

__all__ = [
    "count_steps",
    "decision_regions",
    "digits",
    "figure",
    "fitted_curve",
    "history",
]


def __dir__() -> list[str]:
    return [*__all__]


Array = Any
Where = Any  # axes, the path of a file, or None

#: Shapes and colours of the classes, in their order.
MARKERS = "oxs^vD*+"

#: Colours of hidden units, other than those of the data and of the network.
HIDDEN = ("C1", "C2", "C4", "C5", "C6", "C7", "C8", "C9")

PAIR = Kind(
    "a width and a height in inches",
    "(6, 4)",
    lambda size: isinstance(size, (tuple, list)) and len(size) == 2,
)
AXES = Kind("axes of matplotlib", "nn.plots.figure()[1]", lambda axes: hasattr(axes, "xaxis"))
PLACE = maybe(
    Kind(
        "axes of matplotlib, or the path of a file",
        '"picture.png"',
        lambda where: hasattr(where, "plot") or isinstance(where, (str, os.PathLike)),
    )
)
HISTORIES = Kind(
    "the history that nn.fit returns, or a dict of such",
    "history",
    lambda found: (
        isinstance(found, History)
        or (isinstance(found, Mapping) and all(isinstance(one, History) for one in found.values()))
    ),
)
ROWS = Kind(
    "an array or a list of numbers",
    "np.linspace(0, 1, 101)",
    lambda rows: is_array(rows) and np.ndim(rows) > 0,
)

Limits = tuple[tuple[float, float], tuple[float, float]]


@checked(size=PAIR)
def figure(size: tuple[float, float] = (6, 4), **grid: Any) -> tuple[Any, Any]:
    """A figure and its axes, as by `matplotlib.pyplot.subplots`, without a window.

    Raises ModuleNotFoundError without matplotlib.

    >>> import nn
    >>> new, axes = nn.plots.figure((4, 3), ncols=2)
    >>> len(axes)
    2
    """
    new = _figures()(figsize=size, layout="constrained")
    return new, new.subplots(**grid)


@cache
def _figures() -> Any:
    """The figures of matplotlib, as those that notebooks show without any set-up."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "nn.plots needs matplotlib: pip install 'autograd_lite[plot]'", name="matplotlib"
        ) from error

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            file = BytesIO()
            self.savefig(file, dpi=100)
            return file.getvalue()

    return Picture


@contextmanager
def _axes(where: Where, size: tuple[float, float]) -> Iterator[Any]:
    if where is None:
        yield figure(size)[1]
        return
    if not isinstance(where, (str, os.PathLike)):
        yield where
        return
    new, axes = figure(size)
    yield axes
    new.savefig(where, dpi=150)


def _made(where: Where, axes: Any) -> Any:
    """The figure that was made since nobody said where to draw."""
    return axes.figure if where is None else None


@checked(axes=AXES)
def count_steps(axes: Any) -> None:
    """Put ticks at whole numbers only on the horizontal axis, written as in 10,000.

    >>> import nn
    >>> new, axes = nn.plots.figure()
    >>> axes.set_xlim(0, 5), nn.plots.count_steps(axes)
    ((0.0, 5.0), None)
    >>> [label.get_text() for label in axes.get_xticklabels()]
    ['0', '1', '2', '3', '4', '5']
    """
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(  # for a single step there are ticks between whole numbers too
        lambda x, _: f"{x:,.0f}" if abs(x - round(x)) < 1e-6 else ""
    )


@checked(histories=HISTORIES, where=PLACE, x=one_of("steps", "seconds"))
def history(
    histories: History | Mapping[str, History], where: Where = None, x: str = "steps"
) -> Any:
    """All series of one training, or of several by name.

    The loss and all of which less is better are on a logarithmic axis to the left.  That of which
    more is better, such as an accuracy, is dashed, on an axis to the right.  A dot is the best
    report, where there is one.  ``x`` is ``"steps"`` or ``"seconds"``; another raises a ValueError.
    ``where`` is axes, or the path of a file to write; without it, the figure is returned.

    >>> import nn
    >>> new, axes = nn.plots.figure()
    >>> nn.plots.history({"Adam": nn.History([1, 2], [0.5, 0.25], [0.1, 0.2])}, axes)
    >>> axes.get_yscale(), axes.get_legend_handles_labels()[1]
    ('log', ['Adam'])
    """
    named = {"": histories} if isinstance(histories, History) else histories
    with _axes(where, (6, 4)) as axes:
        curves, above = _curves(axes, named, x)
        axes.set(xlabel="step" if x == "steps" else "seconds", ylabel="cost")
        axes.grid(alpha=0.3)
        if x == "steps":
            count_steps(axes)
        labels = [curve.get_label() for curve in curves]
        if above is not None:  # curves of both axes leave no room inside
            outside = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "frameon": False}
            above.legend(curves, labels, ncols=3, **outside)
        elif len(curves) > 1 or "" not in named:
            axes.legend(curves, labels)
    return _made(where, axes)


def _curves(axes: Any, named: Mapping[str, History], x: str) -> tuple[list[Any], Any]:
    """All curves, and the axis to the right if there is one."""
    several = any(one.validation for one in named.values())
    curves: list[Any] = []
    above: Any = None
    names: list[str] = []  # of what is to the right
    for run, one in named.items():
        times = getattr(one, x)
        for name in ("loss", *one.validation) if one.losses else one.validation:
            series, colour = one.series(name), f"C{len(curves) % 10}"
            up = _is_better_above(name, series)
            if up and above is None:
                above = axes.twinx()
            place = above if up else axes
            plot, style = (place.plot, "--") if up else (place.semilogy, "-")
            if len(curves) >= 10:  # there are ten colours
                style = ":" if up else "-."
            label = f"{run}: {name}" if run and several else run or (name if several else None)
            curves += plot(times, series, style, label=label, color=colour, lw=1.5)
            if one.best in one.steps:
                i = one.steps.index(one.best)
                plot(times[i], series[i], "o", color=colour, ms=5)
            if up and name not in names:
                names.append(name)
    if above is not None:
        above.set_ylabel(", ".join(names))
    return curves, above


def _is_better_above(name: str, series: list[float]) -> bool:
    """Whether more of a measurement is better, or it has no logarithms.

    >>> _is_better_above("accuracy", [0.5]), _is_better_above("error", [0.5])
    (True, False)
    """
    try:
        return direction(name) == "max"
    except ValueError:  # the name does not say it
        return not all(value > 0 for value in series)


@checked(classify=FUNCTION, x=ARRAY, labels=ARRAY, where=PLACE, side=whole(2, "301"))
def decision_regions(
    classify: Callable[[Array], Array],
    x: Array,
    labels: Array,
    where: Where = None,
    *,
    limits: Limits | None = None,
    side: int = 301,
) -> Any:
    """The plane coloured by the class that ``classify(points)`` gives, and the samples on it.

    ``points`` has shape (n, 2) and the classes have shape (n,).  ``x`` has shape (samples, 2), and
    ``labels`` are the classes 0, 1, … of the samples.  ``limits`` are those of the two axes, by
    default a tenth beyond the samples.  ``where`` is as in `history`.  Other shapes, and classes
    such as ±1, raise a ValueError.
    (OV, figure 2.4)

    >>> import numpy as np, nn
    >>> new, axes = nn.plots.figure()
    >>> x = np.array([[0.2, 0.5], [0.8, 0.5]])
    >>> nn.plots.decision_regions(lambda p: p[:, 0] > 0.5, x, [0, 1], axes, side=11)
    >>> axes.get_legend_handles_labels()[1]
    ['class 0', 'class 1']
    """
    x = np.asarray(x)
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"decision_regions: x has shape {x.shape}; give it shape (samples, 2)")
    labels = _classes("labels", labels, len(x))
    limits = _around(x) if limits is None else limits
    horizontal, vertical = (np.linspace(*ends, side) for ends in limits)
    points = np.stack(np.meshgrid(horizontal, vertical), axis=-1).reshape(-1, 2)
    classes = _classes("what classify gave", classify(points), side**2).reshape(side, side)
    known = np.union1d(np.unique(labels), np.unique(classes)).astype(int)
    with _axes(where, (5, 5)) as axes:
        axes.contourf(
            horizontal,
            vertical,
            classes,
            np.append(known, known[-1] + 1) - 0.5,
            colors=[f"C{k}" for k in known],
            alpha=0.25,
        )
        for k in np.unique(labels):
            kept, marker = x[labels == k], MARKERS[k % len(MARKERS)]
            axes.plot(*kept.T, marker, color=f"C{k}", mfc="none", mew=1.5, label=f"class {k}")
        axes.set(xlim=limits[0], ylim=limits[1], xlabel="$x_1$", ylabel="$x_2$")
        axes.locator_params(nbins=5)
        axes.legend(loc="upper right", framealpha=1)
    return _made(where, axes)


def _classes(what: str, values: Array, n: int) -> Array:
    """The classes 0, 1, … of ``n`` samples as integers; other values raise a ValueError."""
    values = np.asarray(values)
    if values.shape != (n,):
        raise ValueError(
            f"decision_regions: {what} has shape {values.shape} for {n} samples; give it shape "
            f"({n},), from logits for example with .argmax(axis=1) or [:, 0] > 0"
        )
    classes = values.astype(int)
    if np.any(classes != values) or np.any(classes < 0):
        raise ValueError(
            f"decision_regions: {what} has {np.unique(values)[:5].tolist()}, and classes are "
            f"0, 1, …; labels ±1 become such by labels > 0"
        )
    return classes


def _around(x: Array) -> Limits:
    """Limits a tenth beyond the samples on each side."""
    low, high = x.min(axis=0), x.max(axis=0)
    margin = np.where(high > low, 0.1 * (high - low), 0.5)
    (a, c), (b, d) = (low - margin).tolist(), (high + margin).tolist()
    return (a, b), (c, d)


@checked(x=ARRAY, y=ARRAY, line=ROWS, fit=ROWS, where=PLACE)
def fitted_curve(
    x: Array,
    y: Array,
    line: Array,
    fit: Array,
    where: Where = None,
    *,
    hidden: Array | None = None,
    title: str = "",
) -> Any:
    """Data (x, y) as dots, and the fit on the points ``line`` as a curve.  (LI, Bishop figure 5.3)

    ``hidden``, of shape (points, units), adds the outputs of the hidden units, dashed.  ``where``
    is as in `history`.

    >>> import numpy as np, nn
    >>> new, axes = nn.plots.figure()
    >>> x = np.linspace(-1, 1, 5)
    >>> nn.plots.fitted_curve(x, x**2, x, x**2, axes, hidden=np.zeros((5, 3)))
    >>> len(axes.lines)
    5
    """
    for first, second, a, b in (("x", "y", x, y), ("line", "fit", line, fit)):
        if len(a) != len(b):
            raise ValueError(
                f"fitted_curve: {first} has {len(a)} points and {second} {len(b)}; give one for "
                f"each"
            )
    with _axes(where, (5, 4)) as axes:
        axes.plot(x, y, "o", color="C0", ms=4, mfc="none", label="data")
        units = np.zeros((len(line), 0)) if hidden is None else np.asarray(hidden)
        for i, unit in enumerate(units.T):
            label = None if i else "hidden units"
            axes.plot(line, unit, "--", color=HIDDEN[i % len(HIDDEN)], label=label)
        axes.plot(line, fit, color="C3", lw=2, label="network")
        axes.set(xlabel="$x$", title=title)
        axes.locator_params(nbins=5)
        axes.grid(alpha=0.3)
    return _made(where, axes)


@checked(images=ROWS, predicted=ROWS, true=ROWS, columns=SIZE)
def digits(images: Array, predicted: Array, true: Array, path: Any = None, columns: int = 8) -> Any:
    """A grid of grey images with "predicted (true)" above each, wrong ones in red.

    ``images`` has shape (n, height, width).  Writes the file ``path``, or returns the figure if
    there is none.  Raises ValueError unless there is one label of each kind for every image.

    >>> import io, numpy as np, nn
    >>> nn.plots.digits(np.zeros((3, 4, 4)), [7, 1, 2], [7, 1, 3], file := io.BytesIO())
    >>> file.getvalue()[1:4]
    b'PNG'
    """
    if not len(images) == len(predicted) == len(true):
        raise ValueError(
            f"digits: {len(images)} images, {len(predicted)} predicted and {len(true)} true "
            f"labels; give one of each for every image"
        )
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    new, grid = figure((1.15 * columns, 1.4 * rows), nrows=rows, ncols=columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, said, truth in zip(grid.flat, images, predicted, true):
        axes.imshow(image, cmap="gray")
        axes.set_title(f"{said} ({truth})", color="black" if said == truth else "C3", fontsize=10)
    if path is None:
        return new
    new.savefig(path, dpi=150)
    return None
