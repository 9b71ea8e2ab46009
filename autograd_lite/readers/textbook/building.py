"""From forms back to steps: each sum and product as NumPy computes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from autograd_lite.programs.steps import Step, Value, replace_values
from autograd_lite.readers.textbook.forms import Atom, Form, Product, atoms_in
from autograd_lite.readers.textbook.known import Prime

Shape = tuple[int, ...]


class Ratio(float):
    """A float that is known as a fraction, and written as one."""

    fraction: Fraction

    def __new__(cls, fraction: Fraction) -> Ratio:
        self = super().__new__(cls, float(fraction))
        self.fraction = fraction
        return self


class Building:
    """The steps that are made, none of them twice."""

    def __init__(self, rows: bool = False) -> None:
        self.rows = rows
        self.marks: dict[str, Any] = {}  # of the steps that are made now
        self.steps: list[Step] = []
        self.made: dict[Any, Value] = {}
        self.forms: dict[Any, Value] = {}

    def call(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        options: dict[str, Any],
        like: tuple[Shape | None, Any],
    ) -> Value:
        """The result of a step, which is made unless there is one that does the same."""
        named = replace_values((args, options), lambda v: f"<{id(v)}>")
        key = repr((id(function), named))
        if key not in self.made:
            value = Value(*like)
            value.step = Step(function, args, options, value, **self.marks)
            self.steps.append(value.step)
            self.made[key] = value
        return self.made[key]

    # ---- forms ----

    def value(self, form: Form, shape: Shape, dtype: Any) -> Value:
        """A form as a value of this shape."""
        key = form, shape, dtype
        if key not in self.forms:
            self.forms[key] = self.built(form, shape, dtype)
        return self.forms[key]

    def built(self, form: Form, shape: Shape, dtype: Any) -> Value:
        if form.number is not None:
            return number_value(form.number, shape, dtype)
        if (atom := form.single) and (atom.value.shape, atom.value.dtype) == (shape, dtype):
            return atom.value
        x = self.sum(form, shape, dtype)
        if not isinstance(x, Value):
            return Value(shape, dtype, data=np.full(shape, x, dtype))
        if x.shape != shape:
            x = self.call(np.broadcast_to, (x, shape), {}, (shape, dtype))
        return x

    def sum(self, form: Form, shape: Shape, dtype: Any) -> Any:
        """A sum, as a value that broadcasts to its shape; a number as that."""
        alone = len(form.terms) == 1
        terms = [self.signed(*term, shape, dtype, alone) for term in form.terms]
        terms.sort(key=lambda term: term[0] < 0)
        if not terms:
            return 0
        (sign, total), *rest = terms
        if sign < 0:
            return self.arithmetic(np.negative, dtype, self.added(terms, dtype, -1))
        return self.added([(sign, total), *rest], dtype, 1)

    def added(self, terms: Sequence[tuple[int, Any]], dtype: Any, sign: int) -> Any:
        (_, total), *rest = terms
        for other, x in rest:
            total = self.arithmetic(np.add if other == sign else np.subtract, dtype, total, x)
        return total

    def signed(
        self, product: Product, coefficient: Fraction, shape: Shape, dtype: Any, alone: bool
    ) -> tuple[int, Any]:
        """A term without its sign, and that; alone, a − y turns round rather than have a sign."""
        factors = list(product.factors)
        for i, (factor, n) in enumerate(factors):
            if alone and coefficient < 0 and isinstance(factor, Form) and n % 2:
                turned = Form((p, -c) for p, c in factor.terms)
                if any(c > 0 for _, c in turned.terms):
                    factors[i] = turned, n
                    coefficient = -coefficient
        above = self.factors([(f, n) for f, n in factors if n > 0], shape, dtype)
        below = self.factors([(f, -n) for f, n in factors if n < 0], shape, dtype)
        number: Any = as_number(abs(coefficient), dtype)
        if number != 1 and is_number(above) and below is not None and is_number(below):
            top, bottom = abs(coefficient).numerator, abs(coefficient).denominator
            below = below if bottom == 1 else self.arithmetic(np.multiply, dtype, bottom, below)
            above = (
                top
                if above is None
                else (above if top == 1 else self.arithmetic(np.multiply, dtype, top, above))
            )
            number = 1
        if below is not None and above is None:
            above, number = number, 1
        x = above if below is None else self.arithmetic(np.divide, dtype, above, below)
        if x is None:
            x = number if dtype.kind == "O" or isinstance(number, int) else float(number)
        elif number != 1:
            x = self.arithmetic(np.multiply, dtype, number, x)
        return 1 if coefficient > 0 else -1, x

    def factors(self, factors: Sequence[tuple[Any, int]], frame: Shape, dtype: Any) -> Any:
        """The product of factors, numbers first, then what lies along the same axes together."""
        groups: dict[tuple[int, ...], Any] = {}
        for factor, n in sorted(factors, key=lambda x: is_slope(x[0]) == self.rows):
            axes = support(factor)
            x = self.raised(self.aligned(factor, axes, frame, dtype), n, dtype)
            groups[axes] = (
                self.arithmetic(np.multiply, dtype, groups[axes], x) if axes in groups else x
            )
        order = sorted(groups, key=lambda axes: (len(axes) > 0, axes if len(axes) == 1 else ()))
        result = None
        for axes in order:
            x = groups[axes]
            result = x if result is None else self.arithmetic(np.multiply, dtype, result, x)
        return result

    def raised(self, x: Any, n: int, dtype: Any) -> Any:
        if n == 1:
            return x
        if n == 2:
            return self.arithmetic(np.square, dtype, x)
        return self.arithmetic(np.power, dtype, x, n)

    def aligned(self, factor: Any, axes: tuple[int, ...], frame: Shape, dtype: Any) -> Any:
        """A factor with axes of length one where it has none, as NumPy lays arrays together."""
        if isinstance(factor, Form):
            return self.sum(factor, frame, dtype)
        value = factor.value
        if getattr(value.dtype, "kind", "") == "b":  # NumPy has True + True be True
            value = self.call(np.multiply, (1, value), {}, (value.shape, np.dtype(int)))
        lengths = {k: n for k, n in zip(factor.axes, value.shape or ()) if k is not None}
        ndim = len(frame)
        shape = tuple([lengths.get(k, 1) for k in range(min(lengths, default=ndim), ndim)])
        stripped = value.shape
        while stripped and stripped[0] == 1 and len(stripped) > len(shape):
            stripped = stripped[1:]
        if value.shape == shape or (stripped == shape and len(value.shape or ()) <= ndim):
            return value
        return self.call(np.reshape, (value, shape), {}, (shape, value.dtype))

    def arithmetic(self, function: Callable[..., Any], dtype: Any, *args: Any) -> Any:
        shapes = [x.shape or () for x in args if isinstance(x, Value)]
        if not shapes:
            return function(*args).item() if dtype.kind != "O" else function(*args)
        return self.call(function, args, {}, (np.broadcast_shapes(*shapes), dtype))


def number_value(x: Fraction, shape: Shape, dtype: Any) -> Value:
    if shape:
        return Value(shape, dtype, data=np.full(shape, as_number(x, dtype), dtype))
    return Value(shape, dtype, data=as_number(x, dtype))


def support(factor: Any) -> tuple[int, ...]:
    """The axes along which a factor varies."""
    atoms = [factor] if isinstance(factor, Atom) else [*atoms_in(factor)]
    return tuple(sorted({
        k for atom in atoms for k, n in zip(atom.axes, atom.value.shape or ())
        if k is not None and n != 1
    }))  # fmt: skip


def is_slope(factor: Any) -> bool:
    step = factor.value.step if isinstance(factor, Atom) else None
    return step is not None and isinstance(step.function, Prime)


def is_number(x: Any) -> bool:
    """Whether something has no axes, or is not there."""
    return not isinstance(x, Value) or x.shape == ()


def as_number(x: Fraction, dtype: Any) -> Any:
    if x.denominator == 1:
        return int(x)
    return x if dtype.kind == "O" else Ratio(x)
