"""One value in place of another: of another layer, turned, flipped, or updated too early."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.backward import Edge, Mistake, Pass, added
from autograd_lite.analysis.by_hand.mistakes.places import Family, Places, Suspect
from autograd_lite.analysis.by_hand.mistakes.textbook import FUNCTIONS
from autograd_lite.programs.steps import Value

#: What shows the numbers of its operand in another order or shape.
VIEWS = {"getitem", "reshape", "transpose", "ravel", "swapaxes", "squeeze", "expand_dims"}
#: Slopes in terms of the result of an activation.
SLOPES_OF_A_RESULT: Mapping[str, Callable[[Any], Any]] = {
    "{a} * (1 - {a})": lambda a: a * (1 - a),
    "1 - {a} * {a}": lambda a: 1 - a * a,
    "{a} > 0": lambda a: a > 0,
}


def like(at: Places, old: Value) -> list[Value]:
    """The values of one shape and dtype."""
    listing = at.graph.listing
    every = [*listing.inputs, *(s.result for s in listing.steps)]
    return [v for v in every if (v.shape, v.dtype) == (old.shape, old.dtype) and v is not old]


def slopes_elsewhere(at: Places) -> Iterator[Suspect]:
    """The slope of an activation, taken at another value of its shape."""
    for edge in at.edges:
        if edge.known is None:
            continue
        kind, z, a = edge.known.kind, edge.operand, edge.result
        others = [v for v in like(at, a) if v is not z]
        for new in others:
            text = f"stale activation: {at.says.text(new)} in place of {at.says.text(a)}"
            yield at.change([edge], text, seeing({a: itself(new), z: itself(new)}))
        for new in others if kind in FUNCTIONS else ():
            text = f"at {at.says.text(new)} in place of {at.says.text(z)}"
            f = FUNCTIONS[kind]
            yield at.change(
                [edge],
                f"the slope of {kind} is taken {text}",
                seeing({z: itself(new), a: itself(new, f)}),
            )


def itself(value: Value, f: Callable[[Any], Any] = np.asarray) -> Callable[[Pass], Any]:
    return lambda p: f(p.values[value])


def seeing(instead: Mapping[Value, Callable[[Pass], Any]]) -> Callable[[Pass, Edge, Any], Any]:
    """The rule of an edge, where some values are others."""
    return lambda p, edge, g: p.seeing(
        edge, g, {**p.values, **{old: new(p) for old, new in instead.items()}}
    )


def exchanged(at: Places) -> Iterator[Suspect]:
    """Another value of the same shape in a rule, its gradient, or its elements in another order."""
    for edge in at.edges:
        for old in dict.fromkeys(edge.others):
            name = at.says.text(old)
            for new in like(at, old):
                text = f"stale activation: {at.says.text(new)} in place of {name}"
                yield at.change([edge], text, seeing({old: itself(new)}))
            if old in at.graph.into:
                text = f"the gradient of {name} in place of {name}"
                yield at.change([edge], text, seeing({old: lambda p, old=old: p.gradients[old]}))  # type: ignore[misc]
    for old, edges in factors_in(at).items():
        for text, move in moves(old):
            told = f"{at.of(edges[0].operand)}{at.says.text(old)} {text}"
            how = moved(at, old, lambda p, old=old, move=move: move(p.values[old]))  # type: ignore[misc]
            yield Mistake(told, dict.fromkeys(edges, how), step=edges[0].step)


def updated(at: Places) -> Iterator[Suspect]:
    """A weight after the step, where the one before it belongs."""
    for old, edges in factors_in(at).items():
        if old.step is not None or old not in at.graph.into:
            continue

        def make(c: float, old: Value = old, edges: list[Edge] = edges) -> Mistake:
            how = moved(at, old, lambda p: p.values[old] - c * p.gradients[old])
            return Mistake("", dict.fromkeys(edges, how), step=edges[0].step)

        name, where = at.says.text(old), at.of(edges[0].operand)
        text = f"{where}{name} after the step in place of {name} before it: it was updated by "
        tell = lambda c, text=text: f"{text}{c:.4g} times its gradient too early"
        yield Family(make, lambda c, tell=tell: tell(c) if 1e-9 < abs(c) < 1e3 else None)  # type: ignore[misc]


def factors_in(at: Places) -> Mapping[Value, list[Edge]]:
    """For each argument and each value with a name the edges in whose rules it is a factor."""
    found: dict[Value, list[Edge]] = defaultdict(list)
    for edge in at.edges:
        for other in edge.others:
            found[other].append(edge)
            while other.step is not None and other.step.name in VIEWS:
                other = other.step.operands[0]
                found[other].append(edge)
    return {v: e for v, e in found.items() if v.shape and (v.step is None or v.name)}


def moved(
    at: Places, old: Value, instead: Callable[[Pass], Any]
) -> Callable[[Pass, Edge, Any], Any]:
    """The rule of an edge, where a value is another, and so is what shows its numbers."""

    def how(p: Pass, edge: Edge, g: Any) -> Any:
        values, touched = {**p.values, old: instead(p)}, {old}
        for step in at.graph.listing.steps:
            if step.name in VIEWS and not touched.isdisjoint(step.operands):
                values[step.result] = step.run(values)
                touched.add(step.result)
        return p.seeing(edge, g, values)

    return how


def moves(value: Value) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """What may be forgotten about the order of a factor."""
    shape = value.shape or ()
    if len(shape) == 2 and shape[0] == shape[1] > 1:
        yield "is not transposed, or is so once too often", np.transpose
    if len(shape) >= 2:
        yield (
            "is not flipped: on the way back a kernel is reversed along both axes",
            lambda x: x[..., ::-1, ::-1],
        )
        yield "is not flipped along its first axis", lambda x: x[::-1]
    if shape:
        yield "is not flipped: on the way back a kernel is reversed", lambda x: x[..., ::-1]


def added_too_much(at: Places) -> Iterator[Suspect]:
    """A term that the loss does not have, as a penalty that leaves a bias out."""
    if not at.values:
        return
    target = at.values[0]
    for value in [target, *like(at, target)]:

        def make(c: float, value: Value = value) -> Mistake:
            how = partial(with_term, c, value)
            return Mistake("", sums={target: how}, step=value.step)

        name, where = at.says.inside(value), at.of(target)
        tell = lambda c, name=name, where=where: f"{where}the term {c:.6g} * {name} too much"
        yield Family(make, lambda c, tell=tell: tell(c) if abs(c) > 1e-9 else None)  # type: ignore[misc]


def with_term(c: float, term: Value, p: Pass, value: Value, parts: list[Any]) -> Any:
    """A gradient and a multiple of a value."""
    return added(parts, value) + c * p.values[term]


def too_much(at: Places) -> Iterator[Suspect]:
    """The slope of an activation where there is none."""
    for value in at.values:
        if value.shape:
            name = at.says.inside(value)
            for text, slope in SLOPES_OF_A_RESULT.items():
                told = f"{at.of(value)}a factor {text.format(a=name)} too much"
                how = partial(sloped, slope)
                yield Mistake(told, sums={value: how}, step=value.step)


def sloped(slope: Callable[[Any], Any], p: Pass, value: Value, parts: list[Any]) -> Any:
    """A gradient times a slope."""
    return added(parts, value) * slope(p.values[value])
