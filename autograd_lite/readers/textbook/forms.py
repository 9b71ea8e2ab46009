"""Sums of products of arrays, element by element: like terms are added, equal factors cancel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import NamedTuple, TypeAlias

from autograd_lite.programs.steps import Value

#: A sum of more terms is not multiplied out, and one of more symbols is a value of its own.
MOST_TERMS = 24


class Atom(NamedTuple):
    """A value as it stands in an array: at which of its axes each of the value's own axes lies.

    None is for an axis of length one, along which the value is repeated.
    """

    value: Value
    axes: tuple[int | None, ...] = ()


Factor: TypeAlias = "Atom | Form"


class Product:
    """Factors with their exponents, in the order in which they came; equal in any order."""

    def __init__(self, factors: Iterable[tuple[Factor, int]] = ()) -> None:
        exponents: dict[Factor, int] = {}
        for factor, n in factors:
            exponents[factor] = exponents.get(factor, 0) + n
        self.factors = tuple((factor, n) for factor, n in exponents.items() if n)
        self.key = frozenset(self.factors)
        self.hash = hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Product) and self.key == other.key

    def __hash__(self) -> int:
        return self.hash

    def __getitem__(self, factor: Factor) -> int:
        return dict(self.factors).get(factor, 0)

    def times(self, other: Product, power: int = 1) -> Product:
        return Product([*self.factors, *((factor, power * n) for factor, n in other.factors)])


class Form:
    """A sum of products, each with its coefficient; equal in any order."""

    def __init__(self, terms: Iterable[tuple[Product, Fraction]]) -> None:
        collected: dict[Product, Fraction] = {}
        for product, coefficient in terms:
            collected[product] = collected.get(product, Fraction(0)) + coefficient
        self.terms = tuple((p, c) for p, c in collected.items() if c)

    @cached_property
    def key(self) -> frozenset[tuple[Product, Fraction]]:
        return frozenset(self.terms)

    @cached_property
    def hash(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and self.key == other.key

    def __hash__(self) -> int:
        return self.hash

    @cached_property
    def size(self) -> int:
        """How many letters, numbers and signs there are to read."""
        return sum(1 + (abs(c) != 1 or not p.factors) + size_of(p) for p, c in self.terms)

    @property
    def number(self) -> Fraction | None:
        """The number that this is, if there is nothing else in it."""
        if not self.terms:
            return Fraction(0)
        ((product, coefficient), *others) = self.terms
        return coefficient if not others and not product.factors else None

    @property
    def single(self) -> Atom | None:
        """The value that this is, if there is nothing else in it."""
        if len(self.terms) != 1:
            return None
        ((product, coefficient),) = self.terms
        if coefficient != 1 or len(product.factors) != 1:
            return None
        ((factor, n),) = product.factors
        return factor if n == 1 and isinstance(factor, Atom) else None


UNIT = Product()
ZERO = Form(())
ONE = Form([(UNIT, Fraction(1))])


def size_of(product: Product) -> int:
    return sum(
        (1 if isinstance(factor, Atom) else factor.size + 1) + (n != 1)
        for factor, n in product.factors
    )


def constant(x: Fraction | int) -> Form:
    return Form([(UNIT, Fraction(x))])


def of_atom(atom: Atom) -> Form:
    return Form([(Product([(atom, 1)]), Fraction(1))])


def atoms_in(form: Form) -> Iterator[Atom]:
    for product, _ in form.terms:
        for factor, _ in product.factors:
            if isinstance(factor, Atom):
                yield factor
            else:
                yield from atoms_in(factor)


def content(form: Form) -> Fraction:
    """The number to put in front of a sum: what its coefficients are but for their signs.

    Where all are negative, it is negative.
    """
    coefficients = [c for _, c in form.terms]
    sign = -1 if all(c < 0 for c in coefficients) else 1
    sizes = {abs(c) for c in coefficients}
    if len(sizes) == 1:
        return sign * sizes.pop()
    top = gcd(*(c.numerator for c in coefficients))
    bottom = lcm(*(c.denominator for c in coefficients))
    smaller = Fraction(top, bottom)
    plain = sum(abs(c) / smaller == 1 for c in coefficients)  # 2 x + 4 y is 2 (x + 2 y)
    return sign * (smaller if plain and smaller.denominator == 1 else Fraction(1))


class Algebra:
    """How forms are added, multiplied and shortened.

    ``slopes`` are known products that have a name: σ′(z) is a ∘ (1 − a).  ``turned`` has for each
    sum the way round in which it was first met: y − a, or a − y.
    """

    def __init__(self) -> None:
        self.slopes: dict[Factor, tuple[Product, Atom]] = {}
        self.unfolded: dict[Factor, Product] = {}
        self.folded: dict[Form, Atom] = {}
        self.turned: dict[Form, Form] = {}

    def slope(self, prime: Atom, *factors: Form) -> None:
        """Say of what ``prime`` is the product."""
        product, coefficient = self.product(*factors)
        assert coefficient == 1
        if len(product.factors) == 1:
            ((factor, _),) = product.factors
            assert isinstance(factor, Form)
            self.folded[factor] = prime
            return
        for factor, _ in product.factors:
            self.slopes[factor] = product, prime
        self.unfolded[prime] = product

    # ---- sums ----

    def add(self, *forms: Form) -> Form:
        """The sum, multiplied out where that is shorter, its common factors in front."""
        kept = Form(term for form in forms for term in form.terms)
        if any(isinstance(f, Form) for p, _ in kept.terms for f, _ in p.factors):
            spread = self.expanded(kept)
            if spread is not None and len(spread.terms) <= len(kept.terms):
                return min(self.in_front(kept), self.in_front(spread), key=lambda x: x.size)
        return self.in_front(kept)

    def in_front(self, form: Form) -> Form:
        """A sum as the product of what its terms have in common, and the rest."""
        if len(form.terms) < 2:
            return form
        products = [p for p, _ in form.terms]
        common = Product(
            (factor, n) for factor, _ in products[0].factors if (n := shared(factor, products)) != 0
        )
        number = content(form)
        if not common.factors and number == 1:
            return form
        rest = Form((p.times(common, -1), c / number) for p, c in form.terms)
        product, coefficient = self.product(Form([(common, number)]), rest)
        return Form([self.settled(product, coefficient)])

    def expanded(self, form: Form) -> Form | None:
        """All products of sums multiplied out; None if they are too many."""
        result: list[tuple[Product, Fraction]] = []
        for product, coefficient in form.terms:
            parts = ONE
            rest = []
            for factor, n in product.factors:
                if not isinstance(factor, Form) or n < 0:
                    rest.append((factor, n))
                    continue
                inner = self.expanded(factor)
                for _ in range(n):
                    if inner is None or len(parts.terms) * len(inner.terms) > MOST_TERMS:
                        return None
                    parts = Form(pair(a, b) for a in parts.terms for b in inner.terms)
            result += [
                self.settled(*pair((Product(rest), coefficient), term)) for term in parts.terms
            ]
            if len(result) > MOST_TERMS:
                return None
        return Form(result)

    # ---- products ----

    def times(self, *forms: Form) -> Form:
        """The product, multiplied out where factors cancel."""
        result = ONE
        for form in forms:
            result = self.times_two(result, form)
        return result

    def times_two(self, a: Form, b: Form) -> Form:
        if not a.terms or not b.terms:
            return ZERO
        for one, other in ((a, b), (b, a)):
            spread = self.cancelled(*self.product(one), other)
            if spread is not None:
                return spread
        product, coefficient = self.product(a, b)
        return Form([self.settled(product, coefficient)])

    def product(self, *forms: Form) -> tuple[Product, Fraction]:
        """A product of sums as one term, with each sum the way round in which it is known."""
        product, coefficient = UNIT, Fraction(1)
        for form in forms:
            if len(form.terms) == 1:
                p, c = form.terms[0]
            else:
                number = content(form)
                base = Form((q, d / number) for q, d in form.terms)
                known = self.known(base)
                p, c = Product([(known, 1)]), number if known == base else -number
            product, coefficient = product.times(p), coefficient * c
        return product, coefficient

    def known(self, form: Form) -> Form:
        """A sum, or its negative if that was met before."""
        if form in self.turned:
            return self.turned[form]
        negative = Form((p, -c) for p, c in form.terms)
        self.turned[form] = self.turned[negative] = form
        return form

    def cancelled(self, product: Product, coefficient: Fraction, other: Form) -> Form | None:
        """One term times a sum, multiplied out, if something cancels; the sum may be a factor."""
        product = self.opened(product, other)
        if len(other.terms) == 1:  # p (g₁ + g₂), with something of p below g₁
            ((inner, number),) = other.terms
            sums = [f for f, n in inner.factors if n == 1 and isinstance(f, Form)]
            for factor in sums:
                mine = self.opened(product, factor)
                if meet(mine, factor):
                    rest = inner.times(Product([(factor, 1)]), -1)
                    front = Form([self.settled(mine.times(rest), coefficient * number)])
                    return self.times(front, factor)
            return None
        if not meet(product, other):
            return None
        terms = [self.settled(*pair((product, coefficient), term)) for term in other.terms]
        return self.add(*[Form([term]) for term in terms])

    def opened(self, product: Product, other: Form) -> Product:
        """A product with σ′(z) as a ∘ (1 − a) where the other is divided by one of these."""
        for prime, inside in self.unfolded.items():
            n = product[prime]
            if n > 0 and meet(inside, other):
                product = product.times(Product([(prime, -n)])).times(inside, n)
        return product

    def settled(self, product: Product, coefficient: Fraction) -> tuple[Product, Fraction]:
        """A term with σ′(z) in place of a ∘ (1 − a), and the reverse where something cancels."""
        for factor, n in product.factors:
            if n < 0 and factor in self.slopes:
                inside, prime = self.slopes[factor]
                k = min(product[prime], -n)
                if k > 0:
                    product = product.times(Product([(prime, -k)])).times(inside, k)
        for factor, n in product.factors:
            if isinstance(factor, Form) and factor in self.folded:
                product = product.times(Product([(factor, -n), (self.folded[factor], n)]))
            if factor in self.slopes:
                inside, prime = self.slopes[factor]
                k = min(product[f] for f, _ in inside.factors)
                if k > 0:
                    product = product.times(inside, -k).times(Product([(prime, k)]))
        return product, coefficient

    # ---- powers ----

    def power(self, form: Form, n: int) -> Form:
        """A whole power, also a negative one."""
        product, coefficient = self.product(form)
        raised = Product((factor, n * k) for factor, k in product.factors)
        return Form([(raised, coefficient**n)])

    def negated(self, form: Form) -> Form:
        return Form((p, -c) for p, c in form.terms)

    def subtract(self, a: Form, b: Form) -> Form:
        return self.add(a, self.negated(b))


def pair(a: tuple[Product, Fraction], b: tuple[Product, Fraction]) -> tuple[Product, Fraction]:
    return a[0].times(b[0]), a[1] * b[1]


def shared(factor: Factor, products: list[Product]) -> int:
    """The power of a factor that all products have above, or all below."""
    exponents = [p[factor] for p in products]
    if all(n > 0 for n in exponents):
        return min(exponents)
    return max(exponents) if max(exponents) < 0 else 0


def meet(product: Product, other: Form) -> bool:
    """Whether some factor stands above on one side and below on the other."""
    mine = dict(product.factors)
    return any(mine.get(factor, 0) * n < 0 for term, _ in other.terms for factor, n in term.factors)
