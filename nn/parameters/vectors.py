"""A model as one vector p ∈ Rˢ, and the inner product and origin of models that stay trees."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import ARRAY, checked, explained
from nn.calls import TREE
from nn.parameters.buffers import map_trained, trained_leaves

Model = TypeVar("Model")

Array = Any


@checked(model=TREE)
def ravel(model: Any) -> np.ndarray:
    """The vector p that stacks vec(W) of every trained array, in the model's order.  (OV)

    vec stacks the *columns* of a matrix, as in OV: vec(W) = (w₁₁, w₂₁, …, w₁₂, w₂₂, …).  The vector
    has shape (s,) and the widest of the dtypes.  What is measured, such as the statistics of
    `BatchNorm`, is not in it.  Raises ValueError for a model without arrays.

    >>> import numpy as np, nn
    >>> nn.ravel({"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([5.0])})
    array([1., 3., 2., 4., 5.])
    """
    columns = [np.ravel(np.transpose(w)) for w in trained_leaves(model)]
    if not columns:
        raise ValueError("ravel: the model has no arrays, so there is no vector to make of it")
    return np.concatenate(columns)


@explained(vector=ARRAY, like=TREE)
def unravel(vector: Array, like: Model) -> Model:
    """The model with the structure, shapes and dtypes of ``like`` whose `ravel` is ``vector``.

    What is measured is that of ``like``.  Raises ValueError unless the vector has one entry for
    each trained number of ``like``.

    >>> import numpy as np, nn
    >>> like = {"W": np.zeros((2, 2)), "b": np.zeros(1)}
    >>> nn.unravel(np.array([1.0, 3.0, 2.0, 4.0, 5.0]), like)["W"]
    array([[1., 2.],
           [3., 4.]])
    """
    leaves = trained_leaves(like)
    ends = np.cumsum([np.size(w) for w in leaves], dtype=int).tolist()
    if np.shape(vector) != (size := ends[-1] if ends else 0,):
        raise ValueError(
            f"unravel: the model has {size} numbers and the vector has shape {np.shape(vector)}; "
            f"give it shape ({size},)"
        )
    ranges = iter(zip([0, *ends], ends))

    def part(w: Array) -> Array:
        begin, end = next(ranges)
        columns = np.reshape(vector[begin:end], np.shape(w)[::-1])
        return np.transpose(columns).astype(np.result_type(w))

    return map_trained(part, like)


def inner(u: Any, v: Any) -> Any:
    """⟨u, v⟩ = Σ uᵢ vᵢ over all the numbers of two trees of one structure.

    >>> import numpy as np
    >>> float(inner({"w": np.array([1.0, 2.0])}, {"w": np.array([3.0, 4.0])}))
    11.0
    """
    return sum(al.tree_leaves(al.tree_map(lambda a, b: np.sum(a * b), u, v)))


def zeros_like(model: Model) -> Model:
    """The origin: a model of the same structure, shapes and dtypes, all zero."""
    return al.tree_map(np.zeros_like, model)
