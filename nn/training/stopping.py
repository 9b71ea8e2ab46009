"""Early stopping: which report of a training is the best, and when to wait no longer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan

from autograd_lite.calls import TEXT, checked, one_of
from nn.calls import FLAG, SIZE
from nn.display import Shown
from nn.training.history import Callback, History, Training

#: Words in the name of a measurement of which less is better, and more.
LESS = """
    loss losses error errors err cost mse rmse mae mape msle nll bce deviance perplexity ppl
    entropy divergence kl distance residual residuals regret negative misclassified brier
"""
MORE = """
    accuracy accuracies acc auc auroc auprc f1 precision recall score scores r2 iou dice bleu
    rouge likelihood correct correlation reward gain sensitivity specificity map psnr ssim
"""


@checked(
    patience=SIZE,
    of=TEXT,
    mode=one_of("auto", "min", "max"),
    restore_best=FLAG,
    unit=one_of("reports", "epochs"),
)
def early_stopping(
    patience: int,
    of: str = "loss",
    mode: str = "auto",
    restore_best: bool = False,
    *,
    unit: str = "reports",
) -> Callback:
    """A callback that ends a training whose measurement ``of`` no longer becomes better.

    It stops at the first report that has no new best value among the last ``patience`` ones, or,
    with ``unit="epochs"``, for so many epochs.  Of equal values the first is the best, and NaN is
    none.  ``mode`` says whether the best is the ``"min"`` or the ``"max"``.  With ``"auto"`` the
    name says it: less of a loss or error is better, and more of an accuracy or score.  With
    ``restore_best`` `fit` returns the model of the best report, however training ends, and
    ``history.best`` is its step.  (Prechelt 1998)

    Raises ValueError if ``patience`` is less than 1, or if the name does not say the direction.
    When called, raises KeyError if no measurement has that name.

    >>> import nn
    >>> stop = nn.early_stopping(2)
    >>> [
    ...     stop(nn.Training(0, None, None, nn.History(losses=losses)))
    ...     for losses in ([3.0, 1.0, 2.0], [3.0, 1.0, 2.0, 1.0])
    ... ]
    [False, True]
    """
    return EarlyStopping(
        patience, of, direction(of) if mode == "auto" else mode, restore_best, unit
    )


def direction(name: str) -> str:
    """Whether the ``"min"`` or the ``"max"`` of a measurement is best, by the words of its name.

    The loss of something is a loss.  Raises ValueError if the name does not say it.

    >>> direction("val_accuracy"), direction("validation loss"), direction("logLikelihood")
    ('max', 'min', 'max')
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][A-Za-z])", " ", name.replace("²", "2"))
    words = set(re.findall(r"[a-z]+[0-9]*", parted.lower()))
    if words & {*LESS.split()}:
        return "min"
    if words & {*MORE.split()}:
        return "max"
    raise ValueError(
        f"early_stopping: of = {name!r}, which does not say whether less or more is better; give "
        f"mode='min' or mode='max'"
    )


@dataclass(frozen=True)
class EarlyStopping(Shown):
    """What `early_stopping` makes: all that it knows of the past is in the history."""

    patience: int
    of: str
    mode: str
    restore_best: bool
    unit: str

    @property
    def spoken(self) -> str:
        """What it is called where it is said that it has ended a training."""
        return f"early_stopping({self.patience}, of={self.of!r})"

    def best_report(self, history: History) -> int:
        """The index of the best report, or −1 where none has a number."""
        series = history.series(self.of)
        numbers = [i for i, value in enumerate(series) if not isnan(value)]
        best = max if self.mode == "max" else min
        return best(numbers, key=series.__getitem__, default=-1)

    def __call__(self, training: Training) -> bool:
        history, best = training.history, self.best_report(training.history)
        if self.unit == "reports":
            return len(history.series(self.of)) - 1 - best >= self.patience
        if training.per_epoch is None:
            raise ValueError(
                "early_stopping: unit = 'epochs', and these batches have no length; give "
                "nn.Batches, or unit='reports'"
            )
        since = history.steps[best] if best >= 0 else 0
        return training.step - since >= self.patience * training.per_epoch
