"""Ownership: what leaves is the caller's own, and what is kept is ours.

Nothing that leaves shares memory with the tape, with an argument, or with an array that a rule
holds on to.  Nothing that is kept changes when the caller uses an index or a mask again.
"""

from __future__ import annotations

from array import array
from sys import getrefcount
from types import EllipsisType, NoneType
from typing import Any

import numpy as np

from autograd_lite.core.admission import admitted, admitted_all

#: Kinds of dtype of what picks and counts: truth values and integers.
PICKING = "biu"

#: Parts of an index that nobody can change.
BASIC = frozenset({int, slice, NoneType, EllipsisType})

#: What NumPy reads as an array, and the caller may fill anew.
BUFFERS = frozenset({array, memoryview})


def _alone() -> tuple[int, int]:
    """How many references this Python counts to a local array, and to the base of one."""
    x = np.empty(2)
    own = getrefcount(x)
    view = x[:1]
    del x
    return own, getrefcount(view.base)


_ALONE, _BASE_ALONE = _alone()

#: The bit of an array's flags, which may warn of what is broadcast if they are asked by name.
_WRITEABLE = 1024


def callers_own(held: list[Any]) -> Any:
    """The array taken out of ``held``, or a copy if anybody else can see its memory or change it.

    Whoever else holds it holds a reference: the tape, a rule that closes over it, another gradient.
    """
    x = held.pop()
    if type(x) is np.ndarray:
        if not x.flags.num & _WRITEABLE:
            shared = True
        elif x.base is None:
            shared = False
        else:  # 0: one number stands in several places
            shared = 0 in x.strides or getrefcount(x.base) > _BASE_ALONE
        if shared or getrefcount(x) > _ALONE:
            return x.copy("K")
        return x
    return admitted(x)


def copied(x: Any) -> Any:
    """An array of the same numbers that nobody else holds, lying in memory as this one does."""
    return x.copy("K") if type(x) is np.ndarray else x


def read_only(x: Any) -> Any:
    """A view that cannot be written to."""
    if type(x) is np.ndarray:
        x = x.view()
        x.flags.writeable = False
    return x


def kept(x: Any) -> Any:
    """A constant as a node keeps it: what picks and counts is copied, for it may be used again.

    A buffer of floats is kept as it is, since a copy of it would cost; `al.debug` notices where it
    is changed.
    """
    if type(x) is np.ndarray:
        return x.copy() if x.dtype.kind in PICKING else x
    if type(x) in (list, tuple):
        return type(x)(map(kept, x))
    return np.array(x) if type(x) in BUFFERS else x


def kept_key(key: Any) -> Any:
    """An index as a node keeps it."""
    if type(key) is tuple and BASIC.issuperset(map(type, key)):
        return key
    if type(key) is list:
        return np.asarray(key, None if key else int)
    return kept(key if type(key) is np.ndarray else admitted_all(key))
