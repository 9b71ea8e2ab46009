"""Losses over blocks that other processes import, and how much of what they did is the same.

Run as a program by mpirun, it prints what each rank found: ``python -m tests.support.blocks bits``.
"""

import sys
import warnings
from functools import partial
from hashlib import sha1
from os import getpid

import numpy as np

import autograd_lite as al
import nn

FEATURES, HIDDEN = 5, 4


def loss(p, x, y):
    """The mean of a logistic loss of a network with one hidden layer."""
    z = np.tanh(x @ p["W"] + p["b"]) @ p["v"]
    return np.mean(np.logaddexp(0.0, z) - y * z)


def rows(seed, n):
    """A block that is made where it is read."""
    rng = np.random.default_rng([7, seed])
    x = rng.standard_normal((n, FEATURES))
    return x, (x[:, 0] > 0).astype(float)


def recipes(count=13, n=30, empty=5):
    """Blocks of n rows, the last one shorter, and one without any."""
    sizes = [0 if i == empty else n - 3 * (i == count - 1) for i in range(count)]
    return [partial(rows, i, size) for i, size in enumerate(sizes)]


def parameters():
    rng = np.random.default_rng(0)
    return {
        "W": rng.standard_normal((FEATURES, HIDDEN)),
        "b": np.zeros(HIDDEN),
        "v": rng.standard_normal(HIDDEN),
    }


def digest(tree):
    """A few letters that stand for all the bits of a tree."""
    leaves = [np.ascontiguousarray(leaf).tobytes() for leaf in al.tree_leaves(tree)]
    return sha1(b"".join(leaves)).hexdigest()[:12]


def everything(on=None):
    """Value, gradient, a product of the Hessian, and a search by L-BFGS, all as letters."""
    total, p = al.mean_over(loss, recipes(), on=on), parameters()
    found = total(p), al.value_and_grad(total)(p), al.hvp(total, p, p)
    penalised = lambda p: total(p) + 0.01 * np.sum(p["W"] ** 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # since it ends early
        best, _ = nn.minimize(penalised, p, "L-BFGS-B", steps=3)
    return digest((found, best))


# ---- losses and blocks that tell where they ran, or that fail ----


def traced_loss(p, x, y, folder):
    """The loss, which leaves a file that is named by its process."""
    with open(f"{folder}/{getpid()}", "a", encoding="utf-8") as file:
        file.write(".")
    return loss(p, x, y)


def leaving(seed, folder, n=30):
    """A block that leaves a file where it is read."""
    with open(f"{folder}/{getpid()}", "a", encoding="utf-8") as file:
        file.write(".")
    return rows(seed, n)


def failing(seed, bad):
    """A block that cannot be read if it is the bad one."""
    if seed == bad:
        raise FileNotFoundError(f"no block {seed}")
    return rows(seed, 30)


def holed(seed, bad):
    """A block with a NaN if it is the bad one."""
    x, y = rows(seed, 30)
    return np.where(seed == bad, np.nan, x), y


def error_of(total):
    try:
        total(parameters())
    except RuntimeError as error:
        return str(error)
    return "no error"


def main(what):
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    if what == "bits":
        said = everything(comm)
    elif what == "failing":
        blocks = [partial(failing, i, 3) for i in range(8)]
        said = error_of(al.mean_over(loss, blocks, on=comm))
    elif what == "holed":
        blocks = [partial(holed, i, 3) for i in range(8)]
        said = error_of(al.mean_over(loss, blocks, on=comm))
    elif what == "apart":
        total = al.mean_over(loss, recipes(), on=comm)
        try:
            total({**parameters(), "b": np.full(HIDDEN, float(comm.rank))})
        except RuntimeError as error:
            said = str(error)
    elif what == "counted":
        folder = sys.argv[2]
        al.mean_over(loss, [partial(leaving, i, folder) for i in range(8)], on=comm)(parameters())
        said = "done"
    print(f"rank {comm.rank} of {comm.size}: {said}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
