"""checkpoint: the same bits from fewer kept bytes."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.tape import Node, tape


def deep(p, x):
    for _ in range(10):
        x = np.tanh(x @ p["W"] + p["b"])
    return x


def kept_bytes(loss):
    steps = tape([loss.node])
    nodes = {*steps, *(a for step in steps for a in step.operands if type(a) is Node)}
    return sum(n.value.nbytes for n in nodes if hasattr(n, "value"))


@pytest.fixture
def case(rng):
    return {"W": rng.standard_normal((8, 8)), "b": rng.standard_normal(8)}, np.ones((50, 8))


def test_gradients_have_the_same_bits(case):
    p, x = case
    plain = al.grad(lambda p: np.sum(deep(p, x)))(p)
    saved = al.grad(lambda p: np.sum(al.checkpoint(deep)(p, x)))(p)
    assert all(np.array_equal(plain[k], saved[k]) for k in p)


def test_kept_bytes_drop(case):
    p, x = case
    W, b = al.Tensor(p["W"]), al.Tensor(p["b"])
    plain = kept_bytes(np.sum(deep({"W": W, "b": b}, x)))
    saved = kept_bytes(np.sum(al.checkpoint(deep)({"W": W, "b": b}, x)))
    assert plain >= 10 * 50 * 8 * 8  # ten activations
    assert saved == W.data.nbytes + b.data.nbytes  # the arguments


def test_higher_derivatives():
    cube = al.checkpoint(lambda x: x * x * x)
    assert al.grad(al.grad(al.grad(cube)))(5.0) == 6.0


def test_several_results_and_whole_numbers():
    f = al.checkpoint(lambda x, n: (np.sin(x), x**n))
    assert al.grad(lambda x: f(x, 3)[1])(2.0) == 12.0
    assert al.grad(lambda x: f(x, 3)[0])(0.0) == 1.0


def test_a_hidden_argument_is_refused():
    def outer(w):
        return al.checkpoint(lambda x: x * w)(3.0 * w)

    with pytest.raises(TypeError, match="uses a tracked value that is not among its arguments"):
        al.grad(outer)(2.0)


def test_nothing_is_left_behind(case):
    from autograd_lite.core.registry import PRIMITIVES

    p, x = case
    before = len(PRIMITIVES)
    for _ in range(5):
        al.grad(lambda p: np.sum(al.checkpoint(deep)(p, x)))(p)
    assert len(PRIMITIVES) == before


def test_checkpoint_of_results_of_any_structure():
    f = al.checkpoint(lambda x: {"a": x * x, "b": [x, (x**3,)]})
    assert al.grad(lambda x: f(x)["a"] + f(x)["b"][1][0])(2.0) == 4.0 + 12.0
    state = al.checkpoint(np.linalg.slogdet)
    assert np.array_equal(al.grad(lambda x: state(x).logabsdet)(np.eye(2)), np.eye(2))


# ---- blocks that are not pure ----


@pytest.mark.parametrize("shape", [(8,), (300, 50), ()])
@pytest.mark.parametrize("nested", [False, True])
def test_a_block_that_draws_is_noticed(shape, nested):
    rng = np.random.default_rng(0)

    def dropped(x):
        return np.tanh(x) * (rng.random(shape) > 0.5) * rng.random()

    block = al.checkpoint(lambda x: al.checkpoint(dropped)(x) if nested else dropped(x))
    with pytest.raises(RuntimeError, match="not pure: it draws random numbers"):
        al.grad(lambda x: np.sum(block(x) ** 2))(np.ones(shape))


def test_a_mask_that_is_an_argument_is_the_remedy():
    mask = np.random.default_rng(0).random(8) > 0.5
    block = al.checkpoint(lambda x, mask: np.tanh(x) * mask)
    x = np.linspace(0.5, 2, 8)
    expected = al.grad(lambda x: np.sum(np.tanh(x) * mask))(x)
    np.testing.assert_array_equal(al.grad(lambda x: np.sum(block(x, mask)))(x), expected)


def test_a_block_that_reads_what_changes_is_noticed():
    scale = {"by": 2.0}
    block = al.checkpoint(lambda x: x * scale["by"])
    _, pullback = al.vjp(block, np.ones(3))
    scale["by"] = 3.0
    with pytest.raises(RuntimeError, match="reads what has changed"):
        pullback(np.ones(3))


def test_nan_is_as_good_as_nan():
    block = al.checkpoint(lambda x: np.sqrt(x))
    with np.errstate(invalid="ignore"):
        assert np.isnan(al.grad(block)(-1.0))
