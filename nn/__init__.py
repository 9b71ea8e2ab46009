"""A small neural-network package: models are trees of plain arrays, every function is pure."""

from nn import notation as _notation  # noqa: F401  (says how formulas are written)
from nn import plots
from nn.activations import (
    elu,
    gelu,
    identity,
    leaky_relu,
    logsumexp,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    step,
    tanh,
)
from nn.adaptive import Adam, AdamW, RMSprop
from nn.attention import MultiHeadAttention, attention
from nn.checkpoints import load, load_checkpoint, save, save_checkpoint
from nn.classical import Solution, least_squares, minimize
from nn.classification import binary_cross_entropy, cross_entropy, hinge
from nn.clipping import Clipped, clip_by_norm, clip_by_value
from nn.convolution import Conv1d, Conv2d, convolution
from nn.data import Batches, online, samples
from nn.datasets import LabelledImages, fashion_mnist, mnist
from nn.dropout import Dropout, dropout
from nn.embedding import Embedding, embedding
from nn.idx import read_idx
from nn.initializers import glorot, he, normal, orthogonal, uniform, zeros
from nn.layers import MLP, Flatten, Linear, MaskedLinear, Sequential, linear
from nn.losses import (
    absolute_error,
    gaussian_negative_log_likelihood,
    half_squared_error,
    huber,
    squared_error,
)
from nn.named import named_leaves
from nn.normalization import BatchNorm, LayerNorm, standardize
from nn.optimizers import SGD, BarzilaiBorwein, HeavyBall, Nesterov
from nn.penalties import l1_penalty, l2_penalty
from nn.pooling import AveragePool, MaxPool, average_pool, max_pool
from nn.recurrent import GRU, LSTM, RNN
from nn.schedules import cosine_decay, exponential_decay, inverse_decay, warmup
from nn.statistics import update_statistics
from nn.training import History, Training, early_stopping, fit
from nn.vectors import ravel, unravel

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "SGD",
    "Adam",
    "AdamW",
    "AveragePool",
    "BarzilaiBorwein",
    "BatchNorm",
    "Batches",
    "Clipped",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "HeavyBall",
    "History",
    "LabelledImages",
    "LayerNorm",
    "Linear",
    "MaskedLinear",
    "MaxPool",
    "MultiHeadAttention",
    "Nesterov",
    "RMSprop",
    "Sequential",
    "Solution",
    "Training",
    "absolute_error",
    "attention",
    "average_pool",
    "binary_cross_entropy",
    "clip_by_norm",
    "clip_by_value",
    "convolution",
    "cosine_decay",
    "cross_entropy",
    "dropout",
    "early_stopping",
    "elu",
    "embedding",
    "exponential_decay",
    "fashion_mnist",
    "fit",
    "gaussian_negative_log_likelihood",
    "gelu",
    "glorot",
    "half_squared_error",
    "he",
    "hinge",
    "huber",
    "identity",
    "inverse_decay",
    "l1_penalty",
    "l2_penalty",
    "leaky_relu",
    "least_squares",
    "linear",
    "load",
    "load_checkpoint",
    "logsumexp",
    "max_pool",
    "minimize",
    "mnist",
    "named_leaves",
    "normal",
    "online",
    "orthogonal",
    "plots",
    "ravel",
    "read_idx",
    "relu",
    "samples",
    "save",
    "save_checkpoint",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "squared_error",
    "standardize",
    "step",
    "tanh",
    "uniform",
    "unravel",
    "update_statistics",
    "warmup",
    "zeros",
]
