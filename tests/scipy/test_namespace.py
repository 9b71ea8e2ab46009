"""The namespace: imported when it is asked for, its modules, and its error without SciPy."""

import subprocess
import sys
from importlib import import_module
from inspect import ismodule
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pytest

import autograd_lite as al

pytest.importorskip("scipy")


def run(script):
    return subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_it_is_imported_when_asked_for():
    run(
        """
import sys
import autograd_lite as al
assert not any(name.startswith(("scipy", "autograd_lite.scipy")) for name in sys.modules)
assert al.scipy.__name__ == "autograd_lite.scipy"
from autograd_lite.scipy import stats
assert al.grad(stats.norm.logpdf)(2.0) == -2.0
"""
    )


def test_without_scipy():
    run(
        """
import sys
sys.modules["scipy"] = None
try:
    from autograd_lite.scipy import stats
except ModuleNotFoundError as error:
    assert error.name == "scipy" and "pip install 'autograd_lite[scipy]'" in str(error)
else:
    raise AssertionError
"""
    )


def test_special_is_that_of_scipy_and_ours():
    import scipy.special as theirs

    from autograd_lite.scipy import special

    assert special.erf is theirs.erf and special.logsumexp is al.special.logsumexp
    for name in al.special.__all__:
        assert getattr(special, name) is getattr(al.special, name)
    with pytest.raises(AttributeError, match="nothing"):
        special.nothing  # noqa: B018


# ---- every public name is tested ----

T = al.Tensor(1.0)
PAIR = al.Tensor([1.0, 2.0])

#: Names that have no derivative: a call, and what to write, which their errors say.
REFUSED = {
    "stats.mode": (lambda f: f(PAIR), "stop_gradient"),
    "stats.rankdata": (lambda f: f(PAIR), "stop_gradient"),
    "integrate.dblquad": (lambda f: f(lambda y, x: T * x, 0, 1, 0, 1), "one quad within the other"),
    "integrate.tplquad": (
        lambda f: f(lambda z, y, x: T * x, 0, 1, 0, 1, 0, 1),
        "one quad within the other",
    ),
    "integrate.nquad": (lambda f: f(lambda x: T * x, [(0, 1)]), "one quad within the other"),
    "optimize.linprog": (lambda f: f(PAIR), "np.linalg.solve"),
}
#: Names whose steps depend on the numbers, too roughly for the differences of a row.
CHECKED = {"integrate.odeint": ("test_integrate.py", "def test_odeint(")}
#: Names whose result is plain numbers that are picked by plain values.
PICKED = {"optimize.linear_sum_assignment": lambda f: f(al.Tensor(np.eye(3)))}


def public():
    """All that the modules say they have, by their names."""
    for found in walk_packages(al.scipy.__path__, "autograd_lite.scipy."):
        module = import_module(found.name)
        for name in getattr(module, "__all__", ()):
            if not ismodule(getattr(module, name)):
                yield f"{found.name.removeprefix('autograd_lite.scipy.')}.{name}", module, name


def without_row():
    """The names, and methods of distributions, that no row has and no table of checks."""
    from tests.support.optimizing import PROBLEMS
    from tests.support.rows import ROWS
    from tests.support.rows.discrete import UNKNOWN

    functions = {id(row.function) for row in ROWS}
    known = {f"optimize.{problem.name.partition(':')[0]}" for problem in PROBLEMS}
    known |= {*REFUSED, *PICKED, *CHECKED}
    for label, module, name in public():
        f = getattr(module, name)
        methods = getattr(f, "methods", None) or {"": f}
        for part, method in methods.items():
            if f in UNKNOWN and part in ("cdf", "sf", "logcdf", "logsf"):
                continue  # by some of the parameters
            each = {id(method), id(getattr(method, "__wrapped__", method))}
            if label not in known and not each & functions:
                yield f"{label}.{part}".rstrip(".")


def test_every_public_name_has_a_row():
    assert [*without_row()] == []
    for file, test in CHECKED.values():
        assert test in Path(__file__).with_name(file).read_text(encoding="utf-8")


def test_a_name_without_a_row_is_noticed(monkeypatch):
    from autograd_lite.scipy import signal, stats

    monkeypatch.setattr(signal, "__all__", [*signal.__all__, "medfilt"])
    monkeypatch.setitem(stats.norm.methods, "mode", lambda: 0.0)
    assert [*without_row()] == ["signal.medfilt", "stats.norm.mode"]


@pytest.mark.parametrize("label", REFUSED)
def test_what_has_no_derivative_is_refused_by_name(label):
    call, remedy = REFUSED[label]
    module, _, name = label.rpartition(".")
    with pytest.raises(TypeError, match=remedy) as caught:
        call(getattr(import_module(f"autograd_lite.scipy.{module}"), name))
    assert name in str(caught.value)


@pytest.mark.parametrize("label", PICKED)
def test_what_is_picked_is_plain(label):
    module, _, name = label.rpartition(".")
    made = PICKED[label](getattr(import_module(f"autograd_lite.scipy.{module}"), name))
    assert all(type(x) is np.ndarray for x in made)
