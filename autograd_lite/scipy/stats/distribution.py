"""How a distribution is used: its methods, frozen parameters, what is refused and what is SciPy's.

A method that has derivatives is one primitive, whose function on plain arrays is SciPy's own.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any

from autograd_lite.core.custom import primitive
from autograd_lite.core.registry import rule
from autograd_lite.core.tracked import Symbol, Tracked

Function = Callable[..., Any]

#: The continuous methods, and the discrete ones, that have derivatives.
CONTINUOUS = ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
DISCRETE = ("logpmf", "pmf", "cdf", "logcdf", "sf", "logsf")

#: What to write in place of a method, and what of ours that takes.
REMEDIES = {
    "std": ("var", "np.sqrt({0}.var(…))"),
    "stats": ("var", "{0}.mean(…) and {0}.var(…)"),
    "median": ("ppf", "{0}.ppf(0.5, …)"),
    "interval": (
        "ppf",
        "{0}.ppf((1 - c) / 2, …) and {0}.ppf((1 + c) / 2, …) for a confidence of c",
    ),
    "nnlf": ("logpdf", "-np.sum({0}.logpdf(x, …))"),
}


def is_tracked(x: Any) -> bool:
    """Whether a Tensor, or what stands for an array in a trace, is in ``x``."""
    if type(x) in (list, tuple):
        return any(map(is_tracked, x))
    return isinstance(x, (Tracked, Symbol))


def requesting(names: Sequence[str], function: Function) -> Function:
    """``function``, of arguments that have these names.

    It gets long doubles as float64, since SciPy's special functions do not take them.
    """

    @wraps(function)
    def stated(*args: Any) -> Any:
        return function(*[x.astype(float) if is_long(x) else x for x in args])

    requests = [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    stated.__signature__ = Signature(requests)  # type: ignore[attr-defined]
    return stated


def asks_for(names: Sequence[str], function: Function, *also: str) -> Function:
    """``function`` as a rule that requests ``g``, what is named besides, and these arguments."""
    return requesting(("g", *also, *names), function)


def is_long(x: Any) -> bool:
    dtype = getattr(x, "dtype", None)
    return dtype is not None and dtype.char == "g"


def recorded(
    dist: Any,
    name: str,
    arguments: Mapping[str, Any],
    module: dict[str, Any],
    value: Function | None = None,
) -> Function:
    """One method of a distribution of SciPy's, whose rules are still to be stated.

    ``arguments`` are its names with their defaults.  On plain arrays it is SciPy's; else it is one
    step, which it wraps, and which may have SciPy's ``value`` in another way.  This is left in its
    module: what a program calls is imported from there.
    """
    of_scipy: Function = getattr(dist, name)
    value = value or of_scipy

    def function(*args: Any, **options: Any) -> Any:
        return value(*args, **options)

    function.__name__ = function.__qualname__ = f"{dist.name}_{name}"
    function.__module__ = module["__name__"]
    function.__doc__ = f"``scipy.stats.{dist.name}.{name}``, with derivatives."
    function.__signature__ = signature_of(arguments)  # type: ignore[attr-defined]
    module[function.__name__] = step = primitive(function)

    defaults = tuple(arguments.values())
    needed = defaults.count(Parameter.empty)

    @wraps(step)
    def method(*args: Any, **options: Any) -> Any:
        if options or len(args) < needed:
            tracked = is_tracked([*args, *options.values()])
            return step(*args, **options) if tracked else of_scipy(*args, **options)
        for x in args:
            if isinstance(x, Tracked):  # what is not given is said, so that nobody sorts arguments
                return step(*args, *defaults[len(args) :])
        return step(*args) if is_tracked(args) else of_scipy(*args)

    return method


def step_of(method: Function) -> Function:
    """The one step that a method is on Tensors."""
    step: Function = method.__wrapped__  # type: ignore[attr-defined]
    return step


def signature_of(arguments: Mapping[str, Any]) -> Signature:
    return Signature(
        [
            Parameter(argument, Parameter.POSITIONAL_OR_KEYWORD, default=default)
            for argument, default in arguments.items()
        ]
    )


def wide(x: Any) -> Any:
    """A Tensor in float64, as SciPy's moments and entropies are."""
    return x.astype(float) if is_tracked([x]) and x.dtype != float else x


