"""Functions whose results do not vary: they leave the tape."""

import numpy as np

from autograd_lite.registry import constant

# ---- piecewise constant ----

constant(np.sign, np.signbit, np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix)
constant(np.floor_divide, np.heaviside)

# ---- truth ----

constant(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
constant(np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.all, np.any)
constant(np.isnan, np.isinf, np.isfinite, np.isclose, np.allclose, np.array_equal, np.array_equiv)
constant(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj)

# ---- positions ----

constant(np.argmax, np.argmin, np.argsort, np.nonzero, np.flatnonzero, np.argwhere)
constant(np.searchsorted, np.count_nonzero, np.digitize)

# ---- shapes, types, and arrays like another ----

constant(np.shape, np.ndim, np.size, np.result_type, np.zeros_like, np.ones_like, np.empty_like)
constant(np.array_repr, np.array_str, np.array2string)
