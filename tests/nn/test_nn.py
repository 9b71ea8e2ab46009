"""nn: models as trees, losses that refuse to broadcast, the training loop."""

import ast
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
import nn

# ---- layers ----


def test_a_model_is_a_tree_and_its_gradient_too(rng):
    net = nn.MLP([3, 4, 2], nn.sigmoid, rng=rng)
    x, y = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    g = al.grad(lambda net: nn.squared_error(net(x), y))(net)
    assert type(g) is nn.Sequential and g.layers[1] is nn.sigmoid
    assert [w.shape for w in al.tree_leaves(g)] == [(4, 3), (4,), (2, 4), (2,)]


def test_parameter_counts_of_the_notes(rng):
    def count(*sizes):
        return sum(w.size for w in al.tree_leaves(nn.MLP(sizes, rng=rng)))

    assert count(2, 2, 3, 2) == 23
    assert count(784, 10) == 7850
    assert count(784, 200, 10) == 159_010


def test_linear_is_the_same_for_a_sample_and_for_rows(rng):
    layer = nn.Linear(3, 2, rng=rng, bias=nn.normal(1.0))
    rows = rng.standard_normal((2, 5, 3))
    assert np.allclose(layer(rows)[1, 4], layer(rows[1, 4]), rtol=1e-15)
    direct = al.grad(lambda w: np.sum(np.sin(rows @ w.T + layer.bias)))(layer.weight)
    fused = al.grad(lambda layer: np.sum(np.sin(layer(rows))))(layer)
    assert np.allclose(fused.weight, direct, rtol=1e-14)
    assert fused.bias.shape == (2,)


def test_xor_of_the_notes():
    """LI: two ReLU units solve it, exactly."""
    hidden = nn.Linear.of(np.array([[1, 1], [1, 1]]), np.array([0, -1]))
    output = nn.Linear.of(np.array([[1, -2]]), np.array([0]))
    net = nn.Sequential([hidden, nn.relu, output])
    assert [int(net(np.array(x))[0]) for x in ((0, 0), (0, 1), (1, 0), (1, 1))] == [0, 1, 1, 0]


def test_worked_number_of_the_notes():
    """LN: x = (1, 1) gives the hidden layer (1, 6, 0) and the output σ(−11)."""
    first = nn.Linear.of(np.array([[1.0, -1], [2, 3], [-2, -3]]), np.ones(3))
    second = nn.Linear.of(np.array([[1.0, -2, 1]]), np.zeros(1))
    hidden = nn.Sequential([first, nn.relu])(np.ones(2))
    assert hidden.tolist() == [1, 6, 0]
    assert nn.Sequential([second, nn.sigmoid])(hidden)[0] == 1 / (1 + np.exp(11.0))


def test_float32_stays_float32(rng):
    net = nn.MLP([3, 4, 2], rng=rng, dtype=np.float32)
    x = rng.standard_normal((4, 3)).astype(np.float32)
    value, g = al.value_and_grad(lambda net: nn.cross_entropy(net(x), np.array([0, 1, 1, 0])))(net)
    assert value.dtype == np.float32
    assert {w.dtype for w in al.tree_leaves(g)} == {np.dtype(np.float32)}


# ---- losses ----

LOSSES = [nn.half_squared_error, nn.squared_error, nn.binary_cross_entropy]


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_never_broadcast(loss):
    with pytest.raises(ValueError, match=r"\(4, 1\).*\(4,\).*targets?\[:, None\]"):
        loss(np.zeros((4, 1)), np.zeros(4))
    with pytest.raises(ValueError, match=r"(target|targets)\[:, 0\]"):
        al.grad(loss)(np.zeros(4), np.zeros((4, 1)))


def test_cross_entropy_wants_one_class_for_each_sample():
    for labels in (np.zeros((2, 1), int), np.zeros(2), np.zeros(3, int)):
        with pytest.raises(ValueError, match=r"integer labels of shape \(2,\)"):
            nn.cross_entropy(np.zeros((2, 3)), labels)


def test_cross_entropy_is_the_log_of_the_softmax(rng):
    logits, labels = rng.standard_normal((6, 4)), rng.integers(4, size=6)
    expected = -np.mean(np.log(nn.softmax(logits)[np.arange(6), labels]))
    assert np.isclose(nn.cross_entropy(logits, labels), expected, rtol=1e-14)


def test_binary_cross_entropy_is_that_of_the_sigmoid(rng):
    logits, targets = rng.standard_normal((6, 1)), rng.uniform(size=(6, 1))
    p = nn.sigmoid(logits)
    expected = -np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    assert np.isclose(nn.binary_cross_entropy(logits, targets), expected, rtol=1e-14)


