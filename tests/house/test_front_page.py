"""README and CONTRIBUTING: short, without dead ends, and in agreement with what they name."""

import re
import tomllib

import pytest

from tests.support.sources import ROOT, read

PROJECT = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
README, CONTRIBUTING = read(ROOT / "README.md"), read(ROOT / "CONTRIBUTING.md")
MAKEFILE = read(ROOT / "Makefile")
HOME = PROJECT["urls"]["Homepage"]
RAW = HOME.replace("github.com", "raw.githubusercontent.com")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def test_readme_is_read_in_one_sitting():
    assert len(README.splitlines()) <= 160


def test_pictures_are_found_from_a_package_index():
    """An index shows README without the repository, so addresses are whole."""
    images = re.findall(r'<img src="([^"]*)"', README) + re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert images
    for address in images:
        path = address.removeprefix(f"{RAW}/main/")
        assert path.startswith("docs/figures/"), f"{address} is not {RAW}/main/docs/figures/…"
        assert (ROOT / path).is_file()


def test_links_lead_to_files_from_a_package_index():
    links = re.findall(r"^\[[\w-]+\]: (.*)$", README, re.MULTILINE)
    assert len(links) > 10 and "](" not in README
    for address in links:
        path = address.removeprefix(f"{HOME}/blob/main/")
        assert path != address and (ROOT / path).is_file(), address


def test_every_link_is_used_and_every_use_is_a_link():
    names = re.findall(r"^\[([\w-]+)\]: ", README, re.MULTILINE)
    assert {*re.findall(r"\]\[([\w-]+)\]", README)} == {*names}


def test_links_of_contributing():
    for path in re.findall(r"\]\((.*?)\)", CONTRIBUTING):
        assert (ROOT / path).is_file(), path


def test_readme_names_every_extra_of_users():
    (bracket,) = re.findall(rf'pip install "{PROJECT["name"]}\[(.*?)\]"', README)
    for name in EXTRAS.keys() - {"test", "dev", "docs", "bench"}:
        assert name in bracket.split(",") or f"`{name}`" in README, name
    assert {*bracket.split(",")} <= {*EXTRAS}


@pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_commands_exist(page):
    named = {*re.findall(r"(?:`|, |^)make (?:[A-Z]+=\S+ )?([a-z]+)", page, re.MULTILINE)}
    assert len(named) >= 3 and "help" in named | {"help"}
    assert named <= {*re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)}


def test_windows_needs_three_lines():
    """They do what the Makefile does: the same extras, and the same tests."""
    ((venv, install, test),) = [
        block.splitlines() for block in re.findall(r"```bat\n(.*?)```", CONTRIBUTING, re.DOTALL)
    ]
    (extras,) = re.findall(r"^EXTRAS_dev := (.*)$", MAKEFILE, re.MULTILINE)
    assert venv == "py -m venv .venv"
    assert install == rf".venv\Scripts\python -m pip install -e .[{extras}]"
    (makes,) = re.findall(r"^test:.*\n\t\$\(BIN\)/(python .*)$", MAKEFILE, re.MULTILINE)
    assert test == rf".venv\Scripts\{makes}"


def test_excerpts_of_contributing_stand_in_the_files():
    excerpts = re.findall(r"`([\w/]+\.py)`:\n\n```py\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert len(excerpts) == 2
    for path, code in excerpts:
        assert code.strip() in read(ROOT / path)


def test_paths_of_contributing_exist():
    named = re.findall(r"`((?:\w+/)+(?:\w+\.py)?|[\w]+\.(?:md|cff|toml))`", CONTRIBUTING)
    assert len(named) > 5
    assert [n for n in named if not (ROOT / n).exists() and n != "dist/"] == []


def test_times_are_those_of_the_pages():
    """What README shows of speed stands in the pages that say how it was measured."""
    section = README[README.index("## Speed") : README.index("## Where things are")]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    known = {
        number
        for page in ("explanation/speed.md", "how-to/compile.md")
        for number in NUMBER.findall(read(ROOT / "docs" / page))
    }
    for row in rows:
        numbers = [n for cell in row.split("|")[2:] for n in NUMBER.findall(cell)]
        assert numbers and {*numbers} <= known, row


def test_benchmarks_that_pages_name_exist():
    from benchmarks.__main__ import BENCHMARKS

    text = read(ROOT / "docs" / "explanation" / "speed.md")
    named = set(re.findall(r"^\|[^|]*\| `(\w+)` \|", text, re.MULTILINE))
    for several in re.findall(r"--only ([\w,]+)", text):
        named.update(several.split(","))
    assert len(named) > 6 and named <= {*BENCHMARKS}
