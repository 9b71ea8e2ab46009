"""One program of a function: which calls it is for, and what runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.compiling.direct import direct
from autograd_lite.core.trees import is_leaf, paths, rebuild, tree_leaves
from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.lifting import Lifted
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.matching import builder, matcher
from autograd_lite.programs.optimizing import optimized
from autograd_lite.programs.simplify import simplify
from autograd_lite.programs.steps import fingerprint
from autograd_lite.programs.surroundings import Surroundings
from autograd_lite.programs.tracing import output, write_down
from autograd_lite.readers.source.module import compiled


class Traced:
    """One program of a function: which calls it is for, and what runs it."""

    def __init__(
        self,
        f: Callable[..., Any],
        surroundings: Surroundings,
        args: tuple[Any, ...],
        options: dict[str, Any],
        named: Sequence[tuple[str, Any]],
        backend: str,
    ) -> None:
        self.surroundings = surroundings
        self.has_options = bool(options)
        tree = (args, options) if options else args
        names = [f"{name}{path}" for name, x in named for path, leaf in paths(x)
                 if type(leaf) is not bool]  # fmt: skip
        hidden = surroundings.arrays
        names = distinct([*names, *[place.text for place in hidden]])
        self.kinds = [(place.value.shape, place.value.dtype) for place in hidden]
        leaves = [*self.leaves(args, options), *[place.value for place in hidden]]

        def flat(*leaves: Any) -> Any:
            following = iter(leaves)
            shown = rebuild((args, options), lambda x: x if type(x) is bool else next(following))
            instead = {id(place): x for place, x in zip(hidden, following)}
            copied = Lifted(surroundings, lambda place: instead[id(place)])
            result = copied.run(*shown[0], **shown[1])
            where = copied.written()
            if where is not None:
                raise TypeError(
                    f"{getattr(f, '__name__', f)} writes to {where}, which it reads from outside, "
                    f"and a program writes to nothing: return the new value, and store it outside "
                    f"of the function"
                )
            return result

        listing, structure, text = written(flat, leaves, names)
        self.free = looped_over(listing, len(leaves) - len(hidden))
        others = [of_another_length(x) if i in self.free else x for i, x in enumerate(leaves)]
        if self.free and not is_written_as(text, flat, others, names):
            self.free = {}
        if not self.free and written(flat, leaves, names)[2] != text:
            raise TypeError(
                f"{getattr(f, '__name__', f)} was traced twice, and was two different programs: "
                f"it draws random numbers, reads a clock or counts; pass that as an argument, or "
                f"as xs of a scan"
            )
        self.match = matcher(tree, self.free)
        self.listing = listing
        #: A loop is too long to run it once more.
        self.checked = not any(isinstance(step.function, Scan) for step in listing.steps)
        self.account: Any = None
        self.block: Any = None  # of native code that is all of the program
        self.run = self.prepared(structure, backend, leaves)
        self.structure = structure
        #: A whole call at once, where that is possible.
        self.direct: Callable[[tuple[Any, ...]], Any] | None = None

    def leaves(self, args: tuple[Any, ...], options: dict[str, Any]) -> list[Any]:
        return [x for x in tree_leaves((args, options)) if type(x) is not bool]

    def called(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """What the program returns for the arguments for which it was made."""
        result = self.run(*self.leaves(args, options), *self.surroundings.now)
        if self.block is not None and self.block.fast is not None and not options:
            self.direct = direct(args, self.surroundings, self.block.fast, self.structure)
        return result

    def captured(self) -> list[Any] | None:
        """The arrays that are read from outside, as they are now; None if something changed."""
        now = self.surroundings.now
        for x, (shape, dtype) in zip(now, self.kinds):
            if type(x) is not np.ndarray or x.shape != shape or x.dtype != dtype:
                return None
        return now if self.surroundings.unchanged() else None

    def prepared(self, structure: Any, backend: str, leaves: Sequence[Any]) -> Callable[..., Any]:
        """The function of all leaves that runs the program."""
        n = len(self.listing.outputs)
        self.listing.result = 0.0 if n == 1 else tuple([0.0] * n)
        final, build = optimized(self.listing, blocks=not self.free), builder(structure)
        if n == 0:
            return lambda *leaves: build()
        if backend == "native":
            from autograd_lite.native.backend import Account, native_listing

            self.account = Account()
            final = native_listing(final, leaves, self.account)
            if not isinstance(final, Listing):
                self.block = final
                return lambda *leaves: build(*final(*leaves))
        bare = compiled(final, check=False)
        if n > 1:
            return lambda *leaves: build(*bare(*leaves))
        return bare if is_leaf(structure) else lambda *leaves: build(bare(*leaves))


def looped_over(listing: Listing, n: int) -> dict[int, int]:
    """The places of the inputs, among the first ``n``, that loops go over, with their lengths."""
    over = [v for step in listing.steps if isinstance(step.function, Scan)
            for v in step.args[step.function.outside + step.function.carried :]]  # fmt: skip
    return {i: v.shape[0] for i, v in enumerate(listing.inputs[:n]) if v in over and v.shape}


def of_another_length(x: Any) -> Any:
    """The same array without its last row, or with another one."""
    return x[:-1] if len(x) > 1 else np.concatenate([x, x])


def is_written_as(text: Any, flat: Callable[..., Any], leaves: Sequence[Any], names: Any) -> bool:
    """Whether a function has the same program for other arguments."""
    try:
        return bool(written(flat, leaves, names)[2] == text)
    except Exception:  # it may work for the length that it got and no other
        return False


def distinct(names: Sequence[str]) -> list[str]:
    """Names with a number behind those that were there before: closures may share theirs."""
    found: dict[str, None] = {}
    for name in names:
        spelled, n = name, 1
        while spelled in found:
            n += 1
            spelled = f"{name}_{n}"
        found[spelled] = None
    return [*found]


def written(
    flat: Callable[..., Any], leaves: Sequence[Any], names: Sequence[str]
) -> tuple[Listing, Any, Any]:
    """The program of a function of leaves, the structure of its result, and what tells it apart.

    That is its text and the shapes that the function read, since it may branch on these.
    """
    trace, result = write_down(flat, tuple(leaves), names)
    steps, outputs = simplify(trace.steps, [output(x) for x in tree_leaves(result)])
    parameters = [value.path or "" for value in trace.inputs]
    args = tuple([0.0] * len(leaves))  # no copies of arrays, which may be large
    listing = Listing("program", parameters, args, trace.inputs, steps, outputs, 0.0)
    text = fingerprint(listing.inputs, steps, outputs), trace.assumes.shapes
    return listing, rebuild(result, lambda _: 0.0), text
