"""The axes of arrays: where those of a value lie in a form, and what moves them."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.textbook.forms import Atom, Form, Product, of_atom

#: Functions that only move axes of length one, or repeat an array.
MOVES = frozenset({np.broadcast_to, np.reshape, np.expand_dims, np.squeeze, operator.getitem})


def whole(value: Value) -> Form:
    """A value as a form over its own axes."""
    return of_atom(Atom(value, tuple(range(len(value.shape or ())))))


def mapped(form: Form, where: Mapping[int, int]) -> Form:
    """The same over other axes; those that are nowhere have length one."""

    def moved(factor: Any) -> Any:
        if isinstance(factor, Form):
            return mapped(factor, where)
        return Atom(factor.value, tuple(None if k is None else where.get(k) for k in factor.axes))

    return Form((Product((moved(f), n) for f, n in p.factors), c) for p, c in form.terms)


def shifted(form: Form, by: int) -> Form:
    """The same with so many axes in front."""
    return form if not by else mapped(form, {k: k + by for k in range(64)})


def moved(step: Step, form: Form) -> Form | None:
    """What a step makes of a form that only moves axes of length one, or adds new axes."""
    x, shape = step.args[0], step.result.shape or ()
    if step.function is np.broadcast_to:
        return shifted(form, len(shape) - len(x.shape))
    if step.function is operator.getitem:
        keys = step.args[1] if isinstance(step.args[1], tuple) else (step.args[1],)
        if not all(
            k is None or k is Ellipsis or (type(k) is slice and k == slice(None)) for k in keys
        ):
            return None
        return mapped(form, places_after(keys, len(x.shape)))
    mine, theirs = ([n for n in s if n != 1] for s in (x.shape, shape))
    if mine != theirs or (step.function is np.reshape and step.options):
        return None
    before, after = ([k for k, n in enumerate(s) if n != 1] for s in (x.shape, shape))
    return mapped(form, dict(zip(before, after)))


def places_after(keys: Sequence[Any], ndim: int) -> dict[int, int]:
    """Where the axes of an array are after an index of None, : and … alone."""
    at = 0
    where: dict[int, int] = {}
    rest = ndim - sum(k is not None and k is not Ellipsis for k in keys)
    for key in keys if Ellipsis in keys else (*keys, Ellipsis):
        for _ in range(rest if key is Ellipsis else key is not None):
            where[len(where)] = at
            at += 1
        at += key is None
    return where


def axes_of(axis: Any, ndim: int) -> list[int]:
    """The axes that an option says; all for None."""
    return [*range(ndim)] if axis is None else [int(k) % ndim for k in np.atleast_1d(axis)]


def rational(x: Any) -> Fraction | None:
    """A real number as the simplest fraction that is it, to the bit."""
    if isinstance(x, (bool, np.bool_)) or not isinstance(x, (int, float, Fraction, np.number)):
        return None
    if isinstance(x, Fraction):
        return x
    if isinstance(x, (int, np.integer)):
        return Fraction(int(x))
    if isinstance(x, np.complexfloating) or not np.isfinite(x):
        return None
    exact = Fraction(float(x))
    simple = exact.limit_denominator(10**6)
    return simple if np.asarray(float(simple), np.asarray(x).dtype) == x else exact
