"""Batches: streams of single samples and of minibatches, with or without an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from autograd_lite.calls import checked, maybe, told
from autograd_lite.display import heading, notebook
from nn.calls import COUNT, GENERATOR, SIZE, STREAM
from nn.data.columns import as_data
from nn.data.generators import check_state
from nn.display import fields_table, fields_text

BLOCK = 4096  # indices drawn at a time, since a generator takes microseconds per call


@checked(rng=GENERATOR, steps=maybe(COUNT))
def samples(
    x: Any, y: Any, rng: np.random.Generator, steps: int | None = None
) -> Iterator[tuple[Any, Any]]:
    """Single samples drawn with replacement, without end or ``steps`` times.  (BU, "vanilla" SGD)

    Lists, tables and their columns become arrays.  Raises TypeError for what is no number, and
    ValueError unless there are as many inputs as targets, and at least one.

    >>> import numpy as np, nn
    >>> x, y = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    >>> all(b - a == 1 for a, b in nn.samples(x, y, np.random.default_rng(0), steps=5))
    True
    """
    x, y = as_data("samples", "x", x), as_data("samples", "y", y)
    if len(x) != len(y) or not len(x):
        raise ValueError(f"samples: {len(x)} inputs and {len(y)} targets; one for one are needed")
    return Samples((x, y), rng, steps)


class Samples:
    """Single samples drawn with replacement: see `samples`."""

    def __init__(self, arrays: Any, rng: np.random.Generator, steps: int | None) -> None:
        self.arrays, self.rows = arrays, list(zip(*arrays))
        self.rng, self.steps = rng, steps
        self._drawn: Any = ()  # indices, of which so many are given
        self._given = 0
        self._listed: list[int] = []  # the same, for one by one

    def __repr__(self) -> str:
        return f"<single samples, drawn from {len(self.rows):,}>"

    def __iter__(self) -> Samples:
        return self

    def __next__(self) -> Any:
        if self._given == len(self._drawn):
            self._draw()
        if not self._listed:
            self._listed = self._drawn.tolist()
        self._given += 1
        return self.rows[self._listed[self._given - 1]]

    def _draw(self) -> None:
        n = BLOCK if self.steps is None else min(BLOCK, self.steps)
        if n <= 0:
            raise StopIteration
        self._drawn = self.rng.integers(len(self.rows), size=n)
        self._given, self._listed = 0, []
        if self.steps is not None:
            self.steps -= n

    def mark(self) -> Callable[[], None]:
        """A function that goes back to where this stands, with the generator."""
        state, parts = self.rng.bit_generator.state, dict(vars(self))

        def go_back() -> None:
            vars(self).update(parts)
            self.rng.bit_generator.state = state

        return go_back

    def ahead(self, most: int) -> tuple[Any, ...] | None:
        """The samples that come next, at most so many, stacked; None where they cannot be.

        The generator is moved as by drawing them one by one.
        """
        found: list[Any] = []
        while can_be_stacked(self.arrays) and most > 0:
            if self._given == len(self._drawn):
                try:
                    self._draw()
                except StopIteration:
                    break
            found.append(self._drawn[self._given : self._given + most])
            self._given, most = self._given + len(found[-1]), most - len(found[-1])
        if not found:
            return None
        rows = np.concatenate(found)
        return tuple([array[rows] for array in self.arrays])


def can_be_stacked(arrays: Any) -> bool:
    """Whether rows of the arrays lie in memory as those of their copies do, as sums may notice."""
    return all(type(x) is np.ndarray and x.flags.c_contiguous for x in arrays)


@checked(stream=STREAM, size=SIZE)
def online(stream: Iterable[tuple[Any, ...]], size: int) -> Iterator[tuple[Any, ...]]:
    """Minibatches of ``size`` samples from a stream, as they come and each once.  (BU, "online")

    The samples are tuples such as (x, y), and their number need not be known.  Only one batch is
    held at a time, and the last batch is the rest.

    >>> import numpy as np, nn
    >>> [x.tolist() for x, y in nn.online(((i, i * i) for i in range(5)), size=2)]
    [[0, 1], [2, 3], [4]]
    """
    stream = iter(stream)
    while batch := list(islice(stream, size)):
        try:
            parts = [*zip(*batch, strict=True)]
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"online: stream gave {told(batch[0])}, {error}; it gives tuples of one length, "
                f"such as (x, y), so use zip(x, y)"
            ) from None
        yield tuple(map(np.stack, parts))


class Batches:
    """Minibatches of ``size`` rows, epoch after epoch, the same rows of every array.

    By default each epoch goes once through a new permutation of the n samples, drawn from ``rng``.
    With ``replace=True`` an epoch is n independent draws.  Without a generator it is the samples in
    their order.  (OV, p. 3; LI algorithm 5.3)  If ``size`` does not divide n, the last batch of an
    epoch is smaller, or left out with ``drop_last=True``.

    This is an iterator over ``epochs`` epochs, or without end; ``len(batches)`` counts the batches
    of one epoch.  Like the generator it draws from, it moves on as it is used.  The tree `position`
    says where it stands, and `move_to` goes there, in this process or another.

    Lists, tables and their columns become arrays.  Raises ValueError for arrays of several lengths
    or of none, and for a size of which no batch can be made.  Raises TypeError for a ``size`` or
    ``rng`` of another type, and for what is no number, such as labels that are texts.

    >>> import numpy as np, nn
    >>> x = np.arange(5)
    >>> batches = nn.Batches(x, -x, size=2, rng=np.random.default_rng(0), epochs=1)
    >>> [len(rows) for rows, _ in batches]
    [2, 2, 1]
    """

    @checked(size=SIZE, rng=maybe(GENERATOR), epochs=maybe(COUNT))
    def __init__(
        self,
        *arrays: Any,
        size: int,
        rng: np.random.Generator | None = None,
        replace: bool = False,
        drop_last: bool = False,
        epochs: int | None = None,
    ) -> None:
        arrays = tuple(as_data("Batches", f"arrays[{i}]", a) for i, a in enumerate(arrays))
        lengths = [len(array) for array in arrays]
        if not lengths or min(lengths) != max(lengths) or not lengths[0]:
            raise ValueError(f"Batches: arrays of one positive length are needed, not of {lengths}")
        least = lengths[0] if drop_last else None
        if size < 1 or (least is not None and size > least):
            raise ValueError(
                f"Batches: no batch of {size} can be made of {lengths[0]} samples; "
                f"give a size of at most {lengths[0]}, or drop_last=False"
            )
        if replace and rng is None:
            raise ValueError("Batches: replace=True draws at random; give it rng=default_rng(seed)")
        self.arrays, self.samples, self.size = arrays, lengths[0], size
        self.rng, self.replace, self.drop_last, self.epochs = rng, replace, drop_last, epochs
        self.epoch = 0  # epochs begun
        self.given = 0  # batches given in this one
        self._order: Any = None
        self._drawn_from: Any = None  # the state of the generator before the order was drawn

    def __repr__(self) -> str:
        shapes = ", ".join(str(array.shape) for array in self.arrays)
        return (
            f"<Batches of {self.size} rows of {shapes}; {self.given} given of epoch {self.epoch}>"
        )

    def _told(self) -> tuple[list[str], dict[str, Any]]:
        told = {f"arrays[{i}]": array for i, array in enumerate(self.arrays)}
        told |= {name: getattr(self, name) for name in ("size", "epochs", "replace", "drop_last")}
        return [f"{len(self)} in an epoch", f"{self.given} given of epoch {self.epoch}"], told

    @notebook
    def _repr_html_(self) -> str:
        facts, told = self._told()
        return heading("Batches", *facts) + fields_table(told)

    def __str__(self) -> str:
        facts, told = self._told()
        return "\n".join([", ".join(["Batches", *facts]), fields_text(told)])

    def __len__(self) -> int:
        full, rest = divmod(self.samples, self.size)
        return full + bool(rest and not self.drop_last)

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> tuple[Any, ...]:
        if self._order is None or self.given == len(self):
            if self.epochs is not None and self.epoch >= self.epochs:
                raise StopIteration
            self._begin()
        rows = self._order[self.given * self.size : (self.given + 1) * self.size]
        self.given += 1
        return tuple(array[rows] for array in self.arrays)

    def mark(self) -> Callable[[], None]:
        """A function that goes back to where this stands, with the generator."""
        parts, rng = dict(vars(self)), self.rng
        state: Any = None if rng is None else rng.bit_generator.state

        def go_back() -> None:
            vars(self).update(parts)
            if rng is not None:
                rng.bit_generator.state = state

        return go_back

    def ahead(self, most: int) -> tuple[Any, ...] | None:
        """The batches that come next, at most so many, stacked; None where they cannot be.

        It ends before a batch that is smaller.  The generator moves as one by one.
        """
        found: list[Any] = []
        while can_be_stacked(self.arrays) and most > 0:
            if self._order is None or self.given == len(self):
                if self.epochs is not None and self.epoch >= self.epochs:
                    break
                self._begin()
            n = min(most, self.samples // self.size - self.given)
            if n < 1:
                break
            found.append(self._order[self.given * self.size : (self.given + n) * self.size])
            self.given, most = self.given + n, most - n
        if not found:
            return None
        rows = np.concatenate(found).reshape(-1, self.size)
        return tuple([array[rows] for array in self.arrays])

    def _begin(self) -> None:
        n, rng = self.samples, self.rng
        if rng is None:
            self._order = np.arange(n)
        else:
            self._drawn_from = rng.bit_generator.state
            self._order = rng.integers(n, size=n) if self.replace else rng.permutation(n)
        self.epoch, self.given = self.epoch + 1, 0

    @property
    def _kind(self) -> dict[str, Any]:
        names = ("samples", "size", "replace", "drop_last")
        return {name: getattr(self, name) for name in names}

    @property
    def position(self) -> dict[str, Any]:
        """Where the iterator stands: a tree of numbers and strings.

        It holds the state of the generator now, and the one before the epoch's order was drawn, so
        that the order can be drawn again.

        >>> import numpy as np, nn
        >>> batches = nn.Batches(np.arange(5), size=2)
        >>> _ = next(batches)
        >>> batches.position["epoch"], batches.position["given"]
        (1, 1)
        """
        return {
            **self._kind,
            "epoch": self.epoch,
            "given": self.given,
            "drawn_from": self._drawn_from,
            "generator": None if self.rng is None else self.rng.bit_generator.state,
        }

    def move_to(self, position: dict[str, Any]) -> None:
        """Go to ``position``, with the generator: the next batch is the one that came next there.

        Raises ValueError if the position is one among other batches, or none; nothing has moved
        then.

        >>> import numpy as np, nn
        >>> x = np.arange(100)
        >>> a = nn.Batches(x, size=10, rng=np.random.default_rng(0))
        >>> b = nn.Batches(x, size=10, rng=np.random.default_rng(1))
        >>> _ = next(a)
        >>> b.move_to(a.position)
        >>> bool(np.all(next(b)[0] == next(a)[0]))
        True
        """
        self._check(position)
        epoch, state = position["epoch"], position["generator"]
        if self.rng is not None:
            self.rng.bit_generator.state = position["drawn_from"] if epoch else state
        if epoch:
            self._begin()
        else:
            self._order = self._drawn_from = None
        if self.rng is not None:
            self.rng.bit_generator.state = state
        self.epoch, self.given = epoch, position["given"]

    def _check(self, position: dict[str, Any]) -> None:
        """Raise ValueError unless this is a position among these batches; nothing moves."""
        there = {name: position.get(name) for name in self._kind}
        if there != self._kind:
            raise ValueError(f"Batches: the position is one among {there}, these are {self._kind}")
        if (position["generator"] is None) != (self.rng is None):
            raise ValueError("Batches: one of position and batches has a generator, the other none")
        epoch, given, before = position["epoch"], position["given"], position["drawn_from"]
        for name, count, most in (("epoch", epoch, None), ("given", given, len(self))):
            if type(count) is not int or count < 0 or (most is not None and count > most):
                until = "" if most is None else f" up to {most}"
                raise ValueError(f"Batches: {name} is {count!r}, and counts from 0{until}")
        if given and not epoch:
            raise ValueError(f"Batches: {given} batches are given, and no epoch has begun")
        if self.rng is not None:
            check_state(self.rng, position["generator"])
            if epoch:
                check_state(self.rng, before)
