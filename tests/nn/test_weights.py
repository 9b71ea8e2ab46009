"""Weights in files: what is written is read, by others too, or an error says what is wrong."""

import os
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from tests.support.equality import same_trees
from tests.support.saved import handmade, net, odd


def test_weights_come_back(tmp_path):
    for model, other in ((net(), net(1)), (odd(1.5), odd(2.5)), ({}, {}), (1.5, 2.5)):
        nn.save(tmp_path / "w", model)
        found = nn.load(tmp_path / "w", like=other)
        assert same_trees(found, model) and type(found) is type(model)
    assert os.listdir(tmp_path) == ["w"]


def test_names_are_paths():
    assert [*nn.named_leaves(odd(1.0))] == [
        *("parts.T", "parts.list.0", "parts.list.1.1", "parts.one", "shift")
    ]
    with pytest.raises(ValueError, match=r"both called 'a\.b'"):
        nn.named_leaves({"a": {"b": 1.0}, "a.b": 2.0})
    with pytest.raises(ValueError, match=r"two keys of \[0, '0'\] are the same text"):
        nn.named_leaves({0: 1.0, "0": 2.0})


def test_the_order_of_bytes_is_no_part_of_a_model(tmp_path):
    big = {"w": np.array([1.0, 2.0], ">f8"), "n": np.array([3], ">i4")}
    nn.save(tmp_path / "w", big)
    for like in (big, {"w": np.zeros(2), "n": np.zeros(1, np.int32)}):
        found = nn.load(tmp_path / "w", like=like)
        assert found["w"].tolist() == [1, 2] and found["n"].tolist() == [3]


def test_the_name_of_the_texts_is_theirs(tmp_path):
    with pytest.raises(ValueError, match="w: no array can be called __metadata__"):
        nn.save(tmp_path / "w", {"__metadata__": np.ones(1)})
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "other, fault",
    [
        (net(sizes=[3, 5, 2]), r"0\.bias is float32 of shape \(4,\), and float32 of shape \(5,\)"),
        (
            net(dtype=float),
            r"0\.weight is float32 of .*, and float64 of shape \(4, 3\) in the model",
        ),
        (net(sizes=[3, 4]), r"layers\.2\.bias \(float32 of shape \(2,\)\) is too many"),
        (net(sizes=[3, 4, 2, 2]), r"layers\.4\.weight is missing \(float32 of shape \(2, 2\)\)"),
        ([*range(9)], "and 8 more"),
    ],
)
def test_the_model_must_fit(tmp_path, other, fault):
    nn.save(tmp_path / "w", net())
    with pytest.raises(ValueError, match=f"w: not the model's parameters: .*{fault}"):
        nn.load(tmp_path / "w", like=other)


def test_what_is_no_plain_number_is_refused_and_the_old_file_stays(tmp_path):
    nn.save(tmp_path / "w", net())
    for bad in (np.array([Fraction(1, 2)]), np.ones(2, np.longdouble)):
        with pytest.raises(ValueError, match=r"w: 0 is (object|float128|longdouble)"):
            nn.save(tmp_path / "w", [bad])
    assert same_trees(nn.load(tmp_path / "w", like=net(1)), net())
    assert os.listdir(tmp_path) == ["w"]


@pytest.mark.skipif(sys.platform == "win32", reason="no folder without permission to write")
def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    nn.save(tmp_path / "w", net())

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        nn.save(tmp_path / "w", net(1))
    assert os.listdir(tmp_path) == ["w"] and same_trees(nn.load(tmp_path / "w", like=net(1)), net())


def test_pytorch_reads_our_weights_and_predicts_the_same(tmp_path, rng):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            linear = torch.nn.Linear
            self.layers = torch.nn.Sequential(linear(3, 4), torch.nn.ReLU(), linear(4, 2))

        def forward(self, x):
            return self.layers(x)

    model, theirs = net(dtype=np.float64), Net().double()
    nn.save(tmp_path / "w", model)
    theirs.load_state_dict(load_file(tmp_path / "w"))
    x = rng.standard_normal((5, 3))
    found = theirs(torch.tensor(x)).detach().numpy()
    # Sums of up to four products, each of at most 4 ulp of the largest term.
    assert np.max(np.abs(found - model(x))) <= 16 * np.finfo(float).eps * np.max(np.abs(found))

    save_file(Net().double().state_dict(), tmp_path / "back")
    assert nn.load(tmp_path / "back", like=model).layers[0].weight.shape == (4, 3)


# ---- damaged files ----


@given(st.data())
def test_no_damage_goes_unseen(tmp_path_factory, data):
    """A file that is cut short, or has one byte changed anywhere, gives a named error."""
    path = tmp_path_factory.mktemp("w") / "weights"
    nn.save(path, net())
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[at:]
    else:
        content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        assert same_trees(nn.load(path, like=net(1)), net())  # a space of the padding, at the most
    except ValueError as error:
        assert str(path) in str(error)


def test_a_changed_number_is_seen(tmp_path):
    nn.save(tmp_path / "w", net())
    content = bytearray((tmp_path / "w").read_bytes())
    content[-1] ^= 1
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(ValueError, match=r"w: damaged: .* checksum"):
        nn.load(tmp_path / "w", like=net())


@pytest.mark.parametrize(
    "header, data, message",
    [
        (
            {"0": {"dtype": "F64", "shape": [10**9], "data_offsets": [0, 8]}},
            b"0" * 8,
            "damaged",
        ),
        ({"0": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8 * 10**15]}}, b"", "damaged"),
        ({"0": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}, b"00", "BF16 of shape"),
        ({"__metadata__": {"training": "{"}}, b"", "use nn.load_checkpoint"),
    ],
)
def test_what_a_file_may_pretend(tmp_path, header, data, message):
    with pytest.raises(ValueError, match=f"bad: .*{message}"):
        nn.load(handmade(tmp_path / "bad", header, data), like=[np.ones(1)])


def test_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        nn.load(tmp_path / "nowhere", like={})
    with pytest.raises(OSError, match="nowhere"):
        nn.save(tmp_path / "nowhere" / "w", net())
    with pytest.raises(IsADirectoryError):
        nn.load(tmp_path, like={})
