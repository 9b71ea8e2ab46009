"""What to write in place of functions of other packages: tables, plots, other engines."""

import numpy as np

ANOTHERS = (
    "put this call into a function of your own with @al.primitive over it, and state the "
    "derivative by al.rule"
)
TABLES = (
    "a table holds plain numbers: make it of t.data, and compute with what takes them out, "
    "as x.to_numpy() does for pandas and x.values for xarray"
)


def engine(name: str) -> str:
    """For a function of a package that takes derivatives in a way of its own."""
    package, _, function = name.rpartition(".")
    same = f"write np.{function}, for " if hasattr(np, function) else "write it by NumPy, for "
    return (
        f"{same}{package.partition('.')[0]} takes derivatives of its own; or {ANOTHERS}. "
        f"A constant may be made of t.data"
    )


REMEDIES = {
    "pandas.* polars.* xarray.*": TABLES,
    "sparse.*": "compute with A.todense(), and np.where and indices for what is sparse",
    "matplotlib.* seaborn.* plotly.* PIL.*": "draw t.data",
    "h5py.* zarr.*": "save t.data",
    "torch.* jax.* jaxlib.* tensorflow.*": engine,
}
