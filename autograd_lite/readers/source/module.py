"""A program as the NumPy function that one would have written by hand."""

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from typing import Any

import numpy as np

from autograd_lite.core.containers import STATIC, structure
from autograd_lite.core.trees import (
    children,
    is_leaf,
    leaves_beside,
    paths,
    rebuild,
    tree_leaves,
)
from autograd_lite.programs.bodies import Bodied
from autograd_lite.programs.filled import is_filled
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.matching import matcher
from autograd_lite.programs.memory import shared_outputs
from autograd_lite.programs.naming import valid
from autograd_lite.programs.operators import CALL, OPERATORS
from autograd_lite.programs.steps import (
    AGAIN,
    GUARDING,
    Step,
    Value,
    guard,
    has_shape,
    replace_values,
)
from autograd_lite.readers.source.branches import write_bodies
from autograd_lite.readers.source.freeing import LARGE as LARGE_ARRAY
from autograd_lite.readers.source.freeing import freed
from autograd_lite.readers.source.loops import functions_in
from autograd_lite.readers.source.spelling import (
    EQUALITY,
    LARGE,
    SIGNS,
    CannotSpell,
    Spelling,
    Written,
    double_quoted,
    importable,
    is_plain_key,
    is_short,
)
from autograd_lite.rules.indexing import scatter

#: Names that the text needs for what they usually mean.
RESERVED = {"np", "al", "like", "iter", "next", "Fraction", "ValueError", "scatter"}
RESERVED |= {"abs", "divmod", "bool", "int", "float", "complex", "object", "slice", "range"}
#: Functions that are written as something else.
OTHERWISE = {o.function for o in OPERATORS} | {operator.getitem, scatter} | GUARDING
WIDTH = 68  # of an expression; a longer one is broken up

LIKE = '''def like(tree, *leaves):
    """The leaves in the structure of a tree."""
    left = iter(leaves)
    return al.tree_map(lambda _: next(left), tree)'''


def source_text(listing: Listing) -> str:
    """The text of a Python module with a function that does what the listing does, to the bit.

    What cannot be written down, such as a large constant, becomes a keyword argument of it.
    """
    return Module(listing).write()


def compiled(listing: Listing, check: bool = True) -> Callable[..., Any]:
    """The function in the text, ready to be called; it checks its arguments first, if it shall."""
    module = Module(listing, frees=True)
    scope: dict[str, Any] = {"__name__": __name__}  # no line of the user's
    exec(compile(module.write(), f"<source of {listing.name}>", "exec"), scope)
    run: Callable[..., Any] = scope[module.definition]
    bare = partial(run, **module.given) if module.given else run

    match = matcher(listing.args)

    def checked(*args: Any) -> Any:
        if match(args) is not None:
            return bare(*args)
        leaves = iter(listing.leaves(args))
        return bare(*rebuild(listing.args, lambda _: next(leaves)))

    checked.__name__ = checked.__qualname__ = listing.name
    return checked if check else bare


def expressions(listing: Listing) -> dict[Value, str]:
    """For every value what the text has for it: its name, or how it is computed."""
    module = Module(listing)
    module.write()
    return {value: written.text for value, written in module.text.items()}


