"""A loss over blocks: what those who run them add to the work itself, by CPU time of all processes.

Tasks are to take some 100 ms.  Dask by hand is a task for each block and a tree of sums, written
for this loss with its gradient by hand.
"""

import time
import warnings
from functools import partial

import numpy as np

import autograd_lite as al
from benchmarks.contestants import HAND, OURS
from benchmarks.table import Table

FEATURES = 20


def loss(w, x, y):
    z = x @ w
    return np.mean(np.logaddexp(0.0, z) - y * z)


def by_hand(block, w):
    """Rows, and the sums of the loss and of its gradient."""
    x, y = block()
    z = x @ w
    value = np.sum(np.logaddexp(0.0, z) - y * z)
    return len(x), value, (1 / (1 + np.exp(-z)) - y) @ x


def rows(seed, n):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, FEATURES))
    return x, (x[:, 0] > 0).astype(float)


def added(parts):
    return tuple(map(sum, zip(*parts, strict=True)))


def cost(client, evaluate, repeats):
    """CPU seconds of an evaluation, of this process and of all workers: the least of several."""

    def used():
        there = client.run(time.process_time).values() if client else ()
        return time.process_time() + sum(there)

    evaluate()
    seconds = []
    for _ in range(repeats):
        began = used()
        evaluate()
        seconds.append(used() - began)
    return min(seconds)


def table(quick, peers):
    count, n, repeats = (4, 500, 1) if quick else (32, 400_000, 3)
    blocks = [partial(rows, seed, n) for seed in range(count)]
    w = np.random.default_rng(0).standard_normal(FEATURES)
    elsewhere = iter(np.linspace(0, 1, 100))  # what is known at a point is not computed again

    def gradient(on):
        both = al.value_and_grad(al.mean_over(loss, blocks, on=on))
        return lambda: both(w + next(elsewhere))

    found = Table("Blocks: value and gradient of a logistic loss", ["", "CPU s", "ratio"])
    serial = cost(None, lambda: added([by_hand(block, w) for block in blocks]), repeats)
    found.add(f"{HAND}, serial", f"{serial:.3f}", "1.00")

    def add(name, seconds):
        found.add(name, f"{seconds:.3f}", f"{seconds / serial:.2f}")

    add(f"{OURS}, serial", cost(None, gradient(None), repeats))
    try:
        from dask import delayed
        from distributed import Client, LocalCluster
    except ModuleNotFoundError:
        found.notes.append("Dask is not installed: pip install 'autograd_lite[dask]'")
        return found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of others' ports and files
        settings = {"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1}
        with LocalCluster(n_workers=2, **settings) as cluster, Client(cluster) as client:
            add(f"{OURS}, Dask with 2 workers", cost(client, gradient(client), repeats))

            def dask_by_hand():
                parts = [delayed(by_hand)(delayed(b, traverse=False), w) for b in blocks]
                while len(parts) > 1:
                    parts = [delayed(added)(parts[i : i + 8]) for i in range(0, len(parts), 8)]
                client.compute(parts[0]).result()

            add("Dask by hand, 2 workers", cost(client, dask_by_hand, repeats))
    found.notes.append(f"{count} blocks of {n:,} rows that are drawn where they are needed.")
    return found
