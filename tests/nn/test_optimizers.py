"""Optimisers are their textbook loops, bit for bit; they are pure, and can be differentiated."""

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.testing import assert_same_bits, check_grads
from tests.support.drawn import numbers
from tests.support.reference import optimizers as textbook

LOOPS = {
    "SGD": (nn.SGD(0.1), lambda g, p, n: textbook.gradient_descent(g, p, 0.1, n)),
    "HeavyBall": (nn.HeavyBall(0.1, 0.9), lambda g, p, n: textbook.heavy_ball(g, p, 0.1, 0.9, n)),
    "Nesterov": (nn.Nesterov(0.1, 0.9), lambda g, p, n: textbook.nesterov(g, p, 0.1, 0.9, n)),
    "RMSprop": (
        nn.RMSprop(0.1, 0.9, 1e-8),
        lambda g, p, n: textbook.rmsprop(g, p, 0.1, 0.9, 1e-8, n),
    ),
    "Adam": (
        nn.Adam(0.1, 0.9, 0.999, 1e-8),
        lambda g, p, n: textbook.adam(g, p, 0.1, 0.9, 0.999, 1e-8, n),
    ),
    "AdamW": (
        nn.AdamW(0.1, 0.9, 0.999, 1e-8, 0.01),
        lambda g, p, n: textbook.adamw(g, p, 0.1, 0.9, 0.999, 1e-8, 0.01, n),
    ),
    "BarzilaiBorwein": (
        nn.BarzilaiBorwein(0.1),
        lambda g, p, n: textbook.barzilai_borwein(g, p, 0.1, n),
    ),
    "BarzilaiBorwein, bounded": (
        nn.BarzilaiBorwein(0.1, largest=1.5),
        lambda g, p, n: textbook.barzilai_borwein(g, p, 0.1, n, 1.5),
    ),
}
OPTIMIZERS = [optimizer for optimizer, _ in LOOPS.values()]


def frozen(*arrays):
    """Read-only copies: whoever writes into one is caught."""
    copies = [np.array(a) for a in arrays]
    for a in copies:
        a.flags.writeable = False
    return copies


def as_model(leaves):
    W, b, c = leaves
    return {"layers": [{"weight": W, "bias": b}, None, nn.tanh], "scale": c}


def run(optimizer, gradient, leaves, steps, state=None):
    model = as_model(leaves)
    state = optimizer.start(model) if state is None else state
    for _ in range(steps):
        g = as_model(frozen(*gradient(al.tree_leaves(model))))
        model, state = optimizer(model, g, state)
    return al.tree_leaves(model), state


def draw_problem(kind, seed):
    """A start, and the gradient of Σ a cos(θ) − c θ, or of Σ ½ a θ² − c θ among fractions."""
    rng = np.random.default_rng(seed)
    shapes = [(2, 3), (2,), ()]
    theta, a, c = ([numbers(kind, rng, *shape) for shape in shapes] for _ in range(3))

    def gradient(theta):
        bent = theta if kind == "fraction" else [np.sin(p) for p in theta]
        return [np.asarray(k * p - d) for k, p, d in zip(a, bent, c)]

    return frozen(*theta), gradient


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("name", LOOPS)
@given(seed=st.integers(0, 2**32), steps=st.integers(0, 12))
def test_an_optimizer_is_its_textbook_loop(name, kind, seed, steps):
    optimizer, loop = LOOPS[name]
    theta, gradient = draw_problem(kind, seed)
    ours, _ = run(optimizer, gradient, theta, steps)
    for a, b in zip(ours, loop(gradient, theta, steps), strict=True):
        assert a.dtype == kind
        assert_same_bits(a, b)


RATIONAL = [
    (nn.SGD(Fraction(1, 3)), textbook.gradient_descent, [Fraction(1, 3)]),
    (
        nn.HeavyBall(Fraction(1, 3), Fraction(1, 2)),
        textbook.heavy_ball,
        [Fraction(1, 3), Fraction(1, 2)],
    ),
    (
        nn.Nesterov(Fraction(1, 3), Fraction(1, 2)),
        textbook.nesterov,
        [Fraction(1, 3), Fraction(1, 2)],
    ),
    (nn.BarzilaiBorwein(Fraction(1, 3)), textbook.barzilai_borwein, [Fraction(1, 3)]),
]


@pytest.mark.parametrize("optimizer, loop, numbers", RATIONAL)
@given(seed=st.integers(0, 2**32), steps=st.integers(0, 5))
def test_fractions_stay_exact(optimizer, loop, numbers, seed, steps):
    theta, gradient = draw_problem("fraction", seed)
    ours, _ = run(optimizer, gradient, theta, steps)
    for a, b in zip(ours, loop(gradient, theta, *numbers, steps), strict=True):
        assert np.all(a == b)
        assert all(isinstance(x, Fraction) for x in np.ravel(a))


