"""A reader of formulas in LaTeX: what they mean for matrices, found without the engine.

It knows what the notes use: + − ∘ ⊘, products of matrices, fractions, powers, ᵀ, ‖·‖², σ and σ′.
A vector is a matrix with one column, or with one row; a single number has no axes.
"""

import re
from fractions import Fraction

import numpy as np

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[0-9.]+|\S")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


FUNCTIONS = {
    r"\sigma": sigmoid,
    r"\sigma'": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    r"\exp": np.exp,
    r"\tanh'": lambda z: 1 - np.tanh(z) ** 2,
    r"\tanh": np.tanh,
    r"\sin": np.sin,
    r"\cos": np.cos,
}


def evaluate(text, names, number=Fraction):
    """The value of a formula; ``names`` maps the LaTeX of each symbol to a matrix or a number."""
    reader = Reader(text, names, number)
    value = reader.sum()
    assert not reader.tokens, f"{reader.tokens} is left of {text}"
    return value


def number_if_single(x):
    """The only element of a matrix that has no other: what uᵀ v is used as."""
    return x.reshape(-1)[0] if np.ndim(x) and x.size == 1 else x


class Reader:
    def __init__(self, text, names, number):
        self.names, self.number = names, number
        known = sorted([*names, *FUNCTIONS], key=len, reverse=True)
        # a symbol ends where its scripts end
        symbols = re.compile("|".join(f"{re.escape(n)}(?![_a-z'])" for n in known) or "(?!)")
        self.tokens, at = [], 0
        while at < len(text):
            match = symbols.match(text, at) or TOKEN.match(text, at)
            if match:
                self.tokens.append(match[0])
            at = match.end() if match else at + 1
        self.tokens.reverse()

    def next(self, *expected):
        token = self.tokens.pop()
        assert not expected or token in expected, f"{token} where {expected} should be"
        return token

    def accept(self, *tokens):
        return self.tokens.pop() if self.tokens and self.tokens[-1] in tokens else None

    def sum(self):
        total = -self.hadamard() if self.accept("-") else self.hadamard()
        while sign := self.accept("+", "-"):
            total = total + self.hadamard() if sign == "+" else total - self.hadamard()
        return total

    def hadamard(self):
        total = self.product()
        while sign := self.accept(r"\circ", r"\oslash"):
            other = self.product()
            total = total * other if sign == r"\circ" else total / other
        return total

    def product(self):
        total = self.power()
        while self.tokens and self.tokens[-1] not in {"+", "-", ")", "}", r"\circ", r"\oslash"} | (
            {r"\|", r"\right", "=", ","}
        ):
            self.accept(r"\cdot")
            other = self.power()
            both = np.ndim(total) and np.ndim(other)
            total = number_if_single(total @ other if both else total * other)
        return total

    def power(self):
        base = self.atom()
        while self.accept("^"):
            self.next("{")
            if self.accept(r"\mathsf"):
                for token in "{T}":
                    self.next(token)
                base = np.transpose(base) if np.ndim(base) else base
            else:
                self.accept(r"\circ")
                base = base ** int(self.next())
            self.next("}")
        return base

    def atom(self):
        token = self.next()
        if token in self.names:
            return self.names[token]
        if token in FUNCTIONS:
            return FUNCTIONS[token](self.parenthesis())
        if token == r"\frac":
            top, bottom = self.group(), self.group()
            return top / bottom
        if token == r"\|":
            inside = self.sum()
            self.next(r"\|")
            self.next("^"), self.next("{"), self.next("2"), self.next("}")
            return np.sum(inside * inside)
        if token in ("(", r"\left"):
            self.tokens.append(token)
            return self.parenthesis()
        return self.number(token)

    def parenthesis(self):
        tall = self.next("(", r"\left") == r"\left" and self.next("(")
        inside = self.sum()
        if tall:
            self.next(r"\right")
        self.next(")")
        return inside

    def group(self):
        self.next("{")
        inside = self.sum()
        self.next("}")
        return inside
