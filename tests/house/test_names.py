"""Names, sizes and first lines: what a stranger meets who looks for something."""

import subprocess
import sys
from collections import Counter
from importlib import import_module
from types import ModuleType

import pytest

from tests.support.sources import ROOT, bound, classes, docstring, files, read

PACKAGES = ("autograd_lite", "nn")
MODULES = {name: path for package in PACKAGES for name, path in files(package).items()}
LINES = 400


def test_every_file_says_what_it_is_for():
    folders = (*PACKAGES, "examples", "benchmarks", "tests")
    paths = {name: path for folder in folders for name, path in files(folder).items()}
    assert not [name for name, path in paths.items() if not docstring(read(path))]


def test_every_package_says_so_in_one_line():
    packages = {name: path for name, path in MODULES.items() if path.name == "__init__.py"}
    first = {name: docstring(read(path)).partition("\n\n")[0] for name, path in packages.items()}
    assert not [name for name, line in first.items() if "\n" in line or not line.endswith(".")]


def test_files_are_short():
    assert not [name for name, path in MODULES.items() if len(read(path).splitlines()) > LINES]


def test_rooms_are_few():
    entries = [*(ROOT / "autograd_lite").glob("[!_]*")]
    assert len([entry for entry in entries if entry.is_dir()]) <= 12
    assert len([entry for entry in entries if entry.suffix == ".py"]) <= 4


# ---- names ----


def hidden(package, source, modules):
    """The names that a package gives to something else than its module of that name."""
    return [
        name
        for name, origin in bound(source)
        if f"{package}.{name}" in modules and origin != f"{package}.{name}"
    ]


@pytest.mark.parametrize(
    "package", [name for name, path in MODULES.items() if path.name == "__init__.py"]
)
def test_nothing_hides_its_module(package):
    assert not hidden(package, read(MODULES[package]), MODULES)
    module = import_module(package)  # it may give names when asked for them
    shown = {name: getattr(module, name) for name in dir(module) if f"{package}.{name}" in MODULES}
    assert all(isinstance(value, ModuleType) for value in shown.values())


def test_what_hides_a_module_is_caught():
    modules = {"p", "p.draw", "p.trace"}
    assert hidden("p", "from p.drawing import draw", modules) == ["draw"]
    assert hidden("p", "def trace(): ...", modules) == ["trace"]
    assert hidden("p", "draw = trace = None", modules) == ["draw", "trace"]
    assert not hidden("p", "from p import draw\nfrom p.trace import Trace", modules)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_classes_of_one_name(package):
    counts = Counter(name for path in files(package).values() for name in classes(read(path)))
    assert not [name for name, n in counts.items() if n > 1]


def test_few_modules_are_loaded():
    script = "import sys, autograd_lite; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert len([name for name in loaded.split() if name in MODULES]) <= 45
