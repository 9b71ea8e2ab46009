"""A derivation by hand, held against the engine."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.judging import Judge
from autograd_lite.analysis.by_hand.notes import no_such, notes
from autograd_lite.analysis.by_hand.sayings import Sayings
from autograd_lite.analysis.by_hand.scenes import Scene, elsewhere
from autograd_lite.analysis.by_hand.verdicts import Derivation, Verdict
from autograd_lite.calls import FUNCTION, checked


@checked(hand_backward=FUNCTION, loss=FUNCTION)
def compare(hand_backward: Callable[..., Any], loss: Callable[..., Any], *args: Any) -> Derivation:
    """Hold a backward pass that was derived by hand against the engine, gradient by gradient.

    ``hand_backward(*args)`` returns the gradients of all or the first arguments as a tuple, or a
    dict by names: ``W1``, ``dW1``, or the keys of an argument that is a dict.  It may return these
    and a dict of intermediates.  Their keys are names that `al.named` gave to values (``z3``), or
    those of the gradients in a program (``delta3``).

    Each verdict says *same bits*, *equal within n ulp*, or what is wrong.  The mistake is named
    where one explains the numbers: a transpose, a missing sum over the batch, a factor, a sign, a
    slope, a stale value.  Errors that follow from an earlier one in the backward pass are told
    apart.  All is judged twice, for the arguments and for others that are drawn, and within the
    rounding that is measured there.  The result is true where everything is right.
    Raises TypeError if the hand version returns something else than gradients of the arguments,
    and ValueError if the shape of one has nothing to do with its argument's.

    >>> import numpy as np, autograd_lite as al
    >>> def loss(w, x):
    ...     return np.sum(np.tanh(al.named("z", w * x)))
    >>> def by_hand(w, x):
    ...     delta = 1 - np.tanh(w * x) ** 2
    ...     return (-delta * x,), {"z": delta}
    >>> print(al.compare(by_hand, loss, np.array([0.5, 1.0]), np.array([1.0, 2.0])))
    loss: 1 of 2 wrong; the first in the backward pass is dw
        z   same bits
      ✗ dw  in the gradient of w, the sign is wrong
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        given = Scene(hand_backward, loss, args)
        other, why = elsewhere(hand_backward, loss, given)
        says = Sayings(loss, args)
        judge = Judge(hand_backward, loss, says, given, other)
        verdicts = [judge.verdict(item) for item in given.items]
        verdicts += [Verdict(name, None, no_such(given.program, name)) for name in given.unknown]
        remarks = [*notes(says, given, other, why)]
        return Derivation(getattr(loss, "__name__", "loss"), verdicts, remarks)
