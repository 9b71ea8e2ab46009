"""What fast paths put in place of functions of NumPy: the same arrays, to the bit and stride."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as al
from autograd_lite.core.backward import flipped, widened
from autograd_lite.core.fast import METHODS
from autograd_lite.programs.tracer import twin
from autograd_lite.testing import strategies as draws


def layout(x):
    return x.shape, x.dtype, x.strides, x.flags.writeable, type(x.base), x.tobytes()


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3),
    st.sampled_from(["f8", "f4", "c16"]),
    st.sampled_from(["C", "F", "scalar", "every other"]),
)
def test_a_widened_array_is_what_numpy_makes(shapes, dtype, order):
    shape, to = shapes.input_shapes[0], shapes.result_shape
    g = np.arange(np.prod(shape), dtype=dtype).reshape(shape, order="F" if order == "F" else "C")
    if order == "scalar":
        g = g.dtype.type(3)
    elif order == "every other" and g.ndim:
        g = np.repeat(g, 2, axis=-1)[..., ::2]
    assert layout(widened(g, to)) == layout(np.broadcast_to(g, to))


def test_it_refuses_what_numpy_refuses_and_keeps_other_kinds():
    for shape, to in (((2,), (3,)), ((2, 2), (2,)), ((3, 2), (3, 3))):
        with pytest.raises(ValueError, match=r"broadcast|more dimensions"):
            widened(np.ones(shape), to)
    objects = np.array(Fraction(1, 2), object)
    assert widened(objects, (2,)).dtype == object
    assert isinstance(widened(al.Tensor([1.0]), (2, 1)), al.Tensor)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_widened_number_is_kept_apart_from_its_equals(kind):
    """Once made it serves again, for the same bits and dtype only, and nobody can write to it."""
    for number in (1.0, 0.0, -0.0, np.nan, -1.0, np.inf) * 2:
        view = widened(kind(number), (2, 3))
        assert layout(view) == layout(np.broadcast_to(kind(number), (2, 3)))
    one = widened(kind(1), (2,))
    assert one is widened(kind(1), (2,))
    with pytest.raises(ValueError, match="WRITEABLE"):
        one.flags.writeable = True
    with pytest.raises(ValueError, match="read-only"):
        one.base[...] = 2.0


@given(hnp.arrays("f8", hnp.array_shapes(max_dims=3, max_side=3, min_side=0)), st.data())
def test_a_flipped_array_is_what_numpy_makes(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    assert layout(flipped(x, axis)) == layout(np.flip(x, axis))
    t = al.Tensor(x)
    assert layout(flipped(t, axis).data) == layout(np.flip(t, axis).data)


@given(draws.arrays(min_dims=0, dtype="f8"))
def test_a_method_gives_the_bits_of_its_function(x):
    for function, method in METHODS.items():
        if x.size or function in (np.sum, np.prod):
            ours, numpys = method(x), function(x)
            assert type(ours) is type(numpys) and ours.tobytes() == numpys.tobytes()


def test_a_gradient_that_shows_one_number_everywhere_is_a_whole_array():
    g = al.grad(np.sum)(np.ones((2, 3)))
    assert g.base is None and g.flags.writeable and 0 not in g.strides
    ones = np.ones(3)
    _, pull = al.vjp(lambda x: np.sum(x, 0), np.ones((2, 3)))
    (g,) = pull(ones)
    g += 1
    assert ones.tolist() == [1, 1, 1]


def test_a_function_of_several_results_runs_once():
    """Also the first time, when nobody knows yet how many results it has."""
    script = """
import numpy as np, autograd_lite as al
from autograd_lite.programs.tracing import write_down
for f in (np.modf, np.linalg.slogdet, np.linalg.eigh, np.linalg.svd):
    trace, _ = write_down(al.grad(lambda x: np.sum(f(x)[1])), (np.diag([1.5, 2.5]),))
    assert sum(step.function is f for step in trace.steps) == 1, f
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_constant_of_a_program_lies_as_it_did():
    """Whatever memory it shows: a copy in one piece may be multiplied and summed otherwise."""
    x, big = np.arange(12.0), np.arange(40.0)
    windows = np.lib.stride_tricks.sliding_window_view(x, 4)
    shown = [
        windows,
        windows.T,
        np.broadcast_to(1.5, (3, 2)),
        big[::-3],
        big.reshape(5, 8)[::2, 1:7:2],
    ]
    shown += [np.ndarray((2, 3), float, bytes(48), 0, (8, 16)), np.frombuffer(bytes(64))[::2]]
    for a in shown:
        copy = twin(a)
        assert copy.strides == a.strides and not np.shares_memory(copy, a)
        assert copy.tobytes() == a.tobytes()
