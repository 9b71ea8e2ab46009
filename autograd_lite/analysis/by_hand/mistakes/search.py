"""The search for a mistake: which change of the backward pass gives the student's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mistakes.backward import Graph, Mistake, Pass
from autograd_lite.analysis.by_hand.mistakes.factors import NEAR, Factors
from autograd_lite.analysis.by_hand.mistakes.places import Family, Places
from autograd_lite.analysis.by_hand.mistakes.suspects import suspects
from autograd_lite.analysis.by_hand.sayings import Sayings
from autograd_lite.analysis.by_hand.scenes import Item, Scene
from autograd_lite.programs.steps import Value
from autograd_lite.testing.checking.exact import ROUNDING_ULPS, floating

#: So many elements may be computed in search of the mistakes of a derivation.
EFFORT = 3e8
#: What a step costs besides its elements.
STEP = 2000
#: What a pass may run into with a mistake in it: shapes that do not fit, numbers that overflow.
MISFITS = (ValueError, TypeError, IndexError, ArithmeticError, NotImplementedError)


@dataclass
class Stage:
    """A scene with its backward pass, and for each item what it is the gradient of."""

    scene: Scene
    run: Pass
    items: list[tuple[Item, Value]] = field(default_factory=list)

    def matches(self, item: Item, gradient: Any) -> bool:
        """Whether a gradient is what the hand version has for an item."""
        return close(item.hand, gradient, item.slack)


def close(hand: Any, x: Any, slack: float) -> bool:
    """Whether two arrays are equal up to the rounding of two ways to compute them."""
    hand, x = floating(hand), floating(x)
    if hand.shape != x.shape or hand.dtype.kind not in "fc" or x.dtype.kind not in "fc":
        return False
    coarse = max((hand.dtype, x.dtype), key=lambda d: np.finfo(d).eps)
    allowed = 4 * ROUNDING_ULPS[min(np.finfo(coarse).dtype.itemsize, 16)] * np.finfo(coarse).eps
    largest = np.max(np.abs(x), initial=0)
    if not np.isfinite(largest):
        return False
    return bool(np.all(np.abs(hand - x) <= (allowed + slack) * largest))


class Search:
    """Mistakes, tried at one point and confirmed at the others."""

    def __init__(self, says: Sayings, sizes: list[int], scenes: Sequence[Scene]) -> None:
        self.done: list[Mistake] = []
        self.left = EFFORT
        self.stages: dict[Scene, Stage] = {}
        targets = {}
        for scene in scenes:
            for item in scene.items:
                if target := target_of(item, says):
                    targets[item.name] = target
        graph = Graph(says.listing, set(targets.values()))
        for scene in scenes:
            try:
                run = Pass(graph, says.listing.run(says.listing.leaves(scene.args)))
            except MISFITS:  # another branch is taken there
                continue
            stage = Stage(scene, run)
            for item in scene.items:
                target = targets.get(item.name)
                if target in run.gradients and close(
                    item.engine,
                    run.gradients[target],
                    item.slack,
                ):
                    stage.items.append((item, target))
            self.stages[scene] = stage
        if self.stages:
            first = next(iter(self.stages.values()))
            self.factors = Factors(says.listing, sizes)
            self.places = partial(Places, first.run, says, self.factors)

    @property
    def exhausted(self) -> bool:
        """Whether the search ended before its suspects did."""
        return self.left <= 0

    def gradients(self, scene: Scene, changes: Sequence[Mistake]) -> dict[Value, Any]:
        """The gradients at a point with these changes, at a cost."""
        run = self.stages[scene].run
        before = run.effort
        gradients = run.run(changes)[0]
        sizes = sum(np.size(x) for x in gradients.values() if not isinstance(x, (tuple, list)))
        self.left -= (1 + run.effort - before) * (STEP + sizes / max(len(gradients), 1))
        return gradients

    def follows(self, scene: Scene, name: str) -> bool:
        """Whether an item is what it is because of the mistakes that were found."""
        if not self.done or scene not in self.stages:
            return False
        gradients = self.gradients(scene, self.done)
        stage = self.stages[scene]
        return any(i.name == name and stage.matches(i, gradients[t]) for i, t in stage.items)

    def explain(self, scene: Scene, name: str) -> Mistake | None:
        """The change that explains an item, and as many of all items as can be."""
        stage = self.stages.get(scene)
        found = [(i, t) for i, t in stage.items if i.name == name] if stage else []
        if not found or stage is None:
            return None
        ((item, target),) = found
        bytes_of = np.finfo(floating(item.hand).dtype).dtype.itemsize
        self.factors.near = NEAR[min(bytes_of, 16)]
        best, most = None, self.explained(scene, self.done)
        for suspect in suspects(self.places(target)):
            if self.left <= 0:
                break
            try:
                change = self.solved(suspect, scene, item, target)
                if change is None:
                    continue
                gradients = self.gradients(scene, [*self.done, change])
                if not stage.matches(item, gradients[target]):
                    continue
                matched = self.explained(scene, [*self.done, change], gradients)
                if matched > most and self.confirmed(change, scene, name):
                    best, most = change, matched
            except MISFITS:
                continue
            if most == len(stage.items):
                break
        return best

    def solved(
        self, suspect: Mistake | Family, scene: Scene, item: Item, target: Value
    ) -> Mistake | None:
        """A change of a family whose number fits, if that has a meaning."""
        if isinstance(suspect, Mistake):
            return suspect
        none, one = (
            np.asarray(self.gradients(scene, [*self.done, suspect.make(c)])[target]) for c in (0, 1)
        )
        hand = floating(item.hand)
        if hand.shape != none.shape:
            return None
        slope = one - none
        norm = float(np.sum(np.abs(slope) ** 2))
        if not norm or not np.isfinite(norm):
            return None
        c = float(np.real(np.sum(np.conj(slope) * (hand - none)))) / norm
        if not close(hand, none + c * slope, max(item.slack, 1e-11)):
            return None
        text = suspect.tell(c)
        if text is None:
            return None
        change = suspect.make(nice(c, self.factors.near))
        change.text = text
        if hand.size == 1 and not self.others(scene):  # any number is a multiple of another
            return change if nice(c, self.factors.near) != c or float(c).is_integer() else None
        return change

    def others(self, scene: Scene) -> list[Stage]:
        return [stage for other, stage in self.stages.items() if other is not scene]

    def confirmed(self, change: Mistake, scene: Scene, name: str) -> bool:
        """Whether a mistake gives the hand version's numbers at the other points, too."""
        for stage in self.others(scene):
            for item, target in stage.items:
                if item.name != name or stage.scene.doubt > 1:
                    continue
                gradients = self.gradients(stage.scene, [*self.done, change])
                if not stage.matches(item, gradients[target]):
                    return False
        return True

    def explained(
        self, scene: Scene, changes: Sequence[Mistake], gradients: dict[Value, Any] | None = None
    ) -> int:
        """How many items are right if these were the true values."""
        if gradients is None:
            gradients = self.gradients(scene, changes)
        stage = self.stages[scene]
        return sum(stage.matches(item, gradients[target]) for item, target in stage.items)

    def as_it_is(self, scene: Scene, name: str) -> Mistake | None:
        """The hand version's own numbers as a change, if it explains more than it contradicts."""
        stage = self.stages.get(scene)
        found = [(i, t) for i, t in stage.items if i.name == name] if stage else []
        if not found or np.shape(found[0][0].hand) != found[0][1].shape:
            return None
        target = found[0][1]
        given = {
            other.run: next(i.hand for i in other.scene.items if i.name == name)
            for other in self.stages.values()
            if any(i.name == name for i in other.scene.items)
        }
        change = Mistake("", sums={target: lambda p, v, parts: given[p.origin]})
        before, after = (self.explained(scene, c) for c in (self.done, [*self.done, change]))
        return change if after > before else None


def nice(c: float, near: float) -> float:
    """A number without its rounding: a whole one, or one part of it."""
    for k, whole in ((c, True), (1 / c if c else 0.0, False)):
        if round(k) and abs(k - round(k)) < near * abs(k):
            return float(round(k)) if whole else 1 / round(k)
    return c


def target_of(item: Item, says: Sayings) -> Value | None:
    """The value of the loss that an item is the gradient of."""
    if item.path is not None:
        return next((v for v in says.listing.inputs if v.path == item.path), None)
    primals = {p.name for p in item.value.gradient_of if p.name} | {item.name}
    for step in says.listing.steps:
        if step.result.name in primals:
            return step.result
    return None
