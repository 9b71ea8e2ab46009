"""How a function that is tested is called: by which names, with which numbers, by which package."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.core.signatures import parameters_of
from autograd_lite.core.trees import paths, rebuild, tree_leaves

if TYPE_CHECKING:
    from autograd_lite.testing.adapters import Adapter

Function = Callable[..., Any]

#: Packages with derivatives of their own, and the adapter for what is made by each.
FOREIGN = {"torch": "torch", "jax": "jax", "jaxlib": "jax", "autograd": "autograd"}


def name_of(f: Any) -> str:
    """What a user calls a function; of ``Sine.apply``, a method of a class, both.

    >>> name_of(np.sin), name_of(partial(np.sin, dtype=float)), name_of(dict.fromkeys)
    ('sin', 'sin', 'dict.fromkeys')
    """
    if isinstance(f, partial):
        return name_of(f.func)
    owner = getattr(f, "__self__", None)
    name = getattr(f, "__name__", None) or type(f).__name__
    return f"{owner.__name__}.{name}" if isinstance(owner, type) else str(name)


def parameters(f: Any) -> list[inspect.Parameter]:
    """The parameters of a function; of what is run by its ``forward``, those of that."""
    owner = getattr(f, "__self__", None) or f
    forward = getattr(owner, "forward", None)
    if forward is None:
        return parameters_of(f)
    found = parameters_of(forward)
    if isinstance(owner, type) and not _sets_up_later(owner):
        return found[1:]  # the context
    return found


def _sets_up_later(function: type) -> bool:
    """Whether an ``autograd.Function`` is given its context in ``setup_context``."""
    own = (k for k in function.__mro__ if not k.__module__.startswith("torch."))
    return any("setup_context" in vars(k) for k in own)


def names_of(f: Any, n: int) -> list[str]:
    """What the first ``n`` arguments of a function are called."""
    called = [p.name for p in parameters(f) if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return [called[i] if i < len(called) else f"argument {i}" for i in range(n)]


def refuse_class(who: str, f: Any) -> None:
    """Raise TypeError for an ``autograd.Function`` in place of its ``apply``."""
    if isinstance(f, type) and callable(getattr(f, "apply", None)):
        raise TypeError(f"{who}: f is the class {f.__name__} itself; give {f.__name__}.apply")


def as_arrays(args: tuple[Any, ...], adapter: Adapter, *, ours: bool) -> tuple[Any, ...]:
    """The arguments, arrays of the adapter's package as those of NumPy.

    Raises TypeError for arrays of a package that has another adapter.  ``ours`` says that it is
    the engine's.
    """
    if adapter.numbers is not None:
        args = rebuild(args, adapter.numbers)
    for i, arg in enumerate(args):
        for path, leaf in paths(arg, f"args[{i}]"):
            package = FOREIGN.get(_package(type(leaf).__module__))
            if package and (ours or package == "torch"):
                raise TypeError(
                    f"check_grads: {path} is a {type(leaf).__name__} of {package}; give "
                    f"vjp=adapters.{package}, or its numbers as an array of NumPy"
                )
    return args


def told_of(f: Any, error: Exception, args: Any, adapter: Adapter, *, ours: bool) -> str:
    """What `check_grads` did when a function raised an error, where that may be why; else ""."""
    if ours:
        package = next((p for p in _packages(f, error) if p in FOREIGN), None)
        if package is None:
            return ""
        return (
            f"check_grads: f ran on Tensors of autograd_lite; if it is written for {package}, give "
            f"vjp=adapters.{FOREIGN[package]}"
        )
    if adapter.name.partition(":")[0] not in FOREIGN:
        return ""
    made = {str(np.asarray(leaf).dtype): None for leaf in tree_leaves(args)}
    return (
        f"check_grads: f ran on arrays of {adapter.name}, in the dtypes of the arguments: "
        f"{', '.join(made)}; for others give x.astype(np.float32)"
    )


def _packages(f: Any, error: Exception) -> Iterator[str]:
    """The packages of a function, those that its error passed through, and those that it names."""
    for made in (f, getattr(f, "__self__", None), error):
        yield _package(getattr(made, "__module__", None) or "")
    trace = error.__traceback__
    while trace is not None:
        yield _package(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
    yield from re.findall(r"\w+", str(error).lower())
    if "must be Tensor" in str(error):
        yield "torch"


def _package(module: str) -> str:
    return module.partition(".")[0]
