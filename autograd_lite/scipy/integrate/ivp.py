"""Initial value problems: `solve_ivp`, by the state, the times and all parameters.

SciPy solves with plain numbers, and its numbers are the values.  Then its steps run once more on
Tensors, with the sizes that they had, and these have the derivatives.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, NamedTuple

import numpy as np
import scipy.integrate as theirs
from scipy.integrate._ivp.ivp import OdeResult

from autograd_lite.core.gathering import gathered
from autograd_lite.core.tracked import Tracked, example, strip
from autograd_lite.loops.handing import Handover, MetSymbol, Watch, met
from autograd_lite.scipy.integrate import collocation, runge_kutta
from autograd_lite.scipy.integrate.collocation import padded
from autograd_lite.scipy.integrate.right_side import (
    RightSide,
    is_left_to_scipy,
    known,
    slopes,
)
from autograd_lite.scipy.integrate.values import array, failed, plain, valued, varies

Array = Any
Function = Callable[..., Any]

METHODS = ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
IMPLICIT = METHODS[3:]
#: What says something of the Jacobian, so that it stays SciPy's.
OTHERS = ("jac_sparsity", "lband", "uband")
TOLERANCES = {"rtol": 1e-3, "atol": 1e-6}

EVENTS = (
    "solve_ivp: events of a solution with Tensors have no derivative here; find the time t1 with "
    "plain numbers, solve to it, and add a Newton step, which has the derivative of the time: "
    "t1 - event(t1, y1) / slope, with the slope of the event along the solution as a plain number"
)
DENSE = (
    "solve_ivp: dense_output of {method} has no derivative here; name the times by t_eval=…, or "
    "take method='RK45', 'RK23' or 'DOP853'"
)
COMPLEX = (
    "solve_ivp: a complex state has derivatives with method='RK45', 'RK23' or 'DOP853'; for an "
    "implicit method write real and imaginary parts as one state"
)
TRACED = (
    "solve_ivp with {option} is no step of a program; name the times by t_eval=…, or pass plain "
    "arrays and no Tensors"
)


def solve_ivp(
    fun: Function,
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    **options: Any,
) -> Any:
    """The solution of y′ = fun(t, y, *args) with y(t₀) = y0, by SciPy.

    Derivatives are by ``y0``, both ends of ``t_span``, ``t_eval``, ``args`` and all Tensors that
    ``fun`` reads from outside.  Those of RK23, RK45 and DOP853 are the exact ones of the steps that
    SciPy took, whose sizes are constant.  Those of Radau, BDF and LSODA are of Radau IIA steps
    between SciPy's times, split where they miss its state by more than ``rtol`` and ``atol``.
    Implicit methods get the exact Jacobian, unless ``jac`` is given; ``jac="2-point"`` leaves it
    to SciPy.

    The result is SciPy's, with Tensors as ``t``, ``y`` and, for the explicit ones, ``sol``.
    In a program it is one step, which raises RuntimeError where the solver fails.  Elsewhere a run
    that fails has ``success=False``, and its gradient is a RuntimeError.  TypeError for ``events``
    with Tensors, and for ``dense_output`` of implicit methods.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> def last(rate):
    ...     found = integrate.solve_ivp(lambda t, y: -rate * y, (0, 1), [1.0], rtol=1e-8)
    ...     return found.y[0, -1]
    >>> float(np.round(al.grad(last)(2.0), 6))  # −e⁻²
    -0.135335
    """
    given = tuple(args) if hasattr(args, "__iter__") else ()
    problem = InitialValues(fun, t_span, y0, method, t_eval, dense_output, args, given, options)
    try:
        return problem.solved(events, vectorized)
    except MetSymbol as found:
        symbol = found.symbol
    for option, x in (("events", events), ("dense_output", dense_output)):
        if x:
            raise TypeError(TRACED.format(option=option))
    return problem.written(vectorized, symbol)


class InitialValues(NamedTuple):
    """A call of `solve_ivp`."""

    fun: Function
    t_span: Any
    y0: Any
    method: Any
    t_eval: Any
    dense_output: bool
    args: Any
    given: tuple[Any, ...]
    options: dict[str, Any]

    @property
    def implicit(self) -> bool:
        if isinstance(self.method, str):
            return self.method in IMPLICIT
        return not (isinstance(self.method, type) and issubclass(self.method, explicit()))

    @property
    def varies(self) -> bool:
        return varies(*self.t_span, self.y0, self.t_eval, *self.given)

    def solved(self, events: Any, vectorized: bool) -> Any:
        """SciPy's result, with Tensors where the problem has some."""
        found, times, seen = self.run(events, vectorized)
        if not self.varies and seen is None:
            return found
        if events is not None:
            raise TypeError(EVENTS)
        y = array(self.y0)
        if found.status < 0:
            among = map(gathered, (seen, *self.t_span, y, self.t_eval, *self.given))
            tensor = next(filter(varies, among))
            found.y = failed(np.asarray(found.y), tensor, why=found.message)
            return found
        right = RightSide(self.fun, self.given, len(y), vectorized)
        return self.derived(found, right, y, times, found.t, pad=False)

    def run(self, events: Any, vectorized: bool) -> tuple[Any, Array, Any]:
        """SciPy's result in plain numbers, the times of its steps, and a Tensor that it met."""
        span, y0 = [met(plain(x)) for x in self.t_span], met(plain(self.y0))
        t_eval = None if self.t_eval is None else met(plain(self.t_eval))
        for x in self.given:
            met(plain(x))
        times: list[float] = []
        watch = Watch()
        found = theirs.solve_ivp(
            watch(self.fun),
            span,
            y0,
            self.recording(times),
            t_eval,
            self.dense_output,
            None if events is None else [refusing(e) for e in each(events)],
            vectorized,
            self.args,
            **self.with_jacobian(span, y0, vectorized, watch),
        )
        watch.tell("solve_ivp", "jac")
        return found, np.array([float(span[0]), *times]), watch.met

    def recording(self, times: list[float]) -> Any:
        """The method, which notes the times of its steps, if these are needed."""
        if isinstance(self.method, str) and self.method not in METHODS:
            return self.method
        if self.implicit and (self.dense_output or not isinstance(self.method, str)):
            return self.method
        return recording(self.method, times)

    def with_jacobian(self, span: Any, y0: Any, vectorized: bool, watch: Watch) -> dict[str, Any]:
        """The options for SciPy, with the exact Jacobian if the caller gave none."""
        options = self.options
        if not self.implicit or not isinstance(self.method, str):
            return options
        jac = options.get("jac")
        if is_left_to_scipy(jac):
            return {name: x for name, x in options.items() if name != "jac"}
        if jac is not None:
            return {**options, "jac": Watch()(jac) if callable(jac) else met(plain(jac))}
        if vectorized or any(options.get(x) is not None for x in OTHERS):
            return options
        found = known(self.fun, self.given, float(span[0]), y0, watch)
        return options if found is None else {**options, "jac": found}

    # ---- derivatives ----

    def derived(
        self, found: Any, right: RightSide, y: Any, t: Any, given: Any, *, pad: bool
    ) -> Any:
        """SciPy's result with Tensors in its fields; ``t`` are the times of its steps.

        ``given`` are those of its states, as constants.
        """
        ends = [array(x) for x in self.t_span]
        asked = None if self.t_eval is None else array(self.t_eval)
        moves = varies(*ends, asked)
        at = moved_times(t, ends) if moves else t
        if not self.implicit:
            self.of_explicit(found, right, y, at, given, asked)
        else:
            if self.dense_output:
                raise TypeError(DENSE.format(method=self.method))
            if y.dtype.kind == "c":
                raise TypeError(COMPLEX)
            outputs = given if asked is None else asked
            shift: Any = 0.0
            if moves:
                shift = valued(ends[0] - t[0], 0.0)
                outputs = at[: np.shape(given)[0]] if asked is None else asked
            jac = self.options.get("jac")
            jac = None if jac is None or isinstance(jac, str) else partial(slopes, jac, self.given)
            settings = {name: self.options.get(name, x) for name, x in TOLERANCES.items()}
            run = collocation.Run(strip(ends[0]), given, found.y.T, settings, jac, pad)
            found.y = valued(run.varied(right, y, outputs, shift).T, found.y)
        if moves:
            found.t = valued(at[: np.shape(found.t)[0]] if asked is None else asked, found.t)
        return found

    def of_explicit(
        self, found: Any, right: RightSide, y: Any, at: Any, given: Any, asked: Any
    ) -> None:
        """Have the result of an explicit method vary."""
        kind = getattr(theirs, self.method) if isinstance(self.method, str) else self.method
        h = at[1:] - at[:-1]
        within = asked is not None or self.dense_output
        steps = runge_kutta.replayed(right.f, kind, y, at[:-1], h, within=within)
        if asked is None:
            found.y = valued(steps.y[: np.shape(found.y)[1]].T, found.y)
        else:
            where = segments(strip(at), given)
            found.y = valued(runge_kutta.interpolated(steps, asked, where).T, found.y)
        if self.dense_output:
            found.sol = TrackedSolution(found.sol, steps)

    # ---- programs ----

    def written(self, vectorized: bool, symbol: Any) -> Any:
        """The result where some of it is traced: one step, with the right-hand side as its body."""
        ends, y = [array(x) for x in self.t_span], array(self.y0)
        right, watch = RightSide(self.fun, self.given, len(y), vectorized), Watch(passed=True)
        examples = {"t": np.float64(example(ends[0])), "y": example(y)}
        given = {"f": (watch(right.f), examples)}
        options = dict(self.options)
        jac = options.pop("jac", None)
        how = "exact" if self.implicit and not is_left_to_scipy(jac) else "none"
        if how == "exact" and jac is not None:
            how = "given"
            of_jac = lambda t, y: strip(array(jac(t, y, *self.given) if callable(jac) else jac))
            given["jac"] = of_jac, examples
        operands = {"t0": strip(ends[0]), "t1": strip(ends[1]), "y0": strip(y)}
        if self.t_eval is not None:
            operands["t_eval"] = strip(array(self.t_eval))
        options |= {"method": self.method, "jacobian": how}
        call = Handover("solve_ivp", stepped, given, operands, options, sized=True)
        times, at, t, y_found, nfev, njev, nlu = symbol.hand(call)[0]
        found = OdeResult(t=t, y=y_found, nfev=nfev, njev=njev, nlu=nlu, sol=None, message=DONE)
        found |= {"t_events": None, "y_events": None, "status": 0, "success": True}
        if not self.varies and watch.met is None:
            return found
        return self.derived(found, right, y, times, at, pad=True)


