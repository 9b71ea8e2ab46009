"""The derivatives, one line each, in plain NumPy; importing this fills the tables."""

from importlib import import_module

from autograd_lite.core.registry import LATE
from autograd_lite.rules import (  # noqa: F401
    constants,
    decompositions,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    padding,
    products,
    ramps,
    reductions,
    running,
    sampling,
    shapes,
    signal,
    sorting,
    statistics,
    ufuncs,
)

#: SciPy's functions call some of its ufuncs by private names.
for package in ("scipy.special", "scipy.special._ufuncs"):
    LATE[package] = lambda: import_module("autograd_lite.rules.special")
