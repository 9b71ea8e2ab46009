"""Derivatives of products of vectors, matrices and tensors."""

import numpy as np

from autograd_lite.primitive import primitive
from autograd_lite.registry import composed, rule

# ---- matmul: a vector on either side is a matrix with one row or one column ----


def swap(x):
    return x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)


def matmul_x1(g, x2, shape):
    if x2.ndim == 1:
        return g * x2 if len(shape) == 1 else g[..., None] * x2
    if len(shape) == 1:
        return x2 @ g if x2.ndim == 2 else (x2 @ g[..., None])[..., 0]
    return g @ swap(x2)


def matmul_x2(g, x1, shape):
    if x1.ndim == 1:
        return g * x1 if len(shape) == 1 else x1[:, None] * g[..., None, :]
    if len(shape) == 1:
        return x1.T @ g if x1.ndim == 2 else (swap(x1) @ g[..., None])[..., 0]
    return swap(x1) @ g


rule(np.matmul, x1=matmul_x1, x2=matmul_x2)

# ---- dot: the last axis of a with the last but one of b ----


def dot_a(g, b, shape):
    if np.ndim(b) == 0 or not shape:
        return g * b
    if b.ndim == 1:
        return g[..., None] * b
    rest = [i for i in range(b.ndim) if i != b.ndim - 2]
    return np.tensordot(g, b, (range(len(shape) - 1, len(shape) + b.ndim - 2), rest))


def dot_b(g, a, shape):
    if np.ndim(a) == 0 or not shape:
        return g * a
    if a.ndim == 1:
        return g * a if len(shape) == 1 else a[:, None] * g[..., None, :]
    front = range(a.ndim - 1)
    product = np.tensordot(a, g, (front, front))
    return product if len(shape) == 1 else np.moveaxis(product, 0, -2)


rule(np.dot, broadcasts=True, a=dot_a, b=dot_b)
rule(
    np.outer,
    a=lambda g, b, shape: (g @ np.ravel(b)).reshape(shape),
    b=lambda g, a, shape: (np.ravel(a) @ g).reshape(shape),
)


def tensordot(a, b, axes=2):
    if np.ndim(axes) == 0:
        axes = (range(np.ndim(a) - axes, np.ndim(a)), range(axes))
    summed_a, summed_b = ([i % np.ndim(x) for i in np.atleast_1d(s)] for x, s in zip((a, b), axes))
    free_a = [i for i in range(np.ndim(a)) if i not in summed_a]
    free_b = [i for i in range(np.ndim(b)) if i not in summed_b]
    n = int(np.prod([np.shape(a)[i] for i in summed_a], dtype=int))
    left = np.transpose(a, free_a + summed_a).reshape(-1, n)
    right = np.transpose(b, summed_b + free_b).reshape(n, -1)
    shape = [np.shape(a)[i] for i in free_a] + [np.shape(b)[i] for i in free_b]
    return np.dot(left, right).reshape(shape)


composed(np.tensordot, tensordot)

# ---- einsum: the gradient of an operand is an einsum of the others with g ----


@primitive
def einsum(*operands, subscripts, optimize=False, dtype=None, casting="safe", order="K"):
    options = {"optimize": optimize, "casting": casting, "order": order}
    if dtype is not None:
        options["dtype"] = dtype
    return np.einsum(subscripts, *operands, **options)


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def explicit(subscripts, shapes):
    """Subscripts with a letter for every axis, ``...`` included, and the output written out."""
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


def einsum_back(g, operands, shapes, tracked, subscripts):
    terms, output = explicit(subscripts, shapes)
    for i, shape in enumerate(shapes):
        yield einsum_by(i, g, operands, shape, terms, output) if tracked[i] else None


def einsum_by(i, g, operands, shape, terms, output):
    others = [(t, x) for j, (t, x) in enumerate(zip(terms, operands)) if j != i]
    target, seen = "", output + "".join(t for t, _ in others)
    fresh = (c for c in LETTERS if c not in "".join(terms) + output)
    for letter, n in zip(terms[i], shape):
        if letter in target:  # a diagonal was taken: put it back with an identity matrix
            twin = next(fresh)
            others.append((letter + twin, np.eye(n, dtype=g.dtype)))
            letter = twin
        elif letter not in seen:  # summed over in this operand alone: stretch
            others.append((letter, np.ones(n, dtype=g.dtype)))
        target += letter
    inputs = ",".join([output, *(t for t, _ in others)])
    return np.einsum(f"{inputs}->{target}", g, *(x for _, x in others))


rule(einsum, broadcasts=True, operands=einsum_back)


def einsum_of(*operands, **options):
    if not isinstance(operands[0], str):
        raise TypeError("einsum of Tensors takes its subscripts as a string, as in 'ij,jk->ik'")
    return einsum(*operands[1:], subscripts=operands[0], **options)


composed(np.einsum, einsum_of)
