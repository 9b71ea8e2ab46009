"""What is inferred of models, losses, optimisers and trainings."""

from typing import Any, reveal_type

import numpy as np
from numpy.typing import NDArray

import autograd_lite as al
import nn

Floats = NDArray[np.float64]
Tree = dict[str, np.ndarray]
rng = np.random.default_rng(0)
x: Floats = np.ones((4, 2))
y: Floats = np.ones((4, 1))
net = nn.MLP([2, 3, 1], nn.tanh, rng=rng)
p = {"w": np.ones(2), "b": np.ones(1)}


def error(net: nn.Sequential, x: Floats, y: Floats) -> np.floating:
    return nn.squared_error(net(x), y)


def cost(p: Tree, x: Floats, y: Floats) -> np.floating:
    return nn.squared_error(x @ p["w"] + p["b"], y)


# ---- models and losses ----

reveal_type(net)  # Sequential
reveal_type(net(x))  # ndarray
reveal_type(net[0])  # Any
reveal_type(net[1:])  # Sequential
reveal_type([*net])  # list[Any]
reveal_type(nn.Linear(2, 3, rng=rng).weight)  # ndarray
reveal_type(nn.relu(x))  # ndarray
reveal_type(nn.softmax(net(x), axis=-1))  # ndarray
reveal_type(nn.cross_entropy(net(x), y))  # floating[Any]
reveal_type(al.grad(error)(net, x, y))  # Sequential
reveal_type(al.value_and_grad(error)(net, x, y))  # tuple[floating[Any], Sequential]
reveal_type(al.tree_map(np.zeros_like, net))  # Sequential
reveal_type(nn.ravel(net))  # ndarray
reveal_type(nn.unravel(nn.ravel(net), net))  # Sequential

# ---- trainings ----

batches = nn.Batches(x, y, size=2, rng=rng)
reveal_type(nn.fit(net, error, batches, nn.Adam(0.01), epochs=2))  # tuple[Sequential, History]
reveal_type(nn.fit(p, cost, batches, nn.SGD(0.1), steps=2)[1].losses)  # list[float]
reveal_type(nn.minimize(lambda net: error(net, x, y), net))  # tuple[Sequential, Solution]
adam = nn.Clipped(nn.Adam(nn.cosine_decay(0.1, 10)), 1.0)
state = adam.start(net)
reveal_type(adam(net, al.grad(error)(net, x, y), state)[0])  # Sequential
reveal_type(nn.SGD(0.1)(net, net, 0))  # tuple[Sequential, int]
reveal_type(nn.load("net.safetensors", net))  # Sequential
reveal_type(nn.partition(net, "layers.0"))  # tuple[dict[str, Any], (dict[str, Any]) -> Sequential]


def validate(net: nn.Sequential) -> dict[str, Any]:
    return {"error": error(net, x, y)}


nn.fit(net, error, batches, nn.Adam(), steps=2, measure=lambda net: error(net, x, y))
nn.fit(net, error, batches, nn.Adam(), steps=2, validate=validate)
nn.fit(net, cost, batches, nn.Adam(), steps=2)  # error: arg-type misc reportArgumentType
nn.fit(net, error, batches, nn.relu, steps=2)  # error: arg-type reportArgumentType
nn.Linear(2, 3)  # error: call-arg reportCallIssue
net(x, train=True)  # error: call-arg reportCallIssue
