"""Programs and tapes as graphs, in the language of Graphviz."""

from autograd_lite.readers.graph.drawing import dot, draw

__all__ = ["dot", "draw"]