@given(n=st.integers(1, 4), seed=st.integers(0, 2**32))
def test_barzilai_borwein_is_exact_in_two_steps_where_the_curvature_is_one_number(n, seed):
    """On ½ κ ‖p − p*‖², ⟨s, s⟩ / ⟨s, y⟩ = 1 / κ, so the second step ends at p*; and stays there."""
    rng = np.random.default_rng(seed)
    goal, p, curvature = (*numbers("fraction", rng, 2, n), Fraction(int(rng.integers(1, 9)), 7))
    optimizer = nn.BarzilaiBorwein(Fraction(1, 100))
    state = optimizer.start(p)
    for _ in range(2):
        p, state = optimizer(p, curvature * (p - goal), state)
    assert np.all(p == goal)
    p, state = optimizer(p, curvature * (p - goal), state)
    assert np.all(optimizer(p, curvature * (p - goal), state)[0] == goal)  # s = y = 0


def test_barzilai_borwein_goes_by_names():
    """A gradient may have its keys in another order than the model."""

    def after_three_steps(order):
        optimizer, p = nn.BarzilaiBorwein(0.1), {"w": np.array([1.0, 2.0]), "b": np.array([3.0])}
        state = optimizer.start(p)
        for _ in range(3):
            g = {"w": 2 * p["w"], "b": 20 * p["b"]}
            p, state = optimizer(p, {name: g[name] for name in order}, state)
        return p

    assert_same_bits(after_three_steps("wb"), after_three_steps("bw"))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=LOOPS)
def test_training_can_stop_and_go_on(optimizer):
    """The state is a tree of arrays and whole numbers: nothing else is remembered."""
    theta, gradient = draw_problem("float32", 1)
    whole, _ = run(optimizer, gradient, theta, 6)
    half, state = run(optimizer, gradient, theta, 3)
    leaves = al.tree_leaves(state)
    assert all(type(x) is int or isinstance(x, (np.ndarray, np.float32)) for x in leaves)
    copied = al.tree_map(lambda x: x if type(x) is int else np.array(x), state)
    rest, _ = run(replace(optimizer), gradient, half, 3, copied)
    for a, b in zip(whole, rest, strict=True):
        assert_same_bits(a, b)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=LOOPS)
def test_float32_stays_float32_among_numpy_scalars(optimizer):
    """Hyperparameters and step counts that come as float64 and int64, as from a file."""
    theta, gradient = draw_problem("float32", 2)
    numbers = {name: np.float64(value) for name, value in vars(optimizer).items()}
    optimizer = type(optimizer)(**numbers)
    state = al.tree_map(
        lambda x: np.int64(x) if type(x) is int else x, optimizer.start(as_model(theta))
    )
    leaves, _ = run(optimizer, gradient, theta, 3, state)
    assert [x.dtype for x in leaves] == [np.float32] * 3


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=LOOPS)
def test_a_step_can_be_differentiated(optimizer, rng):
    """So it is plain NumPy without branches on values, and can be traced."""

    def trained(w):
        loss = lambda w: np.sum(np.cos(w) + w * w)
        state = optimizer.start(w)
        for _ in range(3):
            w, state = optimizer(w, al.grad(loss)(w), state)
        return w

    check_grads(trained, (rng.uniform(0.5, 1.5, 3),), order=1, rng=rng)


SCHEDULED = [
    nn.SGD(nn.cosine_decay(0.1, 5)),
    nn.Adam(nn.warmup(nn.inverse_decay(0.1, 5), 3)),
    nn.Clipped(nn.HeavyBall(nn.exponential_decay(0.1, 0.5, 2)), 0.1),
]


@pytest.mark.parametrize(
    "optimizer", [*OPTIMIZERS, *SCHEDULED], ids=[*LOOPS, "cosine", "warmup", "clipped"]
)
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_a_training_step_can_be_traced(optimizer, kind, rng):
    """Its program takes the same steps, bit for bit, from whatever state."""
    net = nn.MLP([2, 3, 1], nn.tanh, rng=rng, dtype=kind)
    x, y = numbers(kind, rng, 4, 2), numbers(kind, rng, 4, 1)

    def step(net, state, x, y):
        return optimizer(net, al.grad(lambda net: nn.squared_error(net(x), y))(net), state)

    ours = theirs = (net, optimizer.start(net))
    program = al.trace(step, *ours, x, y)
    for _ in range(3):
        ours, theirs = step(*ours, x, y), program(*theirs, x, y)
    for a, b in zip(al.tree_leaves(ours), al.tree_leaves(theirs), strict=True):
        assert_same_bits(np.asarray(a), np.asarray(b))


