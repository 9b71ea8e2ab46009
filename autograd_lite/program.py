"""Programs: what `trace` writes down, and its readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

from autograd_lite.calls import FUNCTION, PATH, checked, maybe
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.trees import rebuild, tree_leaves
from autograd_lite.display import Text, notebook
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.optimizing import optimized
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.tracing import output, write_down
from autograd_lite.readers.explorer.building import explorer
from autograd_lite.readers.graph.drawing import dot
from autograd_lite.readers.notebook import in_latex
from autograd_lite.readers.notebook import shown as notebook_page
from autograd_lite.readers.source.module import compiled, source_text

P = ParamSpec("P")  # all arguments; unlike ..., it lets mypy infer lambdas inside of f


@checked(f=FUNCTION)
def trace(f: Callable[P, Any], *args: Any) -> Program:
    """The program of ``f``: every step that NumPy takes for these arguments, written down.

    Derivatives are functions like any other: ``al.trace(al.value_and_grad(loss), model, x, y)``.
    The program holds for arguments of the same structure, shapes and dtypes.  A step that depends
    on the numbers, as in ``if x > 0``, raises TypeError, which names the line.

    >>> import numpy as np, autograd_lite as al
    >>> program = al.trace(al.grad(lambda x: np.sum(np.tanh(x))), np.array([1.0, 2.0]))
    >>> np.array_equal(program(np.array([0.0, 0.0])), [1, 1])
    True
    """
    written, result = write_down(f, args)
    steps, outputs = simplify(written.steps, [output(x) for x in tree_leaves(result)])
    name, parameters = getattr(f, "__name__", "program"), argument_names(f, len(args))
    structure = rebuild(result, lambda _: 0.0)
    return Program(name, parameters, args, written.inputs, steps, outputs, structure)


@checked()
class Program(Listing):
    """What `trace` wrote down: a listing that can be read in several ways."""

    def source(self) -> str:
        """The text of a NumPy function that does the same, to the bit.

        >>> import numpy as np, autograd_lite as al
        >>> def f(x):
        ...     return np.sum(np.tanh(x) * x)
        >>> print(al.trace(al.grad(f), np.ones(2)).source().strip())
        import numpy as np
        <BLANKLINE>
        <BLANKLINE>
        def f(x):
            t1 = np.tanh(x)
        <BLANKLINE>
            dx = t1 + x * (1 - t1 * t1)  # gradient of x
        <BLANKLINE>
            return dx
        """
        return Text(source_text(self))

    def latex(self, convention: str = "column", expand: bool = False) -> str:
        """The formulas of the program, as LaTeX for an equation: σ, σ′, ∘, ᵀ, δ as in the notes.

        A value called z3 is z^{[3]} and its gradient δ^{[3]}, that of another value ∂C/∂W^{[3]},
        where C is the loss.  ``convention`` is ``"column"`` or ``"row"``, for what a vector is:
        δ = σ′(z) ∘ Wᵀ δ (BU, OV), or δ = δ W ∘ σ′(z) (LN).  What is spelt out in plain NumPy has
        its name, like terms are added, equal factors cancel.  ``expand`` writes each step as it is
        computed.  Another convention raises ValueError; `notation` says how functions are written.

        >>> import numpy as np, autograd_lite as al
        >>> program = al.trace(lambda W, x: al.named("z", W @ x), np.eye(2), np.ones(2))
        >>> print(program.latex("row"))
        \\begin{aligned}
        z &= x W^{\\mathsf{T}}
        \\end{aligned}
        """
        return in_latex(self, convention, expand)

    def _repr_latex_(self) -> str | None:
        try:
            return in_latex(self)._repr_latex_()
        except Exception:  # no formulas: the program is shown all the same
            return None

    @notebook
    def _repr_html_(self) -> str:
        return notebook_page(self)

    @checked(path=maybe(PATH))
    def explorer(self, path: str | Path | None = None) -> str:
        """One page of HTML that plays the program forward and backward, a step at a time.

        It holds everything it needs, the values among them, so it can be sent and opened anywhere.
        Written to ``path``, which is returned; without a path, the text is.  Where a cell of a
        notebook ends with that, the page stands below it, in a frame of its own.

        >>> import numpy as np, autograd_lite as al
        >>> page = al.trace(al.value_and_grad(lambda x: np.sum(np.tanh(x))), np.ones(2)).explorer()
        >>> page.startswith("<!doctype html>"), "http-equiv" in page
        (True, True)
        """
        return explorer(self, path)

    def graph(self, mode: str = "forward", **options: Any) -> Any:
        """The graph of the program: see `draw`, whose options it takes.

        >>> import numpy as np, autograd_lite as al
        >>> print(al.trace(np.exp, 1.0).graph().source.splitlines()[-2].strip())
        i0 -> s0 [color=black]
        """
        return dot(self, mode, **options)

    def compile(self, backend: str = "numpy", *, check: bool = True) -> Callable[..., Any]:
        """The function in `source`, ready to be called: straight-line NumPy without a tape.

        With ``check`` it first makes sure that its arguments have the structure, shapes and dtypes
        that were traced, as a call of the program does.  Without, that is up to you.  Another
        backend than "numpy" raises ValueError.

        >>> import numpy as np, autograd_lite as al
        >>> double = al.trace(lambda x: 2 * x, np.ones(2)).compile()
        >>> double(np.array([1.0, 3.0]))
        array([2., 6.])
        """
        if backend != "numpy":
            raise ValueError(f"there is no backend {backend!r}; there is 'numpy'")
        return compiled(optimized(self), check)
