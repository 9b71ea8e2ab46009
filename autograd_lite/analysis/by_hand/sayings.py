"""A loss in its author's words: what his lines call each value, and those lines."""

import ast
import linecache
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_lite.core.frames import frames, is_users
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.trees import rebuild, tree_leaves
from autograd_lite.programs.assumptions import Again
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.operators import CALL
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import Step, Value
from autograd_lite.programs.tracer import Trace, Tracer
from autograd_lite.programs.tracing import WRITERS, output, run_on_tracers
from autograd_lite.readers.source.spelling import Written, nested

#: An expression in a sentence is at most so long; a longer one is told by its line.
SHORT = 60


class Witness(Trace):
    """A trace that remembers the outermost of the author's lines for every step."""

    def __init__(self) -> None:
        super().__init__(WRITERS)
        self.lines: dict[Step, tuple[str, int]] = {}

    def written(self, function: Callable[..., Any], args: Any, options: Any, result: Any) -> Any:
        before = len(self.steps)
        written = super().written(function, args, options, result)
        line = authors_line()
        for step in self.steps[before:]:
            self.lines.setdefault(step, line)
        return written


def authors_line() -> tuple[str, int]:
    """File and number of the line of the loss, or of a helper called in it, that is running."""
    lines = []
    for frame in frames():
        if frame.f_code is run_on_tracers.__code__:
            break
        if is_users(frame):
            lines.append((frame.f_code.co_filename, frame.f_lineno))
    named = (line for line in reversed(lines) if assigned(text_of(line)))
    return next(named, lines[-1] if lines else ("", 0))


class Sayings:
    """The program of a loss, with names for its values and a line for each step."""

    def __init__(self, loss: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            trace, result = witnessed(loss, args, real=False)
        except Again:
            trace, result = witnessed(loss, args, real=True)
        steps, outputs = simplify(trace.steps, [output(x) for x in tree_leaves(result)])
        parameters, structure = argument_names(loss, len(args)), rebuild(result, lambda _: 0.0)
        self.listing = Listing("loss", parameters, args, trace.inputs, steps, outputs, structure)
        self.lines = {step: text_of(line) for step, line in trace.lines.items()}
        self.known = {v for v in [*trace.inputs, *[s.result for s in steps]] if v.name or v.path}
        self.texts: dict[Value, Written] = {}

    def name(self, value: Value) -> str | None:
        """What a value is called, if it has a name."""
        return self.listing.names[value] if value in self.known else self.earlier(value)

    def earlier(self, value: Value) -> str | None:
        """A value that a loop has bound to a name, and another turn anew."""
        if value.step is None or not (target := assigned(self.line(value.step))):
            return None
        for other in self.listing.steps:
            named = other.result.name == target and self.line(other) == self.line(value.step)
            if named and like(other, value.step):
                return f"an earlier {target}"
        return None

    def line(self, step: Step | None) -> str:
        """The line that made a step, if it can be read."""
        return self.lines.get(step, "") if step else ""

    def text(self, value: Value) -> str:
        """A value as a sentence calls it: by its name, by a short expression, or by its line."""
        text = self.written(value).text
        if len(text) <= SHORT:
            return text
        target = assigned(self.line(value.step))
        return f"a value in the line of {target}" if target else f"the {(value.step or value)!r}"

    def inside(self, value: Value) -> str:
        """The same as an operand of a product, in parentheses where it needs them."""
        text, written = self.text(value), self.written(value)
        whole = self.name(value) or text != written.text or written.strength == CALL
        return text if whole else f"({text})"

    def written(self, value: Value) -> Written:
        if value not in self.texts:
            if name := self.name(value):
                self.texts[value] = Written(name)
            elif value.step is None:
                data = np.ravel(value.data)
                plain = len(data) > 0 and np.all(data == data[0])
                self.texts[value] = Written(str(data[0]) if plain else "a constant")
            else:
                operands = {v: self.written(v) for v in value.step.operands}
                self.texts[value] = nested(value.step, operands)
        return self.texts[value]


def witnessed(loss: Callable[..., Any], args: tuple[Any, ...], real: bool) -> tuple[Witness, Any]:
    """The trace of a loss; its values have the names of the author's variables."""
    trace = Witness()
    trace.assumes.real = real
    called: dict[Value, str] = {}
    helpers: list[tuple[Value, str]] = []
    with at_returns(lambda frame: bindings(frame, called, helpers)):
        _, result = run_on_tracers(trace, loss, args, argument_names(loss, len(args)))
    count = Counter(name for _, name in helpers)
    for value, name in helpers:
        if count[name] == 1:  # a helper that is called twice has one name for two values
            called.setdefault(value, name)
    for value, name in called.items():
        value.name = value.name or (name if value.path is None else None)
    return trace, result


def bindings(frame: Any, called: dict[Value, str], helpers: list[tuple[Value, str]]) -> None:
    """Note what the variables of a function that returns are bound to."""
    if not is_users(frame):
        return
    above = frame.f_back
    while above is not None and above.f_code is not run_on_tracers.__code__ and not is_users(above):
        above = above.f_back
    is_loss = above is None or above.f_code is run_on_tracers.__code__
    code = frame.f_code
    parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    for name, x in list(frame.f_locals.items()):
        if name in parameters and not is_loss:
            continue
        for value, path in of_variable(name, x):
            if is_loss:
                called.setdefault(value, path)
            elif (value, path) not in helpers:
                helpers.append((value, path))


def of_variable(name: str, x: Any) -> Iterator[tuple[Value, str]]:
    """The values that a variable holds: one, or those in a list or a dict."""
    if isinstance(x, Tracer):
        yield x.value, name
    elif type(x) in (list, tuple):
        yield from ((t.value, f"{name}_{i}") for i, t in enumerate(x) if isinstance(t, Tracer))
    elif type(x) is dict:
        yield from ((t.value, str(key)) for key, t in x.items() if isinstance(t, Tracer))


@contextmanager
def at_returns(see: Callable[[Any], None]) -> Iterator[None]:
    """Show every frame that returns; a profiler that is running is set back afterwards.

    One that is not written in Python cannot be set back: then nothing is shown.
    """

    def profile(frame: Any, event: str, _: Any) -> None:
        if event == "return":
            see(frame)

    before: Any = sys.getprofile()
    if before is not None and not callable(before):
        yield
        return
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)


def like(one: Step, two: Step) -> bool:
    """Whether two steps come of one call in one line."""
    return (one.name, one.line, one.result.shape) == (two.name, two.line, two.result.shape)


def text_of(line: tuple[str, int]) -> str:
    return linecache.getline(*line).strip()


def assigned(text: str) -> str | None:
    """The name on the left side of a line; empty for other statements, None for no statement."""
    try:
        (statement,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        (target,) = statement.targets
        return target.id if isinstance(target, ast.Name) else ""
    return ""
