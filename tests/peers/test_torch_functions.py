"""What an author of a torch.autograd.Function tries, and what `check_grads` says to it."""

import re
from functools import partial

import numpy as np
import pytest

import nn
from autograd_lite.testing import adapters, check_grads, gradient_property, mutants_of

torch = pytest.importorskip("torch")
check = partial(check_grads, vjp=adapters.torch)
X = np.random.default_rng(0).normal(size=(3, 4))
Y = X + 4


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * (1 - ctx.saved_tensors[0] ** 2)


class Wrong(Tanh):
    @staticmethod
    def backward(ctx, g):
        return g * (1 - ctx.saved_tensors[0])


class NoGradient(Tanh):
    @staticmethod
    def backward(ctx, g):
        return None


class Softplus(torch.autograd.Function):
    """Its slope is a difference over a step that float32 does not see."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.log1p(torch.exp(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        there, back = (torch.log1p(torch.exp(x + h)) for h in (1e-6, -1e-6))
        return g * (there - back) / 2e-6


class LeakyReLU(torch.autograd.Function):
    at_0 = 1.0

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x < 0, 0.1 * x, x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        slope = torch.where(x < 0, torch.full_like(x, 0.1), torch.ones_like(x))
        return g * torch.where(x == 0, torch.full_like(x, LeakyReLU.at_0), slope)


class Power(torch.autograd.Function):
    """x yᵖ."""

    @staticmethod
    def forward(ctx, x, y, p=2):
        ctx.save_for_backward(x, y)
        ctx.p = p
        return x * y**p

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y**ctx.p, g * x * ctx.p * y ** (ctx.p - 1), None


class Exp(torch.autograd.Function):
    """In the new manner, where the context is set up later."""

    @staticmethod
    def forward(x):
        return torch.exp(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


def failure(f, *args, **options):
    with pytest.raises(AssertionError) as error:
        check(f, args, **options)
    return str(error.value)


def test_the_report_has_the_names_of_the_function_and_of_its_arguments():
    assert str(check(Tanh.apply, (X,))).startswith("check_grads(Tanh.apply): passed\noracle for x:")
    assert [*check(Exp.apply, (X,)).oracles] == ["x"]
    assert [*check(Power.apply, (X, Y, 3)).oracles] == ["x", "y"]
    assert failure(Wrong.apply, X).startswith("check_grads(Wrong.apply): FAILED")
    net = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Tanh())
    assert str(check(net, (np.float32(X),))).startswith("check_grads(Sequential): passed\noracle f")


def test_a_property_draws_the_arguments_of_forward():
    gradient_property(Tanh.apply, vjp=adapters.torch, max_examples=5)()
    gradient_property(Power.apply, domain={"y": "positive"}, vjp=adapters.torch, max_examples=5)()
    with pytest.raises(AssertionError, match=r"the derivatives of Wrong\.apply are wrong at\n +x"):
        gradient_property(Wrong.apply, vjp=adapters.torch, max_examples=20)()


@pytest.mark.parametrize("function", [Softplus.apply, Wrong.apply])
def test_what_is_right_in_float64_alone(function):
    """The report of float32 says so, and only of what is."""
    text = failure(function, np.float32(X), order=1)
    right = function == Softplus.apply
    assert ("in float64 it passes" in text) is right
    if right:
        check(function, (X,), order=1)


def test_half_precision_is_no_excuse():
    """A gradient that is wrong by its size is not called rounding, with an rtol for a remedy."""
    assert "rounding" not in failure(Wrong.apply, np.float16(X))


@pytest.mark.parametrize("at_0, right", [(1.0, True), (0.1, True), (0.5, True), (2.0, False)])
def test_kinks(at_0, right, monkeypatch):
    monkeypatch.setattr(LeakyReLU, "at_0", at_0)
    x = X.copy()
    x[0, 0] = 0
    if right:
        assert check(LeakyReLU.apply, (x,)).ok
    else:
        assert "this is a kink, where anything from" in failure(LeakyReLU.apply, x)


def test_an_option_is_left_out():
    text = failure(Power.apply, X, Y, 3.0)
    assert "argument p: got 0" in text
    argnums = eval(re.search(r"p is the number 3\.0: .*argnums=(\(.*?\))", text)[1])
    assert check(Power.apply, (X, Y, 3.0), argnums=argnums).ok  # the remedy
    assert check(lambda x, y: Power.apply(x, y, 3.0), (X, Y)).ok
    with pytest.raises(TypeError, match="check_grads has no argument p=; it takes f=, args=,"):
        check(Power.apply, (X, Y), p=3.0)


# ---- tensors ----


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex128])
@pytest.mark.parametrize("followed", [True, False])
def test_arguments_may_be_tensors(dtype, followed):
    x = torch.tensor(X).to(dtype).requires_grad_(followed)
    before = x.detach().clone()
    assert check(torch.tanh, (x,)).ok and check(torch.tanh, x).ok
    assert check(lambda p: p["x"] * p["x"], ({"x": torch.nn.Parameter(x)},)).ok
    assert torch.equal(x.detach(), before) and x.grad is None


def test_tensors_that_numpy_cannot_hold():
    x = torch.ones(3, dtype=torch.bfloat16)
    with pytest.raises(TypeError, match=r"no bfloat16, .*give x\.float\(\)"):
        check(torch.tanh, (x,))
    assert check(torch.tanh, (x.float(),)).ok  # the remedy


def test_tensors_need_the_adapter():
    x = torch.tensor(X)
    with pytest.raises(TypeError, match=r"args\[0\]\['x'\] is a Tensor of torch; give vjp=adapter"):
        check_grads(lambda p: torch.tanh(p["x"]), ({"x": x},))
    with pytest.raises(TypeError, match=r"give vjp=adapters\.torch, or its numbers as an array"):
        check_grads(np.tanh, (x,), vjp=adapters.by_hand(lambda x, g: g))
    check(lambda p: torch.tanh(p["x"]), ({"x": x},))  # the remedies
    check_grads(np.tanh, (x.numpy(),))


# ---- calls that are not meant so ----


@pytest.mark.parametrize(
    "f",
    [
        Tanh.apply,
        torch.tanh,
        torch.nn.functional.relu,
        torch.nn.Tanh(),
        lambda x: torch.softmax(x, dim=1),
        lambda x: torch.exp(x) * 2,
        lambda x: torch.as_tensor(x) * 2,
    ],
)
def test_a_function_of_torch_without_its_adapter(f):
    with pytest.raises((TypeError, RuntimeError)) as error:
        check_grads(f, (Y,))
    (note,) = error.value.__notes__
    vjp = eval(re.search(r"give vjp=(\S+)", note)[1])
    assert check_grads(f, (Y,), vjp=vjp).ok  # the remedy


@pytest.mark.parametrize("f", [Tanh, Exp])
def test_the_class_in_place_of_its_apply(f):
    for call in (lambda: check(f, (X,)), lambda: gradient_property(f, vjp=adapters.torch)):
        with pytest.raises(TypeError, match=rf"the class {f.__name__} itself; give") as error:
            call()
    assert check(eval(str(error.value).rpartition("give ")[2]), (X,)).ok  # the remedy


def test_the_adapter_is_given_and_not_called():
    with pytest.raises(TypeError, match=r"so it is not called; give vjp=adapters\.torch"):
        check_grads(Tanh.apply, (X,), vjp=adapters.torch())
    for wrong in (torch, "torch"):
        with pytest.raises(TypeError, match=r"must be a function vjp.*, as in vjp=adapters\.torch"):
            check_grads(Tanh.apply, (X,), vjp=wrong)


def test_dtypes_are_those_of_the_arguments():
    net = torch.nn.Linear(4, 2)
    with pytest.raises(RuntimeError) as error:
        check(net, (X,))
    assert "in the dtypes of the arguments: float64" in error.value.__notes__[0]
    assert check(net, (X.astype(np.float32),)).ok  # the remedy


@pytest.mark.parametrize("f", [lambda x: x.detach().numpy(), lambda x: x.sum().item()])
def test_results_are_tensors(f):
    with pytest.raises(TypeError, match=r"torch: f returned a \w+, and is to return tensors"):
        check(f, (X,))


def test_a_backward_pass_of_none():
    with pytest.raises(RuntimeError, match="did backward return None"):
        check(NoGradient.apply, (X,))


def test_what_is_drawn_at_random_needs_a_seed():
    assert "let f set the seed" in failure(lambda x: torch.dropout(x, 0.5, train=True), X)

    def seeded(x):
        torch.manual_seed(0)
        return torch.dropout(x, 0.5, train=True)

    assert check(seeded, (X,)).ok  # the remedy


def test_mutants_of_a_function_at_tensors():
    for mutant in mutants_of(adapters.torch, Tanh.apply, (torch.tensor(X, requires_grad=True),)):
        with pytest.raises(AssertionError):
            check_grads(Tanh.apply, (X,), vjp=mutant)


def test_tensors_do_not_become_data_of_nn():
    x, y = torch.tensor(X), torch.tensor([0, 1, 0])
    for call in (
        lambda: nn.Batches(x, y, size=2),
        lambda: nn.MLP([4, 2], rng=np.random.default_rng(0))(x),
        lambda: nn.cross_entropy(X, y),
    ):
        with pytest.raises(TypeError, match=r"no Tensor of torch; give x\.detach\(\)\.cpu\(\)"):
            call()
