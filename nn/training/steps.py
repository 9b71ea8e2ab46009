"""The step of a training: one function, in which all that `fit` can do to a step comes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import update_wrapper
from inspect import signature
from typing import Any

import autograd_lite as al
from nn.training.checks import check_batch

#: ``model, state, value = step(model, state, batch)``; ``state`` is that of the optimiser.
Step = Callable[[Any, Any, tuple[Any, ...]], tuple[Any, Any, Any]]

#: ``model, state, value = descend(optimizer, model, state, batch)``, with the loss at the model.
Descend = Callable[[Any, Any, Any, tuple[Any, ...]], tuple[Any, Any, Any]]

#: ``model, state, value, n = advance(model, state, most)`` makes n steps, or none: no more batches.
Advance = Callable[[Any, Any, int], tuple[Any, Any, Any, int]]


def descent(
    loss: Callable[..., Any], value_and_grad: Callable[..., Any] = al.value_and_grad
) -> Descend:
    """The gradient of the loss, and a step of the optimiser."""
    gradient_of = value_and_grad(loss)

    def descend(optimizer: Any, model: Any, state: Any, batch: tuple[Any, ...]) -> Any:
        value, gradient = gradient_of(model, *batch)
        model, state = optimizer(model, gradient, state)
        return model, state, value

    return descend


def one_by_one(stream: Iterator[tuple[Any, ...]], step: Step) -> Advance:
    """A step for the next batch of the stream."""

    def advance(model: Any, state: Any, most: int) -> tuple[Any, Any, Any, int]:
        for batch in stream:
            if type(batch) is not tuple:
                check_batch(batch)
            return *step(model, state, batch), 1
        return model, state, None, 0

    return advance


def compiled_step(loss: Callable[..., Any], optimizer: Any, descend: Descend) -> Step:
    """A step as a program, for each structure, shape and dtype of what a step gets.

    A schedule is no part of it, since it may branch on the number of steps: its rate is an
    argument.
    """

    def step(model: Any, state: Any, rate: Any, *batch: Any) -> tuple[Any, Any, Any]:
        at_rate = optimizer if rate is None else optimizer.with_rate(rate)
        return descend(at_rate, model, state, batch)

    # By its name and package the program is the loss's, so that changes there are noticed.
    step.__signature__ = signature(step)  # type: ignore[attr-defined]
    program = al.compile(update_wrapper(step, loss))
    next_rate = getattr(optimizer, "next_rate", lambda state: None)
    return lambda model, state, batch: program(model, state, next_rate(state), *batch)
