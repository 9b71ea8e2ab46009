"""Classical methods: the parameter vector of the notes, exact derivatives, honest endings."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.testing import check_grads
from nn.training import scipy_methods as classical
from tests.support.drawn import numbers
from tests.support.reference import bueler, hh19

METHODS = [*classical.FIRST_ORDER, *classical.HESSIAN_VECTOR, *classical.HESSIAN]


def network(seed, dtype=float):
    rng = np.random.default_rng(seed)
    half = nn.normal(0.5)
    return nn.MLP(
        [2, 2, 3, 2], nn.sigmoid, nn.sigmoid, rng=rng, weight=half, bias=half, dtype=dtype
    )


def cost(net):
    return nn.half_squared_error(net(hh19.X), hh19.Y)


def residuals(net):
    """½ Σ r² is the cost."""
    return (net(hh19.X) - hh19.Y) / np.sqrt(len(hh19.X))


# ---- the vector p ----


@given(seed=st.integers(0, 2**32), shapes=st.lists(st.lists(st.integers(0, 3), max_size=3)))
def test_ravel_and_unravel_are_inverse(seed, shapes):
    rng = np.random.default_rng(seed)
    model = [{"w": rng.standard_normal(shape)} for shape in [(2,), *shapes]]
    p = nn.ravel(model)
    assert np.array_equal(p, np.concatenate([part["w"].ravel(order="F") for part in model]))
    back = nn.unravel(p, model)
    assert all(np.array_equal(a["w"], b["w"]) for a, b in zip(model, back, strict=True))
    assert all(a["w"].shape == b["w"].shape for a, b in zip(model, back, strict=True))
    assert np.array_equal(nn.ravel(nn.unravel(p, model)), p)


def test_the_vector_is_that_of_the_notes():
    """OV: pᵀ = (vec(W²)ᵀ, …, b⁴ᵀ), 23 numbers, vec stacking columns."""
    W, b = hh19.initial(np.random.default_rng(0))
    p = nn.ravel([*W, *b])
    assert p.shape == (hh19.PARAMETERS,)
    assert np.array_equal(p[:4], [W[0][0, 0], W[0][1, 0], W[0][0, 1], W[0][1, 1]])


@pytest.mark.parametrize("kind", ["fraction", "float32"])
def test_unravel_keeps_the_numbers(kind, rng):
    model = {"W": numbers(kind, rng, 2, 3), "b": numbers(kind, rng, 2)}
    back = nn.unravel(nn.ravel(model), model)
    assert all(np.all(back[k] == model[k]) and back[k].dtype == model[k].dtype for k in model)
    if kind == "float32":
        assert nn.unravel(np.arange(8.0), model)["W"].dtype == np.float32


def test_ravel_and_unravel_can_be_differentiated(rng):
    model = {"W": rng.standard_normal((2, 3)), "b": rng.standard_normal(2)}
    check_grads(lambda W, b: nn.ravel({"W": W, "b": b}), (model["W"], model["b"]), rng=rng)
    check_grads(lambda p: np.tanh(nn.unravel(p, model)["W"]), (rng.standard_normal(8),), rng=rng)


def test_sizes_are_checked():
    with pytest.raises(ValueError, match=r"the model has 3 numbers .* shape \(4,\)"):
        nn.unravel(np.zeros(4), [np.zeros(3)])
    with pytest.raises(ValueError, match="with arrays in it"):
        nn.ravel([None, nn.tanh])


# ---- minimize ----


@pytest.mark.parametrize("method", METHODS)
def test_a_convex_quadratic_is_solved(method, rng):
    """½ Σ (A w + b − y)²: the solution is that of the normal equations."""
    pytest.importorskip("scipy")
    A, y = rng.standard_normal((9, 3)), rng.standard_normal(9)
    model = {"w": np.zeros(3), "b": np.zeros(1)}
    loss = lambda m: np.sum((A @ m["w"] + m["b"] - y) ** 2) / 2
    found, solution = nn.minimize(loss, model, method, tolerance=1e-10)
    exact = np.linalg.lstsq(np.column_stack([A, np.ones(9)]), y, rcond=None)[0]
    assert solution.converged and np.max(np.abs(nn.ravel(found) - exact)) < 1e-6  # 3e-9 measured
    assert solution.losses[-1] == loss(found) == min(solution.losses)
    assert solution.steps == list(range(1, len(solution.losses) + 1))
    assert np.all(model["w"] == 0)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "Newton-CG", "trust-exact"])
def test_scipy_gets_the_exact_derivatives(method, monkeypatch):
    """The gradient is that of BU by hand; H v and H are its derivatives by central differences."""
    optimize = pytest.importorskip("scipy.optimize")
    W, b = hh19.initial(np.random.default_rng(1))
    asked = {}

    def spy(function, start, **given):
        asked.update(given, function=function, start=start)
        function(start)
        return optimize.OptimizeResult(success=True, message="")

    monkeypatch.setattr(optimize, "minimize", spy)

    def loss(m):
        a = hh19.X
        for W_l, b_l in zip(m["W"], m["b"], strict=True):
            a = nn.sigmoid(nn.linear(a, W_l, b_l))
        return nn.half_squared_error(a, hh19.Y)

    nn.minimize(loss, {"W": W, "b": b}, method)
    p, function = asked["start"], asked["function"]
    each = [bueler.forback(x, y, W, b) for x, y in zip(hh19.X, hh19.Y, strict=True)]
    by_hand = np.mean([nn.ravel([*dW, *db]) for _, dW, db, _ in each], axis=0)
    value, gradient = function(p)
    assert type(value) is float and abs(value - bueler.cost(hh19.X, hh19.Y, W, b)) < 1e-15
    assert np.max(np.abs(gradient - by_hand)) < 1e-16  # entries up to 0.1; 3e-17 measured
    v = np.random.default_rng(2).standard_normal(p.size)
    slope = (function(p + 1e-5 * v)[1] - function(p - 1e-5 * v)[1]) / 2e-5
    assert ("hessp" in asked, "hess" in asked) == (method == "Newton-CG", method == "trust-exact")
    if "hessp" in asked:
        assert np.max(np.abs(asked["hessp"](p, v) - slope)) < 1e-9
    if "hess" in asked:
        assert np.max(np.abs(asked["hess"](p) @ v - slope)) < 1e-9


def test_float32_models_stay_float32():
    pytest.importorskip("scipy")
    with pytest.warns(RuntimeWarning, match="did not converge"):
        net, solution = nn.minimize(cost, network(0, np.float32), "L-BFGS-B", steps=5)
    assert {w.dtype for w in al.tree_leaves(net)} == {np.dtype(np.float32)}
    assert type(solution.losses[-1]) is float


@pytest.mark.parametrize("search", [nn.minimize, nn.least_squares])
def test_no_convergence_is_told(search):
    pytest.importorskip("scipy")
    function = cost if search is nn.minimize else residuals
    with pytest.warns(RuntimeWarning, match=r"did not converge.*Best value.*more steps"):
        net, solution = search(function, network(0), steps=2)
    assert not solution.converged and solution.message
    assert solution.losses[-1] == pytest.approx(cost(net), rel=1e-14)


@pytest.mark.parametrize(
    "search, method", [(nn.minimize, "Nelder-Mead"), (nn.least_squares, "BFGS")]
)
def test_unknown_methods_are_refused(search, method):
    pytest.importorskip("scipy")
    with pytest.raises(ValueError, match=f"method = '{method}'; it must be one of "):
        search(cost, network(0), method)


@pytest.mark.parametrize("search", [nn.minimize, nn.least_squares])
@pytest.mark.parametrize("model", [1, {"w": np.arange(3)}, {"w": np.array([True])}])
def test_integers_are_refused(search, model):
    """In them no step of a search would be left after rounding."""
    pytest.importorskip("scipy")
    with pytest.raises(TypeError, match=r"(w|the model) has dtype (int64|bool).* as in 2\.0 or"):
        search(lambda m: np.sum(m["w"] ** 2.0), model)


def test_bounds_constraints_and_callback_are_those_of_scipy():
    """½ ‖p − (2, 2)‖² in a box, and on the line x + y = 1; the start, 0 at no cost, breaks it."""
    pytest.importorskip("scipy")
    seen = []
    loss = lambda p: np.sum((p - 2) ** 2) / 2
    p, solution = nn.minimize(
        loss, np.zeros(2), "L-BFGS-B", bounds=[(0, 1), (0, 3)], callback=seen.append
    )
    assert solution.converged and seen and np.max(np.abs(p - [1, 2])) < 1e-9
    line = {"type": "eq", "fun": lambda p: p[0] + p[1] - 1}
    p, solution = nn.minimize(loss, np.full(2, 2.0), "SLSQP", constraints=[line])
    assert solution.converged and np.max(np.abs(p - 0.5)) < 1e-9


@pytest.mark.parametrize("search", [nn.minimize, nn.least_squares])
def test_a_missing_scipy_is_named(search, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"needs SciPy: pip install 'autograd_lite\[scipy\]"
    ):
        search(cost, network(0))


# ---- least squares ----


def test_hh19_by_nonlinear_least_squares():
    """BU, OV: fewer residuals (20) than parameters (23), and a start from which they vanish."""
    pytest.importorskip("scipy")
    net, solution = nn.least_squares(residuals, network(0), "trf")
    assert solution.converged and cost(net) < 1e-6
    assert solution.losses[-1] == pytest.approx(cost(net), rel=1e-12)


@pytest.mark.parametrize("method", ["lm", "trf", "dogbox"])
@pytest.mark.parametrize("rows", [2, 9], ids=["by rows", "by columns"])
def test_linear_least_squares(method, rows, rng):
    """The residuals are a tree here; a tall Jacobian is found by columns, a flat one by rows."""
    pytest.importorskip("scipy")
    A, y = rng.standard_normal((rows, 3)), rng.standard_normal(rows)
    split = lambda r: {"first": r[:1], "rest": r[1:]}
    w, solution = nn.least_squares(lambda w: split(A @ w - y), np.zeros(3), method)
    exact = np.linalg.lstsq(A, y, rcond=None)[0]
    assert solution.converged
    assert abs(solution.losses[-1] - np.sum((A @ exact - y) ** 2) / 2) < 1e-14
    if rows > 3:
        assert np.max(np.abs(w - exact)) < 1e-6


@pytest.mark.parametrize("rows", [2, 30])
def test_scipy_gets_the_exact_jacobian(rows, monkeypatch, rng):
    """d tanh(A w) / dw = Diag(1 − tanh²) A, to rounding; zero rows are added for lm alone."""
    optimize = pytest.importorskip("scipy.optimize")
    A, w = rng.standard_normal((rows, 4)), rng.standard_normal(4)
    for method in ("lm", "trf"):

        def spy(function, start, *, jac, method, **options):
            r, J = function(start), jac(start)
            assert len(r) == len(J) == (max(rows, 4) if method == "lm" else rows)
            assert np.array_equal(r[:rows], np.tanh(A @ w)) and not np.any(J[rows:])
            exact = (1 - np.tanh(A @ w) ** 2)[:, None] * A
            assert np.max(np.abs(J[:rows] - exact)) < 1e-15
            return optimize.OptimizeResult(success=True, message="")

        monkeypatch.setattr(optimize, "least_squares", spy)
        nn.least_squares(lambda w: np.tanh(A @ w), w, method)


@pytest.mark.parametrize("rows", [2, 30])
def test_the_jacobian_is_found_by_rows_or_columns_as_is_fewer(rows, rng):
    pytest.importorskip("scipy")
    A, w, pulled = rng.standard_normal((rows, 4)), rng.standard_normal(4), []

    @al.primitive
    def double(z):
        return 2 * z

    def slope(g):
        pulled.append(1)
        return 2 * g

    al.rule(double, z=slope)
    J = classical._jacobian(lambda w: A @ double(w), w)
    assert np.array_equal(J, 2 * A)
    assert len(pulled) == (2 if rows == 2 else 1)  # columns come from the pullback of the pullback


@pytest.mark.parametrize("search", ["minimize", "least_squares"])
def test_the_best_model_met_is_returned(search, monkeypatch):
    """Where the last one that was tried is worse."""
    optimize = pytest.importorskip("scipy.optimize")

    def spy(function, start, **given):
        for p in (start + 2, start, start + 1):
            function(p)
        return optimize.OptimizeResult(success=True, message="as told")

    monkeypatch.setattr(optimize, search, spy)
    loss = {"minimize": lambda w: np.sum(w * w) / 2, "least_squares": lambda w: w}[search]
    w, solution = getattr(nn, search)(loss, np.ones(1))
    assert w == 1 and solution.losses == [4.5, 0.5, 0.5] and solution.message == "as told"


#: Losses that the far point still draws away by 0.2 or more.
DRAWN = [("linear", 0.3), ("linear", 1.0), ("soft_l1", 1.0), ("huber", 1.0)]


@pytest.mark.parametrize("loss", classical.LOSSES)
@pytest.mark.parametrize("f_scale", [0.3, 1.0])
def test_robust_losses_have_the_minimum_of_scipy(loss, f_scale):
    """A line through points, one of them far away; SciPy's own best and cost, to 1e-12."""
    optimize = pytest.importorskip("scipy.optimize")
    t = np.linspace(0, 1, 9)
    y = 1 + 2 * t + np.where(t == 0.25, 10, 0)
    residuals = lambda p: p[0] + p[1] * t - y
    p, solution = nn.least_squares(residuals, np.zeros(2), "trf", loss=loss, f_scale=f_scale)
    found = optimize.least_squares(
        residuals, np.zeros(2), lambda p: np.column_stack([t**0, t]), loss=loss, f_scale=f_scale
    )
    assert solution.converged and abs(solution.losses[-1] - found.cost) < 1e-12 * found.cost
    assert solution.losses == sorted(solution.losses, reverse=True)
    cost = lambda p: np.sum(classical.LOSSES[loss]((residuals(p) / f_scale) ** 2))
    assert cost(p) <= cost(found.x) * (1 + 1e-12)
    assert (np.max(np.abs(p - [1, 2])) >= 0.2) == ((loss, f_scale) in DRAWN)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"loss": "huber"}, "lm has no loss 'huber'; use method='trf'"),
        (
            {"loss": "tukey", "method": "trf"},
            "loss = 'tukey'; it must be one of 'linear', 'soft_l1'",
        ),
    ],
)
def test_losses_that_cannot_be_are_refused(options, message):
    pytest.importorskip("scipy")
    with pytest.raises(ValueError, match=message):
        nn.least_squares(residuals, network(0), **options)