class Module:
    """The steps of a listing as a function, with the imports and constants that it needs.

    What is used once and has no name is written in its place.  ``given`` collects what has no text,
    such as a large constant: it becomes a keyword argument.
    With ``frees``, large arrays are let go when no further line needs them.
    """

    def __init__(self, listing: Listing, *, frees: bool = False) -> None:
        self.listing, self.frees = listing, frees
        self.uses = Counter(listing.outputs)
        for step in listing.steps:  # the text of a scatter has its operand twice
            self.uses.update(step.operands * (2 if step.function is scatter else 1))
        self.outputs = set(listing.outputs)
        known = [*listing.inputs, *listing.constants]
        known += [s.result for s in listing.steps if s.result.name or self.primals(s.result)]
        self.imports: set[tuple[str, str]] = set()
        self.given: dict[str, Any] = {}
        self.taken = set(RESERVED)
        self.functions = {f: self.called(f) for f in functions_in(listing.steps)}
        self.parts: dict[Value, list[Written]] = {}
        self.definition = self.free(listing.name)
        self.parameters = {name: self.free(name) for name in listing.parameters}
        self.names: dict[Value, str] = {}
        results = self.outputs.difference(known)
        if len(results) == 1:
            self.names[results.pop()] = "value"
            self.taken.add("value")
        for value in known:
            parameter = self.parameters.get(value.path or "")
            self.names[value] = parameter or self.free(listing.names[value])
        self.text: dict[Value, Written] = {}
        self.inlined: set[Value] = set()
        self.lines: list[str] = []
        self.temporaries = (f"t{k}" for k in count(1))
        self.backward = False
        self.spelling = Spelling(partial(self.give, "given"))

    # ---- names ----

    def primals(self, value: Value) -> list[str]:
        """The names of what a value is the gradient of."""
        known = [p for p in value.gradient_of if p.step is None or p.name]
        return [self.listing.names[p] for p in known if p in self.listing.names]

    def free(self, name: str) -> str:
        """``name``, or one like it that means nothing else."""
        name = valid(name)
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def name(self, value: Value) -> str:
        """What a value is called; one without a name is the next of t1, t2, …"""
        if value not in self.names:
            self.names[value] = next(t for t in self.temporaries if t not in self.taken)
            self.taken.add(self.names[value])
        return self.names[value]

    def give(self, name: str, x: Any) -> str:
        """The name of a keyword argument for something that has no text."""
        for known, other in self.given.items():
            if other is x:
                return known
        name = self.free(name)
        self.given[name] = x
        return name

    def called(self, function: Callable[..., Any]) -> str:
        """What a function is called, after it is imported or given."""
        if function in OTHERWISE:
            return ""
        found = importable(function)
        if found is None:
            return self.give(valid(getattr(function, "__name__", "function")), function)
        module, name = found
        if not module:
            return name
        mine = self.free(name)
        self.imports.add((module, name if mine == name else f"{name} as {mine}"))
        return mine

    # ---- the whole ----

    def write(self) -> str:
        """The text of the module."""
        listing, hoisted = self.listing, []
        self.text = {value: Written(self.names[value]) for value in listing.inputs}
        self.unpack()
        self.lines += [""] if self.lines else []
        for value in listing.constants:
            text = self.literal(value)
            if value.shape and text not in self.given:
                hoisted.append(f"{self.names[value]} = {text}")
                text = self.names[value]
            self.text[value] = Written(text)
        for step in listing.steps:
            self.add(step)
        several = type(listing.result) is tuple and len(listing.result) > 1
        results = Results(self)
        parts = map(results.value, listing.result if several else [listing.result])
        gap = [""] if self.lines[-1:] != [""] else []
        self.lines += [*gap, *returned(list(parts))]
        keywords = [f"*, {', '.join(self.given)}"] if self.given else []
        parameters = ", ".join([*self.parameters.values(), *keywords])
        lines = freed(self.lines, self.temporary()) if self.frees else self.lines
        lines = [f"    {line}" if line else "" for line in lines]
        sections = ["\n".join([f"def {self.definition}({parameters}):", *lines])]
        if re.search(r"\blike\(", sections[0]):
            sections.insert(0, LIKE)
        if hoisted:
            sections.insert(0, "\n".join(hoisted))
        imports = "\n".join(self.import_lines("\n".join(sections)))
        return "\n\n\n".join([imports, *sections]) + "\n"

    def unpack(self) -> None:
        """Give each array in the arguments its name."""
        listing, inputs = self.listing, iter(self.listing.inputs)
        for parameter, arg in zip(listing.parameters, listing.args):
            mine = self.parameters[parameter]
            steps = [path for path, _ in paths(arg)]
            values = list(islice(inputs, len(steps)))
            if has_plain_keys(arg):
                for value, path in zip(values, steps):
                    if self.uses[value] and self.names[value] != mine + path:
                        self.lines.append(f"{self.names[value]} = {mine}{double_quoted(path)}")
            else:
                names = ", ".join(self.names[value] for value in values)
                self.lines.append(f"({names},) = al.tree_leaves({mine})")

    def temporary(self) -> list[str]:
        """The names of large arrays that are made on the way."""
        return [
            name
            for value, name in self.names.items()
            if value.step and value.shape and np.prod(value.shape) >= LARGE_ARRAY
        ]

    def literal(self, value: Value) -> str:
        """A constant as text; one that is large or has none is given by name."""
        x = value.data
        if not isinstance(x, np.ndarray) or x.size <= LARGE or is_filled(x):
            try:
                return Spelling().value(x)
            except CannotSpell:
                pass
        return self.give(self.names[value], x)

    def import_lines(self, text: str) -> Iterator[str]:
        yield "import numpy as np"
        if re.search(r"\bal\.", text):
            yield "import autograd_lite as al"
        if "Fraction(" in text:
            yield "from fractions import Fraction"
        for module in sorted({module for module, _ in self.imports}):
            names = sorted(name for other, name in self.imports if other == module)
            yield f"from {module} import {', '.join(names)}"

    # ---- steps ----

    def add(self, step: Step) -> None:
        """Write a step down, in a line of its own if that is needed."""
        value = step.result
        if isinstance(step.function, Bodied):
            self.parts[value] = write_bodies(self, step)
            return
        if step.function is operator.getitem and step.args[0] in self.parts:
            self.text[value] = self.parts[step.args[0]][step.args[1]]
            return
        if step.function is guard:
            condition, answer = step.args
            bare = self.spelling.inside(self.text[condition], 5)
            self.lines.append(f"if {f'not {bare}' if answer else bare}:")
            self.lines.append(f'    raise ValueError("{AGAIN}")')
            return
        expression = self.expression(step)
        waiting = [v for v in step.operands if v in self.inlined]
        waiting.sort(key=lambda v: len(self.text[v].text))
        while len(expression.text) > WIDTH and waiting:
            longest = waiting.pop()
            if longest in self.inlined:
                self.assign(longest)
                expression = self.expression(step)
        self.text[value] = expression
        self.inlined.add(value)
        if value.name or self.uses[value] > 1 or value in self.outputs:
            self.assign(value)

    def expression(self, step: Step) -> Written:
        """A step with what its operands are called, or how they are computed if that is short."""
        name = self.functions[step.function]
        if step.function is scatter and step.result.dtype == object:
            name = "scatter"  # of Fractions, among which an integer zero would not do
            self.imports.add((scatter.__module__, name))
        if step.function is has_shape and not step.args[0].weak:  # np.shape takes its time
            value, shape = step.args
            text = self.spelling.inside(self.text[value], CALL)
            return Written(f"{text}.shape == {self.spelling.value(shape)}", EQUALITY)
        args = plain_numbers(step) if step.function in SIGNS else step.args
        args, options = replace_values((args, step.options), self.text.__getitem__)
        return self.spelling.call(step.function, args, options, name, is_short(step))

    def assign(self, value: Value) -> None:
        """Give a value a line of its own."""
        self.inlined.remove(value)
        backward = value.step is not None and value.step.through is not None
        if backward != self.backward and self.lines and self.lines[-1]:
            self.lines.append("")
        self.backward = backward
        primals = self.primals(value)
        comment = f"  # gradient of {' and '.join(primals)}" if primals else ""
        self.lines.append(f"{self.name(value)} = {self.text[value].text}{comment}")
        self.text[value] = Written(self.name(value))