DONE = "The solver successfully reached the end of the integration interval."


def stepped(
    f: Function,
    t0: Any,
    t1: Any,
    y0: Any,
    t_eval: Any = None,
    jac: Function | None = None,
    *,
    method: Any,
    jacobian: str,
    **options: Any,
) -> tuple[Array, ...]:
    """What SciPy finds: the times of its steps, t as a constant, t, y, nfev, njev, nlu.

    There are as many steps as the next power of two, the last ones of size zero.
    """
    if jacobian == "none" and method in IMPLICIT:
        options["jac"] = "2-point"
    elif jac is not None:
        options["jac"] = jac
    problem = InitialValues(f, (t0, t1), y0, method, t_eval, False, None, (), options)
    found, times, seen = problem.run(None, False)
    if found.status < 0:
        raise RuntimeError(f"solve_ivp failed: {found.message}")
    times = np.append(times, np.full(padded(len(times) - 1) + 1 - len(times), times[-1]))
    at = found.t
    if problem.varies or seen is not None:
        y = array(y0)
        found = problem.derived(found, RightSide(f, (), len(y)), y, times, at, pad=False)
    return (times, at, found.t, found.y, *map(np.int64, (found.nfev, found.njev, found.nlu)))


def explicit() -> Any:
    return (theirs.RK23, theirs.RK45, theirs.DOP853)


