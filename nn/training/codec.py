"""Trees written down as JSON and arrays, and read back, for checkpoints.

Numbers, strings, None and lists stand for themselves.  Everything else is an object with one key
that says what it is.  Of records, which are dataclasses and named tuples, only the parts are
written.  To read them back takes a tree like the one that was written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_lite as al
from nn.parameters.paths import named_parts, parts, rebuilt

THEMSELVES = (type(None), bool, int, float, str)


def encode(tree: Any, name: str, arrays: dict[str, Any]) -> Any:
    """The tree as JSON; its arrays go into ``arrays``, under names that begin with ``name``.

    Raises ValueError for a part that is neither a tree nor static, and for names that clash.

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
    inner = named_parts(tree)
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
    """The tree that was written, with the types of records and the static parts of ``like``.

    Where ``like`` has no part, since a list has grown, ``model`` stands in.  Raises ValueError if
    the records are others, and KeyError or TypeError if `encode` did not write this.

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
    inside = parts(like)

    def part(step: Any, item: Any) -> Any:
        return decode(item, arrays, (inside or {}).get(step, model), model)

    if what == "list":
        return [part(i, item) for i, item in enumerate(content)]
    if what == "tuple":
        return tuple([part(i, item) for i, item in enumerate(content)])
    if what == "dict":
        return {key: part(key, item) for key, item in content}
    known = None if inside is None or isinstance(like, dict) else inside.keys()
    if what != "record" or known != content.keys():
        raise ValueError(f"{what} of {', '.join(content)} where {type(like).__name__} was expected")
    return rebuilt(like, {step: part(step, item) for step, item in content.items()})
