"""Gradients of other packages, held against derivatives found without them."""

import re
import subprocess
import sys

import numpy as np
import pytest

from autograd_lite.testing import adapters, check_grads, mutants_of
from tests.support.sources import ROOT

PAGE = (ROOT / "docs/how-to/testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
X = np.random.default_rng(0).normal(size=(3, 4))
W = np.random.default_rng(1).normal(size=(4, 2))
DTYPES = [np.float32, np.float64]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_what_the_page_shows(number, tmp_path):
    block = BLOCKS[number]
    package = next(name for name in ("torch", "jax", "autograd") if f"import {name}" in block)
    pytest.importorskip(package)
    if "def test_" not in block:
        exec(compile(block, "docs/how-to/testing.md", "exec"), {"__name__": "__main__"})
        return
    (tmp_path / "test_page.py").write_text(block, encoding="utf-8")
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path]
    ended = subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert ended.returncode == 0 and " passed" in ended.stdout, ended.stdout


def modules():
    return [("torch", "torch"), ("jax", "jax.numpy"), ("autograd", "autograd.numpy")]


@pytest.mark.parametrize("name, module", modules())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_saturated_layers_pass_and_mistakes_do_not(name, module, dtype, scale):
    package, adapter = pytest.importorskip(module), getattr(adapters, name)

    def layer(x, W):
        return package.tanh(x @ W)

    args = X.astype(dtype), (scale * W).astype(dtype)
    check_grads(layer, args, vjp=adapter)
    for mutant in mutants_of(adapter, layer, (X.astype(dtype), W.astype(dtype))):
        if dtype is np.float32 and mutant.name.endswith("float32"):
            continue
        with pytest.raises(AssertionError):
            check_grads(layer, (X.astype(dtype), W.astype(dtype)), vjp=mutant)


@pytest.mark.parametrize("name, module", [("torch", "torch"), ("jax", "jax.numpy")])
@pytest.mark.parametrize("dtype", DTYPES)
def test_ties_of_several(name, module, dtype):
    package = pytest.importorskip(module)

    def ordered(x):
        found = package.sort(x)
        return found if name == "jax" else found[0]

    check_grads(ordered, (np.ones(4, dtype),), vjp=getattr(adapters, name))


# ---- torch ----


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_plain_function_of_torch(dtype):
    torch = pytest.importorskip("torch")

    class Exp(torch.autograd.Function):
        factor = 1

        @staticmethod
        def forward(ctx, x):
            y = torch.exp(x)
            ctx.save_for_backward(y)
            return y

        @classmethod
        def backward(cls, ctx, g):
            return Exp.factor * g * ctx.saved_tensors[0]

    assert check_grads(Exp.apply, (X.astype(dtype),), vjp=adapters.torch).order == 2
    Exp.factor = 2
    with pytest.raises(AssertionError, match="a factor 2 too much"):
        check_grads(Exp.apply, (X.astype(dtype),), vjp=adapters.torch)


def test_a_function_of_torch_that_computes_with_numpy():
    torch = pytest.importorskip("torch")

    class Sin(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.as_tensor(np.sin(x.detach().numpy()))

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, g):
            return g * torch.as_tensor(np.cos(ctx.saved_tensors[0].detach().numpy()))

    report = check_grads(Sin.apply, (X,), vjp=adapters.torch)
    assert report.ok and report.order == 1 and "order 2 not checked" in report.notes[0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_module_of_torch(dtype):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.ReLU(), torch.nn.LayerNorm(5))
    net = net.to(getattr(torch, np.dtype(dtype).name))
    assert check_grads(net, (X.astype(dtype),), vjp=adapters.torch).ok
    weights = {name: p.detach().numpy() for name, p in net.named_parameters()}

    def loss(weights, x, labels):
        scores = torch.func.functional_call(net, weights, (x,))
        return torch.nn.functional.cross_entropy(scores, labels)

    report = check_grads(loss, (weights, X.astype(dtype), np.arange(3)), vjp=adapters.torch)
    assert report.ok and len(report.oracles) == 5 and report.order == 2


def test_a_result_of_torch_that_was_detached():
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError, match="no result has a way back"):
        check_grads(lambda x: torch.sin(x.detach()), (X,), vjp=adapters.torch)
