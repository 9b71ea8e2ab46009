"""Roots of a residual: x with F(x) = 0 is differentiated by F alone, whatever found it.

With J = ∂F/∂x at the root, dx = −J⁻¹ (∂F/∂θ) dθ for all θ that F reads.  So the pullback takes
w = −J⁻ᵀ g, and pulls w back through F.  J has one row for each number that F makes.  A complex
number counts as two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.core.custom import primitive, rule
from autograd_lite.core.tape import Node, dtype_of
from autograd_lite.core.tracked import LEFT, Tracked, strip
from autograd_lite.loops.sections import run
from autograd_lite.loops.solutions import Equation, Solution
from autograd_lite.loops.turns import Loop, Made, exchanged, of


class Claim(NamedTuple):
    """Who says that x is a root, how exactly it has to be (None: by its dtype), and a remedy."""

    who: str
    tol: Any
    remedy: str


def attached(
    x: list[Any], residual: Equation, claim: Claim, elementwise: bool = False
) -> list[Any]:
    """A root that was found below all levels, with its derivatives at each of them.

    ``elementwise`` says that each number of the residual depends on one of x, in their order.
    """
    kind = Elementwise if elementwise and all(dtype_of(a).kind == "f" for a in x) else Implicit
    for level in [0, *sorted(LEFT)]:
        x = kind(partial(lowered, residual, level), level, claim).link(x)
    return x


def lowered(residual: Equation, level: int, x: list[Any]) -> list[Any]:
    """What a residual makes, without what varies at the levels above this one."""
    return [above(y, level) for y in residual(x)]


def above(x: Any, level: int) -> Any:
    """The value of ``x`` at a level of differentiation or below."""
    while isinstance(x, Tracked) and x.level > level:
        x = x.raw
    return x


class Implicit(Solution):
    """A root at one level of differentiation."""

    def __init__(self, residual: Equation, level: int, claim: Claim) -> None:
        super().__init__(residual, level, claim.who)
        self.claim, self.tol = claim, claim.tol

    def note(self, x: list[Any], made: list[Any]) -> None:
        """Keep both, to see whether it is a root when somebody asks for its derivative."""
        self.x, self.made = x, made
        if any(dtype_of(a).kind == "O" for a in x):
            raise TypeError(
                f"{self.claim.who}: a solution of exact numbers has no derivative here; return "
                f"floats, as in float(x) or x.astype(float)"
            )
        unknown = [a for a in x if dtype_of(a).kind in "fc"]
        n, m = numbers_in(unknown), numbers_in(made)
        if n != m:
            raise ValueError(
                f"{self.claim.who}: the residual makes {m} numbers for a solution of {n}; give as "
                f"many equations as unknowns"
            )

    def exchange(self, f: Any) -> None:
        """Put ``f(x)`` in place of each value x that the pullback will read."""
        self.x, self.made, self.tol = exchanged([self.x, self.made, self.tol], f)
        super().exchange(f)

    @property
    def unknowns(self) -> list[Node]:
        return [*filter(None, self.section.leaves)]

    def jacobian(self) -> Any:
        """∂F/∂x, row by row: in a program one loop."""
        dtype = np.result_type(*[real(a.dtype) for a in self.unknowns])
        rows = np.eye(numbers_in(self.made), dtype=dtype)

        def turn(t: int, carry: list[Any], xs: list[Any]) -> Made:
            return [], [self.row(xs[0])], []

        return run(Loop(turn, [], [rows], len(rows), False, ([], ["e"])))[1][0]

    def row(self, e: Any) -> Any:
        """What a row of numbers pulls back to the unknowns."""
        found = self.found(apart(e, self.made))
        return joined([of(a, found) for a in self.unknowns])

    def cotangents(self, g: list[Any]) -> list[Any]:
        """w = −J⁻ᵀ g, after it has been seen that this is a root, and a simple one."""
        (who, _, remedy), tol = self.claim, self.tol
        wanted = [c for c, a in zip(g, self.section.leaves) if a is not None]
        values = [x for x, a in zip(self.x, self.section.leaves) if a is not None]
        residual, x = numbers(strip(self.made)), numbers(strip(values))
        J = self.jacobian()
        tol = float(np.finfo(J.dtype).eps) ** (1 / 3) if tol is None else tol
        J = checked_root(J, residual, x, tol, who=who, remedy=remedy)
        return apart(self.solution(J, -joined(wanted)), self.made)

    def solution(self, J: Any, g: Any) -> Any:
        return np.linalg.solve(np.transpose(J), g)


class Elementwise(Implicit):
    """A root of many equations for one number each: its Jacobian is diagonal, and one pullback.

    Another one, of numbers without order, sees whether it is.
    """

    def jacobian(self) -> Any:
        n, dtype = numbers_in(self.made), real(self.unknowns[0].dtype)
        J = self.row(np.ones(n, dtype))
        if n == 1:
            return J
        e = (1 + np.arange(n) * 0.618034 % 1).astype(dtype)
        return checked_diagonal(J, self.row(e), e, who=self.claim.who)

    def solution(self, J: Any, g: Any) -> Any:
        return g / J


def real(dtype: Any) -> Any:
    """The dtype of the real part of numbers."""
    return dtype.type(0).real.dtype if dtype.kind == "c" else dtype


def numbers_in(x: Sequence[Any]) -> int:
    """How many real numbers there are in some arrays."""
    return sum(int(np.size(strip(a))) * (2 if dtype_of(a).kind == "c" else 1) for a in x)


def joined(x: Sequence[Any]) -> Any:
    """Cotangents of some arrays as one row of real numbers; df = Re(c dz) for a complex one."""
    return numbers([np.conj(a) if a.dtype.kind == "c" else a for a in x])


def numbers(x: Sequence[Any]) -> Any:
    """Some arrays as one row of real numbers."""
    parts = [np.reshape(a, (-1,)) for a in x]
    pairs = [(a.real, a.imag) if a.dtype.kind == "c" else (a,) for a in parts]
    rows = [*chain(*pairs)]
    return rows[0] if len(rows) == 1 else np.concatenate(rows)


def apart(row: Any, like: Sequence[Any]) -> list[Any]:
    """The cotangents of arrays like these, from one row of real numbers."""
    made, at = [], 0
    for a in like:
        shape, dtype = np.shape(a), dtype_of(a)
        n = int(np.prod(shape, dtype=int))
        c = part(row, at, n, shape)
        at += n
        if dtype.kind == "c":
            c = c - 1j * part(row, at, n, shape)
            at += n
        c = np.reshape(c, shape) if len(shape) > 1 else c
        made.append(c if c.dtype == dtype else c.astype(dtype))
    return made


def part(row: Any, at: int, n: int, shape: tuple[int, ...]) -> Any:
    if not shape:
        return row[at]
    return row if n == len(row) else row[at : at + n]


@primitive
def checked_root(J: Any, residual: Any, x: Any, tol: Any, who: str, remedy: str) -> Any:
    """The Jacobian ``J`` at a root, or its diagonal, if it is a root, and J can be inverted.

    It is one where Newton's step J⁻¹F is at most tol (1 + max |x|).
    """
    if np.isfinite(J).all() and (not J.all() if J.ndim == 1 else is_singular(J)):
        raise np.linalg.LinAlgError(
            f"{who}: the Jacobian of the residual is singular at the solution, so the solution "
            f"has no derivative; give as many independent equations as unknowns, or a residual "
            f"without a double root, such as F(x) + 1e-6 * x"
        )
    step = residual / J if J.ndim == 1 else np.linalg.solve(J, residual)
    size, scale = np.max(np.abs(step), initial=0), 1 + np.max(np.abs(x), initial=0)
    if not size <= tol * scale:
        raise RuntimeError(
            f"{who} returned no solution, so there is no derivative: max |residual| = "
            f"{np.max(np.abs(residual)):.3g}, and Newton's step J⁻¹·residual is {size:.3g} at "
            f"most, where tol={tol:.3g} of 1 + max |x| = {scale:.3g} is allowed; {remedy}"
        )
    return J


@primitive
def checked_diagonal(J: Any, weighted: Any, e: Any, who: str) -> Any:
    """The diagonal ``J`` of a Jacobian that pulls e back to ``weighted``, if nothing is beside."""
    off = np.max(np.abs(weighted - e * J), initial=0)
    if off > np.sqrt(np.finfo(J.dtype).eps) * np.max(np.abs(J), initial=0):
        raise ValueError(
            f"{who} of several numbers solves an equation for each by itself, but here one "
            "equation depends on several numbers; use root, which solves them together"
        )
    return J


def is_singular(J: Any) -> bool:
    """Whether a matrix is singular but for rounding, whatever the units of rows and columns."""
    rows, columns = np.abs(J).max(1, keepdims=True), np.abs(J).max(0)
    if not rows.all() or not columns.all():
        return True
    scaled = J / rows
    scaled = scaled / np.abs(scaled).max(0, keepdims=True)
    try:
        return bool(np.linalg.cond(scaled, 1) * np.finfo(J.dtype).eps > 1)
    except np.linalg.LinAlgError:
        return True


checked_root.needs_numbers = True  # type: ignore[attr-defined]  # it fails for any others
checked_root.checks = True  # type: ignore[attr-defined]  # and formulas leave it out
rule(checked_root, J=lambda g: g, residual=None, x=None, tol=None)
checked_diagonal.needs_numbers = checked_diagonal.checks = True  # type: ignore[attr-defined]
rule(checked_diagonal, J=lambda g: g, weighted=None, e=None)
