"""One of two functions, by the truth of a number: cond.

On numbers this is Python's ``if``.  In a program it is one step with two bodies, of which one runs.
Gradients of what a branch reads are summed in the branch first, so both have the same bits.
At each level of differentiation it is one such step at the level below, which also returns what the
pullbacks will read.  Its pullback is one of two functions once more, by the same truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_lite.calls import FUNCTION, explained, told, typed
from autograd_lite.core.gathering import returned
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import PART
from autograd_lite.core.tape import Node, next_number
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import LEFT, Symbol, strip, tracked
from autograd_lite.core.trees import leaves_beside, paths, rebuild, statics, tree_leaves
from autograd_lite.loops.scan import described, kind_of
from autograd_lite.loops.turns import Section, is_at, is_recorded, of

if TYPE_CHECKING:
    from autograd_lite.loops.typed import Choice

#: What a branch makes: its results, and what the pullbacks of the levels above will read of it.
Branch = Callable[[], tuple[list[Any], list[Any]]]


@typed(lambda: Choice)
@explained(yes=FUNCTION, no=FUNCTION)
def cond(flag: Any, yes: Callable[..., Any], no: Callable[..., Any], *operands: Any) -> Any:
    """``yes(*operands)`` if ``flag`` is true, else ``no(*operands)``; only the one taken runs.

    ``flag`` is one truth value or number.  On arrays and Tensors this is Python's ``if``.  In a
    program, where ``flag`` may be another each time, it is one step, and so is its gradient.  There
    both functions return the same structure, shapes and dtypes, which may be any.  They may read
    arrays and Tensors from outside, which get their gradients too.  ``flag`` has none.

    Raises TypeError if ``flag`` is no single truth, or what the functions return differs.
    (Griewank & Walther 2008, ch. 14.2)

    >>> import numpy as np, autograd_lite as al
    >>> f = lambda x: al.cond(x > 0, np.sqrt, np.negative, x)
    >>> float(al.grad(f)(4.0)), float(al.grad(f)(-4.0))
    (0.25, -1.0)
    >>> program = al.trace(al.grad(f), 4.0)
    >>> float(program(4.0)), float(program(-4.0))
    (0.25, -1.0)
    """
    flag = single(flag, "cond")
    branches = [yes, no] if isinstance(flag, Symbol) else [yes if flag else no]
    made: list[Any] = []

    def run_branch(branch: Callable[..., Any]) -> tuple[list[Any], list[Any]]:
        made.append(rebuild(branch(*operands), returned))
        if len(made) == 2:
            compare(*made)
        return tree_leaves(made[-1]), []

    results = iter(run(flag, [partial(run_branch, branch) for branch in branches]))
    return rebuild(made[0], lambda _: next(results))


def single(flag: Any, who: str) -> Any:
    """A truth value below all levels, of which there is one."""
    flag = strip(flag)
    if flag is None or isinstance(flag, str):
        raise TypeError(f"{who}: flag = {told(flag)}; it must be one truth or number, as in x > 0")
    if np.shape(flag) != ():
        raise TypeError(
            f"{who}: flag asks for one truth, and got an array of shape {np.shape(flag)}; take "
            f"np.any or np.all of it, or choose element by element with np.where"
        )
    return flag


def compare(yes: Any, no: Any) -> None:
    """Raise TypeError if what two branches return differs in structure, shape or dtype."""
    try:
        leaves_beside(yes, no)
        leaves_beside(no, yes)
        if [*map(repr, statics(yes))] != [*map(repr, statics(no))]:
            raise ValueError("they carry different texts or functions")
    except ValueError as error:
        raise TypeError(
            f"cond: yes returns {described(yes)}, and no {described(no)}; in a program both return "
            f"the same structure ({error})"
        ) from None
    for (path, x), y in zip(paths(yes), leaves_beside(yes, no)):
        (shape, dtype, weak), (other_shape, other_dtype, other_weak) = kind_of(x), kind_of(y)
        if shape == other_shape and (
            dtype == other_dtype
            or (weak and (other_weak or np.can_cast(dtype, other_dtype, "same_kind")))
            or (other_weak and np.can_cast(other_dtype, dtype, "same_kind"))
        ):
            continue
        if shape != other_shape:
            fix = "np.broadcast_to brings one to the shape of the other"
        else:
            fix = f"write .astype({dtype.name!r}) in no, or .astype({other_dtype.name!r}) in yes"
        raise TypeError(
            f"cond: yes returns result{path} of shape {shape} and dtype {dtype}, and no of shape "
            f"{other_shape} and dtype {other_dtype}; in a program both return the same: {fix}"
        )


def run(flag: Any, branches: Sequence[Branch]) -> list[Any]:
    """The results of the branch that is taken, as one step of the tape and of the program."""
    return run_at([0, *sorted(LEFT)], flag, branches)[0]


def run_at(
    levels: list[int], flag: Any, branches: Sequence[Branch]
) -> tuple[list[Any], list[list[Any]]]:
    """The results of branches whose values may be tracked at any of these levels.

    Beside them, for each branch, what the levels above read of it: zeros of the one not taken.
    """
    if not levels:
        if isinstance(flag, Symbol):
            return flag.fork(branches)  # type: ignore[no-any-return]
        ((ys, kept),) = [branch() for branch in branches]  # the one that is taken
        return ys, [kept]
    here = Fork(flag, levels[-1])
    below = [partial(here.record, branch) for branch in branches]
    return here.link(*run_at(levels[:-1], flag, below))


class Fork:
    """Branches at one level: what each recorded, and their pullback.  On numbers it is one."""

    def __init__(self, flag: Any, level: int) -> None:
        self.flag, self.level, self.kind = flag, level, KIND.get(Tensor)
        self.sections: list[Section] = []
        self.outside: list[Node] = []
        self.shown = 0  # how many results the branches have, before what is kept of each

    def record(self, branch: Branch) -> tuple[list[Any], list[Any]]:
        """A branch at the level below, which records what happens at this one."""
        since, level = next_number(), self.level
        ys, kept = branch()
        nodes = tuple([x.node if is_at(x, level) else None for x in (*ys, *kept)])
        section = Section(since, (), nodes, ())
        self.sections.append(section)
        self.shown = n = len(ys)
        raws = [x.raw if is_at(x, level) else x for x in (*ys, *kept)]
        return raws[:n], [*raws[n:], *section.values()]

    def link(self, ys: list[Any], kept: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
        """The results of the step below as those of one step of the tape."""
        sections, n = self.sections, self.shown
        if not any(a for section in sections for a in section.results):
            return ys, kept
        above = []
        for section, values in zip(self.sections, kept):
            k = len(section.results) - n
            above.append(values[:k])
            section.refill(values[k:])
        self.outside = [*dict.fromkeys(a for section in sections for a in section.walk()[1])]
        varies = [*map(any, zip(*[section.results[:n] for section in sections]))]
        varies += [a is not None for section in sections for a in section.results[n:]]
        results = [*ys, *chain(*above)]
        node = Node(COND, None, None, (*self.outside,), {"fork": self}, ())
        node.describe(tuple(results))
        shown = [self.part(node, i, x) if varies[i] else x for i, x in enumerate(results)]
        following = iter(shown[n:])
        return shown[:n], [[*islice(following, len(values))] for values in above]

    def part(self, node: Node, i: int, x: Any) -> Tensor:
        """One of the results."""
        part = Node(PART, node, None, (), {"part": i}, x)
        made = [s.results[i] for s in self.sections if i < self.shown]
        if any(hasattr(a, "note") for a in made):
            part.before = tuple([a for a in made if hasattr(a, "note")])
        return tracked(self.kind, x, part, self.level)

    def pull(self, g: list[Any]) -> list[Any]:
        """The gradients of what the branches read from outside."""
        at = len(self.sections[0].results)
        each = [g[:at], [*g[: self.shown], *g[at:]]]
        return run(self.flag, [partial(self.back, *pair) for pair in zip(self.sections, each)])

    def back(self, section: Section, g: list[Any]) -> tuple[list[Any], list[Any]]:
        """The pullback of one branch."""
        roots: dict[Node, Any] = {}
        for node, c in zip(section.results, g):
            if node is not None:
                roots[node] = roots[node] + c if node in roots else c
        found = self.kind.backward_pass(roots, section.since).run()
        return [of(a, found) for a in self.outside], []

    def exchange(self, f: Callable[[Any], Any]) -> None:
        """Put ``f(x)`` in place of each value x that the pullback will read."""
        if is_recorded(self.flag):
            self.flag = f(self.flag)
        for section in self.sections:
            section.exchange(f)


def branches(*operands: Any, fork: Any) -> Any:
    """Stands for the branches themselves, which have run before they are recorded."""
    raise NotImplementedError


COND = Primitive(branches, {"operands": lambda g, fork: fork.pull(g)}, "cond")
