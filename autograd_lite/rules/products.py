"""Derivatives of products of vectors, matrices and tensors, and of Einstein sums."""

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd_lite.core.admission import chunked
from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import PRODUCTS, rule
from autograd_lite.rules.common import composition_of, given, in_pairs, stretched_to

# ---- matmul: a vector on either side is a matrix with one row or one column ----


def swap(x):
    return x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)


def times(matrix, vector):
    return (matrix @ vector[..., None])[..., 0]


def matmul_x1(g, x2, shape):
    if x2.ndim == 1:
        return g * x2 if len(shape) == 1 else g[..., None] * x2
    if len(shape) == 1:
        return x2 @ g if x2.ndim == 2 else times(x2, g)
    return g @ swap(x2)


def matmul_x2(g, x1, shape, transposed):
    if x1.ndim == 1:
        return g * x1 if len(shape) == 1 else x1[:, None] * g[..., None, :]
    if len(shape) == 1:
        return x1.T @ g if x1.ndim == 2 else times(swap(x1), g)
    if transposed and x1.ndim == 2 == len(shape):  # x Wᵀ has ∂W = gᵀ x, as one writes it
        return (g.T @ x1).T
    return swap(x1) @ g


rule(np.matmul, x1=matmul_x1, x2=matmul_x2)

# ---- products with sparse matrices of SciPy's, which are constants ----


@primitive
def sparse_product(x, matrix, flipped=False):
    """``matrix @ x``, with the transpose of the matrix if it is ``flipped``."""
    return (matrix.T if flipped else matrix) @ np.asarray(x)


rule(
    sparse_product,
    x=lambda g, matrix, flipped: sparse_product(g, matrix, flipped=not flipped),
    matrix=None,
)
PRODUCTS.append(sparse_product)

# ---- dot: the last axis of a with the last but one of b ----


def dot_a(g, b, shape):
    if np.ndim(b) == 0 or not shape:
        return g * b
    if b.ndim == 1:
        return g * b if len(shape) == 1 else g[..., None] * b
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

# ---- inner products: the last axis of both; vdot and vecdot conjugate the first ----


def inner_b(g, a, shape):
    if np.ndim(a) == 0 or not shape:
        return g * a
    front = range(np.ndim(a) - 1)
    return np.tensordot(g, a, (front, front))


rule(
    np.inner,
    broadcasts=True,
    a=lambda g, b, shape: (
        g * b if np.ndim(b) == 0 or not shape else np.tensordot(g, b, np.ndim(b) - 1)
    ),
    b=inner_b,
)
rule(
    np.vdot,
    a=lambda g, b, shape: np.reshape(np.conj(g * np.ravel(b)), shape),
    b=lambda g, a, shape: np.reshape(g * np.conj(np.ravel(a)), shape),
)


@primitive(inline=True)
def vecdot(x1, x2, **options):
    return np.vecdot(x1, x2, **options)


@composition_of(np.vecdot)
def vecdot_of(x1, x2, /, *, axis=-1, **options):
    if axis != -1:
        x1, x2 = (np.moveaxis(x, normalize_axis_index(axis, np.ndim(x)), -1) for x in (x1, x2))
    return vecdot(x1, x2, **options)


rule(
    vecdot,
    broadcasts=True,
    x1=lambda g, x2: np.conj(np.expand_dims(g, -1) * x2),
    x2=lambda g, x1: np.expand_dims(g, -1) * np.conj(x1),
)


if hasattr(np, "matvec"):  # since NumPy 2.2
    rule(
        np.matvec,
        x1=lambda g, x2: g[..., None] * x2[..., None, :],
        x2=lambda g, x1: times(swap(x1), g),
    )
    rule(
        np.vecmat,
        x1=lambda g, x2: np.conj(times(x2, g)),
        x2=lambda g, x1: np.conj(x1)[..., None] * g[..., None, :],
    )

# ---- outer products ----

rule(
    np.outer,
    a=lambda g, b, shape: (g @ np.ravel(b)).reshape(shape),
    b=lambda g, a, shape: (np.ravel(a) @ g).reshape(shape),
)


def kron_vjp(g, other, shape, theirs):
    """``g`` has axes in pairs; ``theirs`` says which axis of a pair is of the other argument."""
    other = np.reshape(other, g.shape[theirs::2])
    axes = range(theirs, g.ndim, 2), range(other.ndim)
    return np.reshape(np.tensordot(g, other, axes), shape)


