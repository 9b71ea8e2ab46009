"""A derivation at one point: what the hand version gives, what the engine has, and how exactly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.conditioning import RUNS, shaky, spreads
from autograd_lite.analysis.by_hand.points import drawn
from autograd_lite.analysis.by_hand.reading import Given, of_arguments, read
from autograd_lite.analysis.by_hand.verdicts import TIMES, agree
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.trees import paths, rebuild
from autograd_lite.program import Program, trace
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import gradient_name
from autograd_lite.programs.steps import Value
from autograd_lite.testing.checking.exact import floating
from autograd_lite.transforms.gradients import value_and_grad

#: Relative spreads up to these are well-conditioned, by the bytes of a number.
GOOD = {2: 0.05, 4: 1e-3, 8: 1e-9, 16: 1e-9}


@dataclass
class Item:
    """A gradient or an intermediate: its value in the program, and the numbers of both sides.

    ``spread`` is how far rounding moves the engine's numbers.  ``path`` is that of the argument,
    if it is the gradient of one.
    """

    name: str
    value: Value
    hand: Any
    engine: Any
    spread: Any = 0.0
    path: str | None = None

    @property
    def slack(self) -> float:
        """How far rounding explains a difference, relatively to the largest number."""
        largest = np.max(np.abs(floating(self.engine)), initial=0)
        spread = np.max(self.spread, initial=0)
        return float(min(TIMES * spread / largest, 1e-6)) if largest and spread else 0.0


class Scene:
    """The hand version and the engine, for some arguments."""

    def __init__(
        self, hand: Callable[..., Any], loss: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        names = argument_names(loss, len(args))
        copies = [rebuild(arg, lambda x: np.copy(x) if isinstance(x, np.ndarray) else x)
                  for arg in args]  # fmt: skip
        gradients, self.intermediates = read(hand(*copies), names, args)
        self.args = args
        self.numbers = tuple(names.index(name) for name in gradients)
        self.program = trace(value_and_grad(loss, self.numbers), *args)
        given = [*of_arguments(gradients, names, args)]
        self.leaves = self.program.leaves(args)
        self.values = self.program.run(self.leaves)
        order = {step.result: i for i, step in enumerate(self.program.steps)}
        self.unknown: list[str] = []
        self.items = [*self.of_gradients(given, names), *self.of_intermediates()]
        self.items.sort(key=lambda item: (order.get(item.value, -1), item.path is not None))
        wanted = [item.value for item in self.items]
        for item, spread in zip(
            self.items, spreads(self.program, self.leaves, wanted, self.values)
        ):
            item.spread = spread

    def of_gradients(self, given: list[Given], names: list[str]) -> Iterator[Item]:
        """The gradients of arguments, leaf by leaf."""
        places = [path for i in self.numbers for path, _ in paths(self.args[i], names[i])]
        outputs = dict(zip(places, self.program.outputs[1:]))
        called = {value.path: gradient_name(self.program.names[value])
                  for value in self.program.inputs}  # fmt: skip
        for path, _, x in given:
            value = outputs[path]
            yield Item(called[path], value, x, self.values[value], path=path)

    def of_intermediates(self) -> Iterator[Item]:
        """The intermediates that are values of the program; the names of others are kept."""
        for name, x in self.intermediates.items():
            value = find(self.program, self.values, name, x)
            if value is None:
                self.unknown.append(name)
            else:
                yield Item(name, value, x, self.values[value])

    def item(self, name: str) -> Item | None:
        """The item of a name."""
        return next((item for item in self.items if item.name == name), None)

    @property
    def finite(self) -> bool:
        """Whether the loss and its gradients are numbers."""
        every = [self.values[self.program.outputs[0]], *(item.engine for item in self.items)]
        return all(np.all(np.isfinite(floating(x).astype(complex))) for x in every)

    @property
    def doubt(self) -> float:
        """How much of the engine's numbers may be rounding, at worst, against what is good."""
        worst = 0.0
        for item in self.items:
            x = floating(item.engine)
            largest = np.max(np.abs(x), initial=0)
            if largest and x.dtype.kind in "fc":
                good = GOOD[min(np.finfo(x.dtype).dtype.itemsize, 16)]
                worst = max(worst, float(np.max(item.spread, initial=0) / largest) / good)
        return worst

    @property
    def telling(self) -> bool:
        """Whether no gradient is zero all over."""
        return all(np.any(item.engine) for item in self.items)


def elsewhere(
    hand: Callable[..., Any], loss: Callable[..., Any], given: Scene, seed: int = 0
) -> tuple[Scene | None, str]:
    """The derivation at a drawn point where all is well-conditioned; or why there is none."""
    best, why = None, "the loss is not finite at other arguments that were drawn"
    for args in drawn(given.args, frozenset(given.numbers), seed):
        try:
            scene = Scene(hand, loss, args)
        except Exception as error:  # whatever the author's code does with other numbers
            why = f"for other arguments that were drawn there was {type(error).__name__}: {error}"
            continue
        if not scene.finite or scene.numbers != given.numbers:
            continue
        if scene.doubt <= 1 and scene.telling:
            return scene, ""
        if best is None or scene.doubt < best.doubt:
            best = scene
    return best, "" if best else why


def is_fixed(given: Scene, other: Scene) -> bool:
    """Whether the hand version returns the same for other arguments, and not because it is zero."""
    pairs = [(i, j) for i in given.items for j in other.items if i.name == j.name]
    same = bool(pairs) and all(np.array_equal(i.hand, j.hand) for i, j in pairs)
    moved = any(not np.array_equal(i.engine, j.engine) for i, j in pairs)
    return same and moved and any(np.any(i.hand) for i in given.items)


def find(program: Program, values: dict[Value, Any], name: str, x: Any) -> Value | None:
    """The gradient that an intermediate is meant to be: by name, or else by its numbers."""
    results = [step.result for step in program.steps]
    ways: tuple[Callable[[Value], bool], ...] = (
        lambda v: name in gradient_names(program, v),
        lambda v: name in (v.name, program.names[v]),
        lambda v: bool(v.gradient_of) and agree(x, values[v]),
    )
    return next((v for is_meant in ways for v in results if is_meant(v)), None)


def gradient_names(program: Listing, value: Value) -> list[str]:
    """What a gradient may be called: as the values by which it is one, or as their gradient."""
    primals = [program.names[p] for p in value.gradient_of if p in program.names]
    return [*primals, *map(gradient_name, primals)]


def shaken_arguments(args: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The same arguments, a few times, as arrays that shake all that is computed from them."""
    rng = np.random.default_rng(0)
    for _ in range(RUNS):
        yield tuple(rebuild(arg, lambda x: unsteady(x, rng)) for arg in args)


def unsteady(x: Any, rng: np.random.Generator) -> Any:
    array = np.array(x)
    return shaky(array, rng) if array.dtype.kind == "f" else x


def by_name(hand: Callable[..., Any], scene: Scene, args: tuple[Any, ...], name: str) -> Any:
    """What the hand version has for an item, for other arguments."""
    names = scene.program.parameters
    gradients, intermediates = read(hand(*args), names, args)
    if name in intermediates:
        return intermediates[name]
    path = next(item.path for item in scene.items if item.name == name)
    return next((x for p, _, x in of_arguments(gradients, names, args) if p == path), None)
