"""A program as the NumPy function that one would have written by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from autograd_lite.core.containers import STATIC, structure
from autograd_lite.core.trees import (
    children,
    is_leaf,
    leaves_beside,
    paths,
    rebuild,
    tree_leaves,
)
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Value
from autograd_lite.readers.source.spelling import Written
from autograd_lite.readers.source.writer import WIDTH, Writer

LIKE = '''def like(tree, *leaves):
    """The leaves in the structure of a tree."""
    left = iter(leaves)
    return al.tree_map(lambda _: next(left), tree)'''


def source(listing: Listing) -> str:
    """The text of a Python module with a function that does what the listing does, to the bit.

    What cannot be written down, such as a large constant, becomes a keyword argument of it.
    """
    return Module(listing).module_text()


def function(listing: Listing, check: bool = True) -> Callable[..., Any]:
    """The function in `source`, ready to be called; it checks its arguments first, if it shall."""
    writer = Module(listing)
    scope: dict[str, Any] = {}
    exec(compile(writer.module_text(), f"<source of {listing.name}>", "exec"), scope)
    run: Callable[..., Any] = scope[writer.definition]
    bare = partial(run, **writer.given) if writer.given else run

    def checked(*args: Any) -> Any:
        return bare(*rebuilt(listing, args))

    return checked if check else bare


def expressions(listing: Listing) -> dict[Value, str]:
    """For every value what `source` writes for it: its name, or how it is computed."""
    writer = Module(listing)
    writer.module_text()
    return {value: written.text for value, written in writer.text.items()}


class Module(Writer):
    """The steps as a function, with the imports and constants that it needs."""

    uses_like = False

    def module_text(self) -> str:
        """The text of the whole module."""
        listing, hoisted = self.listing, []
        for value in listing.inputs:
            self.text[value] = Written(self.names[value])
        self.unpack()
        self.lines += [""] if self.lines else []
        for value in listing.constants:
            text = self.literal(value.data, self.names[value])
            if value.shape and text not in self.given:
                hoisted.append(f"{self.names[value]} = {text}")
                text = self.names[value]
            self.text[value] = Written(text)
        for step in listing.steps:
            self.write(step)
        texts = iter(self.results())
        several = type(listing.result) is tuple and len(listing.result) > 1
        results = listing.result if several else [listing.result]
        self.lines += ["", *returned([self.tree(part, texts) for part in results])]
        keywords = f"*, {', '.join(self.given)}" if self.given else ""
        parameters = ", ".join([*self.parameters.values(), *([keywords] if keywords else [])])
        lines = [f"    {line}" if line else "" for line in self.lines]
        text = "\n".join([f"def {self.definition}({parameters}):", *lines])
        parts = [text]
        if self.uses_like:
            parts.insert(0, LIKE)
        if hoisted:
            parts.insert(0, "\n".join(hoisted))
        return "\n\n\n".join(["\n".join(self.import_lines("\n".join(parts))), *parts]) + "\n"

    def unpack(self) -> None:
        """Give each array in the arguments its name."""
        listing, inputs = self.listing, iter(self.listing.inputs)
        for parameter, arg in zip(listing.parameters, listing.args):
            values = list(islice(inputs, len(tree_leaves(arg))))
            mine = self.parameters[parameter]
            steps = [path for path, _ in paths(arg)]
            if all(map(is_literal, steps)):
                for value, path in zip(values, steps):
                    if self.uses[value] and self.names[value] != mine + path:
                        self.lines.append(f"{self.names[value]} = {mine}{quoted(path)}")
            else:
                names = ", ".join(self.names[value] for value in values)
                self.lines.append(f"({names},) = al.tree_leaves({mine})")

    def results(self) -> Iterator[str]:
        """The outputs; what somebody else holds is copied, so that nobody shares it."""
        shared = {*self.listing.inputs, *self.listing.constants}
        for value in self.listing.outputs:
            text = self.text[value].text
            yield f"{text}.copy()" if value in shared and value.shape else text
            shared.add(value)

    def import_lines(self, text: str) -> Iterator[str]:
        yield "import numpy as np"
        if re.search(r"\bal\.", text):
            yield "import autograd_lite as al"
        if "Fraction(" in text:
            yield "from fractions import Fraction"
        for module in sorted({module for module, _ in self.imports}):
            names = sorted(name for other, name in self.imports if other == module)
            yield f"from {module} import {', '.join(names)}"

    def tree(self, tree: Any, texts: Iterator[str]) -> str:
        """The text of a nested container with these texts as its leaves."""
        if is_leaf(tree):
            return next(texts)
        kind: Any = type(tree)
        if structure(kind) is STATIC:
            return self.literal(tree, "given")
        if type(tree) is dict:
            parts = [f"{quoted(repr(k))}: {self.tree(part, texts)}" for k, part in tree.items()]
            return "{" + ", ".join(parts) + "}"
        if type(tree) in (list, tuple):
            inner = ", ".join(self.tree(part, texts) for part in tree)
            if type(tree) is tuple:
                return f"({inner},)" if len(tree) == 1 else f"({inner})"
            return f"[{inner}]"
        leaves = ", ".join(text for part in children(tree) for text in self.flat(part[1], texts))
        self.uses_like = True
        return f"like({self.template(tree)}, {leaves})"

    def flat(self, tree: Any, texts: Iterator[str]) -> Iterator[str]:
        if is_leaf(tree):
            yield next(texts)
        for _, part in children(tree):
            yield from self.flat(part, texts)

    def template(self, tree: Any) -> str:
        """A parameter of the same structure, or the structure itself as a keyword argument."""
        for parameter, arg in zip(self.parameters.values(), self.listing.args):
            try:
                leaves_beside(arg, tree)
            except ValueError:
                continue
            return parameter
        return self.give("structure", tree)


def rebuilt(listing: Listing, args: tuple[Any, ...]) -> list[Any]:
    """The arguments, when they have been found to be as they were traced."""
    leaves = iter(listing.leaves(args))
    return [rebuild(arg, lambda _: next(leaves)) for arg in listing.args]


def is_literal(path: str) -> bool:
    """Whether a path within an argument can be written in Python."""
    try:
        tree = ast.parse(f"p{path}", mode="eval")
    except SyntaxError:
        return False
    return all(node.id == "p" for node in ast.walk(tree) if isinstance(node, ast.Name))


def quoted(text: str) -> str:
    """A path or a key with double quotes where that is as good."""
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def returned(parts: list[str]) -> list[str]:
    """The return statement, on several lines if it is long."""
    line = f"return {', '.join(parts)}"
    if len(line) <= WIDTH + 20 or len(parts) == 1:
        return [line]
    return ["return (", *(f"    {part}," for part in parts), ")"]
