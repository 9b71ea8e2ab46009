"""What is made from the code: `<!-- made: covered numpy -->` on a page is replaced by a table."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from inspect import signature
from typing import Any

import numpy as np

from autograd_lite.core.primitive import no_derivative
from autograd_lite.core.registry import COMPOSED, CONSTANT, LATE, PRIMITIVES
from autograd_lite.scipy import stats
from docs.hooks.counterparts import entries

MARK = re.compile(r"^<!-- made: (\w+) ([\w. ]+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    return MARK.sub(lambda mark: "\n".join(MAKERS[mark[1]](mark[2])), markdown)


def names(module: str) -> dict[Any, list[str]]:
    """The functions of a module, each with its public names."""
    found: dict[Any, list[str]] = {}
    where = import_module(module)
    for name in dir(where):
        function = getattr(where, name)
        if not name.startswith("_") and callable(function) and not isinstance(function, type):
            found.setdefault(function, []).append(f"`{name}`")
    return found


def covered(module: str) -> Iterator[str]:
    """Functions with a rule, or made of such, and the arguments that they differentiate by."""
    for read in LATE.values():
        read()
    yield from ("| function | derivatives by |", "|---|---|")
    for function, called in sorted(names(module).items(), key=lambda entry: entry[1]):
        if function in PRIMITIVES and (by := smooth(PRIMITIVES[function].rules)):
            yield f"| {', '.join(called)} | {by} |"
        elif function in COMPOSED:
            yield f"| {', '.join(called)} | made of others |"


def smooth(rules: dict[str, Any]) -> str:
    """The arguments whose rule is a derivative, neither zero nor unknown."""
    return ", ".join(f"`{name}`" for name, r in rules.items() if r not in (None, no_derivative))


def constant(module: str) -> Iterator[str]:
    """Functions whose results do not vary, in one line."""
    found = sorted(", ".join(n) for f, n in names(module).items() if f in CONSTANT or flat(f))
    yield ", ".join(found) + "."


def flat(function: Any) -> bool:
    return function in PRIMITIVES and not any(PRIMITIVES[function].rules.values())


def elsewhere(modules: str) -> Iterator[str]:
    """What else the tables have: methods of ufuncs, and what Python code of a package wraps."""
    listed = {function for module in modules.split() for function in names(module)}
    found = {dotted(f) for f in {*PRIMITIVES, *COMPOSED, *CONSTANT} - listed}
    yield ", ".join(f"`{name}`" for name in sorted(found - {""})) + "."


def dotted(function: Any) -> str:
    """The name of a function that is not ours, nothing for one that is."""
    home, name = getattr(function, "__module__", None) or "", function.__name__.strip("_")
    if isinstance(ufunc := getattr(function, "__self__", None), np.ufunc):
        return f"{ufunc.__name__}.{name}"
    return "" if home.startswith(("autograd_lite", "_")) else f"{home}.{name}".strip(".")


def distributions(module: str) -> Iterator[str]:
    """Distributions of SciPy's, with the methods that have derivatives."""
    yield from ("| distribution | its arguments | methods with derivatives |", "|---|---|---|")
    for name in stats.__all__:
        if isinstance(law := getattr(stats, name), stats.norm.__class__):
            by, methods = told(arguments(law)), told(law.methods)
            yield f'| <a id="{module}.{name}"></a>`{name}` | {by} | {methods} |'


def arguments(law: Any) -> list[str]:
    """The arguments of the first method, ours, or SciPy's where ours takes what SciPy's does."""
    name, ours = next(iter(law.methods.items()))
    found = [*signature(ours).parameters]
    return [*signature(getattr(law.theirs, name)).parameters] if "args" in found else found


def told(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


MAKERS = {
    "constant": constant,
    "covered": covered,
    "distributions": distributions,
    "elsewhere": elsewhere,
    "entries": entries,
}
