"""What to write for a name that Tensors do not have: of ndarray, of other packages, of ours."""

from __future__ import annotations

import numpy as np

from autograd_lite.core.advice.site import Site
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES

#: Methods of ndarray that change the array or show its memory, and those of other packages.
ATTRIBUTES = {
    "sort": "y = np.sort(t), for a Tensor is never changed in place",
    "partition": "y = np.partition(t, kth), for a Tensor is never changed in place",
    "resize": "y = np.reshape(t, shape), for a Tensor is never changed in place",
    "fill": "t = np.full(shape, value), for a Tensor is never changed in place",
    "put": "t = al.at_set(t, index, v), for a Tensor is never changed in place",
    "itemset": "t = al.at_set(t, index, v), for a Tensor is never changed in place",
    "setfield": "t = al.at_set(t, index, v), for a Tensor is never changed in place",
    "byteswap": "t.data.byteswap()",
    "view": "t.astype(dtype), np.reshape(t, shape), or t.data for its memory",
    "tobytes": "t.data.tobytes()",
    "tofile": "t.data.tofile(file)",
    "dump": "t.data.dump(file)",
    "flags": "t.data.flags",
    "strides": "t.data.strides",
    "base": "t.data.base",
    "ctypes": "t.data.ctypes",
    "at": "al.at_set(t, index, v) or al.at_add(t, index, v)",
    "unsqueeze": "t[None] or np.expand_dims(t, axis)",
    "permute": "np.transpose(t, axes)",
    "t": "t.T",
    "mm": "t @ u",
    "bmm": "t @ u",
    "mv": "t @ v",
    "pow": "t ** p",
    "div": "t / u",
    "mul": "t * u",
    "sub": "t - u",
    "norm": "np.linalg.norm(t)",
    "det": "np.linalg.det(t)",
    "inverse": "np.linalg.inv(t)",
    "cat": "np.concatenate([t, u])",
    "float": "t.astype(np.float32)",
    "double": "t.astype(np.float64)",
    "half": "t.astype(np.float16)",
    "type": "t.astype(dtype)",
    "cpu": "t itself",
    "cuda": "t itself, of CuPy arrays",
    "to": "t.astype(dtype)",
    "clone": "np.copy(t)",
    "requires_grad": "al.grad(f)(x), or a leaf, al.Tensor(x)",
    "requires_grad_": "al.grad(f)(x), or a leaf, al.Tensor(x)",
    "zero_grad": "nothing, for backward sets the gradients and never adds",
    "retain_grad": "al.grad, or a leaf of zeros that is added",
    "values": "t itself, or t.data for the value",
    "to_numpy": "t itself, or t.data for the value",
    "sigmoid": "1 / (1 + np.exp(-t))",
    "relu": "np.maximum(t, 0)",
}


def attribute(error: AttributeError, site: Site) -> AttributeError | None:
    """The error with what to write in place of a name that Tensors do not have, if there is any."""
    name = str(error.name)
    own = ATTRIBUTES.get(name)
    function = getattr(np, name, None)
    if own is None and callable(function):
        known = function in PRIMITIVES or function in COMPOSED or function in CONSTANT
        own = f"np.{name}(t)" if known else None
    if own is None:
        return None
    told = f"a Tensor has no {name}; write {own}\n  at {site.place}"
    return AttributeError(told, name=name, obj=error.obj)
