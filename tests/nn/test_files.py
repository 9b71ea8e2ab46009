"""Files that survive: many processes, kill -9, full disks, flipped bits; old formats."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.training import atomic, files
from nn.training.codec import check_like
from tests.support.effort import examples
from tests.support.equality import same_trees
from tests.support.saved import handmade, net

ROOT = Path(__file__).parents[2]
OLD = ROOT / "tests" / "support" / "files"
posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork and kill -9 are of POSIX")

# ---- many processes, and kill -9 ----


def processes(kind, path, rounds):
    command = [sys.executable, "-W", "error", "-m", "tests.support.processes", kind, path, rounds]
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*map(str, command)], cwd=ROOT, env=one, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@posix
def test_three_writers_and_two_readers_of_one_file(tmp_path):
    rounds = examples(5)  # a thousand in the full suite
    said = processes("crowd", tmp_path / "run", rounds)
    assert said == "failed: 0 of 5; left: ['run']\n"


@posix
def test_a_kill_at_a_random_moment_leaves_a_whole_checkpoint(tmp_path):
    said = processes("kills", tmp_path / "run", examples(0.5))  # a hundred in the full suite
    assert re.fullmatch(r"damaged: 0 of \d+; at most [12] files at once; left: \['run'\]\n", said)


def test_no_link_is_followed_and_what_is_in_use_is_no_leftover(tmp_path, monkeypatch):
    target = tmp_path / "precious"
    target.write_text("precious", encoding="utf-8")
    names = iter(["link", "a", "b", "c"])
    monkeypatch.setattr(atomic.secrets, "token_hex", lambda n: next(names))
    try:
        (tmp_path / ".w.link.part").symlink_to(target)
    except OSError:
        pytest.skip("no links here")
    nn.save(tmp_path / "w", net())
    assert (
        target.read_text(encoding="utf-8") == "precious"
        and (tmp_path / ".w.link.part").is_symlink()
    )
    if not hasattr(os, "fork"):
        return
    import fcntl

    with (tmp_path / ".w.other.part").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        nn.save(tmp_path / "w", net())
        assert (tmp_path / ".w.other.part").exists()
    nn.save(tmp_path / "w", net())
    assert not (tmp_path / ".w.other.part").exists()


def test_a_reader_keeps_the_file_that_it_has_opened(tmp_path):
    nn.save(tmp_path / "w", net(0))

    def meanwhile(kinds, texts):
        nn.save(tmp_path / "w", net(1))

    arrays, _ = files.read(tmp_path / "w", meanwhile)
    assert same_trees([*arrays.values()], [*nn.named_leaves(net(0)).values()]) or same_trees(
        arrays, nn.named_leaves(net(0))
    )


# ---- disks that are full, folders that cannot be written to ----


def no_space(*anything):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("function", ["open", "fsync", "replace"])
def test_a_failed_write_names_the_file_and_the_old_one_stays(tmp_path, monkeypatch, function):
    nn.save(tmp_path / "w", net())
    monkeypatch.setattr(atomic.os, function, no_space)
    with pytest.raises(OSError, match=r"No space left.*room for the old file and the new.*/w'"):
        nn.save(tmp_path / "w", net(1))
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["w"] and same_trees(nn.load(tmp_path / "w", like=net(1)), net())


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 kB, if we may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root makes disks")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk(small_disk):
    nn.save(small_disk / "w", net())
    with pytest.raises(OSError, match=r"No space left on device.*/w'"):
        nn.save(small_disk / "w", {"w": np.ones(20_000)})
    assert os.listdir(small_disk) == ["w"]
    assert same_trees(nn.load(small_disk / "w", like=net(1)), net())


def test_a_disk_that_is_read_only(small_disk):
    nn.save(small_disk / "w", net())
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(OSError, match=r"Read-only file system.*folder that can be written to.*/w'"):
        nn.save(small_disk / "w", net(1))
    assert same_trees(nn.load(small_disk / "w", like=net(1)), net())


@pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", lambda: 0)() == 0,
    reason="root may write everywhere",
)
def test_a_folder_that_is_read_only(tmp_path):
    nn.save(tmp_path / "w", net())
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError, match=r"folder that can be written to.*/w'"):
            nn.save(tmp_path / "w", net(1))
        assert same_trees(nn.load(tmp_path / "w", like=net(1)), net())
    finally:
        tmp_path.chmod(0o755)


# ---- checkpoints of this format and of the one before ----


def trained(path, steps=5):
    """A small training, saved, with all that a checkpoint holds."""
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6) % 2
    batches = nn.Batches(x, y, size=2, rng=np.random.default_rng(1))
    rng = np.random.default_rng(3)
    keep = lambda training: nn.save_checkpoint(path, training, batches=batches, rng=rng)
    loss = lambda net, x, y: nn.cross_entropy(net(x), y)
    small = nn.MLP([2, 2], rng=np.random.default_rng(0))
    nn.fit(
        small,
        loss,
        batches,
        nn.Adam(0.1),
        steps=steps,
        every=steps,
        callbacks=[keep],
        progress=False,
    )


def resumed(path):
    """What is read, with the positions; or the error, with the positions untouched."""
    batches = nn.Batches(
        np.zeros((6, 2)), np.zeros(6), size=2, rng=np.random.default_rng(5), epochs=9
    )
    next(batches)
    rng = np.random.default_rng(6)
    before = repr((batches.position, rng.bit_generator.state))
    like = nn.MLP([2, 2], rng=np.random.default_rng(9))
    try:
        found = nn.load_checkpoint(path, like, nn.Adam(0.1), batches=batches, rng=rng)
    except ValueError as error:
        assert str(path) in str(error)
        assert repr((batches.position, rng.bit_generator.state)) == before
        return error
    return repr((found, batches.position, rng.bit_generator.state))


def test_a_bit_flipped_at_any_byte_is_seen(tmp_path):
    trained(tmp_path / "run")
    content, whole = (tmp_path / "run").read_bytes(), resumed(tmp_path / "run")
    assert type(whole) is str
    bits = np.random.default_rng(0).integers(8, size=len(content)).tolist()
    with (tmp_path / "run").open("r+b", buffering=0) as file:
        for at, bit in enumerate(bits):
            file.seek(at)
            file.write(bytes([content[at] ^ 1 << bit]))
            found = resumed(tmp_path / "run")
            assert type(found) is ValueError or found == whole, f"byte {at}, bit {bit}"
            file.seek(at)
            file.write(content[at : at + 1])


@given(st.data())
def test_a_checkpoint_that_is_cut_short_is_seen(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("w") / "run"
    trained(path)
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    assert type(resumed(path)) is ValueError


def test_files_of_the_format_before_load():
    batches = nn.Batches(
        np.zeros((11, 3)), np.zeros(11), size=3, rng=np.random.Generator(np.random.MT19937(0))
    )
    rng = np.random.default_rng(0)
    like = net(sizes=(3, 2))
    found = nn.load_checkpoint(
        OLD / "format_1.training", like, nn.Adam(0.01), batches=batches, rng=rng
    )
    assert same_trees(found.model, nn.load(OLD / "format_1.model", like=like))
    assert (found.step, found.state.steps, found.history.steps) == (5, 5, [2, 4, 5])
    assert [*found.history.validation] == ["norm"]
    assert (batches.epoch, batches.given) == (2, 1)
    again = np.random.default_rng(7)
    for rows in (3, 3, 3, 2, 3):
        again.random((rows, 3))
    assert rng.bit_generator.state == again.bit_generator.state


def test_the_library_of_the_format_reads_ours_and_we_read_its(tmp_path):
    library = pytest.importorskip("safetensors.numpy")
    every = {
        "": np.zeros((0, 3)),
        'a"\\π': np.array(True),
        **{dtype: np.arange(3).astype(dtype) for dtype in files.CODES},
        "header_crc32": np.float32(3),
    }
    nn.save(tmp_path / "ours", every)
    theirs = library.load_file(tmp_path / "ours")
    assert theirs.keys() == every.keys()
    assert all(same_trees(theirs[name], np.asarray(every[name])) for name in every)
    named = {name: np.asarray(array) for name, array in every.items()}
    library.save_file(named, tmp_path / "theirs", {"note": "theirs"})
    assert same_trees(nn.load(tmp_path / "theirs", like=named), named)


# ---- checkpoints that somebody has changed, checksums included ----


def rewritten(path, change, arrays=lambda arrays: None):
    """The file with other JSON and other arrays, and right checksums."""
    held, texts = files.read(path, lambda kinds, texts: None)
    rest = json.loads(texts["training"])
    change(rest)
    arrays(held)
    files.write(path, held, {"training": json.dumps(rest)})


CHANGES = {
    "step -1": (lambda rest: rest.update(step=-1), "step is -1, and counts from 0"),
    "step 1.5": (lambda rest: rest.update(step=1.5), "step is 1.5"),
    "step true": (lambda rest: rest.update(step=True), "step is True"),
    "step infinite": (lambda rest: rest.update(step=float("inf")), "step is inf"),
    "step text": (lambda rest: rest.update(step="5"), "step is '5'"),
    "no step": (lambda rest: rest.pop("step"), "'step'"),
    "step before the history": (lambda rest: rest.update(step=4), "do not grow from 0 to at most"),
    "format": (
        lambda rest: rest.update(format=7),
        "is of format 7, and this version reads 1 and 2",
    ),
    "moments": (lambda rest: rest.update(state=5), "state is 5, and was to be a Moments"),
    "moments of a tuple": (
        lambda rest: rest.update(state={"tuple": [5, 1.0, 1.0]}),
        "state is a tuple, and was to be a Moments",
    ),
    "moment of a number": (
        lambda rest: rest["state"]["record"].update(mean=1.0),
        "state.mean is 1.0, and was to be a Sequential",
    ),
    "moments with more": (
        lambda rest: rest["state"]["record"].update(third=1.0),
        "record of steps, mean, square, third where Moments was expected",
    ),
    "steps of moments": (
        lambda rest: rest["state"]["record"].update(steps=-3),
        "state.steps is -3, and counts from 0",
    ),
    "steps of moments, whole": (
        lambda rest: rest["state"]["record"].update(steps=2.5),
        "state.steps is 2.5, and was to be int",
    ),
    "history": (lambda rest: rest.update(history=[1]), "does not fit"),
    "epoch": (lambda rest: position(rest).update(epoch=-1), "epoch is -1, and counts from 0"),
    "epoch 1.5": (lambda rest: position(rest).update(epoch=1.5), "epoch is 1.5"),
    "given": (lambda rest: position(rest).update(given=4), "given is 4, and counts from 0 up to 3"),
    "generator of batches": (
        lambda rest: generator(position(rest)["generator"]).update(state=-1),
        "no state of a PCG64",
    ),
    "generator": (lambda rest: generator(rest["rng"]).update(has_uint32=9), "no state of a PCG64"),
    "generator's kind": (
        lambda rest: generator(rest["rng"]).update(bit_generator="MT19937"),
        "no state of a PCG64: give a generator of the kind that was saved",
    ),
    "no generator's state": (lambda rest: rest.update(rng=3), "no state of a PCG64"),
}


class Pairs:
    """A written dict, to be changed."""

    def __init__(self, written):
        self.pairs = written["dict"]

    def __getitem__(self, key):
        return dict(map(tuple, self.pairs))[key]

    def update(self, **new):
        self.pairs[:] = [[key, new.get(key, value)] for key, value in self.pairs]


def position(rest):
    return Pairs(rest["batches"])


def generator(written):
    return Pairs(written)


@pytest.mark.parametrize("change, told", CHANGES.values(), ids=list(CHANGES))
def test_a_changed_checkpoint_is_refused_by_name_and_nothing_has_moved(tmp_path, change, told):
    trained(tmp_path / "run")
    rewritten(tmp_path / "run", lambda rest: None)
    assert type(resumed(tmp_path / "run")) is str
    rewritten(tmp_path / "run", change)
    assert told in str(resumed(tmp_path / "run"))


@pytest.mark.parametrize(
    "change, told",
    [
        (
            lambda held: held.update({"state.mean.layers.0.bias": np.ones(3)}),
            "state.mean.layers.0.bias is an array of shape (3,), and was to have shape (2,)",
        ),
        (
            lambda held: held.update({"state.mean.layers.0.bias": np.ones(2, int)}),
            "and was to be float64",
        ),
        (lambda held: held.update({"history.losses": np.ones(3)}), "series of shapes"),
        (lambda held: held.update({"history.losses": np.ones(1, int)}), "its series floats"),
        (lambda held: held.update({"history.steps": np.array([-5])}), "do not grow from 0"),
        (lambda held: held.pop("history.steps"), "'history.steps'"),
    ],
)
def test_changed_arrays_are_refused_by_name(tmp_path, change, told):
    trained(tmp_path / "run")
    rewritten(tmp_path / "run", lambda rest: None, change)
    assert told in str(resumed(tmp_path / "run"))


def test_positions_in_buffers_are_looked_at(tmp_path):
    """NumPy would read beyond the numbers that a generator holds."""
    for kind, name in ((np.random.MT19937, "pos"), (np.random.Philox, "buffer_pos")):
        batches = nn.Batches(np.arange(4), size=2, rng=np.random.Generator(kind(0)))
        there = batches.position
        inner = there["generator"]["state"] if name == "pos" else there["generator"]
        inner[name] = 10**6
        with pytest.raises(ValueError, match=f"no state of a {kind.__name__}"):
            batches.move_to(there)


def test_keys_that_stand_twice_are_refused(tmp_path):
    entry = b'{"dtype":"F64","shape":[],"data_offsets":[0,8]}'
    header = b'{"w":' + entry + b',"w":' + entry + b"}"
    (tmp_path / "w").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    with pytest.raises(ValueError, match=r"w: damaged: the key 'w' stands twice.*use a copy"):
        nn.load(tmp_path / "w", like={"w": 1.0})


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F64", "shape": [1], "data_offsets": [0, 8], "more": 1},
        {"dtype": "F64", "shape": [1.0], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [True], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [-1], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [1], "data_offsets": [0, 8, 8]},
        {"dtype": "F64", "shape": [1], "data_offsets": [8, 16]},
        {"dtype": "F64", "shape": [1], "data_offsets": [0, 4]},
        {"dtype": 3, "shape": [1], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [2**62, 4], "data_offsets": [0, 8]},
        [],
    ],
)
def test_headers_that_make_no_sense(tmp_path, entry):
    with pytest.raises(ValueError, match="bad: damaged"):
        nn.load(handmade(tmp_path / "bad", {"w": entry}, bytes(8)), like={"w": np.ones(1)})


def test_sizes_are_compared_before_room_is_made(tmp_path):
    for shape in ([0, 2**70], [2**70, 0]):
        entry = {"dtype": "F64", "shape": shape, "data_offsets": [0, 0]}
        with pytest.raises(ValueError, match="bad: "):
            nn.load(handmade(tmp_path / "bad", {"w": entry}), like={"w": np.ones(0)})
    (tmp_path / "bad").write_bytes((2**40).to_bytes(8, "little") + b"{}")
    with pytest.raises(ValueError, match=r"its header would have 1,099,511,627,776"):
        nn.load(tmp_path / "bad", like={})


def test_truths_are_0_or_1(tmp_path):
    entry = {"dtype": "BOOL", "shape": [1], "data_offsets": [0, 1]}
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        nn.load(handmade(tmp_path / "bad", {"w": entry}, b"\2"), like={"w": np.ones(1, bool)})


def test_the_header_is_under_a_checksum_of_its_own(tmp_path):
    """It is compared before an array is read; that of the arrays is as it was in format 1."""
    nn.save(tmp_path / "w", {"w": np.ones(2)})
    content = (tmp_path / "w").read_bytes()
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    found = re.search(rb'"header_crc32":"([0-9a-f]{8})"', header)[1]
    assert f"{zlib.crc32(header.replace(found, b'0' * 8)):08x}".encode() == found


# ---- states of optimisers ----


def test_what_a_state_may_become():
    check_like({"t": 3, "past": [1.0], "m": np.ones(2)}, {"t": 0, "past": [], "m": None})
    check_like([np.float64(2), 1.0], [0.5, np.array(3.0)])
    check_like(2 + 1j, 2.0)
    with pytest.raises(ValueError, match=r"state has the parts \['t', 'm'\], .* begins as None"):
        check_like({"t": 0, "m": 1.0}, {"t": 0})
    for state, like in ((1.5, 0), (True, 0), (1, 0.5), (None, 0.5), ([1.0], (1.0,))):
        with pytest.raises(ValueError, match=r"state is .*, and was to be"):
            check_like(state, like)
