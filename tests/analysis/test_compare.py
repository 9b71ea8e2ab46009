"""al.compare: right derivations are called right, and each typical mistake by its name."""

import numpy as np
import pytest

import autograd_lite as al
import nn
from tests.support.reference import bueler, calder, layered, lindholm, overton

NAMES = ["sigmoid", "sigmoid", "sigmoid"]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.fixture
def network(rng):
    """Weights and biases of a 2-3-3-2 network, and one sample."""
    shapes = [(3, 2), (3, 3), (2, 3)]
    W = [0.5 * rng.standard_normal(s) for s in shapes]
    b = [0.5 * rng.standard_normal(s[0]) for s in shapes]
    return W, b, rng.standard_normal(2), rng.standard_normal(2)


def forward(W, b, x):
    a = x
    for i, (W_l, b_l) in enumerate(zip(W, b), 1):
        z = al.named(f"z{i}", W_l @ a + b_l)
        a = al.named(f"a{i}", nn.sigmoid(z))
    return a


def half(W, b, x, y):
    return nn.half_squared_error(forward(W, b, x), y)


def whole(W, b, x, y):
    return nn.squared_error(forward(W, b, x), y)


def deltas(delta):
    return {f"delta{i}": d for i, d in enumerate(delta, 1)}


# ---- all five hand-derived forms are right ----


def test_bueler(network):
    def by_hand(W, b, x, y):
        _, dW, db, delta = bueler.forback(x, y, W, b, NAMES)
        return (dW, db), deltas(delta)

    report = al.compare(by_hand, half, *network)
    assert report.right and report.first_wrong is None
    assert str(report).startswith("half: all 9 agree with the engine to the bit")


def test_overton(network):
    def by_hand(W, b, x, y):
        _, dW, db, delta = overton.gradient(x, y, W, b, NAMES)
        return {"W": dW, "b": db}, deltas(delta)

    assert al.compare(by_hand, half, *network).right


def test_calder(network):
    def by_hand(W, b, x, y):
        dW, db, delta = calder.gradient(x, W, b, NAMES, lambda f: 2 * (f - y))
        return (dW, db), deltas(delta)

    assert al.compare(by_hand, whole, *network).right


def test_layered(network):
    def by_hand(W, b, x, y):
        dW, db, delta = layered.gradient(x, y, W, b, NAMES, "squared")
        return (dW, db), deltas([np.ravel(d) for d in delta])

    assert al.compare(by_hand, whole, *network).right


def rows(W, b, X, y):
    z = X
    for i, (W_l, b_l) in enumerate(zip(W, b), 1):
        z = al.named(f"z{i}", z @ W_l.T + b_l)
        if i < len(W):
            z = al.named(f"a{i}", nn.relu(z))
    return nn.cross_entropy(z, y)


@pytest.fixture
def batch(network, rng):
    W, b, *_ = network
    return W, b, rng.standard_normal((8, 2)), rng.integers(0, 2, 8)


def lindholm_by_hand(W, b, X, y):
    _, dW, db, _ = lindholm.backpropagation(X, y, W, b, ["relu"] * 2, "classification")
    return dW, db


def test_lindholm(batch):
    assert al.compare(lindholm_by_hand, rows, *batch).right


# ---- typical mistakes of one sample ----


def hand_derived(mistake):
    """BU's backward pass, with one mistake in it."""

    def by_hand(W, b, x, y):
        z1 = W[0] @ x + b[0]
        a1 = sigmoid(z1)
        z2 = W[1] @ a1 + b[1]
        a2 = sigmoid(z2)
        a3 = sigmoid(W[2] @ a2 + b[2])
        delta3 = a3 * (1 - a3) * (y - a3 if mistake == "sign" else a3 - y)
        if mistake == "half":
            delta3 = 2 * delta3
        if mistake == "no slope at the output":
            delta3 = a3 - y
        delta2 = a2 * (1 - a2) * (W[2].T @ delta3)
        if mistake == "no slope":
            delta2 = W[2].T @ delta3
        if mistake == "slope at a":
            delta2 = sigmoid(a2) * (1 - sigmoid(a2)) * (W[2].T @ delta3)
        if mistake == "slope of another layer":
            delta2 = a1 * (1 - a1) * (W[2].T @ delta3)
        delta1 = a1 * (1 - a1) * ((W[1] if mistake == "not transposed" else W[1].T) @ delta2)
        dW = [np.outer(delta1, x), np.outer(delta2, a1), np.outer(delta3, a2)]
        if mistake == "stale activation":
            dW[1] = np.outer(delta2, z1)
        if mistake == "stale layer":
            dW[2] = np.outer(delta3, a1)
        if mistake == "transpose":
            dW[2] = dW[2].T
        if mistake == "square transpose":
            dW[1] = dW[1].T
        db = [delta1, delta2, delta3]
        if mistake == "sign of one":
            db[0] = -db[0]
        return (dW, db), deltas([delta1, delta2, delta3])

    return by_hand


