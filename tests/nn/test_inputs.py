"""Data as users have them: lists, tables, columns, labels of all sorts, other dtypes.

Each is converted, or refused with what to write; and that works.
"""

import re
from itertools import islice

import numpy as np
import pytest

import nn


class Table:
    """What is read by the names of its columns, and not by the places of its rows."""

    def __init__(self, array):
        self.array = np.asarray(array)
        self.shape = self.array.shape

    def __len__(self):
        return len(self.array)

    def __getitem__(self, name):
        raise KeyError(name)

    def to_numpy(self):
        return self.array


def pandas_table(array):
    pandas = pytest.importorskip("pandas")
    return (pandas.DataFrame if np.ndim(array) == 2 else pandas.Series)(array)


FORMS = {"a list": lambda array: array.tolist(), "a table": Table, "pandas": pandas_table}


def samples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 3)), rng.integers(0, 2, 12)


def net(dtype=float):
    return nn.MLP([3, 4, 2], rng=np.random.default_rng(1), dtype=dtype)


def loss(m, x, y):
    return nn.cross_entropy(m(x), y)


# ---- data ----


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("drawn", [False, True])
def test_samples_in_any_form_are_arrays(form, drawn):
    def batches(*arrays):
        rng = np.random.default_rng(3)
        if drawn:
            return islice(nn.samples(*arrays, rng), 20)
        return islice(nn.Batches(*arrays, size=5, rng=rng), 20)

    ours = batches(*map(FORMS[form], samples()))
    for found, wanted in zip(ours, batches(*samples()), strict=True):
        for a, b in zip(found, wanted, strict=True):
            assert np.array_equal(a, b) and np.asarray(a).dtype == np.asarray(b).dtype


@pytest.mark.parametrize("form", ["a table", "pandas"])
def test_a_network_takes_a_table(form):
    x, y = samples()
    found = net()(FORMS[form](x))
    assert type(found) is np.ndarray and np.array_equal(found, net()(x))
    for each in (nn.cross_entropy, nn.focal):
        assert each(found, FORMS[form](y)) == each(found, y)


@pytest.mark.parametrize("text", ["str", "object", "bytes"])
@pytest.mark.parametrize("form", [lambda a: a, Table, lambda a: a.tolist()])
def test_texts_are_refused_and_the_remedy_works(text, form):
    x, y = samples()
    words = np.array(["cat", "dog"])[y].astype({"str": str, "object": object, "bytes": bytes}[text])
    with pytest.raises(TypeError, match=r"Batches: arrays\[1\] has .*(cat|dog).* needs numbers"):
        nn.Batches(x, form(words), size=5)
    with pytest.raises(TypeError, match="samples: y has"):
        nn.samples(x, form(words), np.random.default_rng(0))
    y = words
    with pytest.raises(TypeError) as caught:
        nn.Batches(x, y, size=5)
    classes = eval(re.search(r"np\.unique\(.*?\)\[1\]", str(caught.value))[0])
    assert next(nn.Batches(x, classes, size=5))[1].tolist() == samples()[1][:5].tolist()


def test_numbers_of_any_type_stay():
    from fractions import Fraction

    assert next(nn.Batches([Fraction(1, 3), 2], size=2))[0].tolist() == [Fraction(1, 3), 2]


# ---- labels ----

LABELS = {
    "floats": lambda y: y.astype(float),
    "float32": lambda y: y.astype(np.float32),
    "booleans": lambda y: y == 1,
    "objects": lambda y: y.astype(object),
    "a column": lambda y: y[:, None],
    "a column of floats": lambda y: y[:, None].astype(float),
    "texts": lambda y: np.array(["cat", "dog"])[y],
    "objects that are texts": lambda y: np.array(["cat", "dog"], object)[y],
    "a column of texts": lambda y: np.array(["cat", "dog"])[y][:, None],
}


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("loss", [nn.cross_entropy, nn.focal])
def test_labels_of_another_sort_are_refused_and_the_remedy_works(loss, kind):
    x, y = samples()
    logits, labels = net()(x), LABELS[kind](y)
    with pytest.raises(ValueError, match="integer labels of shape") as caught:
        loss(logits, labels)
    remedy = str(caught.value).rpartition("; use ")[2]
    assert loss(logits, eval(remedy)) == loss(logits, y)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u4", "i8"])
def test_labels_of_any_integers_are_the_same(dtype):
    x, y = samples()
    for each in (nn.cross_entropy, nn.focal):
        assert each(net()(x), y.astype(dtype)) == each(net()(x), y)


PAIRED = [nn.squared_error, nn.absolute_error, nn.huber, nn.binary_cross_entropy]


@pytest.mark.parametrize("loss", PAIRED)
@pytest.mark.parametrize("shapes", [((5,), (5, 1)), ((5, 1), (5,)), ((5, 2), (5,)), ((2,), (2, 3))])
def test_a_column_beside_a_vector_and_the_remedy(loss, shapes):
    """The remedy works wherever it names an expression."""
    given, column = (np.full(shapes[0], 0.5), np.ones(shapes[1])), (1,)
    with pytest.raises(ValueError, match=r"never broadcasts; (use|give) ") as caught:
        loss(*given)
    target = targets = given[1]
    remedy = str(caught.value).rpartition("never broadcasts; ")[2]
    if shapes[0] == shapes[1] + column or shapes[1] == shapes[0] + column:
        assert loss(given[0], eval(remedy.removeprefix("use "))) > 0, (target, targets)
    else:
        assert remedy.endswith(f"of shape {shapes[0]}")


