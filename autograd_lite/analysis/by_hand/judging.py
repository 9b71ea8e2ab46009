"""The verdicts on a derivation, for the given arguments and for others that were drawn."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.conditioning import beside_kinks
from autograd_lite.analysis.by_hand.mistakes.factors import batches
from autograd_lite.analysis.by_hand.mistakes.numbers import in_numbers
from autograd_lite.analysis.by_hand.mistakes.search import Search
from autograd_lite.analysis.by_hand.sayings import Sayings
from autograd_lite.analysis.by_hand.scenes import (
    Item,
    Scene,
    by_name,
    elsewhere,
    is_fixed,
    shaken_arguments,
)
from autograd_lite.analysis.by_hand.verdicts import TIMES, Verdict, judged
from autograd_lite.core.trees import tree_leaves
from autograd_lite.testing.checking.diagnosis import TIE
from autograd_lite.testing.checking.exact import floating

#: So many groups of equal elements are looked at.
MANY = 8


class Judge:
    """Two scenes of a derivation, and what was found wrong so far.

    ``root`` is the last item with a mistake of its own: what comes later may follow from it.
    """

    def __init__(
        self,
        hand: Callable[..., Any],
        loss: Callable[..., Any],
        says: Sayings,
        given: Scene,
        other: Scene | None,
    ) -> None:
        self.hand, self.loss, self.says, self.given = hand, loss, says, given
        self.other = None if other is None or is_fixed(given, other) else other
        self.scenes = [s for s in (self.other, given) if s is not None]
        weights = [x for i in given.numbers for x in tree_leaves(given.args[i])]
        data = [a for i, a in enumerate(given.args) if i not in given.numbers]
        self.sizes = batches(weights, [x for arg in data for x in tree_leaves(arg)])
        self.search: Search | None = None
        self.root = ""

    def verdict(self, item: Item) -> Verdict:
        """The verdict on one item, in the order of the backward pass."""
        here = judged(item.name, item.hand, item.engine, item.spread)
        there = self.other.item(item.name) if self.other else None
        drawn = judged(item.name, there.hand, there.engine, there.spread) if there else here
        if here.right and drawn.right:
            return here
        if there and drawn.right and (known := self.special(item)):
            return known
        verdict = Verdict(item.name, None, "wrong")
        if drawn.right or there is None or self.other is None:
            self.name_mistake(verdict, self.given, item)
        else:
            self.name_mistake(verdict, self.other, there)
        if verdict.follows:
            return verdict
        if here.right:
            verdict.text = f"right for these arguments, but not for others: {verdict.text}"
        elif there and drawn.right:
            verdict.text = f"right for others, but not for these arguments: {verdict.text}"
        return verdict

    # ---- what is special about the given arguments ----

    def special(self, item: Item) -> Verdict | None:
        """The verdict on what is right elsewhere, and here at a kink, or less exact."""
        hand, engine = floating(item.hand), floating(item.engine)
        if hand.shape != engine.shape or np.any(~np.isfinite(hand)):
            return None
        return self.at_kink(item, hand, engine) or self.less_exact(item)

    def at_kink(self, item: Item, hand: Any, engine: Any) -> Verdict | None:
        """The verdict where the derivatives on the sides of a kink differ.

        Elements that tie may share a gradient, and their sum is not free.
        """
        scene = self.given
        sides = [floating(values[item.value])
                 for values in beside_kinks(scene.program, scene.leaves)]  # fmt: skip
        low, high = np.min([*sides, engine], axis=0), np.max([*sides, engine], axis=0)
        slack = 1e-9 * float(np.max(np.abs(engine), initial=1)) + TIMES * item.spread
        off = np.abs(hand - engine) > slack
        kinked = high - low > slack
        for tied in self.ties(item):
            sums = [np.sum(side[tied]) for side in (*sides, engine)]
            rounding = len(sums) * np.max(slack)
            if np.any(kinked & off & tied) and not (
                min(sums) - rounding <= np.sum(hand[tied]) <= max(sums) + rounding
            ):
                return Verdict(item.name, None, TIE)
        if not np.any(off) or not np.all((low - slack <= hand) & (hand <= high + slack)):
            return None
        index = tuple(int(i) for i in np.argwhere(off)[0])
        ends = f"{low[index]:.6g} to {high[index]:.6g}"
        at = f" at {index}" if index else ""
        return Verdict(item.name, 0, f"right: a kink{at}, where anything from {ends} will do")

    def ties(self, item: Item) -> Iterator[Any]:
        """The places of the elements of an argument that are equal to each other."""
        inputs = zip(self.given.program.inputs, self.given.leaves)
        x = next((np.asarray(leaf) for v, leaf in inputs if v.path == item.path), None)
        if x is not None and x.ndim:
            numbers, counts = np.unique(x, return_counts=True)
            yield from (x == number for number in numbers[counts > 1][:MANY])

    def less_exact(self, item: Item) -> Verdict | None:
        """The verdict where it is the hand version that amplifies rounding."""
        spread = np.zeros(np.shape(item.hand))
        for args in shaken_arguments(self.given.args):
            try:
                x = by_name(self.hand, self.given, args, item.name)
            except Exception:  # whatever the author's code does with other numbers
                return None
            if x is None or np.shape(x) != np.shape(item.hand):
                return None
            spread = np.fmax(spread, np.abs(floating(np.asarray(x)) - floating(item.hand)))
        verdict = judged(item.name, item.hand, item.engine, item.spread + spread)
        if not verdict.right:
            return None
        verdict.text = (
            f"equal within the rounding of the hand version, {verdict.digits} digits agree: it "
            f"loses the others"
        )
        return verdict

    # ---- what is one ----

    def name_mistake(self, verdict: Verdict, scene: Scene, item: Item) -> None:
        """Say what is wrong, by the first way that explains it."""
        if self.search is None:
            third = elsewhere(self.hand, self.loss, self.given, 1)[0] if self.other else None
            scenes = [*self.scenes, *([third] if third else [])]
            self.search = Search(self.says, self.sizes, [s for s in scenes if s.finite])
        search = self.search
        if search.follows(scene, item.name):
            verdict.text, verdict.follows = f"follows from {self.root}", True
            return
        self.root = item.name
        if np.shape(item.hand) == np.shape(item.engine):
            change = search.explain(scene, item.name)
            if change is not None:
                verdict.text, verdict.line = change.text, self.says.line(change.step)
                search.done.append(change)
                return
        scenes = [scene, *(s for s in self.scenes if s is not scene)]
        verdict.text = in_numbers(item.name, scenes, self.says, self.sizes)
        if search.exhausted:
            verdict.text += "; the search ran out of its budget: compare with fewer samples"
        if given := search.as_it_is(scene, item.name):
            search.done.append(given)
