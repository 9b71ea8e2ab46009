"""Who computes the blocks, by what the caller gave."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

from autograd_lite.blockwise.engines import Engine, Pool, Serial
from autograd_lite.calls import told


def engine(on: Any, who: str) -> Engine:
    """The engine for what ``on`` is, which imports what it needs only then.

    Raises TypeError, in the name of ``who`` was called, for anything else.
    """
    if on is None:
        return Serial()
    if isinstance(on, Executor):
        return Pool(on)
    home = type(on).__module__.partition(".")[0]
    if home == "distributed":
        from autograd_lite.blockwise.on_dask import Cluster

        return Cluster(on)
    if hasattr(on, "Get_rank") and hasattr(on, "allgather"):
        from autograd_lite.blockwise.on_mpi import Ranks

        return Ranks(on)
    raise TypeError(
        f"{who}: on = {told(on)} cannot run blocks; give None, a concurrent.futures.Executor, a "
        f"dask.distributed.Client, or a communicator of mpi4py, as in on=MPI.COMM_WORLD"
    )
