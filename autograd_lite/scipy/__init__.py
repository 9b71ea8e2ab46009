"""Functions of SciPy that can be differentiated, under SciPy's names and signatures.

On plain arrays a function of a module here returns what SciPy's returns, to the bit.

>>> import autograd_lite as al
>>> from autograd_lite.scipy import stats
>>> float(al.grad(stats.norm.logpdf)(2.0))
-2.0
"""

from importlib import import_module as _import_module
from types import ModuleType as _Module
from typing import TYPE_CHECKING

try:
    import scipy as _scipy  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "autograd_lite.scipy needs SciPy: pip install 'autograd_lite[scipy]'", name="scipy"
    ) from error

if TYPE_CHECKING:
    from autograd_lite.scipy import (
        fft,
        integrate,
        interpolate,
        linalg,
        ndimage,
        optimize,
        signal,
        sparse,
        spatial,
        special,
        stats,
    )

__all__ = [
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse",
    "spatial",
    "special",
    "stats",
]


def _imported(name: str) -> _Module:
    """A module, imported when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _import_module(f"{__name__}.{name}")


if not TYPE_CHECKING:  # lest a type checker believe that every name is there
    __getattr__ = _imported


def __dir__() -> list[str]:
    return [*__all__]
