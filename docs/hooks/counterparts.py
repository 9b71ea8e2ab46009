"""Entries of the functions under SciPy's names, which are made when they are imported.

So they are asked what they are called with, and what they say, where mkdocstrings reads files.
"""

from collections.abc import Iterator
from importlib import import_module
from inspect import Signature, getdoc, signature
from types import ModuleType
from typing import Any

from docs.hooks.docstrings import markdown


def entries(module: str) -> Iterator[str]:
    """A heading for each name, with its signature, and its docstring below."""
    where = import_module(module)
    for name in where.__all__:
        value = getattr(where, name)
        if callable(value) and getdoc(value) != getdoc(type(value)):
            label = f'{{ #{module}.{name} .doc-heading data-toc-label="{name}" }}'
            yield f"### `{name}{called(value)}` {label}"
            yield f"\n{markdown(getdoc(value) or '', module)}\n"
        elif isinstance(value, ModuleType):
            yield f'<a id="{module}.{name}"></a>'


def called(function: Any) -> str:
    """How a function is called, without types."""
    stated = signature(function)
    plain = [p.replace(annotation=p.empty) for p in stated.parameters.values()]
    return str(stated.replace(parameters=plain, return_annotation=Signature.empty))
