"""Penalties: a cost for large weights, to be added to a loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.calls import checked, maybe
from nn.calls import TRAINABLE, TREE
from nn.parameters.buffers import trained_leaves
from nn.parameters.trainable import Trainable, is_one, partition

Array = Any


@checked(tree=TREE, trainable=maybe(TRAINABLE))
def l2_penalty(tree: Any, trainable: Trainable | None = None) -> np.floating:
    """Σ w² over all arrays of a model, or of a part of it.  (LN, L2 regularisation)

    It is added to a loss with a factor λ, as in ``error + 1e-4 * nn.l2_penalty(model)``.  The
    derivative is 2 w.  Buffers, such as the statistics of `BatchNorm`, cost nothing, and an array
    that stands in several places costs once.  With ``trainable``, as in `fit`, what is frozen costs
    nothing either; otherwise it adds a constant.

    >>> import numpy as np, nn
    >>> float(nn.l2_penalty({"W": np.array([1.0, -2.0]), "b": np.array([3.0])}))
    14.0
    """
    return sum(np.sum(w * w) for w in _costing(tree, trainable))


@checked(tree=TREE, trainable=maybe(TRAINABLE))
def l1_penalty(tree: Any, trainable: Trainable | None = None) -> np.floating:
    """Σ |w| over all arrays of a model, or of a part of it.  (Tibshirani 1996)

    The derivative is sign w, which is 0 at 0.  Otherwise it is like `l2_penalty`.

    >>> import numpy as np, nn
    >>> float(nn.l1_penalty({"W": np.array([1.0, -2.0]), "b": np.array([3.0])}))
    6.0
    """
    return sum(np.sum(abs(w)) for w in _costing(tree, trainable))


def _costing(tree: Any, trainable: Trainable | None) -> list[Any]:
    """What is trained of a tree, each array once."""
    if trainable is not None:
        return [*partition(tree, trainable)[0].values()]
    once = {id(w) if is_one(w) else i: w for i, w in enumerate(trained_leaves(tree))}
    return [*once.values()]
