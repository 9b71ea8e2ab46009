"""A function turned into a Hypothesis test of its derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from autograd_lite.testing import calling
from autograd_lite.testing.checking.check import check_grads, refuse_order
from autograd_lite.testing.checking.report import Report
from autograd_lite.testing.strategies.array import broadcastable, source_of
from autograd_lite.testing.strategies.domains import MARGIN, kinks_and_ties

Function = Callable[..., Any]
Test = Callable[[], None]


def gradient_property(
    f: Function | None = None,
    /,
    *,
    domain: Any = "real",
    args: Mapping[str, st.SearchStrategy[Any]] | st.SearchStrategy[tuple[Any, ...]] | None = None,
    kinks: Any = (),
    shapes: Any = None,
    dtype: Any = np.float64,
    order: int = 2,
    vjp: Function | None = None,
    max_examples: int | None = None,
    rtol: float | None = None,
    oracle: Any = None,
    margin: float = MARGIN,
    **sizes: Any,
) -> Any:
    """A Hypothesis test that the derivatives of ``f`` are right, wherever it has some.

        test_tanh = gradient_property(np.tanh)

        @gradient_property(domain={"x": "positive"})
        def test_power(x, y):
            return x**y

    An array is drawn for every parameter of ``f`` that has no default, and `check_grads` checks the
    derivatives there.  A failure shows the smallest such arrays and what is wrong at them.

    ``domain``: where ``f`` is differentiable: see `strategies.arrays`; one domain, a list with one
    for each array, or a dictionary by the names of parameters.
    ``kinks``: numbers, or "ties", where it is not.  Arrays are drawn away from kinks, which must be
    right up to ``order``, and exactly on them, where the first derivative must be a subgradient.
    ``shapes``: core dimensions such as ``"(m,n),(n)"``, a list of shapes, or a strategy of such
    lists.  None stands for all that broadcast, within ``min_dims``, ``max_dims``, ``min_side`` and
    ``max_side``.
    ``dtype``: a dtype or ``Fraction``, or a list of these to choose from.
    ``args``: strategies of arguments by name, for what is no array or has a domain of its own.  It
    may be one strategy of tuples of all arguments.  Only floats are differentiated by.
    ``vjp``, ``rtol``, ``oracle``: as for `check_grads`.  ``max_examples``: as for Hypothesis.

    The test fails as well if nothing was learned at any of the drawn points: if every gradient was
    0 wherever the function could be judged.  An option that does not fit is a TypeError here.

    >>> gradient_property(np.tanh, max_examples=5)()
    """
    refuse_order(order)
    _refuse_options(sizes, args, domain=domain, shapes=shapes)
    if f is None:
        return partial(
            gradient_property,
            domain=domain,
            args=args,
            kinks=kinks,
            shapes=shapes,
            dtype=dtype,
            order=order,
            vjp=vjp,
            max_examples=max_examples,
            rtol=rtol,
            oracle=oracle,
            margin=margin,
            **sizes,
        )

    calling.refuse_class("gradient_property", f)
    points = kinks_and_ties(kinks)[0]
    options = {"vjp": vjp, "kinks": points, "rtol": rtol, "oracle": oracle}
    reports: list[Report] = []

    def checked(example: Example) -> None:
        __tracebackhide__ = True
        reports.append(example.check(order=1 if example.on_kinks else order, **options))

    for name in ("__name__", "__qualname__", "__doc__"):
        value = getattr(f, name, None)
        if isinstance(value, str) and "<lambda>" not in value:  # whose source Hypothesis looks for
            setattr(checked, name, value)
    if isinstance(args, st.SearchStrategy):
        every = args.map(partial(_called, f))
    else:
        every = _examples(f, domain, args or {}, kinks, shapes, dtype, margin, sizes)
    limit: dict[str, Any] = {} if max_examples is None else {"max_examples": max_examples}
    # Not the phase that explains failures: it would list lines of the checker.
    phases = [phase for phase in settings().phases if phase is not Phase.explain]
    run = settings(deadline=None, report_multiple_bugs=False, phases=phases, **limit)
    return _reporting(run(given(every)(checked)), reports, calling.name_of(f))


def _reporting(run: Test, reports: list[Report], name: str) -> Test:
    """The test that Hypothesis made, which fails with the report and nothing else."""

    @wraps(run)
    def test() -> None:
        __tracebackhide__ = True
        reports.clear()
        vars(run).update(vars(test))  # settings and seeds that were put on this one
        try:
            run()
        except AssertionError as error:
            failure = AssertionError(str(error))
            notes = getattr(error, "__notes__", ())  # the example is in the report
            failure.__notes__ = [note for note in notes if "reproduce_failure" in note]
        else:
            if any(report.learned for report in reports) or not reports:
                return
            text = f"nothing was learned of {name} at any of {len(reports)} drawn points; the last"
            failure = AssertionError(f"{text}:\n{reports[-1]}")
        raise failure

    del test.__wrapped__
    return test


#: How large the drawn arrays are.
SIZES = ("min_dims", "max_dims", "min_side", "max_side", "layout")


def _refuse_options(sizes: dict[str, Any], args: Any, **drawing: Any) -> None:
    """No option is ignored: one that is unknown, or that says how to draw what is drawn already."""
    for name in sizes:
        if name not in SIZES:
            raise TypeError(f"gradient_property has no option {name!r}; sizes are {SIZES}")
    given = [*sizes, *(name for name, x in drawing.items() if x is not None and x != "real")]
    if isinstance(args, st.SearchStrategy) and given:
        raise TypeError(
            f"gradient_property: args is a strategy of all arguments, which {given[0]} would not "
            f"change; leave {given[0]} out, or give args={{name: strategy}}"
        )


@dataclass(frozen=True, repr=False)
class Example:
    """One call of a function; ``on_kinks`` says that an element is on one."""

    function: Function
    arguments: dict[str, Any]
    on_kinks: bool

    def check(self, **options: Any) -> Report:
        """Check the derivatives by all arguments that can vary."""
        __tracebackhide__ = True
        varying = {name: x for name, x in self.arguments.items() if _varies(x)}

        def f(*values: Any) -> Any:
            return self.function(*{**self.arguments, **dict(zip(varying, values))}.values())

        f.__name__ = self.name
        places = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in varying]
        setattr(f, "__signature__", inspect.Signature(places))  # noqa: B010 (which mypy cannot see)
        try:
            return check_grads(f, tuple(varying.values()), **options)
        except AssertionError as error:
            raise AssertionError(f"{self}\n{error}") from None

    @property
    def name(self) -> str:
        return calling.name_of(self.function)

    def __str__(self) -> str:
        lines = [f"the derivatives of {self.name} are wrong at"]
        for name, x in self.arguments.items():
            about = f"  # {x.dtype}, shape {x.shape}" if isinstance(x, np.ndarray) else ""
            lines.append(f"    {name} = {source_of(x)}{about}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={source_of(x)}" for name, x in self.arguments.items())
        return f"{self.name}({inside})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # how Hypothesis shows an example
        printer.text(repr(self))


def _varies(x: Any) -> bool:
    """Whether an argument is one to differentiate by."""
    if isinstance(x, np.ndarray | np.generic):
        return x.dtype.kind in "fcO"
    return not isinstance(x, int | str | tuple | slice | None)


# ---- drawn ----


@st.composite
def _examples(
    draw: st.DrawFn,
    function: Function,
    domain: Any,
    args: Mapping[str, st.SearchStrategy[Any]],
    kinks: Any,
    shapes: Any,
    dtype: Any,
    margin: float,
    sizes: dict[str, Any],
) -> Example:
    parameters = _parameters(function, optional=False)
    names = [name for name in parameters if name not in args]
    if isinstance(domain, Mapping):
        unknown = [name for name in domain if name not in names]
        if unknown:
            raise TypeError(
                f"domain={domain}: no array is drawn for {unknown[0]!r}, but for {names}"
            )
        domain = [domain.get(name, "real") for name in names]
    at_kinks = any(kinks_and_ties(kinks)) and draw(st.booleans())
    drawn = draw(
        broadcastable(
            len(names),
            domain,
            dtype=st.sampled_from(dtype) if isinstance(dtype, list) else dtype,
            shapes=None if isinstance(shapes, str) else shapes,
            signature=shapes if isinstance(shapes, str) else None,
            kinks=kinks,
            at_kinks=at_kinks,
            margin=margin,
            **sizes,
        )
    )
    values = {**dict(zip(names, drawn)), **{name: draw(s) for name, s in args.items()}}
    in_order = [*parameters, *(name for name in args if name not in parameters)]
    return Example(function, {name: values[name] for name in in_order}, at_kinks)


def _parameters(function: Function, *, optional: bool) -> list[str]:
    """The names of the positional parameters of a function, or of those that it must be given."""
    found = [p for p in calling.parameters(function) if p.kind <= p.POSITIONAL_OR_KEYWORD]
    names = [p.name for p in found if optional or p.default is p.empty]
    if not names:
        raise TypeError(
            f"{function} has no named parameters to draw arrays for; wrap it in a function that "
            "has, or give a strategy of tuples: args=…"
        )
    return names


def _called(function: Function, values: Sequence[Any]) -> Example:
    names = _parameters(function, optional=True)
    more = (f"argument_{i}" for i in range(len(names), len(values)))
    return Example(function, dict(zip([*names, *more], values)), False)
