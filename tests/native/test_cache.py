"""The cache of machine code: whatever becomes of its folder, the bits are right."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
from tests.support.equality import same_trees

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

from autograd_lite.native import building

X = np.array([0.5, -1.0])


def f(x):
    return np.sum(np.sin(x) * x)


def check():
    """Compile, run and compare."""
    compiled = al.compile(al.grad(f), backend="native")
    for _ in range(2):
        assert same_trees(compiled(X), al.grad(f)(X))
    assert compiled.programs[0].account.native


@pytest.fixture
def place(monkeypatch, tmp_path):
    """An empty folder for the cache."""
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def files(place):
    return sorted(place.iterdir()) if place.is_dir() else []


# ---- damage ----


def test_damage_anywhere_is_seen(place):
    check()
    (kept,) = files(place)
    whole = kept.read_bytes()
    assert building.load(kept.stem) == whole[32:]
    for i in {*range(40), *range(0, len(whole), 61), len(whole) - 1}:
        for damaged in (whole[:i], whole[:i] + bytes([whole[i] ^ 4]) + whole[i + 1 :]):
            kept.write_bytes(damaged)
            assert building.load(kept.stem) is None
    for damaged in (b"", whole + b"\0", whole[1:], bytes(len(whole)), whole[::-1]):
        kept.write_bytes(damaged)
        assert building.load(kept.stem) is None


@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b[:90] + b"\xff" + b[91:]])
def test_a_damaged_file_is_made_anew(place, damage):
    check()
    (kept,) = files(place)
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    check()
    assert kept.read_bytes() == whole and files(place) == [kept]


def test_the_file_of_another_program_is_not_used(place):
    check()
    (kept,) = files(place)
    other = al.compile(lambda x: np.cos(x) * x + 1.0, backend="native")
    other(X)
    (its,) = set(files(place)) - {kept}
    kept.write_bytes(its.read_bytes())
    assert building.load(kept.stem) is None
    check()


def test_a_folder_in_place_of_a_file(place):
    check()
    (kept,) = files(place)
    kept.unlink()
    kept.mkdir()
    check()
    assert files(place) == [kept]


# ---- nowhere to write ----


def failing(error):
    def fail(*args, **options):
        raise error

    return fail


class Full:
    """A file on a full disk: the error comes when it is written to, or when it is closed."""

    def __init__(self, file, at):
        self.file, self.at = file, at

    def __enter__(self):
        return self

    def write(self, made):
        self.file.write(made[: len(made) // 2])
        if self.at == "write":
            raise OSError(errno.ENOSPC, "No space left on device")

    def __exit__(self, *exception):
        self.file.close()
        if self.at == "close":
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("at", ["write", "close"])
def test_a_full_disk(place, monkeypatch, at):
    right = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda *args: Full(right(*args), at))
    check()
    assert not files(place)
    monkeypatch.undo()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("what", ["mkdir", "mkstemp", "replace", "read_bytes"])
def test_a_folder_that_refuses(place, monkeypatch, what, code):
    owner = {"mkdir": Path, "mkstemp": tempfile, "replace": os, "read_bytes": Path}[what]
    monkeypatch.setattr(owner, what, failing(OSError(code, os.strerror(code))))
    check()
    assert not [name for name in files(place) if name.suffix != ".o"]


def test_a_folder_that_may_only_be_read(place):
    check()
    (kept,) = files(place)
    place.chmod(0o500)
    kept.chmod(0o400)
    try:
        check()
        al.compile(lambda x: np.cos(x) * x + 1.0, backend="native")(X)
        if hasattr(os, "geteuid") and os.geteuid():  # root may write everywhere
            assert files(place) == [kept]
    finally:
        place.chmod(0o700)


def test_nobody_is_at_home(monkeypatch):
    for name in ("AUTOGRAD_LITE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "expanduser", failing(RuntimeError("no home")))
    assert building.folder() is None
    check()


# ---- company ----

SHARED = """
import sys
import numpy as np, autograd_lite as al
functions = [lambda x, k=k: np.sum(np.sin(x) * (x + k)) for k in range(4)]
x = np.array([0.5, -1.0])
print("ready", flush=True)
sys.stdin.readline()
for f in functions:
    compiled = al.compile(al.grad(f), backend="native")
    for _ in range(2):
        assert compiled(x).tobytes() == al.grad(f)(x).tobytes()
"""


def test_several_processes_share_a_folder(place):
    """All begin at once with an empty one, and again with one whose files are cut."""
    for _ in range(2):
        run = [sys.executable, "-c", SHARED]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        processes = [subprocess.Popen(run, text=True, **pipes) for _ in range(3)]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
        found = files(place)
        assert len(found) == 4 and {x.suffix for x in found} == {".o"}
        assert all(building.load(x.stem) for x in found)
        for x in found:
            x.write_bytes(x.read_bytes()[:-1])
