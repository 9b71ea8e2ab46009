"""What type checkers infer of the public names: the cases say it beside each expression.

A line of `tests/support/inferred` ends with the type that both checkers find, or with the codes of
the errors that they find there.  Where they differ, `mypy: …; pyright: …` says so.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from tests.support.sources import ROOT, read

TOML = tomllib.loads(read(ROOT / "pyproject.toml"))
CASES = sorted((ROOT / "tests" / "support" / "inferred").glob("*.py"))
EXPECTED = re.compile(r"  # (?P<text>.*)$")
TWO = re.compile(r"mypy: (?P<mypy>.*); pyright: (?P<pyright>.*)")

#: How long types are written in the cases.
SHORT = (
    (r"\b(?:\w+\.)+(?=[A-Za-z_])", ""),  # the module of a name
    (r"(n?d?array)\[tuple\[Any, \.\.\.\], dtype\[Any\]\]", r"ndarray"),
    (r"ndarray\[tuple\[Any, \.\.\.\], dtype\[float64\]\]", "Floats"),
    (r"dict\[str, ndarray\]", "Tree"),
    (r"\[def \(|, def \(", lambda found: found[0].replace("def ", "")),
    (r"^def \(", "("),
    (r" =(?=[,)\]])", " = ..."),
    (r" = [\w.]+(?=[,)\]])", " = ..."),
    (r"(Derived|Compiled)\[\((.*?)\), ", r"\1[[\2], "),
)


def short(text):
    for pattern, replacement in SHORT:
        text = re.sub(pattern, replacement, text)
    return text


def expected(checker):
    """What each line of the cases is to give, by file and line."""
    found = {}
    for path in CASES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            said = EXPECTED.search(line)
            if not said:
                continue
            text = said["text"]
            if two := TWO.match(text):
                text = two[checker]
            found[path.name, number] = text
    return found


def judged(said, checker):
    """The lines at which something else was said than the cases expect."""
    wanted, wrong = expected(checker), []
    for place in sorted({*wanted, *said}):
        want, got = wanted.get(place, "nothing"), said.get(place, "nothing")
        if want.startswith("error: "):
            got_codes = got.removeprefix("error: ").split()
            right = got.startswith("error: ") and {*got_codes} <= {*want.split()}
        else:
            right = want == got
        if not right:
            wrong.append(f"{place[0]}:{place[1]}: {got}, and not {want}")
    return wrong


# ---- mypy ----

SAID = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): (?P<kind>\w+): (?P<text>.*)$")


@pytest.fixture(scope="module")
def said_by_mypy(tmp_path_factory):
    """What mypy says of the cases and of README, in one run, with the settings of the project."""
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    if np.lib.NumpyVersion(np.__version__) < "2.4.0":
        pytest.skip("the cases say what the stubs of NumPy 2.4 lead to")
    readme = tmp_path_factory.mktemp("types") / "readme.py"
    readme.write_text(python_of(read(ROOT / "README.md")), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        out, problem, _ = api.run(["--no-error-summary", *map(str, [*CASES, readme])])
    assert not problem, problem
    return [found.groupdict() for found in map(SAID.match, out.splitlines()) if found]


def python_of(page):
    """The blocks of a page as one script, on the lines where they stand."""
    inside, lines = False, []
    for line in page.splitlines():
        begins, ends = line == "```python", line == "```"
        lines.append("" if begins or ends or not inside else line)
        inside = begins or (inside and not ends)
    return "\n".join([*lines, ""])


def test_what_mypy_infers(said_by_mypy):
    said = {}
    for note in said_by_mypy:
        place = note["file"].rpartition("/")[2], int(note["line"])
        if revealed := re.match(r'Revealed type is "(.*)"$', note["text"]):
            said[place] = short(revealed[1])
        elif note["kind"] == "error" and place[0] != "readme.py":
            said[place] = "error: " + note["text"].rpartition("[")[2].rstrip("]")
    wrong = judged(said, "mypy")
    assert not wrong, "\n".join(wrong)


def test_readme_passes_mypy_strict(said_by_mypy):
    """Functions of README have types, as in ``def loss(p: dict[str, Array], …) -> np.float64``."""
    assert TOML["tool"]["mypy"]["strict"]
    errors = [note for note in said_by_mypy if note["kind"] == "error"]
    assert not [note for note in errors if note["file"].endswith("readme.py")]
    assert errors  # those that the cases expect, so mypy was there


def test_blocks_keep_their_lines():
    page = "text\n```python\nx = 1\n```\n```text\n1\n```\n```python\ny = x\n```\n"
    assert python_of(page).split("\n")[:9] == ["", "", "x = 1", "", "", "", "", "", "y = x"]


# ---- Pyright ----


@pytest.mark.slow
def test_what_pyright_infers(monkeypatch):
    if not (pyright := shutil.which("pyright")):
        pytest.skip("pyright is not installed")
    monkeypatch.chdir(ROOT)
    out = subprocess.run(
        [pyright, "--outputjson", "--pythonpath", sys.executable, *map(str, CASES)],
        capture_output=True,
        encoding="utf-8",
    ).stdout
    said = {}
    for note in json.loads(out)["generalDiagnostics"]:
        place = note["file"].rpartition("/")[2], note["range"]["start"]["line"] + 1
        if revealed := re.match(r'Type of ".*" is "(.*)"$', note["message"], re.DOTALL):
            said[place] = short(revealed[1]).replace("Unknown", "Any")
        elif note["severity"] == "error":
            said[place] = f"error: {note['rule']}"
    wrong = judged(said, "pyright")
    assert not wrong, "\n".join(wrong)
