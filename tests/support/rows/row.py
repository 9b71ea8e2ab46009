"""What a row of the test table says, and how Hypothesis draws calls from it.

    Row(np.sum, "real", axis=AXES, keepdims=FLAG)

reads: the rule of ``np.sum`` is tested on one array of real numbers of any shape, with every kind
of ``axis``, with and without ``keepdims``.  One domain for each array argument; several arrays get
shapes that broadcast together.  Every keyword that is not a setting of the row is an option of the
function: a list of choices, or a function from the shapes of the arrays to a Hypothesis strategy.
``OMITTED`` among the choices leaves the option out.

Calls that NumPy itself refuses are not counted, so a row need not exclude every one of them.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes
from numpy.lib import NumpyVersion

OMITTED = object()
MAX_SIDE = 3

# ---- domains: what numbers an argument consists of ----


def uniform(low, high):
    return lambda rng, shape: rng.uniform(low, high, shape)


def nonzero(rng, shape):
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.3, 2, shape)


def invertible(rng, shape):
    return rng.uniform(-0.3, 0.3, shape) + np.diag(1.0 + np.arange(shape[-1]))


def definite(rng, shape):
    half = rng.uniform(-0.4, 0.4, shape)
    return half @ np.swapaxes(half, -1, -2) + np.diag(1.0 + np.arange(shape[-1]))


def some_zeros(rng, shape):
    return rng.choice([0.0, 1.0], shape, p=[0.3, 0.7]) * nonzero(rng, shape)


DOMAINS = {
    "real": uniform(-2, 2),
    "positive": uniform(0.3, 3),
    "above one": uniform(1.1, 3),
    "unit": uniform(0.05, 0.95),
    "within one": uniform(-0.95, 0.95),
    "nonzero": nonzero,
    "some zeros": some_zeros,
    "separated": None,  # all elements of all such arguments differ by 0.2, and from 0 by 0.1
    "invertible": invertible,  # matrices in the last two axes, with eigenvalues apart
    "definite": definite,  # likewise, symmetric and positive
    # by what is no float, no derivative is asked for
    "flags": lambda rng, shape: rng.random(shape) < 0.5,
    "integers": lambda rng, shape: rng.integers(-3, 4, shape),
}


def separated(rng, shapes):
    """Arrays whose numbers are all apart from each other and from zero."""
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes]
    numbers = 0.2 * (rng.permutation(sum(sizes)) - sum(sizes) // 2 + 0.5)
    cuts = np.cumsum([0, *sizes])
    return [numbers[a:b].reshape(shape) for (a, b), shape in zip(pairwise(cuts), shapes)]


# ---- options: functions from the shapes of the arrays to a strategy ----

FLAG = [OMITTED, False, True]


def ONE_AXIS(shapes):
    """An axis of the first array, counted from either end."""
    n = len(shapes[0])
    return st.integers(-n, n - 1)


def AXIS(shapes):
    """An axis, or None, or nothing at all."""
    return st.sampled_from([OMITTED, None, *range(-len(shapes[0]), len(shapes[0]))])


def AXES(shapes):
    """An axis, several of them, none of them, None, or nothing at all."""
    return AXIS(shapes) | several_axes(shapes)


def several_axes(shapes, least=0):
    n = len(shapes[0])

    def signed(axes):
        signs = st.lists(st.sampled_from([0, n]), min_size=len(axes), max_size=len(axes))
        return signs.map(lambda s: tuple(a - b for a, b in zip(axes, s)))

    numbers = st.integers(0, max(n - 1, 0))
    return st.lists(numbers, unique=True, min_size=least, max_size=n).flatmap(signed)


def ORDER_OF_AXES(shapes):
    """A permutation of the axes, or nothing at all."""
    n = len(shapes[0])
    return st.sampled_from([OMITTED, None]) | st.permutations([a - n * (a % 2) for a in range(n)])


def NEW_AXIS(shapes):
    """Where an axis may be put in."""
    n = len(shapes[0])
    both = st.integers(0, n + 1).flatmap(lambda a: st.sampled_from([(0, a), (a, -(n + 2))]))
    return st.integers(-n - 1, n) | both.filter(lambda p: p[0] % (n + 2) != p[1] % (n + 2))


#: Settings of a row: differences in place of complex steps, and complex arguments all the same.
BY_DIFFERENCES = {"step": False, "complex": True}

#: Settings of a row that ``make full`` alone runs, by differences.
SLOW = {"step": False, "slow": True}

#: An option, or an index, for arrays of shape (2, 3).
MASK = np.array([[True, False, True], [False, True, True]])

# ---- the row ----


class Row:
    """One line of the test table; see the module.

    ``call``: the function of the arrays and options to test, if not simply ``function``.
    ``shapes``: a list of shapes, or of tuples of them if there are several arrays; or the core
    dimensions as NumPy's gufuncs write them, ``"(m,n),(n)"``, after ``"..."`` if more may lead.
    ``dims``, ``side``: the least number of dimensions, and the least length of an axis.
    ``step``: a complex step through the function is valid.
    ``complex``: complex arguments are supported (as they are where ``step`` is, if not said).
    ``times``: how many times the function can be differentiated.
    ``bits``: the value on Tensors has the same bits as on arrays, not only nearly so.
    ``slow``: its rule is made as that of another row is, so that it is run by ``make full`` alone,
    and no mutants of it are made.
    """

    def __init__(
        self,
        function,
        *domains,
        call=None,
        shapes=None,
        dims=0,
        side=0,
        step=True,
        complex=None,
        times=2,
        bits=True,
        slow=False,
        **options,
    ):
        self.function = function
        self.domains = domains
        self.call = call or function
        self.shapes = shapes
        self.dims, self.side = dims, side
        self.step = step
        self.complex = step if complex is None else complex
        self.times = times
        self.bits, self.slow = bits, slow
        self.options = {
            name: choices if callable(choices) else st.sampled_from(choices)
            for name, choices in options.items()
        }
        assert set(domains) <= set(DOMAINS), f"{self} has a domain which is none of {[*DOMAINS]}"

    def __repr__(self):
        name = getattr(self.function, "__name__", str(self.function))
        return "-".join([name, *(d.replace(" ", "_") for d in self.domains), *self.options])

    @cached_property
    def all_shapes(self):
        """A strategy of tuples of shapes, one for each array."""
        n, dims, side = len(self.domains), self.dims, self.side
        if isinstance(self.shapes, str):
            loops = 2 if self.shapes.startswith("...") else 0
            signature = self.shapes.replace("...", "") + "->()"
            return mutually_broadcastable_shapes(
                signature=signature, min_side=side, max_side=MAX_SIDE, max_dims=loops
            ).map(lambda drawn: drawn.input_shapes)
        if self.shapes is not None:
            return st.sampled_from([s if n > 1 else (s,) for s in self.shapes])
        if n == 1:
            lengths = {"min_dims": dims, "max_dims": 3, "min_side": side, "max_side": MAX_SIDE}
            return st.tuples(array_shapes(**lengths))
        return mutually_broadcastable_shapes(
            num_shapes=n, min_dims=dims, max_dims=3, min_side=side, max_side=MAX_SIDE
        ).map(lambda drawn: drawn.input_shapes)


def of_one(function, *shapes, domain="real", **settings):
    """A row for a function of one array that has one of these shapes."""
    return Row(function, domain, shapes=list(shapes), **settings)


def since(version, name, *domains, **settings):
    """A row for what NumPy has since some version under this name: none in older ones."""
    return [Row(getattr(np, name), *domains, **settings)] if numpy_is(version) else []


def numpy_is(version):
    """Whether NumPy is of this version or a later one."""
    return NumpyVersion(np.__version__) >= f"{version}.0"


@dataclass(frozen=True)
class Case:
    """One call of a row's function: everything that was drawn."""

    row: Row
    shapes: tuple[tuple[int, ...], ...]
    layouts: tuple[str, ...]
    options: dict[str, Any]
    seed: int
    dtypes: tuple[str, ...]

    @property
    def rng(self):
        return np.random.default_rng(self.seed)

    def arrays(self):
        """The arguments; all are read-only."""
        rng, domains = self.rng, self.row.domains
        apart = separated(rng, [s for s, d in zip(self.shapes, domains) if d == "separated"])
        drawn = [
            np.asarray(apart.pop(0) if domain == "separated" else DOMAINS[domain](rng, shape))
            for domain, shape in zip(domains, self.shapes)
        ]
        return [
            laid_out(cast(x, d, rng), how) for x, d, how in zip(drawn, self.dtypes, self.layouts)
        ]

    def split(self):
        """The function of the arguments that vary, and those arguments."""
        arrays = self.arrays()
        varying = [i for i, x in enumerate(arrays) if np.result_type(x).kind in "fc"]

        def f(*args):
            full = list(arrays)
            for i, x in zip(varying, args):
                full[i] = x
            return self.row.call(*full, **self.options)

        try:
            f(*[arrays[i] for i in varying])
        except (ValueError, IndexError, RuntimeWarning, np.linalg.LinAlgError):
            reject()
        except (TypeError, AttributeError):  # not every function takes a number for an array
            if {"number", "scalar"}.isdisjoint(self.layouts):
                raise
            reject()
        return f, [arrays[i] for i in varying]

    def of(self, *dtypes):
        """The same call with arguments of other dtypes, taken in turn."""
        n = len(self.shapes)
        return replace(self, dtypes=(dtypes * n)[:n])


