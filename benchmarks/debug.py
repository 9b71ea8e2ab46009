"""What `al.debug()` costs while it is on, and that it costs nothing while it is off."""

import autograd_lite as al
from benchmarks import hh19
from benchmarks.contestants import HAND, OURS
from benchmarks.table import race_table
from benchmarks.timing import race


def table(quick, peers):
    by_hand, ours, *_ = hh19.problem().contestants(())
    steps = {HAND: by_hand.step, OURS: ours.step}
    debug = getattr(al, "debug", None)

    def step():
        with debug():
            ours.step()

    if debug:
        steps[f"{OURS} in al.debug()"] = step
    notes = [] if debug else ["autograd_lite has no debug() yet."]
    return race_table("Debug: the HH19 step, watched", race(steps, quick), notes)
