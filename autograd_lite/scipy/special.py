"""``scipy.special`` whole: its ufuncs are SciPy's, and the others those of `autograd_lite.special`.

>>> import autograd_lite as al
>>> from autograd_lite.scipy import special
>>> float(al.grad(special.expit)(0.0)), float(special.logsumexp([0.0, 0.0]).round(3))
(0.25, 0.693)
"""

from typing import Any

import scipy.special as _theirs

from autograd_lite.special import (
    log_softmax,
    logsumexp,
    multigammaln,
    polygamma,
    sinc,
    softmax,
)

__all__ = ["log_softmax", "logsumexp", "multigammaln", "polygamma", "sinc", "softmax"]


def __getattr__(name: str) -> Any:
    """What SciPy hands to Tensors by itself."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
