"""The hand-derived references, checked against each other and against derivatives found without
backpropagation: dual numbers over the rationals, and complex steps in floating point."""

import ast
import cmath
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.reference import (
    bueler,
    calder,
    hh19,
    layered,
    lindholm,
    optimizers,
    overton,
    shortcuts,
)
from tests.support.reference.activations import ACTIVATIONS, Array

RATIONAL = ["identity", "relu", "square", "softsign"]
SHAPES = [(2, 3), (3, 2, 2), (2, 3, 4, 2), (1, 1, 1, 1)]


# ---- a network evaluated by plain loops, over any scalar type -------------------------------


@dataclass(frozen=True)
class Dual:
    """value + slope e with e^2 = 0: the slope is the derivative."""

    value: Fraction
    slope: Fraction = Fraction(0)

    def __add__(self, other: Any) -> "Dual":
        other = dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Any) -> "Dual":
        other = dual(other)
        slope = self.slope * other.value + self.value * other.slope
        return Dual(self.value * other.value, slope)

    def __truediv__(self, other: Any) -> "Dual":
        other = dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)

    def __neg__(self) -> "Dual":
        return self * -1

    def __sub__(self, other: Any) -> "Dual":
        return self + dual(other) * -1

    def __abs__(self) -> "Dual":
        return self if self.value > 0 else -self

    def __gt__(self, other: Any) -> bool:
        return self.value > dual(other).value

    __radd__, __rmul__ = __add__, __mul__


def dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(Fraction(x))


PLAIN: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "relu": lambda z: z if z > 0 else z * 0,
    "square": lambda z: z * z,
    "softsign": lambda z: z / (abs(z) + 1),
    "sigmoid": lambda z: cmath.exp(z) / (cmath.exp(z) + 1),
    "tanh": cmath.tanh,
}


def plain_network(x: Any, W: Any, b: Any, names: Sequence[str]) -> list[Any]:
    a = list(x)
    for W_l, b_l, name in zip(W, b, names, strict=True):
        if name == "softmax":
            e = [cmath.exp(sum(w * v for w, v in zip(r, a)) + c) for r, c in zip(W_l, b_l)]
            a = [value / sum(e) for value in e]
        else:
            a = [PLAIN[name](sum(w * v for w, v in zip(r, a)) + c) for r, c in zip(W_l, b_l)]
    return a


def half_squares(a: Sequence[Any], y: Sequence[Any]) -> Any:
    return sum((p - t) * (p - t) for p, t in zip(a, y)) * Fraction(1, 2)


def squares(a: Sequence[Any], y: Sequence[Any]) -> Any:
    return sum((p - t) * (p - t) for p, t in zip(a, y))


def cross_entropy(a: Sequence[Any], y: Sequence[Any]) -> Any:
    return -sum(t * cmath.log(p) for p, t in zip(a, y))


def binary_cross_entropy(a: Sequence[Any], y: Sequence[Any]) -> Any:
    return -sum(t * cmath.log(p) + (1 - t) * cmath.log(1 - p) for p, t in zip(a, y))


def places(params: Sequence[Array]) -> Iterator[tuple[int, tuple[int, ...]]]:
    for n, p in enumerate(params):
        for place in np.ndindex(p.shape):
            yield n, place


def slopes(
    cost: Callable[[list[Array], list[Array]], Any],
    W: list[Array],
    b: list[Array],
    nudge: Callable[[Any], Any],
    read: Callable[[Any], Any],
) -> tuple[list[Array], list[Array]]:
    """d cost / d entry for every entry of W and b, one evaluation of the cost for each."""
    params = [p.astype(object) for p in W + b]
    result = [np.empty(p.shape, dtype=object) for p in params]
    for n, place in places(params):
        moved = [p.copy() for p in params]
        moved[n][place] = nudge(moved[n][place])
        result[n][place] = read(cost(moved[: len(W)], moved[len(W) :]))
    return result[: len(W)], result[len(W) :]


def exact_slopes(cost: Any, W: Any, b: Any) -> tuple[list[Array], list[Array]]:
    return slopes(cost, W, b, lambda v: Dual(v, Fraction(1)), lambda c: c.slope)


