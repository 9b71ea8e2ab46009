"""Trees written down as JSON and arrays, and read back: what a checkpoint is made of.

Numbers, strings and None stand for themselves, a list for a list; everything else is an object with
one key that says what it is.  Of records (dataclasses and named tuples) only the parts are written:
to be read back they need a tree that is like them.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

import autograd_lite as al
from nn.parameters.paths import parts

THEMSELVES = (type(None), bool, int, float, str)


def encode(tree: Any, name: str, arrays: dict[str, Any]) -> Any:
    """The tree as JSON can hold it; its arrays go into ``arrays``, under names that begin so.

    Raises ValueError for what is neither a tree nor static.

    >>> import numpy as np
    >>> arrays = {}
    >>> encode({"t": 1, "m": (np.ones(2), None)}, "state", arrays)
    {'dict': [['t', 1], ['m', {'tuple': [{'array': 'state.m.0'}, None]}]]}
    >>> arrays
    {'state.m.0': array([1., 1.])}
    """
    if type(tree) in THEMSELVES:
        return tree
    if isinstance(tree, (np.ndarray, np.generic)):
        if name in arrays:
            raise ValueError(f"two arrays of this tree are both called {name!r}")
        arrays[name] = tree
        return {"array" if isinstance(tree, np.ndarray) else "scalar": name}
    inner = parts(tree)
    if inner is None:
        if al.tree_leaves(tree):
            raise ValueError(f"{name} is a {type(tree).__name__}, which no file can hold")
        return {"static": type(tree).__name__}
    written = {step: encode(part, f"{name}.{step}", arrays) for step, part in inner.items()}
    if type(tree) is list:
        return [*written.values()]
    if type(tree) is tuple:
        return {"tuple": [*written.values()]}
    if type(tree) is dict:
        if bad := [key for key in tree if type(key) not in (str, int)]:
            raise ValueError(f"{name} has the key {bad[0]!r}: only str and int can be written")
        return {"dict": [[key, part] for key, part in zip(tree, written.values())]}
    return {"record": written}


def decode(written: Any, arrays: dict[str, Any], like: Any, model: Any) -> Any:
    """The tree that was written; ``like`` is a tree with its records and static parts.

    Where ``like`` ends, as a list that has grown since it was made, ``model`` stands in.  Raises
    ValueError if the records are others, KeyError or TypeError if this was not written by `encode`.

    >>> decode({"tuple": [1, [2.5, None]]}, {}, None, None)
    (1, [2.5, None])
    """
    if type(written) in THEMSELVES:
        return written
    if type(written) is list:
        written = {"list": written}
    ((what, content),) = written.items()
    if what in ("array", "scalar"):
        return arrays[content] if what == "array" else arrays[content][()]
    if what == "static":
        return like
    inside = parts(like) or {}

    def part(step: Any, item: Any) -> Any:
        return decode(item, arrays, inside.get(str(step), model), model)

    if what == "list":
        return [part(i, item) for i, item in enumerate(content)]
    if what == "tuple":
        return tuple([part(i, item) for i, item in enumerate(content)])
    if what == "dict":
        return {key: part(key, item) for key, item in content}
    if what != "record" or isinstance(like, dict) or inside.keys() != content.keys():
        raise ValueError(f"{what} of {', '.join(content)} where {type(like).__name__} was expected")
    return _record(like, {step: part(step, item) for step, item in content.items()})


def _record(like: Any, new: dict[str, Any]) -> Any:
    """A record of the same type with these parts, and the static fields of ``like``."""
    if not is_dataclass(like):
        return like._make(new.values())
    record = object.__new__(type(like))  # not the constructor, which may do more than store
    for f in fields(like):
        value = new[f.name] if f.name in new else getattr(like, f.name)
        object.__setattr__(record, f.name, value)
    return record
