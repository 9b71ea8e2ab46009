"""Known functions, and the gradients that go back through them: σ′(z) ∘ g, a ∘ (g − ∑ g ∘ a)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite import special
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.textbook.arithmetic import Arithmetic
from autograd_lite.readers.textbook.axes import mapped, whole
from autograd_lite.readers.textbook.forms import ONE, Form
from autograd_lite.readers.textbook.known import (
    ACTIVATIONS,
    Function,
    Known,
    prime_of,
    sigmoid,
    softplus,
)  # fmt: skip


class Functions(Arithmetic):
    """Arithmetic with functions that are known by their names."""

    def named(self, function: Function, known: Known, like: Value) -> Form:
        """σ(z), and with it what its slope is."""
        z, algebra = self.value(known.z), self.algebra
        options = known._replace(function=function).options
        made = self.building.call(function, (z,), options, (like.shape, like.dtype))
        form = whole(made)
        if function is special.softmax:
            self.probabilities[made] = int(known.axis or 0) % len(z.shape or ())
        if function in (sigmoid, np.tanh) and form.single not in algebra.slopes:
            prime = self.of_element(prime_of(function), z).single
            assert prime is not None
            if function is sigmoid:
                algebra.slope(prime, form, algebra.subtract(ONE, form))
            else:
                algebra.slope(prime, algebra.subtract(ONE, algebra.power(form, 2)))
        return form

    def of_element(self, function: Function, z: Value, options: Any = None) -> Form:
        return whole(self.building.call(function, (z,), options or {}, (z.shape, z.dtype)))

    # ---- what lies between ----

    def inside(self, step: Step, y: Value, known: Known) -> Form | None:
        """An exponential between z and σ(z), by the latter, for it may be used elsewhere too."""
        old, argument = step.result, step.args[0]
        if step.function is not np.exp or known.z not in self.forms or old.shape != known.z.shape:
            return None
        if known.function is sigmoid:
            return self.inside_sigmoid(self.forms.get(argument), y, known)
        sums = [s.result for s in known.region if s.function is np.sum and s.args[0] is old]
        if known.axis is None or len(sums) != 1 or not isinstance(argument, Value):
            return None
        p = self.named(special.softmax, known._replace(keepdims=False), old)
        x = self.of_element(np.exp, self.value(argument))
        shape = old.shape or ()
        return self.algebra.times(p, self.total(x, {known.axis % len(shape)}, shape, old.dtype))

    def inside_sigmoid(self, exponent: Form | None, y: Value, known: Known) -> Form | None:
        """e^z = a / (1 − a), and e^−z."""
        a, z = self.named(sigmoid, known, y), self.forms[known.z]
        if exponent == z:
            rest = self.algebra.subtract(ONE, a)
            return self.algebra.times(a, self.algebra.power(rest, -1))
        if exponent == self.algebra.negated(z):
            return self.algebra.subtract(self.algebra.power(a, -1), ONE)
        return None

    # ---- gradients ----

    def pulled_back(self, known: Known, y: Value, g: Form) -> Form:
        """The gradient of z, from that of what the function makes of it."""
        algebra, f, z = self.algebra, known.function, self.value(known.z)
        if f is sigmoid:
            return algebra.times(g, self.forms[y], algebra.subtract(ONE, self.forms[y]))
        if f is np.tanh:
            return algebra.times(g, algebra.subtract(ONE, algebra.power(self.forms[y], 2)))
        if f in ACTIVATIONS:
            return algebra.times(self.of_element(prime_of(f), z), g)
        if f is np.abs:
            return algebra.times(self.of_element(np.sign, z), g)
        if f is softplus:
            return algebra.times(self.named(sigmoid, known, known.z), g)
        return self.pulled_back_along(known, g)

    def pulled_back_along(self, known: Known, g: Form) -> Form:
        """The same for softmax, its logarithm, and logsumexp."""
        algebra, shape = self.algebra, known.z.shape or ()
        k = (known.axis or 0) % len(shape)
        p = self.named(special.softmax, known._replace(keepdims=False), known.z)
        if known.function is special.logsumexp:
            if not known.keepdims:
                g = mapped(g, dict(enumerate(i for i in range(len(shape)) if i != k)))
            return algebra.times(p, g)
        if known.function is special.log_softmax:
            return algebra.subtract(g, algebra.times(p, self.total(g, {k}, shape, known.z.dtype)))
        product = algebra.times(p, g)
        total = self.total(product, {k}, shape, known.z.dtype)
        return algebra.subtract(product, algebra.times(p, total))
