"""A small neural-network package: models are trees of plain arrays, every function is pure."""

from nn.activations import identity, logsumexp, relu, sigmoid, softmax, tanh
from nn.data import samples
from nn.initializers import he, normal, zeros
from nn.layers import MLP, Linear, Sequential, linear
from nn.losses import binary_cross_entropy, cross_entropy, half_squared_error, squared_error
from nn.optimizers import SGD
from nn.training import History, fit

__all__ = [
    "MLP",
    "SGD",
    "History",
    "Linear",
    "Sequential",
    "binary_cross_entropy",
    "cross_entropy",
    "fit",
    "half_squared_error",
    "he",
    "identity",
    "linear",
    "logsumexp",
    "normal",
    "relu",
    "samples",
    "sigmoid",
    "softmax",
    "squared_error",
    "tanh",
    "zeros",
]
