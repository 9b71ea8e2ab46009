"""compile: a function that is traced when it is first called, and then runs as its program."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from functools import update_wrapper
from operator import attrgetter
from textwrap import wrap
from threading import RLock
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeVar, overload
from weakref import WeakSet

import numpy as np

from autograd_lite.calls import FUNCTION, checked
from autograd_lite.compiling.traced import Traced
from autograd_lite.core.admission import chunked
from autograd_lite.core.containers import UNKNOWN, structure
from autograd_lite.core.frames import levels_up
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import Symbol, Tracked
from autograd_lite.core.trees import parts, paths, tree_leaves
from autograd_lite.display import Text, heading, notebook, plain
from autograd_lite.native.building import HINT, is_installed, llvm
from autograd_lite.programs.matching import same
from autograd_lite.programs.owners import OWN, roots
from autograd_lite.programs.steps import AGAIN
from autograd_lite.programs.surroundings import RUNNING, Surroundings
from autograd_lite.transforms.debugging import Watched

P = ParamSpec("P")
R = TypeVar("R")

#: So many programs of one function are kept, the latest ones; a word is said at so many.
MOST, MANY = 64, 16

#: All compiled functions that are alive.
ALL: WeakSet[Compiled[..., Any]] = WeakSet()


def after_fork() -> None:
    """Let the child of a fork trace: who held a lock is not in it."""
    for one in ALL:
        one.lock = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)


class Compiled(Generic[P, R]):
    """A function that runs as its program: see `compile`.

    ``backend`` is what runs it, ``programs`` are those made so far, the latest first.
    """

    def __init__(self, f: Callable[P, R], backend: str | None = None) -> None:
        FUNCTION.check("compile", "f", f)
        if backend not in (None, "numpy", "native"):
            raise ValueError(
                f"compile: there is no backend {backend!r}; there are 'numpy' and 'native'"
            )
        if backend == "native":
            llvm()  # or say how it is installed
        update_wrapper(self, f)  # first: what a function wraps may be another of these
        self.f = f
        self.backend = backend or ("native" if is_installed() else "numpy")
        #: Why there is nothing native, where nobody asked for that.
        self.why = "" if backend or is_installed() else f"; {HINT}"
        self.programs: list[Traced] = []
        self.lock = RLock()
        ALL.add(self)
        self.said: set[str] = set()

    def __repr__(self) -> str:
        return f"<compiled {self.name}: {', '.join(self.facts)}>"

    @notebook
    def _repr_html_(self) -> str:
        return heading(f"compiled {self.name}", *self.facts) + plain(self.report())

    @property
    def facts(self) -> tuple[str, str]:
        n = len(self.programs)
        return f"{n} program{'s' * (n != 1)}", f"backend {self.backend!r}"

    def report(self) -> str:
        """What of each program runs natively, and what NumPy runs, with reasons and remedies.

        >>> import numpy as np, autograd_lite as al
        >>> wave = al.compile(np.sin, backend="numpy")
        >>> wave(np.zeros(2)), wave.report()
        (array([0., 0.]), 'program of x (2,): NumPy throughout')
        """
        lines = [] if self.programs else ["no program so far: the first call makes one"]
        for program in self.programs:
            inputs = ", ".join(f"{v.path} {v.shape}" for v in program.listing.inputs)
            if program.account is None:
                lines.append(f"program of {inputs}: NumPy throughout{self.why}")
                continue
            lines.append(f"program of {inputs}")
            lines += [f"  {line}" for line in str(program.account).splitlines()]
        return Text("\n".join(broken for line in lines for broken in wrapped(line)))

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

    def __call__(self, *args: P.args, **options: P.kwargs) -> R:
        if not options and KIND.get(Tensor) is not Watched:
            for program in self.programs:
                if program.direct is not None:
                    found = program.direct(args)
                    if found is not None:
                        return found  # type: ignore[no-any-return]
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
                return program.run(*leaves, *captured)  # type: ignore[no-any-return]
            except Exception as error:
                if str(error) == AGAIN:
                    continue
            return self.f(*args, **options)  # which may expect the error, or says where it was
        return self.first(args, options)  # type: ignore[no-any-return]

    def first(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """A call for which there is no program, or for which one is not wanted."""
        try:
            leaves = tree_leaves((args, options))
        except TypeError:
            leaves = self.named(args, options)  # which says it by name
        if any(map(is_graph, leaves)):
            return self.f(*args, **options)
        surroundings = Surroundings(self.f, roots((args, options)))
        if any(is_graph(place.value) for place in surroundings.places):
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
            program, result = self.traced(args, options)
            self.programs = [program, *self.programs[: MOST - 1]]
        if len(self.programs) >= MANY:
            self.say(
                "many",
                f"{self!r} has been traced {MANY} times: each new structure, shape, dtype, truth "
                f"value or number that it reads from outside makes another program; pass numbers "
                f"that change as arguments",
            )
        return result

    def traced(self, args: tuple[Any, ...], options: dict[str, Any]) -> tuple[Traced, Any]:
        """A new program, and what it returns, which is compared with what the function does."""
        named = self.named(args, options)
        for _ in range(3):  # the first call may fill a cache, or import something
            surroundings = Surroundings(self.f, roots((args, options)))
            with np.errstate(all="call", call=say_nothing):
                program = Traced(self.f, surroundings, args, options, named, self.backend)
                found, changed = program.called(args, options), surroundings.changed()
            if changed is None:
                break
        else:
            raise TypeError(
                f"{self.name} writes to {changed}, which it reads from outside, and a program "
                f"writes to nothing: return the new value, and store it outside of the function"
            )
        if not program.checked:
            return program, found
        expected = self.f(*args, **options)
        path = difference(expected, found)
        if path is not None:
            raise TypeError(
                f"{self.name} and its program differ in the result{path}: it asks what kind of "
                f"object it got, as by isinstance, or depends on something that changes; use "
                f"np.ndim and dtype, and pass what changes as an argument"
            )
        return program, found

    @property
    def name(self) -> str:
        return str(getattr(self.f, "__name__", self.f))

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
        path = difference(result, other)
        if path is not None:
            raise RuntimeError(
                f"{self!r} differs from the function itself in its result{path}: it reads "
                f"something that has changed; pass that as an argument"
            )
        return result

    def say(self, what: str, text: str) -> None:
        """Warn, once."""
        if what not in self.said:
            self.said.add(what)
            warnings.warn(text, stacklevel=levels_up())


@overload
def compile(f: Callable[P, R], *, backend: str | None = None) -> Compiled[P, R]: ...
@overload
def compile(
    f: None = None, *, backend: str | None = None
) -> Callable[[Callable[P, R]], Compiled[P, R]]: ...


@checked()
def compile(f: Any = None, *, backend: str | None = None) -> Any:
    """``f`` as a program: traced once for each structure, shape and dtype that it meets, then run.

    Values, dtypes, errors and bits are those of ``f``, and the calls cost as little as NumPy's own.
    Works as a decorator too.  ``backend`` is ``"numpy"``, ``"native"``, which needs llvmlite, or
    None for the best that is installed.

    Arrays of floats that ``f`` reads from outside are read at each call.  Numbers, texts, flags and
    arrays of whole numbers are compared at each call, and a change makes another program; so does a
    truth value among the arguments.  A branch on numbers raises TypeError, as in `trace`; so does a
    function that is not the same twice: it draws random numbers or reads a clock.  Inside of
    another derivative, trace or compiled function, and on Dask arrays, ``f`` itself runs.  `debug`
    runs ``f`` and compares.

    >>> import numpy as np, autograd_lite as al
    >>> step = al.compile(al.grad(lambda w, x: np.sum(np.tanh(w * x))), backend="numpy")
    >>> step(np.zeros(2), np.ones(2)), step.backend
    (array([1., 1.]), 'numpy')
    """
    if f is None:
        return lambda function: compile(function, backend=backend)
    return Compiled(f, backend)


RUNNING.add(Compiled)


def is_graph(x: Any) -> bool:
    """Whether ``x`` is a part of something else that is recorded, or is computed later, by Dask."""
    return isinstance(x, (Tracked, Symbol)) or chunked(x) is not None


def difference(result: Any, other: Any) -> str | None:
    """The path to the first leaf that is not the same to the bit; None if all are."""
    before, after = list(paths(result)), list(paths(other))
    for (path, x), (_, y) in zip(before, after):
        a, b = np.asarray(x), np.asarray(y)
        if type(x) is not type(y) or (a.shape, a.dtype) != (b.shape, b.dtype):
            return path
        exact = a.dtype.hasobject or a.dtype.char in "gG"  # whose bits are not all its own
        if not (np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") if exact else same(x, y)):
            return path
    return None if len(before) == len(after) else ""


def wrapped(line: str) -> list[str]:
    """A line of a report in pieces that fit a page."""
    return wrap(line, 100, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def say_nothing(error: str, flag: int) -> None:
    """What is said of numbers while a program is traced: it will be said when it runs."""
