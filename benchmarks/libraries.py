"""What a problem needs of a library, under one name each, so that it is written once for all.

A library has a namespace ``np`` like NumPy's and ``scan`` like JAX's; ``grad(f, numbers)`` and
``hessian(f)`` are derivatives, and ``samples(f)(w, X)`` has the gradient of ``f(w, x)`` by ``w``
for each row.  ``dialects`` says under which name a benchmark has functions for it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd_lite as al


@dataclass
class Library:
    """See above; ``given(x)`` makes its array of NumPy's, ``ready(f)`` what is called and timed."""

    dialect: str
    np: Any
    scan: Any
    grad: Any
    hessian: Any
    samples: Any
    given: Any
    ready: Any


def ours():
    def samples(f):
        return lambda w, X: al.map(lambda x: al.grad(f)(w, x), X)

    same = lambda x: x
    return Library("ours", np, al.scan, al.grad, al.hessian, samples, same, same)


def jax():
    import jax

    jax.config.update("jax_enable_x64", True)

    def ready(f):
        jitted = jax.jit(f)
        return lambda *args: jax.block_until_ready(jitted(*args))

    def samples(f):
        return jax.vmap(jax.grad(f), (None, 0))

    given = jax.numpy.asarray
    return Library("jax", jax.numpy, jax.lax.scan, jax.grad, jax.hessian, samples, given, ready)


def torch():
    """Eager; only gradients of samples are vmap's."""
    import torch

    def scan(step, carry, xs=None, length=None):
        ys = []
        for i in range(length or len(al.tree_leaves(xs)[0])):
            carry, y = step(carry, al.tree_map(lambda x, i=i: x[i], xs))
            ys.append(y)
        return carry, None if ys[0] is None else torch.stack(ys)

    def grad(f, numbers=0):
        def gradient(*args):
            args = list(args)
            of = (numbers,) if isinstance(numbers, int) else numbers
            for i in of:
                wanted = [x.detach().requires_grad_() for x in as_list(args[i])]
                args[i] = wanted if isinstance(args[i], list) else wanted[0]
            wanted = [x for i in of for x in as_list(args[i])]
            found = list(torch.autograd.grad(f(*args), wanted))
            return found[0] if isinstance(numbers, int) and len(found) == 1 else found

        return gradient

    def samples(f):
        return torch.func.vmap(torch.func.grad(f), (None, 0))

    hessian = torch.func.hessian
    return Library("torch", torch, scan, grad, hessian, samples, torch.asarray, lambda f: f)


def as_list(x):
    return x if isinstance(x, list) else [x]


LIBRARIES = {"jax": jax, "torch": torch}
