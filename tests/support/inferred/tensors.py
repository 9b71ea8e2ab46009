"""What is inferred of Tensors, and of what NumPy makes of them."""

from typing import reveal_type

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al

Floats = NDArray[np.float64]
x: Floats = np.ones(3)
t = al.Tensor([1.0, 2.0])

# ---- operators and methods ----

reveal_type(t)  # Tensor
reveal_type(t + 1)  # Tensor
reveal_type(2.0 * t - t / t)  # Tensor
reveal_type(t**2)  # Tensor
reveal_type(-abs(t))  # Tensor
reveal_type(t @ t)  # Tensor
reveal_type(t[0])  # Tensor
reveal_type(t.T)  # Tensor
reveal_type(t.sum(axis=0))  # Tensor
reveal_type(t.reshape(2, 1).mean())  # Tensor
reveal_type(list(t))  # list[Tensor]
reveal_type(t.shape)  # tuple[int, ...]
reveal_type(t.dtype)  # dtype[Any]
reveal_type(t > 0)  # Any
reveal_type(t.argmax())  # Any

# ---- gradients ----

reveal_type(t.backward())  # None
reveal_type(t.grad)  # ndarray | Any
reveal_type(t.data)  # ndarray | Any
reveal_type(t.numpy())  # ndarray
reveal_type(al.stop_gradient(t))  # Any
reveal_type(al.stop_gradient(x))  # Floats

# ---- functions of NumPy, whose stubs see an array ----

reveal_type(np.sum(t))  # Any
reveal_type(np.mean(t * t, axis=0))  # Any
reveal_type(np.sin(t))  # ndarray
reveal_type(np.where(x > 0, t, 0.0))  # ndarray
reveal_type(np.concatenate([t, t]))  # ndarray
reveal_type(x @ t)  # Floats
np.sin(t).backward()  # error: attr-defined reportAttributeAccessIssue
t.backwards()  # error: attr-defined reportAttributeAccessIssue
