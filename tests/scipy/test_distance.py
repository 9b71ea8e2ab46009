"""Distances: SciPy's values, of sets and of two points, gradients, and points that coincide."""

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.testing import check_grads

theirs = pytest.importorskip("scipy.spatial.distance")

from autograd_lite.scipy.spatial import distance  # noqa: E402  (it needs SciPy)

RNG = np.random.default_rng(0)
A, B = RNG.uniform(0.2, 2, size=(4, 3)), RNG.uniform(0.2, 2, size=(5, 3))
TURN, W, V = np.array([1.0, -1.0, 1.0]), np.array([0.5, 2.0, 1.0]), np.array([1.0, 2.0, 3.0])
OPTIONS = {
    "minkowski": [{}, {"p": 3}, {"p": 1.5, "w": W}, {"p": np.inf}, {"p": 1}],
    "seuclidean": [{}, {"V": V}],
    "mahalanobis": [{}, {"VI": np.eye(3) + 0.2}],
    "jensenshannon": [{}],
}


@pytest.mark.parametrize("metric", distance.SMOOTH)
def test_metrics(metric):
    for given in OPTIONS.get(metric, [{}, {"w": W}]):
        b = B if metric == "jensenshannon" else B * TURN
        f = lambda a, b: distance.cdist(a, b, metric, **given)  # noqa: B023
        expected = theirs.cdist(A, b, metric, **given)
        np.testing.assert_array_equal(f(A, b), expected)
        np.testing.assert_allclose(f(al.Tensor(A), b).data, expected, rtol=1e-12, atol=1e-14)
        pairs = distance.pdist(al.Tensor(b), metric, **given).data
        np.testing.assert_allclose(pairs, theirs.pdist(b, metric, **given), rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(
            distance.pdist(b, metric, **given), theirs.pdist(b, metric, **given)
        )
        slopes = al.grad(lambda a, b: np.sum(f(a, b) ** 2), (0, 1))(A, b)  # noqa: B023
        for i, (slope, x) in enumerate(zip(slopes, (A, b))):
            moved = RNG.normal(size=x.shape) * 1e-6
            ends = [[A, b], [A, b]]
            ends[0][i], ends[1][i] = x + moved, x - moved
            high, low = (np.sum(theirs.cdist(*e, metric, **given) ** 2) for e in ends)
            np.testing.assert_allclose((high - low) / 2, np.sum(slope * moved), rtol=1e-4)
        given = {"V": V} if metric == "seuclidean" else given
        given = {"VI": np.eye(3) + 0.2} if metric == "mahalanobis" else given
        of_two, own = getattr(distance, metric), getattr(theirs, metric)
        expected = own(A[0], b[1], **given)
        assert of_two(A[0], b[1], **given) == expected
        np.testing.assert_allclose(of_two(al.Tensor(A[0]), b[1], **given).data, expected)


@pytest.mark.parametrize("metric", distance.SMOOTH)
def test_points_that_coincide(metric):
    """The gradient by a distance that is 0 is 0."""
    given = {"seuclidean": {"V": V}, "mahalanobis": {"VI": np.eye(3)}}.get(metric, {})
    x = np.vstack([A[:1], A[:1]])
    slope = al.grad(lambda x: distance.pdist(x, metric, **given)[0])(x)
    np.testing.assert_allclose(slope, 0, atol=1e-12)
    by_itself = al.grad(lambda x: np.sum(distance.cdist(x, x, metric, **given)))(A)
    assert np.isfinite(by_itself).all()


def test_a_metric_of_ones_own():
    metric = lambda u, v: np.sum((u - v) ** 4)
    f = lambda a: distance.cdist(a, B, metric)
    np.testing.assert_allclose(f(al.Tensor(A)).data, theirs.cdist(A, B, metric))
    check_grads(lambda a: np.sum((a[:, None] - B) ** 4, -1), [A])
    slope = al.grad(lambda a: np.sum(f(a)))(A)
    np.testing.assert_allclose(slope, np.sum(4 * (A[:, None] - B) ** 3, 1), rtol=1e-12)
    pairs = distance.pdist(al.Tensor(A), metric)
    np.testing.assert_allclose(pairs.data, theirs.pdist(A, metric))


def test_squareform():
    d = theirs.pdist(A)
    square = distance.squareform(al.Tensor(d))
    np.testing.assert_array_equal(square.data, theirs.squareform(d))
    np.testing.assert_array_equal(distance.squareform(square).data, d)
    np.testing.assert_array_equal(distance.squareform(d), theirs.squareform(d))
    check_grads(distance.squareform, [d])


def test_refused():
    t = al.Tensor(A)
    with pytest.raises(TypeError, match=r"al\.stop_gradient"):
        distance.cdist(t, B, "hamming")
    assert distance.cdist(al.stop_gradient(t), B, "hamming").shape == (4, 5)
    for f in (
        lambda: distance.cdist(t, B[:, :2]),
        lambda: distance.cdist(t[0], B),
        lambda: distance.pdist(1j * t),
        lambda: distance.euclidean(t[0], B[0, :2]),
        lambda: distance.cdist(t, B, "minkowski", p=0),
        lambda: distance.squareform(al.Tensor(np.ones(4))),
        lambda: distance.squareform(t),
    ):
        with pytest.raises(ValueError):
            f()