# ---- what searches share with fit ----

SEARCHES = {
    **{m: lambda m=m, **o: nn.minimize(bowl, start(), m, **o) for m in classical.FIRST_ORDER},
    **{m: lambda m=m, **o: nn.minimize(bowl, start(), m, **o) for m in classical.HESSIAN_VECTOR},
    **{m: lambda m=m, **o: nn.minimize(bowl, start(), m, **o) for m in classical.HESSIAN},
    **{m: lambda m=m, **o: nn.least_squares(sides, start(), m, **o) for m in ("lm", "trf")},
}


def start():
    return {"x": -1.2, "y": 1.0}


def sides(p):
    return np.stack([3 * (p["y"] - p["x"] ** 2), 1 - p["x"]])


def bowl(p):
    return np.sum(sides(p) ** 2) / 2


@pytest.mark.parametrize("name", SEARCHES)
def test_searches_have_validation_callbacks_and_history(name):
    pytest.importorskip("scipy")
    seen, validate = [], lambda p: {"error": abs(p["x"] - 1)}
    p, solution = SEARCHES[name](validate=validate, callbacks=[seen.append])
    assert solution.converged and solution.stopped == ""
    assert [training.step for training in seen] == solution.steps
    assert [bowl(t.model) for t in seen] == pytest.approx(solution.losses, abs=1e-14)
    assert solution.series("error") == [abs(t.model["x"] - 1) for t in seen]
    assert seen[-1].model["x"] == p["x"] and len(solution.seconds) == len(solution.steps)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_callback_ends_a_search(name, capsys):
    pytest.importorskip("scipy")
    stop = lambda training: training.step == 3
    p, solution = SEARCHES[name](callbacks=[stop], progress=True)
    assert solution.steps == [1, 2, 3] and not solution.converged
    assert solution.stopped == "by a callback after 3 evaluations"
    assert solution.message == f"stopped {solution.stopped}"
    assert bowl(p) == pytest.approx(min(solution.losses), abs=1e-14)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("step         1") and said[-1] == f"stopped: {solution.stopped}"


