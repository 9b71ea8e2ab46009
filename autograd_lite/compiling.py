"""compile: a function that is traced when it is first called, and then runs as its program."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import update_wrapper
from operator import attrgetter
from threading import RLock
from types import MethodType
from typing import Any

import numpy as np

from autograd_lite.core.containers import LEAF, STATIC, UNKNOWN, structure
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import Symbol, Tracked
from autograd_lite.core.trees import children, is_leaf, paths, rebuild, tree_leaves
from autograd_lite.programs.bodies import Bodied, Scan
from autograd_lite.programs.fusing import fuse
from autograd_lite.programs.lifting import lifted
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.matching import builder, matcher
from autograd_lite.programs.sharing import share
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import AGAIN, GUARDING, fingerprint
from autograd_lite.programs.surroundings import OWN, RUNNING, Surroundings
from autograd_lite.programs.tracing import output, write_down
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
        update_wrapper(self, f)  # first: what a function wraps may be another of these
        self.f = f
        self.backend = backend or "numpy"
        self.programs: list[Traced] = []
        self.lock = RLock()
        self.said: set[str] = set()

    def __repr__(self) -> str:
        name = getattr(self.f, "__name__", self.f)
        return f"<compiled {name}: {len(self.programs)} programs, backend {self.backend!r}>"

    def __reduce__(self) -> Any:
        """A copy or pickle is the function, by its name where that is this; programs stay here."""
        module, name = getattr(self, "__module__", ""), getattr(self, "__qualname__", "")
        try:
            if attrgetter(name)(sys.modules[module]) is self:
                return name
        except (AttributeError, KeyError):
            pass
        if isinstance(self.f, MethodType) and isinstance(vars(self.f.__self__).get(OWN), dict):
            return getattr, (self.f.__self__, self.f.__name__)
        return Compiled, (self.f, self.backend)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The method of an instance: of a tree, whose arrays are arguments, or of another object.

        Then its programs are the instance's, and go with it.
        """
        if instance is None:
            return self
        kind: Any = type(instance)
        if structure(kind) is not UNKNOWN:
            return MethodType(self, instance)
        if not hasattr(instance, "__dict__"):
            raise TypeError(
                f"{self!r} has no place for the programs of an instance of "
                f"{kind.__name__}; add '__dict__' to __slots__"
            )
        own = vars(instance).setdefault(OWN, {})
        found = own.get(id(self))
        if found is None or found.f.__self__ is not instance:  # that of what it is a copy of
            found = Compiled(self.f.__get__(instance, owner), self.backend)
            vars(instance)[OWN] = {**own, id(self): found}
        return found

    def __call__(self, *args: Any, **options: Any) -> Any:
        given = (args, options) if options else args
        for program in self.programs:
            leaves = program.match(given)
            if leaves is None or program.has_options is not bool(options):
                continue
            if KIND.get(Tensor) is Watched:
                break
            captured = program.captured()
            if captured is None:
                continue
            try:
                return program.run(*leaves, *captured)
            except Exception as error:
                if str(error) == AGAIN:
                    continue
            return self.f(*args, **options)  # which may expect the error, or says where it was
        return self.first(args, options)

    def first(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """A call for which there is no program, or for which one is not wanted."""
        try:
            leaves = tree_leaves((args, options))
        except TypeError:
            leaves = self.named(args, options)  # which says it by name
        if any(isinstance(x, (Tracked, Symbol)) for x in leaves):
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
        with self.lock, np.errstate(all="call", call=say_nothing):
            program = Traced(self.f, surroundings, args, options, self.named(args, options))
            self.programs = [program, *self.programs[: MOST - 1]]
        if len(self.programs) >= MANY:
            self.say(
                "many",
                f"{self!r} has been traced {MANY} times: each new structure, shape, dtype, truth "
                f"value or number that it reads from outside makes another program; pass numbers "
                f"that change as arguments",
            )
        try:
            return program.run(*program.leaves(args, options), *surroundings.now)
        except Exception:
            pass
        return self.f(*args, **options)

    def named(self, args: tuple[Any, ...], options: dict[str, Any]) -> list[tuple[str, Any]]:
        """The arguments with their names; TypeError for what a program cannot have as one."""
        named = [*zip(argument_names(self.f, len(args)), args), *options.items()]
        for name, arg in named:
            for x in parts(arg):
                if isinstance(x, np.random.Generator):
                    raise TypeError(
                        f"{name} is a generator, and a program is not random: draw the numbers "
                        f"outside, and pass them as an argument"
                    )
                kind: Any = type(x)
                if structure(kind) is UNKNOWN:
                    raise TypeError(
                        f"{name} holds a {kind.__name__}, and the arrays in it cannot be found: "
                        f"pass a dict, list, tuple, named tuple or dataclass, or have the function "
                        f"read it from outside"
                    )
        return named

    def compared(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Under `debug`: what the function returns, and RuntimeError if its program differs."""
        result = self.f(*args, **options)
        outer = KIND.get()
        try:
            KIND.set(Tensor)
            other = self(*args, **options)
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


def say_nothing(error: str, flag: int) -> None:
    """What is said of numbers while a program is traced: it will be said when it runs."""


class Traced:
    """One program of a function: which calls it is for, and what runs it."""

    def __init__(
        self,
        f: Callable[..., Any],
        surroundings: Surroundings,
        args: tuple[Any, ...],
        options: dict[str, Any],
        named: Sequence[tuple[str, Any]],
    ) -> None:
        self.surroundings = surroundings
        self.has_options = bool(options)
        tree = (args, options) if options else args
        names = [f"{name}{path}" for name, x in named for path, leaf in paths(x)
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


def parts(tree: Any) -> Iterator[Any]:
    """Everything in a tree, itself included."""
    yield tree
    for _, part in children(tree):
        yield from parts(part)


def roots(tree: Any) -> list[Any]:
    """What runs or is read besides the leaves of arguments: functions, and kinds of containers."""
    found = []
    for x in parts(tree):
        kind: Any = type(x)
        how = structure(kind)
        if how is STATIC:
            found.append(x)
        elif how is not LEAF and kind not in (list, tuple, dict):
            found += [kind, *[getattr(x, name) for name in how.static]]
    return found


def optimized(listing: Listing, *, blocks: bool = True) -> Listing:
    """A program that does the same in less time: nothing twice, large arrays block by block."""
    steps, outputs = share(listing.steps, listing.outputs)
    for step in steps:
        if step.settings and step.result.shape is not None and step.function not in GUARDING:
            step.function = Under(step.function, step.settings)
        if isinstance(step.function, Bodied):
            step.function = step.function.with_bodies(*map(optimized, step.function.bodies))
    steps = fuse(steps, outputs) if blocks else steps
    args, parameters = listing.args, listing.parameters
    return Listing(listing.name, parameters, args, listing.inputs, steps, outputs, listing.result)


class Under:
    """A function that runs under some settings of `np.errstate`, as where it was traced."""

    def __init__(self, function: Callable[..., Any], settings: dict[str, Any]) -> None:
        self.function, self.settings = function, settings
        self.__name__ = getattr(function, "__name__", "function")

    def __call__(self, *args: Any, **options: Any) -> Any:
        with np.errstate(**self.settings):
            return self.function(*args, **options)


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
