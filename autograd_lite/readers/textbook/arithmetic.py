"""Steps of arithmetic as forms: sums, products, quotients and powers, and sums along axes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.steps import Step, Value, replace_values
from autograd_lite.readers.textbook.axes import (
    MOVES,
    axes_of,
    mapped,
    moved,
    rational,
    shifted,
    whole,
)  # fmt: skip
from autograd_lite.readers.textbook.building import Building, Shape, number_value, support
from autograd_lite.readers.textbook.forms import (
    ONE,
    Algebra,
    Atom,
    Form,
    Product,
    atoms_in,
    constant,
    of_atom,
)
from autograd_lite.rules.indexing import at_add, scatter

KINDS = ("sum", "difference", "product", "quotient", "power", "negative", "positive")
ARITHMETIC = of_kind(*KINDS) | {np.square, np.reciprocal, np.copy}
#: Options that change how NumPy computes, and those of sums.
OPTIONS = {"dtype", "casting", "axis", "keepdims"}


class Arithmetic:
    """Forms for values, and the steps that their sums along axes are built of.

    ``probabilities`` are the values whose sum along an axis is 1, each with that axis.  ``weights``
    say how much there is to read in a sum that stands as one symbol, and ``sums`` what it is of and
    along which axes.
    """

    def __init__(self, rows: bool) -> None:
        self.algebra = Algebra()
        self.building = Building(rows)
        self.forms: dict[Value, Form] = {}
        self.probabilities: dict[Value, int] = {}
        self.weights: dict[Value, int] = {}
        self.sums: dict[Value, tuple[Value, tuple[int, ...]]] = {}

    def value(self, old: Value) -> Value:
        """The new value for one of the program's."""
        return self.building.value(self.forms[old], old.shape or (), old.dtype)

    def operand(self, x: Any, ndim: int) -> Form | None:
        """An operand as a form over the axes of a result."""
        if isinstance(x, Value):
            if x.shape is None or getattr(x.dtype, "kind", "") not in "fiubO":
                return None
            return shifted(self.forms[x], ndim - len(x.shape))
        number = rational(x)
        return None if number is None else constant(number)

    def arithmetic(self, step: Step) -> Form | None:
        """The form of what a step computes; None where that is no arithmetic."""
        f, args = step.function, step.args
        if not step.options.keys() <= OPTIONS:
            return None
        if f in (np.sum, np.mean):
            return self.reduced(step)
        if f in MOVES:
            x = args[0]
            return (
                moved(step, self.forms[x]) if isinstance(x, Value) and x.shape is not None else None
            )
        if f is at_add and isinstance(args[0], Value) and len(args) == 3:
            return self.added_at(step)
        if f not in ARITHMETIC or "axis" in step.options:
            return None
        forms = [self.operand(x, len(step.result.shape or ())) for x in args]
        known = [form for form in forms if form is not None]
        return self.combined(f, known) if len(known) == len(forms) else None

    def combined(self, f: Any, forms: list[Form]) -> Form | None:
        algebra, a = self.algebra, forms[0]
        if f in of_kind("sum"):
            return algebra.add(*forms)
        if f in of_kind("difference"):
            return algebra.subtract(*forms)
        if f in of_kind("product"):
            return algebra.times(*forms)
        if f in of_kind("negative"):
            return algebra.negated(a)
        if f is np.square:
            return algebra.power(a, 2)
        if f is np.reciprocal:
            return algebra.power(a, -1) if a.terms else None
        if f in of_kind("quotient"):
            return algebra.times(a, algebra.power(forms[1], -1)) if forms[1].terms else None
        if f in of_kind("power"):
            n = forms[1].number
            whole = n is not None and n.denominator == 1 and abs(n) <= 4 and (n > 0 or a.terms)
            return algebra.power(a, int(n)) if n is not None and whole else None
        return a

    def added_at(self, step: Step) -> Form:
        """x, and what is added to some of its elements."""
        (x, index, part), shape = step.args, step.result.shape or ()
        front = ONE
        if isinstance(part, Value):
            if part.shape == ():
                front, part = self.forms[part], number_value(Fraction(1), (), part.dtype)
            else:
                part = self.value(part)
        args = part, replace_values(index, self.value), shape
        made = self.building.call(scatter, args, {}, (shape, step.result.dtype))
        form = self.algebra.times(shifted(front, len(shape)), whole(made))
        return self.algebra.add(self.forms[x], form)

    # ---- sums along axes ----

    def reduced(self, step: Step) -> Form | None:
        """A sum over axes, or a mean."""
        x, *rest = step.args
        if not isinstance(x, Value) or x.shape is None or len(rest) > 1 or x.dtype.kind not in "fO":
            return None
        axes = axes_of(rest[0] if rest else step.options.get("axis"), len(x.shape))
        form = self.total(self.forms[x], {*axes}, x.shape, x.dtype)
        if step.function is np.mean:
            if not (n := prod(x.shape[k] for k in axes)):
                return None
            form = self.algebra.times(constant(Fraction(1, n)), form)
        if step.options.get("keepdims"):
            return form
        kept = [k for k in range(len(x.shape)) if k not in axes]
        return mapped(form, {k: i for i, k in enumerate(kept)})

    def total(self, form: Form, axes: set[int], shape: Shape, dtype: Any) -> Form:
        """A form summed over axes: term by term where that makes it shorter."""
        found = [self.total_of(form, axes, shape, dtype)]
        for candidate in (form, self.algebra.expanded(form)):
            if candidate is not None:
                parts = [self.total_of(Form([t]), axes, shape, dtype) for t in candidate.terms]
                found.append(self.algebra.add(*parts))
        return min(found, key=self.weight)

    def weight(self, form: Form) -> int:
        """How long a form is to read, with all of what is summed in it."""
        return form.size + sum(self.weights.get(atom.value, 0) for atom in atoms_in(form))

    def total_of(self, form: Form, axes: set[int], shape: Shape, dtype: Any) -> Form:
        """The same, with what does not vary along these axes in front."""
        front, inner = ONE, form
        if len(form.terms) == 1:
            ((product, coefficient),) = form.terms
            out = Product((f, n) for f, n in product.factors if not axes.intersection(support(f)))
            front = Form([(out, coefficient)])
            inner = Form([(product.times(out, -1), Fraction(1))])
        varies = [*support(inner)] if inner.number is None else []
        along = axes.intersection(varies)
        front = self.algebra.times(front, constant(prod(shape[k] for k in axes - along)))
        if inner.number is not None:
            return self.algebra.times(front, inner)
        if self.is_one(inner, along):
            return front
        narrow = {k: i for i, k in enumerate(varies)}
        small = tuple(shape[k] for k in varies)
        value = self.building.value(mapped(inner, narrow), small, dtype)
        made, kept = self.summed(value, varies, along)
        self.weights[made] = self.weight(inner)
        return self.algebra.times(front, of_atom(Atom(made, kept)))

    def summed(
        self, value: Value, frame: Sequence[int], along: set[int]
    ) -> tuple[Value, tuple[int, ...]]:
        """The sum of a value over some axes of a frame, and the axes that are left.

        ``frame`` says where the value's axes lie there.  The sum of a sum is one over the axes of
        both.
        """
        if value in self.sums:
            whole, gone = self.sums[value]
            rest = iter(frame)
            frame = [-1 if k in gone else next(rest) for k in range(len(whole.shape or ()))]
            value, along = whole, {*along, -1}
        where = tuple(i for i, k in enumerate(frame) if k in along)
        kept = tuple(k for k in frame if k not in along)
        shape = tuple(n for n, k in zip(value.shape or (), frame) if k not in along)
        axis = where[0] if len(where) == 1 else where
        options = {"axis": axis} if kept else {}
        made = self.building.call(np.sum, (value,), options, (shape, value.dtype))
        self.sums[made] = value, where
        return made, kept

    def is_one(self, form: Form, along: set[int]) -> bool:
        """Whether a sum is that of probabilities."""
        atom = form.single
        if atom is None or atom.value not in self.probabilities:
            return False
        return along == {atom.axes[self.probabilities[atom.value]]}
