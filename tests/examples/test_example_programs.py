"""Programs of the examples: eager, interpreted and as source are the same to the bit."""

import pytest

import autograd_lite as al
import nn
from tests.support.example_losses import CASES
from tests.support.programs import check_program


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient(name, rng):
    loss, args = CASES[name](rng)
    check_program(al.value_and_grad(loss), args)


@pytest.mark.parametrize("name", ["netbp", "xor", "lstm", "sparse_net"])
def test_hessian_vector_products(name, rng):
    loss, (model, *rest) = CASES[name](rng)
    v = al.tree_map(lambda w: rng.normal(size=w.shape).astype(w.dtype), model)
    check_program(lambda model, v: al.hvp(lambda m: loss(m, *rest), model, v), (model, v))


@pytest.mark.parametrize("optimizer", [nn.SGD(0.1), nn.Adam(0.01), nn.HeavyBall(0.1, 0.9)])
def test_a_training_step(optimizer, rng):
    loss, (model, *batch) = CASES["netbp"](rng)

    def step(model, state, x, y):
        value, gradient = al.value_and_grad(loss)(model, x, y)
        return value, *optimizer(model, gradient, state)

    program = check_program(step, (model, optimizer.start(model), *batch))
    _, model, state = program(model, optimizer.start(model), *batch)
    assert program(model, state, *batch)[0] == step(model, state, *batch)[0]
