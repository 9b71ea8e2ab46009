"""al.branch: the one way in which a rule, anybody's, goes one way or the other by its numbers."""

import numpy as np
import pytest

import autograd_lite as al


@al.primitive
def halved(x):
    return x / 2


@al.primitive
def _private(x):
    return x / 2


def by_branch(g, x):
    return g / 2 if al.branch(np.all(x > 0)) else g * 0.5


def by_if(g, x):
    return g / 2 if np.all(x > 0) else g * 0.5


def gradient(x):
    return al.grad(lambda x: np.sum(halved(x) * x))(x)


@pytest.fixture(autouse=True)
def rule():
    al.rule(halved, x=by_branch)
    al.rule(_private, x=by_branch)


def test_a_users_rule_may_branch_and_the_program_guards_it():
    positive, mixed = np.array([1.0, 2.0]), np.array([-1.0, 2.0])
    program = al.trace(gradient, positive)
    np.testing.assert_array_equal(program(2 * positive), gradient(2 * positive))
    for run in (program, program.compile()):
        with pytest.raises(ValueError, match="takes another way"):
            run(mixed)


def test_a_plain_branch_is_refused_with_the_remedy_that_works():
    al.rule(halved, x=by_if)
    np.testing.assert_array_equal(gradient(np.ones(2)), [1, 1])  # eagerly it is as good
    with pytest.raises(TypeError, match=r"al\.branch\(condition\)"):
        al.trace(gradient, np.ones(2))


@pytest.mark.parametrize("x", [1.0, np.float32(1), np.array([True]), al.Tensor(np.ones(1))])
def test_it_is_bool_elsewhere(x):
    assert al.branch(x) is True


def test_it_is_bool_at_every_level():
    def f(x):
        return x * x if al.branch(x > 0) else -x

    assert al.grad(al.grad(f))(3.0) == 2 and al.grad(al.grad(f))(-3.0) == 0


def test_an_underscore_in_a_name_means_nothing():
    names = [step.name for step in al.trace(lambda x: _private(x), np.ones(2)).steps]
    assert names == ["_private"]


def test_an_inline_primitive_is_looked_into():
    @al.primitive(inline=True)
    def double(x):
        return x + x

    al.rule(double, x=lambda g: g + g)
    assert [step.name for step in al.trace(double, np.ones(2)).steps] == ["add"]
    np.testing.assert_array_equal(al.grad(lambda x: np.sum(double(x)))(np.ones(2)), [2, 2])
