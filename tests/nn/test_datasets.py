"""IDX files, whole and damaged; MNIST from a folder, and from servers that fail."""

import gzip
import hashlib
import math
import struct
import threading
import tracemalloc
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nn
from nn.data import datasets
from tests.support import mnist
from tests.support.mnist import CODES, idx

#: Without the time, since parameters are named by their bytes, and xdist collects them twice.
zipped = partial(gzip.compress, mtime=0)


def written(folder, content, name="file"):
    path = folder / name
    path.write_bytes(content)
    return path


# ---- whole files ----

arrays = st.sampled_from([*CODES]).flatmap(
    lambda code: hnp.arrays(np.dtype(code), hnp.array_shapes(min_dims=0, min_side=0, max_side=4))
)


@given(arrays, st.booleans())
def test_what_was_written_is_read(tmp_path_factory, array, compressed):
    content = zipped(idx(array)) if compressed else idx(array)
    found = nn.read_idx(written(tmp_path_factory.mktemp("idx"), content))
    assert found.dtype == array.dtype and found.dtype.isnative
    assert found.shape == array.shape and found.tobytes() == array.tobytes()


# ---- damaged files: every error is a ValueError that names the file ----

LABELS = idx(np.arange(300, dtype=np.uint8))


@given(st.data(), st.booleans())
def test_no_part_of_a_file_is_taken_for_the_whole(tmp_path_factory, data, compressed):
    content = zipped(LABELS) if compressed else LABELS
    cut = data.draw(st.integers(0, len(content) - 1))
    path = written(tmp_path_factory.mktemp("idx"), content[:cut], "broken")
    with pytest.raises(ValueError, match=r"broken: (truncated|not an IDX file)"):
        nn.read_idx(path)


@given(st.data())
def test_no_changed_byte_of_compressed_data_goes_unseen(tmp_path_factory, data):
    """Unless it is one of those that gzip does not mind: time, system and the like."""
    content = bytearray(zipped(LABELS))
    at = data.draw(st.integers(10, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path = written(tmp_path_factory.mktemp("idx"), content, "broken")
    with pytest.raises(ValueError, match="broken: "):
        nn.read_idx(path)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "it begins with nothing"),
        (b"PK\3\4 and more", "not an IDX file: it begins with 50 4b 03 04"),
        (b"\0\0\x07\1\0\0\0\0", "begins with 00 00 07 01"),
        (b"\0\0\x08\xff" + b"\0\0\0\1" * 255 + b"0", "not an IDX file"),
        (LABELS + b"0", "has 301"),
        (zipped(LABELS + b"0"), "has more"),
        (zipped(LABELS) + zipped(b"0"), "has more"),
        (zipped(LABELS)[:-6] + b"\0" * 6, "damaged gzip data"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, message):
    with pytest.raises(ValueError, match=f"broken: .*{message}"):
        nn.read_idx(written(tmp_path, content, "broken"))


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("promise", [(2**32 - 1,) * 3, (2**32 - 1,) * 64, (1000, 1000, 1000)])
def test_promises_allocate_nothing(tmp_path, promise, compressed):
    """Neither sizes beyond all bounds, nor ones below the limit that the file cannot hold."""
    content = struct.pack(f">HBB{len(promise)}I", 0, 8, len(promise), *promise) + b"0"
    path = written(tmp_path, zipped(content) if compressed else content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="promises uint8 of shape"):
            nn.read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 2e6
    finally:
        tracemalloc.stop()


def test_a_bomb_is_not_decompressed(tmp_path):
    """64 MB of zeros in 64 kB, behind a header that promises three bytes."""
    bomb = zipped(struct.pack(">HBBI", 0, 8, 1, 3) + bytes(1 << 26))
    path = written(tmp_path, bomb)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="3 bytes, and has more"):
            nn.read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 2e6
    finally:
        tracemalloc.stop()


def test_no_elements_of_a_size_beyond_numpy(tmp_path):
    path = written(tmp_path, struct.pack(">HBB3I", 0, 8, 3, 0, 2**32 - 1, 2**32 - 1), "broken")
    with pytest.raises(ValueError, match=r"broken: promises .* NumPy cannot hold"):
        nn.read_idx(path)


def test_a_limit_on_what_is_promised(tmp_path):
    path = written(tmp_path, LABELS)
    assert len(nn.read_idx(path, limit=300)) == 300
    with pytest.raises(ValueError, match="more than limit=299"):
        nn.read_idx(path, limit=299)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        nn.read_idx(tmp_path / "nowhere")


# ---- a folder ----


def small(n=5):
    """The four files of a small data set, uncompressed, by name."""
    rng = np.random.default_rng(0)
    parts = []
    for count in (n, n - 2):
        parts.append(idx(rng.integers(256, size=(count, 28, 28), dtype=np.uint8)))
        parts.append(idx(rng.integers(10, size=count, dtype=np.uint8)))
    return dict(zip(datasets.FILES, parts))


def fill(folder, files=None):
    folder.mkdir(exist_ok=True)
    for name, content in (files or small()).items():
        (folder / name).write_bytes(zipped(content))
    return folder


