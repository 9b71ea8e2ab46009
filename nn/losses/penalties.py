"""Penalties: a cost for large weights, to be added to a loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.calls import checked
from nn.calls import TREE
from nn.parameters.buffers import trained_leaves

Array = Any


@checked(tree=TREE)
def l2_penalty(tree: Any) -> Array:
    """Σ w² over all arrays of a model, or of a part of it.  (LN, L2 regularisation)

    It is added to a loss with a factor λ, as in ``error + 1e-4 * nn.l2_penalty(model)``.  The
    derivative is 2 w.  Buffers, such as the statistics of `BatchNorm`, cost nothing.

    >>> import numpy as np, nn
    >>> float(nn.l2_penalty({"W": np.array([1.0, -2.0]), "b": np.array([3.0])}))
    14.0
    """
    return sum(np.sum(w * w) for w in trained_leaves(tree))


@checked(tree=TREE)
def l1_penalty(tree: Any) -> Array:
    """Σ |w| over all arrays of a model, or of a part of it.  (Tibshirani 1996)

    The derivative is sign w, which is 0 at 0.  Otherwise it is like `l2_penalty`.

    >>> import numpy as np, nn
    >>> float(nn.l1_penalty({"W": np.array([1.0, -2.0]), "b": np.array([3.0])}))
    6.0
    """
    return sum(np.sum(abs(w)) for w in trained_leaves(tree))
