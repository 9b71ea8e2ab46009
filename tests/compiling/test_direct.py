"""A whole call at once: only where the other way would run the same program on the same numbers."""

import gc
from dataclasses import dataclass

import numpy as np
import pytest

import autograd_lite as al
from tests.support.effort import examples
from tests.support.equality import same_trees

pytest.importorskip("llvmlite", reason="native code needs llvmlite")

RATE, SHIFT, SIZES = 0.5, np.array([1.0, 2.0]), [1, 2]


@dataclass
class Net:
    scale: float
    w: object


NET = Net(2.0, np.array([3.0, 4.0]))


def step(p, x, flag):
    """Reads a number, an array, an object and a list from outside."""
    w, b = p["w"], p["b"]
    g = w * (x - SHIFT) * NET.w * NET.scale + len(SIZES)
    return [w - RATE * g if flag else w * g, (b + g, 2 * x)]


def arguments():
    return {"w": np.array([1.0, -1.0]), "b": np.array([0.5, 0.25])}, np.array([2.0, 3.0]), True


def compiled():
    made = al.compile(step, backend="native")
    made(*arguments())
    (program,) = made.programs
    assert program.direct is not None
    return made, program


p, x, flag = arguments()
w, b = p["w"], p["b"]
FITTING = {
    "the same": (p, x, flag),
    "other numbers": ({"w": b, "b": w}, 7 * x, flag),
    "one array for all": ({"w": x, "b": x}, x, flag),
}
OTHERS = {
    "another length": ({"w": np.ones(3), "b": np.ones(3)}, np.ones(3), flag),
    "another shape": ({"w": w[None], "b": b}, x, flag),
    "another dtype": (p, x.astype(np.float32), flag),
    "another order of bytes": (p, x.astype(">f8"), flag),
    "whole numbers": (p, np.array([2, 3]), flag),
    "other strides": (p, np.arange(4.0)[::2], flag),
    "backward": (p, x[::-1], flag),
    "not aligned": (p, np.frombuffer(bytes(17), np.float64, 2, 1), flag),
    "a subclass": (p, x.view(np.matrix)[0], flag),
    "a number": (p, 2.0, flag),
    "a list": (p, [2.0, 3.0], flag),
    "another flag": (p, x, False),
    "a number for a flag": (p, x, 1),
    "a tuple": ((w, b), x, flag),
    "other names": ({"w": w, "c": b}, x, flag),
    "another order of names": ({"b": b, "w": w}, x, flag),
    "one name more": ({**p, "c": b}, x, flag),
    "too few": (p, x),
    "too many": (p, x, flag, flag),
    "none": (),
}


@pytest.mark.parametrize("args", FITTING.values(), ids=FITTING)
def test_what_fits(args):
    made, program = compiled()
    assert same_trees(program.direct(args), step(*args))
    assert same_trees(made(*args), step(*args))


@pytest.mark.parametrize("args", OTHERS.values(), ids=OTHERS)
def test_what_does_not(args):
    _, program = compiled()
    assert program.direct(args) is None


CHANGES = {
    "a number": ("RATE", 0.25, False),
    "an equal number": ("RATE", float("0.5"), False),
    "another array": ("SHIFT", np.array([5.0, 6.0]), True),
    "an array of another shape": ("SHIFT", np.array([[5.0, 6.0]]), False),
    "an array of another dtype": ("SHIFT", np.float32([5, 6]), False),
    "a list": ("SHIFT", [5.0, 6.0], False),
    "another object": ("NET", Net(2.0, np.array([3.0, 4.0])), False),
    "another list": ("SIZES", [1, 2], False),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_read_from_outside(change, monkeypatch):
    name, value, fits = change
    made, program = compiled()
    monkeypatch.setitem(globals(), name, value)
    args = arguments()
    assert (program.direct(args) is not None) is fits
    if name != "SHIFT" or type(value) is not list:
        assert same_trees(made(*args), step(*args))


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(NET, "scale", 5.0),
        lambda patch: patch.setattr(NET, "w", np.array([7.0, 8.0])),
        lambda patch: patch.setattr(NET, "w", np.ones(1)),
        lambda patch: patch.setitem(globals(), "SIZES", [*SIZES, 3]),
    ],
)
def test_what_is_changed_in_place(change, monkeypatch):
    made, _ = compiled()
    before = made(*arguments())
    change(monkeypatch)
    assert same_trees(made(*arguments()), step(*arguments()))
    assert not same_trees(made(*arguments()), before)


def test_an_array_that_is_written_to_and_a_list_that_grows():
    made, _ = compiled()
    try:
        SHIFT[0] = 9.0
        assert same_trees(made(*arguments()), step(*arguments()))
        SIZES.append(3)
        assert same_trees(made(*arguments()), step(*arguments()))
    finally:
        SHIFT[0] = 1.0
        SIZES.pop()


def test_numbers_that_overflow_are_numpys():
    made, program = compiled()
    args = {"w": np.array([1e308, 1.0]), "b": b}, np.array([1e308, 1.0]), True
    assert program.direct(args) is None
    with pytest.warns(RuntimeWarning, match="overflow"):
        made(*args)


def test_it_needs_nothing_but_itself():
    made, program = compiled()
    direct = program.direct
    del made, program
    gc.collect()
    for _ in range(100):
        assert same_trees(direct(arguments()), step(*arguments()))


def test_programs_go_when_nobody_needs_them():
    for _ in range(min(20, examples(0.4))):
        made, _ = compiled()
        made(*arguments())
        del made, _
        gc.collect()
