"""Integrals by SciPy's quad, by both limits and by all that the integrand reads.

∂/∂b ∫ f = f(b), ∂/∂a ∫ f = −f(a), and ∂/∂p ∫ f = ∫ ∂f/∂p, which quad integrates once more, to the
same tolerances: one integral for each number in p.  (Leibniz)
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import scipy.integrate as theirs

from autograd_lite.core.gathering import gathered
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.tape import Node, next_number
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import LEFT, Tracked, is_plain, strip, tracked
from autograd_lite.loops.handing import Handover, hand, met
from autograd_lite.loops.step import turns
from autograd_lite.loops.turns import Section, is_at, of
from autograd_lite.scipy.integrate.values import plain, varies

Array = Any
Integrand = Callable[[Array], Array]

WEIGHTED = (
    "quad: weight={weight!r} has no derivative here; write the weight as a factor of the integrand"
)
POINTS = "quad: the break points are constants; give al.stop_gradient(points)"
SEVERAL = (
    "{who} of Tensors has no derivative here; write one quad within the other: "
    "quad(lambda y: quad(lambda x: f(y, x), 0, 1)[0], 0, 1)"
)


def quad(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: Any = (),
    full_output: Any = 0,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    points: Any = None,
    weight: Any = None,
    wvar: Any = None,
    wopts: Any = None,
    maxp1: int = 50,
    limlst: int = 50,
    complex_func: bool = False,
) -> Any:
    """The integral of func(x, *args) from ``a`` to ``b``, and SciPy's estimate of its error.

    Derivatives are by both limits, ``args`` and all Tensors that ``func`` reads from outside.  A
    limit may be infinite, and is a constant then.  In a program it is one step, and so is each
    integral in its gradient.  TypeError for ``weight`` and ``complex_func`` with Tensors.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> area = lambda b, p: integrate.quad(lambda x: np.exp(-p * x), 0, b)[0]
    >>> [float(np.round(g, 6)) for g in al.grad(area, (0, 1))(1.0, 2.0)]
    [0.135335, -0.148499]
    """
    args = args if isinstance(args, tuple) else (args,)
    options = {"epsabs": epsabs, "epsrel": epsrel, "limit": limit, "points": points}
    rest = {"weight": weight, "wvar": wvar, "wopts": wopts, "maxp1": maxp1, "limlst": limlst}
    if weight is not None or complex_func or full_output:
        seen: list[Any] = []

        def plainly(x: float, *args: Any) -> Any:
            made = gathered(func(x, *args))
            seen.extend([made] if isinstance(made, Tracked) else [])
            return strip(made)

        rest = {key: plain(x) for key, x in rest.items()} if varies(wvar) else rest
        found = theirs.quad(
            plainly, plain(a), plain(b), args, full_output, **options, **rest,
            complex_func=complex_func,
        )  # fmt: skip
        if not seen and not varies(a, b, wvar, *args):
            return found
        if weight is not None or complex_func:
            raise TypeError(
                WEIGHTED.format(weight=weight)
                if weight is not None
                else "quad: complex_func has no derivative here; integrate real and imaginary part"
            )
        return (integral(func, a, b, args, options)[0], *found[1:])
    return integral(func, a, b, args, options)


def integral(
    func: Callable[..., Any], a: Any, b: Any, args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[Any, Any]:
    """The integral, as one step of the tape and of the program, and the estimate of its error."""
    if varies(options["points"]):
        raise TypeError(POINTS)
    f = lambda x: gathered(func(x, *args))
    return integrated([0, *sorted(LEFT)], Integral(f, gathered(a), gathered(b), options))


class Integral(NamedTuple):
    """An integrand, both limits, and what SciPy is asked for."""

    f: Integrand
    a: Array
    b: Array
    options: dict[str, Any]


def integrated(levels: Sequence[int], whole: Integral) -> tuple[Any, Any]:
    """An integral whose values may be tracked at any of these levels, and its error."""
    if not levels:
        f, a, b, options = whole
        call = Handover("quad", summed, {"f": (f, {"x": 0.5})}, {"a": a, "b": b}, options)
        y, error = hand(call, lambda: theirs.quad(lambda x: met(f(x)), a, b, **options)[:2])
        return y, error
    here = AtLevel(whole, levels[-1])
    return here.link(*integrated(levels[:-1], here.lower()))


def summed(f: Integrand, a: Array, b: Array, **options: Any) -> tuple[Any, Any]:
    """An integral, as a step of a program."""
    return integral(f, a, b, (), options)


class AtLevel:
    """An integral at one level of differentiation: what its integrand reads, and its pullback."""

    def __init__(self, whole: Integral, level: int) -> None:
        self.whole, self.level = whole, level
        self.kind = KIND.get(Tensor)
        self.begun = next_number()
        self.outside: dict[Node, None] = {}

    def raw(self, x: Any) -> Any:
        return x.raw if is_at(x, self.level) else x

    def lower(self) -> Integral:
        """The integral at the level below, which notes what is read at this one."""
        _, a, b, options = self.whole
        return Integral(lambda x: self.raw(self.recorded(x)), self.raw(a), self.raw(b), options)

    def recorded(self, x: Any) -> Any:
        """The integrand at a place."""
        since = next_number()
        y = self.whole.f(x)
        if is_at(y, self.level):
            for node in Section(since, (), (y.node,), ()).walk()[1]:
                self.outside[node] = None
        return y

    def link(self, y: Any, error: Any) -> tuple[Any, Any]:
        """The integral below as the result of a step of the tape."""
        limits = [x.node for x in (self.whole.a, self.whole.b) if is_at(x, self.level)]
        if not self.outside and not limits:
            return y, error
        self.reads = [*self.outside]
        node = Node(INTEGRAL, None, None, (*self.reads, *limits), {"sections": self}, y)
        return tracked(self.kind, y, node, self.level), error

    def pull(self, g: Any) -> list[Any]:
        """The gradients of what is read, then of the limits."""
        whole, below = self.whole, self.lower()
        levels = [0, *sorted(LEFT)]
        with self.running():
            known: dict[float, Any] = {}
            made = [self.under(node, g, below, levels, known) for node in self.reads]
            if is_at(whole.a, self.level):
                made.append(-g * below.f(below.a))
            if is_at(whole.b, self.level):
                made.append(g * below.f(below.b))
        return made

    @contextmanager
    def running(self) -> Iterator[None]:
        """The integrand runs once more at this level, so loops and integrals in it know that."""
        absent = self.level not in LEFT
        LEFT.setdefault(self.level, [])
        try:
            yield
        finally:
            if absent:
                LEFT.pop(self.level, None)

    def under(
        self, node: Node, g: Any, below: Integral, levels: Sequence[int], known: dict[float, Any]
    ) -> Any:
        """The gradient of what the integrand reads: an integral for each of its numbers."""
        parts = []
        for index in np.ndindex(node.shape):
            slope = lambda x, index=index: of(node, {**self.slopes(x, known)})[index]
            parts.append(integrated(levels, below._replace(f=slope))[0])
        return g * np.reshape(np.stack(parts), node.shape) if parts else np.zeros(node.shape)

    def slopes(self, x: Any, known: dict[float, Any]) -> dict[Node, Any]:
        """∂f/∂p at a place for all p, which is ``known`` if it was plain numbers."""
        found: dict[Node, Any] | None = known.get(x) if type(x) is float else None
        if found is None:
            since = next_number()
            y = self.whole.f(x)
            found = {}
            if is_at(y, self.level):
                found = self.kind.backward_pass({y.node: np.float64(1)}, since).run()
            if type(x) is float and is_plain(found.values()):
                known[x] = found
        return found

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Nothing is kept: the pullback runs the integrand anew."""


INTEGRAL = Primitive(turns, {"operands": lambda g, sections: sections.pull(g)}, "quad")


def dblquad(
    func: Callable[..., Any], a: Any, b: Any, gfun: Any, hfun: Any, *args: Any, **options: Any
) -> Any:
    """SciPy's own; TypeError for Tensors, with what to write instead."""
    return without_tensors(theirs.dblquad, func, (a, b, gfun, hfun, *args), options)


def tplquad(func: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """SciPy's own; TypeError for Tensors, with what to write instead."""
    return without_tensors(theirs.tplquad, func, args, options)


def nquad(func: Callable[..., Any], ranges: Any, *args: Any, **options: Any) -> Any:
    """SciPy's own; TypeError for Tensors, with what to write instead."""
    return without_tensors(theirs.nquad, func, (ranges, *args), options)


def without_tensors(theirs: Any, func: Any, args: Any, options: Any) -> Any:
    def checked(*x: Any) -> Any:
        made = func(*x)
        if varies(made):
            raise TypeError(SEVERAL.format(who=theirs.__name__))
        return made

    if varies(*args, *options.values()):
        raise TypeError(SEVERAL.format(who=theirs.__name__))
    return theirs(checked, *args, **options)