def of_parameters(
    dist: Any, name: str, arguments: Mapping[str, Any], formula: Function
) -> Function:
    """A method that takes the parameters alone: on Tensors, a formula of all of them."""
    of_scipy, stated = getattr(dist, name), signature_of(arguments)

    def method(*args: Any, **options: Any) -> Any:
        if not (is_tracked(args) or (options and is_tracked([*options.values()]))):
            return of_scipy(*args, **options)
        bound = stated.bind(*args, **options)
        bound.apply_defaults()
        return formula(*map(wide, bound.args))

    method.__name__ = method.__qualname__ = f"{dist.name}_{name}"
    method.__doc__ = f"``scipy.stats.{dist.name}.{name}``, with derivatives."
    method.__signature__ = stated  # type: ignore[attr-defined]
    return method


def on_tensors(of_scipy: Function) -> Function:
    """SciPy's function on plain arrays, and the decorated composition on Tensors."""

    def decorated(composition: Function) -> Function:
        @wraps(composition)
        def method(*args: Any, **options: Any) -> Any:
            if is_tracked(args) or (options and is_tracked([*options.values()])):
                return composition(*args, **options)
            return of_scipy(*args, **options)

        del method.__wrapped__
        method.__signature__ = signature(composition)  # type: ignore[attr-defined]
        return method

    return decorated


def state(function: Function, rules: Mapping[str, Function | None], **settings: Function) -> None:
    """State the rules of a method, which is elementwise like all of them."""
    rule(function, broadcasts=True, **settings, **rules)


class Distribution:
    """A distribution of SciPy's whose densities have derivatives by value and by every parameter.

    Called with parameters, it freezes them.  What has no derivative here is SciPy's, and takes
    plain numbers alone: TypeError for a Tensor.  ``rvs`` says how to write draws that vary with
    the parameters.
    """

    def __init__(
        self, theirs: Any, methods: Mapping[str, Function], draws: str, name: str = ""
    ) -> None:
        self.name: str = name or theirs.name
        self.family: Any = None  # what its rules are made of
        self.theirs, self.methods, self.draws = theirs, dict(methods), draws
        self.__dict__.update(methods)
        _, *parameters = signature(next(iter(methods.values()))).parameters.values()  # of a density
        self.__signature__ = Signature(parameters)

    def __repr__(self) -> str:
        return f"<distribution {self.name}>"

    def __call__(self, *parameters: Any, **named: Any) -> "Frozen":
        return Frozen(self, parameters, named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "theirs":
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        found = getattr(self.theirs, name)
        return self.plainly(name, found) if callable(found) else found

    def plainly(self, name: str, function: Function) -> Function:
        """A function of SciPy's that takes no Tensors."""

        def call(*args: Any, **options: Any) -> Any:
            self.refuse(name, [*args, *options.values()])
            return function(*args, **options)

        return call

    def refuse(self, name: str, values: Sequence[Any]) -> None:
        """Raise TypeError where Tensors are given to what has no derivative."""
        if not any(map(is_tracked, values)):
            return
        if name == "rvs":
            raise TypeError(
                f"{self.name}.rvs draws plain numbers, which would leave the tape; write "
                f"{self.draws}, with rng = np.random.default_rng(seed)"
            )
        method, remedy = REMEDIES.get(name, ("", ""))
        if method in self.methods:
            raise TypeError(
                f"{self.name}.{name} has no derivative here; write {remedy.format(self.name)}"
            )
        raise TypeError(
            f"{self.name}.{name} has no derivative here; give it al.stop_gradient(value), which "
            f"is a constant (these have one: {', '.join(self.methods)})"
        )


class Frozen:
    """A distribution with its parameters given, as in ``norm(loc, scale).logpdf(x)``."""

    def __init__(self, dist: Distribution, args: tuple[Any, ...], kwds: dict[str, Any]) -> None:
        self.dist, self.args, self.kwds = dist, args, kwds
        if not is_tracked([*args, *kwds.values()]):
            dist.theirs(*args, **kwds)  # raises what SciPy's does

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{name}={x!r}" for name, x in self.kwds.items())]
        return f"<frozen {self.dist.name}({', '.join(given)})>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in ("dist", "args", "kwds"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        dist, args, kwds = self.dist, self.args, self.kwds
        if name in dist.methods:
            return lambda *x: dist.methods[name](*x, *args, **kwds)
        if is_tracked([*args, *kwds.values()]):
            return lambda *a, **k: dist.refuse(name, [*args, *kwds.values()])
        found = getattr(dist.theirs(*args, **kwds), name)
        return dist.plainly(name, found) if callable(found) else found
