"""Bad calls: none passes silently, and errors say what was given, where, and what to do.

The catalogue is `tests.support.bad_calls`.  A new public function without rows in it fails here.
"""

import pickle
from types import ModuleType

import numpy as np
import pytest

import autograd_lite as al
import nn
from autograd_lite import calls, special
from tests.support.bad_calls import engine, layers, optimizing, training
from tests.support.bad_calls.kinds import Bad, judged

pytest.importorskip("matplotlib")
pytest.importorskip("scipy")

#: The share of bad calls whose error says all three.
CLEAR = 0.95

#: Public names about which nothing can be got wrong that is not wrong in a call of another.
NO_ROWS = {
    "nn.plots",  # a module; its functions have rows
    "special.sinc",  # NumPy's
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return [
        *engine.every(),
        *layers.every(),
        *optimizing.every(),
        *training.every(str(folder)),
    ]


@pytest.fixture(scope="module")
def verdicts(catalogue):
    return [(bad.label, *judged(bad)) for bad in catalogue]


def test_no_bad_call_is_accepted_silently(verdicts):
    assert [label for label, verdict, _ in verdicts if verdict == "silent"] == []


def test_errors_say_what_where_and_the_remedy(verdicts):
    poor = [f"{label}: {said}" for label, verdict, said in verdicts if verdict == "poor"]
    assert len(poor) <= (1 - CLEAR) * len(verdicts), "\n".join(poor)


def public_functions():
    for name, module in (("al", al), ("nn", nn), ("special", special)):
        for public in module.__all__:
            yield f"{name}.{public}"
    yield from (
        f"nn.plots.{name}"
        for name, function in vars(nn.plots).items()
        if getattr(function, "__module__", "") == "nn.plots" and not name.startswith("_")
        if not isinstance(function, (type, ModuleType)) and callable(function)
    )


def test_every_public_function_has_rows(catalogue):
    labels = [bad.label.removeprefix("for layer in ") for bad in catalogue]
    without = [
        name
        for name in public_functions()
        if name not in NO_ROWS
        and not any(label.startswith((f"{name}(", f"{name}:", f"{name}[")) for label in labels)
    ]
    assert without == []
    assert len({bad.label for bad in catalogue}) > 1500  # and no table has lost its rows


def test_the_judge_is_not_easily_content():
    silent = Bad("silent", lambda: None, "x", "f")
    vague = Bad("vague", lambda: [].index(3), "3", "index")
    assert judged(silent)[0] == "silent" and judged(vague)[0] == "poor"
    assert judged(Bad("clear", lambda: nn.SGD(-1), "-1", "SGD.*rate"))[0] == "clear"


# ---- the remedies work ----


@pytest.mark.parametrize(
    "remedy",
    [
        lambda: nn.SGD(rate=0.1),
        lambda: nn.MLP([784, 200, 10], rng=np.random.default_rng(0)),
        lambda: nn.Sequential(layers=[nn.relu]).layers[0],
        lambda: nn.fit(
            model=nn.MLP([2, 3, 1], rng=np.random.default_rng(0)),
            loss=lambda net, x: np.sum(net(x) ** 2),
            batches=[(np.ones((4, 2)),)],
            optimizer=nn.Adam(0.01),
            steps=1,
            callbacks=[nn.early_stopping(10)],
            progress=False,
        ),
        lambda: al.grad(lambda x, y: np.sum(x * y), argnums=(0, 1))(np.ones(2), np.ones(2)),
        lambda: al.jvp(np.sin, (1.0,), (1.0,)),
        lambda: al.named("z", np.ones(2)),
        lambda: al.scan(lambda carry, x: (carry, x), 0.0, np.array([1.0, 2.0])),
        lambda: nn.Batches(np.ones((4, 2)), np.ones(4), size=3),
        lambda: list(nn.online(zip(np.ones((4, 2)), np.ones(4)), size=3)),
        lambda: nn.plots.figure(size=(6, 4)),
    ],
)
def test_what_errors_recommend_works(remedy):
    remedy()


# ---- the mechanism ----


def test_a_kind_names_function_argument_and_value():
    with pytest.raises(TypeError, match=r"^f: n = 'x'; it must be a whole number .* as in n=3$"):
        calls.whole(1).check("f", "n", "x")
    with pytest.raises(ValueError, match=r"^f: n = 0; it must be a whole number of at least 1"):
        calls.whole(1).check("f", "n", 0)
    for right in (1, np.int64(3), 10**30):
        calls.whole(1).check("f", "n", right)
    with pytest.raises(TypeError, match="n = True"):
        calls.whole(1).check("f", "n", True)


def test_a_hyperparameter_may_be_tracked():
    def loss(rate):
        optimizer = nn.SGD(rate)
        model, _ = optimizer(np.ones(2), np.ones(2), optimizer.start(np.ones(2)))
        return np.sum(model**2)

    assert al.grad(loss)(0.25) == -3.0


def test_errors_inside_a_function_are_its_own():
    @calls.checked(n=calls.whole(0))
    def f(n):
        return g()

    def g(x):
        return x

    with pytest.raises(TypeError, match=r"g.. missing 1 required positional argument: 'x'"):
        f(3)
    with pytest.raises(TypeError, match="f has no argument m=; it takes n="):
        f(m=3)


def test_what_is_right_runs_no_check():
    looked = []
    kind = calls.Kind("right", "1", lambda x: looked.append(x) or True)
    assert calls.explained(x=kind)(lambda x: x)(3) == 3 and looked == []


# ---- pickle ----

SCHEDULES = (
    nn.inverse_decay(0.5, half_life=100),
    nn.exponential_decay(1.0, 0.5, every=10),
    nn.cosine_decay(1.0, steps=100, last=0.1),
    nn.warmup(nn.cosine_decay(1.0, steps=100), steps=5),
    nn.warmup(0.5, steps=5),
)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_can_be_pickled(schedule):
    again = pickle.loads(pickle.dumps(schedule))
    assert [again(t) for t in range(120)] == [schedule(t) for t in range(120)]


@pytest.mark.parametrize(
    "make",
    [nn.SGD, nn.HeavyBall, nn.Nesterov, nn.RMSprop, nn.Adam, nn.AdamW, nn.BarzilaiBorwein],
)
@pytest.mark.parametrize("rate", [0.125, *SCHEDULES])
def test_optimizers_can_be_pickled(make, rate):
    if make is nn.BarzilaiBorwein and callable(rate):
        pytest.skip("its rate is a number")
    for optimizer in (make(rate), nn.Clipped(make(rate), 0.5, nn.clip_by_value)):
        again = pickle.loads(pickle.dumps(optimizer))
        assert type(again) is type(optimizer)
        model, gradient = {"w": np.ones(3)}, {"w": np.arange(3.0)}
        found = []
        for one in (optimizer, again):
            moved, state = model, one.start(model)
            for _ in range(3):
                moved, state = one(moved, gradient, state)
            found.append((repr(moved), repr(state)))
        assert found[0] == found[1]
