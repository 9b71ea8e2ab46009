"""The worked number of the notes on layered nets: forward, then the deltas, with pencil and paper.

W⁰ = [[1, −1], [2, 3], [−2, −3]], b⁰ = (1, 1, 1), ReLU; W¹ = (1, −2, 1), b¹ = 0, sigmoid.  The input
(1, 1) gives the hidden layer (1, 6, 0) and the output σ(−11) ≈ 1.67e−5.  The deltas are those of
the binary cross-entropy with y = 1, so the last one is ŷ − y.
"""

from __future__ import annotations

import sys

import numpy as np

import autograd_lite as al
import nn
from examples import command

W = [np.array([[1.0, -1.0], [2.0, 3.0], [-2.0, -3.0]]), np.array([[1.0, -2.0, 1.0]])]
B = [np.ones(3), np.zeros(1)]
X, Y = np.ones(2), np.ones(1)


def signals(zeros):
    """s⁽⁰⁾ and s⁽¹⁾; the zeros added to them are what δ = ∂L/∂s is the derivative by."""
    s0 = W[0] @ X + B[0] + zeros[0]
    s1 = W[1] @ nn.relu(s0) + B[1] + zeros[1]
    return s0, s1


def outcome(seed=0):
    """What the notes have, and the deltas; nothing is drawn at random."""
    zeros = [np.zeros(3), np.zeros(1)]
    s0, s1 = signals(zeros)
    deltas = al.grad(lambda zeros: nn.binary_cross_entropy(signals(zeros)[1], Y))(zeros)
    return {
        "signals": [s0.tolist(), s1.tolist()],
        "hidden": nn.relu(s0).tolist(),
        "output": float(nn.sigmoid(s1)[0]),
        "deltas": [(delta + 0.0).tolist() for delta in deltas],  # no −0
    }


def picture(found):
    """The net: what each unit sends forward above it, its δ below."""
    new, axes = nn.plots.figure((7, 4.2))
    clear = {"facecolor": "w", "edgecolor": "none", "pad": 1}  # of the edges behind a label
    layers = [X.tolist(), found["hidden"], [found["output"]]]
    deltas = [[None] * 2, *found["deltas"]]
    place = [[(2 * k, (len(a) - 1) / 2 - i) for i in range(len(a))] for k, a in enumerate(layers)]
    for k, weights in enumerate(W):
        for j, row in enumerate(weights):
            for i, w in enumerate(row):
                (x0, y0), (x1, y1) = place[k][i], place[k + 1][j]
                axes.plot([x0, x1], [y0, y1], color="0.75", zorder=0)
                at = 0.22  # of the way, where no two labels meet
                where = (x0 + at * (x1 - x0), y0 + at * (y1 - y0))
                axes.text(
                    *where, f"{w:g}", ha="center", va="center", color="0.35", backgroundcolor="w"
                )
    for points, values, under in zip(place, layers, deltas):
        for (x, y), value, delta in zip(points, values, under):
            axes.plot(x, y, "o", ms=14, mfc="w", color="C0")
            axes.text(x, y + 0.17, f"{value:.3g}", ha="center", va="bottom", color="C0")
            if delta is not None:
                label = f"δ = {delta:.5g}"
                axes.text(x, y - 0.17, label, ha="center", va="top", color="C3", bbox=clear)
    axes.set(xlim=(-0.4, 4.5), ylim=(-1.5, 1.5))
    axes.set_title("Forward in blue, weights in grey, deltas in red")
    axes.axis("off")
    return new


def main(arguments=None):
    options = command.parse(command.parser("worked_example", __doc__), arguments)
    found = outcome()
    for l, s in enumerate(found["signals"]):
        print(f"s({l}) = {s}")
    print(f"hidden  {found['hidden']}")
    print(f"output  {found['output']:.6e} = σ(−11)")
    for l, delta in enumerate(found["deltas"]):
        print(f"delta({l}) = {delta}")
    command.save(picture(found), options.out / "worked_example.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
