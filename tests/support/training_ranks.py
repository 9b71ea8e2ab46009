"""A training on ranks of MPI, run by mpirun: each rank prints what it found."""

import sys
from dataclasses import replace
from functools import partial

import numpy as np

import autograd_lite as al
import nn
from tests.support.blocks import digest

X = np.random.default_rng(1).standard_normal((90, 6))
Y = np.random.default_rng(2).integers(3, size=90)


def model(dtype=np.float64):
    net = nn.MLP([6, 5, 3], np.tanh, rng=np.random.default_rng(0))
    return al.tree_map(lambda w: w.astype(dtype), net)


def loss(net, x, y):
    return nn.cross_entropy(net(x), y)


def trained(steps=9, net=None, loss=loss, seed=0, every=3, optimizer=None, **options):
    batches = nn.Batches(X, Y, size=32, rng=np.random.default_rng(seed))
    net = model() if net is None else net
    optimizer = optimizer or nn.Adam(0.01)
    settings = {"steps": steps, "every": every, "progress": False, **options}
    return nn.fit(net, loss, batches, optimizer, **settings)


def failing(net, x, y, rank):
    if rank == 1:
        raise ArithmeticError("of rank 1")
    return loss(net, x, y)


def error_of(f, *args, **options):
    try:
        f(*args, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def main(what):
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    rank = comm.Get_rank()
    if what == "leaf":
        found = []
        for options in ({}, {"compile": True}, {"trainable": "layers.0"}):
            net, history = trained(comm=comm, leaf=8, **options)
            found.append(digest((net, np.array(history.losses))))
        said = " ".join(found)
    elif what == "rows":
        net, history = trained(comm=comm)
        alone, _ = trained()
        pairs = zip(al.tree_leaves(net), al.tree_leaves(alone), strict=True)
        near = all(np.allclose(a, b, rtol=1e-12, atol=1e-14) for a, b in pairs)
        single, _ = trained(net=model(np.float32), comm=comm, compile=True)
        dtypes = {str(leaf.dtype) for leaf in al.tree_leaves(single)}
        said = f"near {near}, {digest(net)} {digest(single)} {dtypes}"
    elif what == "start":  # rank 0's, whatever the others have
        net = model() if rank == 0 else al.tree_map(np.zeros_like, model())
        said = digest(trained(net=net, comm=comm, leaf=8)[0])
    elif what == "resume":
        kept = []
        trained(6, comm=comm, leaf=8, callbacks=[kept.append])
        stands = comm.bcast(kept[-1] if kept else None)
        batches = nn.Batches(X, Y, size=32, rng=np.random.default_rng(0))
        for _ in range(6):
            next(batches)
        net, _ = nn.fit(
            *(model(), loss, batches, nn.Adam(0.01)),
            steps=9,
            every=3,
            progress=False,
            comm=comm,
            leaf=8,
            resume=stands if rank == 0 else replace(stands),
        )
        said = f"{digest(net)} reports {len(kept)}"
    elif what == "stopped":
        calls = []
        stop = lambda training: calls.append(training.step) or training.step == 3
        _, history = trained(comm=comm, callbacks=[stop])
        said = f"{history.stopped}; called {calls}"
    elif what == "failing":
        said = error_of(trained, loss=partial(failing, rank=rank), comm=comm)
    elif what == "apart":
        said = error_of(trained, seed=rank, comm=comm)
    elif what == "draws":
        rng = np.random.default_rng(rank)
        noisy = lambda net, x, y: loss(net, x + rng.standard_normal(x.shape), y)
        said = error_of(trained, loss=noisy, comm=comm)
    elif what == "normalised":
        net = nn.Sequential([nn.Linear(6, 3, rng=np.random.default_rng(0)), nn.BatchNorm(3)])
        said = error_of(trained, net=net, comm=comm)
    elif what == "tiny":  # batches with fewer rows than ranks
        batches = nn.Batches(X[:3], Y[:3], size=2, rng=np.random.default_rng(0))
        options = {"steps": 4, "progress": False, "comm": comm}
        said = digest(nn.fit(model(), loss, batches, nn.SGD(0.1), **options)[0])
    print(f"rank {rank} of {comm.size}: {said}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