MISTAKES = {
    "sign": ("delta3", "the sign is wrong"),
    "half": ("delta3", "a factor 2 too much"),
    "no slope at the output": (
        "delta3",
        "in the gradient of z3, the factor a3 * (1 - a3) is missing",
    ),
    "no slope": ("delta2", "in the gradient of z2, the factor a2 * (1 - a2) is missing"),
    "slope at a": ("delta2", "the slope of sigmoid is taken at a2 in place of z2"),
    "slope of another layer": ("delta2", "stale activation: a1 in place of a2"),
    "not transposed": ("delta1", "W2 is not transposed"),
    "stale activation": ("dW2", "stale activation: z1 in place of a1"),
    "stale layer": ("dW3", "stale activation: a1 in place of a2"),
    "transpose": ("dW3", "is the transpose: shape (3, 2) for (2, 3)"),
    "square transpose": ("dW2", "is the transpose"),
    "sign of one": ("db1", "the sign is wrong"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(network, mistake):
    """Each is found where it was made, and what follows from it is said to follow."""
    report = al.compare(hand_derived(mistake), half, *network)
    where, what = MISTAKES[mistake]
    assert report.first_wrong == where, report
    assert what in report[where].text, report
    later = [v for v in report.verdicts if not v.right and v.name != where]
    assert all(v.follows and where in v.text for v in later), report


def test_without_a_mistake(network):
    assert al.compare(hand_derived(""), half, *network).right


def test_without_intermediates_the_cause_is_found_too(network):
    def by_hand(*args):
        return hand_derived("no slope")(*args)[0]

    report = al.compare(by_hand, half, *network)
    assert report.first_wrong == "db2"
    assert "the factor a2 * (1 - a2) is missing" in report["db2"].text


def test_two_mistakes(network):
    def by_hand(*args):
        (dW, db), intermediates = hand_derived("no slope")(*args)
        return (dW, [-db[0], *db[1:]]), intermediates

    report = al.compare(by_hand, half, *network)
    assert report.first_wrong == "delta2"
    assert "the sign is wrong" in report["db1"].text
    assert report["dW1"].follows


# ---- typical mistakes of a batch ----


def batch_mistake(mistake):
    def by_hand(W, b, X, y):
        dW, db = lindholm_by_hand(W, b, X, y)
        _, _, _, dZ = lindholm.backpropagation(X, y, W, b, ["relu"] * 2, "classification")
        if mistake == "not summed":
            db[0] = dZ[0] / len(X)
        if mistake == "no mean":
            dW, db = [g * len(X) for g in dW], [g * len(X) for g in db]
        if mistake == "mean twice":
            db[1] = db[1] / len(X)
        if mistake == "keepdims":
            db[2] = db[2][None, :]
        if mistake == "no mask":
            Z1 = X @ W[0].T + b[0]
            Z2 = np.maximum(Z1, 0) @ W[1].T + b[1]
            dZ[0] = (dZ[2] @ W[2] * (Z2 > 0)) @ W[1]
            dW[0], db[0] = dZ[0].T @ X / len(X), dZ[0].sum(axis=0) / len(X)
        return dW, db

    return by_hand


@pytest.mark.parametrize(
    ("mistake", "where", "what"),
    [
        ("not summed", "db1", "is not summed over the batch: shape (8, 3) for (3,)"),
        ("no mean", "db3", "off by N = 8: sum against mean"),
        ("mean twice", "db2", "off by 1/N: mean against sum (N = 8)"),
        ("keepdims", "db3", "has to be reshaped: shape (1, 2) for (2,)"),
        ("no mask", "db1", "the factor a1 > 0 is missing"),
    ],
)
def test_mistakes_of_a_batch(batch, mistake, where, what):
    report = al.compare(batch_mistake(mistake), rows, *batch)
    assert report.first_wrong == where, report
    assert what in report[where].text, report


# ---- what is handed in, what comes out ----


def test_what_is_left_to_the_numbers_of_a_gradient():
    """Mistakes that no change of the program explains show in the gradient itself."""

    def f(x):
        return np.sum(np.sin(x))

    x = np.linspace(0.1, 1, 12).reshape(4, 3)
    for mistake, text in [
        (lambda d: d.T, "is the transpose: shape (3, 4) for (4, 3)"),
        (lambda d: np.stack([d / 2, d / 2]), "is not summed over the batch"),
        (lambda d: np.stack([d / 2, 3 * d / 2]), "is not averaged over the batch"),
        (lambda d: d[0], "is summed over an axis that the argument has: shape (3,) for (4, 3)"),
        (lambda d: 1.7 * d, "a constant factor 1.7 too much"),
        (lambda d: np.sqrt(d) + 1, "wrong: no simple mistake explains it; at (3, 2) it is 1.73"),
    ]:
        assert text in al.compare(lambda x, m=mistake: m(np.cos(x)), f, x)["dx"].text
    with pytest.raises(ValueError, match=r"the gradient of x has shape \(5,\), and x has shape"):
        al.compare(lambda x: np.ones(5), f, x)


def test_an_operand_has_parentheses_where_it_needs_them():
    def f(z):
        return np.mean((np.tanh(z) - 1) ** 2)

    z = np.array([0.3, -0.7, 1.1])
    report = al.compare(lambda z: 2 * (np.tanh(z) - 1) / 3, f, z)
    assert "the factor 1 - np.tanh(z) * np.tanh(z) is missing" in str(report)


def test_rounding_is_told_from_error():
    x = np.linspace(0.1, 1, 7)

    def f(x):
        return np.sum(x * x * x)

    report = al.compare(lambda x: 3 * x**2 * (1 + 1e-15), f, x)
    assert report.right and report["dx"].ulps in range(1, 20)
    assert "equal within" in str(report)
    assert not al.compare(lambda x: 3 * x**2 * (1 + 1e-9), f, x).right


def test_a_bare_gradient_and_arguments_that_need_none():
    report = al.compare(lambda w, n: (n * w ** (n - 1),), lambda w, n: w**n, 2.0, np.array(3))
    assert report.right and [v.name for v in report.verdicts] == ["dw"]


def test_an_unknown_intermediate_is_said_to_be_so(network):
    report = al.compare(lambda *args: ((), {"delta9": np.ones(3)}), half, *network)
    assert "no value of the loss has this name; there are" in report["delta9"].text


def test_an_intermediate_without_a_name_is_found_by_its_numbers():
    def f(x):
        return np.sum(np.tanh(2 * x))

    x = np.array([0.3, 0.7])
    slope = 1 - np.tanh(2 * x) ** 2
    assert al.compare(lambda x: ((2 * slope,), {"slope": slope}), f, x).right


def test_too_many_gradients():
    with pytest.raises(TypeError, match="2 gradients for 1 arguments"):
        al.compare(lambda x: (x, x), lambda x: x, 1.0)


def test_another_structure(network):
    with pytest.raises(TypeError, match="the gradient of W has not the structure of W"):
        al.compare(lambda W, b, x, y: {"W": W[:1]}, half, *network)


def test_in_a_notebook(network):
    html = al.compare(hand_derived("sign"), half, *network)._repr_html_()
    assert "<table>" in html and "the sign is wrong" in html


def test_two_models_are_no_intermediates():
    def f(p, q):
        return np.sum(np.tanh(p["W"] * q["v"]))

    def by_hand(p, q):
        slope = 1 - np.tanh(p["W"] * q["v"]) ** 2
        return {"W": slope * q["v"]}, {"v": slope * p["W"]}

    p, q = {"W": np.arange(3.0)}, {"v": np.full(3, 0.3)}
    report = al.compare(by_hand, f, p, q)
    assert report.right and {v.name for v in report.verdicts} == {"dv", "dW"}
    wrong = al.compare(lambda p, q: (by_hand(p, q)[0], {"v": q["v"]}), f, p, q)
    assert wrong.first_wrong == "dv"


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_what_is_wrong_in_few_digits_is_wrong(dtype):
    x = np.array([1.0, 2.0, 3.0], dtype)
    assert not al.compare(
        lambda x: 2 * x * np.array([1, 1, 1.5], dtype), lambda x: np.sum(x * x), x
    ).right
    assert al.compare(lambda x: 2 * x, lambda x: np.sum(x * x), x).right


def test_ways_to_return_gradients():
    def f(x, y):
        return np.sum(x * x * y)

    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    for by_hand in (
        lambda x, y: (2 * x * y, x * x),
        lambda x, y: [2 * x * y, x * x],
        lambda x, y: ((2 * x * y).tolist(), None),
        lambda x, y: {"y": x * x},
        lambda x, y: {"dy": x * x, "dx": 2 * x * y},
        lambda x, y: 2 * x * y,
    ):
        assert al.compare(by_hand, f, x, y).right
        assert al.compare(by_hand, f, x, y)
    with pytest.raises(TypeError, match="by the names dz, and the arguments are x, y"):
        al.compare(lambda x, y: {"dz": x}, f, x, y)
    with pytest.raises(TypeError, match="returned no gradient"):
        al.compare(lambda x, y: (), f, x, y)


def test_a_model_whose_key_is_the_name_of_the_argument():
    assert al.compare(lambda W: {"W": 2 * W["W"]}, lambda W: W["W"] ** 2, {"W": 3.0}).right


def test_a_hand_version_may_spoil_its_arguments():
    def by_hand(x):
        g = 2 * x
        x[:] = 0
        return g

    x = np.ones(2)
    assert al.compare(by_hand, lambda x: np.sum(x * x), x).right and x.tolist() == [1, 1]


def test_a_loss_with_a_derivative_inside():
    def f(x):
        return np.sum(al.jvp(np.tanh, (x,), (x,))[1])

    x = np.array([0.3, 0.6])
    assert al.compare(lambda x: al.grad(f)(x), f, x).right
    assert not al.compare(lambda x: ((x,), {"q": x}), f, x).right


# ---- loops ----


def recurrent(W, x):
    def step(h, x):
        return np.tanh(al.named("z", W @ h + x)), None

    return np.sum(al.scan(step, np.zeros(2), x)[0] ** 2)


def recurrent_by_hand(W, x, slope=lambda h: 1 - h**2, e=0.0):
    hs, deltas = [np.zeros(2)], []
    for row in x + e:
        hs.append(np.tanh(W @ hs[-1] + row))
    d, total = 2 * hs[-1], 0
    for before, h in zip(hs[-2::-1], hs[::-1]):
        deltas.append(slope(h) * d)
        total = total + np.outer(deltas[-1], before)
        d = W.T @ deltas[-1]
    return total, np.stack(deltas[::-1])


def test_loops_are_compared_as_one_step(rng):
    args = rng.normal(size=(2, 2)), rng.normal(size=(4, 2))
    right = al.compare(lambda W, x: (recurrent_by_hand(W, x)[0],), recurrent, *args)
    assert all(verdict.right for verdict in right.verdicts)
    twice = al.compare(lambda W, x: (2 * recurrent_by_hand(W, x)[0],), recurrent, *args)
    assert "2 times" in str(twice) or "factor" in str(twice)
    wrong = al.compare(lambda W, x: (recurrent_by_hand(W, x, lambda h: 1)[0],), recurrent, *args)
    assert not wrong.verdicts[0].right


def test_what_is_in_a_loop_is_told_how_to_be_compared(rng):
    args = rng.normal(size=(2, 2)), rng.normal(size=(4, 2))
    by_hand = lambda name: (
        lambda W, x: (
            (recurrent_by_hand(W, x)[0],),
            {name: recurrent_by_hand(W, x)[1]},
        )
    )
    said = str(al.compare(by_hand("z"), recurrent, *args))
    assert "a row of an argument that is zeros, in the hand version too" in said

    def remedied(W, x, e):
        def step(h, rows):
            return np.tanh(al.named("z", W @ h + rows[0]) + rows[1]), None

        return np.sum(al.scan(step, np.zeros(2), (x, e))[0] ** 2)

    def hand(W, x, e):
        total, deltas = recurrent_by_hand(W, x, e=e)
        return {"W": total, "e": deltas}

    assert al.compare(hand, remedied, *args, np.zeros((4, 2))).right
