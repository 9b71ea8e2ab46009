"""A hidden Markov model by expectation and maximisation, whose expectations are gradients.

The log likelihood is a scan over time.  Its gradient by the logarithms of the start, transition and
emission probabilities is the expected number of times that each was used (Eisner 2016).  So the E
step is one gradient, and the M step divides by row sums.  A die is exchanged for a loaded one.
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from autograd_lite import special
from examples import command

STAY, LOADED, ROLLS, ROUNDS = 0.95, 0.5, 600, 60


def rolled(seed, n=ROLLS):
    """States (0 fair, 1 loaded) and faces 0 … 5."""
    rng = np.random.default_rng(seed)
    states = np.cumsum(rng.random(n) > STAY) % 2
    loaded = rng.choice(6, size=n, p=[0.1] * 5 + [LOADED])
    return states, np.where(states == 1, loaded, rng.integers(6, size=n))


def over_paths(start, move, evidence):
    """ln Σ over all paths, by the forward recursion; ``evidence`` is ln p(face | state)."""
    step = lambda forward, e: (special.logsumexp(forward[:, None] + move, axis=0) + e, None)
    return special.logsumexp(al.scan(step, start + evidence[0], evidence[1:])[0])


def log_likelihood(logs, faces):
    return over_paths(logs[0], logs[1], np.transpose(logs[2][:, faces]))


def start_of(seed):
    rng = np.random.default_rng([seed, 1])
    tables = np.ones(2), np.array([[0.8, 0.2], [0.2, 0.8]]), rng.uniform(0.8, 1.2, (2, 6))
    return tuple(np.log(t / np.sum(t, axis=-1, keepdims=True)) for t in tables)


def fitted(faces, seed, rounds=ROUNDS):
    """All logarithms, and the log likelihood before each round."""
    logs, values = start_of(seed), []
    expect = al.compile(al.value_and_grad(log_likelihood))
    for _ in range(rounds):
        value, counts = expect(logs, faces)
        values.append(float(value))
        logs = tuple(np.log(c / np.sum(c, axis=-1, keepdims=True)) for c in counts)
    return logs, values


def loaded_now(logs, faces):
    """The probability of the die with more sixes at each roll: a slope by the evidence."""
    start, move, show = logs
    slopes = al.grad(over_paths, 2)(start, move, np.transpose(show[:, faces]))
    return slopes[:, np.argmax(show[:, 5])]


def main(arguments=None):
    options = command.parse(command.parser("science.hidden_markov", __doc__), arguments)
    states, faces = rolled(options.seed)
    logs, values = fitted(faces, options.seed)
    p = loaded_now(logs, faces)
    print(f"log likelihood {values[0]:.1f} → {values[-1]:.1f}; a six: {np.exp(logs[2][:, 5])}")
    print(f"dice told apart at {np.mean((p > 0.5) == states):.0%} of the rolls")
    new, axes = nn.plots.figure((8, 3))
    axes.fill_between(np.arange(len(p)), states, step="mid", alpha=0.25)
    axes.plot(p, lw=1)
    axes.set(xlabel="roll", title="The loaded die, and its probability (line)")
    command.save(new, options.out / "hidden_markov.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
