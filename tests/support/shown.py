"""One of everything that a cell of a notebook can end with, named as its reader likes."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

import autograd_lite as al
import nn
from autograd_lite.testing import Report, check_grads
from autograd_lite.testing.checking.report import Failure
from autograd_lite.testing.mutation.kills import Fate, KillTable

X = np.array([0.5, -1.25, 2.0])


def called(name):
    """A primitive of this name."""

    @al.primitive
    def f(x):
        return 3 * x

    al.rule(f, x=lambda g: 3 * g)
    f.__name__ = name
    return f


def layer_called(name):
    @dataclass
    class Layer:
        weight: Any

        def __call__(self, x):
            return self.weight * x

    Layer.__name__ = name
    return Layer(np.ones(3))


def tensor(name):
    x = al.Tensor(X)
    np.sum(al.Tensor(X) * x).backward()
    return x, ["Tensor", "0.5", "-1.25", "float64", "gradient"]


def result(name):
    return al.named(name, np.exp(al.Tensor(X))), ["Tensor", "1.64872127", "from exp", "float64"]


def large(name):
    return al.Tensor(np.arange(1e6).reshape(1000, 1000)), ["1000×1000", "9.99999e+05", "..."]


def sequential(name):
    net = nn.Sequential(nn.Linear(3, 2, rng=np.random.default_rng(0)), layer_called(name))
    return net, ["Sequential", "Linear", name, "11 parameters in all"]


def summary(name):
    net = nn.MLP([2, 4, 1], rng=np.random.default_rng(0))
    return nn.summary(net, np.ones((5, 2))), ["(5, 4)", "relu", "17 parameters in all"]


def history(name):
    made = nn.History([1, 1200], [0.5, 0.25], [0.1, 0.2], {name: [0.75, 0.125]}, stopped=name)
    made.best = 1200
    return made, ["1,200", "0.125", name, "best report is that of step 1,200", "stopped"]


def solution(name):
    found = nn.Solution([1], [0.5], [0.1], converged=True, message=name)
    return found, ["converged", name, "0.5"]


def training(name):
    state = np.zeros(3)
    made = nn.Training(7, {"w": X}, state, nn.History(), optimizer=name)
    return made, ["Training", "7", "history", repr(name)]


def program(name):
    made = al.trace(al.value_and_grad(lambda x: np.sum(al.named("z", np.tanh(x)) * x)), X)
    made.name = name
    return made, [name, "tanh", "dx", "steps", "return"]


def endless(name):
    def f(x):
        for _ in range(45):
            x = al.named("z", np.sin(x) * x)
        return x

    return al.trace(f, X), ["90 steps", "more equations"]


def looped(name):
    def turn(h, x):
        return np.tanh(h + x), h

    return al.trace(lambda x: al.scan(turn, 0.0, x), X), ["for", "tanh"]


def explanation(name):
    shown = al.explain(lambda x: np.sum(called(name)(x) * x), X)
    return shown, [name, "3, 3 → 3", "operation", "derivative by", "24 B"]


def derivation(name):
    shown = al.compare(lambda x: -2 * x, lambda x: np.sum(x * x), X)
    shown.name = shown.verdicts[0].line = name
    return shown, [name, f"at {name}", "✗", "the sign is wrong", "1 of 1 wrong"]


def report(name):
    report = check_grads(lambda x: x * np.sin(x), (X,))
    report.function, report.notes = name, [name]
    return report, [name, "passed", "complex step", "order 1"]


def failed(name):
    wrong = Failure(1, "gradient of x", name, "x", (0,), 1.0, 2.0)
    shown = Report("f", failures=[wrong], oracles={"x": "exact"}, unlearned={"y": name})
    return shown, ["FAILED, 1 found wrong", "got 1", "expected 2", name]


def kills(name):
    fates = [Fate(name, "x", "sign", "survived"), Fate("sin", "x", "sign", "killed")]
    return KillTable(fates), [name, "survived", "2 mutants of 2 gradients", "1 killed"]


def compiled(name):
    f = al.compile(lambda x: np.sin(x) * 2, backend="numpy")
    f(X)
    f.f = SimpleNamespace(__name__=name)
    return f, [name, "1 program", "'numpy'", "x (3,)"]


def formulas(name):
    made = al.trace(lambda x: al.named("z", np.tanh(x)) * x, X)
    made.name = name
    return made.latex(), ["tanh", "z"]


def source(name):
    made = al.trace(lambda x: al.named("z", np.tanh(x)) * x, X)
    return made.source(), ["np.tanh(x)"]


def account(name):
    f = al.compile(lambda x: np.sin(x) * 2, backend="numpy")
    f(X)
    return f.report(), ["x (3,)", "NumPy throughout"]


def graph(name):
    made = al.trace(lambda p, x: p["W"] @ al.named(name, np.exp(x)), {"W": np.eye(3)}, X)
    return made.graph(), ["matmul", "3×3 float64", "exp"]


def batches(name):
    return nn.Batches(np.ones((7, 2)), size=3), ["Batches", "3 in an epoch", "7×2", "size"]


def images(name):
    x, y = np.zeros((2, 4, 4), np.float32), np.array([5, 0], np.uint8)
    return nn.LabelledImages(x, y, x, y), ["x_validation", "2×4×4", "uint8", "float32"]


def stopping(name):
    return nn.early_stopping(3, of="loss", mode="min"), ["patience", "3", "'loss'", "restore_best"]


def scheduled(name):
    rate = lambda t: 0.1
    rate.__name__ = name
    return nn.SGD(rate), ["SGD", "rate", name]


#: What a cell ends with, by a name: a function of any text that gives it, and what it tells.
SHOWN = {
    f.__name__: f
    for f in (
        *(tensor, result, large, sequential, summary, history, solution, training),
        *(
            program,
            endless,
            looped,
            formulas,
            source,
            account,
            graph,
            explanation,
            derivation,
            report,
            failed,
            kills,
            compiled,
        ),
        *(batches, images, stopping, scheduled),
    )
}

RNG = np.random.default_rng(0)
#: All layers and optimisers, which are shown by their fields.
PLAIN = [
    *(nn.Linear(3, 2, rng=RNG), nn.MaskedLinear(np.eye(2, 3) > 0, rng=RNG), nn.Flatten()),
    *(nn.Conv1d(1, 2, 3, rng=RNG), nn.Conv2d(1, 2, 3, rng=RNG), nn.MaxPool(2), nn.AveragePool(2)),
    *(nn.RNN(2, 3, rng=RNG), nn.LSTM(2, 3, rng=RNG), nn.GRU(2, 3, rng=RNG)),
    *(nn.MultiHeadAttention(4, 2, rng=RNG), nn.LayerNorm(3), nn.BatchNorm(3), nn.Dropout(0.5)),
    *(nn.Embedding(5, 2, rng=RNG), nn.PositionalEmbedding(5, 2, rng=RNG)),
    *(nn.PositionalEncoding(), nn.SGD(0.1), nn.HeavyBall(0.1), nn.Nesterov(0.1)),
    *(nn.BarzilaiBorwein(0.1), nn.RMSprop(0.1), nn.Adam(0.1), nn.AdamW(0.1)),
    nn.Clipped(nn.Adam(0.1), 1.0),
]
