"""A primitive: a function with the derivatives of its result by its arguments.

The names that its rules request decide which values a node keeps for the backward pass.
"""

from __future__ import annotations

from threading import RLock
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from autograd_lite.core import errors
from autograd_lite.core.signatures import Function, Signature, check, requested, vjp

#: Options that change how NumPy computes, not what: no rule needs to know them.
HARMLESS = frozenset(
    {"dtype", "casting", "order", "subok", "copy", "initial", "optimize", "newshape"}
)

#: Stands for the result among the positions of the values that a rule reads.
RESULT = -1

#: What is kept of an argument of which a rule asks for no more than its chunks.
LAYOUT = "layout"

#: So many operands are few: what to keep of them is worked out once for each pattern.
MANY = 8

_reading = RLock()


def no_derivative(g: Any) -> Any:
    """Stands for the rule of an array argument by which nobody knows the derivative.

    (``None`` would say that the derivative is zero.)
    """
    raise NotImplementedError


class Plan(NamedTuple):
    """What to keep of a step in which a certain set of arguments is tracked.

    ``kept`` are the positions of the tracked arguments whose values some rule will read;
    ``constants`` those of the others, each with whether it is read itself.  ``residuals`` says
    whether some rule will read what a forward function returns beside the result.  ``laid`` are the
    positions of the tracked arguments whose layout some rule will ask for.
    """

    varies: bool
    kept: tuple[int, ...]
    constants: tuple[tuple[int, bool], ...]
    result: bool
    residuals: bool
    laid: tuple[int, ...]


