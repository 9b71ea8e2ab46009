"""What type checkers infer of the public names: the cases say it beside each expression.

A line of `tests/support/inferred` ends with the type that both checkers find, or with the codes of
the errors that they find there.  Where they differ, `mypy: …; pyright: …` says so.
"""

import json
import re
import shutil
import subprocess
from functools import cache

import pytest

from tests.support.sources import ROOT

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


@cache
def mypy(*paths):
    """What mypy says of all files at once, with the settings of the project, which are strict."""
    api = pytest.importorskip("mypy.api", reason="mypy is not installed")
    out, problem, _ = api.run(["--no-error-summary", *map(str, paths)])
    assert not problem, problem
    return [found.groupdict() for found in map(SAID.match, out.splitlines()) if found]


def test_what_mypy_infers(monkeypatch):
    monkeypatch.chdir(ROOT)
    said = {}
    for note in mypy(*CASES):
        place = note["file"].rpartition("/")[2], int(note["line"])
        if revealed := re.match(r'Revealed type is "(.*)"$', note["text"]):
            said[place] = short(revealed[1])
        elif note["kind"] == "error":
            said[place] = "error: " + note["text"].rpartition("[")[2].rstrip("]")
    wrong = judged(said, "mypy")
    assert not wrong, "\n".join(wrong)


# ---- Pyright ----


def test_what_pyright_infers(monkeypatch):
    if not (pyright := shutil.which("pyright")):
        pytest.skip("pyright is not installed")
    monkeypatch.chdir(ROOT)
    out = subprocess.run(
        [pyright, "--outputjson", *map(str, CASES)], capture_output=True, encoding="utf-8"
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
