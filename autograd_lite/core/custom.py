"""A user's own functions on the tape, with rules that are checked where they are stated."""

from collections.abc import Callable
from functools import partial, wraps
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, overload
from weakref import ref

from autograd_lite.calls import FUNCTION, checked, maybe, told
from autograd_lite.core.containers import LEAF, STATIC, structure
from autograd_lite.core.errors import wrong_call
from autograd_lite.core.fast import binary, unary
from autograd_lite.core.gathering import holds, is_sequence
from autograd_lite.core.ownership import read_only
from autograd_lite.core.primitive import Primitive
from autograd_lite.core.record import Nested, apply
from autograd_lite.core.registry import PRIMITIVES, SETTINGS, known, read_late
from autograd_lite.core.signatures import Function
from autograd_lite.core.tape import NOTHING
from autograd_lite.core.tensor import Tensor
from autograd_lite.core.tracked import PLAIN, Symbol, Tracked, strip

P = ParamSpec("P")
R = TypeVar("R")


@overload
def primitive(function: Callable[P, R], *, inline: bool = ...) -> Callable[P, R]: ...
@overload
def primitive(*, inline: bool) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


@checked(function=maybe(FUNCTION))
def primitive(function: Any = None, *, inline: bool = False) -> Any:
    """Make a function of your own one step of the tape; state its derivative with `al.rule`.

    The function gets and returns plain arrays, or containers of them: dicts, named tuples, lists of
    arrays of several shapes.  Its rules get and return these, too; a list or tuple of arrays of one
    shape is read as one array.  Array arguments come first; give the others as keywords if they
    have a default.  ``inline`` says that a traced program has the function's
    own steps in place of it: the rule only wants the arguments in another form.

    >>> import numpy as np, autograd_lite as al
    >>> @al.primitive
    ... def softplus(x):
    ...     return np.logaddexp(0.0, x)
    >>> al.rule(softplus, x=lambda g, x: g / (1 + np.exp(-x)))
    >>> float(al.grad(softplus)(0.0))
    0.5
    """
    if function is None:
        return partial(primitive, inline=inline)
    made = Primitive(function)
    made.custom, made.inline = True, inline
    return recorded(function, made)


@checked()
def rule(
    function: Function,
    *,
    broadcasts: bool | None = None,
    into: Function | None = None,
    residuals: Function | None = None,
    forward: Function | None = None,
    **rules: Function | None,
) -> None:
    """State the derivative of ``function``, one plain NumPy function per argument.

    A rule requests by name what it needs: the incoming gradient ``g``, the result ``y``, any
    argument or option of the function.  It may also request the ``shape`` and ``dtype`` of the
    argument that it differentiates by, and ``like``: the argument where it comes in chunks, as a
    Dask array does, else None.  Of several results, ``reached`` says which the outcome
    depends on; ``g`` is zero for the others.
    ``None`` in place of a rule says that the function is locally constant in that argument.  The
    engine sums over stretched axes where ``broadcasts`` is true, as it is for every ufunc.
    ``into(total, node, g)`` may add the gradient of the first argument to ``total`` in place.

    A rule may also request ``residuals``: what the function of that name computes from the
    arguments, and from ``y``, that it requests in its turn.  If the function computes them on its
    own way to the result, say so by ``forward(*arrays)``, which returns the result and them.  Then
    they are kept and not computed again.  ``forward`` is called where all arguments are plain
    arrays and floats and no option is given.  Else, in derivatives of derivatives and in traces,
    the other two are called, so all three must agree.  Raises TypeError for a rule that
    requests something else; then the rule before still holds.

    >>> import numpy as np, autograd_lite as al
    >>> @al.primitive
    ... def cube(x):
    ...     return x * x * x
    >>> al.rule(cube, x=lambda g, x: g * (3 * x * x))
    >>> float(al.grad(cube)(2.0))
    12.0
    """
    FUNCTION.check("rule", "function", function)
    for argument, stated in rules.items():
        if stated is not None and not callable(stated):
            raise TypeError(
                f"rule({getattr(function, '__name__', function)}, {argument}={told(stated)}): a "
                f"rule is a function, as in {argument}=lambda g: g * …, or None"
            )
    read_late(function)  # so that this rule prevails
    old = known(function)
    if isinstance(function, FunctionType) and old is None:
        raise TypeError(
            f"{function.__name__} would never use its rule, since its body is recorded step by "
            f"step; decorate it with @al.primitive first"
        )
    if not rules:
        name = getattr(function, "__name__", function)
        raise TypeError(
            f"rule({name}) states no derivative, and would leave {name} without one; state one for "
            f"each argument, as in x=lambda g, x: g * …, or x=None where the result is constant"
        )
    old = old or Primitive(function)
    for name, given in zip(SETTINGS, (broadcasts, into, residuals, forward), strict=True):
        if given is not None and name in old.defaults:
            raise TypeError(
                f"rule({old.name}, {name}=…) has a meaning of its own, and is no rule for the "
                f"argument {name!r} of {old.name}; rename the argument"
            )
    if broadcasts is None:
        broadcasts = old.broadcasts
    new = Primitive(  # so that a rule which is refused leaves the one before as it was
        *(old.function, rules, old.name), broadcasts, into, residuals, forward
    )
    new._function = old._function
    new.custom, new.inline = old.custom, old.inline
    new.read()
    old.become(new)
    if known(function) is not old:
        PRIMITIVES[function] = old  # last, for another thread may look


