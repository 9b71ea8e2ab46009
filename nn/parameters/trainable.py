"""What is trained of a model, and what is frozen or one in several places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import wraps
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import checked, maybe
from nn.calls import MODEL, TRAINABLE
from nn.parameters.buffers import are_buffers
from nn.parameters.paths import field_names, named_leaves, parts

Model = TypeVar("Model")

Trainable = str | Sequence[str] | Callable[[str], bool]


@checked(model=MODEL, trainable=maybe(TRAINABLE))
def partition(
    model: Model, trainable: Trainable | None = None
) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Model]]:
    """The trained arrays of a model by their paths, and the function that makes a model of such.

    ``trainable`` is a path such as ``"layers.2"``, a list of paths, or a function of the path that
    says whether an array is trained; None is all.  A path stands for all that is in it, and ``*``
    for any text.  What is frozen, and what is measured, such as the statistics of `BatchNorm`, is
    not among the arrays, so that no gradient, norm, decay or state has it.  An array that stands
    in several places is there once, and stays one.

    Raises ValueError if nothing is trained, or if a path names nothing.

    >>> import numpy as np, nn
    >>> net = nn.MLP([2, 3, 1], rng=np.random.default_rng(0))
    >>> part, whole = nn.partition(net, "layers.2")
    >>> [*part], whole(part).layers[0].weight is net.layers[0].weight
    (['layers.2.weight', 'layers.2.bias'], True)
    """
    names = trained_names(model, trainable)
    return partition_by(model, names_once(model) if names is None else names)


def trained_names(
    model: Any, trainable: Trainable | None, who: str = "partition"
) -> tuple[str, ...] | None:
    """The paths of what is trained, each array once; None if that is the model as it is."""
    refuse_flags(who, model)
    if trainable is None:
        return names_once(model) if shared_paths(model) else None
    first, names = firsts(model), names_once(model)
    if callable(trainable):
        found = {first[name] for name in first if trainable(name)}
    else:
        patterns = [trainable] if isinstance(trainable, str) else [*trainable]
        for pattern in patterns:
            if not any(_is_in(name, pattern) for name in first):
                raise ValueError(
                    f"{who}: trainable: {pattern!r} names nothing in the model; write "
                    f"{' or '.join(map(repr, _alike(pattern, first)))}; the paths are those of "
                    f"nn.named_leaves(model), and what they begin with"
                )
        found = {first[name] for name in first if any(_is_in(name, p) for p in patterns)}
    kept = tuple(name for name in names if name in found)
    if not kept:
        raise ValueError(
            f"{who}: trainable: nothing in the model is trained; give the paths of what is, "
            f"such as trainable={[*first][-1]!r}"
        )
    return kept


#: What other packages set on a layer that is to stay as it is.
FLAGS = ("trainable", "requires_grad", "frozen")


def refuse_flags(who: str, model: Any, path: str = "") -> None:
    """Raise ValueError for a layer on which it was written that it is frozen: nobody would read it.

    >>> import numpy as np, nn
    >>> net = nn.MLP([2, 3, 1], rng=np.random.default_rng(0))
    >>> net[0].trainable = False
    >>> refuse_flags("fit", net)
    Traceback (most recent call last):
    ValueError: fit: layers.0.trainable was set, and is no field of a Linear, so nothing reads it; \
delete it, and name what is trained, as in trainable=["layers.2"]
    """
    inner = parts(model)
    if inner is None:
        return
    kind: Any = type(model)
    own = field_names(kind) or ()
    for flag in FLAGS if own else ():
        if flag not in own and flag in getattr(model, "__dict__", ()):
            raise ValueError(
                f"{who}: {f'{path}.{flag}' if path else flag} was set, and is no field of a "
                f"{kind.__name__}, so nothing reads it; delete it, and name what is "
                f'trained, as in trainable=["layers.2"]'
            )
    for step, part in inner.items():
        refuse_flags(who, part, f"{path}.{step}" if path else str(step))


def partition_by(
    model: Any, names: Sequence[str]
) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]:
    """`partition` by these paths.  Raises ValueError for a path that the model has not."""
    leaves, first = named_leaves(model), firsts(model)
    if unknown := [name for name in names if name not in leaves]:
        raise ValueError(f"the model has nothing called {unknown[0]!r}")
    sources = [first[name] if first[name] in names else None for name in leaves]

    def whole(part: dict[str, Any]) -> Any:
        """The model with these arrays; what is not among them is that of ``model``."""
        source = iter(sources)

        def fill(leaf: Any) -> Any:
            name = next(source)
            return leaf if name is None else part[name]

        return al.tree_map(fill, model)

    return {name: leaves[name] for name in names}, whole


def of_part(loss: Callable[..., Any], whole: Callable[[Any], Any]) -> Callable[..., Any]:
    """``loss(model, …)`` as a function of the trained part of the model."""

    @wraps(loss)
    def partial_loss(part: Any, *batch: Any) -> Any:
        return loss(whole(part), *batch)

    return partial_loss


# ---- what is one in several places ----


def shared_paths(model: Any) -> list[tuple[str, str]]:
    """The pairs of paths at which the same array stands: the first one, and another.

    >>> import numpy as np, nn
    >>> layer = nn.Linear(2, 2, rng=np.random.default_rng(0), bias=None)
    >>> shared_paths([layer, layer])
    [('0.weight', '1.weight')]
    """
    return [(source, name) for name, source in firsts(model).items() if source != name]


def refuse_shared(who: str, model: Any) -> None:
    """Raise ValueError for a model with one array in two places: a step would make two of it."""
    leaves = al.tree_leaves(model)
    if len({*map(id, leaves)}) == len(leaves):
        return
    for source, name in shared_paths(model)[:1]:
        raise ValueError(
            f"{who}: {name} is the same array as {source}, and a step would make two of it; train "
            f"with nn.fit, which keeps it one, or the part of part, whole = nn.partition(model), "
            f"where whole(part) is the model; for two, give one a copy"
        )


def is_one(leaf: Any) -> bool:
    """Whether a leaf that stands in two places is one: an array is, and a number is a value."""
    return hasattr(leaf, "dtype") and not isinstance(leaf, np.generic)


def firsts(model: Any) -> dict[str, str]:
    """For the path of each leaf the first path at which this very array stands."""
    seen: dict[int, str] = {}
    return {
        name: seen.setdefault(id(leaf), name) if is_one(leaf) else name
        for name, leaf in named_leaves(model).items()
    }


def names_once(model: Any) -> tuple[str, ...]:
    """The paths of what can be trained, each array at its first."""
    first, measured = firsts(model), are_buffers(model)
    return tuple(n for (n, source), m in zip(first.items(), measured) if source == n and not m)


def _prefixes(name: str) -> list[str]:
    """A path and all in which it is: layers, layers.0, layers.0.weight."""
    return [*accumulate(name.split("."), lambda path, step: f"{path}.{step}")]


def _prefixes_of(names: Any) -> list[str]:
    return [*dict.fromkeys(prefix for name in names for prefix in _prefixes(name))]


def _alike(pattern: str, names: Any) -> list[str]:
    """Some paths that may be meant: those alike, or the layers that come last."""
    prefixes = _prefixes_of(names)
    layers = [path for path in prefixes if path not in names]  # what has arrays in it
    near = get_close_matches(pattern, prefixes, n=3, cutoff=0.5)
    return near or (layers or prefixes)[:-4:-1]


def _is_in(name: str, pattern: str) -> bool:
    return any(fnmatchcase(prefix, pattern) for prefix in _prefixes(name))