rule(
    np.kron,
    a=lambda g, b, shape: kron_vjp(in_pairs(g, shape, np.shape(b)), b, shape, 1),
    b=lambda g, a, shape: kron_vjp(in_pairs(g, np.shape(a), shape), a, shape, 0),
)

# ---- tensordot: what was not summed over is summed over with g ----


def tensordot_vjp(g, other, shape, axes, is_a):
    n, m = len(shape), np.ndim(other)
    if np.ndim(axes) == 0:
        axes = (range(-axes, 0), range(axes))
    summed, theirs = axes if is_a else axes[::-1]
    summed = [i % n for i in np.atleast_1d(summed)]
    theirs = [i % m for i in np.atleast_1d(theirs)]
    free = [i for i in range(n) if i not in summed]
    rest = [i for i in range(m) if i not in theirs]
    of_g = [*range(len(free), len(free) + len(rest))] if is_a else [*range(len(rest))]
    product = np.tensordot(g, other, (of_g, rest))
    order = free + [summed[k] for k in np.argsort(theirs)]
    return np.transpose(product, np.argsort(order).tolist())


rule(
    np.tensordot,
    a=lambda g, b, shape, axes: tensordot_vjp(g, b, shape, axes, True),
    b=lambda g, a, shape, axes: tensordot_vjp(g, a, shape, axes, False),
)

# ---- cross product: a · (b × c) = b · (c × a) = c · (a × b) ----


@primitive(inline=True)
def cross(a, b):
    return np.cross(a, b)


def crossed(a, b):
    if np.shape(a)[-1:] != np.shape(b)[-1:]:
        raise TypeError("cross of two-dimensional vectors cannot be differentiated; add a zero")
    return np.cross(a, b)


@composition_of(np.cross)
def cross_of(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axisb = axisc = axis
    if np.ndim(a) and np.ndim(b):
        a = np.moveaxis(a, normalize_axis_index(axisa, np.ndim(a)), -1)
        b = np.moveaxis(b, normalize_axis_index(axisb, np.ndim(b)), -1)
    c = cross(a, b)
    return np.moveaxis(c, -1, normalize_axis_index(axisc, np.ndim(c))) if axisc != -1 else c


rule(cross, broadcasts=True, a=lambda g, b: crossed(b, g), b=lambda g, a: crossed(g, a))

# ---- Einstein sums: the gradient of an operand is such a sum of the others and g ----


@primitive(inline=True)
def einsum(*operands, subscripts, optimize=False, dtype=None, casting="safe", order="K"):
    options = given(dtype=dtype, casting=casting, order=order)
    if optimize is not False:
        options["optimize"] = optimize
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
    target: list[str] = []  # the letter of each axis; none where all along it is the same
    fresh = (c for c in LETTERS if c not in "".join(terms) + output)
    for letter, n in zip(terms[i], shape):
        if letter in target:  # an identity matrix puts back the diagonal that was taken
            twin = next(fresh)
            others.append((letter + twin, np.eye(n, dtype=kind)))
            letter = twin
        elif letter not in lengths or lengths[letter] == 1 != n:
            if terms[i].count(letter) > 1:
                others.append((letter, np.ones(n, dtype=kind)))
            else:
                letter = ""
        target.append(letter)
    inputs, found = ",".join([output, *(t for t, _ in others)]), "".join(target)
    if inputs != found:
        g = np.einsum(f"{inputs}->{found}", g, *(x for _, x in others))
    if "" not in target:
        return g
    sizes = iter(np.shape(g))
    g = np.reshape(g, [next(sizes) if letter else 1 for letter in target])
    return stretched_to(g, shape, chunked(operands[i]))


rule(einsum, broadcasts=True, operands=einsum_vjp)


def spelled_out(*operands):
    """The subscripts as one string, if each operand is followed by a list of numbers."""
    lists = [operands[i] for i in range(1, len(operands), 2)]
    terms = ["".join("..." if k is ... else LETTERS[k] for k in numbers) for numbers in lists]
    output = ""
    if len(operands) % 2:
        output = "->" + "".join("..." if k is ... else LETTERS[k] for k in operands[-1])
    return ",".join(terms) + output, *operands[: 2 * len(lists) : 2]


@composition_of(np.einsum)
def einsum_of(*operands, **options):
    if not isinstance(operands[0], str):
        operands = spelled_out(*operands)
    return einsum(*operands[1:], subscripts=operands[0], **options)