@pytest.mark.parametrize("name", ["BFGS", "L-BFGS-B", "TNC", "trust-exact", "lm", "trf"])
def test_control_c_returns_the_best_so_far(name):
    pytest.importorskip("scipy")

    def interrupt(training):
        if training.step == 4:
            raise KeyboardInterrupt

    p, solution = SEARCHES[name](callbacks=[interrupt])
    assert solution.stopped == "interrupted after 4 evaluations"
    assert bowl(p) == pytest.approx(min(solution.losses), abs=1e-14)


def test_early_stopping_and_the_best_of_a_search():
    """The validation has its best on the way, where the search goes on to its own."""
    pytest.importorskip("scipy")
    validate = lambda p: {"error": abs(p["x"] - 0.5)}
    stop = nn.early_stopping(4, of="error", restore_best=True)
    p, solution = nn.minimize(bowl, start(), validate=validate, callbacks=[stop])
    errors = solution.series("error")
    assert abs(p["x"] - 0.5) == min(errors) < errors[-1]
    assert solution.best == solution.steps[errors.index(min(errors))]
    assert len(errors) - 1 - errors.index(min(errors)) == 4


def test_reports_may_be_rare():
    pytest.importorskip("scipy")
    every, _ = nn.minimize(bowl, start()), None
    p, solution = nn.minimize(bowl, start(), every=5)
    assert solution.steps == [s for s in every[1].steps if s % 5 == 0] and p == every[0]


