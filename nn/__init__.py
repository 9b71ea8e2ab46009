"""A small neural-network package: models are trees of plain arrays, every function is pure."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

#: Frames of this package are not the user's: error messages and traces name the caller's line.
__tracebackhide__ = True

if TYPE_CHECKING:
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
    from nn.data.batches import Batches, online, samples
    from nn.data.datasets import LabelledImages, fashion_mnist, mnist
    from nn.data.idx import read_idx
    from nn.layers.attention import MultiHeadAttention, attention
    from nn.layers.convolution import Conv1d, Conv2d, convolution
    from nn.layers.dropout import Dropout, dropout
    from nn.layers.embedding import (
        Embedding,
        PositionalEmbedding,
        PositionalEncoding,
        embedding,
        positional_encoding,
    )
    from nn.layers.initializers import glorot, he, normal, orthogonal, uniform, zeros
    from nn.layers.linear import Linear, MaskedLinear, linear
    from nn.layers.normalization import BatchNorm, LayerNorm, standardize, update_statistics
    from nn.layers.pooling import AveragePool, MaxPool, average_pool, max_pool
    from nn.layers.recurrent import GRU, LSTM, RNN
    from nn.layers.sequential import MLP, Flatten, Sequential
    from nn.losses.classification import binary_cross_entropy, cross_entropy, hinge
    from nn.losses.distances import (
        cosine,
        focal,
        kl_divergence,
        margin_ranking,
        poisson_negative_log_likelihood,
    )
    from nn.losses.penalties import l1_penalty, l2_penalty
    from nn.losses.regression import (
        absolute_error,
        gaussian_negative_log_likelihood,
        half_squared_error,
        huber,
        squared_error,
    )
    from nn.optimizers.adam import Adam, AdamW, RMSprop
    from nn.optimizers.clipping import Clipped, clip_by_norm, clip_by_value
    from nn.optimizers.gradient_descent import SGD, BarzilaiBorwein, HeavyBall, Nesterov
    from nn.optimizers.schedules import cosine_decay, exponential_decay, inverse_decay, warmup
    from nn.parameters.paths import named_leaves
    from nn.parameters.summary import Summary, summary
    from nn.parameters.trainable import partition
    from nn.parameters.vectors import ravel, unravel
    from nn.training.checkpoints import load, load_checkpoint, save, save_checkpoint
    from nn.training.fitting import fit
    from nn.training.history import History, Training
    from nn.training.scipy_methods import least_squares, minimize
    from nn.training.search import Solution
    from nn.training.stopping import early_stopping

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
    "PositionalEmbedding",
    "PositionalEncoding",
    "RMSprop",
    "Sequential",
    "Solution",
    "Summary",
    "Training",
    "absolute_error",
    "attention",
    "average_pool",
    "binary_cross_entropy",
    "clip_by_norm",
    "clip_by_value",
    "convolution",
    "cosine",
    "cosine_decay",
    "cross_entropy",
    "dropout",
    "early_stopping",
    "elu",
    "embedding",
    "exponential_decay",
    "fashion_mnist",
    "fit",
    "focal",
    "gaussian_negative_log_likelihood",
    "gelu",
    "glorot",
    "half_squared_error",
    "he",
    "hinge",
    "huber",
    "identity",
    "inverse_decay",
    "kl_divergence",
    "l1_penalty",
    "l2_penalty",
    "leaky_relu",
    "least_squares",
    "linear",
    "load",
    "load_checkpoint",
    "logsumexp",
    "margin_ranking",
    "max_pool",
    "minimize",
    "mnist",
    "named_leaves",
    "normal",
    "online",
    "orthogonal",
    "partition",
    "plots",
    "poisson_negative_log_likelihood",
    "positional_encoding",
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
    "summary",
    "tanh",
    "uniform",
    "unravel",
    "update_statistics",
    "warmup",
    "zeros",
]

#: The names in each file, which is imported when one of them is first asked for.
_NAMES = {
    "nn.activations": (
        "elu gelu identity leaky_relu logsumexp relu sigmoid silu softmax softplus step tanh"
    ),
    "nn.data.batches": "Batches online samples",
    "nn.data.datasets": "LabelledImages fashion_mnist mnist",
    "nn.data.idx": "read_idx",
    "nn.layers.attention": "MultiHeadAttention attention",
    "nn.layers.convolution": "Conv1d Conv2d convolution",
    "nn.layers.dropout": "Dropout dropout",
    "nn.layers.embedding": (
        "Embedding PositionalEmbedding PositionalEncoding embedding positional_encoding"
    ),
    "nn.layers.initializers": "glorot he normal orthogonal uniform zeros",
    "nn.layers.linear": "Linear MaskedLinear linear",
    "nn.layers.normalization": "BatchNorm LayerNorm standardize update_statistics",
    "nn.layers.pooling": "AveragePool MaxPool average_pool max_pool",
    "nn.layers.recurrent": "GRU LSTM RNN",
    "nn.layers.sequential": "MLP Flatten Sequential",
    "nn.losses.classification": "binary_cross_entropy cross_entropy hinge",
    "nn.losses.distances": (
        "cosine focal kl_divergence margin_ranking poisson_negative_log_likelihood"
    ),
    "nn.losses.penalties": "l1_penalty l2_penalty",
    "nn.losses.regression": (
        "absolute_error gaussian_negative_log_likelihood half_squared_error huber squared_error"
    ),
    "nn.optimizers.adam": "Adam AdamW RMSprop",
    "nn.optimizers.clipping": "Clipped clip_by_norm clip_by_value",
    "nn.optimizers.gradient_descent": "SGD BarzilaiBorwein HeavyBall Nesterov",
    "nn.optimizers.schedules": "cosine_decay exponential_decay inverse_decay warmup",
    "nn.parameters.paths": "named_leaves",
    "nn.parameters.summary": "Summary summary",
    "nn.parameters.trainable": "partition",
    "nn.parameters.vectors": "ravel unravel",
    "nn.training.checkpoints": "load load_checkpoint save save_checkpoint",
    "nn.training.fitting": "fit",
    "nn.training.history": "History Training",
    "nn.training.scipy_methods": "least_squares minimize",
    "nn.training.search": "Solution",
    "nn.training.stopping": "early_stopping",
}
_FILES = {name: file for file, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:  # a type checker would accept every name

    def __getattr__(name: str) -> Any:
        if name == "plots":
            return import_module("nn.plots")
        if name not in _FILES:
            raise AttributeError(f"module 'nn' has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_FILES[name]), name)
        return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
