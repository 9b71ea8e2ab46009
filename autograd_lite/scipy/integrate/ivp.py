"""Initial value problems: `solve_ivp` and `odeint`, by the state, the times and all parameters.

SciPy solves with plain numbers, and its numbers are the values.  Then its steps run once more on
Tensors, with the sizes that they had, and these have the derivatives.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

import numpy as np
import scipy.integrate as theirs

from autograd_lite.core.gathering import gathered
from autograd_lite.core.tracked import LEFT, Tracked, example, strip
from autograd_lite.scipy.integrate import collocation, runge_kutta
from autograd_lite.scipy.integrate.values import array, failed, plain, valued, varies
from autograd_lite.transforms.jacobians import jacobian

Array = Any
Function = Callable[..., Any]


class Plainly:
    """A function whose results SciPy gets as plain numbers; ``met`` is a Tensor among them."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.met: Any = None

    def __call__(self, *args: Any) -> Any:
        made = self.function(*args)
        if type(made) is np.ndarray and made.dtype != object:
            return made
        made = gathered(made)
        if isinstance(made, Tracked):
            self.met = made
            return strip(made)
        return made


class RightSide(NamedTuple):
    """y′ = f(t, y) on Tensors, for a state of shape (n,), and how SciPy was asked to solve it."""

    fun: Function
    args: tuple[Any, ...]
    n: int
    vectorized: bool
    rtol: Any
    atol: Any
    jac: Any

    def f(self, t: Array, y: Array) -> Array:
        if self.vectorized:
            y = y[:, np.newaxis]
        made = array(self.fun(t, y, *self.args))
        if np.shape(made) == (self.n,):
            return made
        return np.broadcast_to(np.reshape(made, np.shape(made)[: 1 + (self.n > 1)]), (self.n,))

    def plainly(self) -> collocation.Plain:
        """The same in plain numbers."""
        f = lambda t, y: strip(self.f(t, y))
        jac = self.jac if self.jac is not None else exact(lambda t, y, *_: self.f(t, y), ())
        return collocation.Plain(f, lambda t, y: slopes(jac, t, y, self.args), self.rtol, self.atol)


def slopes(jac: Any, t: float, y: Array, args: tuple[Any, ...]) -> Array:
    """∂f/∂y of plain numbers, from what a caller gave for it."""
    found = jac(t, y, *args) if callable(jac) else jac
    found = found.toarray() if hasattr(found, "toarray") else gathered(found)
    return np.asarray(strip(found), float)


def exact(fun: Function, args: tuple[Any, ...]) -> Function:
    """The Jacobian of a right-hand side by its state."""

    def jac(t: float, y: Array, *_: Any) -> Array:
        return strip(jacobian(lambda y: array(fun(t, y, *args)))(np.asarray(y)))

    return jac


def known(fun: Function, args: tuple[Any, ...], t: float, y: Array) -> Function | None:
    """The exact Jacobian for SciPy; None where the right-hand side takes no Tensors."""
    try:
        y = np.asarray(y, float)
        jac = exact(fun, args)
        found = jac(t, y)
    except Exception:  # what a function of plain numbers alone may raise
        return None
    return jac if found.shape == (*y.shape, *y.shape) else None


def is_implicit(method: Any) -> bool:
    if isinstance(method, str):
        return method in ("Radau", "BDF", "LSODA")
    return isinstance(method, type) and issubclass(method, (theirs.Radau, theirs.BDF, theirs.LSODA))