def test_a_folder_is_read(tmp_path, monkeypatch):
    fill(tmp_path / "mnist")
    (tmp_path / "mnist" / datasets.FILES[0]).unlink()
    (tmp_path / "mnist" / "train-images-idx3-ubyte").write_bytes(small()[datasets.FILES[0]])
    data = nn.mnist(tmp_path / "mnist")
    assert data.x.shape == (5, 28, 28) and data.x_validation.shape == (3, 28, 28)
    assert data.x.dtype == np.float32 and data.y.dtype == np.uint8
    raw = nn.read_idx(tmp_path / "mnist" / "train-images-idx3-ubyte")
    assert np.array_equal(np.rint(data.x * 255), raw) and data.x.max() <= 1
    assert np.array_equal(nn.mnist(tmp_path).x, data.x)
    monkeypatch.setenv(datasets.FOLDER, str(tmp_path))
    assert np.array_equal(nn.mnist().x, data.x)
    with pytest.raises(FileNotFoundError, match=r"fashion-mnist: .* has no train-images"):
        nn.fashion_mnist()


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("name, other", [("mnist", "fashion-mnist"), ("fashion-mnist", "mnist")])
def test_one_set_is_not_taken_for_the_other(tmp_path, name, other, part):
    """Their files have the same names, in the folder itself too."""
    read = {"mnist": nn.mnist, "fashion-mnist": nn.fashion_mnist}
    files = small(20)
    place = datasets.FILES[2 * part + 1]
    labels = np.resize(datasets.SOURCES[other].labels[part], 20 - 2 * part)
    files[place] = idx(labels.astype(np.uint8))
    fill(tmp_path, files)
    with pytest.raises(ValueError, match=rf"{name}: .*{place} has the labels of {other}"):
        read[name](tmp_path)
    assert len(read[other](tmp_path).x) == 20
    (tmp_path / name).mkdir()
    fill(tmp_path / name, small(7))
    assert len(read[name](tmp_path).x) == 7 and len(read[other](tmp_path).x) == 20


def test_images_need_their_labels(tmp_path):
    files = small()
    name = datasets.FILES[3]
    files[name] = idx(np.zeros(4, np.uint8))
    with pytest.raises(ValueError, match=rf"{name} uint8 of \(4,\)"):
        nn.mnist(fill(tmp_path / "mnist", files))


@pytest.mark.slow
@mnist.NEEDED
def test_the_files_of_mnist():
    data = nn.mnist(mnist.FOLDER)
    assert data.x.shape == (60_000, 28, 28) and data.x_validation.shape == (10_000, 28, 28)
    first = tuple(data.y[:10].tolist()), tuple(data.y_validation[:10].tolist())
    assert first == datasets.SOURCES["mnist"].labels
    with pytest.raises(ValueError, match="has the labels of mnist"):
        nn.fashion_mnist(mnist.FOLDER)
    raw = np.rint(data.x * 255).astype(np.uint8)
    header = struct.pack(">HBBIII", 0, 8, 3, *raw.shape)
    digest = hashlib.md5(header + raw.tobytes()).hexdigest()
    assert digest == "6bbc9ace898e44ae57da46a324031adb"  # of the training images, uncompressed


# ---- the net ----


class Server:
    """Files on a port of this machine; ``spoil`` may change an answer, ``cut`` ends it early."""

    def __init__(self, files):
        self.files, self.asked = dict(files), []
        self.spoil = self.cut = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                content = outer.files.get(self.path.rpartition("/")[2])
                if content is None:
                    return self.send_error(404)
                if outer.spoil:
                    content = content[:-1] + bytes([content[-1] ^ 1])
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if outer.cut else content)

            def log_message(self, *what):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def mirrors(monkeypatch, tmp_path):
    """Two servers with the same small data set, and a cache in a folder."""
    pooch = pytest.importorskip("pooch")
    files = {name: zipped(content) for name, content in small().items()}
    servers = [Server(files), Server(files)]
    source = datasets.Source(
        tuple(server.url for server in servers),
        tuple(hashlib.sha256(files[name]).hexdigest() for name in datasets.FILES),
        datasets.SOURCES["mnist"].labels,
    )
    monkeypatch.setitem(datasets.SOURCES, "mnist", source)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.delenv(datasets.FOLDER, raising=False)
    pooch.get_logger().setLevel("ERROR")
    yield servers
    for server in servers:
        server.close()


def left(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_first_mirror_is_enough_and_asked_once(mirrors, tmp_path):
    first, second = mirrors
    data = nn.mnist()
    assert np.array_equal(nn.mnist().y, data.y) and len(data.x) == 5
    assert first.asked == [f"/{name}" for name in datasets.FILES] and second.asked == []
    assert left(tmp_path) == sorted(datasets.FILES)


@pytest.mark.parametrize("fault", ["spoil", "cut", "missing", "down"])
def test_the_second_mirror_stands_in_for_the_first(mirrors, tmp_path, fault):
    first, second = mirrors
    if fault == "missing":
        first.files.clear()
    elif fault == "down":
        first.close()
    else:
        setattr(first, fault, True)
    assert len(nn.mnist().x) == 5
    assert second.asked == [f"/{name}" for name in datasets.FILES]
    assert left(tmp_path) == sorted(datasets.FILES)


@pytest.mark.parametrize("fault", ["spoil", "cut"])
def test_no_broken_file_is_left_behind(mirrors, tmp_path, fault):
    for server in mirrors:
        setattr(server, fault, True)
    with pytest.raises(OSError, match=f"(?s){datasets.FILES[0]} could not.*{mirrors[1].url}"):
        nn.mnist()
    assert left(tmp_path) == []


def test_a_file_that_broke_in_the_cache_is_fetched_again(mirrors, tmp_path):
    nn.mnist()
    (path,) = tmp_path.rglob(datasets.FILES[1])
    path.write_bytes(path.read_bytes()[:-1])
    assert len(nn.mnist().x) == 5
    assert mirrors[0].asked[-1].endswith(datasets.FILES[1]) and len(mirrors[0].asked) == 5


def test_sources_are_complete():
    for source in datasets.SOURCES.values():
        assert len(source.mirrors) == 2 and all(url.endswith("/") for url in source.mirrors)
        assert len(source.sha256) == len(datasets.FILES)
        assert all(math.log2(int(digest, 16)) < 256 == 4 * len(digest) for digest in source.sha256)
