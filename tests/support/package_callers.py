"""Callers of other packages, as those of `tests.support.callers`; stand-ins where one is absent.

What stands in has the path and the names of the package, and asks as that does.
"""

from importlib import import_module
from types import ModuleType

import matplotlib
import numpy as np

from tests.support.callers import Caller, W, beside

matplotlib.use("Agg")

import matplotlib.pyplot as plt


def package(name, text):
    """A package, or a module of that name with the source of what stands in for it."""
    try:
        return import_module(name)
    except ImportError:
        module = ModuleType(name)
        path = f"/lib/site-packages/{name.replace('.', '/')}/__init__.py"
        exec(compile(f"import numpy as np\n{text}", path, "exec"), vars(module))
        return module


ASKS = """
def {name}(x):
    return read(x)


def read(x):
    return np.asarray(x, float)
"""

pandas = package("pandas", ASKS.format(name="Series"))
polars = package("polars", ASKS.format(name="Series"))
torch = package("torch", ASKS.format(name="tensor") + "\n\ndef sin(x):\n    return np.sin(read(x))")
jnp = package("jax.numpy", "def sin(x):\n    return np.sin(np.asarray(x))")
sparse = package("sparse", "class COO:\n    def from_numpy(x):\n        return np.asarray(x)")


def drawn(draw):
    """A loss with a picture beside it, which is closed."""

    def picture(x):
        figure, axes = plt.subplots()
        try:
            draw(axes, x)
        finally:
            plt.close(figure)

    return beside(picture)


squares = lambda x: np.sum(x**2)

PACKAGES = [
    Caller(
        "pandas.Series",
        "make it of t.data",
        beside(lambda x: pandas.Series(x)),
        beside(lambda x: pandas.Series(x.data)),
        squares,
    ),
    Caller(
        "polars.Series",
        "x.to_numpy()",
        beside(lambda x: polars.Series(x)),
        beside(lambda x: polars.Series(x.data)),
        squares,
    ),
    Caller(
        "torch.sin",
        "write np.sin",
        lambda x: torch.sin(x).sum(),
        lambda x: np.sin(x).sum(),
        lambda x: np.sin(x).sum(),
    ),
    Caller(
        "torch.tensor",
        "A constant may be made of t.data",
        beside(lambda x: torch.tensor(x)),
        beside(lambda x: torch.tensor(x.data)),
        squares,
    ),
    Caller(
        "jnp.sin",
        "write np.sin",
        lambda x: jnp.sin(x).sum(),
        lambda x: np.sin(x).sum(),
        lambda x: np.sin(x).sum(),
    ),
    Caller(
        "sparse.COO.from_numpy",
        "np.where and indices",
        lambda x: sparse.COO.from_numpy(np.diag(x) if type(x) is np.ndarray else x).sum(),
        lambda x: np.sum(np.where(W > 0, x, 0)),
        lambda x: np.sum(np.where(W > 0, x, 0)),
    ),
    Caller(
        "axes.plot",
        "draw t.data",
        drawn(lambda axes, x: axes.plot(x)),
        drawn(lambda axes, x: axes.plot(x.data)),
    ),
    Caller(
        "axes.scatter",
        "draw t.data",
        drawn(lambda axes, x: axes.scatter(W, x)),
        drawn(lambda axes, x: axes.scatter(W, x.data)),
    ),
    Caller(
        "plt.imshow",
        "draw t.data",
        drawn(lambda axes, x: plt.imshow(x[None])),
        drawn(lambda axes, x: plt.imshow(x.data[None]) if not isinstance(x, np.ndarray) else None),
    ),
]
