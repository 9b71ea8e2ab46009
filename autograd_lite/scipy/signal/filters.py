"""Recursive filters, by their coefficients, the signal, and the state that they begin with.

A filter with a₀ = 1 says Σₖ aₖ y[n − k] = Σₖ bₖ x[n − k].  Let u be what the recursion makes of
g backwards in time: Σₖ aₖ u[n + k] = g[n].  Then the slopes are Σₖ bₖ u[n + k] by x[n],
Σₙ u[n] x[n − k] by bₖ and −Σₙ u[n] y[n − k] by aₖ: filters and sums like the first.

Source: Oppenheim and Schafer 2010, "Discrete-time signal processing", ch. 6.
"""

from typing import Any

import numpy as np
import scipy.signal as theirs

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import example
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any


@primitive
def filtered(b: Array, tail: Array, x: Array, axis: int = -1) -> Array:
    """The filter b / (1, tail) of a signal along an axis."""
    a = np.concatenate([np.ones(1, np.result_type(tail)), np.asarray(tail)])
    return theirs.lfilter(np.asarray(b), a, np.asarray(x), axis)


def backwards(b: Array, tail: Array, g: Array, axis: int) -> Array:
    """The transposed filter: what happens later comes first."""
    return np.flip(filtered(b, tail, np.flip(g, axis), axis=axis), axis)


def delayed(u: Array, x: Array, axis: int, first: int, count: int) -> Array:
    """The sums Σₙ u[n] x[n − k] of as many k, from the first on."""
    n = np.shape(x)[axis]
    u, x = np.moveaxis(u, axis, -1), np.moveaxis(x, axis, -1)
    sums = [
        np.sum(u[..., k:] * x[..., : n - k]) if k < n else np.sum(u[..., :0] * x[..., :0])
        for k in range(first, first + count)
    ]
    return np.stack(sums) if count else np.zeros(0, np.result_type(u))


def one() -> Array:
    return np.ones(1)


def filtered_by_b(g: Array, x: Array, tail: Array, shape: Any, axis: int) -> Array:
    return delayed(backwards(one(), tail, g, axis), x, axis, 0, shape[0])


def filtered_by_tail(g: Array, y: Array, tail: Array, shape: Any, axis: int) -> Array:
    return -delayed(backwards(one(), tail, g, axis), y, axis, 1, shape[0])


def filtered_by_x(g: Array, b: Array, tail: Array, axis: int) -> Array:
    return backwards(b, tail, g, axis)


rule(filtered, b=filtered_by_b, tail=filtered_by_tail, x=filtered_by_x)


def lfilter(b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """The filter b / a of a signal along an axis; with a state ``zi``, the last state, too.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda a: signal.lfilter([1.0], a, np.ones(3))[2])(np.array([1.0, 0.5]))
    array([-0.75,  0.  ])
    """
    if not is_tracked([b, a, x, zi]):
        return theirs.lfilter(b, a, x, axis, zi)
    b, a, x = array(b), array(a), array(x)
    b, a = (np.reshape(v, (1,)) if np.ndim(v) == 0 else v for v in (b, a))
    b, a = b / a[0], a / a[0]
    y = filtered(b, a[1:], x, axis=axis)
    if zi is None:
        return y
    zi = np.moveaxis(array(zi), axis, -1)
    order = max(np.shape(b)[0], np.shape(a)[0]) - 1
    x, y = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    n, state = np.shape(x)[-1], np.shape(zi)[-1]
    if state != order:
        raise ValueError(f"lfilter: zi has {state} elements along axis {axis}; give {order}")
    zi = np.broadcast_to(zi, (*np.shape(x)[:-1], order))
    started = padded(zi[..., : min(n, order)], 0, n - min(n, order))
    y = y + filtered(one(), a[1:], started)
    # what the filter still owes when the signal ends
    zf = tails(b, x, order) - tails(a, y, order)
    if n < order:
        zf = zf + padded(zi[..., n:], 0, n)
    return np.moveaxis(y, -1, axis), np.moveaxis(zf, -1, axis)


def tails(b: Array, x: Array, order: int) -> Array:
    """The elements of Σₖ bₖ x[n − k] beyond the end of x, as many as the order."""
    n, size = np.shape(x)[-1], np.shape(b)[0]
    x = padded(x[..., max(n - order, 0) :], max(order - n, 0), order)
    total = x[..., :0].sum() * b[0] + np.zeros((*np.shape(x)[:-1], order))
    for k in range(1, size):
        total = total + b[k] * x[..., order - k : 2 * order - k]
    return total


def padded(x: Array, before: int, after: int) -> Array:
    """``x`` with zeros at both ends of its last axis."""
    return np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(before, after)])


