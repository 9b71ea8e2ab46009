"""``scipy.spatial.distance``: distances of points, by both; all else is SciPy's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.spatial.distance as _theirs

from autograd_lite.rules.indexing import scatter
from autograd_lite.scipy.spatial import metrics
from autograd_lite.scipy.stats.distribution import is_tracked

Array = Any

#: The names of the metrics that are smooth, with SciPy's other names for them.
SMOOTH = {
    "braycurtis": "",
    "canberra": "",
    "chebyshev": "chebychev cheby cheb ch",
    "cityblock": "cblock cb c manhattan",
    "correlation": "co",
    "cosine": "cos",
    "euclidean": "euclid eu e",
    "jensenshannon": "js",
    "mahalanobis": "mahal mah",
    "minkowski": "mi m pnorm",
    "seuclidean": "se s",
    "sqeuclidean": "sqe sqeuclid",
}
#: The metrics of whole sets that SciPy has for long doubles, too; all else is in float64.
LONG = {"braycurtis", "canberra", "chebyshev", "cityblock", "euclidean", "minkowski", "sqeuclidean"}

#: The dtypes of two points that SciPy widens, by their characters.
WIDENED = {"braycurtis": "ef", "canberra": "ef", "euclidean": "f", "minkowski": "f"}
NAMES = {other: name for name, others in SMOOTH.items() for other in [name, *others.split()]}

__all__ = [*SMOOTH, "cdist", "pdist", "squareform"]


def __getattr__(name: str) -> Any:
    """What takes plain numbers alone."""
    if not name.startswith("_") and hasattr(_theirs, name):
        return getattr(_theirs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def points(name: str, x: Any, dims: int) -> Array:
    """Points as an array of floats."""
    x = np.stack(x) if isinstance(x, (list, tuple)) and is_tracked(x) else x
    x = x if hasattr(x, "dtype") else np.asarray(x)
    if np.ndim(x) != dims or x.dtype.kind == "c":
        wanted = "real vectors" if dims == 1 else "matrices of real points, one in each row"
        raise ValueError(f"{name}: an array of shape {np.shape(x)} and {x.dtype}; give {wanted}")
    if dims == 1:
        wide = x.dtype.kind != "f" or x.dtype.char in WIDENED.get(name, "")
    else:
        wide = x.dtype != np.longdouble or name not in LONG
    return x.astype(np.float64) if wide and x.dtype != np.float64 else x


def measure(caller: str, metric: Any, given: dict[str, Any], both: Array) -> Callable[..., Array]:
    """The function of two stacks of points that a metric is."""
    if callable(metric):
        return lambda u, v: np.stack([metric(a, b, **given) for a, b in zip(u, v)])
    name = NAMES.get(str(metric).lower())
    if name is None:
        raise TypeError(
            f"{caller}: metric={metric!r} has no derivative; give al.stop_gradient(x), or one of "
            f"{', '.join(SMOOTH)}"
        )
    if name == "seuclidean" and given.get("V") is None:
        given = {**given, "V": np.var(both, axis=0, ddof=1)}
    if name == "mahalanobis" and given.get("VI") is None:
        given = {**given, "VI": np.linalg.inv(np.cov(np.transpose(both)))}
    function = getattr(metrics, name)
    return lambda u, v: function(u, v, **given)


def cdist(XA: Any, XB: Any, metric: Any = "euclidean", *, out: Any = None, **given: Any) -> Array:
    """The distances of all points in the rows of XA from those of XB.

    XA is m × d, XB is n × d, the result m × n.  Where points coincide the gradient of a distance
    is 0.  TypeError for a metric that is not smooth, such as "hamming"; other errors are SciPy's.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy.spatial import distance
    >>> x = np.array([[0.0, 0.0], [3.0, 4.0]])
    >>> al.grad(lambda x: np.sum(distance.cdist(x, np.zeros((1, 2)))))(x)
    array([[0. , 0. ],
           [0.6, 0.8]])
    """
    if not is_tracked([XA, XB, *given.values()]):
        return _theirs.cdist(XA, XB, metric, out=out, **given)
    name = NAMES.get(str(metric).lower(), "cdist")
    XA, XB = points(name, XA, 2), points(name, XB, 2)
    m, n = np.shape(XA)[0], np.shape(XB)[0]
    if np.shape(XA)[1] != np.shape(XB)[1]:
        raise ValueError(f"cdist: points of {np.shape(XA)[1]} and of {np.shape(XB)[1]} dimensions")
    f = measure("cdist", metric, given, np.concatenate([XA, XB]))
    if callable(metric):
        i, j = np.indices((m, n)).reshape(2, -1)
        return np.reshape(f(XA[i], XB[j]), (m, n))
    return f(XA[:, None], XB)


def pdist(X: Any, metric: Any = "euclidean", *, out: Any = None, **given: Any) -> Array:
    """The distances of all pairs of points in the rows of X, in the order of `squareform`.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy.spatial import distance
    >>> al.grad(lambda x: distance.pdist(x)[0])(np.array([[0.0, 0.0], [3.0, 4.0]]))
    array([[-0.6, -0.8],
           [ 0.6,  0.8]])
    """
    if not is_tracked([X, *given.values()]):
        return _theirs.pdist(X, metric, out=out, **given)
    X = points(NAMES.get(str(metric).lower(), "pdist"), X, 2)
    i, j = np.triu_indices(np.shape(X)[0], 1)
    first, second = np.take(X, i, axis=0), np.take(X, j, axis=0)
    return measure("pdist", metric, given, X)(first, second)


def squareform(X: Any, force: str = "no", checks: bool = True) -> Array:
    """A matrix of distances of what `pdist` returns, or back.

    >>> import numpy as np, autograd_lite as al
    >>> from autograd_lite.scipy.spatial import distance
    >>> al.grad(lambda d: np.sum(distance.squareform(d) ** 2))(np.array([1.0, 2.0, 3.0]))
    array([ 4.,  8., 12.])
    """
    if not is_tracked(X):
        return _theirs.squareform(X, force, checks)
    X = np.stack(X) if isinstance(X, (list, tuple)) else X
    if np.ndim(X) == 2 and force.lower() not in ("tomatrix", "tovector", "no"):
        raise ValueError(f"squareform: force={force!r}; give 'no', 'tomatrix' or 'tovector'")
    if np.ndim(X) == 2 and np.shape(X)[0] == np.shape(X)[1] and force.lower() != "tomatrix":
        return X[np.triu_indices(np.shape(X)[0], 1)]
    size = np.shape(X)[0]
    n = round((1 + (1 + 8 * size) ** 0.5) / 2)
    if np.ndim(X) != 1 or n * (n - 1) != 2 * size or force.lower() == "tovector":
        raise ValueError(
            f"squareform: an array of shape {np.shape(X)}; give a square matrix, or a vector of "
            f"n (n − 1) / 2 distances"
        )
    i, j = np.triu_indices(n, 1)
    half = scatter(X, (i, j), (n, n))
    return half + half.T


def of_two(name: str) -> Callable[..., Array]:
    """The distance of two points by a metric."""
    own, function = getattr(_theirs, name), getattr(metrics, name)

    def distance(u: Any, v: Any, *args: Any, **given: Any) -> Array:
        if not is_tracked([u, v, *args, *given.values()]):
            return own(u, v, *args, **given)
        u, v = points(name, u, 1), points(name, v, 1)
        if np.shape(u) != np.shape(v):
            raise ValueError(f"{name}: points of {np.shape(u)[0]} and of {np.shape(v)[0]} numbers")
        return function(u, v, *args, **given)

    distance.__name__ = distance.__qualname__ = name
    distance.__doc__ = f"``scipy.spatial.distance.{name}`` of two points, by both."
    return distance


braycurtis, canberra, chebyshev = map(of_two, ("braycurtis", "canberra", "chebyshev"))
cityblock, correlation, cosine = map(of_two, ("cityblock", "correlation", "cosine"))
euclidean, jensenshannon = map(of_two, ("euclidean", "jensenshannon"))
mahalanobis, minkowski = map(of_two, ("mahalanobis", "minkowski"))
seuclidean, sqeuclidean = map(of_two, ("seuclidean", "sqeuclidean"))
