"""Timing on a machine that has other things to do."""

from itertools import repeat
from random import Random
from time import perf_counter


def seconds(step, calls):
    """How long ``calls`` calls take; the garbage collector stays on, as in a user's own loop."""
    start = perf_counter()
    for _ in repeat(None, calls):
        step()
    return perf_counter() - start


def enough(step, turn):
    """A number of calls that takes at least ``turn`` seconds, the first call not counted."""
    step()  # which may compile
    calls = 1
    while seconds(step, calls) < turn:
        calls *= 2
    return calls


def rounds_of(contestants, rounds):
    """The contestants, ``rounds`` times, in an order that changes from round to round.

    Whoever runs after a library whose threads are still spinning is slow through no fault of its
    own; in some round everyone runs after somebody quiet.
    """
    random, order = Random(0), list(contestants)
    for _ in range(rounds):
        random.shuffle(order)
        yield from order


def race(steps, quick=False):
    """The best time per call of each step in a dict, over interleaved rounds."""
    rounds, turn = (2, 0.0005) if quick else (60, 0.02)
    calls = {name: enough(step, turn) for name, step in steps.items()}
    best = dict.fromkeys(steps, float("inf"))
    for name in rounds_of(steps, rounds):
        best[name] = min(best[name], seconds(steps[name], calls[name]) / calls[name])
    return best
