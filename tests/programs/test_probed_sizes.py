"""Every function of NumPy whose shapes or dtypes depend on numbers is known to the tracer.

They are found by probing: each function is called with arrays of one shape and dtype and of
different numbers, in several places of its arguments.
"""

from itertools import product

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.programs import sizes
from autograd_lite.programs.steps import AGAIN

#: Functions that write to files, or set a state, or wait.
APART = {"test", "info", "seterr", "seterrcall", "setbufsize", "set_printoptions", "get_include"}
APART |= {"fromfile", "load", "loadtxt", "genfromtxt", "fromregex", "show_config", "show_runtime"}
APART |= {"save", "savetxt", "savez", "savez_compressed", "printoptions", "errstate", "getbufsize"}


def public(module, prefix=""):
    found = {prefix + name: getattr(module, name) for name in dir(module) if name[0] != "_"}
    return {
        name: f
        for name, f in found.items()
        if callable(f) and not isinstance(f, type) and name.rpartition(".")[2] not in APART
    }


FUNCTIONS = public(np) | public(np.linalg, "linalg.") | public(np.fft, "fft.")
FUNCTIONS |= public(np.emath, "emath.")

ROWS = np.array([[1.0, 2, -3, -4], [0, 2, 0, 4], [3, 3, 3, 3], [0, 0, 0, 0]])
MATRICES = np.array([[[1.0, 2], [3, -4]], [[1, -2], [2, 1]], [[1, 1], [1, 1]], [[0, 0], [0, 0]]])
FAMILIES = {
    "rows": ROWS,
    "matrices": MATRICES,
    "counts": np.array([[0, 1, 2, 3], [1, 1, 0, 0], [3, 3, 3, 3]]),
    "flags": ROWS > 0,
    "complex": np.array([ROWS[0] + 1j, ROWS[0] + 0j]),
    "numbers": np.array([-1.0, 0.0, 2.0]),
}
#: What stands before the argument that is probed, and after it.
AROUND = [
    *([(), ()], [(), (ROWS[0],)], [(ROWS[0],), ()], [(), (2,)], [(2,), ()]),
    *([(), (MATRICES[0],)], [(MATRICES[0],), ()], [(ROWS[0] > 0,), ()], [(ROWS[0],), (5.0,)]),
]


def seen(results):
    """What the shapes and dtypes say that a user may read, as numbers of a program."""
    several = isinstance(results, (list, tuple))
    return [(np.shape(y), np.result_type(y)) for y in (results if several else [results])]


def called(f, before, after, x):
    copies = [[np.copy(a) if isinstance(a, np.ndarray) else a for a in part]
              for part in (before, after)]  # fmt: skip
    return f(*copies[0], np.copy(x)[()], *copies[1])


def differing(f):
    """Calls of a function and arguments for which shapes or dtypes differ."""
    for family in FAMILIES.values():
        for before, after in AROUND:
            if before and f is np.unique:  # it is followed by flags, which no tracer stands for
                continue
            kinds = {}
            for x in family:
                try:
                    kinds.setdefault(str(seen(called(f, before, after, x))), x)
                except Exception:
                    continue
            if len(kinds) > 1:
                yield before, after, list(kinds.values())


def check_function(f):
    """A program in which shapes and dtypes are read says so, where they would be others."""
    for before, after, arguments in differing(f):
        arrays = [a for a in (*before, *after) if isinstance(a, np.ndarray)]

        def read(x, arrays, before=before, after=after):
            given = iter(arrays)
            full = [[next(given, a) if isinstance(a, np.ndarray) else a for a in part]
                    for part in (before, after)]  # fmt: skip
            return np.sum(x) * len(str(seen(f(*full[0], x, *full[1]))))

        for x, traced in product(arguments, [arrays, []] if arrays else [[]]):
            try:
                program = al.trace(read, x, traced)
            except TypeError:  # the tracer refuses to be a shape, or what is written to
                continue
            for other in arguments:
                if other is not x:
                    with pytest.raises(ValueError, match=AGAIN.partition(":")[0]):
                        program(other, traced)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_depends_on_numbers_is_guarded(name):
    with np.errstate(all="ignore"):
        check_function(FUNCTIONS[name])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["unique", "nonzero", "union1d", "roots", "emath.sqrt", "repeat"])
def test_a_function_that_is_missing_in_the_tables_is_found(name, monkeypatch):
    for table in ("SIZES", "SIZED_BY_REST", "DTYPES"):
        without = getattr(sizes, table) - {FUNCTIONS[name]}
        monkeypatch.setattr(sizes, table, without)
    with np.errstate(all="ignore"), pytest.raises(pytest.fail.Exception):
        check_function(FUNCTIONS[name])
