"""What to write instead where numbers overflow, or a logarithm is taken of 0."""

from typing import Any

import numpy as np

#: What grows so fast that it overflows.
EXPONENTIALS = frozenset({"exp", "exp2", "expm1", "sinh", "cosh"})
LOGARITHMS = frozenset({"log", "log2", "log10"})

OVERFLOW = (
    "exp overflows: subtract the maximum, as in np.exp(z - np.max(z, axis=-1, keepdims=True)), "
    "or write np.logaddexp(0, z) for np.log(1 + np.exp(z))"
)
LOG_OF_ZERO = (
    "a probability was rounded to 0: take its logarithm from the logits z, by "
    "nn.cross_entropy(z, labels), or by z - al.special.logsumexp(z, axis=-1, keepdims=True)"
)


def remedy(name: str, bad: Any) -> str:
    """What to do about a number that is not finite, by the operation in which it was born.

    >>> remedy("exp", np.inf).partition(":")[0]
    'exp overflows'
    """
    if name in EXPONENTIALS and np.isinf(bad):
        return OVERFLOW
    if name in LOGARITHMS and np.isinf(bad) and np.real(bad) < 0:
        return LOG_OF_ZERO
    return ""
