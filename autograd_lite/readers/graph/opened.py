"""A listing with loops and branches opened: the steps of a body stand in a frame of their own."""

from dataclasses import replace as changed
from typing import Any

import numpy as np

from autograd_lite.core.tape import dtype_of
from autograd_lite.programs.bodies import Bodied, Scan
from autograd_lite.programs.branches import Cond
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.repeated import While
from autograd_lite.programs.steps import Step, Value, replace_values


def carried(x: Any) -> Any:
    """Stands for what a turn gets from the one before, and the first from ``x``."""
    raise NotImplementedError


def each(x: Any) -> Any:
    """Stands for the part of ``x`` that is a turn's own."""
    raise NotImplementedError


def last(x: Any) -> Any:
    """Stands for what the last turn carries on."""
    raise NotImplementedError


def stack(x: Any) -> Any:
    """Stands for what all turns make, stacked."""
    raise NotImplementedError


def either(flag: Any, yes: Any, no: Any) -> Any:
    """Stands for what one gets of two ways."""
    raise NotImplementedError


#: Between what is written on a frame and the id that tells it from others.
ID = "\0"


#: The functions whose bodies are drawn.
BODIES: tuple[type, ...] = (Scan, Cond, While)


class Opened:
    """What is drawn of a listing.

    ``frames`` are those around the values of a body, ``carries`` pairs of what a turn carries on
    and what stands for it in the next.  The id of a value in a body is that of the loop, a dot, and
    its own there.  Loops stay closed that are more than ``depth`` deep, and all of them where there
    would be more than ``most`` steps.
    """

    def __init__(
        self, listing: Listing, depth: int | None, most: int, opens: tuple[type, ...] = BODIES
    ) -> None:
        self.opens = opens
        self.name, self.inputs = listing.name, listing.inputs
        self.names = dict(listing.names)
        self.ids: dict[Value, str] = {}
        self.steps: list[Step] = []
        self.frames: dict[Value, tuple[str, ...]] = {}
        self.carries: list[tuple[Value, Value]] = []
        self.of: dict[Value, Value] = {}  # what is drawn for a value
        self.ends: dict[Value, list[tuple[Any, tuple[Any, ...]]]] = {}  # by the results of bodies
        self.depth = 0 if steps_in(listing) > most else depth
        self.add(listing, "", (), None)
        for step in self.steps:
            step.through, step.incoming, step.of = map(
                self.drawn, (step.through, step.incoming, step.of)
            )
            step.result.gradient_of = [*map(self.drawn, step.result.gradient_of)]
        self.outputs = [*map(self.drawn, listing.outputs)]
        known = listing.values()
        self.known = {self.drawn(value): x for value, x in known.items()}
        self.gradients = {self.drawn(v): x for v, x in getattr(listing, "gradients", {}).items()}
        self.failed = {*map(self.drawn, getattr(listing, "failed", ()))}

    def values(self) -> dict[Value, Any]:
        """What is known of the values; of a body's there are as many as turns."""
        return {v: v.data for v in self.ids if v.is_constant} | self.known

    def drawn(self, x: Any) -> Any:
        return self.of.get(x, x) if isinstance(x, Value) else x

    def add(
        self, listing: Listing, prefix: str, frames: tuple[str, ...], through: Value | None
    ) -> None:
        """Add the steps of a listing, or of a body, within these frames.

        All that a loop does which goes back ``through`` something goes back through it.
        """
        ids = listing.ids
        for value in (*listing.inputs, *listing.constants):
            if value not in self.of:
                self.ids.setdefault(value, prefix + ids[value])
                self.names.setdefault(value, listing.names[value])
        for step in listing.steps:
            its_id = prefix + ids[step.result]
            step = changed(step, through=step.through or through)
            if self.is_opened(step, frames):
                self.open(step, its_id, frames)
                continue
            function, args = step.function, step.args
            if args and isinstance(args[0], Value) and args[0] in self.ends:
                function, args = self.ends[args[0]][args[1]]
            copy = changed(step, function=function, args=args)
            self.put(copy, its_id, listing.names[step.result], frames)

    def put(self, step: Step, its_id: str, name: str, frames: tuple[str, ...]) -> None:
        """Add one step, whose operands become those that are drawn."""
        value = step.result
        self.of[value] = step.result = changed(value, step=step)
        step.args, step.options = replace_values((step.args, step.options), self.drawn)
        self.steps.append(step)
        self.ids[step.result], self.names[step.result] = its_id, name
        self.frames[step.result] = frames

    def is_opened(self, step: Step, frames: tuple[str, ...]) -> bool:
        room = self.depth is None or len(frames) < self.depth
        return isinstance(step.function, self.opens) and room

    def open(self, step: Step, its_id: str, frames: tuple[str, ...]) -> None:
        """Add what the bodies of a step compute, and say what its results are."""
        function = step.function
        if isinstance(function, Scan):
            self.open_scan(step, function, its_id, frames)
        elif isinstance(function, Cond):
            self.open_cond(step, function, its_id, frames)
        elif isinstance(function, While):
            self.open_while(step, function, its_id, frames)

    def open_cond(self, step: Step, cond: Cond, its_id: str, frames: tuple[str, ...]) -> None:
        """Add both ways, each in its frame."""
        flag, *operands = step.args
        inside = (*frames, f"cond: one of two{ID}{its_id}")
        for word, body in zip(("if true", "if false"), cond.bodies):
            prefix = f"{its_id}.{word[3]}"
            for k, (x, value) in enumerate(zip(operands, body.inputs)):
                self.of[value] = self.drawn(self.operand(x, f"{prefix}{k}"))
            self.add(body, f"{prefix}.", (*inside, f"{word}{ID}{its_id}"), step.through)
        both = zip(*[body.outputs for body in cond.bodies])
        self.ends[step.result] = [(either, (flag, *pair)) for pair in both]

    def open_while(self, step: Step, loop: While, its_id: str, frames: tuple[str, ...]) -> None:
        """Add the condition and a turn, in one frame, and what the next turn gets of this one."""
        test, body = loop.bodies
        inside = (*frames, f"while_loop: as long as the condition holds{ID}{its_id}")
        for k, (x, value) in enumerate(zip(step.args, body.inputs)):
            x = self.operand(x, f"{its_id}.{k}")
            if k < loop.outside:
                self.of[value] = self.drawn(x)
            else:
                got = changed(step, function=carried, args=(x,), options={}, result=value)
                self.put(got, f"{its_id}.{body.ids[value]}", body.names[value], inside)
            self.of[test.inputs[k]] = self.of[value]
        self.add(test, f"{its_id}.c.", inside, step.through)
        self.add(body, f"{its_id}.", inside, step.through)
        state = body.inputs[loop.outside :]
        self.ends[step.result] = [(last, (made,)) for made in body.outputs]
        self.carries += [(self.drawn(b), self.drawn(a)) for a, b in zip(state, body.outputs)]

    def open_scan(self, step: Step, scan: Scan, its_id: str, frames: tuple[str, ...]) -> None:
        """Add what a loop gets, its body, and what the next turn gets of this one."""
        body, ids = scan.body, scan.body.ids
        order = ", the last turn first" if scan.reverse else ""
        inside = (*frames, f"×{scan.count(step.args)}{order}{ID}{its_id}")
        args = [self.operand(x, f"{its_id}.{ids[v]}") for x, v in zip(step.args, body.inputs)]
        for k, (x, value) in enumerate(zip(args, body.inputs)):
            if k < scan.outside:
                self.of[value] = self.drawn(x)
                continue
            get = carried if k < scan.outside + scan.carried else each
            got = changed(step, function=get, args=(x,), options={}, result=value)
            self.put(got, f"{its_id}.{ids[value]}", body.names[value], inside)
        self.add(body, f"{its_id}.", inside, step.through)
        self.ends[step.result] = [
            (last if k < scan.carried else stack, (made,)) for k, made in enumerate(body.outputs)
        ]
        carry = body.inputs[scan.outside : scan.outside + scan.carried]
        self.carries += [(self.drawn(b), self.drawn(a)) for a, b in zip(carry, body.outputs)]

    def operand(self, x: Any, its_id: str) -> Value:
        """What a loop gets, a number too, as a value."""
        if isinstance(x, Value):
            return x
        value = Value(np.shape(x), dtype_of(x), data=x, number=True)
        self.ids[value], self.names[value] = f"{its_id}.c", "start"
        return value


def steps_in(listing: Listing) -> int:
    """How many steps there are, those in bodies among them."""
    functions: list[Any] = [step.function for step in listing.steps]
    bodies = [body for f in functions if isinstance(f, Bodied) for body in f.bodies]
    return len(listing.steps) + sum(map(steps_in, bodies))


def has_bodies(listing: Listing) -> bool:
    return any(isinstance(step.function, Bodied) for step in listing.steps)
