"""Derivatives of Einstein sums: the gradient of an operand is such a sum of the others and g."""

import numpy as np

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.rules.common import composition_of, given


@primitive(inline=True)
def einsum(*operands, subscripts, optimize=False, dtype=None, casting="safe", order="K"):
    options = given(optimize=optimize, dtype=dtype, casting=casting, order=order)
    return np.einsum(subscripts, *operands, **options)


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def explicit(subscripts, shapes):
    """The subscripts of operands and output, with a letter for every axis, ``...`` included."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    unused = [c for c in LETTERS if c not in subscripts]
    hidden = [len(shape) - len(t.replace("...", "")) for t, shape in zip(terms, shapes)]
    dots = "".join(unused[: max(hidden)])
    terms = [t.replace("...", dots[len(dots) - n :]) for t, n in zip(terms, hidden)]
    if not arrow:
        letters = "".join(terms)
        once = sorted(c for c in set(letters) - set(dots) if letters.count(c) == 1)
        output = "..." + "".join(once)
    return terms, output.replace("...", dots)


def einsum_vjp(g, operands, shapes, tracked, subscripts):
    terms, output = explicit(subscripts, shapes)
    for i, shape in enumerate(shapes):
        yield einsum_by(i, g, operands, shape, terms, output) if tracked[i] else None


def einsum_by(i, g, operands, shape, terms, output):
    others = [(t, x) for j, (t, x) in enumerate(zip(terms, operands)) if j != i]
    lengths: dict[str, int] = {}
    for term, x in [(output, g), *others]:
        for letter, n in zip(term, np.shape(x)):
            lengths[letter] = max(n, lengths.get(letter, 0))
    kind = getattr(g, "dtype", object)  # a bare Fraction has none
    target = ""
    fresh = (c for c in LETTERS if c not in "".join(terms) + output)
    for letter, n in zip(terms[i], shape):
        if letter in target:  # an identity matrix puts back the diagonal that was taken
            twin = next(fresh)
            others.append((letter + twin, np.eye(n, dtype=kind)))
            letter = twin
        elif letter not in lengths or lengths[letter] == 1 != n:  # ones stretch the axis
            others.append((letter, np.ones(n, dtype=kind)))
        target += letter
    inputs = ",".join([output, *(t for t, _ in others)])
    return np.einsum(f"{inputs}->{target}", g, *(x for _, x in others))


rule(einsum, broadcasts=True, operands=einsum_vjp)


@composition_of(np.einsum)
def einsum_of(*operands, **options):
    if not isinstance(operands[0], str):
        raise TypeError("einsum of Tensors takes its subscripts as a string, as in 'ij,jk->ik'")
    return einsum(*operands[1:], subscripts=operands[0], **options)
