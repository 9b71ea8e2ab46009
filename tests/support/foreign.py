"""Arrays of other packages, as far as we meet them: each stand-in has the protocols of one.

They compute as the originals do, and ask us or do not ask us where the originals do.  So the tests
run without those packages; where one is installed, it is tested as well.
"""

import operator
from importlib import import_module

import numpy as np

OPERATORS = {
    name: getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "mod", "floordiv")
}
COMPARISONS = {name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")}


class Foreign:
    """Plain numbers in ``data``, and operators that a subclass computes."""

    __hash__ = object.__hash__

    def __init__(self, data):
        self.data = data

    shape = property(lambda self: np.shape(self.data))
    dtype = property(lambda self: np.result_type(self.data))
    ndim = property(lambda self: len(self.shape))

    def __init_subclass__(cls):
        if "compute" not in vars(cls):
            return
        for name, function in {**OPERATORS, **COMPARISONS}.items():
            setattr(cls, f"__{name}__", lambda self, y, f=function: self.compute(f, self, y))
            if name in OPERATORS:
                setattr(cls, f"__r{name}__", lambda self, x, f=function: self.compute(f, x, self))


class Readable(Foreign):
    """NumPy can read it."""

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.data, dtype)


def bare(x):
    """What is in a foreign array, also in lists."""
    if type(x) in (list, tuple):
        return type(x)(map(bare, x))
    return x.data if isinstance(x, Foreign) else x


class Labelled(Readable):
    """Like a Series of pandas: it defers to those of higher priority, and asks the others."""

    __pandas_priority__ = 3000

    def defers(self, *others):
        return any(getattr(x, "__pandas_priority__", 0) > 3000 for x in others)

    def compute(self, function, x, y):
        if self.defers(x, y):
            return NotImplemented
        return type(self)(function(np.asarray(bare(x)), np.asarray(bare(y))))

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if self.defers(*inputs):
            return NotImplemented
        return type(self)(getattr(ufunc, method)(*map(bare, inputs), **options))

    def to_numpy(self):
        return self.data

    def dot(self, other):
        return self.data @ np.asarray(other)


class Wrapping(Readable):
    """It takes a Tensor into itself, and never defers."""

    def compute(self, function, x, y):
        return type(self)(function(bare(x), bare(y)))

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return type(self)(getattr(ufunc, method)(*map(bare, inputs), **options))


class WithDims(Wrapping):
    """Like a DataArray of xarray."""

    dims = ("x",)
    values = property(np.asarray)

    def sum(self, axis=None, dtype=None, out=None):
        return type(self)(np.sum(self.data))


class WithUnits(Wrapping):
    """Like a Quantity of pint: it has both protocols."""

    units = "metre"
    magnitude = property(lambda self: self.data)

    def __array_function__(self, function, types, args, options):
        return type(self)(function(*bare(args), **options))


class Deferring(Readable):
    """Its operators know nothing but their own kind."""

    def compute(self, function, x, y):
        if not all(isinstance(z, (Foreign, int, float)) for z in (x, y)):
            return NotImplemented
        return type(self)(function(bare(x), bare(y)))


class WithDerivatives(Deferring):
    """Like a tensor of torch."""

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.data


class WithAval(Deferring):
    """Like an array of JAX."""

    aval = None


class Opaque(Deferring):
    """NumPy can read it, and we know nothing else of it."""


class Sparse(Foreign):
    """Like a sparse matrix of SciPy: NumPy cannot read it, and it asks whatever it meets."""

    def compute(self, function, x, y):
        return function(np.asarray(bare(x)), np.asarray(bare(y)))

    def toarray(self):
        return self.data


class Duck(np.lib.mixins.NDArrayOperatorsMixin):
    """Like an array of Dask or CuPy: both protocols, and nothing beside the numbers."""

    def __init__(self, data):
        self.data = data

    shape = property(lambda self: self.data.shape)
    dtype = property(lambda self: self.data.dtype)

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("its numbers were asked for")

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if not all(isinstance(x, (Duck, np.ndarray, np.generic, int, float)) for x in inputs):
            return NotImplemented
        plain = [x.data if isinstance(x, Duck) else x for x in inputs]
        return Duck(getattr(ufunc, method)(*plain, **options))

    def __array_function__(self, function, types, args, options):
        plain = [x.data if isinstance(x, Duck) else x for x in args]
        return Duck(np.asarray(function(*plain, **options)))


class Chunked(Duck):
    """Like an array of Dask: it comes in chunks."""

    chunks = ()


#: What makes a foreign array of a plain one, by the name that its error says.
FOREIGN = {
    kind.__name__: kind
    for kind in (Labelled, WithDims, WithUnits, WithDerivatives, WithAval, Sparse, Opaque)
} | {
    "matrix": lambda x: np.atleast_2d(x).view(np.matrix),
    "MaskedArray": lambda x: np.ma.array(x, mask=False),
}


def of(package, name):
    """The constructor of that name in a package."""
    found = import_module(package)
    for part in name.split("."):
        found = getattr(found, part)
    return found


#: The same of packages, each with that of the package.
OF_PACKAGES = {
    "pandas.Series": ("pandas", lambda x: of("pandas", "Series")(x)),
    "pandas.DataFrame": ("pandas", lambda x: of("pandas", "DataFrame")(x)),
    "pandas.Index": ("pandas", lambda x: of("pandas", "Index")(x)),
    "xarray.DataArray": ("xarray", lambda x: of("xarray", "DataArray")(x)),
    "xarray.Variable": ("xarray", lambda x: of("xarray", "Variable")(("x",), x)),
    "torch.Tensor": ("torch", lambda x: of("torch", "tensor")(x)),
    "jaxlib.ArrayImpl": ("jax", lambda x: of("jax", "numpy.asarray")(x)),
    "Quantity of pint": ("pint", lambda x: of("pint", "Quantity")(x, "metre")),
    "Quantity of astropy": ("astropy", lambda x: of("astropy.units", "Quantity")(x)),
    "scipy.sparse.csr_array": (
        "scipy",
        lambda x: of("scipy.sparse", "csr_array")(np.atleast_2d(x)),
    ),
}
