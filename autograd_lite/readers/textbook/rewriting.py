"""Programs as textbooks have them: known functions by their names, sums and products short."""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from autograd_lite.programs.bodies import Bodied
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import PRE_ACTIVATION
from autograd_lite.programs.operators import of_kind
from autograd_lite.programs.simplify import alive
from autograd_lite.programs.steps import GUARDING, Step, Value, replace_values
from autograd_lite.readers.textbook.axes import rational, whole
from autograd_lite.readers.textbook.building import support
from autograd_lite.readers.textbook.forms import ONE, ZERO, Form, Product, constant
from autograd_lite.readers.textbook.functions import Functions
from autograd_lite.readers.textbook.known import (
    BEFORE,
    Known,
    known_in,
    log_abs_det,
    prime_of,
    relu,
)
from autograd_lite.readers.textbook.layers import layers
from autograd_lite.readers.textbook.slopes import Pull, Slope, pulls, slopes, ties
from autograd_lite.rules.indexing import scatter

#: A sum of more letters, numbers and signs is a value of its own, and so are shorter ones that are
#: used several times, in forward passes and in backward passes.
LONG, SHARED, SHARED_BACK = 40, 4, 8
#: Functions that are linear in the one array they take: a number comes out in front.
LINEAR = frozenset(
    {np.transpose, np.swapaxes, np.matrix_transpose, np.reshape, np.ravel, np.trace, np.diagonal}
    | {scatter, np.expand_dims, np.squeeze, operator.getitem, np.broadcast_to, np.diag, np.cumsum}
)
#: Those that are linear in both, and in each of several.
PRODUCTS = of_kind("matrix product") | {np.dot, np.inner, np.outer}
MULTILINEAR = PRODUCTS | {np.einsum}


def textbook(listing: Listing, rows: bool = False) -> Listing:
    """A listing that computes the same numbers, but for rounding, as one would write it.

    Guards are left out.  Programs with loops or branches stay as they are.
    """
    if any(isinstance(step.function, Bodied) for step in listing.steps):
        return listing
    return Rewriting(listing, rows).listing()