def complex_slopes(cost: Any, W: Any, b: Any) -> tuple[list[Array], list[Array]]:
    step = 1e-30
    return slopes(cost, W, b, lambda v: complex(v, step), lambda c: complex(c).imag / step)


# ---- data and comparisons -------------------------------------------------------------------


def fractions(seed: int, *shape: int) -> Array:
    draw = random.Random(seed * 1000 + len(shape) * 100 + sum(shape))
    out = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        out[place] = Fraction(draw.randint(-9, 9), draw.randint(1, 7))
    return out


def network(sizes: Sequence[int], seed: int) -> tuple[list[Array], list[Array]]:
    pairs = list(zip(sizes[1:], sizes))
    W = [fractions(seed + 10 * n, rows, cols) for n, (rows, cols) in enumerate(pairs)]
    b = [fractions(seed + 10 * n, rows) for n, (rows, _) in enumerate(pairs)]
    return W, b


def floats(arrays: Sequence[Array], dtype: Any = np.float64) -> list[Array]:
    return [a.astype(dtype) / 8 for a in arrays]


def same(left: Sequence[Array], right: Sequence[Array], factor: int = 1) -> bool:
    """Equality without tolerance, shapes included."""
    return len(left) == len(right) and all(
        p.shape == q.shape and bool(np.all(p == factor * q))
        for p, q in zip(left, right, strict=True)
    )


def close(left: Sequence[Array], right: Sequence[Array]) -> bool:
    """Agreement to 64 ulp of the largest entry."""
    bound = 64 * np.finfo(np.float64).eps
    return all(
        p.shape == q.shape
        and np.max(np.abs(p - q.astype(float))) <= bound * max(1.0, np.max(np.abs(p)))
        for p, q in zip(left, right, strict=True)
    )


def names_for(sizes: Sequence[int], seed: int, last: str | None = None) -> list[str]:
    draw = random.Random(seed)
    names = [draw.choice(RATIONAL) for _ in sizes[1:]]
    return [*names[:-1], last or names[-1]]


# ---- independence ---------------------------------------------------------------------------

ALLOWED = {
    "numpy",
    "fractions",
    "typing",
    "collections.abc",
    "__future__",
    "tests.support.reference",
}
REFERENCES = sorted((Path(__file__).parents[1] / "support" / "reference").glob("*.py"))


