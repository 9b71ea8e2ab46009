"""The training loop `fit`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from functools import partial
from itertools import chain, islice, repeat
from math import isfinite
from typing import TYPE_CHECKING, Any, Concatenate, SupportsFloat, TypeVar

from autograd_lite.calls import FUNCTION, checked, maybe, one_of
from nn.calls import COUNT, FLAG, MODEL, OPTIMIZER, SIZE, TRAINABLE, TRAINED, VALIDATION
from nn.parameters.trainable import Trainable, trained_names
from nn.training.carried import carried
from nn.training.checks import (
    check_arguments,
    is_sound,
    judge_of,
    measured,
    name_of,
    told_of_dtypes,
    warn,
)
from nn.training.history import Callback, History, Training
from nn.training.progress import Progress
from nn.training.ranks import resumed, team
from nn.training.reports import Reports, Validate, validation
from nn.training.steps import compiled_step, one_by_one
from nn.training.strides import can_go_ahead, several_at_once

if TYPE_CHECKING:
    from nn.parameters.optimizer import Optimizer


Model = TypeVar("Model")


@checked(
    model=MODEL,
    loss=FUNCTION,
    optimizer=OPTIMIZER,
    measure=maybe(FUNCTION),
    validate=maybe(VALIDATION),
    resume=maybe(TRAINED),
    steps=maybe(COUNT),
    epochs=maybe(COUNT),
    every=maybe(SIZE),
    compile=FLAG,
    progress=FLAG,
    trainable=maybe(TRAINABLE),
    on_nan=one_of("stop", "raise", "ignore"),
    leaf=maybe(SIZE),
)
def fit(
    model: Model,
    loss: Callable[Concatenate[Model, ...], Any],
    batches: Iterable[tuple[Any, ...]],
    optimizer: Optimizer,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    every: int | None = None,
    measure: Callable[[Model], SupportsFloat] | None = None,
    validate: Validate | tuple[Any, ...] | None = None,
    callbacks: Sequence[Callback] = (),
    resume: Training | None = None,
    compile: bool = False,
    progress: bool = True,
    trainable: Trainable | None = None,
    on_nan: str = "stop",
    comm: Any = None,
    leaf: int | None = None,
) -> tuple[Model, History]:
    """Train: for each batch, the gradient of ``loss(model, *batch)`` and a step of the optimiser.

    There are ``steps`` in all, or ``epochs`` of ``len(batches)`` each.  With ``resume`` training
    goes on from there, in place of ``model`` and an optimiser that starts.

    Every ``every`` steps, a hundredth of all by default, there is a report.  The history gets
    ``measure(model)``, by default the loss of the last batch, and each number of the dict
    ``validate(model)``; where ``validate`` is a tuple such as (x, y), the ``"validation loss"`` is
    ``loss(model, *validate)``.  ``progress`` shows a bar in a terminal where tqdm is installed, and
    lines elsewhere.  Each callback is called with the `Training`, which ends when one returns True,
    or at Ctrl-C.

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

    With ``comm``, a communicator of mpi4py, every rank calls `fit` with the same arguments, and
    takes its rows of each batch.  ``loss`` is to be a mean over rows, as those of `nn` are, and the
    gradient is that of the mean over the whole batch.  Rank 0 gives the model that all begin with,
    shows progress and calls the callbacks.  At each report the ranks compare their models.  With
    ``leaf``, sums are formed in a tree over blocks of so many rows, so the model has the same bits
    for any number of ranks.  An error of one rank ends all.

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
    ranks = team(comm, leaf, model, compiled=compile)
    model, resume = ranks.same(model), resumed(ranks, resume)
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
    model, whole, descent_of = carried(origin, names, ranks.value_and_grad)
    descend = descent_of(loss)
    validating = validation(loss, validate) if isinstance(validate, (tuple, list)) else validate
    if resume is None:
        resume = Training(0, origin, optimizer.start(model), History(), trainable=names)
    elif resume.trainable != names:
        raise ValueError(
            f"fit: resume has trained {_told(resume.trainable)}, and this is to train "
            f"{_told(names)}; give trainable={_argument(resume.trainable)}, or begin anew with its "
            f"model: fit(resume.model, ...) without resume="
        )
    done, state = resume.step, resume.state
    history = resume.history.until(done)
    name = name_of(optimizer)
    per_epoch = len(batches) if isinstance(batches, Sized) else None
    judge = judge_of("fit", callbacks)

    def looked_at(batch: Any) -> Any:
        """The first batch, of which it is told once what its dtype leads to."""
        if isinstance(batch, tuple) and (told := told_of_dtypes(origin, batch)):
            warn(f"fit: {told}")
        return batch

    best = _best_before(resume, history, judge)
    stream = chain(map(looked_at, islice(stream, 1)), stream)
    first = advance = one_by_one(stream, partial(descend, optimizer))
    if compile and comm is None:
        advance = one_by_one(stream, compiled_step(loss, optimizer, descend))
    if compile and comm is None and can_go_ahead(batches, origin, every):
        advance = several_at_once(batches, descend, optimizer, first, advance, on_nan != "ignore")
    guarded, fault = on_nan != "ignore", ""
    reported = before = earlier = done, model  # the last is the one before the one before
    stand: dict[str, Any] = {"optimizer": name, "per_epoch": per_epoch, "trainable": names}
    with Progress(steps, done, progress and ranks.first, per_epoch) as shown:
        reports = Reports("fit", history, validating, callbacks, shown, judge, best, ranks)
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
                    ranks.compare(model, step)
                    reported, now = (done, model), whole(model)
                    cost = measured("fit", "measure", measure(now) if measure else value)
                    ended = reports.made(step, cost, now, state=state, **stand)
                    if ended and step < steps:
                        history.stopped = f"by {ended} after {done:,} of {steps:,} steps"
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
    return (whole(model) if reports.best is None else reports.best), history


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
