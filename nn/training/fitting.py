"""The training loop `fit`, its history, and where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from math import isfinite
from time import perf_counter
from typing import Any

from autograd_lite.calls import FUNCTION, checked, maybe, one_of
from nn.calls import COUNT, MODEL, OPTIMIZER, SIZE, TRAINABLE, TRAINED
from nn.parameters.trainable import Trainable, of_part, partition_by, trained_names
from nn.training.checks import (
    check_arguments,
    is_sound,
    judge_of,
    measured,
    measurements,
    name_of,
    told_of_dtypes,
    warn,
)
from nn.training.progress import Progress
from nn.training.steps import compiled_step, eagerly, one_by_one
from nn.training.strides import can_go_ahead, several_at_once


@checked()
@dataclass
class History:
    """The measurements of a training: plain floats, one entry per report.

    ``losses`` are those of the last batch, or what ``measure`` returned.  ``validation`` has what
    ``validate`` returned, by name.  ``stopped`` says why training ended early, if it did.  ``best``
    is the step of the best report, if `early_stopping` was to restore its model.
    """

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    validation: dict[str, list[float]] = field(default_factory=dict)
    stopped: str = ""
    best: int | None = None

    def series(self, name: str) -> list[float]:
        """The measurements of this name: ``"loss"``, or a name that ``validate`` gave.

        Raises KeyError for another name.

        >>> import nn
        >>> nn.History(steps=[1, 2], losses=[0.5, 0.25]).series("loss")
        [0.5, 0.25]
        """
        if name == "loss":
            return self.losses
        if name not in self.validation:
            known = ", ".join(["loss", *self.validation])
            raise KeyError(f"nothing called {name!r} was measured; there is {known}")
        return self.validation[name]

    def add(self, step: int, values: Mapping[str, float], seconds: float) -> None:
        """Append one report: ``values["loss"]``, and the others by name.

        Raises ValueError if the names are not those of the reports before.
        """
        if self.steps and values.keys() != {"loss", *self.validation}:
            before, now = ", ".join(["loss", *self.validation]), ", ".join(values)
            raise ValueError(
                f"step {step:,} reports {now}, and the steps before {before}: the series would no "
                f"longer belong together; give each report the same names (NaN where there is none)"
            )
        self.steps.append(step)
        self.seconds.append(seconds)
        for name, value in values.items():
            series = self.losses if name == "loss" else self.validation.setdefault(name, [])
            series.append(value)

    def until(self, step: int) -> History:
        """The history up to a step, as a copy."""
        n = bisect_right(self.steps, step)
        validation = {name: series[:n] for name, series in self.validation.items()}
        return History(self.steps[:n], self.losses[:n], self.seconds[:n], validation)


@checked()
@dataclass(frozen=True)
class Training:
    """Where a training stands: all that its next step depends on, except for the batches.

    ``optimizer`` is the name of the optimiser to which ``state`` belongs.  ``best`` is the best
    model so far, where one is kept.  ``per_epoch`` counts the steps of an epoch, where batches have
    a length.  ``trainable`` has the paths of what is trained, where that is not the model as it is.
    """

    step: int
    model: Any
    state: Any
    history: History
    optimizer: str = ""
    best: Any = None
    per_epoch: int | None = None
    trainable: tuple[str, ...] | None = None


Callback = Callable[[Training], Any]


@checked(
    model=MODEL,
    loss=FUNCTION,
    optimizer=OPTIMIZER,
    measure=maybe(FUNCTION),
    validate=maybe(FUNCTION),
    resume=maybe(TRAINED),
    steps=maybe(COUNT),
    epochs=maybe(COUNT),
    every=maybe(SIZE),
    trainable=maybe(TRAINABLE),
    on_nan=one_of("stop", "raise", "ignore"),
)
def fit(
    model: Any,
    loss: Callable[..., Any],
    batches: Iterable[tuple[Any, ...]],
    optimizer: Any,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    every: int | None = None,
    measure: Callable[[Any], float] | None = None,
    validate: Callable[[Any], Mapping[str, float]] | None = None,
    callbacks: Sequence[Callback] = (),
    resume: Training | None = None,
    compile: bool = False,
    progress: bool = True,
    trainable: Trainable | None = None,
    on_nan: str = "stop",
) -> tuple[Any, History]:
    """Train: for each batch, the gradient of ``loss(model, *batch)`` and a step of the optimiser.

    There are ``steps`` in all, or ``epochs`` of ``len(batches)`` each.  With ``resume`` training
    goes on from there, in place of ``model`` and an optimiser that starts.

    Every ``every`` steps, a hundredth of all by default, there is a report.  The history gets
    ``measure(model)``, by default the loss of the last batch, and each number of the dict
    ``validate(model)``.  ``progress`` shows a bar in a terminal where tqdm is installed, and lines
    elsewhere.  Each callback is called with the `Training`, which ends when one returns True, or at
    Ctrl-C.

    With ``compile`` a step is traced for each structure, shape and dtype that it meets, and then
    runs as its program, with the same numbers: see `al.compile`, which says what can be compiled.
    For small models the steps between two reports are one `al.scan`, where `samples` or `Batches`
    of arrays give the batches.

    With ``trainable``, which is a path, a list of paths, or a function of the path, only these
    arrays are trained: see `partition`.  All others are frozen: no gradient of them is computed,
    and neither optimiser nor decay nor clipping knows of them.  An array that stands in several
    places of the model stays one.

    At a loss that is NaN or infinite, or a report of a model with such numbers, training stops and
    returns the last model without them.  It warns, or with ``on_nan="raise"`` raises a
    FloatingPointError, or with ``"ignore"`` goes on.

    Returns the trained model, or the best one for `early_stopping` with ``restore_best``, and the
    history, which says if and why training stopped early.  Warns if the batches ran out.  Raises
    TypeError unless one of ``steps`` and ``epochs`` is given, and
    TypeError or ValueError for arguments that cannot be trained with.

    >>> import numpy as np, nn
    >>> def loss(w, x, y):
    ...     return nn.squared_error(w * x, y)
    >>> data = nn.samples(np.ones((1, 1)), np.full((1, 1), 3.0), np.random.default_rng(0))
    >>> w, history = nn.fit(np.zeros(1), loss, data, nn.SGD(0.25), steps=50, progress=False)
    >>> bool(abs(w[0] - 3) < 1e-9)
    True
    """
    check_arguments(batches, callbacks)
    stream, steps = _stream(batches, steps, epochs)
    if resume is not None and resume.step > steps:
        raise ValueError(
            f"fit: resume stands after step {resume.step:,}, and this training ends with "
            f"{steps:,}; steps= and epochs= count from the very beginning"
        )
    if resume is not None and not isinstance(batches, Iterator):  # they begin at the first batch
        stream = islice(stream, resume.step, None)
    every = every or max(1, steps // 100)
    origin = model if resume is None else resume.model
    names = trained_names(origin, trainable, "fit")
    whole: Callable[[Any], Any] = lambda model: model
    model = origin
    if names is not None:
        model, whole = partition_by(origin, names)
        loss = of_part(loss, whole)
    if resume is None:
        resume = Training(0, origin, optimizer.start(model), History(), trainable=names)
    elif resume.trainable != names:
        raise ValueError(
            f"fit: resume has trained {_told(resume.trainable)}, and this is to train "
            f"{_told(names)}; give trainable={_argument(resume.trainable)}"
        )
    done, state = resume.step, resume.state
    history = resume.history.until(done)
    name = name_of(optimizer)
    per_epoch = len(batches) if isinstance(batches, Sized) else None
    judge = judge_of(callbacks)

    def looked_at(batch: Any) -> Any:
        """The first batch, of which it is told once what its dtype leads to."""
        if isinstance(batch, tuple) and (told := told_of_dtypes(origin, batch)):
            warn(f"fit: {told}")
        return batch

    best = _best_before(resume, history, judge)
    start = perf_counter() - (history.seconds[-1] if history.seconds else 0.0)
    stream = chain(map(looked_at, islice(stream, 1)), stream)
    if compile:
        advance = one_by_one(stream, compiled_step(loss, optimizer))
    else:
        advance = eagerly(stream, loss, optimizer)
    if compile and can_go_ahead(batches, origin, every):
        first = eagerly(stream, loss, optimizer)
        advance = several_at_once(batches, loss, optimizer, first, advance, on_nan != "ignore")
    guarded, fault = on_nan != "ignore", ""
    reported = before = earlier = done, model  # the last is the one before the one before
    with Progress(steps, done, progress) as shown:
        try:
            while done < steps:
                room = min(every - done % every, steps - done)
                earlier, before = before, (done, model)
                model, state, value, n = advance(model, state, room)
                if n == 0:
                    history.stopped = f"the batches ran out after {done:,} of {steps:,} steps"
                    warn(f"fit: {history.stopped}")
                    break
                if guarded and not isfinite(value):
                    fault = f"the loss was {float(value)} at step {done + n:,} of {steps:,}"
                    break
                done = step = done + n
                if step % every == 0 or step == steps:
                    if guarded and not is_sound(model):
                        fault = f"the model was not finite after step {done:,} of {steps:,}"
                        break
                    reported, now = (done, model), whole(model)
                    values = {
                        "loss": measured("measure", measure(now)) if measure else float(value)
                    }
                    if validate:
                        values |= measurements(validate(now))
                    history.add(step, values, perf_counter() - start)
                    if judge and judge.best_report(history) == len(history.steps) - 1:
                        best, history.best = now, step
                    shown.show(step, values)
                    training = Training(*(step, now, state, history, name, best, per_epoch, names))
                    stops = [callback(training) for callback in callbacks]
                    if any(stops) and step < steps:
                        history.stopped = f"by a callback after {done:,} of {steps:,} steps"
                        break
        except KeyboardInterrupt:
            history.stopped = f"interrupted after {done:,} of {steps:,} steps"
        if fault:
            sound = (kept for kept in (before, earlier) if is_sound(kept[1]))
            done, model = next(sound, reported)
            history.stopped = f"{fault}; the model is that after step {done:,}"
            if on_nan == "raise":
                raise FloatingPointError(f"fit: {history.stopped}; {_SMALLER}")
            warn(f"fit: {history.stopped}; {_SMALLER}")
        if history.stopped:
            shown.say(f"stopped: {history.stopped}")
    return (whole(model) if best is None else best), history


def _told(names: tuple[str, ...] | None) -> str:
    return "all of the model" if names is None else ", ".join(names)


def _argument(names: tuple[str, ...] | None) -> str:
    return "None" if names is None else repr([*names])


#: What keeps numbers finite.
_SMALLER = "a smaller rate or nn.Clipped may help, and al.debug() says where it came from"


def _best_before(resume: Training, history: History, judge: Any) -> Any:
    """The best model until now, and its step in the history; None where none is kept.

    Raises ValueError if a training is to go on whose best model was not kept.
    """
    index = judge.best_report(history) if judge and history.steps else -1
    if index < 0:
        return None
    history.best = history.steps[index]
    if resume.best is None and history.best != resume.step:
        raise ValueError(
            f"fit: resume has no model of step {history.best:,}, the best so far, since it was "
            f"made without restore_best=True; for the best from here on, give "
            f"dataclasses.replace(resume, history=nn.History())"
        )
    return resume.model if history.best == resume.step else resume.best


def _stream(
    batches: Iterable[tuple[Any, ...]], steps: int | None, epochs: int | None
) -> tuple[Iterator[tuple[Any, ...]], int]:
    """The stream of all batches, and the number of steps."""
    if (steps is None) == (epochs is None):
        raise TypeError("fit: give either steps= or epochs=")
    if epochs is None:
        assert steps is not None
        return iter(batches), steps
    if not isinstance(batches, Sized):
        raise TypeError(
            f"fit: epochs= needs batches that have a length, such as nn.Batches, and "
            f"{type(batches).__name__} has none; give steps= instead"
        )
    # A list, or whatever is no iterator, begins anew in each epoch.
    return chain.from_iterable(repeat(batches, epochs)), epochs * len(batches)
