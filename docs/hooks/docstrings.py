"""Docstrings as Markdown: examples in blocks of code, names of ours as links to where they stand.

An extension of Griffe, which reads the code for the reference.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import griffe

from docs.hooks.names import public

EXAMPLE = re.compile(r"^>>> .*\n?(?:.+\n?)*", re.MULTILINE)
BLOCK = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"(?<!`)`([A-Za-z_][\w.]*)`(?!`)")


@cache
def addresses() -> set[str]:
    return set(public())


def address(name: str, module: str) -> str | None:
    """Where a name that a docstring of ``module`` quotes stands in the reference, if it does."""
    full = f".{re.sub(r'^al[.]', 'autograd_lite.', name)}"
    found = sorted(a for a in addresses() if f".{a}".endswith(full))
    near = [a for a in found if module.startswith(a.rpartition(".")[0])]
    return max(near, key=len) if near else found[0] if len(found) == 1 else None


def markdown(text: str, module: str) -> str:
    """A docstring of ``module`` in Markdown."""

    def link(quoted: re.Match[str]) -> str:
        where = address(quoted[1], module)
        return f"[`{quoted[1]}`][{where}]" if where else quoted[0]

    fenced = EXAMPLE.sub(lambda example: f"```pycon\n{example[0].rstrip()}\n```\n", text)
    parts = BLOCK.split(fenced.replace("::\n", ":\n"))
    return "".join(p if p.startswith("```") else QUOTED.sub(link, p) for p in parts)


class Docstrings(griffe.Extension):
    """Those of modules are left out, for the pages say it."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring and not obj.is_module:
            obj.docstring.value = markdown(obj.docstring.value, obj.module.path)

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """What comments that begin with ``#:`` say is the docstring of the name below."""
        if attr.lineno and not attr.docstring and isinstance(attr.filepath, Path):
            says, lines = [], attr.lines_collection[attr.filepath][: attr.lineno - 1]
            while lines and lines[-1].lstrip().startswith("#:"):
                says.insert(0, lines.pop().lstrip()[2:].strip())
            if says:
                attr.docstring = griffe.Docstring("\n".join(says), parent=attr)

    def on_module(self, *, mod: griffe.Module, **_: Any) -> None:
        mod.docstring = None

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        pkg.docstring = None
