"""Everything in one run: python -m benchmarks [--quick] [--only hh19,…] [--peers torch,…]."""

import argparse
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import (
    blocks,
    chain,
    compile_times,
    compiled,
    debug,
    densities,
    everyday,
    hh19,
    inner,
    loops,
    memory,
    mnist,
    mnist_training,
)
from benchmarks.contestants import PEERS, installed

BENCHMARKS = {
    "hh19": hh19.table,
    "everyday": everyday.table,
    "mnist": mnist.table,
    "training": mnist_training.table,
    "chain": chain.table,
    "memory": memory.table,
    "loops": loops.table,
    "inner": inner.table,
    "compiled": compiled.table,
    "compiling": compile_times.table,
    "debug": debug.table,
    "blocks": blocks.table,
    "densities": densities.table,
}


def names_out_of(known):
    """The type of an option that takes some of the known names, separated by commas."""

    def names(text):
        chosen = [] if text == "none" else text.split(",")
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return chosen

    return names


def arguments(argv):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it run?")
    parser.add_argument("--only", type=names_out_of(BENCHMARKS), default=list(BENCHMARKS))
    parser.add_argument("--peers", type=names_out_of(PEERS), default=list(PEERS), help="or none")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file, too")
    return parser.parse_args(argv)


def versions(peers):
    """What took part, in which version, and who was wanted and is missing."""
    names = ["numpy", *installed(peers)]
    known = [f"{name} {version_of(name)}" for name in names]
    if "torch" in names:
        import torch

        known.append(f"torch on {torch.get_num_threads()} threads")
    missing = [PEERS[peer] for peer in peers if peer not in names]
    lines = [f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {', '.join(known)}."]
    return lines + ([f"Not installed: {', '.join(missing)}."] if missing else [])


def version_of(name):
    try:
        return version(name)
    except PackageNotFoundError:  # importable all the same, from a folder
        return "of unknown version"


def main(argv=None):
    options = arguments(argv)
    parts = ["# Benchmarks\n\nBest of interleaved rounds; NumPy written by hand is 1."]
    for name in options.only:
        table = BENCHMARKS[name](options.quick, options.peers)
        print(table.text(), flush=True, end="\n\n")
        parts.append(table.markdown())
    closing = versions(options.peers)
    print("\n".join(closing))
    if options.markdown:
        options.markdown.parent.mkdir(parents=True, exist_ok=True)
        options.markdown.write_text("\n\n".join([*parts, *closing]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
