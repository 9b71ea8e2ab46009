"""What a compiled function must be: the function itself, to the bit, whatever its arguments are."""

import warnings
from importlib.util import find_spec

import numpy as np

import autograd_lite as al
from autograd_lite.programs.steps import AGAIN
from tests.support.equality import same_trees

#: What runs compiled functions here.
BACKENDS = ["numpy", "native"] if find_spec("llvmlite") else ["numpy"]


def check_compiled(f, *calls, compiled=None):
    """Call ``f`` and its program with each list of arguments, twice; returns the compiled function.

    What the program itself returns is looked at, not what is done where it fails.
    """
    compiled = compiled or al.compile(f)
    for args in calls:
        expected = quietly(f, args)
        for _ in range(2):
            assert same_trees(expected, quietly(compiled, args)), (f, args)
        assert same_trees(expected, quietly(run_program, (compiled, args))), (f, args)
    return compiled


def quietly(f, args):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f(*args)


def run_program(compiled, args):
    """What the program for some arguments returns, and nothing else does in its place."""
    for program in compiled.programs:
        leaves = program.match(args)
        captured = None if leaves is None else program.captured()
        if captured is not None:
            try:
                return program.run(*leaves, *captured)
            except ValueError as error:
                if str(error) != AGAIN:
                    raise
    raise AssertionError(f"there is no program for {args}")


# ---- the same numbers, lying otherwise in memory ----


def column_major(x):
    return np.array(x, order="F")


def backward(x):
    """Along the first axis, from the end of the memory to its beginning."""
    return np.ascontiguousarray(x[::-1])[::-1] if x.ndim else x


def every_other(x):
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype) if x.ndim else x
    if x.ndim:
        wide[..., ::2] = x
        wide = wide[..., ::2]
    return wide


def at_address(offset):
    """So many bytes behind where it would be aligned."""

    def moved(x):
        memory = np.zeros(x.nbytes + 16 + offset, np.uint8)[offset : offset + x.nbytes]
        y = memory.view(x.dtype).reshape(x.shape)
        y[...] = x
        return y

    return moved


def read_only(x):
    y = x.copy()
    y.flags.writeable = False
    return y


def row_of_columns(x):
    """A row of an array whose columns lie in one piece."""
    return np.asfortranarray(np.stack([x, x]))[1, ...]


def repeated(x):
    """The first row again and again, with a stride of zero: other numbers."""
    return np.broadcast_to(x[:1], x.shape) if x.ndim and x.size else x


LAYOUTS = [
    *(column_major, backward, every_other, at_address(1), at_address(4), read_only),
    *(row_of_columns, repeated),
]


def laid_out(args, layout):
    """Arguments with each array lying in memory as ``layout`` says."""
    return al.tree_map(
        lambda x: layout(x) if type(x) is np.ndarray and x.dtype != object else x, args
    )


def in_single(args):
    """Arguments with float32 and complex64 in place of float64 and complex128."""
    kinds = {np.dtype(float): np.float32, np.dtype(complex): np.complex64}

    def single(x):
        dtype = kinds.get(getattr(x, "dtype", None))
        return x if dtype is None else np.asarray(x, dtype)[()]

    return al.tree_map(single, args)