def test_losses_are_stable_far_out():
    assert nn.cross_entropy(np.array([0.0, 1e4]), np.array(0)) == 1e4
    assert nn.binary_cross_entropy(np.array([1e4, -1e4]), np.array([0.0, 0.0])) == 5e3
    assert np.all(np.isfinite(al.grad(nn.cross_entropy)(np.array([0.0, 1e4]), np.array(0))))


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_of_losses_against_complex_step(loss, rng):
    prediction, target = rng.standard_normal((4, 3)), rng.uniform(size=(4, 3))
    for argnum in (0, 1):
        g = al.grad(loss, argnum)(prediction, target)
        direction = rng.standard_normal((4, 3))
        args = [prediction, target]
        args[argnum] = args[argnum] + 1e-30j * direction
        if loss is nn.binary_cross_entropy and argnum == 0:  # logaddexp takes no complex numbers
            z, t = args
            step = np.mean(np.log(1 + np.exp(z)) - t * z).imag / 1e-30
        else:
            step = (loss(*args) / 1e-30).imag
        assert np.isclose(np.sum(g * direction), step, rtol=1e-12)


def test_second_derivatives_of_losses(rng):
    """The Hessian of cross-entropy by the logits is diag(p) − p pᵀ."""
    logits = rng.standard_normal(4)
    p = nn.softmax(logits)
    H = al.hessian(nn.cross_entropy)(logits, np.array(2))
    assert np.allclose(H, np.diag(p) - np.outer(p, p), rtol=0, atol=1e-15)


# ---- training ----


def test_fit_keeps_floats_and_nothing_else(rng):
    data = nn.samples(np.ones((2, 1)), np.ones((2, 1)), rng)
    w, history = nn.fit(
        np.zeros(1),
        lambda w, x, y: nn.squared_error(w * x, y),
        data,
        nn.SGD(0.1),
        steps=30,
        every=10,
        progress=False,
    )
    assert history.steps == [10, 20, 30]
    assert all(type(v) is float for v in history.losses + history.seconds)
    assert history.losses[0] > history.losses[-1]
    assert 0.9 < w[0] < 1


def fit_with_progress(rng):
    data = nn.samples(np.ones((2, 1)), np.ones((2, 1)), rng)
    nn.fit(np.zeros(1), lambda w, x, y: nn.squared_error(w * x, y), data, nn.SGD(0.1), steps=1000)


def test_progress_is_lines_where_there_is_no_terminal(rng, capsys):
    fit_with_progress(rng)
    lines = capsys.readouterr().out.splitlines()
    assert 10 <= len(lines) <= 25
    assert "loss" in lines[0] and lines[-1].split()[1] > "900"


def test_progress_is_a_bar_in_a_terminal(rng, capsys, monkeypatch):
    pytest.importorskip("tqdm")
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    fit_with_progress(rng)
    assert "1.00k/1.00k" in terminal.getvalue() and "loss" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_samples_are_drawn_with_replacement(rng):
    drawn = [x for x, _ in nn.samples(np.arange(3.0), np.arange(3.0), rng, steps=9000)]
    counts = [drawn.count(v) for v in (0.0, 1.0, 2.0)]
    assert sum(counts) == 9000 and all(2800 < c < 3200 for c in counts)
    with pytest.raises(ValueError, match="3 inputs and 2 targets"):
        next(nn.samples(np.ones(3), np.ones(2), rng))


def test_names_are_known_alike_at_run_time_and_to_type_checkers():
    """`nn.__init__` has them three times: where they are, for mypy, and in `__all__`."""
    (block, *_) = [
        n
        for n in ast.parse(Path(nn.__file__).read_text(encoding="utf-8")).body
        if type(n) is ast.If
    ]
    imported = {
        alias.name: "nn.plots" if line.module == "nn" else line.module
        for line in block.body
        for alias in line.names
    }
    assert imported == {**nn._FILES, "plots": "nn.plots"}
    assert sorted(nn.__all__) == sorted(imported) == [n for n in dir(nn) if n[:2] != "__"]
    assert all(getattr(nn, name) for name in nn.__all__)
    with pytest.raises(AttributeError, match="module 'nn' has no attribute 'Relu'"):
        _ = nn.Relu


def test_nothing_is_imported_before_it_is_asked_for():
    code = "import sys, nn; nn.SGD; print(*sorted(m for m in sys.modules if m.startswith('nn.')))"
    root = Path(__file__).parents[2]
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, encoding="utf-8"
    )
    loaded = {"nn.calls", "nn.display", "nn.optimizers", "nn.parameters"}
    loaded |= {"nn.optimizers.gradient_descent"}
    assert {name for name in out.stdout.split() if not name.startswith("nn.parameters.")} == loaded
