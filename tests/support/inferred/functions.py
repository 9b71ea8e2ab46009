"""What is inferred of decorators, loops, trees, losses over blocks and programs."""

from typing import reveal_type

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al

Floats = NDArray[np.float64]
x: Floats = np.ones(3)
p = {"w": x}


@al.primitive
def soft(x: Floats, *, sharp: float = 1.0) -> Floats:
    return x * sharp


@al.primitive(inline=True)
def hard(x: Floats) -> Floats:
    return x * x


@al.checkpoint
def block(x: Floats, depth: int = 2) -> Floats:
    return x * depth


@al.compile
def quick(x: Floats, depth: int = 2) -> Floats:
    return x * depth


@al.compile(backend="numpy")
def plain(x: Floats) -> Floats:
    return x


@al.implicit(lambda x, a: x * x - a)
def root(a: float) -> float:
    return a / 2


def step(total: float, x: float) -> tuple[float, float]:
    return total + x, total


def loss(p: dict[str, Floats], x: Floats) -> float:
    return 1.0


# ---- decorators keep what they decorate ----

reveal_type(soft)  # (x: Floats, *, sharp: float = ...) -> Floats
reveal_type(hard)  # (x: Floats) -> Floats
reveal_type(block)  # (x: Floats, depth: int = ...) -> Floats
reveal_type(quick)  # Compiled[[x: Floats, depth: int = ...], Floats]
reveal_type(quick(x, depth=3))  # Floats
reveal_type(plain(x))  # Floats
reveal_type(root)  # (a: float) -> float
reveal_type(al.grad(root))  # Derived[[float], float]
reveal_type(al.compile(al.grad(loss))(p, x))  # dict[str, Floats]
soft(x, blunt=1.0)  # error: call-arg reportCallIssue
block("x")  # error: arg-type reportArgumentType
quick(x, deep=1)  # error: call-arg reportCallIssue

# ---- loops ----

reveal_type(al.scan(step, 0.0, x))  # tuple[float, ndarray]
reveal_type(al.scan(lambda h, x: (h + x, {"h": h}), x, x)[0])  # mypy: Floats; pyright: Any
reveal_type(al.map(hard, x))  # mypy: Any; pyright: ndarray
reveal_type(al.map(root, x))  # ndarray
reveal_type(al.cond(x[0] > 0, hard, soft, x))  # Floats
ended = al.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1.0, s[1]), (0.0, x))
reveal_type(ended)  # tuple[float, Floats]
reveal_type(al.fixed_point(np.cos, 1.0))  # float
reveal_type(al.fixed_point(lambda x, a: a * x, x, 0.5))  # Floats
al.cond(x[0] > 0, hard, root, x)  # error: arg-type reportArgumentType

# ---- trees ----

reveal_type(al.tree_map(np.zeros_like, p))  # dict[str, Floats]
reveal_type(al.tree_map(lambda w, dw: w - 0.1 * dw, p, p))  # dict[str, Floats]
reveal_type(al.tree_map(np.shape, p))  # Any
reveal_type(al.tree_leaves(p))  # list[Any]
reveal_type(al.at_add(x, 0, 1.0))  # Floats
reveal_type(al.named("z", x))  # Floats

# ---- losses over blocks, programs ----

total = al.mean_over(loss, al.blocks(x))
of_lambda = al.mean_over(lambda w, x, y: w * np.mean(x * y), al.blocks(x, x))
reveal_type(total(p))  # float
reveal_type(of_lambda)  # Total[Any, Any]
reveal_type(al.grad(total)(p))  # dict[str, Floats]
program = al.trace(loss, p, x)
reveal_type(program)  # Program
reveal_type(al.trace(al.grad(lambda x: x * x), 2.0))  # Program
reveal_type(program.source())  # str