class Primitive(Signature):
    """A function together with the derivatives of its result by its arguments.

    ``rules`` are as they were stated.  All that is read from them is read when it is first needed:

    ``vjps[i](node, g)`` is the gradient of argument ``i``, or None where the function is locally
    constant in it.  A variadic primitive has one, which returns the gradients of all operands.
    ``into(total, node, g)`` adds the gradient of the first argument to an array in place.
    ``accepted`` are the options that a caller may give: those that the rules request, so that none
    is ignored silently; all of them for a ``custom`` function, which is a user's own.
    ``requests[i]`` are the names that the rule of argument ``i`` requests.
    ``fast_arity`` is the number of arguments if the fast path may record the step, else 0.
    ``keeps[i]`` says whether that path keeps the arguments and the result if argument ``i`` alone
    is tracked, ``keeps[-1]`` if all are; `LAYOUT` stands there for an argument of which the layout
    alone is kept.  ``slow`` marks what the backward pass leaves to its slow
    path.  ``part`` marks the primitive that takes one of several results.  ``inline`` marks one
    whose steps a traced program has in place of it.
    """

    __slots__ = (
        *("_function", "rules", "broadcasts", "into", "residuals", "forward"),
        *("custom", "inline", "part"),
        *("accepted", "fast_arity", "keeps", "plans", "requests", "slow", "vjps"),
    )

    def __init__(
        self,
        function: Function,
        rules: dict[str, Function | None] | None = None,
        name: str | None = None,
        *settings: Any,
    ) -> None:
        self._function: Any = function
        self.name = name or str(getattr(function, "__name__", function))
        self.custom = self.inline = self.part = False
        self.state(rules or {}, *settings)

    @property
    def function(self) -> Function:
        """The function; a custom one is only referred to, so that it is freed like any other."""
        found: Any = self._function
        if type(found) is ref:
            found = found()
        return found  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def state(
        self,
        rules: dict[str, Function | None],
        broadcasts: bool | None = None,
        into: Function | None = None,
        residuals: Function | None = None,
        forward: Function | None = None,
    ) -> None:
        """State the rules, and what can be said besides."""
        self.rules = rules
        self.broadcasts = isinstance(self._function, np.ufunc) if broadcasts is None else broadcasts
        self.into, self.residuals, self.forward = into, residuals, forward
        self.__class__ = Unread

    def become(self, other: Primitive) -> None:
        """Take over all that another primitive is."""
        for slot in (*Signature.__slots__, *Primitive.__slots__):
            setattr(self, slot, getattr(other, slot))
        self.__class__ = Primitive

    def read(self) -> None:
        """Read the names that the rules request, and compile each rule into a VJP."""
        rules = self.rules
        self.read_signature(self.function, rules)
        check(self)
        names = self.requests = [requested(rules[argument]) for argument in self.arrays]
        others = self.defaults if self.custom else requested(self.residuals)
        self.accepted = HARMLESS.union(*names, others)
        smooth = not {None, no_derivative} & {*rules.values()} and not self.variadic
        arity = len(rules) if smooth and len(rules) <= 2 and not self.forward else 0
        laid = any("like" in requests for requests in names)
        arity = 0 if laid and (arity == 2 or self.arrays[0] in names[0]) else arity
        positions = (*range(arity), RESULT)
        reads = [self._reads(requests, forward=False) for requests in names]
        union = frozenset[int]().union(*reads)
        self.keeps: list[tuple[Any, ...]] = [
            tuple(i in read for i in positions) for read in (*reads, union)
        ]
        if laid and arity:
            self.keeps = [(LAYOUT, kept) for _, kept in self.keeps]
        self.vjps = [vjp(self, i, rules[argument]) for i, argument in enumerate(self.arrays)]
        self.plans: dict[tuple[tuple[int, ...], int, bool], Plan] = {}
        self.slow = self.part or self.variadic or self.into is not None
        self.fast_arity = arity
        self.__class__ = Primitive  # last, for it says that all has been read

    def _reads(self, names: tuple[str, ...], *, forward: bool) -> frozenset[int]:
        """The positions of the values that are kept for a rule which requests these names."""
        if "residuals" in names and not forward:
            names += requested(self.residuals)
        positions = [i for i, name in enumerate(self.arrays) if name in names]
        return frozenset([*positions, RESULT] if "y" in names else positions)

    def varies_with(self, i: int) -> bool:
        """Whether the result varies with argument ``i``; it does not with a key or a mask."""
        i = 0 if self.variadic else i
        return i < len(self.vjps) and self.vjps[i] is not None

    def plan(self, tracked: tuple[int, ...], n: int, *, forward: bool) -> Plan:
        """What to keep of ``n`` arguments of which those at the positions ``tracked`` are."""
        if self.variadic and n > MANY:  # of so many patterns, few come twice
            return self._plan(tracked, n, forward)
        plan = self.plans.get((tracked, n, forward))
        if plan is None:
            plan = self.plans[tracked, n, forward] = self._plan(tracked, n, forward)
        return plan

    def _plan(self, tracked: tuple[int, ...], n: int, forward: bool) -> Plan:
        ruled = [0] * n if self.variadic else range(n)
        for i in {ruled[i] for i in tracked}:
            if i >= len(self.vjps) or self.rules[self.arrays[i]] is no_derivative:
                raise errors.no_closed_form(self.name, [*self.defaults][i])
        linked = {i for i in tracked if self.vjps[ruled[i]] is not None}
        distinct = {ruled[i] for i in linked}  # of a variadic one, one rule for all
        names = {k: self.requests[k] for k in distinct}
        each = [self._reads(requests, forward=forward) for requests in names.values()]
        reads = frozenset[int]().union(*each)
        return Plan(
            varies=bool(linked),
            kept=tuple(i for i in tracked if i in linked and ruled[i] in reads),
            constants=tuple((i, k in reads) for i, k in enumerate(ruled) if i not in linked),
            result=RESULT in reads,
            residuals=forward and any("residuals" in requests for requests in names.values()),
            laid=tuple(i for i in tracked if "like" in names.get(ruled[i], ())),
        )


class Unread(Primitive):
    """A primitive whose rules have not been read yet: it reads them when it is asked about them.

    It is a class of its own, since one with a `__getattr__` is slow to ask, also when it has read.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:  # of a slot that is still empty
        if name not in Primitive.__slots__ and name not in Signature.__slots__:
            raise AttributeError(f"a primitive has no {name}")
        with _reading:
            if type(self) is Unread:  # else another thread was faster
                self.read()
        return getattr(self, name)