class Results(Spelling):
    """What a module returns: containers with the texts of its outputs as their leaves."""

    def __init__(self, module: Module) -> None:
        super().__init__(module.spelling.unknown)
        self.module = module
        self.texts = self.outputs()

    def outputs(self) -> Iterator[str]:
        """The outputs; what somebody else may hold is copied, so that nobody shares it."""
        listing = self.module.listing
        owned = [*listing.inputs, *listing.constants]
        shared = shared_outputs(listing.outputs, listing.steps, owned)
        for value, copies in zip(listing.outputs, shared):
            text = self.module.text[value]
            if copies and value.shape:
                yield f"np.copy({text.text})"
            elif copies and not value.number:
                yield f"{self.module.spelling.inside(text, CALL)}.copy()"
            else:
                yield text.text

    def value(self, x: Any) -> str:
        if is_leaf(x):
            return next(self.texts)
        kind: Any = type(x)
        if kind in (dict, list, tuple) or structure(kind) is STATIC:
            return super().value(x)
        leaves = ", ".join(islice(self.texts, len(tree_leaves(x))))
        return f"like({self.template(x)}, {leaves})"

    def template(self, tree: Any) -> str:
        """A parameter of the same structure, or the structure itself as a keyword argument."""
        module = self.module
        for parameter, arg in zip(module.parameters.values(), module.listing.args):
            try:
                leaves_beside(arg, tree)
            except ValueError:
                continue
            return parameter
        return module.give("structure", tree)


def plain_numbers(step: Step) -> tuple[Any, ...]:
    """The arguments, with 0.5 for np.float64(0.5) where it meets float64 and is the same."""
    doubles = any(value.dtype == float and not value.weak for value in step.operands)
    return tuple([float(a) if doubles and type(a) is np.float64 else a for a in step.args])


def has_plain_keys(tree: Any) -> bool:
    """Whether the paths to all leaves of an argument can be written in Python."""
    keys = tree if isinstance(tree, dict) else ()
    return all(map(is_plain_key, keys)) and all(has_plain_keys(x) for _, x in children(tree))


def returned(parts: list[str]) -> list[str]:
    """The return statement, on several lines if it is long."""
    line = f"return {', '.join(parts)}"
    if len(line) <= WIDTH + 20 or len(parts) == 1:
        return [line]
    return ["return (", *(f"    {part}," for part in parts), ")"]
