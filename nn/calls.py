"""What the functions of `nn` take: kinds of arguments, for `autograd_lite.calls`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import wraps
from math import isfinite
from typing import Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import (
    ELSEWHERE,
    FUNCTIONS,
    Kind,
    maybe,
    number,
    whole,
)

F = TypeVar("F", bound=Callable[..., Any])

ELSEWHERE |= {
    **dict.fromkeys(("lr", "learning_rate", "step_size", "eta", "p"), "rate"),
    **dict.fromkeys(("beta", "mu"), "momentum"),
    **dict.fromkeys(("beta1", "betas"), "mean_decay"),
    **dict.fromkeys(("beta2", "rho"), "square_decay"),
    **dict.fromkeys(("batch_size", "hidden_size"), "size"),
    **dict.fromkeys(("shuffle", "seed", "random_state"), "rng"),
    **dict.fromkeys(("in_features", "in_channels"), "inputs"),
    **dict.fromkeys(("out_features", "out_channels"), "outputs"),
    **dict.fromkeys(("n_heads", "num_heads"), "heads"),
    **dict.fromkeys(("n_steps", "iterations", "maxiter"), "steps"),
    **dict.fromkeys(("n_epochs", "max_epochs"), "epochs"),
    "eps": "epsilon",
    "kernel_size": "kernel",
    "num_embeddings": "count",
    "hidden": "sizes",
    "dim": "axis",
    **dict.fromkeys(("is_causal", "use_causal_mask"), "causal"),
    **dict.fromkeys(("attn_mask", "attention_mask", "key_padding_mask"), "mask"),
    **dict.fromkeys(("max_len", "max_length", "sequence_length"), "length"),
    **dict.fromkeys(("embed_dim", "d_model"), "size"),
    "verbose": "progress",
    "validation_data": "validate",
    **dict.fromkeys(("frozen", "freeze"), "trainable"),
    **dict.fromkeys(("monitor", "metric"), "of"),
    **dict.fromkeys(("log_every", "eval_every", "report_every"), "every"),
}


def _is_float(dtype: Any) -> bool:
    try:
        return np.dtype(dtype).kind in "fcO"
    except TypeError:
        return False


def _example_of_generator(value: Any) -> str:
    seed = value if isinstance(value, int) else 0
    return f"np.random.default_rng({seed})"


def _is_optimizer(value: Any) -> bool:
    return callable(value) and hasattr(value, "start") and not isinstance(value, type)


def _example_of_optimizer(value: Any) -> str:
    return f"nn.{value.__name__}(0.01)" if isinstance(value, type) else "nn.Adam(0.01)"


def _is_shape(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(map(COUNT.fits, value))


def _are_sizes(value: Any) -> bool:
    return isinstance(value, (tuple, list, np.ndarray)) and all(map(SIZE.fits, value))


def _is_trainable(value: Any) -> bool:
    texts = isinstance(value, (list, tuple)) and all(isinstance(path, str) for path in value)
    function = callable(value) and not isinstance(value, type) and not is_dataclass(value)
    return texts or isinstance(value, str) or function  # a layer can be called, and is no choice


def _is_tree(value: Any) -> bool:
    return not isinstance(value, (type, str, *FUNCTIONS)) and value is not None


SIZE, COUNT = whole(1), whole(0)
FLAG = Kind("True or False", "True", lambda value: isinstance(value, (bool, np.bool_)))
POSITIVE = number("a number greater than 0", "0.5", lambda x: x > 0)
NOT_NEGATIVE = number("a number, and not negative", "0.1", lambda x: x >= 0)
BELOW_ONE = number("a number that is not negative, and less than 1", "0.9", lambda x: 0 <= x < 1)
PROBABILITY = number("a number in [0, 1)", "0.5", lambda x: 0 <= x < 1)
SHARE = number("a number in [0, 1]", "0.1", lambda x: 0 <= x <= 1)
FINITE = number("a number", "0.0", isfinite)
RATE = Kind(
    "a number that is not negative, or a schedule",
    "0.1",
    lambda x: (callable(x) and not isinstance(x, type)) or NOT_NEGATIVE.of_type(x),
    NOT_NEGATIVE.among,
)
GENERATOR = Kind(
    "a generator",
    _example_of_generator,
    lambda rng: isinstance(rng, np.random.Generator),
)
LAYER = Kind(
    "a layer or a function, made and not a class",
    lambda value: f"nn.{value.__name__}(...)" if isinstance(value, type) else "np.tanh",
    lambda value: callable(value) and not isinstance(value, type),
)
SIZES = Kind(
    "a list of sizes, whole numbers of at least 1, the inputs first",
    "[784, 200, 10], so write MLP([784, 200, 10])",
    _are_sizes,
)
SHAPE = Kind("a tuple of whole numbers, the outputs first", "(3, 2)", _is_shape)
INITIALIZER = Kind("a function (rng, shape, dtype) -> array", "nn.he, which is one", callable)
DTYPE = Kind("a dtype of floats", "np.float32", _is_float)
WEIGHTS = {
    "rng": GENERATOR,
    "weight": INITIALIZER,
    "bias": maybe(INITIALIZER),
    "dtype": DTYPE,
}
OPTIMIZER = Kind("an optimiser", _example_of_optimizer, _is_optimizer)
TREE = Kind(
    "a tree with arrays in it",
    '{"w": np.ones(3)}',
    _is_tree,
    lambda tree: bool(al.tree_leaves(tree)),
)
TRAINABLE = Kind(
    "a path in the model, a list of paths, or a function of the path that is true or false",
    '["layers.2"]',
    _is_trainable,
)
SAVED = Kind("a model", '{"w": np.ones(3)}', _is_tree)
DATA = Kind(
    "an array of samples in rows, at least one",
    "np.ones((100, 3))",
    lambda x: hasattr(x, "__len__") and not isinstance(x, (str, dict)),
    lambda x: len(x) > 0,
)
STREAM = Kind(
    "an iterable of tuples, one for each sample",
    "zip(x, y)",
    lambda stream: hasattr(stream, "__iter__") and not isinstance(stream, (str, dict)),
)
BATCHES = Kind(
    "the batches themselves",
    "nn.Batches(x, y, size=32)",
    lambda batches: hasattr(batches, "position") and hasattr(batches, "move_to"),
)
VALIDATION = Kind(
    "a function of the model that gives a dict of numbers, or the data of a validation loss",
    "(x, y)",
    lambda given: callable(given) or isinstance(given, (tuple, list)),
)
TRAINED = Kind(
    "where a training stands, which callbacks get",
    "nn.Training(step, model, state, history)",
    lambda training: all(hasattr(training, name) for name in ("step", "model", "state", "history")),
)
MODEL = Kind(
    "a model: a tree with arrays in it, so call what makes one",
    "nn.MLP([2, 3, 1], rng=np.random.default_rng(0))",
    _is_tree,
    lambda tree: bool(al.tree_leaves(tree)),
)


def as_array(data: Any) -> Any:
    """Lists, numbers and columns of tables as arrays; an array stays as it is, tracked or not.

    Raises TypeError for tensors of another package, whose derivatives would be lost.
    """
    if type(data) is np.ndarray:
        return data
    if hasattr(data, "to_numpy"):  # of pandas and others
        return data.to_numpy()
    if not hasattr(data, "dtype"):
        return np.asarray(data)
    if not isinstance(data.dtype, np.dtype):
        package = type(data).__module__.partition(".")[0]
        numbers = "x.detach().cpu().numpy()" if hasattr(data, "detach") else "np.asarray(x)"
        raise TypeError(
            f"nn takes arrays, and no {type(data).__name__} of {package}; give {numbers}"
        )
    return data


def need_array(who: str, x: Any) -> None:
    """Raise TypeError, with what to write, for an input of a layer that is no array."""
    if not hasattr(x, "shape"):
        raise TypeError(
            f"{who}: x is a {type(x).__name__}; give an array, such as np.array(x, float)"
        )


def stepping(call: F) -> F:
    """The step of an optimiser, whose gradient and state have the structure of the model."""

    @wraps(call)
    def step(self: Any, model: Any, gradient: Any, state: Any) -> Any:
        try:
            return call(self, model, gradient, state)
        except (AttributeError, TypeError, ValueError):
            name = type(self).__name__
            compare(f"{name}: gradient", model, gradient, "what al.grad(loss)(model) returns")
            apart = al.tree_map(np.copy, model)  # one array in two places is no start
            compare(f"{name}: state", self.start(apart), state, f"{name}.start(model) at first")
            raise

    return step  # type: ignore[return-value]


def compare(what: str, tree: Any, other: Any, remedy: str) -> None:
    """Raise ValueError, naming what it is and the path, for a tree of another structure."""
    try:
        al.tree_map(lambda *leaves: None, tree, other)
    except ValueError as error:
        raise ValueError(f"{what} is not like the model: {error}; give {remedy}") from None