def foreign(source: str) -> list[str]:
    """What a module imports beyond ALLOWED, dynamic imports included."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Name) and node.id in {"__import__", "exec", "eval"}:
            found.append(node.id)
    inside = ("numpy.", "tests.support.reference.")
    return [name for name in found if name not in ALLOWED and not name.startswith(inside)]


@pytest.mark.parametrize("path", REFERENCES, ids=lambda p: p.stem)
def test_references_import_nothing_but_numpy(path: Path) -> None:
    assert foreign(path.read_text(encoding="utf-8")) == []


def test_the_import_check_can_fail() -> None:
    assert len(REFERENCES) >= 10
    for bad in ["import engine", "from engine.x import y", "from . import z", "__import__('e')"]:
        assert foreign(bad), bad
    assert foreign("import numpy_like") and not foreign("import numpy.linalg")


# ---- every form equals every other, on fractions --------------------------------------------


@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("seed", range(4))
def test_all_forms_agree_exactly(sizes: tuple[int, ...], seed: int) -> None:
    W, b = network(sizes, seed)
    x, y = fractions(seed + 1, sizes[0]), fractions(seed + 2, sizes[-1])
    names = names_for(sizes, seed)
    C, dW, db, delta = bueler.forback(x, y, W, b, names)

    D_C, D_dW, D_db, D_delta = overton.gradient(x, y, W, b, names)
    assert C == D_C and same(dW, D_dW) and same(db, D_db) and same(delta, D_delta)

    k_dW, k_db, k_dz = calder.gradient(x, W, b, names, lambda f: f - y)
    assert same(dW, k_dW) and same(db, k_db) and same(delta, k_dz)

    r_dW, r_db, r_delta = layered.gradient(x, y, W, b, names, "squared")
    assert same(r_dW, dW, 2) and same(r_db, db, 2)
    assert same(r_delta, [d[None, :] for d in delta], 2)


@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("seed", range(4))
def test_batch_forms_agree_exactly(sizes: tuple[int, ...], seed: int) -> None:
    m = 3
    W, b = network(sizes, seed)
    X, Y = fractions(seed + 1, m, sizes[0]), fractions(seed + 2, m, sizes[-1])
    names = names_for(sizes, seed, last="identity")
    J, dW, db, dZ = lindholm.backpropagation(X, Y, W, b, names[:-1], "regression")
    assert 2 * bueler.cost(X, Y, W, b, names) == J

    r_dW, r_db = layered.batch_gradient(X, Y, W, b, names, "squared")
    assert same(dW, r_dW) and same(db, r_db)

    for i in range(m):
        delta = bueler.forback(X[i], Y[i], W, b, names)[3]
        assert same([rows[i] for rows in dZ], delta, 2)


@pytest.mark.parametrize("seed", range(4))
def test_formal_sigmoid_shortens_to_the_same_delta(seed: int) -> None:
    W, b = network((2, 3, 2), seed)
    x, y = fractions(seed, 2), fractions(seed + 1, 2)
    names = ["formal_sigmoid", "formal_sigmoid"]
    y_hat = layered.feed_forward(x, W, b, names)[0][-1]
    delta = layered.gradient(x, y, W, b, names, "binary_cross_entropy")[2]
    assert same([delta[-1][0]], [shortcuts.sigmoid_binary_cross_entropy(y_hat, y)])
    overton_delta = overton.gradient(x, y, W, b, names)[3]
    assert same(bueler.forback(x, y, W, b, names)[3], overton_delta)
    assert same([overton_delta[-1]], [y_hat * (1 - y_hat) * (y_hat - y)])


# ---- exact and complex-step derivatives, without backpropagation ----------------------------


@pytest.mark.parametrize("names", [[n] * 3 for n in RATIONAL] + [["square", "relu", "softsign"]])
@pytest.mark.parametrize("seed", range(2))
def test_fractions_equal_dual_numbers(names: list[str], seed: int) -> None:
    W, b = network((2, 3, 2, 2), seed)
    x, y = fractions(seed + 1, 2), fractions(seed + 2, 2)
    C, dW, db, _ = bueler.forback(x, y, W, b, names)
    assert half_squares(plain_network(x, W, b, names), y) == C

    def cost(W: list[Array], b: list[Array]) -> Dual:
        return dual(half_squares(plain_network([dual(v) for v in x], W, b, names), y))

    e_dW, e_db = exact_slopes(cost, W, b)
    assert same(dW, e_dW) and same(db, e_db)
    if names[0] in {"square", "identity"}:
        assert any(np.any(g != 0) for g in e_dW), "a vanishing gradient would prove nothing"


def test_minibatch_equals_dual_numbers() -> None:
    W, b = network((2, 3, 2), 5)
    X, Y = fractions(6, 3, 2), fractions(7, 3, 2)
    names = ["square", "identity"]

    def cost(W: list[Array], b: list[Array]) -> Any:
        each = [squares(plain_network(x, W, b, names), y) for x, y in zip(X, Y)]
        return sum(each) * Fraction(1, 3)

    _, dW, db, _ = lindholm.backpropagation(X, Y, W, b, "square", "regression")
    e_dW, e_db = exact_slopes(cost, W, b)
    assert same(dW, e_dW) and same(db, e_db)


@pytest.mark.parametrize("seed", range(3))
def test_absolute_error_equals_dual_numbers(seed: int) -> None:
    W, b = network((2, 3, 2), seed)
    x, y = fractions(seed + 1, 2), fractions(seed + 2, 2)
    names = ["softsign", "square"]

    def cost(W: list[Array], b: list[Array]) -> Any:
        a = plain_network(x, W, b, names)
        return sum(abs(dual(p) - t) for p, t in zip(a, y))

    e_dW, e_db = exact_slopes(cost, W, b)
    dW, db, _ = calder.gradient(x, W, b, names, lambda f: np.where(f > y, 1, -1))
    assert same(dW, e_dW) and same(db, e_db)


@pytest.mark.parametrize("names", [["sigmoid"] * 3, ["tanh"] * 3, ["tanh", "square", "sigmoid"]])
def test_floats_agree_with_complex_steps(names: list[str]) -> None:
    W, b = (floats(p) for p in network((2, 3, 3, 2), 3))
    x, y = floats([fractions(1, 2), fractions(2, 2)])
    half = 0.5

    def cost(W: list[Array], b: list[Array]) -> Any:
        return half * squares(plain_network(x, W, b, names), y)

    c_dW, c_db = complex_slopes(cost, W, b)
    for _, dW, db, _ in [
        bueler.forback(x, y, W, b, names),
        overton.gradient(x, y, W, b, names),
        (None, *calder.gradient(x, W, b, names, lambda f: f - y)),
    ]:
        assert close(dW, c_dW) and close(db, c_db)


@pytest.mark.parametrize(
    ("names", "loss", "plain", "target"),
    [
        (["tanh", "softmax"], "cross_entropy", cross_entropy, [0.0, 1.0, 0.0]),
        (["sigmoid", "sigmoid"], "binary_cross_entropy", binary_cross_entropy, [1.0, 0.0, 1.0]),
        (["sigmoid", "identity"], "squared", squares, [0.25, -1.0, 2.0]),
    ],
)
def test_layered_losses_agree_with_complex_steps(
    names: list[str], loss: str, plain: Callable[[Any, Any], Any], target: list[float]
) -> None:
    W, b = (floats(p) for p in network((2, 4, 3), 4))
    (x,) = floats([fractions(1, 2)])
    y = np.array(target)
    c_dW, c_db = complex_slopes(lambda W, b: plain(plain_network(x, W, b, names), y), W, b)
    dW, db, _ = layered.gradient(x, y, W, b, names, loss)
    assert close(dW, c_dW) and close(db, c_db)


def test_classification_agrees_with_complex_steps() -> None:
    W, b = (floats(p) for p in network((2, 4, 3), 4))
    (X,) = floats([fractions(1, 5, 2)])
    labels = np.array([0, 2, 1, 1, 0])
    onehot = np.eye(3)[labels]
    names = ["tanh", "softmax"]

    def cost(W: list[Array], b: list[Array]) -> Any:
        each = [cross_entropy(plain_network(x, W, b, names), y) for x, y in zip(X, onehot)]
        return sum(each) / len(X)

    J, dW, db, _ = lindholm.backpropagation(X, labels, W, b, "tanh", "classification")
    c_dW, c_db = complex_slopes(cost, W, b)
    assert close([np.array([J])], [np.array([complex(cost(W, b)).real])])
    assert close(dW, c_dW) and close(db, c_db)
    r_dW, r_db = layered.batch_gradient(X, onehot, W, b, names, "cross_entropy")
    assert close(dW, r_dW) and close(db, r_db)


def test_classification_survives_large_logits() -> None:
    Z = np.array([[1000.0, 0.0], [-1000.0, 1000.0]])
    eye, zero = np.eye(2), np.zeros(2)
    J, _, _, dZ = lindholm.backpropagation(Z, np.array([0, 0]), [eye], [zero], [], "classification")
    assert J == 1000.0
    assert np.array_equal(dZ[0], [[0.0, 0.0], [-1.0, 1.0]])


# ---- worked numbers -------------------------------------------------------------------------


def test_worked_network_of_LN() -> None:
    W = [np.array([[1.0, -1.0], [2.0, 3.0], [-2.0, -3.0]]), np.array([[1.0, -2.0, 1.0]])]
    b = [np.ones(3), np.zeros(1)]
    xs, ss = layered.feed_forward(np.array([1.0, 1.0]), W, b, ["relu", "sigmoid"])
    assert ss[0].tolist() == [1, 6, -4]
    assert xs[1].tolist() == [1, 6, 0]
    assert ss[1].tolist() == [-11]
    assert xs[2][0] == 1 / (1 + np.exp(11.0))
    assert f"{xs[2][0]:.2e}" == "1.67e-05"


def test_two_relu_units_solve_xor() -> None:
    one, two, zero = Fraction(1), Fraction(2), Fraction(0)
    W = [np.array([[one, one], [one, one]]), np.array([[one, -two]])]
    b = [np.array([zero, -one]), np.array([zero])]
    for p in (0, 1):
        for q in (0, 1):
            x = np.array([Fraction(p), Fraction(q)])
            assert bueler.forward(x, W, b, ["relu", "identity"])[0][-1][0] == p ^ q


def test_relu_has_slope_zero_at_zero() -> None:
    relu, relu_prime = ACTIVATIONS["relu"]
    z = np.array([-1.0, -0.0, 0.0, 2.0])
    assert relu(z).tolist() == [0, 0, 0, 2]
    assert relu_prime(z, relu(z)).tolist() == [0, 0, 0, 1]


# ---- short cuts -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_short_cuts_equal_the_full_chain(seed: int) -> None:
    raw = abs(fractions(seed, 4)) + Fraction(1, 9)
    p, q = raw / np.sum(raw), raw[::-1] / np.sum(raw)
    for full, short in [
        (shortcuts.full_softmax_cross_entropy, shortcuts.softmax_cross_entropy),
        (shortcuts.full_sigmoid_binary_cross_entropy, shortcuts.sigmoid_binary_cross_entropy),
        (shortcuts.full_identity_squared_error, shortcuts.identity_squared_error),
    ]:
        assert same([full(p, q)], [short(p, q)])
    unnormalised = shortcuts.full_softmax_cross_entropy(p, 2 * q)
    assert not same([unnormalised], [shortcuts.softmax_cross_entropy(p, 2 * q)])


# ---- training -------------------------------------------------------------------------------


def test_hh19_has_23_parameters() -> None:
    W, b = hh19.initial(np.random.default_rng(0))
    assert sum(p.size for p in W + b) == hh19.PARAMETERS == 23
    assert hh19.X.shape == hh19.Y.shape == (10, 2)
    assert hh19.X[0].tolist() == [0.1, 0.1] and hh19.X[9].tolist() == [0.7, 0.6]
    assert hh19.Y.sum(axis=0).tolist() == [5, 5] and hh19.Y[4].tolist() == [1, 0]


def test_training_lowers_the_cost_of_hh19() -> None:
    W, b = hh19.initial(np.random.default_rng(5000))
    kept = [p.copy() for p in W + b]
    indices = list(range(10)) * 20
    before = bueler.cost(hh19.X, hh19.Y, W, b)
    W_new, b_new = bueler.training(hh19.X, hh19.Y, W, b, 0.05, indices)
    assert bueler.cost(hh19.X, hh19.Y, W_new, b_new) < before
    assert same(W + b, kept), "training changed its inputs"
    W_sg, b_sg = overton.sg_with_bp(hh19.X, hh19.Y, W, b, 0.05, indices)
    assert same(W_new + b_new, W_sg + b_sg), "the two loops differ in some bit"
    assert same(W + b, kept)


def test_a_step_takes_every_delta_from_the_old_weights() -> None:
    W, b = network((2, 2, 2), 8)
    X, Y = fractions(1, 1, 2), fractions(2, 1, 2)
    names, eta = ["square", "square"], Fraction(1, 10)

    def cost(W: list[Array], b: list[Array]) -> Any:
        return half_squares(plain_network(X[0], W, b, names), Y[0])

    dW, db = exact_slopes(cost, W, b)
    expected = [p - eta * g for p, g in zip(W + b, dW + db)]
    W_new, b_new = bueler.training(X, Y, W, b, eta, [0], names)
    assert same(W_new + b_new, expected)

    _, _, _, delta = bueler.forback(X[0], Y[0], W, b, names)
    r = 2 * (W[0] @ X[0] + b[0])
    fused = b[0] - eta * (r * (W_new[1].T @ delta[1]))
    assert not same([fused], [b_new[0]]), "the fused loop would be another algorithm"


def test_layered_step_is_descent_along_the_batch_gradient() -> None:
    W, b = network((2, 2, 1), 3)
    X, Y = fractions(1, 4, 2), fractions(2, 4, 1)
    names, alpha = ["square", "identity"], Fraction(1, 3)
    W_new, b_new = layered.sgd_step(X, Y, W, b, names, "squared", alpha, [2, 0])
    _, dW, db, _ = lindholm.backpropagation(X[[0, 2]], Y[[0, 2]], W, b, "square", "regression")
    assert same(W_new + b_new, [p - alpha * g for p, g in zip(W + b, dW + db)])


# ---- optimisers -----------------------------------------------------------------------------


def test_gradient_descent_and_heavy_ball_on_a_parabola() -> None:
    theta = [fractions(1, 3), fractions(2, 2, 2)]
    kept = [p.copy() for p in theta]
    alpha, beta = Fraction(1, 4), Fraction(1, 3)

    def gradient(t: list[Array]) -> list[Array]:
        return [2 * p for p in t]

    descended = optimizers.gradient_descent(gradient, theta, alpha, 5)
    assert same(descended, [p * Fraction(1, 32) for p in kept])
    assert same(optimizers.heavy_ball(gradient, theta, alpha, Fraction(0), 5), descended)
    # u_{t+1} = (1/2 + beta) u_t - beta u_{t-1}, u_{-1} = u_0 = 1: 1/2, then 5/12 - 1/3 = 1/12.
    assert same(
        optimizers.heavy_ball(gradient, theta, alpha, beta, 2), [p * Fraction(1, 12) for p in kept]
    )
    assert same(theta, kept)


def test_adam_against_scalar_arithmetic() -> None:
    theta = [np.array([1.0, -2.0]), np.array([[0.5]])]
    kept = [p.copy() for p in theta]
    alpha, beta1, beta2, epsilon, steps = 0.1, 0.9, 0.99, 1e-8, 4
    result = optimizers.adam(
        lambda t: [p * p * p for p in t], theta, alpha, beta1, beta2, epsilon, steps
    )
    for start, end in zip([1.0, -2.0, 0.5], [*result[0], result[1][0, 0]]):
        p, gradients = start, []
        for t in range(1, steps + 1):
            gradients.append(p**3)
            # The moments as explicit weighted sums over all gradients so far.
            m = sum((1 - beta1) * beta1 ** (t - 1 - i) * g for i, g in enumerate(gradients))
            v = sum((1 - beta2) * beta2 ** (t - 1 - i) * g * g for i, g in enumerate(gradients))
            p -= alpha * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + epsilon)
        assert abs(p - end) <= 1e-14
    assert same(theta, kept)


# ---- the arithmetic is the caller's ---------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_floats_keep_their_type(name: str, dtype: Any) -> None:
    W, b = (floats(p, dtype) for p in network((2, 3, 2), 1))
    x, y, X, Y = floats(
        [fractions(1, 2), fractions(2, 2), fractions(3, 4, 2), fractions(4, 4, 2)], dtype
    )
    labels = np.array([0, 1, 1, 0])
    names = [name, name]
    C, *lists = bueler.forback(x, y, W, b, names)
    J, *more = lindholm.backpropagation(X, labels, W, b, name, "classification")
    results = [C, J, *(a for group in [*lists, *more] for a in group)]
    results += [lindholm.backpropagation(X, Y, W, b, name, "regression")[0]]
    results += [a for group in overton.gradient(x, y, W, b, names)[1:] for a in group]
    results += [a for group in layered.gradient(x, y, W, b, names, "squared") for a in group]
    softmax = [name, "softmax"]
    results += [a for g in layered.gradient(x, y, W, b, softmax, "cross_entropy") for a in g]
    results += bueler.training(X, Y, W, b, 0.05, [0, 3], names)[0]
    results += optimizers.adam(lambda t: t, W, 0.1, 0.9, 0.99, 1e-8, 2)
    assert {np.asarray(r).dtype for r in results} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", [*RATIONAL, "formal_sigmoid"])
def test_fractions_stay_fractions(name: str) -> None:
    W, b = network((2, 3, 2), 1)
    x, y = fractions(1, 2), fractions(2, 2)
    names = [name, name]
    C, *lists = bueler.forback(x, y, W, b, names)
    groups = [*lists, *overton.gradient(x, y, W, b, names)[1:]]
    groups += calder.gradient(x, W, b, names, lambda f: 2 * (f - y))
    groups += layered.gradient(x, y, W, b, names, "squared")
    groups += lindholm.backpropagation(x[None, :], y[None, :], W, b, name, "regression")[1:]
    assert isinstance(C, Fraction)
    assert {type(v) for group in groups for a in group for v in a.flat} == {Fraction}
