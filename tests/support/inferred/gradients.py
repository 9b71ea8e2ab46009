"""What is inferred of grad, value_and_grad, jacobian, hessian, derivative."""

from typing import Any, reveal_type

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al

Floats = NDArray[np.float64]
Tree = dict[str, np.ndarray]
x: Floats = np.ones(3)
place: int = 2


def square(x: float) -> float:
    return x * x


def squares(x: Floats) -> Floats:
    return x * x


def energy(x: np.ndarray) -> Any:
    return np.sum(np.tanh(x))


def loss(p: Tree, x: Floats, scale: float = 1.0) -> float:
    return scale


def both(x: float) -> tuple[float, str]:
    return x, ""


# ---- one argument ----

reveal_type(al.grad(square))  # Derived[[float], float]
reveal_type(al.grad(square)(1.0))  # float
reveal_type(al.grad(al.grad(square))(1.0))  # float
reveal_type(al.grad(energy))  # Derived[[ndarray], ndarray]
reveal_type(al.grad(loss))  # Derived[[Tree, x: Floats, scale: float = ...], Tree]
reveal_type(al.grad(loss)({}, x, scale=2.0))  # Tree
reveal_type(al.value_and_grad(square)(1.0))  # tuple[float, float]
reveal_type(al.value_and_grad(energy)(x))  # tuple[Any, ndarray]
reveal_type(al.value_and_grad(loss)({}, x))  # tuple[float, Tree]

# ---- others, and several ----

reveal_type(al.grad(loss, 1)({}, x))  # Floats
reveal_type(al.grad(loss, argnums=(0, 1))({}, x))  # tuple[Tree, Floats]
reveal_type(al.grad(loss, place))  # Derived[[Tree, Floats, scale: float = ...], Any]
reveal_type(al.grad(loss, range(2))({}, x))  # Any
reveal_type(al.value_and_grad(loss, 1)({}, x))  # tuple[float, Floats]
reveal_type(al.value_and_grad(loss, (0, 1))({}, x))  # tuple[float, tuple[Tree, Floats]]

# ---- a pair is returned ----

reveal_type(al.grad(both, has_aux=True)(1.0))  # tuple[float, str]
reveal_type(al.value_and_grad(both, has_aux=True)(1.0))  # tuple[tuple[float, str], float]

# ---- functions of NumPy, and those that are not annotated ----

reveal_type(al.grad(np.sin)(1.0))  # float
reveal_type(al.grad(al.grad(np.sin))(1.0))  # float
reveal_type(al.value_and_grad(np.sin)(1.0))  # tuple[float, float]
reveal_type(al.derivative(np.tanh, 3)(x))  # Floats
reveal_type(al.jacobian(np.sin)(x))  # Floats
reveal_type(al.grad(lambda x: np.sum(x**2))(x))  # Any
reveal_type(al.grad(lambda p: p["w"] * p["w"])({"w": 1.0}))  # Any
reveal_type(al.grad(lambda x, y: x * y, (0, 1))(1.0, 2.0))  # tuple[Any, Any]

# ---- matrices ----

reveal_type(al.jacobian(squares))  # Derived[[ndarray], ndarray]
reveal_type(al.jacobian(squares)(x))  # ndarray
reveal_type(al.jacobian(loss)({}, x))  # Any
reveal_type(al.hessian(squares)(x))  # ndarray
reveal_type(al.hessian(loss)({}, x))  # Any
reveal_type(al.derivative(square))  # (x: float) -> float

# ---- what is wrong is found ----

al.grad(square)("x")  # error: arg-type reportArgumentType
al.grad(square)()  # error: call-arg reportCallIssue
al.grad(loss)({}, x, shift=1.0)  # error: call-arg reportCallIssue
al.grad(x)  # error: call-overload reportCallIssue reportArgumentType
