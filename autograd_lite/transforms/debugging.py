"""Debugging: where a NaN or an infinity was born, and which array was changed too early."""

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import Any

import numpy as np

from autograd_lite.calls import checked
from autograd_lite.core.backward import Backward
from autograd_lite.core.frames import users_line
from autograd_lite.core.noted import Noted
from autograd_lite.core.tape import Node, tape
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import Tracked, strip
from autograd_lite.transforms.remedies import remedy

#: How many of the steps before a new one are looked at for arrays that were changed.
RECENT = 32


@contextmanager
@checked()
def debug() -> Iterator[None]:
    """Find out where a NaN or an infinity is born, and which array is changed too early.

    Within ``with al.debug():`` every step remembers the user's line that made it and the values it
    worked on.  The first number that is not finite, forward or backward, raises FloatingPointError
    with the operation, that line, the index and the operands there; where exp overflows, or log
    meets 0, it says what to write instead.  An array that a rule will need
    and that was changed after it was recorded raises RuntimeError with both lines.  This costs a
    copy of every value; outside it, nothing.  Of any error in it, ``al.draw(error)`` is the graph
    up to the operation that failed.

    >>> import numpy as np, autograd_lite as al
    >>> with al.debug():
    ...     try:
    ...         al.grad(lambda x: np.sum(np.log(x)))(np.array([1.0, 0.0]))
    ...     except FloatingPointError as error:
    ...         print(str(error).partition(",")[0])
    -inf born in log
    """
    outer, warned = KIND.get(Tensor), np.geterr()
    try:  # an interrupt may come at any moment, so nothing is set before
        KIND.set(Watched)
        np.seterr(all="ignore")  # we say it better
        yield
    except Exception as error:
        if not hasattr(error, "nodes"):
            error.nodes = worked_on(error)  # type: ignore[attr-defined]
        raise
    finally:
        try:
            KIND.set(outer)
        finally:
            try:
                np.seterr(**warned)
            except KeyboardInterrupt:
                np.seterr(**warned)
                raise


def worked_on(error: Exception) -> list[Node]:
    """The nodes of the tracked values that the code which failed had in its hands."""
    found: list[Node] = []
    for frame, _ in walk_tb(error.__traceback__):
        held = [x for v in frame.f_locals.values() for x in (v if type(v) is tuple else (v,))]
        found = [x.node for x in held if isinstance(x, Tracked) and hasattr(x, "node")] or found
    return list(dict.fromkeys(found))


class Note:
    """What a step looked like when it was recorded."""

    __slots__ = ("copies", "line", "suspect", "value")

    def __init__(self, node: Node, value: Any) -> None:
        self.line = users_line()
        self.value = value
        self.suspect = False  # whether a number that is not finite was born here
        arrays = [a for a in (value, *node.operands) if type(a) is np.ndarray]
        self.copies = [(a, a.copy()) for a in arrays]


class WatchedBackward(Backward):
    """A backward pass that is looked at after each step, in no hurry."""

    __slots__ = ("nodes",)

    hooked = True

    def __init__(self, cotangents: dict[Node, Any], since: int = 0) -> None:
        super().__init__(cotangents, since)
        self.nodes = tape(cotangents)
        for node in cotangents:
            if node.note.suspect:
                raise born_forward(node)

    def step(self, node: Node, g: Any) -> None:
        for a in (node, *parents(node)):
            look_for_change(a, "before the backward pass came to it")
        super().step(node, g)
        if finite(g):
            for a in parents(node):
                if not finite(c := self.cotangents.get(a)):
                    raise born_backward(node, a, g, c, self.nodes)


class Watched(Noted):
    """A Tensor that is looked at as soon as it is made: when it gets its node."""

    __slots__ = ()

    fuses = False  # all operands are kept, to be looked at
    backward_pass = WatchedBackward

    def take_note(self, node: Node) -> None:
        node.note = Note(node, self.raw)
        if type(node.first) is Node and not hasattr(node.first, "note"):
            node.first.note = Note(node.first, None)  # a step with several results
        look_for_changes(node)
        look_for_births(node)


def parents(node: Node) -> list[Node]:
    return [a for a in node.operands if type(a) is Node and hasattr(a, "note")]


# ---- numbers that are not finite ----


def finite(x: Any) -> bool:
    x = strip(x)
    if isinstance(x, list):  # the cotangents of several results
        return all(finite(part) for part in x)
    x = np.asarray(x)
    return x.dtype.kind not in "fc" or bool(np.isfinite(x).all())


