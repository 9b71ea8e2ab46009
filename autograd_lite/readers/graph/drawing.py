"""`draw`: the graph of whatever has one, shown or written to a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite.calls import PATH, checked, maybe, told, whole
from autograd_lite.core.tracked import Tracked
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.live import Live
from autograd_lite.readers.graph import render

if TYPE_CHECKING:
    from graphviz import Digraph

MODES = ("forward", "backward", "both")


@checked(path=maybe(PATH), depth=maybe(whole(0)), max_nodes=whole(1))
def draw(
    what: Any,
    path: str | PathLike[str] | None = None,
    mode: str = "forward",
    *,
    depth: int | None = None,
    fold: bool = True,
    max_nodes: int = 1500,
) -> Digraph:
    """The graph of a program, of a Tensor, or of an error raised under `al.debug`.

    A node tells operation, name, shape and dtype, and its tooltip the value, its norm and that of
    its gradient.  Ellipses are inputs, hexagons parameters, notes constants, rounded boxes steps,
    double borders results; what is not finite is red.  Edges are black forward, red backward, and
    grey where a backward step reads a value that was cached; numbers tell the order of operands.
    A constant of few numbers stands in the node that uses it.

    ``mode`` is "forward", "backward" or "both": then forward propagation is above, backward
    propagation below, each gradient under its value (LI figure 6.6).  A Tensor has no backward
    steps, so red edges show where gradients flow.  Modules are nested frames, drawn as one box
    where they lie more than ``depth`` deep; by default, as many as leave some 24 boxes, as the
    graph then says.  With ``fold`` the steps of a rule are one box, and so are isomorphic blocks,
    as ×N; without it no module is closed.  Above ``max_nodes`` more is drawn as one.

    ``path`` ends in .dot, .gv, .svg, .png or .pdf, and says what is written; without one, nothing
    is laid out.  Ids are ``i0, …`` for inputs, ``c0, …`` for constants, ``s0, …`` for steps.
    Raises ValueError for another mode or ending, ModuleNotFoundError without a Graphviz to use.

    >>> import numpy as np, autograd_lite as al
    >>> print(al.draw(np.exp(al.named("x", al.Tensor(2.0)))).source.splitlines()[-2].strip())
    i0 -> s0 [color=black]
    """
    title = ""
    if isinstance(what, BaseException):
        title, nodes = f"{type(what).__name__}: {what}", getattr(what, "nodes", ())
        if not nodes:
            raise ValueError("draw: this error was not raised under al.debug(), so it has no graph")
        what = Live(nodes)
    elif isinstance(what, Tracked):
        what = Live([what.node])
    if not isinstance(what, Listing):
        raise TypeError(
            f"draw: what = {told(what)}; it takes a Tensor, a program or an error raised under "
            f"al.debug(); for a function use al.trace(f, *args)"
        )
    graph = dot(what, mode, depth=depth, fold=fold, max_nodes=max_nodes, title=title)
    if path is not None:
        render.save(graph.source, Path(path))
    return graph


def dot(
    listing: Listing,
    mode: str = "forward",
    *,
    depth: int | None = None,
    fold: bool = True,
    max_nodes: int = 1500,
    title: str = "",
    opens: tuple[type, ...] | None = None,
) -> Digraph:
    """The graph of a listing: see `draw`; ``opens`` are the functions whose bodies are drawn."""
    if mode not in MODES:
        raise ValueError(f"draw: mode is one of {', '.join(MODES)}, and not {mode!r}")
    from autograd_lite.readers.graph.sketch import Sketch  # graphviz takes long to import

    return Sketch(listing, mode, depth, fold, max_nodes, title, opens).graph()