def may_be_packed(x: Any) -> bool:
    """Whether ``x`` is a container, by its type alone."""
    kind: Any = type(x)
    return kind not in PLAIN and structure(kind) not in (LEAF, STATIC)


def has_symbols(x: Any) -> bool:
    """Whether what stands for an array in a trace is in a container."""
    kind: Any = type(x)
    return isinstance(x, Symbol) or any(map(has_symbols, structure(kind).parts(x)))


def recorded(function: Callable[P, R], primitive: Primitive) -> Callable[P, R]:
    """``function``, recorded as ``primitive`` when a tracked value is among its arguments."""

    def general(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        given = (*args, *options.values())
        if not primitive.inline and any(map(may_be_packed, given)):
            from autograd_lite.core import packing  # seldom needed

            arrays, others = primitive.bind(args, options)
            if not primitive.variadic and packing.concerns(arrays):
                return packing.call(primitive, arrays, others)
        for a in args:
            if isinstance(a, Tensor):
                break
            if isinstance(a, Tracked):  # by another engine on the same table
                return a.__array_function__(this(), (), args, options)
            if is_sequence(a) and holds(a, Tracked):
                break
        else:
            if not (options and any(isinstance(x, Tracked) for x in options.values())):
                return plainly(args, options)
        return apply(primitive, *primitive.bind(args, options))

    def plainly(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        contained = any(may_be_packed(a) and not is_sequence(a) and has_symbols(a) for a in args)
        if not primitive.inline and not contained:
            for a in (*args, *options.values()):
                for part in a if type(a) in (list, tuple) else (a,):
                    if isinstance(part, Symbol):
                        return part.record(this(), args, options)
        return function(*args, **options)

    # As for NumPy's own functions there is a fast path; all else is `general`.

    @wraps(function)
    def step(*args: P.args, **options: P.kwargs) -> Any:
        try:
            if options:
                return general(args, options)
            for a in args:
                if type(a) not in PLAIN:
                    break
            else:
                return function(*args)  # type: ignore[call-arg]
            if isinstance(a, Tensor) and len(args) == primitive.leading:
                if primitive.fast_arity == 1:
                    return run1(a)
                if primitive.fast_arity != 2 and not any(map(may_be_packed, args)):
                    return apply(primitive, args, NOTHING)
                if primitive.fast_arity == 2 and not may_be_packed(args[1]):
                    return run2(*args)
            return general(args, options)
        except Nested as nested:
            from autograd_lite.core import packing  # seldom needed

            return packing.call(primitive, *primitive.bind(args, options), *nested.args)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            if (better := wrong_call(primitive, args, options, error)) is None:
                raise
            raise better from error

    def inner1(x: Any) -> Any:  # it may be tracked at a lower level
        return function(x) if type(x) in PLAIN else this()(x)  # type: ignore[call-arg]

    def inner2(x: Any, y: Any) -> Any:
        plain = type(x) in PLAIN and type(y) in PLAIN
        return function(x, y) if plain else this()(x, y)  # type: ignore[call-arg]

    run1, run2 = unary(primitive, inner1), binary(primitive, inner2)
    this: Any = ref(step)  # a closure over itself would need the collector to be freed
    primitive._function = this
    step.__primitive__ = primitive  # type: ignore[attr-defined]
    return step


@overload
def stop_gradient(x: Tensor) -> Any: ...
@overload
def stop_gradient(x: R) -> R: ...


def stop_gradient(x: Any) -> Any:
    """The plain value of ``x``: a constant for every derivative.

    >>> import autograd_lite as al
    >>> float(al.grad(lambda x: x * al.stop_gradient(x))(3.0))
    3.0
    """
    if type(x) in (list, tuple):
        return type(x)(map(stop_gradient, x))
    if type(x) is dict:
        return {key: stop_gradient(part) for key, part in x.items()}
    return read_only(strip(x)) if isinstance(x, Tracked) else x
