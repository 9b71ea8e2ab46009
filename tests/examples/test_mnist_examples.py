"""The examples on MNIST and the recurrent one run, small, as a user would run them."""

import gzip
import re

import numpy as np
import pytest

import nn
from examples import autoencoder, convnet, fine_tuning, mnist, mnist_ranks, rnn, transformer
from tests.support.mnist import FOLDER, NEEDED, idx
from tests.support.png import png_size
from tests.support.sources import ROOT

pytestmark = pytest.mark.slow
FREEZING = (ROOT / "docs/how-to/freezing.md").read_text(encoding="utf-8")


def blobs(n, seed):
    """Images that a few steps can tell apart: a bright square, the place of which is the class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=n, dtype=np.uint8)
    images = rng.integers(60, size=(n, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels):
        row, column = divmod(int(label), 4)
        image[8 * row + 2 : 8 * row + 8, 7 * column : 7 * column + 6] += 180
    return images, labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small data set in the files of MNIST."""
    path = tmp_path_factory.mktemp("data")
    for name, (images, labels) in (("train", blobs(600, 0)), ("t10k", blobs(50, 1))):
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            (path / f"{name}-{kind}-ubyte.gz").write_bytes(gzip.compress(idx(array)))
    return path


@pytest.mark.parametrize(
    "example, options, names, said",
    [
        (
            mnist,
            ["--epochs", "3"],
            {"mnist-curves.png", "mnist-mistakes.png"},
            "159,010 parameters",
        ),
        (convnet, ["--epochs", "1"], {"convnet.png"}, "classified after"),
        (autoencoder, ["--epochs", "1"], {"autoencoder.png"}, "as many principal components"),
        (
            fine_tuning,
            ["--epochs", "1", "--steps", "20"],
            {"fine-tuning.png"},
            "of the new digits classified",
        ),
        (rnn, ["--steps", "20"], {"rnn.png"}, "0.16667 for always 1"),
        (
            transformer,
            ["--steps", "2"],
            {"transformer.png", "transformer.txt"},
            "110,134 parameters",
        ),
    ],
)
def test_examples_run(example, options, names, said, folder, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    data = [] if example in (rnn, transformer) else ["--data", str(folder)]
    assert example.main([*options, *data, "--seed", "1", "--out", str(tmp_path / "new")]) == 0
    assert said in capsys.readouterr().out
    found = [*(tmp_path / "new").iterdir()]
    sizes = [png_size(path) for path in found if path.suffix == ".png"]
    assert {path.name for path in found} == names and all(w > 150 < h for w, h in sizes)


def test_they_learn(folder):
    """The squares are easy: nearly all are classified after so few steps."""
    data = nn.mnist(folder)
    for sizes in mnist.MODELS.values():
        _, history = mnist.train(data, sizes, seed=0, epochs=5, progress=False)
        assert history.series("validation error")[-1] <= 0.1
    _, history = rnn.train(nn.RNN, seed=0, steps=400, progress=False)
    assert history.losses[-1] < rnn.ALWAYS_ONE / 2


def test_a_transformer_learns_more_than_what_follows_each_character():
    """In few steps; in all of them it learns the poems by heart."""
    net, history, alphabet = transformer.train(seed=0, steps=150, progress=False)
    ids = transformer.encoded(transformer.POEMS.read_text(encoding="utf-8"))[1]
    counts = [transformer.counted(ids, n) for n in range(3)]
    assert counts == sorted(counts, reverse=True)
    assert history.series("all of the text")[-1] < counts[1]
    text = transformer.written(net, alphabet, np.random.default_rng(0), length=60)
    assert len(text) == 60 and text.startswith("The ") and {*text} <= {*alphabet}


def test_what_is_counted_of_a_text():
    """A letter of four has ln 4 nats; of a text that comes again and again, the next is known."""
    _, ids = transformer.encoded("abcd" * 50)
    assert abs(transformer.counted(ids, 0) - np.log(4)) < 1e-12
    assert abs(transformer.counted(ids, 1)) < 1e-3


def test_pieces_of_the_text_and_what_follows():
    _, ids = transformer.encoded(transformer.POEMS.read_text(encoding="utf-8"))
    x, y = next(transformer.stream(ids, np.random.default_rng(0)))
    assert x.shape == y.shape == (transformer.BATCH, transformer.TIME)
    assert np.array_equal(x[:, 1:], y[:, :-1])
    joined = "".join(map(chr, ids))
    assert all("".join(map(chr, [*row, end[-1]])) in joined for row, end in zip(x, y))


def test_frozen_layers_help(folder):
    """The squares of new classes are told apart by three of each, by layers that are frozen."""
    data = nn.mnist(folder)
    found = fine_tuning.both(data, seed=0, epochs=3, steps=40, progress=False)
    assert found["frozen layers"].series("accuracy")[-1] >= 0.8


def test_they_are_seeded(folder):
    data = nn.mnist(folder)
    for train in (
        lambda seed: mnist.train(data, [784, 10], seed, 1, progress=False),
        lambda seed: autoencoder.train(data, seed, 1, progress=False),
        lambda seed: convnet.train(data, seed, 1, progress=False),
        lambda seed: rnn.train(nn.LSTM, seed, 5, progress=False),
        lambda seed: transformer.train(seed, 2, progress=False),
        lambda seed: fine_tuning.backbone(data, seed, 1, progress=False),
    ):
        runs = [train(seed)[1].losses for seed in (0, 0, 1)]
        assert runs[0] == runs[1] != runs[2]


def test_the_sequences_of_the_adding_problem(rng):
    x, y = rnn.problems(rng, 2000)
    assert x.dtype == y.dtype == np.float32
    assert np.all(x[:, : rnn.TIME // 2, 1].sum(axis=1) == 1) and np.all(x[..., 1].sum(axis=1) == 2)
    picked = [row[row[:, 1] == 1, 0].sum() for row in x]
    assert np.array_equal(y[:, 0], np.array(picked, np.float32))
    assert abs(np.mean((y - 1) ** 2) - rnn.ALWAYS_ONE) < 0.03  # six standard errors


def test_principal_components_are_the_best_linear_map(rng):
    x = (rng.standard_normal((40, 3)) @ rng.standard_normal((3, 8))).astype(np.float32)
    assert np.allclose(autoencoder.principal_components(x, x, 3), x, rtol=0, atol=1e-5)
    left = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)[2:]
    error = np.sum((autoencoder.principal_components(x, x, 2) - x) ** 2)
    assert np.isclose(error, np.sum(left**2), rtol=1e-4)  # float32


def test_wrong_data_are_explained(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"nothing of the kind")
    for folder, message in ((tmp_path / "no", "has no train-images"), (tmp_path, "has no train-l")):
        with pytest.raises(SystemExit) as stop:
            mnist.main(["--data", str(folder), "--out", str(tmp_path)])
        assert stop.value.code == 2
        assert message in capsys.readouterr().err


@NEEDED
def test_a_tenth_of_mnist_is_enough_for_a_rough_idea():
    data = nn.mnist(FOLDER)
    some = nn.LabelledImages(data.x[:6000], data.y[:6000], data.x_validation, data.y_validation)
    _, history = mnist.train(some, [784, 200, 10], seed=0, epochs=3, progress=False)
    assert history.series("validation error")[-1] < 0.1


def test_mnist_on_two_ranks_is_that_of_one(tmp_path, capsys, folder):
    pytest.importorskip("mpi4py")
    arguments = ["--steps", "4", "--out", str(tmp_path), "--data", str(folder)]
    assert mnist_ranks.main(arguments) == 0
    assert "equal in every bit" in capsys.readouterr().out


def test_the_program_of_the_page_on_fine_tuning(folder, tmp_path, monkeypatch, capsys):
    """Here on few images; its best model is saved, and what is loaded is as good."""
    whole = nn.mnist(folder)
    few = nn.LabelledImages(whole.x[:120], whole.y[:120], whole.x_validation, whole.y_validation)
    (program,) = re.findall(r"^```py\n(.*?)^```$", FREEZING, re.MULTILINE | re.DOTALL)
    assert len(program.splitlines()) <= 60
    monkeypatch.setattr(nn, "mnist", lambda where: few)
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    exec(program, names)
    known, net = names["known"], names["net"]
    assert all(np.array_equal(a, b) for a, b in zip(leaves(known[:-1]), leaves(net[:-1])))
    assert "the best report is that of step" in capsys.readouterr().out


def leaves(net):
    return nn.named_leaves(net).values()


@NEEDED
def test_the_page_on_fine_tuning_shows_the_real_data():
    assert str(nn.mnist(FOLDER)) in FREEZING
