"""What a hand version returns: gradients by position or by name, and intermediates."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_lite.core.trees import is_leaf, leaves_beside, paths
from autograd_lite.programs.naming import gradient_name
from autograd_lite.testing.checking.patterns import of_shape

#: The name and path of a leaf of the arguments, its place among all leaves, and what is given.
Given = tuple[str, int, Any]


def read(
    result: Any, names: list[str], args: tuple[Any, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The gradients by argument name, and the intermediates.

    A pair of which the second is a dict is a result with intermediates, unless the two are the
    gradients of the first two arguments.
    """
    intermediates: dict[str, Any] = {}
    pair = type(result) is tuple and len(result) == 2 and type(result[1]) is dict
    if pair and not (len(args) > 1 and fits(args[0], result[0]) and fits(args[1], result[1])):
        result, intermediates = result
    first = fits(args[0], result)
    if type(result) is not dict or first:
        alone = first and (type(result) is not tuple or len(args) == 1)
        given = tuple(result) if type(result) in (list, tuple) and not alone else (result,)
        if len(given) > len(args):
            raise TypeError(
                f"the hand version returned {len(given)} gradients for {len(args)} arguments; "
                f"return a tuple in the order of the arguments, or a dict by their names: "
                f"{', '.join(names)}"
            )
        result = dict(zip(names, given))
    gradients = {name: x for name, x in by_argument(result, names, args).items() if x is not None}
    if not gradients and not intermediates:
        raise TypeError("the hand version returned no gradient")
    return gradients, intermediates


def by_argument(given: dict[Any, Any], names: list[str], args: tuple[Any, ...]) -> dict[str, Any]:
    """Gradients by the names of arguments, from keys such as ``W1``, ``dW1`` or ``grad_W1``.

    The keys may also be those of one argument that is a dict: then the gradient of that.
    """
    known = keys_for(given, names)
    if known is not None:
        return {name: known[name] for name in names if name in known}
    for name, arg in zip(names, args):
        if type(arg) is dict:
            inner = keys_for(given, [key for key in arg if isinstance(key, str)])
            if inner is not None:
                return {name: {key: inner.get(key) for key in arg}}
    inside = [f"the keys of {n}: {', '.join(map(str, a))}" for n, a in zip(names, args)
              if type(a) is dict]  # fmt: skip
    raise TypeError(
        f"the hand version returned gradients by the names {', '.join(map(str, given))}, "
        f"and the arguments are {', '.join([*names, *inside])}"
    )


def keys_for(given: dict[Any, Any], names: list[str]) -> dict[str, Any] | None:
    """What is given, by these names, if every key is one of them or that of its gradient."""
    called = {key: name for name in names for key in (gradient_name(name), f"d_{name}",
              f"d{name}", f"grad_{name}", f"{name}_grad", f"g{name}")}  # fmt: skip
    called |= {name: name for name in names}
    if any(key not in called for key in given):
        return None
    return {called[key]: x for key, x in given.items()}


def fits(arg: Any, gradient: Any) -> bool:
    """Whether a gradient has the structure of an argument; a list of numbers is an array."""
    if is_leaf(arg):
        return is_leaf(gradient) or (type(gradient) is list and np.shape(gradient) == np.shape(arg))
    try:
        leaves_beside(arg, gradient)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def of_arguments(
    gradients: dict[str, Any], names: list[str], args: tuple[Any, ...]
) -> Iterator[Given]:
    """Every gradient of an array in the arguments: its path, its place and its numbers."""
    for name, gradient in gradients.items():
        arg = args[names.index(name)]
        if is_leaf(arg) and type(gradient) is list:
            gradient = np.asarray(gradient)
        partial = type(arg) is dict and type(gradient) is dict and set(gradient) == set(arg)
        if partial and any(x is None for x in gradient.values()):
            whole = [(f"{name}[{key!r}]", arg[key], gradient[key]) for key in arg]
        else:
            whole = [(name, arg, gradient)]
        place = 0
        for start, part, given in whole:
            leaves = [x for _, x in paths(part, start)]
            if given is not None:
                try:
                    beside = leaves_beside(part, given)
                except ValueError as error:
                    raise TypeError(
                        f"the gradient of {name} has not the structure of {name}: {error}"
                    ) from None
                for i, ((path, leaf), x) in enumerate(zip(paths(part, start), beside)):
                    check_shape(path, leaf, x)
                    yield path, place + i, x
            place += len(leaves)


def check_shape(path: str, leaf: Any, x: Any) -> None:
    """Refuse a gradient whose shape has nothing to do with that of its argument."""
    got, shape = np.shape(x), np.shape(leaf)
    if got == shape or got == shape[::-1]:
        return
    if next(of_shape(got, shape)).kind == "foreign":
        raise ValueError(
            f"the gradient of {path} has shape {got}, and {path} has shape {shape}: a gradient has "
            f"one number for each number of its argument; print both shapes where it is computed, "
            f"and see which product or sum makes another one"
        )
