"""What an index shows of the package agrees with the code, and with what CITATION.cff says."""

import re
import tomllib

import autograd_lite as al
from tests.support import versions
from tests.support.sources import ROOT, read

PYPROJECT = tomllib.loads(read(ROOT / "pyproject.toml"))
PROJECT = PYPROJECT["project"]
CITATION = dict(re.findall(r'^([\w-]+): "?(.+?)"?$', read(ROOT / "CITATION.cff"), re.MULTILINE))


def classified(beginning):
    """The ends of the classifiers with this beginning."""
    found = [c.removeprefix(beginning) for c in PROJECT["classifiers"]]
    return [end for end, whole in zip(found, PROJECT["classifiers"]) if end != whole]


def test_the_oldest_python_is_the_first_of_an_unbroken_row():
    minors = [int(m) for m in classified("Programming Language :: Python :: 3.")]
    assert minors == [*range(minors[0], minors[-1] + 1)]
    assert PROJECT["requires-python"] == f">=3.{minors[0]}"
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py3{minors[0]}"


def test_typed_packages_say_so():
    assert classified("Typing :: ") == ["Typed"]
    for package in PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert (ROOT / package / "py.typed").is_file()


def test_the_licence_is_an_expression_and_no_classifier():
    """PEP 639: an index refuses a package that says both."""
    assert PROJECT["license"] == "MIT" and classified("License :: ") == []
    assert read(ROOT / PROJECT["license-files"][0]).startswith("MIT License")


def test_the_citation_is_of_this_package():
    assert CITATION["title"] == PROJECT["name"]
    assert CITATION["version"] == al.__version__
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["abstract"] == PROJECT["description"]
    assert CITATION["repository-code"] == PROJECT["urls"]["Homepage"]
    assert re.findall(r"^  - name: (.*)$", read(ROOT / "CITATION.cff"), re.MULTILINE) == [
        author["name"] for author in PROJECT["authors"]
    ]


def test_what_the_sdist_takes_is_there():
    assert [
        name
        for name in PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
        if not (ROOT / name).exists()
    ] == []


def test_the_oldest_packages_are_the_bounds():
    found = versions.bounds()
    assert {line.partition("==")[0] for line in found} >= {"numpy", "scipy", "llvmlite", "pytest"}
    lines = sum(PROJECT["optional-dependencies"].values(), PROJECT["dependencies"])
    assert {line.replace("==", ">=") for line in found} <= {
        re.sub(r"\[.*?\]|;.*", "", line) for line in lines
    }


def test_a_run_is_counted_and_shown_in_a_row():
    """What ends without a test that fails has failed, as where nothing could be collected."""
    assert versions.counted("1 failed, 20 passed, 3 skipped in 9.81s", 1) == (20, 3, 1)
    assert versions.counted("20 passed, 2 errors in 0.35s", 1) == (20, 0, 2)
    assert versions.counted("7 passed in 1.00s", 0) == (7, 0, 0)
    assert versions.counted("no tests ran in 0.01s", 4) == (0, 0, "pytest ended with 4")
    shown = versions.table([("3.11.7", "oldest", "2.0.0", "1.17.0", 20, 3, 1)])
    assert [line.split() for line in shown.splitlines()] == [
        [*versions.COLUMNS],
        ["3.11.7", "oldest", "2.0.0", "1.17.0", "20", "3", "1"],
    ]
