"""Logistic regression on ten million rows that are read from disk, by L-BFGS on all cores.

The rows are 32-bit floats in two files, which are made at first.  A block is a part of each that is
read where it is needed, so memory stays flat.  The weights come with intervals of two standard
errors, from the Hessian; they are held against those that the rows were drawn by.  (BU, "additional
topics")
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context
from time import perf_counter

import numpy as np

import autograd_lite as al
import nn
from examples import command

FEATURES, ROWS, BLOCK = 8, 10_000_000, 100_000


def truth(seed):
    """The weights by which the rows are drawn, the last one without a feature."""
    return np.random.default_rng(seed).uniform(-1, 1, FEATURES + 1)


def write(folder, rows, seed):
    """The files of the features and of the labels, block by block, unless they are there."""
    paths = [folder / f"many_rows-{name}-{rows}-{seed}.npy" for name in ("x", "y")]
    if all(path.exists() for path in paths):
        return paths
    part = [path.with_suffix(".part") for path in paths]
    shapes = (rows, FEATURES), (rows,)
    x, y = (np.lib.format.open_memmap(p, "w+", "f4", s) for p, s in zip(part, shapes))
    w, rng = truth(seed), np.random.default_rng([seed, 1])
    for start in range(0, rows, BLOCK):
        n = min(BLOCK, rows - start)
        block = rng.standard_normal((n, FEATURES))
        x[start : start + n] = block
        z = x[start : start + n].astype(float) @ w[:-1] + w[-1]
        y[start : start + n] = rng.random(n) < 1 / (1 + np.exp(-z))
    del x, y
    for made, path in zip(part, paths):
        made.rename(path)
    return paths


def loss(w, x, y):
    """The mean of −ln p(y | x) over the rows of a block."""
    z = x @ w[:-1] + w[-1]
    return np.mean(np.logaddexp(0.0, z) - y * z)


def fitted(paths, on=None, progress=False):
    """The weights, their standard errors, and how many times the rows were gone through."""
    blocks = al.blocks(*(np.load(path, mmap_mode="r") for path in paths), rows=BLOCK)
    total = al.mean_over(loss, blocks, on=on)
    start = np.zeros(FEATURES + 1)
    w, search = nn.minimize(total, start, "L-BFGS-B", tolerance=1e-9, progress=progress)
    searched = total.passes
    rows = len(np.load(paths[0], mmap_mode="r"))
    information = rows * np.array([al.hvp(total, w, e) for e in np.eye(len(w))])
    errors = np.sqrt(np.diagonal(np.linalg.inv(information)))
    return w, errors, len(search.steps), searched


def draw(w, errors, expected, path):
    new, axes = nn.plots.figure((6, 4))
    at = np.arange(len(w))
    axes.axhline(0, color="gray", linewidth=0.8)
    axes.errorbar(at, w - expected, 2 * errors, fmt="o", capsize=4)
    axes.set(xlabel="weight", ylabel="estimate − truth, ± 2 standard errors")
    axes.set_xticks(at, [*map(str, at[:-1]), "bias"])
    axes.grid(alpha=0.3)
    command.save(new, path)


def main(arguments=None):
    parser = command.parser("many_rows", __doc__)
    parser.add_argument("--rows", type=command.positive, default=ROWS, help="default: 10000000")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="0: this process alone")
    options = command.parse(parser, arguments)
    began = perf_counter()
    paths = write(options.out, options.rows, options.seed)
    print(f"{options.rows:,} rows in {paths[0].parent}, {perf_counter() - began:.0f} s")
    workers = options.workers
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each worker has a core, and one thread of BLAS
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn) if workers else nullcontext() as pool:
        began = perf_counter()
        w, errors, evaluations, passes = fitted(paths, pool, progress=True)
    seconds, expected = perf_counter() - began, truth(options.seed)
    print(f"{evaluations} evaluations of value and gradient in {passes} passes; {seconds:.0f} s")
    print("weight   estimate   ± 2 standard errors   truth")
    for i, row in enumerate(zip(w, 2 * errors, expected)):
        print(f"{i:6d}   {row[0]:8.5f}   {row[1]:19.5f}   {row[2]:8.5f}")
    inside = int(np.sum(abs(w - expected) <= 2 * errors))
    print(f"{inside} of {len(w)} intervals contain the truth")
    draw(w, errors, expected, options.out / "many_rows.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