@pytest.mark.parametrize("loss", PAIRED)
def test_texts_as_targets(loss):
    target = targets = np.array(["no", "yes"])
    with pytest.raises(TypeError, match=r"has 'no' in it") as caught:
        loss(np.ones(2), target)
    remedy = str(caught.value).rpartition("numbers, ")[2]
    assert loss(np.ones(2), eval(remedy)) > 0, targets


# ---- layers ----

LAYERS = {
    "Linear": (lambda rng: nn.Linear(3, 2, rng=rng), (4, 3)),
    "LayerNorm": (lambda rng: nn.LayerNorm(3), (4, 3)),
    "BatchNorm": (lambda rng: nn.BatchNorm(3), (4, 3)),
    "Flatten": (lambda rng: nn.Flatten(), (4, 3, 2)),
    "Conv1d": (lambda rng: nn.Conv1d(3, 2, 3, rng=rng), (4, 3, 5)),
    "Conv2d": (lambda rng: nn.Conv2d(3, 2, 3, rng=rng), (4, 3, 5, 5)),
    "MaxPool": (lambda rng: nn.MaxPool(2), (4, 3, 4, 4)),
    "AveragePool": (lambda rng: nn.AveragePool(2), (4, 3, 4, 4)),
    "RNN": (lambda rng: nn.RNN(3, 2, rng=rng), (4, 5, 3)),
    "LSTM": (lambda rng: nn.LSTM(3, 2, rng=rng), (4, 5, 3)),
    "GRU": (lambda rng: nn.GRU(3, 2, rng=rng), (4, 5, 3)),
    "MultiHeadAttention": (lambda rng: nn.MultiHeadAttention(4, 2, rng=rng), (2, 3, 4)),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("inside", [False, True])
def test_a_list_is_refused_and_the_remedy_works(name, inside):
    make, shape = LAYERS[name]
    layer = make(np.random.default_rng(0))
    model = nn.Sequential(layer) if inside else layer
    array = np.random.default_rng(1).normal(size=shape)
    x = array.tolist()
    with pytest.raises(TypeError, match=r"x is a list; give an array, such as np\.array") as caught:
        model(x)
    remedy = str(caught.value).rpartition("such as ")[2]
    assert np.array_equal(model(eval(remedy)), model(array))


# ---- dtypes ----

STREAMS = {
    "batches": lambda x, y: nn.Batches(x, y, size=4),
    "samples": lambda x, y: nn.samples(x, y, np.random.default_rng(0)),
    "a list": lambda x, y: [(x, y)] * 40,
}


def train(dtype, x, stream, compile=False):
    options = {"steps": 40, "every": 20, "progress": False, "compile": compile}
    return nn.fit(net(dtype), loss, STREAMS[stream](x, samples()[1]), nn.SGD(0.1), **options)


@pytest.mark.parametrize("compile", [False, True])
@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("given, ours", [("float32", "float64"), ("float64", "float32")])
def test_floats_of_another_dtype_are_told_once_and_both_remedies_work(given, ours, stream, compile):
    x = samples()[0].astype(given)
    with pytest.warns(UserWarning) as said:
        model, _ = train(ours, x, stream, compile)
    (warning,) = said
    text = str(warning.message)
    assert f"batch[0] is {given} and the model {ours}, so steps compute in float64" in text
    assert warning.filename == __file__
    assert {leaf.dtype.name for leaf in nn.named_leaves(model).values()} == {ours}
    dtype = eval(re.search(r"with dtype=(np\.\w+)", text)[1])
    train(dtype, x, stream, compile)  # without a word: one would be an error here
    train(ours, eval(text.rpartition("as ")[2]), stream, compile)


def test_integers_and_numbers_of_python_say_nothing():
    x, y = samples()
    for dtype in ("float32", "float64"):
        nn.fit(
            *(net(dtype), lambda m, x, y, dtype=dtype: loss(m, x.astype(dtype), y)),
            *(nn.Batches((10 * x).astype(int), y, size=4), nn.SGD(0.1)),
            steps=2,
            progress=False,
        )
    line = lambda w, x, y: (w * x - y) ** 2
    nn.fit(1.0, line, [(np.float64(2), 1.0)] * 3, nn.SGD(0.1), steps=3, progress=False)


# ---- of another package ----


def foreign():
    """A tensor whose derivatives another package knows, as PyTorch has them."""

    class Tensor(list):
        dtype, shape, ndim = "float64", (2, 2), 2

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            return np.array(self)

    return Tensor([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: nn.Batches(x, size=1),
        lambda x: nn.samples(np.ones((2, 1)), x, np.random.default_rng(0)),
        lambda x: nn.Sequential(nn.relu)(x),
        lambda x: nn.MLP([2, 3, 1], rng=np.random.default_rng(0))(x),
        lambda x: nn.cross_entropy(np.eye(2), x),
        lambda x: nn.cross_entropy(x, np.array([0, 1])),
    ],
)
def test_tensors_of_another_package_are_refused(call):
    x = foreign()
    with pytest.raises(TypeError, match=r"no Tensor of \w+; give") as error:
        call(x)
    call(eval(str(error.value).rpartition("give ")[2]))  # the remedy


@pytest.mark.parametrize("flag", ["progress", "compile"])
@pytest.mark.parametrize("value", ["tqdm", 2, None])
def test_flags_are_true_or_false(flag, value):
    with pytest.raises(TypeError, match=f"{flag} = .*must be True or False, as in {flag}=True"):
        nn.fit(np.ones(1), nn.squared_error, [], nn.SGD(0.1), steps=1, **{flag: value})
