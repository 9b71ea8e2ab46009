"""What is inferred of vjp, jvp, hvp, gnvp."""

from typing import reveal_type

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al

Floats = NDArray[np.float64]
x: Floats = np.ones(3)
p = {"w": x}


def squares(x: Floats) -> Floats:
    return x * x


def scaled(p: dict[str, Floats], x: float = 1.0) -> Floats:
    return p["w"] * x


def both(x: float) -> tuple[float, str]:
    return x, ""


reveal_type(al.vjp(squares, x))  # tuple[Floats, (Any) -> tuple[Floats]]
reveal_type(al.vjp(scaled, p))  # tuple[Floats, (Any) -> tuple[dict[str, Floats]]]
reveal_type(al.vjp(scaled, p, 2.0))  # tuple[Floats, (Any) -> tuple[dict[str, Floats], float]]
reveal_type(al.vjp(np.exp, x))  # tuple[ndarray, (Any) -> tuple[Floats]]
reveal_type(al.vjp(lambda x, y: x * y, x, 2.0))  # tuple[Floats, (Any) -> tuple[Floats, float]]
reveal_type(al.vjp(both, 1.0, has_aux=True))  # tuple[float, (Any) -> tuple[float], str]

reveal_type(al.jvp(squares, (x,), (x,)))  # tuple[Floats, Floats]
reveal_type(al.jvp(scaled, (p, 2.0), (p, 1.0)))  # tuple[Floats, Floats]
reveal_type(al.jvp(np.exp, (x,), (x,)))  # tuple[ndarray, ndarray]
reveal_type(al.jvp(both, (1.0,), (1.0,), has_aux=True))  # tuple[float, float, str]
reveal_type(al.jvp(squares, [x], [x]))  # tuple[Any, ...]

reveal_type(al.hvp(np.sum, x, x))  # Floats
reveal_type(al.hvp(scaled, (p, 2.0), (p, 1.0)))  # tuple[dict[str, Floats], float]
reveal_type(al.gnvp(squares, np.sum, x, x))  # Floats

al.vjp(squares, "x")  # error: arg-type reportArgumentType
al.gnvp(squares, both, x, x)  # error: arg-type misc reportArgumentType
