"""Arguments and results as one real vector each, so that one checker serves them all.

A tree of arrays is laid out leaf by leaf; a complex number takes two places, its real and its
imaginary part.  Then ⟨g, v⟩ = Re Σ g v is a plain dot product if g is conjugated first.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.core.trees import is_leaf, paths, rebuild, tree_leaves

Vector = NDArray[Any]
#: Kinds of dtype that vary continuously: floats, complex numbers, objects such as Fractions.
VARY = "fcO"


def varies(tree: Any) -> bool:
    """Whether a tree has leaves, and all of them floating."""
    leaves = tree_leaves(tree)
    return bool(leaves) and all(np.result_type(x).kind in VARY for x in leaves)


def flat(tree: Any) -> Vector:
    """The leaves of a tree as one real vector."""
    parts: list[Any] = []
    for leaf in map(np.asarray, tree_leaves(tree)):
        parts += (
            [leaf.real.ravel(), leaf.imag.ravel()] if leaf.dtype.kind == "c" else [leaf.ravel()]
        )
    kind = object if any(p.dtype.kind == "O" for p in parts) else np.float64
    return np.concatenate([p.astype(np.result_type(p, kind)) for p in parts] or [np.zeros(0)])


def dual(tree: Any) -> Vector:
    """Gradients or cotangents as the vector whose dot product with `flat` of changes is ⟨g, v⟩."""
    return flat([np.conjugate(x) for x in map(np.asarray, tree_leaves(tree))])


class Block(NamedTuple):
    """One leaf of the arguments, and its place in the vector."""

    name: str
    shape: tuple[int, ...]
    dtype: Any
    start: int
    stop: int

    def where(self, place: int) -> tuple[tuple[int, ...], str]:
        """The index of a place, and which part it is of a complex number."""
        i = place - self.start
        size = int(np.prod(self.shape, dtype=int))
        part = ("real part", "imaginary part")[int(i >= size)] if self.dtype.kind == "c" else ""
        return tuple(map(int, np.unravel_index(i % size, self.shape))), part

    def array(self, vector: Vector, i: complex = 1j) -> Any:
        """The leaf that is laid out here; ``i`` is -1j in a vector of gradients, made by `dual`."""
        x = vector[self.start : self.stop]
        if self.dtype.kind == "c":
            x = x[: x.size // 2] + i * x[x.size // 2 :]
        return x.reshape(self.shape)


class Layout:
    """How the arguments of a function lie in one vector."""

    def __init__(self, args: tuple[Any, ...], names: list[str]) -> None:
        self.args = args
        self.blocks: list[Block] = []
        start = 0
        for arg, name in zip(args, names):
            for path, leaf in paths(arg, name):
                x = np.asarray(leaf)
                stop = start + x.size * (2 if x.dtype.kind == "c" else 1)
                self.blocks.append(Block(path, x.shape, x.dtype, start, stop))
                start = stop
        self.vector = flat(args)

    def at(self, vector: Vector, *, wide: bool) -> Any:
        """The arguments with other numbers, in the dtype of these if ``wide``, else in theirs."""
        leaves = ((b.array(vector), b.dtype) for b in self.blocks)
        cast = (x if wide else x.astype(dtype) for x, dtype in leaves)
        return rebuild(self.args, lambda _: next(cast))


def close(a: Vector, b: Vector, rtol: float) -> bool:
    """Whether two arrays agree to ``rtol``, but for what is tiny beside the largest number."""
    size = np.max(np.abs(b), initial=0)
    tiny = 1e-4 * rtol * size
    return a.shape == b.shape and np.allclose(a, b, rtol, tiny, equal_nan=True)


def objects(values: Iterable[Any]) -> Vector:
    """An array of objects, which NumPy would not otherwise make of every kind of them."""
    return np.array([*values, None], object)[:-1]


def random_like(tree: Any, rng: np.random.Generator) -> Any:
    """Random numbers for every leaf, in its shape and dtype; zeros for integers.

    None is near 0, so that no element is missed.
    """

    def leaf(x: Any) -> Any:
        x = np.asarray(x)
        if x.dtype.kind not in VARY:
            return np.zeros(x.shape, x.dtype)
        signs = rng.choice([-1.0, 1.0], (2, *x.shape))
        sizes = rng.uniform(0.5, 1.5, (2, *x.shape))
        if x.dtype.kind == "O":
            eighths = np.asarray(signs[0] * np.ceil(8 * sizes[0]))
            return objects(Fraction(int(e), 8) for e in eighths.ravel()).reshape(x.shape)
        real, imaginary = signs * sizes
        return np.asarray(real + 1j * imaginary if x.dtype.kind == "c" else real, x.dtype)

    return rebuild(tree, leaf)


def read_only(tree: Any) -> Any:
    """The same arrays, strides included, as views that refuse to be written to."""

    def view(x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return x
        seen = x.view()
        seen.flags.writeable = False
        return seen

    return rebuild(tree, view)


def precision(dtype: Any) -> float:
    """The relative spacing of the numbers of a dtype; 0 for exact ones."""
    return float(np.finfo(dtype).eps) if dtype.kind in "fc" else 0.0


def as_fractions(tree: Any) -> Any:
    """Every float as the Fraction that it is."""

    def exact(x: Any) -> Any:
        x = np.asarray(x)
        if x.dtype.kind != "f":
            return x
        return objects(map(Fraction, x.ravel().tolist())).reshape(x.shape)

    return rebuild(tree, exact) if is_leaf(tree) or tree_leaves(tree) else tree
