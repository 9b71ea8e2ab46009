"""How each library takes a step of gradient descent.

A maker gets a loss ``loss(p, *data)`` in its library's functions, and copies ``p`` to start from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import autograd_lite as al

HAND = "hand-written NumPy"
OURS = "autograd_lite"
NN = "autograd_lite with nn"
PEERS = {
    "autograd": "HIPS autograd",
    "mygrad": "MyGrad",
    "torch": "PyTorch eager",
    "jax": "JAX jit",
    "numba": "Numba",
}


@dataclass
class Contestant:
    """``gradient()`` at where its parameters are, and ``step()``, which moves them against it."""

    name: str
    gradient: Callable[[], Any]
    step: Callable[[], Any]


def installed(peers):
    """Those of the peers, named by their modules, that can be imported."""
    return [peer for peer in peers if find_spec(peer)]


def on_arrays(name, gradient, p, rate, data):
    """A contestant whose ``gradient(p, *data)`` takes and returns NumPy arrays."""
    p = [w.copy() for w in p]

    def step():
        for w, g in zip(p, gradient(p, *data)):
            w -= rate * g

    return Contestant(name, lambda: gradient(p, *data), step)


def ours(loss, p, rate, data):
    return on_arrays(OURS, al.grad(loss), p, rate, data)


def ours_with_nn(loss, p, rate, data):
    return on_arrays(NN, al.grad(loss), p, rate, data)


def hips(loss, p, rate, data):
    import autograd

    return on_arrays(PEERS["autograd"], autograd.grad(loss), p, rate, data)


def mygrad(loss, p, rate, data):
    import mygrad as mg

    p = [mg.tensor(w) for w in p]

    def gradient():
        loss(p, *data).backward()
        return [w.grad for w in p]

    def step():
        for w, g in zip(p, gradient()):
            w.data -= rate * g

    return Contestant(PEERS["mygrad"], gradient, step)


def torch(loss, p, rate, data):
    import torch

    p = [torch.tensor(w, requires_grad=True) for w in p]
    data = [torch.tensor(d) for d in data]

    def gradient():
        return torch.autograd.grad(loss(p, *data), p)

    def step():
        gradients = gradient()
        with torch.no_grad():
            for w, g in zip(p, gradients):
                w.sub_(g, alpha=rate)

    return Contestant(PEERS["torch"], gradient, step)


def jax(loss, p, rate, data):
    import jax

    jax.config.update("jax_enable_x64", True)
    data = [jax.numpy.asarray(d) for d in data]
    state = [jax.numpy.array(w) for w in p]
    gradient = jax.jit(jax.grad(loss))

    @jax.jit
    def moved(p, *data):
        return [w - rate * g for w, g in zip(p, jax.grad(loss)(p, *data))]

    def step():
        state[:] = jax.block_until_ready(moved(state, *data))

    return Contestant(PEERS["jax"], lambda: gradient(state, *data), step)


MAKERS = {
    "ours": ours,
    "nn": ours_with_nn,
    "autograd": hips,
    "mygrad": mygrad,
    "torch": torch,
    "jax": jax,
}
