"""How rules of one kind are stated: by the last argument alone, of several results, by none."""

from inspect import signature

from autograd_lite.core.primitive import no_derivative


def names(n):
    return [f"x{i + 1}" for i in range(n)]


def by_last(slope):
    """The rules of a function whose slope by its last argument is ``slope``, of all of them."""
    n = len(signature(slope).parameters)
    last = {
        2: lambda g, x1, x2: g * slope(x1, x2),
        3: lambda g, x1, x2, x3: g * slope(x1, x2, x3),
        4: lambda g, x1, x2, x3, x4: g * slope(x1, x2, x3, x4),
    }[n]
    last.__module__ = slope.__module__  # that is where the rule is
    return dict.fromkeys(names(n), no_derivative) | {f"x{n}": last}


def reached_sum(g, reached, *slopes):
    """Σ g slope() over the results that the outcome depends on: a slope may be infinite."""
    return sum(part * slope() for part, slope, used in zip(g, slopes, reached, strict=True) if used)


def several(*slopes):
    """The rule of a ufunc of x that returns several results, whose derivatives these are."""

    def vjp(g, x, reached):
        return reached_sum(g, reached, *[lambda s=s: s(x) for s in slopes])

    vjp.__module__ = slopes[0].__module__
    return vjp


def nowhere(ufunc):
    """The rules of a ufunc whose derivative by no argument has a closed form."""
    return dict.fromkeys(["x"] if ufunc.nin == 1 else names(ufunc.nin), no_derivative)
