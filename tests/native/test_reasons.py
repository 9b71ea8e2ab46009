"""What a report says of steps that NumPy runs: each reason in plain words, each remedy tried."""

import ast
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.native import code as native_code
from autograd_lite.native.reasons import REASONS, in_words, known
from tests.support.sources import ROOT

pytest.importorskip("llvmlite", reason="native code needs llvmlite")
FOLDER = Path(native_code.__file__).parent
RNG = np.random.default_rng(0)
X, A, T = RNG.normal(size=5), RNG.normal(size=(4, 4)), RNG.normal(size=(3, 4, 5))


def reasons():
    """Every message of a CannotLower in the code, with ``x`` in place of what varies."""
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CannotLower":
                (said,) = node.args
                if isinstance(said, ast.Name):
                    continue  # PARTS, which says nothing new
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                yield "".join(x.value if isinstance(x, ast.Constant) else "x" for x in parts)


BOUNDS = "index 9 is out of bounds for axis 0 with size 3"  # NumPy's own, of numbers that are none
FOUND = sorted({*reasons(), "several results", BOUNDS} - {"x: x"})  # that is a step within a step


def test_each_reason_has_words_and_none_is_left_over():
    assert len(FOUND) > 40
    assert [met for met in FOUND if known(met) is None] == []
    first = [next(i for i, row in enumerate(REASONS) if known(met) is not None
                  and known(met)[0] == row[1].format(met=met)) for met in FOUND]  # fmt: skip
    assert {*first} == {*range(len(REASONS))}
    assert "no native form (what nobody foresaw)" in in_words([("f", "what nobody foresaw")])[0]


@al.primitive
def reading(v):
    return v * X


@al.primitive
def given(v, by):
    return v * by


@al.primitive
def by_if(v):
    return v * 2 if v[0] > 0 else v


@al.primitive
def by_where(v):
    return np.where(v[0] > 0, v * 2, v)


def turning(body):
    return lambda A: al.scan(lambda h, _: (body(h), None), A, length=3)[0]


MASK = np.array([True, False, True, False, True])
#: What NumPy runs, for which arguments, what the report says, and the same with the remedy.
REMEDIES = [
    (lambda x: x * 2 + 1, X.astype(np.float16), "use float64", X),
    (lambda x: np.sum(x * 2) + 1, np.arange(5), "use floats", np.arange(5.0)),
    (lambda x: (x // 2) * 3 + 1, 1.5, "np.float64(x)", np.float64(1.5)),
    (lambda x: (x / 2) * 3 + 1, 3, "use floats", 3.0),
    (lambda x: np.where(x, x, 0.0) * 2, X, "x != 0", lambda x: np.where(x != 0, x, 0.0) * 2),
    (lambda x: np.sum(x * 2, where=MASK) + 1, X, "np.where(mask",
     lambda x: np.sum(np.where(MASK, x * 2, 0)) + 1),
    (lambda x: np.sum(x * 2, dtype=np.float64) + 1, X.astype(np.float32), "x.astype(dtype)",
     lambda x: np.sum((x * 2).astype(np.float64)) + 1),
    (lambda T: np.sum(T * 2, axis=(0, 2)) + 1, T, "one axis at a time, the last first",
     lambda T: np.sum(np.sum(T * 2, axis=2), axis=0) + 1),
    (lambda A: np.sum(A[::-1], axis=0) + 1, A, "reverse or stretch after",
     lambda A: np.sum(A, axis=0)[::-1] + 1),
    (lambda A: np.max(A * 2, axis=0) + 1, A, "np.sum", lambda A: np.sum(A * 2, axis=0) + 1),
    (turning(lambda h: h.T * 2), A, ".copy()", turning(lambda h: (h.T * 2).copy())),
    (lambda x: x * 2 if al.branch(np.sum(x)) else x, X, "a comparison",
     lambda x: (x * 2 if al.branch(np.sum(x) != 0) else x) + 1),
    (lambda x: x[np.array([0, 2, 4])] * 2 + 1, X, "use slices", lambda x: x[::2] * 2 + 1),
    (lambda v: reading(v) * 2 + 1, X, "make that an argument", lambda v: given(v, X) * 2 + 1),
    (lambda v: by_if(v) * 2 + 1, X, "np.where for if", lambda v: by_where(v) * 2 + 1),
    (lambda A: A @ A.astype(np.float32) + 1, A, "both float64", lambda A: A @ A + 1),
]  # fmt: skip


@pytest.mark.parametrize("f, x, said, instead", REMEDIES, ids=[row[2] for row in REMEDIES])
def test_each_remedy_makes_it_native(f, x, said, instead):
    def report(f, x):
        step = al.compile(f, backend="native")
        step(x)
        return str(step.report())

    before = report(f, x)
    assert said in " ".join(before.split()) and "NumPy: " in before
    after = report(instead, x) if callable(instead) else report(f, instead)
    assert "NumPy: " not in after and "native: nothing" not in after, after


def test_a_step_by_itself_and_no_program_are_said():
    step = al.compile(lambda x: np.sort(x * 2) + 1, backend="native")
    assert step.report() == "no program so far: the first call makes one"
    step(X)
    assert "NumPy: add, mul: a step by itself" in step.report()
    assert max(map(len, step.report().splitlines())) <= 100
    twice = al.compile(lambda x: np.tanh(np.tanh(x * 2) * 2), backend="native")
    twice(X)
    assert "mul ×2, tanh ×2" in twice.report()


def test_the_report_on_the_page_is_what_one_gets():
    page = (ROOT / "docs/how-to/compile.md").read_text(encoding="utf-8")
    blurred = al.compile(lambda x: np.sort(np.tanh(x) * 2) + x[np.array([0, 0, 1, 2])])
    blurred(np.ones(4))
    assert f"```text\n{blurred.report()}\n```" in page