def recording(method: Any, times: list[float]) -> Any:
    """A method of SciPy's that notes the times of its steps."""
    kind: Any = getattr(theirs, method) if isinstance(method, str) else method

    def step(self: Any) -> Any:
        message = kind.step(self)
        if self.status != "failed":
            times.append(float(self.t))
        return message

    return type(kind.__name__, (kind,), {"step": step})


def each(events: Any) -> Sequence[Any]:
    return [events] if callable(events) else [*events]


def refusing(event: Any) -> Any:
    """An event that refuses to be a Tensor."""

    @wraps(event)
    def asked(*args: Any) -> Any:
        made = met(event(*args))
        if isinstance(made, Tracked):
            raise TypeError(EVENTS)
        return made

    return asked


def moved_times(t: Any, ends: Sequence[Any]) -> Any:
    """The times of steps as they move with both ends: the first ones with t₀, the last with t₁."""
    return valued(np.where(t == t[-1], ends[1], ends[0] + (t - t[0])), t)


def segments(t: Any, at: Any) -> Any:
    """The step that each time is in; at an end between two it is the earlier one."""
    sign = np.where(t[-1] >= t[0], 1.0, -1.0)
    return np.minimum(np.searchsorted(sign * t[1:], sign * at), len(example(t)) - 2)


class TrackedSolution(theirs.OdeSolution):  # type: ignore[misc]
    """SciPy's dense output, with the derivatives of its polynomials."""

    def __init__(self, plain: Any, steps: runge_kutta.Steps) -> None:
        self.__dict__.update(vars(plain))
        self.steps = steps

    def __call__(self, t: Any) -> Any:
        """The state at one time, of shape (n,), or at several, of shape (n, len(t))."""
        at = array(t)
        value = super().__call__(strip(at))
        where = segments(self.ts, np.atleast_1d(strip(at)))
        made = runge_kutta.interpolated(self.steps, np.reshape(at, (-1,)), where)
        return valued(made.T if np.ndim(at) else made[0], value)
