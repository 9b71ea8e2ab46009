"""What others raise because they met a Tensor: said in our words, if a remedy is known.

A function of C may put an error of its own before ours, and some refuse a Tensor themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import GeneratorType
from typing import cast

import numpy as np

from autograd_lite.core import asking
from autograd_lite.core.admission import is_array
from autograd_lite.core.advice.attributes import attribute
from autograd_lite.core.advice.numpys import ARGUMENT, GENERATOR
from autograd_lite.core.advice.remedies import holds_list, is_argument, remedy
from autograd_lite.core.advice.site import Site, named_object
from autograd_lite.core.frames import is_engine, is_library, package
from autograd_lite.core.tracked import Symbol, Tracked

#: What such errors speak of.
MARKS = (
    *("Tensor", "Tracer", "generator", "'list'", "proper array of floats", "a float"),
    *("Iterator operand", "diagonals and offsets", "unsized object"),
    *("nopython", "sequence by non-int"),
)

#: Errors that have nothing to do with what a value is.
OTHER = (LookupError, ArithmeticError, OSError, AssertionError, np.linalg.LinAlgError)

OURS = (__name__.partition(".")[0],)


def explained(error: Exception) -> Exception | None:
    """The error in our words; None where it has nothing to do with Tensors, or is ours."""
    sites = [site for site in raised(error) if package(site.frame) not in OURS]
    users = [site for site in sites if not is_engine(site.frame) and not is_library(site.frame)]
    if isinstance(error, asking.Detached) or not users:
        return None
    own = isinstance(error, AttributeError) and isinstance(error.obj, (Tracked, Symbol))
    if own and sites[-1] is users[-1]:
        return attribute(cast(AttributeError, error), users[-1])
    hidden = next((c for c in causes(error) if isinstance(c, asking.Detached)), None)
    if not (hidden or speaks(error)) or (sites[-1] is users[-1] and sites[-1].raises):
        return None  # they say what they mean
    if hidden is not None:
        hidden.__cause__ = None
        return hidden
    site = users[-1]
    sides = [site.value(side) for side in ast.iter_child_nodes(site.node or ast.Pass())]
    kinds = [named_object(type(side)) for side in sides if is_array(type(side))]
    told = remedy([site.call, *kinds], site) or of_lists(site)
    if not told:
        return None
    sentence, _, code = told.partition("\n")
    new = asking.refused(site.words, "the plain numbers", site, sentence, code)
    new.__cause__ = error
    return new


def speaks(error: Exception) -> bool:
    """Whether an error that others raised speaks of Tensors or lists."""
    text = str(error)
    if isinstance(error, OTHER) or (is_ours(error) and "unsized" not in text):  # as our len says
        return False
    return any(mark in text for mark in MARKS)


def is_ours(error: BaseException) -> bool:
    """Whether the engine raised an error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and package(trace.tb_frame) in OURS


def raised(error: BaseException) -> Iterator[Site]:
    """The sites that an error came through, the innermost last."""
    trace = error.__traceback__
    while trace is not None:
        yield Site(trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
        trace = trace.tb_next


def causes(error: BaseException) -> Iterator[BaseException]:
    """What an error was raised from, or while it was handled; it may be itself."""
    seen = [error]
    while (cause := seen[-1].__cause__ or seen[-1].__context__) not in (None, *seen):
        seen.append(cast(BaseException, cause))
        yield seen[-1]


def of_lists(site: Site) -> str:
    """The remedy where a list or a generator stands for an array."""
    node = site.node
    if node is None:
        return ""
    for part in ast.walk(node):
        value = site.value(part)
        if isinstance(part, ast.GeneratorExp) or isinstance(value, GeneratorType):
            return GENERATOR
        if holds_list(value) and is_argument(value):
            return ARGUMENT.replace("$t", ast.unparse(part))
        if holds_list(value) or (isinstance(part, ast.List) and site.varies(part)):
            return f"use np.stack({ast.unparse(part)}), for a list has no arithmetic"
    return ""
