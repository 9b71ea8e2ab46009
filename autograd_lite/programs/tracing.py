"""Writing down a program: run the function on tracers, and follow its derivatives backward."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from autograd_lite.calls import TEXT
from autograd_lite.core.admission import admitted
from autograd_lite.core.backward import Backward
from autograd_lite.core.gathering import returned
from autograd_lite.core.noted import Noted
from autograd_lite.core.record import PART
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.tape import Node, dtype_of
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import Symbol, Tracked, strip
from autograd_lite.core.trees import paths, rebuild
from autograd_lite.programs.assumptions import Again
from autograd_lite.programs.bodies import written_loop
from autograd_lite.programs.branches import written_cond
from autograd_lite.programs.handed import written_handover
from autograd_lite.programs.repeated import written_while
from autograd_lite.programs.steps import Value
from autograd_lite.programs.tracer import Trace, Tracer, tracers
from autograd_lite.rules.indexing import at_add

#: What writes down steps that have bodies.
WRITERS: dict[str, Callable[..., Any]] = {
    "scan": written_loop,
    "cond": written_cond,
    "while_loop": written_while,
    "handed": written_handover,
}


X = TypeVar("X")


def named(name: str, x: X) -> X:
    """``x`` itself, known by ``name`` in the programs and graphs that it is a part of.

    >>> import numpy as np, autograd_lite as al
    >>> program = al.trace(lambda x: np.exp(al.named("z", 2 * x)), 1.0)
    >>> [step.result.name for step in program.steps]
    ['z', None]
    """
    if type(name) is not str:
        TEXT.check("named", "name", name)
    under = x
    while isinstance(under, Tracked):
        under.node.name = name
        under = under.raw
    if isinstance(under, Tracer):
        under.value.name = name
    return x


class FollowedBackward(Backward):
    """A backward pass in which each step is tagged with what it computes the gradient of."""

    __slots__ = ()

    hooked = True

    def run(self) -> dict[Node, Any]:
        for leaf, c in super().run().items():
            tag(leaf, c)
        return self.cotangents

    def step(self, node: Node, g: Any) -> None:
        traced = tag(node, g)
        if traced is None:
            super().step(node, g)
            return
        under = None if isinstance(g, list) else strip(g)
        trace = (
            under.trace if isinstance(under, Tracer) else traced.trace
        )  # a loop's may be another
        before, trace.pulled = trace.pulled, (traced.value, of_tracer(g))
        super().step(node, g)
        trace.pulled = before

    def add_into(self, g: Any, node: Node, a: Node) -> None:
        """Write down as `at_add` what the engine adds in place."""
        total = self.cotangents.get(a)
        if a in self.owned and isinstance(g, Symbol) and isinstance(total, Symbol):
            self.cotangents[a] = at_add(total, node.second, g)
        elif tracers(node.second):
            self.add(node.primitive.vjps[0](node, g), node, a)
        else:
            super().add_into(g, node, a)


class Followed(Noted):
    """A Tensor whose node remembers its value, so that gradients are known to be of something."""

    __slots__ = ()

    backward_pass = FollowedBackward

    @property
    def shape(self) -> tuple[int, ...]:
        under = strip(self)
        if isinstance(under, Tracer):
            under.trace.assumes.shape(self.node.shape)
        return self.node.shape

    def take_note(self, node: Node) -> None:
        node.note = self.raw
        if node.primitive is PART and not hasattr(node.first, "note"):
            node.first.note = whole(strip(self.raw))


def whole(part: Any) -> Tracer | None:
    """The tracer of a step's several results, of which ``part`` is one."""
    step = part.value.step if isinstance(part, Tracer) else None
    if step is None or not step.operands or step.operands[0].shape is not None:
        return None
    return Tracer((), step.operands[0], part.trace)


def of_tracer(x: Any) -> Value | None:
    under = None if isinstance(x, list) else strip(x)
    return under.value if isinstance(under, Tracer) else None


def tag(node: Node, g: Any) -> Tracer | None:
    """Say of which value ``g`` is the gradient; return that value's tracer, if it has one."""
    value = strip(getattr(node, "note", None))
    if not isinstance(value, Tracer):
        return None
    gradient = of_tracer(g)
    if gradient is not None and value.value not in gradient.gradient_of:
        gradient.gradient_of.append(value.value)
    return value


def write_down(
    f: Callable[..., Any], args: tuple[Any, ...], names: Sequence[str] | None = None
) -> tuple[Trace, Any]:
    """Run ``f`` on tracers: what was written down, and the result in its structure.

    ``names`` are those of the arguments, if they are not those that ``f`` has for them.  Loops run
    for one turn, unless ``f`` turns out to read what they compute: then in full.
    """
    names = argument_names(f, len(args)) if names is None else names
    try:
        return run_on_tracers(Trace(WRITERS), f, args, names)
    except Again:
        trace = Trace(WRITERS)
        trace.assumes.real = True
        return run_on_tracers(trace, f, args, names)


def run_on_tracers(
    trace: Trace, f: Callable[..., Any], args: tuple[Any, ...], names: Sequence[str]
) -> tuple[Trace, Any]:
    """Run ``f``, and have the trace write down what happens."""
    wrapped = [traced_argument(trace, name, arg) for name, arg in zip(names, args)]
    outer = KIND.get(Tensor)
    try:  # an interrupt may come at any moment, so nothing is set before
        KIND.set(Followed)
        result = rebuild(f(*wrapped), returned)
        if trace.assumes.failed:
            raise TypeError(trace.assumes.failed)
        return trace, result
    finally:
        KIND.set(outer)


def traced_argument(trace: Trace, name: str, arg: Any) -> Any:
    """An argument with a tracer in place of each array, which becomes an input."""
    if isinstance(arg, np.random.Generator):
        raise TypeError(
            f"{name} is a generator, and a program is not random: draw the numbers outside, "
            f"and pass them as an argument"
        )
    where = iter([path for path, _ in paths(arg)])

    def wrap(x: Any) -> Tracer:
        if isinstance(x, (Tracked, Symbol)):
            raise TypeError("trace inside of another trace or derivative: trace the whole")
        x = admitted(x)
        value = Value(np.shape(x), dtype_of(x), path=name + next(where))
        trace.inputs.append(value)
        return Tracer(x, value, trace)

    return rebuild(arg, wrap)


def output(x: Any) -> Value:
    """The value that a leaf of the result is; a constant if it does not depend on the inputs."""
    if isinstance(x, Tracked):
        raise TypeError("the function that is traced returns a Tensor; return t.data, or no Tensor")
    if isinstance(x, Tracer):
        return x.value
    if isinstance(x, np.ndarray):
        return Value(x.shape, x.dtype, data=np.copy(x))
    return Value(np.shape(x), dtype_of(x), data=x, number=True)
