"""Processes that write, read and die: ``python -m tests.support.processes crowd PATH ROUNDS``.

They are forked from one that has no threads, so that a thousand rounds take seconds.
"""

import os
import random
import signal
import sys
from pathlib import Path
from time import sleep

import numpy as np

import nn

SIZE = 30_000
LIKE = {"w": np.zeros(SIZE, np.float32)}


def training(step):
    """A training in which every number is the step."""
    model = {"w": np.full(SIZE, step, np.float32)}
    return nn.Training(step, model, step, nn.History([step], [float(step)], [0.0]), "SGD")


def read(path):
    """What a checkpoint holds, which is all of one step."""
    found = nn.load_checkpoint(path, LIKE, nn.SGD(0.1))
    assert np.all(found.model["w"] == found.step) and found.state == found.step
    assert found.history.steps == [found.step]
    return found.step


def forked(work):
    """A child that does this and says by its exit whether it could."""
    if child := os.fork():
        return child
    try:
        work()
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        os._exit(1)
    os._exit(0)


def crowd(path, rounds):
    """Three writers and two readers of one file; nobody fails, and nothing is left behind."""
    nn.save_checkpoint(path, training(1))

    def write(k):
        for i in range(rounds):
            nn.save_checkpoint(path, training(3 * i + k + 1))

    def look():
        for _ in range(rounds):
            read(path)

    children = [forked(lambda k=k: write(k)) for k in range(3)] + [forked(look) for _ in range(2)]
    failed = [os.waitpid(child, 0)[1] for child in children]
    print(f"failed: {sum(map(bool, failed))} of {len(children)}; left: {os.listdir(path.parent)}")


def kills(path, rounds):
    """A writer is killed at a random moment, again and again; a whole checkpoint is there."""
    nn.save_checkpoint(path, training(1))
    moments, damaged, most = random.Random(0), 0, 0

    def write():
        for step in range(2, 10**6):
            nn.save_checkpoint(path, training(step))

    for _ in range(rounds):
        child = forked(write)
        sleep(moments.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        most = max(most, len(os.listdir(path.parent)))
        try:
            read(path)
        except (AssertionError, ValueError) as error:
            print(error)
            damaged += 1
    nn.save_checkpoint(path, training(1))
    left = os.listdir(path.parent)
    print(f"damaged: {damaged} of {rounds}; at most {most} files at once; left: {left}")


if __name__ == "__main__":
    {"crowd": crowd, "kills": kills}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