def test_a_rate_can_be_differentiated_by(rng):
    """A plain number, and float32 beside it."""
    p = g = np.ones(2, np.float32)
    assert al.grad(lambda rate: np.sum(nn.SGD(rate)(p, g, 0)[0]))(0.1) == -2


@given(seed=st.integers(0, 2**32))
def test_the_derivative_by_the_rate(seed):
    """After one step of gradient descent, ∂C(p⁺)/∂η = −⟨∇C(p⁺), ∇C(p)⟩: == on fractions."""
    p, a = numbers("fraction", np.random.default_rng(seed), 2, 3)
    gradient = lambda p: 3 * a * p * p

    def cost(rate):
        new, _ = nn.SGD(rate)(p, gradient(p), 0)
        return np.sum(a * new * new * new)

    rate = np.array(Fraction(1, 7), dtype=object)
    new = p - Fraction(1, 7) * gradient(p)
    assert al.grad(cost)(rate) == -np.sum(gradient(new) * gradient(p))


@pytest.mark.parametrize("name", ["HeavyBall", "Adam", "AdamW", "RMSprop"])
def test_peers_take_the_same_steps(name, rng):
    """PyTorch associates its products otherwise: measured to 1e-15, held to 1e-13."""
    torch = pytest.importorskip("torch")
    start, target = rng.standard_normal((2, 4))
    ours, w = LOOPS[name][0], start
    theirs = torch.tensor(start, requires_grad=True)
    peer = {
        "HeavyBall": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "Adam": lambda p: torch.optim.Adam(p, lr=0.1),
        "AdamW": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.01),
        "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9),
    }[name]([theirs])
    state = ours.start(w)
    for _ in range(20):
        w, state = ours(w, np.sin(w - target), state)
        theirs.grad = torch.sin(theirs.detach() - torch.tensor(target))
        peer.step()
    assert np.max(np.abs(w - theirs.detach().numpy())) < 1e-13


# ---- rates ----


@pytest.mark.parametrize(
    "make",
    [nn.SGD, nn.HeavyBall, nn.Nesterov, nn.RMSprop, nn.Adam, nn.AdamW],
    ids=lambda m: m.__name__,
)
def test_a_rate_may_be_a_function_of_the_step(make):
    asked = []

    def rate(t):
        asked.append(t)
        return 0.5 / (t + 1)

    theta, gradient = draw_problem("float64", 3)
    scheduled, state = run(make(rate), gradient, theta, 3)
    assert asked == [0, 1, 2]
    by_hand, state = as_model(theta), make(0.0).start(as_model(theta))
    for value in (0.5, 0.25, 0.5 / 3):
        by_hand, state = make(value)(by_hand, as_model(gradient(al.tree_leaves(by_hand))), state)
    for a, b in zip(scheduled, al.tree_leaves(by_hand), strict=True):
        assert_same_bits(a, b)


def test_schedules_keep_float32():
    for schedule in (nn.cosine_decay(0.1, 5), nn.warmup(nn.inverse_decay(0.1, 5), 3)):
        theta, gradient = draw_problem("float32", 4)
        assert {x.dtype.name for x in run(nn.Adam(schedule), gradient, theta, 3)[0]} == {"float32"}


def test_schedules_end_where_they_should():
    t = np.arange(1000)
    cosine = nn.cosine_decay(2.0, steps=100, last=0.5)(t)
    assert cosine[0] == 2 and np.all(cosine[100:] == 0.5) and np.all(np.diff(cosine[:101]) < 0)
    assert np.all(nn.exponential_decay(1.0, 0.5, every=7)(t) == 0.5 ** np.floor(t / 7))
    inverse = nn.inverse_decay(1.0, 4)(t)
    assert np.sum(inverse) > 20 and np.sum(inverse**2) < 5
    assert np.array_equal(nn.warmup(1.0, 4)(t)[:6], [0.25, 0.5, 0.75, 1, 1, 1])


# ---- clipping ----


@pytest.mark.parametrize("kind", ["float64", "float32"])
@given(seed=st.integers(0, 2**32), limit=st.floats(0.01, 4))
def test_clipping_by_the_norm_is_its_algorithm(kind, seed, limit):
    rng = np.random.default_rng(seed)
    g = frozen(*(numbers(kind, rng, *shape) for shape in [(2, 3), (2,), ()]))
    for a, b in zip(nn.clip_by_norm(g, limit), textbook.clipped(g, limit), strict=True):
        assert a.dtype == kind
        assert_same_bits(a, b.astype(kind))


