"""Every caller is told its own remedy, at the user's line, and the remedy works."""

import re
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.advice import hidden, remedies
from autograd_lite.core.advice.site import Site
from tests.support.callers import NUMPY, PYTHON, RANDOM, X

try:
    from tests.support.scipy_callers import SCIPY
except ImportError:
    SCIPY = []
try:
    from tests.support.package_callers import PACKAGES
except ImportError:
    PACKAGES = []

ROWS = [*NUMPY, *RANDOM, *PYTHON, *SCIPY, *PACKAGES]
EACH = pytest.mark.parametrize("caller", ROWS, ids=lambda c: f"{c.call} {c.says}")


def differences(f, x, h=1e-6):
    """The gradient of a function of plain arrays, by central differences."""
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


def told(caller):
    """What the error says, and the line that it shows."""
    with pytest.raises(TypeError) as caught:
        al.grad(caller.fails)(X)
    text, _, place = str(caught.value).partition("\n  at ")
    return text, place, str(caught.value)


@EACH
def test_the_caller_is_told_its_remedy_at_its_line(caller):
    _, place, whole = told(caller)
    assert caller.says in whole
    line = re.match(r"(.*callers\.py):(\d+): (.*)", place)
    assert line and line[3].startswith(caller.call), place
    source = Path(line[1]).read_text(encoding="utf-8").splitlines()
    assert caller.call.partition("(")[0].partition("'")[0] in source[int(line[2]) - 1]


@EACH
def test_the_remedy_works(caller):
    gradient = al.grad(caller.works)(X)
    meant = caller.meant or caller.fails
    np.testing.assert_allclose(gradient, differences(meant, X), rtol=1e-4, atol=1e-6)


# ---- bugs ----


def everything_is_told():
    for caller in ROWS:
        test_the_caller_is_told_its_remedy_at_its_line(caller)


BUGS = {
    "the source is not read": (Site, "found", (None, None)),
    "the operand is not read": (Site, "operand", "t"),
    "nothing varies": (Site, "varying", []),
    "names are not found": (Site, "call", ""),
    "hidden errors stay": (hidden, "causes", lambda error: ()),
    "errors of others stay": (hidden, "MARKS", ()),
    "lists are not told": (remedies, "lists", lambda site: ""),
    "assignments are not read": (remedies, "assignment", lambda node, statement: {}),
    "the step is not spelled out": (remedies, "remedy", lambda names, site: ""),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug, monkeypatch):
    monkeypatch.setattr(*BUGS[bug])
    with pytest.raises((AssertionError, pytest.fail.Exception, TypeError, ValueError)):
        everything_is_told()