def array(x: Any) -> Array:
    """A list of Tensors as one; all else as an array."""
    x = np.stack(x) if type(x) in (list, tuple) and is_tracked(x) else x
    return x if hasattr(x, "dtype") else np.asarray(x)


def sosfilt(sos: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    """A cascade of filters of second order along an axis; see `lfilter`.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> sos = np.array([[1.0, 0.0, 0.0, 1.0, 0.5, 0.0]])
    >>> al.grad(lambda x: signal.sosfilt(sos, x)[2])(np.ones(3))
    array([ 0.25, -0.5 ,  1.  ])
    """
    if not is_tracked([sos, x, zi]):
        return theirs.sosfilt(sos, x, axis, zi)
    sos, x = array(sos), array(x)
    if np.ndim(sos) != 2 or np.shape(sos)[1] != 6:
        raise ValueError(f"sosfilt: sos has shape {np.shape(sos)}; give (n_sections, 6)")
    zi, last = None if zi is None else array(zi), []
    for i in range(np.shape(sos)[0]):
        x = lfilter(sos[i, :3], sos[i, 3:], x, axis, None if zi is None else zi[i])
        if zi is not None:
            x, state = x
            last.append(state)
    return x if zi is None else (x, np.stack(last))


def lfilter_zi(b: Any, a: Any) -> Array:
    """The state of a filter that has always seen ones.

    >>> from autograd_lite.scipy import signal
    >>> signal.lfilter_zi([1.0], [1.0, -0.5])
    array([1.])
    """
    if not is_tracked([b, a]):
        return theirs.lfilter_zi(b, a)
    return steady_state(array(b), array(a))


def steady_state(b: Array, a: Array) -> Array:
    """The state of a filter that has always seen ones."""
    b, a = b / a[0], a / a[0]
    n = max(np.shape(b)[0], np.shape(a)[0])
    b, a = padded(b, 0, n - np.shape(b)[0]), padded(a, 0, n - np.shape(a)[0])
    # state and output are steady: zᵢ = zᵢ₊₁ + bᵢ₊₁ − aᵢ₊₁ y, and y = b₀ + z₀
    y = np.sum(b) / np.sum(a)
    owed = b[1:] - a[1:] * y
    return np.flip(np.cumsum(np.flip(owed)))


def sosfilt_zi(sos: Any) -> Array:
    """The state of a cascade that has always seen ones.

    >>> from autograd_lite.scipy import signal
    >>> signal.sosfilt_zi([[1.0, 0.0, 0.0, 1.0, -0.5, 0.0]])
    array([[1., 0.]])
    """
    if not is_tracked(sos):
        return theirs.sosfilt_zi(sos)
    return steady_states(array(sos))


def steady_states(sos: Array) -> Array:
    """The states of a cascade that has always seen ones."""
    scale, states = 1.0, []
    for i in range(np.shape(sos)[0]):
        b, a = sos[i, :3], sos[i, 3:]
        states.append(scale * steady_state(b, a))
        scale = scale * np.sum(b) / np.sum(a)
    return np.stack(states)


# ---- forwards and backwards ----


def extended(x: Array, n: int, padtype: str | None) -> Array:
    """A signal that goes on at both ends of its last axis."""
    if padtype is None or n == 0:
        return x
    first, last = x[..., :1], x[..., -1:]
    before, after = np.flip(x[..., 1 : n + 1], -1), np.flip(x[..., -n - 1 : -1], -1)
    if padtype == "odd":
        before, after = 2 * first - before, 2 * last - after
    elif padtype == "constant":
        before, after = first + 0 * before, last + 0 * after
    return np.concatenate([before, x, after], axis=-1)


def edge_of(name: str, x: Array, padtype: str | None, padlen: int | None, taps: int) -> int:
    """How far a signal is extended at each end."""
    if padtype not in ("odd", "even", "constant", None):
        raise ValueError(f"{name}: padtype={padtype!r}; give 'odd', 'even', 'constant' or None")
    edge = 0 if padtype is None else 3 * taps if padlen is None else padlen
    if np.shape(x)[-1] <= edge:
        raise ValueError(f"{name}: x has {np.shape(x)[-1]} samples; give more than {edge}")
    return edge


def filtfilt(
    b: Any,
    a: Any,
    x: Any,
    axis: int = -1,
    padtype: str | None = "odd",
    padlen: int | None = None,
    method: str = "pad",
    irlen: int | None = None,
) -> Array:
    """A filter forwards and backwards, without a delay.  TypeError for ``method="gust"``.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import signal
    >>> al.grad(lambda x: signal.filtfilt([0.5, 0.5], [1.0], x, padlen=0)[1])(np.ones(3))
    array([0.25, 0.5 , 0.25])
    """
    if not is_tracked([b, a, x]):
        return theirs.filtfilt(b, a, x, axis, padtype, padlen, method, irlen)
    if method != "pad":
        raise TypeError(
            'filtfilt has derivatives by method="pad" alone; give that, or plain arrays'
        )
    b, a, x = array(b), array(a), np.moveaxis(array(x), axis, -1)
    b, a = (np.reshape(v, (1,)) if np.ndim(v) == 0 else v for v in (b, a))
    edge = edge_of("filtfilt", x, padtype, padlen, max(np.shape(b)[0], np.shape(a)[0]))
    y, zi = extended(x, edge, padtype), steady_state(b, a)
    for _ in range(2):
        y = np.flip(lfilter(b, a, y, zi=zi * y[..., :1])[0], -1)
    return np.moveaxis(y[..., edge : np.shape(y)[-1] - edge], -1, axis)


def sosfiltfilt(
    sos: Any, x: Any, axis: int = -1, padtype: str | None = "odd", padlen: int | None = None
) -> Array:
    """A cascade of filters forwards and backwards; see `filtfilt`.

    >>> import numpy as np
    >>> from autograd_lite.scipy import signal
    >>> signal.sosfiltfilt([[0.5, 0.5, 0.0, 1.0, 0.0, 0.0]], np.ones(12))[:2]
    array([1., 1.])
    """
    if not is_tracked([sos, x]):
        return theirs.sosfiltfilt(sos, x, axis, padtype, padlen)
    sos, x = array(sos), np.moveaxis(array(x), axis, -1)
    plain = np.asarray(example(sos))  # of which SciPy counts the zeros
    taps = 2 * len(plain) + 1 - min((plain[:, 2] == 0).sum(), (plain[:, 5] == 0).sum())
    edge = edge_of("sosfiltfilt", x, padtype, padlen, int(taps))
    y, zi = extended(x, edge, padtype), steady_states(sos)
    for _ in range(2):
        states = [zi[i] * y[..., :1] for i in range(len(plain))]
        y = np.flip(sosfilt(sos, y, zi=np.stack(states))[0], -1)
    return np.moveaxis(y[..., edge : np.shape(y)[-1] - edge], -1, axis)