def look_for_births(node: Node) -> None:
    """Mark a step that makes something not finite of finite operands; tell if it gets any further.

    A ``where`` may pick the other branch, so the step alone is no reason yet to raise.
    """
    note, before = node.note, parents(node)
    if node.dtype is None or finite(note.value):
        return
    made = node.before  # in a loop, by an earlier turn
    for a in (*before, *made):
        if a.note.suspect:
            raise born_forward(a)
    if made:
        return
    if node.primitive is None:
        if np.isnan(strip(note.value)).any():
            raise failure(at(node, note.value).replace(" born in", " given as"), node)
    else:
        operands = node.operands[: len(node.primitive.arrays)]
        constants = [a for a in operands if isinstance(a, (np.ndarray, float))]
        known = not any(a is None for a in operands)  # a constant that was not kept may be -∞
        finite_before = all(finite(a.note.value) for a in before) and all(map(finite, constants))
        note.suspect = known and finite_before


def first_bad(x: Any) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(~np.isfinite(strip(x)))[0])


def at(node: Node, bad: Any) -> str:
    """What was born, where: ``nan born in sqrt, file:line (node #3), at index (0,)``."""
    index = first_bad(bad)
    name = node.primitive.name if node.primitive else "an argument"
    number = len(tape([node]))
    what = np.asarray(strip(bad))[index]
    return f"{what} born in {name}, {node.note.line} (node #{number}), at index {index}"


def operands_at(node: Node, index: tuple[int, ...]) -> str:
    """The numbers that an elementwise step worked on there, or the shapes of all it worked on."""
    described = []
    for a in node.operands:
        value = strip(a.note.value) if type(a) is Node and hasattr(a, "note") else a
        if value is None or isinstance(value, list):
            continue
        try:
            spread = np.broadcast_to(value, node.shape)
            described.append(f"operand {spread[index]}")
        except (ValueError, IndexError, TypeError):
            described.append(f"operand of shape {np.shape(value)}")
    return ", ".join(described)


def failure(said: str, node: Node) -> FloatingPointError:
    """An error that knows at which node it happened, so that it can be drawn."""
    error: Any = FloatingPointError(said)
    error.nodes = [node]
    return error  # type: ignore[no-any-return]


def born_forward(node: Node) -> FloatingPointError:
    value = node.note.value
    index = first_bad(value)
    said = f"{at(node, value)}: {operands_at(node, index)}"
    name = node.primitive.name if node.primitive else ""
    better = remedy(name, np.asarray(strip(value))[index])
    return failure(f"{said}; {better}" if better else said, node)


def born_backward(node: Node, a: Node, g: Any, c: Any, nodes: list[Node]) -> FloatingPointError:
    where = at(node, c).replace(" born in ", " born in the backward pass of ")
    index, hint = first_bad(c), ""
    said = operands_at(node, index)
    if node.shape == a.shape:
        said += f", g {np.asarray(strip(g))[index]}"
        mask = hidden_by(node, index, nodes)
        if mask is not None:
            hint = (
                f"; np.where at {mask.note.line} does not pick this element, but its gradient 0 "
                f"meets an infinite slope here, and 0 · ∞ is NaN: use np.where on the input too"
            )
    node.note.suspect = True
    return failure(f"{where}: {said}{hint}", node)


def hidden_by(node: Node, index: tuple[int, ...], nodes: list[Node]) -> Node | None:
    """The ``where`` after ``node``, through elementwise steps, that leaves out that element."""
    reached = {node}
    for later in nodes[nodes.index(node) + 1 :]:
        if later.shape == node.shape and any(a in reached for a in parents(later)):
            if later.primitive.function is np.where:
                chosen = later.second if np.broadcast_to(later.first, later.shape)[index] else None
                if chosen not in reached:
                    return later
            reached.add(later)
    return None


# ---- arrays that are changed ----


def look_for_changes(node: Node) -> None:
    """Look at the steps just before this one, so that a change is found soon after it is made."""
    recent, lines = [node], []
    for earlier in recent:
        lines += [(a.number, a.note.line) for a in parents(earlier)]
        recent += [a for a in parents(earlier) if a not in recent][: RECENT - len(recent)]
    since = max(lines)[1] if lines else node.note.line
    for a in recent:
        look_for_change(a, f"between {since} and {node.note.line}")


def look_for_change(node: Node, when: str) -> None:
    for array, copy in node.note.copies:
        same = (array == copy) | ((array != array) & (copy != copy))
        if not np.all(same):
            index = tuple(int(i) for i in np.argwhere(~np.atleast_1d(same))[0])
            old, new = np.atleast_1d(copy)[index], np.atleast_1d(array)[index]
            name = f"{node.primitive.name}, {node.note.line}," if node.primitive else "an argument"
            raise RuntimeError(
                f"an array that {name} recorded was changed {when}: at index {index} it was {old} "
                f"and is {new}; the backward pass needs the old value, so compute a new array"
            )
