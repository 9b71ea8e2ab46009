"""What `check_grads` found, as text to act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograd_lite.display import heading, notebook, notes, plain, table


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong: where, what was got and expected, and the likely cause.

    ``argument`` is the name and path of the argument, as in ``params['W']``, ``index`` the worst
    element; both are None for what concerns no single one.
    """

    order: int
    what: str
    cause: str = ""
    argument: str | None = None
    index: tuple[int, ...] | None = None
    got: Any = None
    expected: Any = None
    details: str = ""

    @property
    def ratio(self) -> float | None:
        """got / expected, or None where that says nothing."""
        if self.got is None or self.expected is None or not self.expected:
            return None
        return float(self.got / self.expected)

    def __str__(self) -> str:
        text = f"order {self.order}: {self.what}"
        if self.index is not None:
            text += f" at index {self.index}" if self.index else ""
            text += f": got {_number(self.got)}, expected {_number(self.expected)}"
            if self.ratio is not None:
                text += f", ratio {self.ratio:.6g}"
        if self.cause:
            text += f"\n    likely cause: {self.cause}"
        if self.details:
            text += "\n" + "\n".join(f"    {line}" for line in self.details.splitlines())
        return text


@dataclass
class Report:
    """The outcome of `check_grads`: what was checked, by which oracle, and what failed.

    ``str(report)`` is the text that the AssertionError carries.

    >>> import numpy as np
    >>> from autograd_lite.testing import check_grads
    >>> report = check_grads(lambda x: x * np.sin(x), (np.array([0.5, 2.0]),))
    >>> report.ok, report.oracles["x"]
    (True, 'complex step')
    """

    function: str
    passed: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    oracles: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    order: int = 0
    unlearned: dict[str, str] = field(default_factory=dict)

    @property
    def learned(self) -> bool:
        """Whether a wrong gradient by some argument would have been seen."""
        return bool(self.oracles.keys() - self.unlearned.keys())

    @property
    def ok(self) -> bool:
        """Whether nothing failed, where something could."""
        return not self.failures and self.learned

    @property
    def state(self) -> str:
        """The outcome in a word or two."""
        if self.failures:
            return f"FAILED, {len(self.failures)} found wrong"
        if not self.learned:
            return "nothing was learned at this point; choose another"
        unlearned = ", ".join(self.unlearned)
        return f"passed, but nothing was learned of {unlearned}" if unlearned else "passed"

    def record(self, order: int, promise: str, failures: list[Failure]) -> bool:
        """Note that a promise was looked at, and what was found; say whether it is kept."""
        self.failures += failures
        if not failures:
            self.passed.append(f"order {order}: {promise}")
        return not failures

    def __str__(self) -> str:
        lines = [f"check_grads({self.function}): {self.state}", *map(str, self.failures)]
        lines += [f"nothing learned of {name}: {why}" for name, why in self.unlearned.items()]
        lines += [f"oracle for {name}: {oracle}" for name, oracle in self.oracles.items()]
        return "\n".join([*lines, *self._kept(), *(f"note: {note}" for note in self.notes)])

    def _kept(self) -> list[str]:
        """The promises that were kept, in a line for each order."""
        seen = "passed" if self.learned or self.failures else "seen"
        by_order: dict[str, list[str]] = {}
        for one in self.passed:
            order, _, promise = one.partition(": ")
            by_order.setdefault(order, []).append(promise)
        return [f"{seen} at {order}: {', '.join(kept)}" for order, kept in by_order.items()]

    @notebook
    def _repr_html_(self) -> str:
        failures = "".join(notes(["✗ wrong"], "wrong") + plain(str(f)) for f in self.failures)
        by = dict.fromkeys([*self.oracles, *self.unlearned])
        arguments = [(name, self.oracles.get(name, ""), self._learned_of(name)) for name in by]
        known = table(("argument", "oracle", "learned"), arguments, range(3)) if by else ""
        head = heading(f"check_grads({self.function})", self.state)
        said = notes([*self._kept(), *(f"note: {note}" for note in self.notes)])
        return head + failures + known + said

    def _learned_of(self, name: str) -> str:
        return f"nothing: {self.unlearned[name]}" if name in self.unlearned else "✓"


def spoken(name: str) -> str:
    """The name of an argument within a sentence."""
    return name if name.startswith(("argument", "cotangent")) else f"argument {name}"


def _number(x: Any) -> str:
    return f"{x:.12g}" if isinstance(x, float) else str(x)
