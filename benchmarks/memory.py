"""Bytes: kept between forward and backward, at the peak of a deep chain, left after training."""

import gc
import os
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import autograd_lite as al
from benchmarks import hh19, mnist
from benchmarks.contestants import HAND, OURS
from benchmarks.table import Table

# ---- what a tape keeps ----


def nodes(tensor):
    """Every node under a Tensor, itself included."""
    kind, found = type(tensor.node), {tensor.node: None}
    todo = list(found)
    while todo:
        node = todo.pop()
        for a in (node.first, node.second, *node.rest):
            if type(a) is kind and a not in found:
                found[a] = None
                todo.append(a)
    return list(found)


def values(node):
    """What a node holds: its value, if any, and operands and options that are no nodes."""
    return [
        getattr(node, "value", None),
        node.first,
        node.second,
        *node.rest,
        *node.options.values(),
    ]


def owner(array):
    """The array whose memory this one is a view of."""
    while isinstance(getattr(array, "base", None), np.ndarray):
        array = array.base
    return array


def distinct(arrays):
    """The owners of some arrays, each once, by identity; what is no array is left out."""
    return {id(owner(a)): owner(a) for a in arrays if isinstance(a, (np.ndarray, np.generic))}


def size(arrays, without):
    """The bytes of distinct arrays, not counting those that the caller holds anyway."""
    theirs = distinct(without)
    return sum(a.nbytes for key, a in distinct(arrays).items() if key not in theirs)


def recorded(problem):
    """The loss of a problem as a Tensor of leaves."""
    loss = problem.network(*problem.dialects["ours"]())
    return loss([al.Tensor(w) for w in problem.p], *problem.data)


def kept_by_ours(problem):
    kept = [value for node in nodes(recorded(problem)) for value in values(node)]
    return size(kept, without=[*problem.p, *problem.data])


def kept_by_hand(module, problem):
    kept = module.forward(problem.p, problem.data[0])
    return size(kept, without=[*problem.p, *problem.data])


# ---- a deep chain of matrix products ----


def matmuls(x, W, times):
    for _ in range(times):
        x = x @ W
    return np.sum(x)


def matmuls_by_hand(x, W, times):
    kept = []
    for _ in range(times):
        kept.append(x)
        x = x @ W
    g, dW = np.ones_like(x), np.zeros_like(W)
    while kept:
        dW += kept.pop().T @ g
        g = g @ W.T
    return g, dW


def peak(function, *args):
    """The most bytes that a call has allocated at one time."""
    with traced():
        before = tracemalloc.get_traced_memory()[0]
        function(*args)
        return tracemalloc.get_traced_memory()[1] - before


@contextmanager
def traced():
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


# ---- what training leaves behind ----


@contextmanager
def no_collector():
    """Whatever is freed in here is freed by reference counting alone."""
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def growth(step, steps, memory):
    """By how much ``memory()`` has grown after that many steps without the collector."""
    with no_collector():
        for _ in range(100):  # so that what is made once is there before
            step()
        before = memory()
        for _ in range(steps):
            step()
        return memory() - before


def traced_growth(step, steps):
    with traced():
        return growth(step, steps, lambda: tracemalloc.get_traced_memory()[0])


STATM = Path("/proc/self/statm")


def resident():
    """The memory of this process, where the system tells it that way."""
    return int(STATM.read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ---- the table ----


def table(quick, peers):
    result = Table("Memory, in bytes", ["", HAND, OURS, "ratio"])

    def row(what, by_hand, by_ours):
        ratio = f"{by_ours / by_hand:.2f}" if by_hand > 0 else ""
        result.add(what, f"{by_hand:,}", f"{by_ours:,}", ratio)

    small, large = hh19.problem(), mnist.problem(quick)
    row("kept for backward, HH19", kept_by_hand(hh19, small), kept_by_ours(small))
    row("kept for backward, MNIST", kept_by_hand(mnist, large), kept_by_ours(large))

    n, times = (50, 10) if quick else (500, 100)
    W = np.random.default_rng(0).standard_normal((n, n)) / n**0.5
    x = np.ones((n, n))
    peaks = [peak(f, x, W, times) for f in (matmuls_by_hand, al.grad(matmuls, (0, 1)))]
    row(f"peak of {times} products of {n}×{n}", *peaks)

    steps = [entry.step for entry in small.contestants(())[:2]]
    row("left by 1,000 steps, HH19", *(traced_growth(step, 1000) for step in steps))
    if STATM.exists():
        many = 10**3 if quick else 10**5
        grown = [growth(step, many, resident) for step in steps]
        row(f"process growth over {many:,} steps, HH19", *grown)
    result.notes.append("Kept: distinct arrays besides parameters and data.  Steps: collector off.")
    return result
