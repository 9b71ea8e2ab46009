"""Checkpoints: models and trainings as files of safetensors and JSON, without pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import autograd_lite as al
from autograd_lite.calls import PATH, checked, maybe
from nn.calls import BATCHES, GENERATOR, OPTIMIZER, SAVED, TRAINED
from nn.data.batches import Batches
from nn.data.generators import check_state
from nn.parameters.paths import named_leaves
from nn.parameters.trainable import firsts
from nn.training import files
from nn.training.carried import carried
from nn.training.checks import name_of
from nn.training.codec import check_like, decode, encode
from nn.training.files import HEADER, Kind, Name, damaged, kind, load_json
from nn.training.history import History, Training

if TYPE_CHECKING:
    from nn.parameters.optimizer import Optimizer

Model = TypeVar("Model")

FORMAT = 2  # in which the header is under a checksum too
READ = (1, 2)
MODEL, TRAINING = "model.", "training"  # the prefix of the parameters, the name of the JSON


@checked(path=PATH, model=SAVED)
def save(path: Name, model: Any) -> None:
    """Write the parameters of a model as a safetensors file, each under its path in the model.

    The names are such as ``layers.0.weight``, and other libraries read them too.  The file is
    replaced in one piece, also where several processes write and read it.  Raises ValueError for
    arrays that no file can hold, such as objects, and OSError, naming the file, if it cannot be
    written; then the old one stays.

    >>> import tempfile, numpy as np, nn
    >>> net = nn.MLP([2, 3, 1], rng=np.random.default_rng(0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save(f"{folder}/net.safetensors", net)
    ...     same = nn.load(f"{folder}/net.safetensors", like=net)
    >>> bool(np.all(same.layers[0].weight == net.layers[0].weight))
    True
    """
    files.write(path, named_leaves(model))


@checked(path=PATH, like=SAVED)
def load(path: Name, like: Model) -> Model:
    """A model like ``like`` with the parameters from a safetensors file: see `save`.

    Raises ValueError, naming the file and the parameters, if names, shapes or dtypes are not those
    of ``like``, or if the file is damaged.
    """

    def check(kinds: dict[str, Kind], texts: dict[str, str]) -> None:
        if TRAINING in texts:
            raise ValueError(f"{path}: holds a training, not a model: use nn.load_checkpoint")
        _check_parameters(path, kinds, like)

    arrays, _ = files.read(path, check)
    try:
        return _filled(like, arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


@checked(path=PATH, training=TRAINED, batches=maybe(BATCHES), rng=maybe(GENERATOR))
def save_checkpoint(
    path: Name,
    training: Training,
    *,
    batches: Batches | None = None,
    rng: np.random.Generator | None = None,
) -> None:
    """Write where a training stands, so that `load_checkpoint` can go on with it.

    It is one safetensors file, replaced in one piece, also where several processes write and read
    it.  A checksum covers all of it.  It holds the model, the optimiser's state,
    the step, the history, the position of ``batches``, and the state of an ``rng`` for the loss.
    Where `early_stopping` restores the best model, that is in it, too.
    It serves as a callback in
    ``callbacks=[lambda training: nn.save_checkpoint(path, training)]``.  Raises ValueError for what
    no file can hold, and OSError, naming the file, if it cannot be written; then the old one stays.

    >>> import tempfile, numpy as np, nn
    >>> training = nn.Training(7, {"w": np.ones(2)}, 7, nn.History())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save_checkpoint(f"{folder}/run", training)
    ...     nn.load_checkpoint(f"{folder}/run", {"w": np.zeros(2)}, nn.SGD(0.5)).model
    {'w': array([1., 1.])}
    """
    arrays = {MODEL + name: leaf for name, leaf in named_leaves(training.model).items()}
    history = training.history.until(training.step)
    rest = {
        "format": FORMAT,
        "step": training.step,
        "optimizer": training.optimizer,
        "state": encode(training.state, "state", arrays),
        "history": encode(_as_arrays(history), "history", arrays),
        "batches": encode(batches and batches.position, "batches", arrays),
        "rng": encode(rng and rng.bit_generator.state, "rng", arrays),
        "trainable": training.trainable and [*training.trainable],
        "best": encode(training.best, "best", arrays),
    }
    files.write(path, arrays, {TRAINING: json.dumps(rest)})


@checked(path=PATH, model=SAVED, optimizer=OPTIMIZER, batches=maybe(BATCHES), rng=maybe(GENERATOR))
def load_checkpoint(
    path: Name,
    model: Any,
    optimizer: Optimizer,
    *,
    batches: Batches | None = None,
    rng: np.random.Generator | None = None,
) -> Training:
    """Where a saved training stands, to go on with ``nn.fit(..., resume=training)``.

    ``model`` is like the saved one, and ``optimizer`` is that of the training.  Its state keeps the
    structure and shapes of its start; only what is None or empty at first may grow.  ``batches``
    and ``rng`` are moved to where they stood; they are needed if, and only if, they were saved.

    Raises ValueError, naming the file, if one of them does not fit or the file is damaged; then
    nothing has moved.
    """
    rest: dict[str, Any] = {}

    def check(kinds: dict[str, Kind], texts: dict[str, str]) -> None:
        rest.update(_json(path, texts))
        for name, given in (("batches", batches), ("rng", rng)):
            if (rest.get(name) is None) != (given is None):
                has, give = ("has no", "without") if given is not None else ("has", "with")
                raise ValueError(f"{path}: {has} {name}: call load_checkpoint {give} {name}=")
        saved, name = rest.get("optimizer"), name_of(optimizer)
        if saved and saved != name:  # a training that `fit` has not made has no name
            raise ValueError(f"{path}: is a training with {saved}, and the optimizer is {name}")
        parameters = {n.removeprefix(MODEL): k for n, k in kinds.items() if n.startswith(MODEL)}
        _check_parameters(path, parameters, model)

    arrays, _ = files.read(path, check)
    parameters = {n.removeprefix(MODEL): a for n, a in arrays.items() if n.startswith(MODEL)}
    try:
        step = _step(rest["step"])
        names = _names(rest.get("trainable"))
        trained = carried(model, names).start
        start = optimizer.start(trained)
        state = decode(rest["state"], arrays, start, trained)
        if rest.get("optimizer"):  # else nobody knows whose state it is
            check_like(state, start)
        history = _history(decode(rest["history"], arrays, None, None), step)
        position, moment = (decode(rest[name], arrays, None, None) for name in ("batches", "rng"))
        best = decode(rest.get("best"), arrays, model, model)
        if best is not None:
            check_like(best, model, "best")
            best = _filled(model, named_leaves(best))
        filled, name = _filled(model, parameters), name_of(optimizer)
        found = Training(step, filled, state, history, name, best, trainable=names)
        if rng is not None:
            check_state(rng, moment)
        if batches is not None:
            batches.move_to(position)  # all of it, or an error
        if rng is not None:
            rng.bit_generator.state = moment
    except (
        AttributeError,
        KeyError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise ValueError(f"{path}: does not fit to what it is to be read for: {error}") from error
    return found


def _step(step: Any) -> int:
    if type(step) is not int or step < 0:
        raise ValueError(f"step is {step!r}, and counts from 0")
    return step


def _names(names: Any) -> tuple[str, ...] | None:
    if names is None:
        return None
    if not isinstance(names, list) or not names or any(type(name) is not str for name in names):
        raise ValueError(f"trainable is {names!r}, and is a list of paths")
    return tuple(names)


def _history(columns: Any, step: int) -> History:
    """The history from arrays of one length, whose steps grow up to ``step``."""
    steps, validation = columns["steps"], columns["validation"]
    series = [columns["losses"], columns["seconds"], *validation.values()]
    if steps.dtype.kind != "i" or any(a.dtype.kind != "f" for a in series):
        raise ValueError("history.steps are whole numbers, and its series floats")
    if steps.ndim != 1 or any(a.shape != steps.shape for a in series):
        raise ValueError(
            f"history has series of shapes {[steps.shape, *(a.shape for a in series)]}"
        )
    if steps.size and not (steps[0] >= 0 and np.all(np.diff(steps) > 0) and steps[-1] <= step):
        raise ValueError(f"history.steps do not grow from 0 to at most {step:,}")
    return History(
        steps.tolist(),
        columns["losses"].tolist(),
        columns["seconds"].tolist(),
        {name: numbers.tolist() for name, numbers in validation.items()},
    )


def _as_arrays(history: History) -> dict[str, Any]:
    """The history with arrays in place of lists."""
    validation = {name: np.array(series, float) for name, series in history.validation.items()}
    return {
        "steps": np.array(history.steps, np.int64),
        "losses": np.array(history.losses, float),
        "seconds": np.array(history.seconds, float),
        "validation": validation,
    }


def _json(path: Name, texts: dict[str, str]) -> dict[str, Any]:
    if TRAINING not in texts:
        raise ValueError(f"{path}: holds no training; for parameters alone use nn.load")
    try:
        rest = load_json(texts[TRAINING])
        known = rest["format"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise damaged(path, f"its JSON cannot be read: {error}") from None
    if type(known) is not int or known not in READ:
        raise ValueError(
            f"{path}: is of format {known!r}, and this version reads {READ[0]} and {READ[-1]}; "
            f"read it with the version that wrote it"
        )
    if known > 1 and not {files.ARRAYS, HEADER} <= texts.keys():
        raise damaged(path, "it has no checksums")
    return dict(rest)


def _check_parameters(path: Name, kinds: Mapping[str, Kind], like: Any) -> None:
    """Raise ValueError unless the file has the names, shapes and dtypes of the model."""
    wanted = {name: kind(leaf) for name, leaf in named_leaves(like).items()}
    faults = [f"{name} is missing ({wanted[name]})" for name in wanted if name not in kinds]
    faults += [f"{name} ({kinds[name]}) is too many" for name in kinds if name not in wanted]
    faults += [
        f"{name} is {kinds[name]}, and {wanted[name]} in the model"
        for name in wanted
        if name in kinds and kinds[name] != wanted[name]
    ]
    if faults:
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise ValueError(f"{path}: not the model's parameters: {'; '.join(faults[:5])}{more}")


def _filled(like: Any, arrays: Mapping[str, Any]) -> Any:
    """The tree with these arrays for its leaves, where a number stays a number, and one array one.

    Raises ValueError for two arrays where the tree has one in two places.
    """
    sources = firsts(like)
    for name, source in sources.items():
        if np.asarray(arrays[name]).tobytes() != np.asarray(arrays[source]).tobytes():
            raise ValueError(
                f"{name} and {source} differ in the file, and are the same array in the model; "
                f"give a model in which they are two"
            )
    values = iter([arrays[source] for source in sources.values()])

    def fill(leaf: Any) -> Any:
        value = next(values)
        if isinstance(leaf, np.generic):
            return value[()]
        return value.item() if isinstance(leaf, (int, float)) else value

    return al.tree_map(fill, like)
