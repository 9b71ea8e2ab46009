"""Programs: what `trace` writes down, and its readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.listing import Listing
from autograd_lite.simplify import simplify
from autograd_lite.source import function, source
from autograd_lite.tracing import argument_names, output, run
from autograd_lite.trees import rebuild, tree_leaves


def trace(f: Callable[..., Any], *args: Any) -> Program:
    """The program of ``f``: every step that NumPy takes for these arguments, written down.

    Derivatives are functions like any other: ``al.trace(al.value_and_grad(loss), model, x, y)``.
    The program holds for arguments of the same structure, shapes and dtypes.  Raises TypeError
    where a step depends on the numbers, as in ``if x > 0``, and names the line.

    >>> import numpy as np, autograd_lite as al
    >>> program = al.trace(al.grad(lambda x: np.sum(np.tanh(x))), np.array([1.0, 2.0]))
    >>> np.array_equal(program(np.array([0.0, 0.0])), [1, 1])
    True
    """
    written, inputs, result = run(f, args)
    outputs = [output(x) for x in tree_leaves(result)]
    steps, outputs = simplify(written.steps, outputs)
    name = getattr(f, "__name__", "program")
    parameters = argument_names(f, len(args))
    return Program(name, parameters, args, inputs, steps, outputs, rebuild(result, lambda _: 0.0))


class Program(Listing):
    """What `trace` wrote down: a listing that can be read in several ways."""

    def source(self) -> str:
        """The text of a NumPy function that does the same, to the bit.

        >>> import numpy as np, autograd_lite as al
        >>> print(al.trace(al.grad(lambda x: np.sum(x * x)), np.ones(2)).source())
        """
        return source(self)

    def compile(self, backend: str = "numpy") -> Callable[..., Any]:
        """The function in `source`, ready to be called: straight-line NumPy without a tape."""
        if backend != "numpy":
            raise ValueError(f"there is no backend {backend!r}; there is 'numpy'")
        return function(self)
