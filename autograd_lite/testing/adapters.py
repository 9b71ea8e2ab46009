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

from autograd_lite.core.trees import leaves_beside, rebuild, tree_leaves
from autograd_lite.testing.checking.vectors import varies
from autograd_lite.transforms import gradients as functional

__all__ = ["Adapter", "autograd", "by_hand", "engine", "jax", "torch"]


def __dir__() -> list[str]:
    return [*__all__]


Function = Callable[..., Any]


@dataclass(frozen=True)
class Adapter:
    """A vjp together with what a checker must know about it.

    ``call(f, *args)`` evaluates ``f`` without it.  ``nests`` says whether a function that uses the
    vjp may be differentiated by it again; None says that it is to be tried.  ``whole`` says that it
    takes every argument, also those that do not vary.  ``constant`` makes an array of the package
    of one that does not vary, and ``numbers`` an array of NumPy of one of the package.
    """

    name: str
    vjp: Function
    call: Function = operator.call
    nests: bool | None = True
    whole: bool = False
    constant: Function = np.asarray
    numbers: Function | None = None

    def __call__(self, *call: Any) -> Any:
        if not call:
            this = f"adapters.{self.name}"
            raise TypeError(f"{this} is the vjp itself, so it is not called; give vjp={this}")
        return self.vjp(*call)


#: The engine of this package.
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

    ``backward(*args, g)`` returns the gradients ⟨g, ·⟩ of the arguments as a tuple, or alone if
    there is one.  For a function whose result is one number, it may be ``backward(*args)``; one
    that takes any number of arguments is given ``g``, too.  Gradients may be left out: those of the
    last arguments, of those without floats, or None in place of one.  `check_grads` says of which
    arguments it learned nothing.

    A TypeError if ``backward`` takes another number of arguments, or returns too many gradients.

    >>> import numpy as np
    >>> from autograd_lite.testing import check_grads
    >>> x, y = np.array([0.5, 2.0]), np.array([1.0, 3.0])
    >>> check_grads(np.multiply, (x, y), vjp=by_hand(lambda x, y, g: (g * y, g * x))).ok
    True
    """
    name = getattr(backward, "__name__", "backward")

    def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
        def pullback(g: Any) -> tuple[Any, ...]:
            if _takes(backward, len(args) + 1):
                gradients = backward(*args, g)
            elif _takes(backward, len(args)):
                gradients = rebuild(backward(*args), lambda d: np.asarray(d * g, np.result_type(d)))
            else:
                raise TypeError(
                    f"by_hand: {name}{inspect.signature(backward)} must take the {len(args)} "
                    "arguments of the function and then the incoming gradient g, or these "
                    "arguments alone if the result is one number"
                )
            return _for_each(gradients, args, name)

        return f(*args), pullback

    return Adapter(name, vjp, nests=False, whole=True)


def _for_each(gradients: Any, args: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    """A gradient for every argument, None where none was returned."""
    if isinstance(gradients, list) and len(args) > 1 and not isinstance(args[0], list):
        gradients = tuple(gradients)
    given = list(gradients) if isinstance(gradients, tuple) else [gradients]
    if len(given) > len(args):
        raise TypeError(
            f"by_hand: {name} returned {len(given)} gradients for {len(args)} arguments; return a "
            "tuple with one for each, in their order"
        )
    floats = [i for i, a in enumerate(args) if varies(a)]
    places = floats if len(given) == len(floats) else range(len(given))
    found = dict(zip(places, given))
    return tuple(found.get(i) for i in range(len(args)))


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


def _as_jax(x: Any) -> Any:
    with _in_double():
        return _package("jax.numpy").asarray(x)


def _jax_vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    as_jax, make_vjp = _package("jax.numpy").asarray, _package("jax").vjp
    with _in_double():
        value, pullback = make_vjp(f, *rebuild(args, as_jax))

    def pull(g: Any) -> Any:
        with _in_double():
            return pullback(rebuild(g, as_jax))

    return value, pull


def _of_jax(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, _package("jax").Array) else x


#: JAX; the function is written with ``jax.numpy``.  It is run in double precision.
jax = Adapter("jax", _jax_vjp, _jax_call, constant=_as_jax, numbers=_of_jax)


def _as_torch(x: Any) -> Any:
    package = _package("torch")
    return x if isinstance(x, package.Tensor) else package.as_tensor(np.array(x))


def _of_torch(x: Any) -> Any:
    """The numbers of a tensor, wherever it lies and whether it is followed or not."""
    package = _package("torch")
    if not isinstance(x, package.Tensor):
        return x
    if x.dtype == package.bfloat16:
        raise TypeError("check_grads: NumPy has no bfloat16, of which a tensor is; give x.float()")
    return x.detach().cpu().resolve_conj().resolve_neg().numpy()


def _torch_call(f: Function, *args: Any) -> Any:
    return _detached(f(*rebuild(args, _as_torch)))  # parameters of a module are followed, too


NO_WAY_BACK = "torch: no result has a way back to an argument; was one detached, or made by NumPy?"
NO_GRADIENT = (
    "torch: no argument was given a gradient; did backward return None, or is a result detached?"
)


def _torch_vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """By ``torch.autograd.grad``, which takes every ``autograd.Function``."""
    differentiate = _package("torch.autograd").grad

    def leaf(x: Any) -> Any:  # of this call; a way back stays to what is differentiated around it
        x = _as_torch(x)
        if x.requires_grad:
            return x.clone()
        return x.clone().requires_grad_(x.is_floating_point() or x.is_complex())

    inputs = rebuild(args, leaf)
    wanted = [x for x in tree_leaves(inputs) if x.requires_grad]
    value = f(*inputs)
    results = tree_leaves(value)
    for y in results:
        if not isinstance(y, _package("torch").Tensor):
            raise TypeError(f"torch: f returned a {type(y).__name__}, and is to return tensors")
    reached = [i for i, y in enumerate(results) if y.requires_grad]
    if not reached:
        raise RuntimeError(NO_WAY_BACK)

    # Torch's gradients are the conjugates of ours: it has df = Re(Σ conj(g) dz).
    def conjugated(x: Any) -> Any:
        return _as_torch(x).conj().resolve_conj()

    def pull(g: Any) -> Any:
        nested = _is_followed((args, g))
        cotangents = [conjugated(c) for c in leaves_beside(value, g)]
        found = differentiate(
            [results[i] for i in reached],
            wanted,
            [cotangents[i] for i in reached],
            create_graph=nested,
            retain_graph=True,
            allow_unused=True,
        )
        if all(c is None for c in found):
            raise RuntimeError(NO_GRADIENT)
        left = iter(found)

        def gradient(x: Any) -> Any:
            c = next(left) if x.requires_grad else None
            return x.detach() * 0 if c is None else conjugated(c)

        return rebuild(inputs, gradient)

    return value if _is_followed(args) else _detached(value), pull


def _detached(tree: Any) -> Any:
    return rebuild(tree, lambda y: y.detach())


def _is_followed(tree: Any) -> bool:
    """Whether a call is within another that is differentiated."""
    return any(getattr(x, "requires_grad", False) for x in tree_leaves(tree))


#: PyTorch; the function takes and returns tensors.  The arguments may be tensors or arrays.
torch = Adapter("torch", _torch_vjp, _torch_call, nests=None, constant=_as_torch, numbers=_of_torch)
