"""compile: a function that is traced when it is first called, and then runs as its program."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import update_wrapper
from threading import RLock
from typing import Any

import numpy as np

from autograd_lite.core.containers import LEAF, STATIC, container
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import Symbol, Tracked
from autograd_lite.core.trees import is_leaf, paths, rebuild, tree_leaves
from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.fusing import fuse
from autograd_lite.programs.lifting import lifted
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.matching import builder, matcher
from autograd_lite.programs.sharing import share
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import AGAIN, fingerprint
from autograd_lite.programs.surroundings import RUNNING, Surroundings
from autograd_lite.programs.tracing import argument_names, output, write_down
from autograd_lite.readers.source.module import compiled
from autograd_lite.transforms.debugging import Watched

#: So many programs of one function are kept, the latest ones; a word is said at so many.
MOST, MANY = 64, 16


class Compiled:
    """A function that runs as its program: see `compile`.

    ``backend`` is what runs it, ``programs`` are those made so far, the latest first.
    """

    def __init__(self, f: Callable[..., Any], backend: str | None = None) -> None:
        if not callable(f):
            raise TypeError(f"compile takes a function, and got {type(f).__name__}")
        if backend not in (None, "numpy"):
            raise ValueError(f"there is no backend {backend!r}; there is 'numpy'")
        self.f = f
        self.backend = backend or "numpy"
        self.programs: list[Traced] = []
        self.lock = RLock()
        self.said: set[str] = set()
        update_wrapper(self, f)

    def __repr__(self) -> str:
        name = getattr(self.f, "__name__", self.f)
        return f"<compiled {name}: {len(self.programs)} programs, backend {self.backend!r}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The method of an instance, where a method was compiled."""
        return self if instance is None else Compiled(self.f.__get__(instance, owner), self.backend)

    def __call__(self, *args: Any, **options: Any) -> Any:
        given = (args, options) if options else args
        for program in self.programs:
            leaves = program.match(given)
            if leaves is None or program.has_options is not bool(options):
                continue
            if KIND.get(Tensor) is Watched:
                break
            captured = program.captured()
            if captured is not None:
                try:
                    return program.run(*leaves, *captured)
                except ValueError as error:
                    if str(error) != AGAIN:
                        raise
        return self.first(args, options)

    def first(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """A call for which there is no program, or for which one is not wanted."""
        if any(isinstance(x, (Tracked, Symbol)) for x in tree_leaves((args, options))):
            return self.f(*args, **options)  # it is a part of something else that is recorded
        surroundings = Surroundings(self.f, roots((args, options)))
        if any(isinstance(place.value, (Tracked, Symbol)) for place in surroundings.places):
            return self.f(*args, **options)
        if KIND.get(Tensor) is Watched:
            return self.compared(args, options)
        if surroundings.frozen:
            self.say(
                "frozen",
                f"{self!r} reads more from outside than can be looked at in each call; what it "
                f"read when it was traced is frozen; pass it as arguments",
            )
        with self.lock:
            program = Traced(self.f, surroundings, args, options)
            self.programs = [program, *self.programs[: MOST - 1]]
        if len(self.programs) >= MANY:
            self.say(
                "many",
                f"{self!r} has been traced {MANY} times: each new structure, shape, dtype, truth "
                f"value or number that it reads from outside makes another program; pass numbers "
                f"that change as arguments",
            )
        return program.run(*program.leaves(args, options), *surroundings.now)

    def compared(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Under `debug`: what the function returns, and RuntimeError if its program differs."""
        result = self.f(*args, **options)
        outer = KIND.get()
        try:
            KIND.set(Tensor)
            other = Compiled(self.f, self.backend)(*args, **options)
        finally:
            KIND.set(outer)
        for (path, x), (_, y) in zip(paths(result), paths(other), strict=True):
            x, y = np.asarray(x), np.asarray(y)
            if x.dtype != y.dtype or not np.array_equal(x, y, equal_nan=x.dtype.kind in "fc"):
                raise RuntimeError(
                    f"{self!r} differs from the function itself in its result{path}: it reads "
                    f"something that has changed; pass that as an argument"
                )
        return result

    def say(self, what: str, text: str) -> None:
        """Warn, once."""
        if what not in self.said:
            self.said.add(what)
            warnings.warn(text, stacklevel=4)


def compile(f: Any = None, *, backend: str | None = None) -> Any:
    """``f`` as a program: traced once for each structure, shape and dtype that it meets, then run.

    Values, dtypes, errors and bits are those of ``f``, and the calls cost as little as NumPy's own.
    Works as a decorator too.  ``backend`` is ``"numpy"``, or None for the best there is.

    Arrays of floats that ``f`` reads from outside are read at each call.  Numbers, texts, flags and
    arrays of whole numbers are compared at each call, and a change makes another program; so does a
    truth value among the arguments.  A branch on numbers raises TypeError, as in `trace`; so does a
    function that is not the same twice: it draws random numbers or reads a clock.  Inside of
    another derivative, trace or compiled function, ``f`` itself runs.  `debug` runs ``f`` and
    compares.

    >>> import numpy as np, autograd_lite as al
    >>> step = al.compile(al.grad(lambda w, x: np.sum(np.tanh(w * x))))
    >>> step(np.zeros(2), np.ones(2)), step.backend
    (array([1., 1.]), 'numpy')
    """
    if f is None:
        return lambda function: compile(function, backend=backend)
    return Compiled(f, backend)


RUNNING.add(Compiled)


class Traced:
    """One program of a function: which calls it is for, and what runs it."""

    def __init__(
        self,
        f: Callable[..., Any],
        surroundings: Surroundings,
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> None:
        self.surroundings = surroundings
        self.has_options = bool(options)
        tree = (args, options) if options else args
        for name, x in [*zip(argument_names(f, len(args)), args), *options.items()]:
            if isinstance(x, np.random.Generator):
                raise TypeError(
                    f"{name} is a generator, and a program is not random: draw the numbers "
                    f"outside, and pass them as an argument"
                )
        names = [f"{n}{path}" for n, x in zip(argument_names(f, len(args)), args)
                 for path, leaf in paths(x) if type(leaf) is not bool]  # fmt: skip
        names += [f"{name}{path}" for name, x in options.items() for path, leaf in paths(x)
                  if type(leaf) is not bool]  # fmt: skip
        hidden = surroundings.arrays
        names += [place.text for place in hidden]
        self.kinds = [(place.value.shape, place.value.dtype) for place in hidden]
        leaves = [*self.leaves(args, options), *[place.value for place in hidden]]

        def flat(*leaves: Any) -> Any:
            following = iter(leaves)
            shown = rebuild((args, options), lambda x: x if type(x) is bool else next(following))
            instead = {id(place): x for place, x in zip(hidden, following)}
            run = lifted(surroundings, lambda place: instead[id(place)])
            return run(*shown[0], **shown[1])

        listing, structure, text = written(flat, leaves, names)
        self.free = looped_over(listing, len(leaves) - len(hidden))
        longer = [lengthened(x) if i in self.free else x for i, x in enumerate(leaves)]
        if self.free and not is_written_as(text, flat, longer, names):
            self.free = {}
        if not self.free and written(flat, leaves, names)[2] != text:
            raise TypeError(
                f"{getattr(f, '__name__', f)} was traced twice, and was two different programs: "
                f"it draws random numbers, reads a clock or counts; pass that as an argument, or "
                f"as xs of a scan"
            )
        self.match = matcher(tree, self.free)
        self.listing = listing
        self.run = self.prepared(structure)

    def leaves(self, args: tuple[Any, ...], options: dict[str, Any]) -> list[Any]:
        return [x for x in tree_leaves((args, options)) if type(x) is not bool]

    def captured(self) -> list[Any] | None:
        """The arrays that are read from outside, as they are now; None if something changed."""
        now = self.surroundings.now
        for x, (shape, dtype) in zip(now, self.kinds):
            if type(x) is not np.ndarray or x.shape != shape or x.dtype != dtype:
                return None
        return now if self.surroundings.unchanged() else None

    def prepared(self, structure: Any) -> Callable[..., Any]:
        """The function of all leaves that runs the program."""
        n = len(self.listing.outputs)
        self.listing.result = 0.0 if n == 1 else tuple([0.0] * n)
        final = optimized(self.listing, blocks=not self.free)
        bare, build = compiled(final, check=False), builder(structure)
        if n == 0:
            return lambda *leaves: build()
        if n > 1:
            return lambda *leaves: build(*bare(*leaves))
        return bare if is_leaf(structure) else lambda *leaves: build(bare(*leaves))


def roots(tree: Any) -> list[Any]:
    """What runs or is read besides the leaves of arguments: functions, and kinds of containers."""
    kind: Any = type(tree)
    how = container(kind)
    if how is STATIC:
        return [tree]
    found = [kind] if how is not LEAF and kind not in (list, tuple, dict) else []
    found += [getattr(tree, name) for name in how.static]
    return found + [x for part in how.parts(tree) for x in roots(part)]


def optimized(listing: Listing, *, blocks: bool = True) -> Listing:
    """A program that does the same in less time: nothing twice, large arrays block by block."""
    steps, outputs = share(listing.steps, listing.outputs)
    for step in steps:
        if isinstance(step.function, Scan):
            step.function = step.function.with_body(optimized(step.function.body))
    steps = fuse(steps, outputs) if blocks else steps
    args, parameters = listing.args, listing.parameters
    return Listing(listing.name, parameters, args, listing.inputs, steps, outputs, listing.result)


def looped_over(listing: Listing, n: int) -> dict[int, int]:
    """The places of the inputs, among the first ``n``, that loops go over, with their lengths."""
    over = [v for step in listing.steps if isinstance(step.function, Scan)
            for v in step.args[step.function.outside + step.function.carried :]]  # fmt: skip
    return {i: v.shape[0] for i, v in enumerate(listing.inputs[:n]) if v in over and v.shape}


def lengthened(x: Any) -> Any:
    """The same array with another row."""
    return np.concatenate([x, x[-1:]])


def is_written_as(text: Any, flat: Callable[..., Any], leaves: Sequence[Any], names: Any) -> bool:
    """Whether a function has the same program for other arguments."""
    try:
        return bool(written(flat, leaves, names)[2] == text)
    except Exception:  # it may work for the length that it got and no other
        return False


def written(
    flat: Callable[..., Any], leaves: Sequence[Any], names: Sequence[str]
) -> tuple[Listing, Any, Any]:
    """The program of a function of leaves, the structure of its result, and what tells it apart.

    That is its text and the shapes that the function read, since it may branch on these.
    """
    trace, result = write_down(flat, tuple(leaves), names)
    steps, outputs = simplify(trace.steps, [output(x) for x in tree_leaves(result)])
    parameters = [value.path or "" for value in trace.inputs]
    listing = Listing("program", parameters, tuple(leaves), trace.inputs, steps, outputs, 0.0)
    text = fingerprint(listing.inputs, steps, outputs), trace.assumes.shapes
    return listing, rebuild(result, lambda _: 0.0), text
