"""The namespace: imported when it is asked for, its modules, and its error without SciPy."""

import subprocess
import sys

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
