"""Loops that run until a condition fails: as many turns as the numbers say."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.calls import FUNCTION, explained, typed
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.tracked import PLAIN, Symbol, Tracked, example
from autograd_lite.core.trees import paths, tree_leaves
from autograd_lite.loops.branches import single
from autograd_lite.loops.scan import changed, kind_of, packer, unpacker, whole
from autograd_lite.loops.turns import is_symbol

if TYPE_CHECKING:
    from autograd_lite.loops.typed import WhileLoop


class Repeat(NamedTuple):
    """A loop that goes on while ``cond(state)`` holds, at most ``limit`` turns.

    ``names`` are what users call the parts of the state.  ``said`` is what the error says where
    there would be more turns, with ``{limit}`` and, if ``shown`` says where the state has it,
    ``{change}``.  ``otherwise`` runs the loop where a program is differentiated that has it, if it
    has a derivative of its own.
    """

    cond: Callable[[list[Any]], Any]
    step: Callable[[list[Any]], list[Any]]
    state: list[Any]
    limit: int | None
    names: Sequence[str]
    said: str
    shown: int = 0
    otherwise: Callable[[Any], list[Any]] | None = None


@typed(lambda: WhileLoop)
@explained(cond=FUNCTION, step=FUNCTION)
def while_loop(
    cond: Callable[[Any], Any],
    step: Callable[[Any], Any],
    state: Any,
    *,
    limit: int | None = None,
) -> Any:
    """A loop of as many turns as it takes: ``state = step(state)`` while ``cond(state)`` holds.

    Returns the last ``state``, a tree of arrays and numbers, which keeps its structure, shapes and
    dtypes.  ``cond`` and ``step`` may read arrays from outside.  On plain arrays this is Python's
    ``while``.  In a program it is one step; a number of Python's is there from the beginning what
    ``step`` makes of it.

    It runs forward only.  A loop that is to be differentiated has a number of turns that is known:
    `scan` with a limit, in which ``np.where`` keeps what is done.  Values under `stop_gradient` may
    come in.

    Raises TypeError where a Tensor comes in, where cond returns no single truth value, and where
    the state changes its kind; RuntimeError where cond still holds after ``limit`` turns.

    >>> import autograd_lite as al
    >>> al.while_loop(lambda n: n < 100, lambda n: 2 * n, 3)
    192
    """
    into, out_of = packer(state), unpacker(state, "state")
    first = tree_leaves(state)
    (called,) = argument_names(step, 1)
    names = [f"{called}{path}" for path, _ in paths(state)]
    kinds = [kind_of(x) for x in first]

    def turn(leaves: list[Any]) -> list[Any]:
        return same_kinds(out_of(step(into(leaves))), kinds, names)

    def holds(leaves: list[Any]) -> Any:
        return cond(into(leaves))

    limit = None if limit is None else whole(limit, "limit")
    return into(repeat(Repeat(holds, turn, first, limit, names, STILL_HOLDS)))


STILL_HOLDS = (
    "cond of a while_loop still holds after {limit} turns; give a larger limit, or see whether "
    "step brings the state closer to its end"
)


def same_kinds(after: list[Any], kinds: list[Any], names: Sequence[str]) -> list[Any]:
    """What a turn carries on, if it is of the kinds that it got: see `changed`."""
    for i, x in enumerate(after):
        shape, dtype, _ = kinds[i]
        if not hasattr(x, "dtype") or x.shape != shape or x.dtype != dtype:
            kinds[i] = changed(kinds[i], kind_of(x), names[i])
    return after


def repeat(loop: Repeat) -> list[Any]:
    """Run a loop, or write it down where it meets what is traced."""
    state, turns = loop.state, 0
    while True:
        refuse(state)
        for symbol in filter(is_symbol, state):
            return symbol.repeat(loop)  # type: ignore[no-any-return]
        flag = single(loop.cond(state), "cond of a while_loop")
        if isinstance(flag, Symbol):  # which was read from outside
            return flag.repeat(loop)  # type: ignore[no-any-return]
        if not flag:
            return state
        if turns == loop.limit:
            change = float(example(state[loop.shown])) if "{change" in loop.said else 0.0
            raise RuntimeError(loop.said.format(limit=turns, change=f"{change:.3g}"))
        state, turns = loop.step(state), turns + 1


def refuse(state: list[Any]) -> None:
    """Refuse a state that varies."""
    if any(type(x) not in PLAIN and isinstance(x, Tracked) for x in state):
        raise TypeError(
            "a while_loop cannot be differentiated, since how many turns it has depends on "
            "numbers: use al.scan with length= at most so many turns, and np.where(done, state, "
            "new) in its step; or give al.stop_gradient of what comes in"
        )
