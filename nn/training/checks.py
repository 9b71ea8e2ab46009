"""Checks of the arguments of `fit`, so that mistakes are named before the first step."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import autograd_lite as al
from autograd_lite.calls import told

#: Where a call of the user's goes through.
PACKAGES = ("nn", "autograd_lite")


def check_arguments(batches: Any, callbacks: Any) -> None:
    """Raise TypeError, naming the argument, for batches or callbacks that cannot be gone through.

    >>> check_arguments([], [])
    Traceback (most recent call last):
    ValueError: fit: batches is empty, so there is nothing to train with; use nn.Batches(x, y, \
size=32)
    """
    use = "use nn.Batches(x, y, size=32)"
    if not hasattr(batches, "__iter__") or isinstance(batches, (str, type, Mapping)):
        raise TypeError(f"fit: batches = {told(batches)}, which gives no batches; {use}")
    listed = isinstance(batches, (tuple, list))
    if hasattr(batches, "dtype") or (
        listed and not all(isinstance(batch, (tuple, list)) for batch in batches)
    ):
        what = "array" if hasattr(batches, "dtype") else f"{type(batches).__name__} of arrays"
        raise TypeError(
            f"fit: batches gives one tuple such as (x, y) after the other, and this is a {what} "
            f"of type {type(batches).__name__}; {use}"
        )
    if listed and not batches:
        raise ValueError(f"fit: batches is empty, so there is nothing to train with; {use}")
    check_callbacks("fit", callbacks)


def check_callbacks(who: str, callbacks: Any) -> None:
    """Raise TypeError, naming what it is, for callbacks that are no list of functions.

    >>> check_callbacks("fit", print)
    Traceback (most recent call last):
    TypeError: fit: callbacks is a list, even of one; give callbacks=[...]
    """
    if callable(callbacks) or isinstance(callbacks, str) or not isinstance(callbacks, Iterable):
        given = "" if callable(callbacks) else f", and not {told(callbacks)}"
        raise TypeError(f"{who}: callbacks is a list, even of one{given}; give callbacks=[...]")
    for callback in callbacks:
        if not callable(callback):
            raise TypeError(
                f"{who}: callbacks has {told(callback)} in it; give functions of the training, as "
                f"in callbacks=[nn.early_stopping(10)]"
            )


def check_batch(batch: Any) -> None:
    """Raise TypeError unless a batch holds the arguments of the loss: of an array, rows would.

    >>> check_batch("xy")
    Traceback (most recent call last):
    TypeError: fit: batches gave 'xy', and is to give tuples such as (x, y); for one array give (x,)
    """
    if not isinstance(batch, (tuple, list)):
        raise TypeError(
            f"fit: batches gave {told(batch)}, and is to give tuples such as (x, y); for one array "
            f"give (x,)"
        )


def told_of_dtypes(model: Any, batch: Any) -> str:
    """What happens where the floats of a batch are of another dtype than the model's; else "".

    >>> told_of_dtypes(np.zeros(2), (np.zeros(2, np.float32),))
    'batch[0] is float32 and the model float64, so steps compute in float64; for float32 make the \
layers with dtype=np.float32, for float64 give the data as x.astype(np.float64)'
    """
    ours = {leaf.dtype for leaf in al.tree_leaves(model) if _is_float(leaf)}
    if len(ours) != 1:  # there is no dtype of the model to follow
        return ""
    (dtype,) = ours
    for i, data in enumerate(batch):
        if _is_float(data) and data.dtype != dtype:
            wide = np.result_type(data, dtype)
            return (
                f"batch[{i}] is {data.dtype} and the model {dtype}, so steps compute in {wide}; "
                f"for {data.dtype} make the layers with dtype=np.{data.dtype}, for {dtype} give "
                f"the data as x.astype(np.{dtype})"
            )
    return ""


def _is_float(x: Any) -> bool:
    return isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f"


def measured(who: str, name: str, value: Any) -> float:
    """What a function of the user's has measured, as a float.

    >>> measured("fit", "measure", "0.5")
    Traceback (most recent call last):
    TypeError: fit: measure returned '0.5', and is to return a number, as in 0.1
    """
    try:
        if isinstance(value, str):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"{who}: {name} returned {told(value)}, and is to return a number, as in 0.1"
        ) from None


def measurements(who: str, found: Any) -> dict[str, float]:
    """The result of ``validate`` as floats by name.

    Raises TypeError unless it is a dict, ValueError if it uses the name of the training loss.

    >>> measurements("fit", {"error": True})
    {'error': 1.0}
    """
    if not isinstance(found, Mapping):
        raise TypeError(
            f"{who}: validate returned a {type(found).__name__}, not a dict; give the number a "
            f'name, as in {{"error": 0.1}}'
        )
    if "loss" in found:
        raise ValueError(
            f'{who}: validate returned "loss", which is the name of the training loss; use '
            'another, such as "validation loss", or measure='
        )
    return {name: measured(who, f"validate[{name!r}]", value) for name, value in found.items()}


def name_of(optimizer: Any) -> str:
    """The name of an optimiser's class, and of the optimiser inside it.

    >>> import nn
    >>> name_of(nn.Clipped(nn.SGD(0.1), 1.0))
    'Clipped(SGD)'
    """
    name, inner = type(optimizer).__name__, getattr(optimizer, "optimizer", None)
    return name if inner is None else f"{name}({name_of(inner)})"


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line of the user's that has called a function of `nn`."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in PACKAGES:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def is_sound(model: Any) -> bool:
    """Whether every number of a model is finite.

    >>> is_sound({"w": np.array([1.0, np.inf])})
    False
    """
    return all(np.all(np.isfinite(leaf)) for leaf in al.tree_leaves(model))


def judge_of(who: str, callbacks: Any) -> Any:
    """The callback that says which report is the best, and None if there is none.

    Raises ValueError for two of them.
    """
    judges = [callback for callback in callbacks if getattr(callback, "restore_best", False)]
    if len(judges) > 1:
        raise ValueError(
            f"{who}: two callbacks have restore_best=True, and one model is returned; leave it out "
            f"of all but one"
        )
    return judges[0] if judges else None