@pytest.mark.parametrize("search", [nn.minimize, nn.least_squares])
def test_wrong_callbacks_of_a_search_are_named(search):
    pytest.importorskip("scipy")
    name = search.__name__
    with pytest.raises(TypeError, match=rf"{name}: callbacks is a list"):
        search(sides, start(), callbacks=print)
    with pytest.raises(TypeError, match=rf"{name}: validate returned a float, not a dict"):
        search(bowl if search is nn.minimize else sides, start(), validate=lambda p: 1.0)
    twice = [nn.early_stopping(2, restore_best=True)] * 2
    with pytest.raises(ValueError, match=rf"{name}: two callbacks have restore_best"):
        search(sides, start(), callbacks=twice)


def test_statistics_are_no_part_of_the_vector():
    """They are measured: a search does not see them, and the model found has those of the start."""
    pytest.importorskip("scipy")
    net = nn.Sequential(nn.BatchNorm(2), nn.Linear(2, 1, rng=np.random.default_rng(0)))
    net[0].mean, net[0].variance = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    p = nn.ravel(net)
    assert p.shape == (2 + 2 + 2 + 1,)
    moved = nn.unravel(p + 1, net)
    assert moved[0].mean is net[0].mean and moved[0].variance is net[0].variance
    assert np.array_equal(nn.ravel(moved), p + 1)
    x = np.random.default_rng(1).normal(size=(9, 2))
    loss = lambda net: nn.squared_error(net(x), x[:, :1]) + nn.l2_penalty(net)
    found, solution = nn.minimize(loss, net)
    assert solution.converged and found[0].mean is net[0].mean
    H = al.hessian(lambda p: loss(nn.unravel(p, net)))(p)
    assert H.shape == (7, 7) and np.all(np.any(H, axis=0))