@pytest.mark.parametrize("size, ulps", [(1e-30, 0), (1e19, 8), (1e35, 8), (3e38, 1024)])
@given(seed=st.integers(0, 2**32), limit=st.floats(0.01, 4))
def test_no_square_overflows_in_clipping(size, ulps, seed, limit):
    """In float32, against the algorithm in float64; at the end the scale, 1e-41, is subnormal."""
    g = np.random.default_rng(seed).uniform(-size, size, 5).astype(np.float32)
    (found,) = nn.clip_by_norm([g], limit)
    (exact,) = textbook.clipped([g.astype(float)], limit)
    assert found.dtype == np.float32
    assert np.max(np.abs(found - exact)) <= ulps * np.spacing(np.float32(np.max(np.abs(exact))))


def test_clipping_keeps_float32():
    for clip in (nn.clip_by_norm, nn.clip_by_value):
        (found,) = clip([np.array([3, 4], np.float32)], np.float64(1))
        assert found.dtype == np.float32


def test_clipping_zero_is_zero():
    assert np.all(nn.clip_by_norm([np.zeros(3)], 1.0)[0] == 0)


@pytest.mark.parametrize("clip", [nn.clip_by_norm, nn.clip_by_value])
@given(seed=st.integers(0, 2**32))
def test_a_clipped_optimizer_takes_clipped_gradients(clip, seed):
    theta, gradient = draw_problem("float64", seed)
    ours, _ = run(nn.Clipped(nn.Adam(0.1), 0.3, clip), gradient, theta, 4)
    other, _ = run(nn.Adam(0.1), lambda p: clip(gradient(p), 0.3), theta, 4)
    assert all(np.array_equal(a, b) for a, b in zip(ours, other, strict=True))
    assert np.max(np.abs(nn.ravel(clip(gradient(theta), 0.3)))) <= 0.3 * (1 + 1e-15)


# ---- what is refused ----


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.SGD(-0.1), "SGD: rate = -0.1; it must be a number that is not negative"),
        (lambda: nn.SGD(float("nan")), "SGD: rate = nan"),
        (lambda: nn.HeavyBall(0.1, 1.0), "HeavyBall: momentum = 1.0; it must be .* less than 1"),
        (lambda: nn.Adam(square_decay=9), "Adam: square_decay = 9; it must be .* less than 1"),
        (lambda: nn.AdamW(weight_decay=-1), "AdamW: weight_decay = -1"),
        (
            lambda: nn.Clipped(nn.SGD(0.1), 0),
            "Clipped: limit = 0; it must be a number greater than 0",
        ),
        (
            lambda: nn.clip_by_norm(1.0, 0.0),
            r"clip_by_norm: limit = 0\.0; it must be a number greater",
        ),
        (lambda: nn.clip_by_value(1.0, np.float32(-1)), r"clip_by_value: limit = -1\.0; it must"),
        (lambda: nn.cosine_decay(0.1, steps=0), "cosine_decay: steps = 0"),
        (lambda: nn.warmup(0.1, steps=-3), "warmup: steps = -3"),
    ],
)
def test_nonsense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_large_arrays_are_stepped_in_place_and_nobodys_are_changed():
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.float64):
        p, g = (rng.standard_normal((300, 300)).astype(dtype) for _ in range(2))
        kept = p.copy(), g.copy()
        new, _ = nn.SGD(0.1)(p, g, 0)
        assert new.dtype == dtype and (new == kept[0] - 0.1 * kept[1]).all()
        assert (p == kept[0]).all() and (g == kept[1]).all()


#: Names that others give to hyperparameters, and the optimisers that have them.
FOREIGN = {
    "lr": (nn.SGD, nn.HeavyBall, nn.Nesterov, nn.Adam, nn.AdamW, nn.RMSprop, nn.BarzilaiBorwein),
    "beta": (nn.HeavyBall, nn.Nesterov),
    "beta1": (nn.Adam, nn.AdamW),
    "beta2": (nn.Adam, nn.AdamW),
    "rho": (nn.RMSprop,),
    "eps": (nn.Adam, nn.AdamW, nn.RMSprop),
}
FOREIGN |= dict.fromkeys(("learning_rate", "eta", "step_size"), FOREIGN["lr"])


@pytest.mark.parametrize(
    "name, make", [(n, make) for n, those in FOREIGN.items() for make in those]
)
def test_names_of_other_packages_are_told_and_what_to_write_works(name, make):
    rate = {} if name in ("lr", "learning_rate", "eta", "step_size") else {"rate": 0.1}
    with pytest.raises(TypeError, match=rf"{make.__name__} has no argument {name}=") as caught:
        make(**rate, **{name: 0.5})
    word = re.search(r"; write (\w+)=;", str(caught.value))[1]
    assert getattr(make(**rate, **{word: 0.5}), word) == 0.5