LAYOUTS = st.sampled_from(["C", "F", "strided", "reversed"])
LAYOUTS_OF_ONE = st.sampled_from(["C", "scalar", "number"])
SEEDS = st.integers(0, 2**16)


@st.composite
def cases(draw, row):
    """Calls of the function of a row, on arrays of float64."""
    shapes = tuple(draw(row.all_shapes))
    options = {}
    for name, choices in row.options.items():
        value = draw(choices(shapes) if callable(choices) else choices)
        if value is not OMITTED:
            options[name] = value
    layouts = tuple(draw(LAYOUTS if shape else LAYOUTS_OF_ONE) for shape in shapes)
    seed = draw(SEEDS)
    return Case(row, shapes, layouts, options, seed, ("f8",) * len(shapes))


def cast(x, dtype, rng):
    """Real numbers in another dtype; complex ones get an imaginary part."""
    if x.dtype.kind in "bi":
        return x
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.uniform(-0.5, 0.5, x.shape)
    return np.asarray(x, dtype)


def laid_out(x, how):
    """The same numbers, differently in memory, and read-only."""
    if how == "number":
        return x.item()
    if how == "scalar":
        return x[()]
    if how == "F":
        x = np.asfortranarray(x)
    if how == "strided":
        wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
        wide[..., ::2] = x
        x = wide[..., ::2]
    if how == "reversed":
        x = np.ascontiguousarray(x[::-1])[::-1]
    x.flags.writeable = False
    return x
