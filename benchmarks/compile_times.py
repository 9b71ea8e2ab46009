"""What it takes until a compiled function runs: in a new process, without and with kept code.

Imports are not counted; tracing, machine code and the tests of it are.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

import autograd_lite as al
import nn
from benchmarks import hh19
from benchmarks.compiled import hh19_step, hh19_steps
from benchmarks.contestants import HAND, OURS, PEERS, installed
from benchmarks.libraries import LIBRARIES, ours
from benchmarks.table import Table
from benchmarks.timing import race


def scalars(x):
    """500 operations on four numbers."""
    y = x
    for k in range(250):
        y = y * x + 0.001 * k
    return y


def loop():
    return hh19_steps(10)


PROBLEMS = {
    "HH19, steps by scan": lambda: (loop().make(ours()), loop().args),
    "HH19, a step": lambda: (hh19_step().make(ours()), hh19_step().args),
    "2,000 operations on numbers": lambda: (scalars, (np.linspace(0.1, 0.4, 4),)),
}


def first_call(name):
    """The seconds of the first call."""
    f, args = PROBLEMS[name]()
    f(*args)  # whose rules are read
    start = perf_counter()
    al.compile(f)(*args)
    return perf_counter() - start


def in_a_new_process(name, folder):
    run = [sys.executable, "-m", "benchmarks.compile_times", name]
    environment = {**os.environ, "AUTOGRAD_LITE_CACHE": folder}
    printed = subprocess.run(
        run, env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    return float(printed.stdout)


def theirs(peer):
    """The seconds of another's first call of the loop."""
    if peer == "numba":
        from benchmarks import by_numba

        f, args = loop().numba(by_numba), loop().args
    else:
        library = LIBRARIES[peer]()
        f = library.ready(loop().make(library))
        args = al.tree_map(library.given, loop().args)
    start = perf_counter()
    f(*args)
    return perf_counter() - start


def training(steps):
    """The seconds of a training of so many steps with 500 reports of the cost."""
    one = hh19.problem()
    rng = np.random.default_rng(0)
    X, Y = rng.random((10, 2)), rng.random((10, 2))
    loss = hh19.network(nn.sigmoid, nn.half_squared_error)
    cost = lambda p: sum(loss(p, x, y) for x, y in zip(X, Y))

    def run():
        data = nn.samples(X, Y, np.random.default_rng(1))
        every = max(1, steps // 500)
        nn.fit(one.p, loss, data, nn.SGD(one.rate), steps=steps, every=every, measure=cost,
               compile=True, progress=False)  # fmt: skip

    start = perf_counter()
    run()
    return perf_counter() - start


def table(quick, peers):
    result = Table(
        f"Until code runs: {OURS}, and training by `nn.fit`",
        ["", "ms"],
        notes=["The first call in a new process; imports are not counted.  Best of some."],
    )
    if al.compile(np.sin).backend == "native":
        for name in PROBLEMS:
            found = {"cold": [], "from the cache": []}
            for _ in range(1 if quick else 5):
                with TemporaryDirectory() as folder:
                    for how in found:
                        found[how].append(in_a_new_process(name, folder))
            for how, times in found.items():
                result.add(f"{name}, {how}", f"{1e3 * min(times):.1f}")
    for peer in {"numba", "jax"} & {*installed(peers)}:
        result.add(f"HH19, steps by scan, {PEERS[peer]}", f"{1e3 * theirs(peer):.1f}")
    one, steps = hh19_step(), 1000 if quick else 10**6
    by_hand = race({HAND: lambda: one.by_hand(*one.args)}, quick)[HAND]
    seconds = min(training(steps) for _ in range(1 if quick else 3))
    result.add(f"nn.fit of {steps:,} steps, compiled, 500 reports", f"{1e3 * seconds:.1f}")
    result.add(f"{steps:,} steps, {HAND}", f"{1e3 * by_hand * steps:.1f}")
    return result


if __name__ == "__main__":
    print(first_call(sys.argv[1]))
