"""A graph that shows itself in a notebook, also where no Graphviz is installed."""

from __future__ import annotations

from typing import Any

from graphviz import Digraph

from autograd_lite.readers.graph import render


class Picture(Digraph):  # type: ignore[misc]  # graphviz has no types
    """A `graphviz.Digraph`; a notebook draws it as `render.svg` does."""

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> dict[str, str]:
        try:
            return {"image/svg+xml": render.svg(self.source)}
        except ModuleNotFoundError as error:
            return {"text/plain": f"{self.source}\n{error}"}
