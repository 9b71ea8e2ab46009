"""Every function with a rule as native code: NumPy's bits; and many run natively throughout."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import autograd_lite as al
from tests.support.compiled import check_compiled, quietly
from tests.support.effort import PROFILE
from tests.support.rows import QUICK
from tests.support.rows.row import cases

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

ONCE = settings(
    max_examples=3,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def runs_natively(row):
    """Check a few calls of a row; whether one of them ran natively throughout."""
    throughout = []

    @ONCE
    @given(data=st.data())
    def check(data):
        f, args = data.draw(cases(row)).split()
        args = tuple([np.array(x, order="C") if isinstance(x, np.ndarray) else x for x in args])
        try:
            quietly(f, args)
        except (TypeError, ValueError, ArithmeticError, np.linalg.LinAlgError):
            return
        try:
            compiled = check_compiled(f, args, compiled=al.compile(f, backend="native"))
        except TypeError:  # it is no program, which is not the backend's doing
            return
        account = compiled.programs[0].account
        throughout.append(bool(account and account.native and not account.numpy))

    check()
    return any(throughout)


@pytest.mark.slow
def test_a_hundred_primitives_run_natively():
    """Calling NumPy for everything would not do."""
    names = set()
    for row in QUICK:
        name = row.function.__name__
        if (name not in names or PROFILE == "full") and runs_natively(row):
            names.add(name)
        if len(names) == 100 and PROFILE != "full":
            break
    print(len(names), *sorted(names))
    assert len(names) >= 100