class Rewriting(Functions):
    """A program while it is rewritten.

    ``new`` has what stands for the values that one sees, ``full`` what values that stand for
    themselves are, ``called`` the names of those that nobody named.
    """

    def __init__(self, listing: Listing, rows: bool) -> None:
        super().__init__(rows)
        self.old = listing
        self.new: dict[Value, Value] = {}
        self.full: dict[Value, Form] = {}
        self.known = known_in(listing)
        self.pulls = pulls(listing, self.known)
        self.slopes = slopes(listing.steps)
        self.called = layers(listing, self.known)
        self.befores = {k.z for k in self.known.values() if k.function in BEFORE}
        self.befores |= {v for v, name in self.called.items() if name.startswith("z")}
        self.befores |= {s.result for s in listing.steps if is_before(s.result)}
        self.seen = {*listing.outputs, *self.called, *(k.z for k in self.known.values())}
        self.uses = Counter(v for s in listing.steps for v in s.operands)
        self.ties = ties(listing, {k.z for k in self.known.values() if k.function is relu})
        self.between: dict[Value, tuple[Value, Known]] = {}
        for y, known in self.known.items():
            for step in known.region[:-1]:
                self.between.setdefault(step.result, (y, known))

    def listing(self) -> Listing:
        old = self.old
        for value in (*old.inputs, *old.constants):
            copy = replace(value, gradient_of=[])
            self.new[value] = copy
            self.forms[value] = self.leaf(copy)
        for step in old.steps:
            if step.function not in GUARDING:
                self.add(step)
        outputs = [self.kept(v) for v in old.outputs]
        forward = {self.new.get(s.result) for s in old.steps if not (s.through or s.incoming)}
        for value, copy in self.new.items():
            if copy in forward:
                continue
            copy.gradient_of += [
                self.new[p] for p in value.gradient_of
                if p in self.new and self.new[p] not in copy.gradient_of
            ]  # fmt: skip
        steps = alive(self.building.steps, outputs)
        inputs = [self.new[v] for v in old.inputs]
        made = Listing(old.name, old.parameters, old.args, inputs, steps, outputs, old.result)
        made.roles = {self.new[v]: name for v, name in old.roles.items()}
        return made

    # ---- values ----

    def leaf(self, value: Value) -> Form:
        """An input, or a constant: a number where it holds nothing else."""
        if value.is_constant and value.name is None and value.shape is not None:
            x = np.asarray(value.data)
            if x.dtype.kind in "fiuO" and x.size and np.all(x == x.flat[0]):
                number = rational(x.flat[0])
                if number is not None:
                    return constant(number)
            if x.dtype.kind == "f" and x.ndim and len(found := np.unique(x)) == 2 and 0 in found:
                number = rational(found[found != 0][0])  # this times zeros and ones
                if number not in (None, 1):
                    ones = replace(value, data=(x != 0).astype(x.dtype))
                    return self.algebra.times(constant(number), whole(ones))
        return whole(value)

    def value(self, old: Value) -> Value:
        return self.new[old] if old in self.new else super().value(old)

    def kept(self, old: Value) -> Value:
        self.new[old] = self.value(old)
        return self.new[old]

    # ---- steps ----

    def add(self, step: Step) -> None:
        """Give the result of a step its form, and a value of its own if one wants to see it."""
        old = step.result
        self.building.marks = {"through": step.through, "incoming": step.incoming}
        self.forms[old] = form = self.form_of(step) or self.opaque(step)
        if old.shape is None:
            return
        if self.is_seen(old):
            new = self.building.value(form, old.shape, old.dtype)
            if new.step is not None:
                new.name = new.name or old.name or self.called.get(old)
            self.new[old] = new
            if form.number is None:
                self.full[old], self.forms[old] = form, whole(new)
            return
        front, rest = split(form)
        shared = self.uses[old] > 1 and rest.size > (SHARED_BACK if old.gradient_of else SHARED)
        if (shared and old not in self.between) or rest.size > LONG:
            new = self.building.value(rest, old.shape, old.dtype)
            self.full[old], self.forms[old] = form, self.algebra.times(front, whole(new))

    def is_seen(self, old: Value) -> bool:
        """Whether one wants to see a value: named, returned, before or after a layer, or a δ."""
        delta = any(p in self.befores for p in old.gradient_of)
        often = self.uses[old] > 1 and any(p.name for p in old.gradient_of)
        return bool(old.name) or old in self.seen or delta or often

    def form_of(self, step: Step) -> Form | None:
        """A step by the forms of its operands; None where it is no arithmetic, nor known."""
        old = step.result
        if old in self.ties:
            return self.at_ties(step)
        if old.shape is None or getattr(old.dtype, "kind", "") not in "fO":
            return None
        if old in self.pulls:
            return self.pull(self.pulls[old])
        if old in self.known:
            return self.named(self.known[old].function, self.known[old], old)
        if old in self.slopes:
            return self.sloped(step, self.slopes[old])
        if old in self.between and (form := self.inside(step, *self.between[old])):
            return form
        return self.log_of_det(step) or self.arithmetic(step)

    def opaque(self, step: Step) -> Form:
        """A step that is no arithmetic, with numbers in front of what is linear."""
        old, f = step.result, step.function
        front, args = ONE, []
        linear = range(0)
        if f in LINEAR or f in MULTILINEAR:
            linear = range(len(step.args))
        elif f is np.linalg.solve:
            linear = range(1, 2)
        for i, x in enumerate(step.args):
            if i not in linear or not isinstance(x, Value) or x.shape is None:
                args.append(replace_values(x, self.value))
                continue
            number, rest = split(self.forms[x])
            if not rest.terms:
                return ZERO
            front = self.algebra.times(front, number)
            new = number != ONE or x not in self.new
            args.append(self.building.value(rest, x.shape, x.dtype) if new else self.new[x])
        for one, other in (args, args[::-1]) if f in PRODUCTS else ():
            if is_identity(one) and old.shape == other.shape:
                return self.algebra.times(front, whole(other))
        options = replace_values(step.options, self.value)
        made = self.building.call(f, tuple(args), options, (old.shape, old.dtype))
        if old.shape is None:
            self.new[old] = made
            return ZERO
        return self.algebra.times(front, whole(made))

    def at_ties(self, step: Step) -> Form:
        """[z ≥ 0] = 2 ReLU′(z) − [z > 0], for the slope of np.maximum is half of both."""
        z, zero = step.args
        strict = np.greater if step.function is np.greater_equal else operator.gt
        like = z.shape, step.result.dtype
        above = self.building.call(strict, (self.value(z), zero), {}, like)
        slope = self.of_element(prime_of(relu), self.value(z))
        return self.algebra.subtract(self.algebra.times(constant(2), slope), whole(above))

    def log_of_det(self, step: Step) -> Form | None:
        """The second result of slogdet."""
        if step.function is not operator.getitem or step.args[1] != 1:
            return None
        inner = step.args[0].step
        if inner is None or inner.function is not np.linalg.slogdet:
            return None
        like = step.result.shape, step.result.dtype
        return whole(self.building.call(log_abs_det, (self.value(inner.args[0]),), {}, like))

    # ---- gradients ----

    def sloped(self, step: Step, found: Slope) -> Form:
        """f′(z) ∘ g for a function that has a symbol, and a rule that goes element by element."""
        z, *incoming = found.operands
        g = self.forms[incoming[0]] if incoming else ONE
        y = step.through
        assert y is not None and y.step is not None
        if y in self.known and self.known[y].z is z:
            return self.pulled_back(self.known[y], y, g)
        options = replace_values(y.step.options, self.value)
        prime = self.of_element(prime_of(found.function), self.value(z), options)
        return self.algebra.times(prime, g)

    def pull(self, pull: Pull) -> Form:
        """The gradient of z by that of σ(z), in full where much of it cancels."""
        known, y, g = pull
        if isinstance(g, Fraction):
            return self.pulled_back(known, y, constant(g))
        found = self.pulled_back(known, y, self.forms[g])
        if g not in self.full:
            return found
        other = self.pulled_back(known, y, self.full[g])
        shorter = self.weight(other) < self.weight(found) + self.weight(self.full[g])
        return other if shorter else found


def is_before(value: Value) -> bool:
    return bool(value.name and PRE_ACTIVATION.fullmatch(value.name))


def split(form: Form) -> tuple[Form, Form]:
    """A form as something without axes, times the rest."""
    if form.number is not None and form.terms:
        return form, ONE
    if len(form.terms) != 1:
        return ONE, form
    ((product, coefficient),) = form.terms
    front = Product((f, n) for f, n in product.factors if not support(f))
    rest = product.times(front, -1)
    if not rest.factors:
        return ONE, form
    return Form([(front, coefficient)]), Form([(rest, Fraction(1))])


def is_identity(x: Any) -> bool:
    if not isinstance(x, Value) or not x.is_constant or len(x.shape or ()) != 2:
        return False
    n, m = x.shape or (0, 1)
    return n == m and bool(np.array_equal(x.data, np.eye(n)))
