"""Checks of the arguments of `fit`, so that mistakes are named before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from types import FunctionType
from typing import Any


def check_arguments(
    model: Any, batches: Any, optimizer: Any, callbacks: Any, **counts: Any
) -> None:
    """Raise TypeError or ValueError, naming the argument, for one that cannot be trained with.

    >>> check_arguments(3.0, [], int, [], steps=1)
    Traceback (most recent call last):
    TypeError: fit: optimizer is the class int itself; call it, as in int(...)
    """
    for name, value in (("model", model), ("optimizer", optimizer)):
        if isinstance(value, (type, FunctionType)):
            what = "class" if isinstance(value, type) else "function"
            text = value.__name__
            raise TypeError(f"fit: {name} is the {what} {text} itself; call it, as in {text}(...)")
    listed = isinstance(batches, (tuple, list))
    if listed and not all(isinstance(batch, (tuple, list)) for batch in batches):
        raise TypeError(
            "fit: batches gives one tuple such as (x, y) after the other, and this is a "
            f"{type(batches).__name__} of arrays; use nn.Batches(x, y, size=32)"
        )
    if callable(callbacks):
        raise TypeError("fit: callbacks is a list, even of one: callbacks=[...]")
    for name, count in counts.items():
        least = 1 if name == "every" else 0
        if count is not None and not isinstance(count, Integral):
            raise TypeError(f"fit: {name} = {count!r} is not a whole number, as in {name}=100")
        if count is not None and count < least:
            raise ValueError(f"fit: {name} = {count}; it must be at least {least}")


def measurements(found: Any) -> dict[str, float]:
    """The result of ``validate`` as floats by name.

    Raises TypeError unless it is a dict, ValueError if it uses the name of the training loss.

    >>> measurements({"error": True})
    {'error': 1.0}
    """
    if not isinstance(found, Mapping):
        raise TypeError(
            f"fit: validate returned a {type(found).__name__}, not a dict; give the number a name, "
            f'as in {{"error": 0.1}}'
        )
    if "loss" in found:
        raise ValueError(
            'fit: validate returned "loss", which is the name of the training loss; use another, '
            'such as "validation loss", or measure='
        )
    return {name: float(value) for name, value in found.items()}


def name_of(optimizer: Any) -> str:
    """The name of an optimiser's class, and of the optimiser inside it.

    >>> import nn
    >>> name_of(nn.Clipped(nn.SGD(0.1), 1.0))
    'Clipped(SGD)'
    """
    name, inner = type(optimizer).__name__, getattr(optimizer, "optimizer", None)
    return name if inner is None else f"{name}({name_of(inner)})"
