"""What to write for a function without a rule: names that users can write, and a rule for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd_lite.core.advice.remedies import remedy, step
from autograd_lite.core.advice.site import Site, spelled, users_site
from autograd_lite.core.errors import NoRule
from autograd_lite.core.registry import HOMES, LATE
from autograd_lite.core.signatures import parameters_of


def no_rule(function: Callable[..., Any], known: Iterable[Any]) -> NoRule:
    """The error for a function without a rule, among the ``known`` that have one."""
    site = users_site()
    written = written_name(function)
    own = str(getattr(function, "__name__", function))
    made = "np.frompyfunc" if "(vectorized)" in own else ""  # of a function of the user's
    name = written or made or site.call or site.words or own
    start = f"autograd_lite has no derivative rule for {name}"
    told = remedy([name], site)
    if told:
        sentence, _, code = told.partition("\n")
        return NoRule(function, f"{start}; {sentence}\n  at {site.place}{code and chr(10)}{code}")
    return NoRule(function, f"{start}.{near(name, known)} {template(function, written, site)}")


def written_name(function: Any) -> str:
    """The name by which users write a function; nothing if it is private, or has none."""
    name = str(getattr(function, "__name__", ""))
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        first = written_name(owner)
        return f"{first}.{name}" if first else ""
    if not name.isidentifier() or name.startswith("_"):
        return ""
    module = getattr(function, "__module__", None)
    homes = ["numpy", *LATE, module] if module is None else [module]
    if str(module).startswith("numpy"):
        homes = ["numpy", "numpy.linalg", "numpy.fft", module]
    for home in homes:
        if getattr(sys.modules.get(str(home)), name, None) is function:
            public = spelled(str(home))
            return f"{public}.{name}" if public else name
    return "" if isinstance(function, np.ufunc) else name


def near(name: str, known: Iterable[Any]) -> str:
    """Functions with a rule whose names are like another's, and homes of that very name."""
    last = name.rpartition(".")[2]
    homes = [f"{home}.{last}" for home, names in HOMES.items() if last in names()]
    names = {f.__name__: f for f in known if not getattr(f, "__name__", "_").startswith("_")}
    found = [names[match] for match in get_close_matches(last, names.keys() - {last}, n=3)]
    public = [written_name(f) for f in found if not own(f)]
    shown = [*homes, *filter(None, public)]
    return f" Near it are: {', '.join(shown)}." if shown else ""


def own(function: Any) -> bool:
    """Whether a function is one of the engine's own, which no user writes."""
    module = getattr(function, "__module__", None) or ""
    return str(module).partition(".")[0] == __name__.partition(".")[0]


def template(function: Any, written: str, site: Site) -> str:
    """How to give a function its rule."""
    spelled_out = step(site)
    first = next(iter(parameters_of(function)), None)
    x = first.name if first else "x"
    if not written:
        return f"Put it into a function of your own with @al.primitive, and al.rule:{spelled_out}"
    return (
        f"To add one:\n    import autograd_lite as al\n"
        f"    al.rule({written}, {x}=lambda g, {x}: g * …)"
        f"   # g: incoming gradient; ask by name for y, {x}, options\n"
        f"Or wrap a function of your own with @al.primitive and give that a rule."
        f"\n  at {site.place}"
    )
