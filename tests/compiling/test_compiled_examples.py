"""The examples, compiled: their values, gradients and training steps are the same to the bit."""

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.compiled import LAYOUTS, check_compiled, laid_out
from tests.support.equality import same_trees
from tests.support.example_losses import CASES


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient(name, rng):
    loss, args = CASES[name](rng)
    layout = LAYOUTS[len(name) % (len(LAYOUTS) - 1)]  # not with rows repeated: labels would be
    check_compiled(al.value_and_grad(loss), args, laid_out(args, layout))


@pytest.mark.parametrize("name", ["netbp", "lstm", "sparse_net"])
def test_hessian_vector_products(name, rng):
    loss, (model, *rest) = CASES[name](rng)
    v = al.tree_map(lambda w: rng.normal(size=w.shape).astype(w.dtype), model)
    check_compiled(lambda model, v: al.hvp(lambda m: loss(m, *rest), model, v), (model, v))


@pytest.mark.parametrize("optimizer", [nn.SGD(0.1), nn.Adam(0.01), nn.HeavyBall(0.1, 0.9)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_training(optimizer, dtype, rng):
    """Hundred steps: parameters, state and losses."""
    loss, (start, x, y) = CASES["netbp"](rng)

    def step(model, state, x, y):
        value, gradient = al.value_and_grad(loss)(model, x, y)
        return value, *optimizer(model, gradient, state)

    start = al.tree_map(lambda w: w.astype(dtype), start)
    batches = rng.normal(size=(100, *np.shape(x))).astype(dtype), np.asarray(y, dtype)

    def train(step):
        model, state, values = start, optimizer.start(start), []
        for x in batches[0]:
            value, model, state = step(model, state, x, batches[1])
            values.append(value)
        return values, model, state

    compiled = al.compile(step)
    assert same_trees(train(step), train(compiled))
    assert len(compiled.programs) <= 2
