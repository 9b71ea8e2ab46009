"""Backward passes of others in the form that `check_grads` takes.

Each is ``vjp(f, *args) -> (value, pullback)``; ``check_grads(f, args, vjp=adapters.jax)``.  The
function must be written for that package, as in ``jax.numpy`` or ``torch``.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from autograd_lite.core.trees import rebuild
from autograd_lite.transforms import gradients as functional

Function = Callable[..., Any]


@dataclass(frozen=True)
class Adapter:
    """A vjp together with what a checker must know about it.

    ``call(f, *args)`` evaluates ``f`` without it.  ``nests`` says whether a function that uses the
    vjp may be differentiated by it again; None says that it is to be tried.  ``whole`` says that it
    takes every argument, also those that do not vary.
    """

    name: str
    vjp: Function
    call: Function = operator.call
    nests: bool | None = True
    whole: bool = False

    def __call__(self, f: Function, *args: Any) -> Any:
        return self.vjp(f, *args)


engine = Adapter("autograd_lite", functional.vjp)


def of(vjp: Function | None) -> Adapter:
    """Any vjp as an `Adapter`; None stands for the engine's own.

    >>> of(None).name
    'autograd_lite'
    """
    if vjp is None or vjp is functional.vjp:
        return engine
    if isinstance(vjp, Adapter):
        return vjp
    return Adapter(getattr(vjp, "__name__", repr(vjp)), vjp, nests=None)


def by_hand(backward: Function) -> Adapter:
    """A backward pass written by hand, as the vjp of the function that it belongs to.

    ``backward(*args, g)`` returns the gradients ⟨g, ·⟩ of all arguments as a tuple, or alone if
    there is one.  For a function whose result is one number, it may be ``backward(*args)``.

    >>> import numpy as np
    >>> from autograd_lite.testing import check_grads
    >>> x, y = np.array([0.5, 2.0]), np.array([1.0, 3.0])
    >>> check_grads(np.multiply, (x, y), vjp=by_hand(lambda x, y, g: (g * y, g * x))).ok
    True
    """

    def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
        def pullback(g: Any) -> tuple[Any, ...]:
            if _takes(backward, len(args) + 1):
                gradients = backward(*args, g)
            else:
                gradients = rebuild(backward(*args), lambda d: np.asarray(d * g, np.result_type(d)))
            return gradients if isinstance(gradients, tuple) else (gradients,)

        return f(*args), pullback

    name = getattr(backward, "__name__", "backward")
    return Adapter(name, vjp, nests=False, whole=True)


def _takes(function: Function, n: int) -> bool:
    try:
        inspect.signature(function).bind(*range(n))
    except TypeError:
        return False
    except ValueError:  # a builtin without signature
        return True
    return True


# ---- other packages: imported when they are used ----


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        root = name.partition(".")[0]
        if error.name != root:
            raise
        raise ImportError(f"this adapter needs {root}: pip install {root}") from error


def _autograd_vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    make_vjp = _package("autograd.core").make_vjp
    box = _package("autograd.builtins").tuple

    def packed(together: Any) -> Any:
        return _boxed(f(*(together[i] for i in range(len(args)))))

    pullback, value = make_vjp(packed, box(args))

    def pull(g: Any) -> tuple[Any, ...]:
        together = pullback(g)  # boxed too where this is differentiated
        return tuple(together[i] for i in range(len(args)))

    return value, pull


def _boxed(result: Any) -> Any:
    """Autograd follows only containers of its own."""
    builtins = _package("autograd.builtins")
    if type(result) is dict:
        return builtins.dict({k: _boxed(v) for k, v in result.items()})
    if type(result) in (list, tuple):
        return getattr(builtins, type(result).__name__)(map(_boxed, result))
    return result


#: HIPS autograd; the function is written with ``autograd.numpy``.
autograd = Adapter("autograd", _autograd_vjp)


def _in_double() -> AbstractContextManager[Any]:
    """JAX computes in single precision unless it is told otherwise."""
    enable = getattr(_package("jax"), "enable_x64", None)
    if not callable(enable):
        enable = _package("jax.experimental").enable_x64
    return enable(True)  # type: ignore[no-any-return]


def _jax_call(f: Function, *args: Any) -> Any:
    as_jax = _package("jax.numpy").asarray
    with _in_double():
        return f(*rebuild(args, as_jax))


def _jax_vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    as_jax, make_vjp = _package("jax.numpy").asarray, _package("jax").vjp
    with _in_double():
        value, pullback = make_vjp(f, *rebuild(args, as_jax))

    def pull(g: Any) -> Any:
        with _in_double():
            return pullback(rebuild(g, as_jax))

    return value, pull


#: JAX; the function is written with ``jax.numpy``.  It is run in double precision.
jax = Adapter("jax", _jax_vjp, _jax_call)


def _as_torch(x: Any) -> Any:
    package = _package("torch")
    return x if isinstance(x, package.Tensor) else package.as_tensor(np.array(x))


def _torch_call(f: Function, *args: Any) -> Any:
    return f(*rebuild(args, _as_torch))


def _torch_vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    func = _package("torch.func")
    value, pullback = func.vjp(f, *rebuild(args, _as_torch))

    # Torch's gradients are the conjugates of ours: it has df = Re(Σ conj(g) dz).
    def conjugated(tree: Any) -> Any:
        return rebuild(tree, lambda x: _as_torch(x).conj().resolve_conj())

    return value, lambda g: conjugated(pullback(conjugated(g)))


#: PyTorch; the function takes and returns tensors.
torch = Adapter("torch", _torch_vjp, _torch_call)
