"""What is made is freed without the collector, what is kept is bounded, what is wide is linear."""

import copy
import gc
import weakref

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.registry import PRIMITIVES, known


class Witness(np.ndarray):
    """An array that can be referred to weakly."""


def custom(data):
    @al.primitive
    def scaled(x):
        return np.sum(x) * float(data[0])

    al.rule(scaled, x=lambda g, x: g * float(data[0]) * np.ones_like(x))
    return scaled


def checkpointed(data):
    return al.checkpoint(lambda x: np.sum(x * float(data[0])))


@pytest.mark.parametrize("make", [custom, checkpointed])
def test_a_function_made_within_a_function_is_freed_with_it(make, no_collector):
    data = np.full(1, 2.0).view(Witness)
    alive, before = weakref.ref(data), len(PRIMITIVES)
    f = make(data)
    assert al.grad(f)(np.ones(3)).tolist() == [2, 2, 2]
    assert al.hessian(lambda x, f=f: f(x * x))(np.ones(1)).tolist() == [[4]]
    y = f(al.Tensor(np.ones(3)))
    y.backward()
    del f, data, y
    assert alive() is None and len(PRIMITIVES) == before


def test_a_tape_may_outlive_the_function_that_made_it(no_collector):
    t = al.Tensor(np.ones(3))
    y = custom([3.0])(t)
    gc.collect()
    y.backward()
    assert t.grad.tolist() == [3, 3, 3]


def test_plans_are_bounded():
    rng = np.random.default_rng(0)
    x = np.ones(1)

    def plans():
        return sum(len(p.plans) for p in set(PRIMITIVES.values()))

    def once():
        tracked = rng.random(40) > 0.5
        tracked[0] = True
        al.grad(lambda x: np.sum(np.concatenate([x if t else np.ones(1) for t in tracked])))(x)

    once()
    before = plans()
    for _ in range(50):
        once()
    assert plans() == before


@pytest.mark.parametrize("join", [np.stack, np.concatenate, np.hstack])
def test_wide_is_linear(join):
    """Calls per operand are counted, for time is not to be trusted."""
    import sys

    def calls(n):
        count = 0

        def tick(*_):
            nonlocal count
            count += 1

        parts = [np.ones(1)] * n
        sys.setprofile(tick)
        try:
            al.grad(lambda p: np.sum(join(p)))(parts)
        finally:
            sys.setprofile(None)
        return count

    calls(10)
    assert calls(800) < 2.2 * calls(400)


def test_a_rule_that_states_nothing_is_refused():
    before = known(np.sin)
    with pytest.raises(TypeError, match=r"rule\(sin\) states no derivative"):
        al.rule(np.sin)
    assert known(np.sin) is before and al.grad(np.sin)(0.0) == 1


def test_a_wrapped_custom_function_is_not_the_custom_function():
    from functools import wraps

    f = custom([2.0])

    @wraps(f)
    def g(x):
        return f(x)

    with pytest.raises(TypeError, match=r"@al\.primitive"):
        al.rule(g, x=lambda g: g)


# ---- copies ----


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copied_model_stays_on_the_tape(copied):
    def f(p):
        return np.sum(copied(p)["w"] ** 2) + np.sum(copied(p["w"] * 3)) + np.sum(copied(p["w"]))

    assert al.grad(f)({"w": np.ones(2)})["w"].tolist() == [6, 6]
    assert al.grad(al.grad(lambda x: copied(x) ** 3))(2.0) == 12


def test_a_deep_copy_of_a_leaf_of_ones_own_is_another_leaf():
    t = al.Tensor(np.ones(2))
    u = copy.deepcopy({"w": t})["w"]
    np.sum(u * u).backward()
    assert t.grad is None and u.grad.tolist() == [2, 2]
    assert not np.shares_memory(t.data, u.data)
