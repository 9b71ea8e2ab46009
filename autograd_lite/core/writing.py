"""Writing: calls that would change an array in place, which are refused wherever NumPy asks us.

What is written into may be given by name or by place: ``np.std(x, 0, None, buffer)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from sys import maxsize
from types import FunctionType
from typing import Any

import numpy as np

from autograd_lite.core.errors import assigned, out_given
from autograd_lite.core.signatures import positional_names

#: Functions of NumPy that write into their first argument.
WRITING = frozenset({np.copyto, np.put, np.putmask, np.place, np.put_along_axis, np.fill_diagonal})

#: The places of ``out`` that NumPy tells since version 2.4 only.
OUT = {np.concatenate: 2, np.dot: 2}


def refuse_writing(function: Any, args: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Raise TypeError for a call that would write into an array."""
    if _passed(function, "out", args, options) is not None:
        raise out_given(function.__name__)
    if function is np.nan_to_num and _passed(function, "copy", args, options) is False:
        raise assigned("np.nan_to_num(t, copy=False)")
    if function in WRITING:
        raise assigned(f"np.{function.__name__}(t, …)")
    if _is_at(function):
        raise assigned(f"np.{function.__self__.__name__}.at(t, …)")


@lru_cache(2**10)
def reads(function: Any) -> int:
    """How many arguments by place a function of NumPy reads for sure; it may write into more."""
    if function in WRITING or _is_at(function):
        return 0
    return _place(function, "copy" if function is np.nan_to_num else "out")


def _is_at(function: Any) -> bool:
    owner = getattr(function, "__self__", None)
    return isinstance(owner, np.ufunc) and function.__name__ == "at"


def _passed(function: Any, name: str, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """What a call passes for a parameter; None if nothing."""
    if type(function) is not FunctionType:  # such is none of NumPy's
        i = _place(function, name)
        if i < len(args):
            return args[i]
    return options.get(name)


@lru_cache(2**10)
def _place(function: Any, name: str) -> int:
    """The place of a parameter; beyond all others if it is given by name only."""
    names = positional_names(function)
    if name in names:
        return names.index(name)
    return OUT.get(function, maxsize) if name == "out" else maxsize
