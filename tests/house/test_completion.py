"""What Tab and `help` show: public names alone, and signature and text of what is decorated."""

import importlib
import inspect
import subprocess
import sys

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.sources import ROOT

SCIPY = (
    *("fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse"),
    *("spatial", "special", "stats"),
)
MODULES = (
    *("autograd_lite", "autograd_lite.special", "autograd_lite.testing", "nn", "nn.plots"),
    *("autograd_lite.testing.adapters", "autograd_lite.testing.strategies", "autograd_lite.scipy"),
    *(f"autograd_lite.scipy.{name}" for name in SCIPY),
)

#: What else `dir` shows: modules with public names of their own.
BESIDE = {"autograd_lite": {"scipy", "special", "testing"}}

#: What each needs.
NEEDS = {"autograd_lite.testing.strategies": "hypothesis", "nn.plots": "matplotlib"}


def module(name):
    if "scipy" in name:
        pytest.importorskip("scipy")
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    return importlib.import_module(name)


def is_special(name):
    return name.startswith("__") and name.endswith("__")


def public(name):
    """The public functions and classes of a module, by name."""
    here = module(name)
    found = {each: getattr(here, each) for each in here.__all__}
    return {each: x for each, x in found.items() if inspect.isroutine(x) or inspect.isclass(x)}


# ---- names ----


@pytest.mark.parametrize("name", MODULES)
def test_dir_shows_what_is_public(name):
    here = module(name)
    beside = BESIDE.get(name, set())
    if importlib.util.find_spec("scipy") is None:
        beside = beside - {"scipy"}
    assert {each for each in dir(here) if not is_special(each)} == {*here.__all__, *beside}
    assert all(hasattr(here, each) for each in dir(here))


def test_dir_shows_it_before_it_is_imported():
    script = "import autograd_lite as al, nn; print(*dir(al), '/', *dir(nn))"
    command = [sys.executable, "-c", script]
    options = {"cwd": ROOT, "check": True, "capture_output": True, "encoding": "utf-8"}
    shown = subprocess.run(command, **options).stdout
    for names, here in zip(shown.split("/"), (al, nn), strict=True):
        assert {*names.split()} <= {*dir(here)} and {*here.__all__} <= {*names.split()}


@pytest.mark.parametrize("name", MODULES)
def test_an_unknown_name_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module(name).no_such_name


# ---- signatures ----


def says_nothing(f):
    """Whether a signature is *args and **options alone, or there is none."""
    try:
        kinds = [p.kind for p in inspect.signature(f).parameters.values()]
    except ValueError:
        return not isinstance(f, np.ufunc)  # before NumPy 2.4, those do not say what they take
    return kinds == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_says_what_it_takes_and_does(name):
    found = public(name)
    assert [each for each, f in found.items() if says_nothing(f)] == []
    assert [each for each, f in found.items() if not inspect.getdoc(f)] == []


def test_distributions_say_what_they_and_their_methods_take():
    """In SciPy's words: the shapes by name, loc and scale, and before them the value."""
    stats = module("autograd_lite.scipy.stats")
    assert str(inspect.signature(stats.gamma)) == "(a, loc=0, scale=1)"
    everything = [getattr(stats, each) for each in stats.__all__]
    found = [f for f in everything if isinstance(f, type(stats.norm))]
    assert len(found) > 40
    for f in found:
        assert [name for name, method in f.methods.items() if says_nothing(method)] == []
        _, *others = inspect.signature(next(iter(f.methods.values()))).parameters
        assert others == [*inspect.signature(f).parameters]


@pytest.mark.parametrize("name", ["autograd_lite", "nn", "nn.plots"])
def test_what_is_checked_keeps_its_name(name):
    """`checked`, `explained` and `primitive` wrap, and show what they wrap."""
    for each, f in public(name).items():
        assert f.__name__ == each
        if inspect.isfunction(f) and hasattr(f, "__wrapped__"):
            inner = inspect.unwrap(f)
            assert f.__doc__ == inner.__doc__ and f.__module__ == inner.__module__
            assert inspect.signature(f) == inspect.signature(inner)


@pytest.mark.parametrize("method", ["sum", "mean", "argsort", "cumsum", "swapaxes", "repeat"])
def test_methods_of_tensors_say_what_they_take(method):
    t = al.Tensor(np.ones((2, 3)))
    _, *others = inspect.signature(getattr(np, method)).parameters
    assert [*inspect.signature(getattr(t, method)).parameters] == others


# ---- functions of users ----

DECORATORS = {
    "grad": al.grad,
    "grad of two": lambda f: al.grad(f, (0, 1)),
    "value_and_grad": al.value_and_grad,
    "jacobian": al.jacobian,
    "hessian": al.hessian,
    "derivative": al.derivative,
    "checkpoint": al.checkpoint,
    "compile": al.compile,
    "compile to": al.compile(backend="numpy"),
    "primitive": al.primitive,
    "primitive inline": al.primitive(inline=True),
    "implicit": al.implicit(lambda x, a, scale: x - a),
    "grad of a primitive": lambda f: al.grad(al.primitive(f)),
}


@pytest.mark.parametrize("decorator", DECORATORS.values(), ids=DECORATORS)
def test_a_decorated_function_shows_itself(decorator):
    def area(width: float, height: float = 1.0, *, scale: int = 2) -> float:
        """The area of a rectangle."""
        return scale * width * height

    shown = decorator(area)
    assert inspect.signature(shown) == inspect.signature(area)
    assert shown.__name__ == "area" and shown.__doc__ == area.__doc__
    assert inspect.unwrap(shown) is area


@pytest.mark.parametrize("decorator", [al.compile, al.checkpoint], ids=["compile", "checkpoint"])
def test_a_decorated_method_shows_itself(decorator):
    class Model:
        @decorator
        def energy(self, x: float, *, scale: float = 1.0) -> float:
            """½ x²."""
            return scale * x * x / 2

    assert [*inspect.signature(Model.energy).parameters] == ["self", "x", "scale"]
    assert Model.energy.__doc__ == "½ x²."


def test_optimisers_show_their_step():
    for optimizer in (nn.SGD(0.1), nn.Adam(), nn.Clipped(nn.Adam(), 1.0)):
        assert [*inspect.signature(optimizer).parameters] == ["model", "gradient", "state"]
