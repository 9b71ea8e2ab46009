"""What is written on a graph: labels, tooltips, and any text so that DOT shows it as it is."""

import operator
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from graphviz import nohtml

from autograd_lite.display import SHOWN, brief
from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.operators import ARITHMETIC, OPERATORS, of_kind
from autograd_lite.programs.steps import Step, Value, guard, values_in
from autograd_lite.readers.source.spelling import expression

WIDTH = 60  # of a line
CONSTANT = 24  # characters of one that is written into a node
FUNCTIONS = 3  # that are named of a box
SPELLED = {o.function: o.ufunc.__name__ for o in OPERATORS if o.function in ARITHMETIC}
COMMUTE = of_kind("sum", "product", "equality") | {operator.and_, operator.or_}
COMMUTE |= {np.maximum, np.minimum, np.logaddexp}


def quoted(*lines: str) -> str:
    """Lines of any text as one label that DOT shows as it is; what is no text shows as �."""
    text: str = nohtml(r"\n".join(map(escaped, lines)))
    return text


def escaped(line: str) -> str:
    r"""A line of any text in which no character means anything to Graphviz.

    >>> print(escaped("R&D\n"))
    R&amp;D�
    """
    line = line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
    line = "".join(c if c.isprintable() else "�" for c in line)
    return line.replace("\\", "\\\\").replace("&", "&amp;")


def call_label(step: Step, written: Mapping[Value, str] = MappingProxyType({})) -> str:
    """The function of a step, with a dot for each array where something else is given too.

    ``matmul``, ``1 - ·``, ``sum(·, axis=0)``; and ``· + [1., 2.]`` where a constant is written.
    """
    if isinstance(step.function, Scan):
        return f"scan ×{step.function.count(step.args)}"
    texts = {value: written.get(value) or "·" for value in step.operands}
    if step.options or any(not isinstance(a, Value) or written.get(a) for a in step.args):
        return expression(step, texts).removeprefix("np.")
    return SPELLED.get(step.function, step.name)


def steps_label(steps: Sequence[Step]) -> str:
    """How many steps a box has, and the first functions among them."""
    names = list(dict.fromkeys(SPELLED.get(step.function, step.name) for step in steps))
    more = ", …" if len(names) > FUNCTIONS else ""
    count = f"{len(steps)} step{'s' * (len(steps) != 1)}"
    return f"{count}: {', '.join(names[:FUNCTIONS])}{more}"


def written(data: Any) -> str:
    """A constant of few numbers in a few characters; nothing for another."""
    text = brief(data) if np.size(data) <= SHOWN and np.ndim(data) < 3 else ""
    return text if len(text) <= CONSTANT else ""


def is_given(step: Step) -> bool:
    """Whether a step is told a number that is not finite, as a mask by −∞ is."""
    return not all(map(is_finite, step.args))


def in_order(step: Step) -> bool:
    """Whether it matters which operand is which."""
    return step.function not in COMMUTE and len(list(values_in(step.args))) > 1


def kind_of(value: Value) -> str:
    """Shape and dtype: ``3×2 float64``."""
    if value.step and value.step.function is guard:
        return "a condition, no value"
    if value.shape is None:
        return "several results" if value.step else "not kept"
    return f"{'×'.join(map(str, value.shape)) or 'scalar'} {value.dtype}"


def meaning(step: Step, names: Mapping[Value, str]) -> str:
    """``z2 = W2 @ x + b2``: a step in the names of a listing."""
    return f"{names[step.result]} = {expression(step, names)}"


def norm_of(x: Any) -> str:
    """‖x‖₂ with four digits."""
    try:
        return f"{np.linalg.norm(np.ravel(x).astype(complex)):.4g}"
    except (TypeError, ValueError):  # no numbers
        return "?"


def is_finite(x: Any) -> bool:
    if not isinstance(x, (np.ndarray, np.generic, float)):
        return True
    x = np.asarray(x)
    return x.dtype.kind not in "fc" or bool(np.isfinite(x).all())


def short_line(line: str) -> str:
    """``script.py:12``, without the folders, so that a graph is the same everywhere."""
    return line.replace("\\", "/").rpartition("/")[2]
