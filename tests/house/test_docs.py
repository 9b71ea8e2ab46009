"""What the documentation shows is true: docstring examples, Python blocks of README and docs."""

import doctest
import html
import importlib
import re

import pytest

from tests.support.sources import ROOT, files

ENGINE = ROOT / "autograd_lite"
OPTIONAL = {"dask", "hypothesis", "pooch", "scipy", "tqdm"}
PEERS = {"autograd", "jax", "micrograd", "mygrad", "torch"}
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r"\s*```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MODULES = [*files("autograd_lite"), *files("nn")]
PAGES = ["README.md", *(p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob("docs/**/*.md")))]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL:
            raise
        pytest.skip(f"{error.name} is not installed")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("page", PAGES)
def test_pages(page, tmp_path, monkeypatch, capsys):
    """The blocks of a page are one script, which has the page's line numbers.

    What the page shows as output right after a block is what the block prints.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    text, names = (ROOT / page).read_text(encoding="utf-8"), {"__name__": "__main__"}
    script = tmp_path / "script.py"  # for errors show the line that they name
    script.write_text(code_of(text), encoding="utf-8")
    for block in BLOCK.finditer(text):
        above = text.count("\n", 0, block.start(1))
        try:
            exec(compile("\n" * above + block[1], script, "exec"), names)
        except ModuleNotFoundError as error:
            if error.name not in OPTIONAL | PEERS:
                raise
            pytest.skip(f"{error.name} is not installed")
        printed = capsys.readouterr().out
        shown = OUTPUT.match(text, block.end())
        if shown:
            assert words(printed) == words(shown[1])


@pytest.mark.parametrize("page", ["explanation/glossary.md", "tutorial/small-engine.md"])
def test_files_that_a_page_names(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+(?:\.py|/))`", text)
    assert named
    assert [n for n in named if not any((p / n).exists() for p in (ROOT, ENGINE))] == []


def test_the_glossary_says_where_things_live():
    entries = (ROOT / "docs/explanation/glossary.md").read_text(encoding="utf-8").split("\n- ")[1:]
    assert len(entries) > 20
    assert [e for e in entries if not re.search(r"`[\w/]+(\.py|/)`", e)] == []


def code_of(text):
    """The blocks of a page at their lines, with nothing between them."""
    code, end = "", 0
    for block in BLOCK.finditer(text):
        code += "\n" * text.count("\n", end, block.start(1)) + block[1]
        end = block.end(1)
    return code


def words(text):
    """The words, wherever lines are broken, and whatever line of the script is named."""
    return re.sub(r"\S*script\.py:\d+", "script.py", text).split()


@pytest.mark.slow
def test_the_picture_of_the_rooms_is_that_of_the_code():
    """`python -m docs.rooms` draws it anew."""
    from docs import rooms

    svg = html.unescape(rooms.PICTURE.read_text(encoding="utf-8"))
    drawn = set(re.findall(r"<title>(.*?)</title>", svg)) - {"rooms"}
    arrows = rooms.reduced(rooms.imports())
    assert drawn == {*arrows} | {f"{a}->{b}" for a, others in arrows.items() for b in others}
    assert len(arrows) <= 20
