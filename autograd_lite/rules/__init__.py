"""The derivatives, one line each, in plain NumPy; importing this fills the tables."""

from autograd_lite.rules import constants, elementwise, indexing, products, reductions, shapes

__all__ = ["constants", "elementwise", "indexing", "products", "reductions", "shapes"]
