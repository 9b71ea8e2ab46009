"""Asking: who asks for the plain numbers of a Tensor, as NumPy does for a list that holds one.

NumPy hands a call to us for a Tensor among the arguments, not for Tensors in a list.  It makes an
array of such a list first, and asks each of them.  What the user called is in the frames above.
"""

from __future__ import annotations

import ast
import linecache
from itertools import islice
from textwrap import shorten
from typing import Any

import numpy as np

from autograd_lite.core.admission import public, refusal
from autograd_lite.core.frames import frames, is_users, module, package

#: The modules of NumPy that users name, by their parts of the names of private ones.
MODULES = {"linalg": np.linalg, "fft": np.fft}

#: What whoever asks is told to write, for lists of one's own and for functions of other packages.
LISTS = (
    "use np.stack or np.concatenate for a list of Tensors, as in np.sum(np.stack([a, b])), "
    "np.block or np.array(…, like=t) for a nested one, t * np.ones(shape) to fill an array, "
    "al.at_set(a, i, t) for a[i] = t"
)
ANOTHERS = (
    "put this call into a function of your own with @al.primitive over it, and state the "
    "derivative by al.rule"
)


def detached() -> TypeError:
    """The error for whoever asks a Tensor."""
    asks, within = asking()
    remedy = ANOTHERS if within else LISTS
    return TypeError(
        f"{asks}{within} asks for the plain numbers of a Tensor, which would silently leave the "
        f"tape; {remedy}, or t.data for the value"
    )


def asking() -> tuple[str, str]:
    """What asks, as it is called: ``np.mean``; and in which function of another package.

    Raises TypeError by name if it is a method of an array that cannot stand among Tensors.
    """
    below: Any = None
    above = frames()
    for frame in above:
        refuse_method(frame)
        if is_users(frame):
            break
        below = frame
    asks = called(below) or written(frame) or "np.array"
    passed = [frame]
    for other in above:  # it may be another package that was called, not a user
        if package(other) != package(frame):
            return asks, f", in {home(passed, other)}," if is_installed(frame) else ""
        refuse_method(other)
        passed.append(other)
    return asks, ""


def home(passed: list[Any], caller: Any) -> str:
    """What a caller called, and the module it is in; helpers may stand between."""
    names = [public(module(frame)) for frame in passed]
    return f"{written(caller)} of {next((x for x in reversed(names) if '.' in x), names[-1])}"


def is_installed(frame: Any) -> bool:
    """Whether a frame is of a package that was installed, and is no work of the user's."""
    path = frame.f_code.co_filename
    return "site-packages" in path or "dist-packages" in path


def refuse_method(frame: Any) -> None:
    """Raise if a frame is of a method of an array that cannot stand among Tensors."""
    code = frame.f_code
    if code.co_argcount:
        kind: Any = type(frame.f_locals.get(code.co_varnames[0]))
        error = refusal(kind)
        if error is not None and hasattr(kind, code.co_name):
            raise error


def called(frame: Any) -> str:
    """The public function of NumPy that a frame is of; nothing if it is of none."""
    if package(frame) != "numpy":
        return ""
    name = frame.f_code.co_name
    part = module(frame).partition(".")[2].partition(".")[0]
    found = hasattr(MODULES.get(part, np), name) and not name.startswith("_")
    return ("np." if part not in MODULES else f"np.{part}.") + name if found else ""


def written(frame: Any) -> str:
    """What a frame is calling, in the words of its source; nothing if that is not known."""
    code = frame.f_code
    line, last, start, end = next(islice(code.co_positions(), frame.f_lasti // 2, None))
    lines = linecache.getlines(code.co_filename, frame.f_globals)
    if None in (line, last, start, end) or not lines:
        return ""
    cut = [text.encode() for text in lines[line - 1 : last]]  # columns count bytes
    cut[-1] = cut[-1][:end]
    cut[0] = cut[0][start:]
    try:
        tree = ast.parse(b"(" + b"".join(cut) + b")", mode="eval").body
    except SyntaxError:
        return ""
    return shorten(ast.unparse(tree.func if isinstance(tree, ast.Call) else tree), 60)
