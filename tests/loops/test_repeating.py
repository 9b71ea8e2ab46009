"""al.while_loop: Python's `while` on numbers, one step in a program, and no derivative."""

from fractions import Fraction

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.programs.repeated import While
from tests.support.equality import same_trees

A = np.array([1.0, 2.0])


def collatz(n, turns):
    """How long the sequence of n is."""
    return al.while_loop(
        lambda s: s[0] != 1,
        lambda s: (np.where(s[0] % 2 == 0, s[0] // 2, 3 * s[0] + 1), s[1] + 1),
        (n, turns),
    )


def doubled(a, b):
    """A limit and a factor from outside, and a tree as state."""
    state = {"x": a, "n": 0}
    made = al.while_loop(
        lambda s: np.sum(s["x"]) < np.sum(100 * b),
        lambda s: {"x": s["x"] * (1 + b), "n": s["n"] + 1},
        state,
    )
    return made["x"], made["n"]


def nested(a, b):
    def step(x):
        y = al.while_loop(lambda y: y < np.sum(b), lambda y: y * 1.5 + x[0], x[1])
        return np.stack([y, x[0] + 1])

    return al.while_loop(lambda x: x[0] < 40, step, a)


def in_a_scan(a, b):
    def step(c, x):
        c = al.while_loop(lambda c: c > x, lambda c: c / 2 + b[0] / 100, c)
        return c + 5, c

    return al.scan(step, np.float64(3), a)


def with_a_loop_inside(a, b):
    turn = lambda c, x: (c * 0.5 + x, None)
    return al.while_loop(
        lambda x: np.sum(x) < 50, lambda x: al.scan(turn, x * 8, np.stack([b, b]))[0], a
    )


FUNCTIONS = [doubled, nested, in_a_scan, with_a_loop_inside]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("f", FUNCTIONS)
def test_programs_are_eager_to_the_bit(f, dtype):
    a, b = A.astype(dtype), A.astype(dtype)
    if f is in_a_scan and dtype is np.float32:
        b = b.astype(float)
    program, fast = al.trace(f, a, b), al.compile(f)
    direct = program.compile()
    for k in (1, 2, 5):
        args = a * dtype(k), b
        for run in (program, direct, fast):
            assert same_trees(run(*args), f(*args))
    assert len(fast.programs) == 1


def test_a_program_has_one_step_whose_turns_the_numbers_say():
    program = al.trace(collatz, np.int64(6), np.int64(0))
    assert sum(isinstance(step.function, While) for step in program.steps) == 1
    for n, turns in ((1, 0), (6, 8), (27, 111)):
        assert [*map(int, program(np.int64(n), np.int64(0)))] == [1, turns]
        assert [*map(int, collatz(n, 0))] == [1, turns]


def test_it_is_pythons_while():
    assert al.while_loop(lambda n: n < 100, lambda n: 2 * n, 3) == 192
    half = al.while_loop(lambda x: x > 1, lambda x: x / 2, Fraction(7, 3))
    assert half == Fraction(7, 12)
    assert al.while_loop(lambda x: False, lambda x: 1 / 0, "a" and 2) == 2


def test_source_prints_while():
    f = lambda a: al.while_loop(lambda n: n < a, lambda n: 2 * n, 3.0)
    assert "\n    while n < a:\n        n = 2 * n\n" in al.trace(f, 9.0).source()
    limited = lambda a: al.while_loop(lambda n: n < a, lambda n: 2 * n, 3.0, limit=4)
    program = al.trace(limited, 9.0)
    assert "if turns == 4:" in program.source()
    for run in (limited, program, program.compile(), al.compile(limited)):
        assert run(48.0) == 48
        with pytest.raises(RuntimeError, match="still holds after 4 turns; give a larger limit"):
            run(49.0)


def test_other_readers_show_the_loop():
    program = al.trace(doubled, A, A)
    assert 'label="while_loop: as long as the condition holds"' in program.graph().source
    assert "next turn" in program.graph().source
    assert "= while_loop" in program.graph(depth=0).source
    assert r"\text{for } t = 1, \dots, n \text{ while }" in program.latex()
    assert program.explorer()
    assert "while_loop" in str(al.explain(doubled, A, A))


# ---- derivatives ----


def test_a_derivative_is_refused_and_the_remedies_work():
    by_state = lambda x: al.while_loop(lambda y: y < 10, lambda y: 2 * y, x)
    from_outside = lambda x: al.while_loop(lambda y: y < 10, lambda y: y * x, 1.0)
    for f in (by_state, from_outside, al.trace(by_state, 3.0), al.trace(from_outside, 3.0)):
        with pytest.raises(TypeError, match=r"al\.scan with length= .* al\.stop_gradient"):
            al.grad(f)(3.0)

    def by_scan(x):
        step = lambda y, _: (np.where(y < 10, 2 * y, y), None)
        return al.scan(step, x, length=5)[0]

    assert by_scan(3.0) == by_state(3.0) == 12
    assert al.grad(by_scan)(3.0) == 4
    assert al.grad(lambda x: x * by_state(al.stop_gradient(x)))(3.0) == 12


def test_what_only_the_condition_reads_has_no_gradient():
    f = lambda x: x * al.while_loop(lambda y: y < x, lambda y: 2 * y, 1.0)
    for run in (f, al.trace(f, 3.0), al.compile(f)):
        assert al.grad(run)(3.0) == 4
        assert al.grad(al.grad(run))(3.0) == 0


# ---- errors ----


def refused(cond, step, state, **options):
    with pytest.raises((TypeError, ValueError)) as eager:
        al.while_loop(cond, step, state, **options)
    return str(eager.value)


def test_errors_say_what_to_do():
    said = refused(lambda x: x < 3, lambda x: x, A)
    assert "one truth" in said and "np.any" in said
    said = refused(lambda n: True, lambda n: np.ones(2), 1.0)
    assert "step got n of shape ()" in said and "begin with an array of shape (2,)" in said
    said = refused(lambda n: True, lambda n: (n, n), 1.0)
    assert "step got state = a number" in said
    assert "limit=-1" in refused(lambda n: n < 3, lambda n: n + 1, 0, limit=-1)
    assert "limit=2.5" in refused(lambda n: n < 3, lambda n: n + 1, 0, limit=2.5)
    with pytest.raises(TypeError, match=r"np\.any"):
        al.trace(lambda x: al.while_loop(lambda s: s < 3, lambda s: s + x, x), A)
