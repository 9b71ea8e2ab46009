"""The report of a comparison, for a terminal and for a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from autograd_lite.analysis.by_hand.verdicts import Verdict


@dataclass
class Report:
    """A verdict on each gradient and intermediate of the hand version, in backward order."""

    name: str
    verdicts: list[Verdict]

    @property
    def right(self) -> bool:
        """Whether everything is right, up to rounding."""
        return all(v.right for v in self.verdicts)

    @property
    def first_wrong(self) -> str | None:
        """The name of the first wrong one in the order of the backward pass."""
        return next((v.name for v in self.verdicts if not v.right), None)

    def __getitem__(self, name: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.name == name:
                return verdict
        raise KeyError(f"{name}; there are {', '.join(v.name for v in self.verdicts)}")

    @property
    def summary(self) -> str:
        wrong = [v for v in self.verdicts if not v.right]
        if not wrong:
            worst = max((v.ulps or 0 for v in self.verdicts), default=0)
            how = "to the bit" if worst == 0 else f"within {worst} ulp"
            return f"all {len(self.verdicts)} agree with the engine {how}"
        count = f"{len(wrong)} of {len(self.verdicts)} wrong"
        return f"{count}; the first on the way back is {wrong[0].name}"

    def __str__(self) -> str:
        width = max([len(v.name) for v in self.verdicts], default=0)
        lines = [f"  {' ' if v.right else '✗'} {v.name:<{width}}  {v.text}" for v in self.verdicts]
        return "\n".join([f"{self.name}: {self.summary}", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{'✓' if v.right else '✗'}</td><td><code>{escape(v.name)}</code></td>"
            f"<td>{escape(v.text)}</td></tr>"
            for v in self.verdicts
        )
        return f"<p><b>{escape(self.name)}</b>: {escape(self.summary)}</p><table>{rows}</table>"
