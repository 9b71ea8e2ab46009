"""Which steps of a listing are drawn, and which of them as one."""

from collections.abc import Iterable, Sequence
from typing import Any

from autograd_lite.programs.bodies import Bodied
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.graph.folding import Repeats
from autograd_lite.readers.graph.opened import Opened

#: Of more boxes than these, modules are drawn as one, where nothing else is asked for.
LONG = 24


class Box:
    """Steps that are drawn as one, as ``×count`` if they stand for others like them.

    It is named after its last step: of a rule's steps that is the one that makes the gradient.
    ``label`` says what a box is that is neither a step nor a rule.
    """

    def __init__(self, label: str = "", count: int = 1) -> None:
        self.label = label
        self.count = count
        self.steps: list[Step] = []

    @property
    def step(self) -> Step:
        return self.steps[-1]

    @property
    def result(self) -> Value:
        return self.step.result


def forward_steps(listing: Listing | Opened) -> set[Step]:
    """The steps that depend on no backward pass."""
    forward: set[Step] = set()
    for step in listing.steps:
        if step.through is None and all(v.step is None or v.step in forward for v in step.operands):
            forward.add(step)
    return forward


class Boxes:
    """The boxes of a drawing in order, and ``of[step]``, the one that stands for a step."""

    def __init__(
        self, steps: Sequence[Step], forward: set[Step], fold: bool, depth: int | None, most: int
    ) -> None:
        self.repeats = Repeats(steps if fold else [])
        self.steps = steps
        self.forward = forward
        self.fold = fold
        self.scopes = {step.scope for step in steps}
        self.note = ""
        self.of: dict[Step, Box] = {}
        self.all: list[Box] = []
        self.fill(depth)
        if fold and depth is None and len(self.all) > LONG and any(self.scopes):
            self.close(LONG)
        if len(self.all) > most:
            self.shorten(most)

    def fill(self, depth: int | None) -> None:
        """Put every step into the box of its kind, or of the kind of the one it is like."""
        boxes: dict[Any, Box] = {}
        for step in self.steps:
            first = self.repeats.like.get(step, step)
            key, label = self.kind(first, depth)
            if key not in boxes:
                boxes[key] = Box(label, len(self.steps))
            self.of[step] = boxes[key]
            boxes[key].count = min(boxes[key].count, self.repeats.count.get(first, 1))
            if first is step:
                boxes[key].steps.append(step)
        self.all = list(boxes.values())

    def kind(self, step: Step, depth: int | None) -> tuple[Any, str]:
        """What the steps of a box have in common, a module that is too deep or a rule; a label."""
        if depth is not None and len(parts := self.modules(step.scope)) > depth:
            return (parts[depth], step in self.forward), parts[depth]
        through = step.through.step if step.through is not None else None
        loops = through is not None and isinstance(through.function, Bodied)  # no rule
        if self.fold and step.through is not None and step.of is not None and not loops:
            return (step.through, step.of), ""
        return step, ""

    def modules(self, scope: str) -> list[str]:
        """The modules around a scope that have steps of their own, the outermost first."""
        ends = [i for i, c in enumerate(scope) if c in ".["] + [len(scope)]
        return [scope[:end] for end in ends if end and scope[:end] in self.scopes]

    def close(self, most: int) -> bool:
        """Draw modules as one, as few as there is room for; say whether there is any."""
        deepest = max(len(self.modules(scope)) for scope in self.scopes)
        for depth in range(deepest - 1, -1, -1):
            self.fill(depth)
            if len(self.all) <= most or depth == 0:
                closed = f"modules deeper than {depth} are closed (depth, fold)"
                self.note = f"{len(self.steps)} steps: {closed}"
                break
        return len(self.all) <= most

    def shorten(self, most: int) -> None:
        """Draw modules as one, as deep as there is room; else leave out the middle."""
        if not self.close(most):
            self.fill(None)
            self.leave_out_the_middle(most)

    def leave_out_the_middle(self, most: int) -> None:
        cost = [1 + sum(v.step is None for s in box.steps for v in s.operands) for box in self.all]
        head, tail = within(cost, most // 2), within(cost[::-1], most // 2)
        middle = self.all[head : len(self.all) - tail]
        inside = set(middle)
        one = Box()
        one.steps = [step for box in middle for step in box.steps]
        self.of = {step: one if box in inside else box for step, box in self.of.items()}
        self.all[head : len(self.all) - tail] = [one]
        hidden = sum(box is one for box in self.of.values())
        one.label = f"… {hidden} steps …"
        hiding = f"{hidden} in the middle are drawn as one box"
        self.note = f"{len(self.steps)} steps: {hiding} (see max_nodes, depth, fold)"


def within(costs: Iterable[int], budget: int) -> int:
    """How many of the costs, from the first on, the budget pays for."""
    n = 0
    for cost in costs:
        budget -= cost
        if budget < 0:
            break
        n += 1
    return n
