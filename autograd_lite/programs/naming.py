"""What the values of a program are called: one Python name for each, the same in every reader."""

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from autograd_lite.programs.steps import Step, Value

#: Names that generated code uses for something else.
TAKEN = frozenset(keyword.kwlist) | {"np", "al", "operator", "value"}
PRE_ACTIVATION = re.compile(r"z(_?\d*)")


def identifiers(
    inputs: Sequence[Value],
    constants: Sequence[Value],
    steps: Sequence[Step],
    called: Mapping[Value, str],
) -> dict[Value, str]:
    """A name for every value, as a valid and unique Python name.

    What `al.named` said comes first, then what somebody ``called`` an input or a result, then the
    shortest end of an input's path that tells it apart.
    The gradient of ``z3`` is ``delta3``, that of ``W3`` is ``dW3``.  The others are ``t1, t2, …``.
    """
    names = dict(zip(inputs, short_paths([value.name or value.path or "" for value in inputs])))
    names |= {value: called[value] for value in inputs if value in called}
    for i, value in enumerate(constants, 1):
        names[value] = value.name or f"c{i}"
    results = [step.result for step in steps]
    names |= {value: valid(value.name) for value in results if value.name}
    names |= {value: called[value] for value in results if value not in names and value in called}
    for value in results:
        if value not in names and (primal := best(value.gradient_of, names)):
            names[value] = gradient_name(names[primal])
    unnamed = (f"t{i}" for i in range(1, len(steps) + 1))
    names |= {value: next(unnamed) for value in results if value not in names}
    return unique(names)


def best(primals: Iterable[Value], names: dict[Value, str]) -> Value | None:
    """The value by which a gradient is best known, among those that it is the gradient of."""
    known = [value for value in primals if value in names]
    return next((v for v in known if v.step is not None), known[0] if known else None)


def gradient_name(name: str) -> str:
    """``delta3`` for ``z3``, ``dW3`` for ``W3``, ``d_weight`` for ``weight``."""
    if match := PRE_ACTIVATION.fullmatch(name):
        return f"delta{match[1]}"
    return f"d{name}" if len(name) <= 3 else f"d_{name}"


def word(value: Value) -> str:
    """What a value is called where it stands alone; nothing for one without a name or a path."""
    return short_paths([value.name or value.path or ""])[0] if value.name or value.path else ""


def short_paths(paths: Sequence[str]) -> list[str]:
    """For each path its shortest end that no other path has, as a Python name; W0 for [0].W."""
    words = [tuple(re.findall(r"\w+", path) or ["x"]) for path in paths]
    ends = [[parts[-k:] for k in range(1, len(parts) + 1)] for parts in words]
    count = Counter(end for mine in ends for end in mine)
    names = []
    for mine in ends:
        short = (end for end in mine if not end[0].isdigit() and count[end] == 1)
        names.append(valid("_".join(next(short, mine[-1]))))
    numbered = [with_numbers(mine) for mine in words]
    alone = [name if numbered.count(name) == 1 and name not in names else "" for name in numbered]
    return [new or old for new, old in zip(alone, names)]


def with_numbers(words: Sequence[str]) -> str:
    """W0 for model.layers[0].W, as formulas have it; nothing where the last word has a number."""
    *before, last = words
    numbers = [w for w in before if w.isdigit()]
    return valid(last + "_".join(numbers)) if numbers and not last[-1].isdigit() else ""


def valid(name: str) -> str:
    """``name`` as a Python name that means nothing else."""
    name = unicodedata.normalize("NFKC", name)  # as Python reads names
    name = "".join(c if f"a{c}".isidentifier() else "_" for c in name).strip("_") or "t"
    name = name if name.isidentifier() else f"_{name}"
    return f"{name}_" if name in TAKEN else name


def unique(names: dict[Value, str]) -> dict[Value, str]:
    """The same names, with a number after those that come more than once."""
    used: Counter[str] = Counter()
    everything = set(names.values())
    result = {}
    for value, name in names.items():
        used[name] += 1
        new = name
        while used[name] > 1 and (new := f"{name}_{used[name]}") in everything:
            used[name] += 1
        everything.add(new)
        result[value] = new
    return result
