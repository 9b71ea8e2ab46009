"""One step of a program as text: the call with texts in place of its operands."""

from __future__ import annotations

from collections.abc import Mapping

from autograd_lite.programs.steps import Step, Value, replace_values
from autograd_lite.readers.source.spelling import CannotSpell, Written, call, importable
from autograd_lite.readers.source.writer import replaced


def expression(step: Step, names: Mapping[Value, str]) -> str:
    """What stands to the right of ``=`` for a step: ``W2 @ x`` or ``np.sum(t1, axis=0)``."""
    return nested(step, {value: Written(names[value]) for value in step.operands}).text


def nested(step: Step, texts: Mapping[Value, Written]) -> Written:
    """A step as an expression of expressions, in parentheses where they need them.

    What has no text that would give it back, such as an object given as an option, is shown by its
    name or type: this is to be read, what `Program.source` writes is to be run.
    """
    args, options = replace_values((step.args, step.options), texts.__getitem__)
    try:
        name = importable(step.function)[1]
    except CannotSpell:
        name = step.name
    while True:
        try:
            return Written(*call(step.function, args, options, name))
        except CannotSpell as unknown:
            what = unknown.args[0]
            shown = Written(str(getattr(what, "__name__", f"<{type(what).__name__}>")))
            args, options = replaced((args, options), what, shown)
