"""The site: it is built without a warning, its links lead somewhere, every public name is on it."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.sources import ROOT

NEEDED = ("mkdocs", "material", "mkdocstrings", "latex2mathml", "IPython", "scipy")
TAG, ATTRIBUTE = re.compile(r"<[a-z][^<>]*>"), re.compile(r'\b(id|name|href|src)="([^"]+)"')
EXECUTED = os.environ.get("HYPOTHESIS_PROFILE") == "full"  # make full


class Page:
    """What a page of HTML links to and loads, and what on it can be linked to."""

    def __init__(self, text):
        given = [a for tag in TAG.findall(text) for a in ATTRIBUTE.findall(tag)]
        self.links = [unescape(value) for name, value in given if name in ("href", "src")]
        self.anchors = {unescape(value) for name, value in given if name in ("id", "name")}


def read(folder):
    """Every page of a folder by its path, but for the one that a server shows for others."""
    paths = [path for path in folder.rglob("*.html") if path.name != "404.html"]
    return {path: Page(path.read_text(encoding="utf-8")) for path in paths}


def faults(folder):
    """Links that lead outside, to no file, or to no place on a page."""
    pages = read(folder)
    for path, page in pages.items():
        for link in page.links:
            if link.startswith("data:"):
                continue
            scheme, host, target, _, place = urlsplit(link)
            there = (path.parent / unquote(target)).resolve() if target else path
            there = there / "index.html" if there.is_dir() else there
            if scheme or host:
                yield f"{path.name}: {link} is outside"
            elif not there.exists():
                yield f"{path.name}: {link} is no file"
            elif place and there in pages and unquote(place) not in pages[there].anchors:
                yield f"{path.name}: {link} is no place"


def test_faults_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h2 id="x"></h2><a href="b.html#y"></a><img src="c.png">', encoding="utf-8"
    )
    (tmp_path / "b.html").write_text(
        '<a href="a.html#x"></a><script src="https://e.org/s.js">', encoding="utf-8"
    )
    assert sorted(faults(tmp_path)) == [
        "a.html: b.html#y is no place",
        "a.html: c.png is no file",
        "b.html: https://e.org/s.js is outside",
    ]


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/**/*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_kept_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    codes = [cell for cell in cells if cell["cell_type"] == "code"]
    assert codes
    assert not any(cell["outputs"] or cell["execution_count"] for cell in codes)


def test_pages_begin_with_what_the_reader_gets():
    texts = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")}
    first = {path.name: text.split("\n\n")[1] for path, text in texts.items()}
    assert [
        n for n, says in first.items() if not says.startswith(("After this page", "Here you"))
    ] == []


@pytest.mark.slow
def test_the_site(tmp_path):
    """Notebooks are executed in `make full`."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        pytest.skip(f"{missing[0]} is not installed: pip install 'autograd_lite[docs]'")
    from docs.hooks.names import public

    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    quiet = {"NO_MKDOCS_2_WARNING": "1", "NOTEBOOKS": "executed" if EXECUTED else "unexecuted"}
    done = subprocess.run(
        build, cwd=ROOT, env=os.environ | quiet, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert [*faults(tmp_path)] == []
    places = set().union(*(page.anchors for page in read(tmp_path / "reference").values()))
    assert [name for name in public() if name not in places] == []
