"""``scipy.spatial``: distances have derivatives; all else is SciPy's."""

from typing import Any

import scipy.spatial as _theirs

from autograd_lite.scipy.spatial import distance

__all__ = ["distance"]


def __dir__() -> list[str]:
    return [*__all__]


def __getattr__(name: str) -> Any:
    """What takes plain numbers alone."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
