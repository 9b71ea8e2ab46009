"""Remedies: what whoever is called at a site is told to write, from one table by public names."""

from __future__ import annotations

import ast
from collections.abc import Callable
from copy import deepcopy
from keyword import iskeyword
from string import Template
from typing import Any

import numpy as np

from autograd_lite.core.advice import numpys, packages, pythons, scipys
from autograd_lite.core.advice.site import SETITEM, Site, holds
from autograd_lite.core.registry import HOMES
from autograd_lite.core.signatures import parameters_of
from autograd_lite.core.tracked import Tracked

Remedy = str | Callable[[str], str]

TABLES: tuple[dict[str, Any], ...] = (
    *(numpys.REMEDIES, pythons.REMEDIES),
    *(packages.REMEDIES, scipys.REMEDIES),
)

#: By public name, or by what such a name begins with: ``math.*``.
REMEDIES: dict[str, Remedy] = {
    name: remedy
    for table in TABLES
    for names, remedy in table.items()
    for name in ([names] if names == SETITEM else names.split())
}


def remedy(names: list[str], site: Site) -> str:
    """What the table says for the first of some names that stands in it; nothing for none."""
    for name in names:
        if ours := counterpart(name):
            return f"use {ours}, which has a derivative"
        found = REMEDIES.get(name)
        parts = name.split(".")
        while found is None and len(parts) > 1:
            parts.pop()
            found = REMEDIES.get(".".join(parts) + ".*")
        if found is not None:
            return filled(found if isinstance(found, str) else found(name), name, site)
    return ""


def counterpart(name: str) -> str:
    """The function of ours under the name of one of SciPy's; nothing if there is none."""
    module, _, function = name.rpartition(".")
    homes = [home for home, has in HOMES.items() if function in has()]
    return f"{homes[0]}.{function}" if homes and module == "scipy.special" else ""


def filled(text: str, name: str, site: Site) -> str:
    """A remedy in the words of the site: its operand, function, and what it assigns to."""
    words = {"t": site.operand, "f": site.words or name, "n": name.rpartition(".")[2]}
    node, statement = site.found
    if isinstance(node, ast.Subscript):
        words |= assignment(node, statement) if name == SETITEM else {"t": ast.unparse(node.slice)}
    elif isinstance(node, ast.BinOp):
        words["t"] = ast.unparse(node.right)
    return Template(text).safe_substitute(words)


def assignment(node: ast.Subscript, statement: ast.stmt | None) -> dict[str, str]:
    """The words of ``a[i] = v`` and ``a[i] += v``."""
    index, value = ast.unparse(node.slice), getattr(statement, "value", None)
    sliced = any(isinstance(x, ast.Slice) for x in ast.walk(node.slice))
    words = {
        "a": ast.unparse(node.value),
        "i": f"np.s_[{index}]" if sliced else index,
        "v": "t" if value is None else ast.unparse(value),
        "set": "at_set",
    }
    if isinstance(statement, ast.AugAssign):
        added = isinstance(statement.op, ast.Add)
        both = ast.BinOp(node, statement.op, statement.value)
        words |= {"set": "at_add"} if added else {"v": ast.unparse(both)}
    return words


def lists(site: Site) -> str:
    """The remedy for a list of Tensors that NumPy reads, or for a Tensor that it need not read."""
    argument = site.node.args[0] if isinstance(site.node, ast.Call) and site.node.args else None
    if argument is None:
        return numpys.LISTS
    words = {"t": ast.unparse(argument)}
    value = site.value(argument)
    if isinstance(value, (list, tuple)) and is_argument(value):
        return Template(numpys.ARGUMENT).safe_substitute(words)
    if isinstance(argument, ast.GeneratorExp):
        return numpys.GENERATOR
    whole = site.call in ("np.asarray", "np.array", "np.asanyarray", "np.ascontiguousarray")
    one = isinstance(argument, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp)
    if whole and one and not isinstance(value, (list, tuple)):
        return Template(numpys.WHOLE).safe_substitute(words)
    return numpys.LISTS


def is_argument(x: Any) -> bool:
    """Whether a list holds leaves of the tape alone, as one does that is differentiated by."""
    if isinstance(x, (list, tuple)):
        return bool(x) and all(map(is_argument, x))
    return isinstance(x, Tracked) and x.node.primitive is None


def step(site: Site) -> str:
    """A step of one's own around a call, spelled out; nothing where the call is not known."""
    node = deepcopy(site.node)
    if not isinstance(node, ast.Call) or not site.varying:
        return ""
    function = site.value(node.func)
    known = [p.name for p in parameters_of(function)] if callable(function) else []
    if known[:1] == ["self"]:
        known.pop(0)
    names = []
    for key, given in site.varying:
        name = known[key] if isinstance(key, int) and key < len(known) else key
        if not isinstance(name, str) or name in ("args", "kwargs", "kwds"):
            name = given.id if isinstance(given, ast.Name) else "x"
        while name in names:
            name += "_"
        names.append(name)
        if isinstance(key, int):
            node.args[key] = ast.Name(name)
        else:
            next(k for k in node.keywords if k.arg == key).value = ast.Name(name)
    own = site.words.rpartition(".")[2]
    own = own if own.isidentifier() and not iskeyword(own) else "step"
    own += "_" if own == site.words else ""  # or it would call itself
    rules = ", ".join(f"{name}=lambda g, {name}, y: g * …" for name in names)
    return (
        f"\n    @al.primitive\n    def {own}({', '.join(names)}):\n        return "
        f"{ast.unparse(node)}\n    al.rule({own}, {rules})"
    )


def advice(names: list[str], site: Site, another: bool) -> tuple[str, str]:
    """What to write: a sentence, and lines of code for it.

    ``another`` says that a function of another package asks, and not NumPy of a list.
    """
    text = remedy(names, site)
    match site.node:
        case ast.Call(func=ast.Attribute(value=ast.Call(), attr=name)) if not text and not another:
            drawn = f"np.random.{name}"  # what made the generator is not known: rng().normal(t)
            method = f"np.ndarray.{name}" if hasattr(np.ndarray, name) else ""
            text = remedy([drawn if drawn in REMEDIES else method], site)
    if not text and another:
        text = packages.ANOTHERS + step(site)
    sentence, _, code = (text or lists(site)).partition("\n")
    return sentence, code


def holds_list(x: Any) -> bool:
    """Whether something is a list of Tensors."""
    return isinstance(x, (list, tuple)) and holds(x)
