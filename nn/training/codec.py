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
        if like is not None and type(like).__name__ != content:
            raise ValueError(f"{content} where {type(like).__name__} was expected")
        return like
    inside = parts(like)

    def part(step: Any, item: Any) -> Any:
        return decode(item, arrays, (inside or {}).get(step, model), model)

    if what == "list":
        return [part(i, item) for i, item in enumerate(content)]
    if what == "tuple":
        return tuple([part(i, item) for i, item in enumerate(content)])
    if what == "dict":
        found = {key: part(key, item) for key, item in content}
        if len(found) < len(content) or any(type(key) not in (str, int) for key in found):
            raise ValueError("a dict with a key that stands twice, or that is no str or int")
        return found
    known = None if inside is None or isinstance(like, dict) else inside.keys()
    if what != "record" or known != content.keys():
        raise ValueError(f"{what} of {', '.join(content)} where {type(like).__name__} was expected")
    return rebuilt(like, {step: part(step, item) for step, item in content.items()})


def check_like(state: Any, like: Any, name: str = "state") -> None:
    """Raise ValueError, naming the part, unless a state may have come from ``like``, its start.

    Arrays keep their shape, whole numbers stay whole, counts do not become negative, and
    containers keep their parts.  What is empty may have grown, and None may have become anything.

    >>> check_like((3, [1.0, 2.0]), (0, []))
    >>> check_like((3, -1), (0, 0))
    Traceback (most recent call last):
    ValueError: state.1 is -1, and counts from 0
    """
    if like is None:
        return
    inside = parts(like)
    if inside is not None:
        beside = parts(state)
        if type(state) is not type(like) or beside is None:
            raise ValueError(f"{name} is {_told(state)}, and was to be a {type(like).__name__}")
        if inside and beside.keys() != inside.keys():
            raise ValueError(
                f"{name} has the parts {[*beside]}, and was to have {[*inside]}; what an optimiser "
                f"adds later begins as None in its start(model)"
            )
        for step, part in beside.items():
            check_like(part, inside.get(step), f"{name}.{step}")
    elif al.tree_leaves(like):
        if not al.tree_leaves(state) or parts(state) is not None:
            raise ValueError(f"{name} is {_told(state)}, and was to be an array or a number")
        if np.shape(state) != np.shape(like):
            raise ValueError(f"{name} is {_told(state)}, and was to have shape {np.shape(like)}")
        had, has = np.result_type(like).kind, np.result_type(state).kind
        if "".join(kind for kind in "biufc" if kind in (had, has)) not in KINDS_ALIKE:
            raise ValueError(f"{name} is {_told(state)}, and was to be {np.result_type(like)}")
        if type(like) is int and like >= 0 and state < 0:
            raise ValueError(f"{name} is {state}, and counts from {like}")


#: Kinds of dtype, one or two, that may follow each other in a state.
KINDS_ALIKE = ("b", "i", "u", "iu", "f", "c", "fc")


def _told(value: Any) -> str:
    if al.tree_leaves(value) and parts(value) is None:
        return f"an array of shape {np.shape(value)}" if np.ndim(value) else repr(value)
    return "None" if value is None else f"a {type(value).__name__}"
