"""`odeint`, whose derivatives are those of implicit methods: see `collocation`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import scipy.integrate as theirs

from autograd_lite.core.gathering import gathered
from autograd_lite.core.tracked import example, strip
from autograd_lite.loops.handing import Handover, MetSymbol, Watch, met
from autograd_lite.scipy.integrate import collocation
from autograd_lite.scipy.integrate.right_side import (
    RightSide,
    is_left_to_scipy,
    known,
    slopes,
)
from autograd_lite.scipy.integrate.values import array, failed, plain, valued, varies

Array = Any
Function = Callable[..., Any]

TOLERANCE = 1.49012e-8
SUCCESS = "Integration successful."


def odeint(
    func: Function,
    y0: Any,
    t: Any,
    args: tuple[Any, ...] = (),
    Dfun: Any = None,
    col_deriv: Any = 0,
    full_output: Any = 0,
    ml: Any = None,
    mu: Any = None,
    rtol: Any = None,
    atol: Any = None,
    tcrit: Any = None,
    h0: float = 0.0,
    hmax: float = 0.0,
    hmin: float = 0.0,
    ixpr: Any = 0,
    mxstep: int = 0,
    mxhnil: int = 0,
    mxordn: int = 12,
    mxords: int = 5,
    printmessg: Any = 0,
    tfirst: bool = False,
) -> Any:
    """The states at the times ``t`` of y′ = func(y, t, *args) with y(t₀) = y0, in rows, by SciPy.

    Derivatives are by ``y0``, ``t``, ``args`` and all Tensors that ``func`` reads from outside.
    They are of Radau IIA steps between the times, split where they miss SciPy's state by more than
    ``rtol`` and ``atol``.  SciPy gets the exact Jacobian, unless ``Dfun`` is given;
    ``Dfun="2-point"`` leaves it to SciPy.

    In a program it is one step, which raises RuntimeError where the solver fails.  Elsewhere SciPy
    warns of that, and the gradient is a RuntimeError.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy import integrate
    >>> last = lambda rate: integrate.odeint(lambda y, t: -rate * y, 1.0, [0.0, 1.0])[-1, 0]
    >>> float(np.round(al.grad(last)(2.0), 6))  # −e⁻²
    -0.135335
    """
    options = {"ml": ml, "mu": mu, "rtol": rtol, "atol": atol, "tcrit": tcrit, "h0": h0}
    options |= {"hmax": hmax, "hmin": hmin, "ixpr": ixpr, "mxstep": mxstep, "mxhnil": mxhnil}
    options |= {"mxordn": mxordn, "mxords": mxords, "printmessg": printmessg}
    args = args if isinstance(args, tuple) else (args,)
    fun = func if tfirst else swapped(func)
    jac: Any = None
    if callable(Dfun):
        jac = Dfun if tfirst else swapped(Dfun)
    elif Dfun is not None:
        is_left_to_scipy(Dfun)
    watch, symbol = Watch(), None
    try:
        for x in (y0, t, *args):
            met(plain(x))
        start, at = np.atleast_1d(np.asarray(plain(y0), float)), plain(t)
        if Dfun is None and ml is None and mu is None:
            jac, col_deriv = known(fun, args, float(at[0]), start, watch), 0
        options |= {"Dfun": Watch()(jac), "col_deriv": col_deriv, "full_output": True}
        found, info = theirs.odeint(watch(fun), plain(y0), at, args, tfirst=True, **options)
        watch.tell("odeint", "Dfun")
    except MetSymbol as stopped:
        symbol = stopped.symbol
    if symbol is not None:
        return written(fun, y0, t, args, Dfun and jac, Dfun is None, options, symbol)
    if varies(y0, t, *args) or watch.met is not None:
        if info["message"] != SUCCESS:
            tensor = next(filter(varies, map(gathered, (watch.met, y0, t, *args))))
            found = failed(found, tensor, why=info["message"])
        else:
            if callable(Dfun) and not col_deriv and ml is None and mu is None:
                jac = partial(slopes, jac, args)
            else:
                jac = None
            right = RightSide(fun, args, len(start))
            found = derived(right, y0, t, found, jac, options, pad=False)
    return (found, info) if full_output else found


def swapped(function: Function) -> Function:
    """A function of t and y for one of y and t, or the other way round."""
    return lambda t, y, *args: function(y, t, *args)


def derived(
    right: RightSide, y0: Any, t: Any, found: Any, jac: Any, options: Any, *, pad: bool
) -> Any:
    """SciPy's states as they vary."""
    y, times = np.reshape(array(y0), (-1,)), array(t)
    at = strip(times)
    moves = varies(times)
    shift = valued(times[0] - at[0], 0.0) if moves else 0.0
    chosen = {name: options.get(name) for name in ("rtol", "atol")}
    settings = {name: TOLERANCE if x is None else x for name, x in chosen.items()}
    run = collocation.Run(at[0], at, found, settings, jac, pad)
    return valued(run.varied(right, y, times, shift), found)


# ---- programs ----


def written(
    fun: Function,
    y0: Any,
    t: Any,
    args: Any,
    jac: Any,
    is_exact: bool,
    options: dict[str, Any],
    symbol: Any,
) -> Any:
    """The states where some of it is traced: one step, with the right-hand side as its body."""
    y, times = np.reshape(array(y0), (-1,)), array(t)
    right, watch = RightSide(fun, args, len(y)), Watch(passed=True)
    examples = {"t": np.float64(0), "y": example(y)}
    given = {"f": (watch(right.f), examples)}
    if jac is not None:
        given["jac"] = (lambda t, y: strip(array(jac(t, y, *args)))), examples
    unset = {"ml", "mu", "rtol", "atol", "tcrit"}
    kept = {name: x for name, x in options.items() if x is not None or name not in unset}
    kept = {name: x for name, x in kept.items() if x and name not in ("Dfun", "full_output")}
    kept["jacobian"] = "given" if jac is not None else "exact" if is_exact else "none"
    call = Handover("odeint", stepped, given, {"y0": strip(y), "t": strip(times)}, kept)
    (found,) = symbol.hand(call)[0]
    if not varies(y, times, *args) and watch.met is None:
        return found
    return derived(right, y, times, found, None, options, pad=True)


def stepped(
    f: Function, y0: Any, t: Any, jac: Function | None = None, *, jacobian: str, **options: Any
) -> tuple[Array]:
    """What SciPy finds."""
    watch, y, at = Watch(), strip(y0), strip(t)
    if jacobian == "exact":
        jac = known(f, (), float(at[0]), y, watch)
    options["Dfun"] = Watch()(jac)
    found, info = theirs.odeint(watch(f), y, at, tfirst=True, full_output=True, **options)
    if info["message"] != SUCCESS:
        raise RuntimeError(f"odeint failed: {info['message']}")
    if watch.met is not None or varies(y0, t):
        right = RightSide(f, (), len(y))
        found = derived(right, y0, t, found, None, options, pad=False)
    return (found,)
