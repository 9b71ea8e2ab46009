"""What is said of overflow and the like: as NumPy is set to, with the user's line."""

import sys
import warnings

import numpy as np
import pytest

import autograd_lite as al

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

from autograd_lite.native import calibration, flags

LARGE = np.array([1e300, 2.0])


def squares(x):
    return al.scan(lambda c, _: (c * c, None), x, length=12)[0]


FUNCTIONS = {
    "block": lambda x: np.sum(x * x),
    "loop": squares,
    "blocks around NumPy": lambda x: np.sum(np.sort(x * x + 0.5) * 2.0 - 1.0),
}
TEXT = dict.fromkeys(FUNCTIONS, "overflow encountered in multiply")
TEXT["loop"] = "overflow encountered in a native loop"


@pytest.fixture(params=FUNCTIONS)
def name(request):
    return request.param


def compiled(name):
    run = al.compile(FUNCTIONS[name], backend="native")
    run(np.ones(2))
    return run


def test_a_warning_names_the_line_of_the_call(name):
    run = compiled(name)
    for _ in range(2):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            run(LARGE)
            line = sys._getframe().f_lineno - 1
        assert {(str(w.message), w.filename, w.lineno) for w in heard} == {
            (TEXT[name], __file__, line)
        }


def test_every_way_of_errstate(name, capfd):
    run = compiled(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(over="ignore"):
            run(LARGE)
        with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
            run(LARGE)
        with np.errstate(over="print"):
            run(LARGE)
        assert f"Warning: {TEXT[name]}" in "".join(capfd.readouterr())
        heard = []
        with np.errstate(over="call", call=lambda *given: heard.append(given)):
            run(LARGE)
        assert ("overflow", 2) in heard

        class Log:
            write = staticmethod(heard.append)

        with np.errstate(over="log", call=Log()):
            run(LARGE)
        assert heard[-1] == f"Warning: {TEXT[name]}\n"


def test_ways_for_each_kind(name):
    """What one kind is set to do does not change what is said of another."""
    run, heard = compiled(name), []
    with np.errstate(over="warn", invalid="call", call=lambda *given: heard.append(given)):
        with pytest.warns(RuntimeWarning, match=TEXT[name]) as said:
            run(LARGE)
        assert all(w.filename == __file__ for w in said) and not heard
    with np.errstate(over="call", invalid="warn", call=lambda *given: heard.append(given)):
        run(LARGE)
    assert ("overflow", 2) in heard


def test_windows_numbers_its_flags_itself(monkeypatch):
    """Where its library of C is not found, as here, nothing is said, and no product is tried."""
    monkeypatch.setattr(flags.platform, "system", lambda: "Windows")
    assert flags.flags() == {"invalid": 16, "divide": 8, "over": 4}
    if sys.platform != "win32":
        assert flags.functions.__wrapped__() == {}
        with pytest.raises(OSError):
            calibration.load_fma()
