"""A level of differentiation: the arguments that vary, and the gradients that come back."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np

from autograd_lite.calls import told
from autograd_lite.core import errors
from autograd_lite.core.admission import admitted, following, foreign, in_chunks_of
from autograd_lite.core.errors import DIFFERENTIABLE
from autograd_lite.core.ownership import callers_own
from autograd_lite.core.signatures import positional_names
from autograd_lite.core.tape import NOTHING, Node, next_number
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import LEFT, PLAIN, example
from autograd_lite.core.trees import paths, rebuild

_next_level = count(1).__next__
_new = object.__new__


class Level:
    """A fresh level: ``wrapped`` are the arguments with a Tensor for every leaf that varies.

    A level that starts inside another has the higher number.  A primitive unwraps the highest level
    that it meets, so it never confuses the perturbations of the two.
    """

    __slots__ = ("args", "f", "kind", "leaves", "left", "nodes", "number", "wrapped")

    def __init__(
        self, args: tuple[Any, ...], argnums: tuple[int, ...], f: Callable[..., Any]
    ) -> None:
        self.f = f  # for its errors: it names the arguments
        self.number = _next_level()
        self.kind = KIND.get(Tensor)
        self.args = args
        self.left: list[str] = []  # the lines at which a value left the tape
        self.wrapped = list(args)
        self.leaves: list[tuple[int, list[Node]]] = []
        for i in positions(len(args), argnums):
            self.nodes: list[Node] = []  # of this argument
            self.leaves.append((i, self.nodes))
            x = args[i]
            y = self.wrapped[i] = rebuild(x, self.wrap)
            if y is x:
                named = errors.called(i, self.name(i))
                raise TypeError(
                    f"{named} = {told(x)} has no number in it to differentiate by; give an "
                    f"array, a number, or a tree of such, or name another argument by argnums="
                )

    def wrap(self, x: Any) -> Tensor:
        """A Tensor of this level for a leaf of the last argument, and its node in the list."""
        if type(x) is not np.ndarray:
            x = admitted(x)
        node = _new(Node)  # all is written out, as where steps are recorded
        node.primitive = node.first = node.second = None
        node.more = NOTHING
        node.number = next_number()
        try:
            node.shape = x.shape
            node.dtype = x.dtype
        except AttributeError:
            node.describe(x)
        if node.dtype.kind not in DIFFERENTIABLE:
            i = self.leaves[-1][0]
            place = [path for path, _ in paths(self.args[i])][len(self.nodes)]
            raise errors.not_differentiable(i, self.name(i), place, node.dtype)
        self.nodes.append(node)
        t = _new(self.kind)
        t.raw = x
        t.level = self.number
        t.node = node
        return t

    def name(self, i: int) -> str:
        """What the function calls argument ``i``; nothing if that is not known."""
        names = positional_names(self.f)
        return names[i] if i < len(names) else ""

    def run(self, options: dict[str, Any]) -> Any:
        """The function of the wrapped arguments, let go so that the tape is the result's alone."""
        try:
            LEFT[self.number] = self.left
            out = self.f(*self.wrapped, **options)
        except errors.ShapeMismatch as mismatch:
            mismatch.call_by_name(self.f, self.args, self.leaves)
            raise
        except Exception as error:
            from autograd_lite.core.advice.hidden import explained  # needed on this way only

            told = explained(error)
            if told is None:
                raise
            raise told  # noqa: B904  # it knows its cause
        finally:
            LEFT.pop(self.number, None)
        self.wrapped.clear()
        return out

    @property
    def is_exact(self) -> bool:
        """Whether objects such as Fractions vary, among which a whole number is a number."""
        return any(node.dtype.kind == "O" for _, nodes in self.leaves for node in nodes)

    def holds(self, x: Any) -> bool:
        """Whether ``x`` varies at this level; it may vary at a lower one, not at a later one."""
        if not isinstance(x, Tensor):
            return False
        if x.level > self.number:
            raise TypeError(
                "the result holds a Tensor of an inner derivative that is finished, so how it "
                "varies is lost; return values from that function, or compute it outside"
            )
        return x.level == self.number

    def gradients(self, cotangents: dict[Node, Any]) -> tuple[Any, ...]:
        """Cotangents in the structure of the arguments, each an array of the caller's own."""
        result = []
        for i, nodes in self.leaves:
            x = self.args[i]
            if type(x) is np.ndarray:  # nearly always
                result.append(_gradient(nodes[0], x, cotangents))
                continue
            try:
                result.append(_gradients(iter(nodes), x, cotangents))
            except StopIteration:
                named = errors.called(i, self.name(i))
                raise RuntimeError(f"{named} grew while it was differentiated by") from None
        return tuple(result)


def _gradient(node: Node, x: Any, cotangents: dict[Node, Any]) -> Any:
    """The cotangent of a leaf ``x``, an array of the caller's own."""
    if node in cotangents:
        return callers_own([cotangents.pop(node)])
    return np.zeros_like(admitted(x))


def _gradients(nodes: Iterator[Node], tree: Any, cotangents: dict[Node, Any]) -> Any:
    """A tree with the cotangents of its leaves, which have these nodes."""

    def of(x: Any) -> Any:
        node = next(nodes)
        if not node.dtype.hasobject or hasattr(example(x), "dtype"):
            return in_chunks_of(_gradient(node, x, cotangents), x)
        if node not in cotangents:
            return x - x
        g = _gradient(node, x, cotangents)  # by a Fraction it is one, and no array of one
        return x - x + g.item() if type(g) is np.ndarray else g

    return rebuild(tree, of)


@lru_cache(2**10)
def positions(n: int, argnums: tuple[int, ...]) -> list[int]:
    """``argnums`` of a call with ``n`` arguments, counted from the front."""
    for i in argnums:
        if not -n <= i < n:
            raise TypeError(
                f"argnums has {i}, and the call has {n} positional arguments; give the place of "
                f"one of these, counted from 0, and pass it by position"
            )
    counted = [i % n for i in argnums]
    if len(counted) > 1 and len(set(counted)) < len(counted):
        raise TypeError(f"argnums names an argument twice: {argnums}; name each once")
    return counted


def one(dtype: Any, value: Any) -> Any:
    """The seed of a gradient: 1 in the dtype of the result, and a Fraction among Fractions.

    It is like the result where that is an array of another package.
    """
    if dtype.kind != "O":
        like = None if type(value) in PLAIN else foreign(value)
        return dtype.type(1) if like is None else np.ones_like(like)
    from fractions import Fraction  # slow to import, and seldom needed

    number = np.asarray(example(value)).item()
    return Fraction(1) if type(number) is int else type(number)(1)


def seed(c: Any, node: Node, like: Any) -> Any:
    """A cotangent that a user gave, in the dtype of the result that it belongs to.

    It is made like the result where that is an array of another package.
    """
    if c is None or isinstance(c, str):
        raise TypeError(
            f"a cotangent = {told(c)} for a result of shape {node.shape}; give an array"
        )
    c = admitted(c)
    if not hasattr(example(c), "dtype"):  # a number of Python's, which is one of NumPy's from here
        traced, kind = hasattr(c, "dtype"), node.dtype
        c = c.astype(kind) if traced else np.asarray(c, kind)[... if kind.hasobject else ()]
    if c.shape != node.shape:
        raise ValueError(
            f"a cotangent of shape {c.shape} for a result of shape {node.shape}; give one of the "
            f"shape of the result"
        )
    return following(c if c.dtype == node.dtype else c.astype(node.dtype), like)
