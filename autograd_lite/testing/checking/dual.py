"""Dual numbers a + b·ε with ε² = 0: exact derivatives of polynomials and quotients."""

from __future__ import annotations

from typing import Any


class Dual:
    """A value with its derivative; both may be Fractions, and then nothing is rounded.

    >>> from fractions import Fraction
    >>> x = Dual(Fraction(3), Fraction(1))
    >>> (1 / (x * x)).slope
    Fraction(-2, 27)
    """

    __slots__ = ("slope", "value")

    def __init__(self, value: Any, slope: Any = 0) -> None:
        self.value = value
        self.slope = slope

    def __repr__(self) -> str:
        return f"{self.value} + {self.slope}ε"

    def __add__(self, other: Any) -> Dual:
        o = _dual(other)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __mul__(self, other: Any) -> Dual:
        o = _dual(other)
        return Dual(self.value * o.value, self.slope * o.value + self.value * o.slope)

    def __truediv__(self, other: Any) -> Dual:
        o = _dual(other)
        y = self.value / o.value
        return Dual(y, (self.slope - y * o.slope) / o.value)

    def __pow__(self, n: Any) -> Dual:
        n = _dual(n)
        if n.slope or n.value != int(n.value):
            raise TypeError(f"a power of a dual number needs an integer exponent, not {n}")
        n = int(n.value)
        return Dual(self.value**n, n * self.value ** (n - 1) * self.slope if n else 0 * self.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __pos__(self) -> Dual:
        return self

    def __sub__(self, other: Any) -> Dual:
        return self + -_dual(other)

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other) - self

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def __abs__(self) -> Dual:
        return -self if self.value < 0 else self

    def conjugate(self) -> Dual:
        return self

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == _dual(other).value)

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < _dual(other).value)

    def __le__(self, other: Any) -> bool:
        return bool(self.value <= _dual(other).value)

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > _dual(other).value)

    def __ge__(self, other: Any) -> bool:
        return bool(self.value >= _dual(other).value)

    __hash__ = None  # type: ignore[assignment]


def _dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x)
