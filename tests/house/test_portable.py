"""What runs here runs on Windows: texts are UTF-8 whatever the system's habit is, and it is said.

A file, or the output of a process, that is opened as text without ``encoding=`` is read in the
code page of the system, where ∇ is something else.  A long of C has 32 bits there.
"""

import ast
import re

import pytest

from tests.support.sources import ROOT, files, parsed, read

FOLDERS = ("autograd_lite", "nn", "tests", "examples", "benchmarks", "docs")
SOURCES = [path for folder in FOLDERS for path in files(folder).values()]
MODE = re.compile(r"[rwaxt+]{1,3}")


def constant(node):
    return node.value if isinstance(node, ast.Constant) else None


def opens_text_somehow(call):
    """Whether a call opens a text without saying how it is encoded."""
    given = {keyword.arg: constant(keyword.value) for keyword in call.keywords}
    if "encoding" in given or None in given:  # or **options, which are not seen
        return False
    match call.func:
        case ast.Attribute(attr="read_text"):
            return not call.args
        case ast.Attribute(attr="write_text"):
            return len(call.args) < 2
        case ast.Name(id="open"):
            mode = constant(call.args[1]) if len(call.args) > 1 else given.get("mode", "r")
            return isinstance(mode, str) and "b" not in mode
        case ast.Attribute(attr="open", value=ast.Name(id="os" | "tarfile" | "gzip")):
            return False
        case ast.Attribute(attr="open"):
            mode = constant(call.args[0]) if call.args else given.get("mode", "r")
            return isinstance(mode, str) and MODE.fullmatch(mode) is not None and bool(call.args)
        case ast.Attribute(attr="run" | "Popen" | "check_output"):
            return bool(given.get("text") or given.get("universal_newlines"))
    return False


def unsaid(source):
    """The lines on which a text is opened without saying how it is encoded."""
    calls = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if opens_text_somehow(call)]


def test_encodings_are_said():
    found = {path.relative_to(ROOT).as_posix(): unsaid(read(path)) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        *("open('x')", "open('x', 'w')", "open('x', mode='a')", "path.open('w')"),
        *("path.read_text()", "path.write_text('∇')"),
        *("subprocess.run(c, text=True)", "subprocess.Popen(c, universal_newlines=True)"),
    ],
)
def test_what_is_unsaid_is_found(code):
    assert unsaid(code) == [1]
    comma = "" if code.endswith("()") else ", "
    assert unsaid(f"{code[:-1]}{comma}encoding='utf-8')") == []


@pytest.mark.parametrize(
    "code", ["open('x', 'rb')", "os.open('x', flags)", "path.open('wb')", "subprocess.run(c)"]
)
def test_bytes_need_none(code):
    assert unsaid(code) == []


def test_native_code_knows_no_long():
    """Whole numbers of 64 bits are "q" on Windows, and "l" elsewhere: INT64 is the letter."""
    sources = files("autograd_lite/native").values()
    constants = [node for path in sources for node in ast.walk(parsed(read(path)))]
    letters = {node.value for node in constants if isinstance(node, ast.Constant)}
    assert {"d", "f", "?"} <= letters and not letters & {"l", "c_long"}
    names = {node.attr for node in constants if isinstance(node, ast.Attribute)}
    assert "c_ssize_t" in names and not names & {"c_long", "c_ulong"}