def recording(method: Any, times: list[float]) -> Any:
    """A method of SciPy's that notes the times of its steps."""
    kind: Any = getattr(theirs, method) if isinstance(method, str) else method

    def step(self: Any) -> Any:
        message = kind.step(self)
        if self.status != "failed":
            times.append(float(self.t))
        return message

    return type(kind.__name__, (kind,), {"step": step})


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
    "{who}: a complex state has derivatives with method='RK45', 'RK23' or 'DOP853'; for an "
    "implicit method write real and imaginary parts as one state"
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
    TypeError for ``events`` with Tensors, and for ``dense_output`` of implicit methods.  A run that
    fails has ``success=False``; its gradient is a RuntimeError.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> def last(rate):
    ...     found = integrate.solve_ivp(lambda t, y: -rate * y, (0, 1), [1.0], rtol=1e-8)
    ...     return found.y[0, -1]
    >>> float(np.round(al.grad(last)(2.0), 6))  # −e⁻²
    -0.135335
    """
    return InitialValues(
        fun, t_span, y0, method, t_eval, dense_output, events, vectorized, args
    ).solve(options)


class InitialValues(NamedTuple):
    """A call of `solve_ivp`."""

    fun: Function
    t_span: Any
    y0: Any
    method: Any
    t_eval: Any
    dense_output: bool
    events: Any
    vectorized: bool
    args: Any

    def solve(self, options: dict[str, Any]) -> Any:
        implicit = is_implicit(self.method)
        span = [plain(x) for x in self.t_span]
        y0, t_eval = plain(self.y0), None if self.t_eval is None else plain(self.t_eval)
        fun, times = Plainly(self.fun), []  # type: Plainly, list[float]
        given = tuple(self.args) if hasattr(self.args, "__iter__") else ()
        options = self.with_jacobian(options, implicit, span, y0, given)
        known_method = self.method in METHODS or isinstance(self.method, type)
        record = known_method and not (implicit and self.dense_output)
        found = theirs.solve_ivp(
            fun,
            span,
            y0,
            recording(self.method, times) if record else self.method,
            t_eval,
            self.dense_output,
            self.events if self.events is None else [refusing(e) for e in each(self.events)],
            self.vectorized,
            self.args,
            **options,
        )
        if not varies(*self.t_span, self.y0, self.t_eval, *given) and fun.met is None:
            return found
        if self.events is not None:
            raise TypeError(EVENTS)
        if implicit and self.dense_output:
            raise TypeError(DENSE.format(method=self.method))
        y = array(self.y0)
        if found.status < 0:
            tensors = [x for x in (fun.met, *self.t_span, y, *given) if varies(x)]
            found.y = failed(np.asarray(found.y), *map(gathered, tensors[:1]), why=found.message)
            return found
        settings = [options.get(name, default) for name, default in TOLERANCES.items()]
        jac = options.get("jac") if callable(options.get("jac")) else None
        rtol, atol = settings
        right = RightSide(self.fun, given, len(y), self.vectorized, rtol, atol, jac)
        return self.derived(found, right, y, [span[0], *times], implicit)

    def with_jacobian(
        self, options: dict[str, Any], implicit: bool, span: Any, y0: Any, given: Any
    ) -> dict[str, Any]:
        """The options for SciPy, with the exact Jacobian if the caller gave none."""
        if not implicit:
            return options
        jac = options.get("jac")
        if isinstance(jac, str):
            if jac != "2-point":
                raise ValueError(
                    f"solve_ivp: jac={jac!r}; give a function, a matrix, or '2-point' for "
                    f"SciPy's own differences"
                )
            return {name: x for name, x in options.items() if name != "jac"}
        if jac is not None:
            return {**options, "jac": Plainly(jac) if callable(jac) else strip(jac)}
        if any(options.get(name) is not None for name in ("jac_sparsity", "lband", "uband")):
            return options
        found = None if self.vectorized else known(self.fun, given, float(span[0]), y0)
        return options if found is None else {**options, "jac": found}

    def derived(
        self, found: Any, right: RightSide, y: Any, times: list[float], implicit: bool
    ) -> Any:
        """SciPy's result with Tensors in its fields."""
        t = np.array(times)
        ends = [array(x) for x in self.t_span]
        asked = None if self.t_eval is None else array(self.t_eval)
        moves = varies(*ends, asked)
        at = moved_times(t, ends) if moves else t
        if implicit:
            if y.dtype.kind == "c":
                raise TypeError(COMPLEX.format(who="solve_ivp"))
            outputs = at if asked is None else asked
            found.y = of_implicit(right, y, t, outputs, found, moves and at[0] - t[0])
        else:
            found = self.of_explicit(found, right, y, at, asked)
        if moves:
            found.t = valued(at if asked is None else asked, found.t)
        return found

    def of_explicit(self, found: Any, right: RightSide, y: Any, at: Any, asked: Any) -> Any:
        kind = getattr(theirs, self.method) if isinstance(self.method, str) else self.method
        t = example(at)
        h = at[1:] - at[:-1]
        within = asked is not None or self.dense_output
        steps = runge_kutta.replayed(right.f, kind, y, at[:-1], h, within=within)
        if asked is None:
            found.y = valued(steps.y.T, found.y)
        else:
            where = segments(t, np.asarray(found.t))
            found.y = valued(runge_kutta.interpolated(steps, asked, where).T, found.y)
        if self.dense_output:
            found.sol = TrackedSolution(found.sol, steps)
        return found


METHODS = ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
TOLERANCES = {"rtol": 1e-3, "atol": 1e-6}


def each(events: Any) -> Sequence[Any]:
    return [events] if callable(events) else [*events]


def refusing(event: Any) -> Any:
    """An event that refuses to be a Tensor."""

    @wraps(event)
    def asked(*args: Any) -> Any:
        made = event(*args)
        if isinstance(made, Tracked):
            raise TypeError(EVENTS)
        return made

    return asked


def moved_times(t: Any, ends: Sequence[Any]) -> Any:
    """The times of steps as they move with both ends: the first ones with t₀, the last with t₁."""
    first = ends[0] + (t[:-1] - t[0])
    return valued(np.concatenate([first, np.reshape(ends[1], (1,))]), t)


def segments(t: Any, at: Any) -> Any:
    """The step that each time is in; at an end between two it is the earlier one."""
    sign = 1 if t[-1] >= t[0] else -1
    return np.clip(np.searchsorted(sign * t[1:], sign * at), 0, len(t) - 2)


def of_implicit(right: RightSide, y: Any, t: Any, outputs: Any, found: Any, shift: Any) -> Any:
    """The states at the times that were asked for, with derivatives."""
    asked, states = np.asarray(found.t), np.asarray(found.y).T
    begins = int(asked[0] == t[0])
    times = np.concatenate([t[:1], asked[begins:]])
    known_states = np.concatenate([strip(y)[np.newaxis], states[begins:]])
    steps, ends = collocation.mesh(right.plainly(), times, known_states)
    order = max(2, len(LEFT))
    all_states = collocation.replayed(right.f, y, shift, steps, order)
    which = [0, *ends][1 - begins :]
    made = all_states[np.array(which, int)]
    if shift is not False:
        by = outputs - (asked + shift)
        made = np.stack([collocation.moved(right.f, *row) for row in zip(asked + shift, made, by)])
    return valued(made.T, found.y)


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
