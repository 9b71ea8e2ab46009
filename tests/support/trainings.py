"""Small trainings to compare: optimisers, batches, and all that a training was."""

import numpy as np

import nn
from tests.support.equality import same_trees

OPTIMIZERS = {
    "SGD": nn.SGD(0.1),
    "heavy ball": nn.HeavyBall(0.05, 0.9),
    "Nesterov": nn.Nesterov(0.05, 0.9),
    "RMSprop": nn.RMSprop(0.01),
    "Adam": nn.Adam(0.01),
    "AdamW": nn.AdamW(0.01, weight_decay=0.1),
    "Barzilai-Borwein": nn.BarzilaiBorwein(0.01, largest=0.1),
    "clipped by norm": nn.Clipped(nn.Adam(nn.exponential_decay(0.1, 0.5, 3)), 0.5),
    "clipped by value": nn.Clipped(nn.HeavyBall(0.1), 0.25, nn.clip_by_value),
    "inverse": nn.SGD(nn.inverse_decay(0.5, half_life=3)),
    "cosine": nn.Adam(nn.cosine_decay(0.02, steps=9)),
    "warm": nn.Nesterov(nn.warmup(nn.cosine_decay(0.02, steps=9), 4)),
    "steps of Python": nn.HeavyBall(lambda t: 0.1 if t < 4 else 0.01),
}


def as_batches(x, y):
    return nn.Batches(x, y, size=5, rng=np.random.default_rng(3))


def as_list(x, y):
    return [(x[:4], y[:4]), (x[4:], y[4:])] * 5


def data(dtype=float):
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 3)).astype(dtype), rng.normal(size=(12, 2)).astype(dtype)


def net(dtype=float):
    return nn.MLP([3, 4, 2], rng=np.random.default_rng(1), dtype=dtype)


def trained(compile, loss, optimizer, batches, model=None, **options):
    """Models, states and reports of a training, all that it was at each step, and its batches."""
    seen = []
    options = {"steps": 9, "every": 1, "progress": False, **options}
    model, history = nn.fit(
        *(net() if model is None else model, loss, batches, optimizer),
        callbacks=[lambda now: seen.append((now.model, now.state, now.history.losses[-1]))],
        compile=compile,
        **options,
    )
    return model, seen, (history.steps, history.losses, history.validation, history.stopped)


def assert_same_training(ours, theirs):
    assert same_trees(ours[0], theirs[0])
    assert same_trees(ours[1], theirs[1])
    assert ours[2] == theirs[2]
