"""Functions whose results do not vary: they leave the tape."""

import numpy as np

from autograd_lite.core.custom import stop_gradient
from autograd_lite.core.registry import constant
from autograd_lite.rules.common import composition_of, given, ordered_as

# ---- piecewise constant ----

constant(
    *(np.signbit, np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix),
    *(np.floor_divide, np.spacing),
)

# ---- truth ----

constant(
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.all, np.any),
    *(np.logical_and.reduce, np.logical_or.reduce, np.logical_xor.reduce),
    *(np.isnan, np.isinf, np.isfinite, np.isposinf, np.isneginf),
    *(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin),
    *(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj),
)

# ---- positions ----

constant(
    *(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argwhere),
    *(np.argsort, np.argpartition, np.lexsort, np.searchsorted, np.digitize),
    *(np.nonzero, np.flatnonzero, np.count_nonzero),
    *(np.tril_indices_from, np.triu_indices_from, np.diag_indices_from),
)

# ---- shapes, types, and arrays like another ----

constant(
    *(np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like),
    *(np.result_type, np.can_cast, np.min_scalar_type, np.common_type),
    *(np.may_share_memory, np.shares_memory),
    *(np.array_repr, np.array_str, np.array2string),
    *(np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri),  # with like=t
)

# ---- bits: NumPy refuses floats ----

constant(
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift),
    *(np.bitwise_count, np.gcd, np.lcm),
)

# ---- constant if the rest of the call is ----


def varies(x):
    return type(x) not in (list, tuple) and stop_gradient(x) is not x


@composition_of(np.full_like)
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, **options):
    if not varies(fill_value):
        options |= given(dtype=dtype, shape=shape)
        options |= {} if order == "K" else {"order": order}
        return np.full_like(
            stop_gradient(a), fill_value, **options, **({} if subok else {"subok": subok})
        )
    like = np.broadcast_to(np.zeros((), np.result_type(a)), np.shape(a))
    like = np.empty_like(like, dtype, order, subok, shape, **options)
    full = np.astype(np.broadcast_to(fill_value, like.shape), like.dtype)
    return ordered_as(full, a) if order == "K" else np.copy(full, order=order)


@composition_of(np.full)
def full(shape, fill_value, dtype=None, order="C", **options):
    return np.full_like(fill_value, fill_value, dtype, order, shape=shape, **options)
