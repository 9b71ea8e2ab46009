"""What pyproject.toml says can be installed is used, and what is used can be installed."""

import re
import sys
import tomllib
from functools import cache

from tests.support.sources import ROOT, files, imports, read

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]

#: Extras for those who work on the project.
OURS = {"docs", "test", "dev", "bench"}
#: Whose objects callers give us, so that nothing here imports it.
GIVEN = {"mpi4py"}
OF_USERS = {name: needed for name, needed in EXTRAS.items() if name not in OURS}


def modules(requirements):
    """The names under which the packages of some requirements are imported."""
    return {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in requirements}


@cache
def used():
    """The packages that ours import, besides those of Python."""
    names = {
        name.partition(".")[0]
        for folder in ("autograd_lite", "nn")
        for path in files(folder).values()
        for _, name in imports(read(path))
    }
    return names - {"autograd_lite", "nn", *sys.stdlib_module_names}


def test_no_extra_is_a_phantom():
    for name, needed in OF_USERS.items():
        assert modules(needed) <= used() | GIVEN, (
            f"nothing imports what the extra {name!r} installs"
        )


def test_nothing_else_is_needed():
    assert used() | GIVEN == modules(PROJECT["dependencies"]).union(
        *map(modules, OF_USERS.values())
    )


def test_the_tests_have_every_extra():
    (ours,) = (line for line in EXTRAS["test"] if line.startswith("autograd_lite"))
    assert {*ours.partition("[")[2].rstrip("]").split(",")} == {*OF_USERS, "docs"}
