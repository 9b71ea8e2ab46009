"""Kinds of arguments: a good value of each, and what people give instead.

A row of the catalogue is one bad call.  It has three patterns for the message of its error: what
was given, where (function and argument), and the remedy.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import nn

#: A remedy says what to do, or what would be right.
REMEDY = (
    r"\b(give|use|call|write|take|make|needs?|as in|such as|must be|return|leave|draw|state|start|"
    r"set|convert|predict|decorate|read|pass|train|put|pad|"
    r"is one of|are|choose|begin|name|instead)\b"
)


class Bad(NamedTuple):
    """One bad call, and what its error says."""

    label: str
    call: Callable[[], Any]
    what: str
    where: str
    remedy: str = REMEDY


class Wrong(NamedTuple):
    """A value that is given by mistake, by name, and how an error tells it."""

    label: str
    value: Any
    what: str
    remedy: str = REMEDY


class Kind(NamedTuple):
    """A good value for an argument, and the wrong ones."""

    good: Any
    wrong: tuple[Wrong, ...]

    def like(self, good):
        return self._replace(good=good)

    def without(self, *labels):
        return self._replace(wrong=tuple(w for w in self.wrong if w.label not in labels))

    def plus(self, *wrong):
        return self._replace(wrong=(*self.wrong, *wrong))


NONE = Wrong("None", None, "None")
TEXT = Wrong("text", "fast", "'fast'|str")
NAN = Wrong("NaN", float("nan"), "nan")
NEGATIVE = Wrong("negative", -1, "-1")
ZERO = Wrong("zero", 0, r"\b0\b")
HALF = Wrong("2.5", 2.5, r"2\.5|float")
FUNCTION = Wrong("function", lambda *a: None, "function|lambda")
NUMBER = Wrong("number", 3.0, r"3\.0|float")
DICT = Wrong("dict", {"a": 1.0}, "dict")


def loss(w, *batch):
    return np.sum(w * w)


SIZE = Kind(3, (ZERO, NEGATIVE, HALF, NONE, TEXT, NAN))
COUNT = Kind(3, (NEGATIVE, HALF, TEXT, NAN))
POSITIVE = Kind(0.5, (ZERO, NEGATIVE, NAN, NONE, TEXT))
NOT_NEGATIVE = Kind(0.5, (NEGATIVE, NAN, NONE, TEXT))
BELOW_ONE = NOT_NEGATIVE.plus(Wrong("one", 1.0, r"1\.0"))
RATE = NOT_NEGATIVE
ARRAY = Kind(np.ones((4, 3)), (NONE, TEXT, FUNCTION))
CALLABLE = Kind(
    loss,
    (NONE, NUMBER, TEXT, Wrong("result", np.ones(2), "ndarray")),
)
GENERATOR = Kind(
    np.random.default_rng(0),
    (
        NONE,
        Wrong("seed", 3, r"\b3\b|int", r"default_rng\(3\)"),
        Wrong("module", np.random, "module", r"default_rng\(0\)"),
        Wrong("RandomState", np.random.RandomState(0), "RandomState", r"default_rng\(0\)"),
    ),
)
INITIALIZER = Kind(
    nn.zeros,
    (Wrong("text", "he", "'he'|str"), Wrong("number", 0.5, r"0\.5|float")),
)
DTYPE = Kind(
    float,
    (
        Wrong("text", "float33", "float33"),
        Wrong("whole", int, "int"),
        Wrong("number", 3, r"\b3\b|int"),
    ),
)
MODEL = Kind(
    np.ones(3),
    (
        NONE,
        TEXT,
        Wrong("class", nn.Linear, "class|Linear"),
        Wrong("function", nn.MLP, "function|MLP"),
        Wrong("empty", {}, "dict|no number|no arrays"),
    ),
)
OPTIMIZER = Kind(
    nn.SGD(0.1),
    (
        NONE,
        Wrong("text", "adam", "'adam'|str"),
        Wrong("class", nn.Adam, "class.* Adam"),
        Wrong("rate", 0.1, r"0\.1|float"),
        FUNCTION,
    ),
)
PATH = Kind("w", (NONE, Wrong("number", 3, r"\b3\b|int"), Wrong("array", np.ones(2), "ndarray")))


def rows(name, function, kinds, unknown=("lr",), **good):
    """The rows of one function: each argument wrong in turn, and options that it has not.

    ``kinds`` are the kinds of its arguments by name, ``good`` what else a good call gives.
    """
    short = name.split(".")[-1]
    fine = {argument: kind.good for argument, kind in kinds.items()} | good
    where = re.escape(short)

    for argument, kind in kinds.items():
        for wrong in kind.wrong:
            given = {**fine, argument: wrong.value}
            yield Bad(
                f"{name}({argument}={wrong.label})",
                lambda given=given: function(**given),
                wrong.what,
                f"(?s)(?=.*{where})(?=.*{re.escape(argument)})",
                wrong.remedy,
            )
    for option in unknown:
        given = {**fine, option: 0.1}
        yield Bad(
            f"{name}({option}=…)",
            lambda given=given: function(**given),
            option,
            where,
            r"takes|write",
        )


def judged(bad):
    """What a bad call comes to: "silent", "poor" with the message, or "clear"."""
    try:
        bad.call()
    except Exception as error:
        text = str(error)
        missing = [
            part
            for part in ("what", "where", "remedy")
            if not re.search(getattr(bad, part), text, re.DOTALL | re.IGNORECASE)
        ]
        if missing:
            return "poor", f"{' and '.join(missing)} missing in {type(error).__name__}: {text}"
        return "clear", f"{type(error).__name__}: {text}"
    return "silent", ""
