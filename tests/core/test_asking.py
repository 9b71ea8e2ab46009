"""Who asks a Tensor for its plain numbers is told by its name what to write, and that works."""

from functools import partial

import numpy as np
import pytest
from numpy import mean as average_of

import autograd_lite as al
from autograd_lite.core import asking
from tests.support.errors import raises
from tests.support.foreign import Labelled

X = np.array([0.5, 2.0, 1.5])


def parts(t):
    return [np.sin(v) * v for v in t]


def told(f, *words):
    """What ``f`` is told while it is differentiated, and while it is traced."""
    with raises(TypeError, *words):
        al.grad(f)(X)
    with raises(TypeError, *words):
        al.trace(f, X)


def assigned(t):
    a = np.zeros(3)
    a[0:3] = t
    return a


#: Functions of a list of Tensors, which NumPy makes an array of before it asks us.
LISTS = {
    "np.mean": lambda a: np.mean(a),
    "np.sum": lambda a: np.sum(a),
    "np.max": lambda a: np.max(a),
    "np.std": lambda a: np.std(a),
    "np.exp": lambda a: np.sum(np.exp(a)),
    "np.add.reduce": lambda a: np.add.reduce(a),
    "np.dot": lambda a: np.dot(a, [1.0, 2.0, 3.0]),
    "np.cumsum": lambda a: np.sum(np.cumsum(a)),
    "np.linalg.norm": lambda a: np.linalg.norm(a),
    "np.fft.rfft": lambda a: np.sum(np.abs(np.fft.rfft(a))),
    "np.einsum": lambda a: np.einsum("i->", a),
    "np.where": lambda a: np.sum(np.where([True, False, True], a, 0.0)),
    "np.multiply": lambda a: np.sum(np.multiply(a, 2.0)),
    "np.interp": lambda a: np.sum(np.interp(a, [0.0, 1.0], [0.0, 2.0])),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_function_of_a_list_is_named_and_of_a_stack_it_works(name):
    f = LISTS[name]
    told(lambda t: f(parts(t)), f"{name}", "asks", "np.stack", "np.block")
    gradient = al.grad(lambda t: f(np.stack(parts(t))))(X)
    np.testing.assert_allclose(gradient, al.grad(lambda t: f(np.sin(t) * t))(X))


def test_whoever_calls_it_by_another_name_is_told_numpys():
    told(lambda t: average_of(parts(t)), "np.mean", "asks")


def test_several_lines():
    told(
        lambda t: np.tanh(
            [
                "ä" and t[0],  # columns are counted in bytes
                2 * t[1],
            ]
        ),
        "np.tanh",
    )


#: What else asks, in the words of the source.
WORDS = {
    "np.array": lambda t: np.array([t[0], t[1]]),
    "np.asarray": lambda t: np.asarray(t),
    "np.ones(3) @ parts(t)": lambda t: np.ones(3) @ parts(t),
    "np.r_[t, t]": lambda t: np.r_[t, t],
    "np.full": lambda t: np.full((2, 3), t),
    "np.random.default_rng().normal": lambda t: np.random.default_rng().normal(t),
    "a[0:3]": assigned,
}


@pytest.mark.parametrize("words", WORDS)
def test_all_else_is_named_by_the_source(words):
    told(WORDS[words], f"{words}")


def test_where_the_source_is_not_known_it_is_an_array():
    scope = {"np": np}
    exec("f = lambda t: np.exp([t[0], t[1]])", scope)
    told(scope["f"], "np.array")


def test_a_tensor_of_tensors():
    t = al.Tensor(X)
    with raises(TypeError, "al.Tensor asks", "np.stack"):
        al.Tensor([t, t])


def installed(text, name="another.linear", path="/lib/site-packages/another/linear.py"):
    """The functions of a package that is not the user's, if its path says so."""
    scope = {"np": np, "__name__": name}
    exec(compile(text, path, "exec"), scope)
    return scope


ANOTHER = installed("""
def squared(x):
    return checked(x) ** 2


def checked(x):
    return np.asarray(x, float)
""")


def test_a_function_of_another_package_is_named():
    """The remedy for it is a step of one's own."""
    squared = ANOTHER["squared"]
    told(lambda t: np.sum(squared(t)), "np.array, in squared of another.linear, ")
    with raises(TypeError, "asks", "function of your own with @al.primitive", "al.rule"):
        al.grad(lambda t: np.sum(squared(t)))(X)

    @al.primitive
    def step(x):
        return squared(x)

    al.rule(step, x=lambda g, x: 2 * g * x)
    np.testing.assert_array_equal(al.grad(lambda t: np.sum(step(t)))(X), 2 * X)
    np.testing.assert_array_equal(al.trace(al.grad(lambda t: np.sum(step(t))), X)(X), 2 * X)


def test_it_is_named_by_its_public_module():
    """Helpers of a package and private modules may stand between."""
    inner = installed("""
def checked(x):
    return np.asarray(x, float)
""")
    outer = installed("""
def squared(x):
    return checked(x) ** 2
""", "another.public._private")  # fmt: skip
    outer["checked"] = inner["checked"]
    inner["__name__"] = "another._helpers"
    told(lambda t: np.sum(outer["squared"](t)), "in outer['squared'] of another.public, ")


def test_functions_of_ones_own_in_another_module_are_not_named():
    text = "def f(x):\n    return np.asarray(x, float)"
    own = installed(text, "mine.linear", "/home/me/mine/linear.py")
    with raises(TypeError, "np.array asks", "np.stack"):
        al.grad(lambda t: np.sum(own["f"](t)))(X)


def test_scipy():
    stats = pytest.importorskip("scipy.stats")
    linalg = pytest.importorskip("scipy.linalg")
    told(lambda t: np.sum(stats.norm.logpdf(X, loc=t)), "stats.norm.logpdf of scipy.stats")
    told(lambda t: np.sum(linalg.expm(np.outer(t, t))), "linalg.expm of scipy.linalg")

    @al.primitive
    def logpdf(loc):
        return stats.norm.logpdf(X, loc=loc)

    al.rule(logpdf, loc=lambda g, loc: g * (X - loc))
    gradient = al.grad(lambda t: np.sum(logpdf(t)))(X + 1)
    np.testing.assert_array_equal(gradient, -np.ones(3))


@pytest.mark.parametrize("bug", ["called", "written", "is_users", "is_library", "refuse_method"])
def test_a_planted_bug_is_found(bug, monkeypatch):
    """Where who asks is not looked for in one of the ways, some message above is another."""
    lists, words = (
        test_a_function_of_a_list_is_named_and_of_a_stack_it_works,
        test_all_else_is_named_by_the_source,
    )
    tests = [
        *[partial(lists, name) for name in LISTS],
        *[partial(words, text) for text in WORDS],
        test_whoever_calls_it_by_another_name_is_told_numpys,
        test_the_array_whose_method_asks_is_refused_by_name,
        test_a_function_of_another_package_is_named,
        test_it_is_named_by_its_public_module,
    ]
    for test in tests:
        test()
    said = "" if bug in ("called", "written") else bug == "is_users"
    monkeypatch.setattr(asking, bug, lambda frame: said)
    for test in tests:
        try:
            test()
        except (Exception, pytest.fail.Exception):
            return
    raise AssertionError("nothing shows it")


def test_the_array_whose_method_asks_is_refused_by_name():
    with raises(TypeError, "Labelled has labels", "compute with x.to_numpy()"):
        al.grad(lambda t: Labelled(X).dot(t))(X)


# ---- each remedy ----


def determinant(m):
    return np.linalg.slogdet(m)[1]


def expected(t):
    return np.log(t[0] * t[2] + t[1] ** 2)


def nested(t):
    return [[t[0], -t[1]], [t[1], t[2]]]


def test_nested_lists():
    told(lambda t: determinant(np.array(nested(t))), "np.array", "np.block", "nested")
    with raises(TypeError, "np.array", "np.array(…, like=t)"):
        al.grad(lambda t: determinant(np.array(nested(t), np.float64)))(X)
    for f in (
        lambda t: determinant(np.block(nested(t))),
        lambda t: determinant(np.array(nested(t), like=t)),
        lambda t: determinant(np.array(nested(t), np.float64, like=t)),
    ):
        np.testing.assert_allclose(al.grad(f)(X), al.grad(expected)(X))


def test_numbers_among_them():
    def f(t):
        return [[t[0], 0], [1, t[2]]]

    for matrix in (lambda t: np.block(f(t)), lambda t: np.array(f(t), like=t)):
        value, pullback = al.vjp(matrix, X)
        assert value.tolist() == np.array(f(X)).tolist()
        assert pullback(np.ones((2, 2)))[0].tolist() == [1, 0, 1]


def test_the_other_remedies():
    for f in (
        lambda t: np.sum(np.concatenate([t, t])),
        lambda t: np.sum(t * np.ones((2, 3))),
        lambda t: np.sum(np.full((2, 3), t, like=t)),
    ):
        assert al.grad(f)(X).tolist() == [2, 2, 2]
    assert al.grad(lambda t: np.sum(al.at_set(np.zeros(4), slice(3), t)))(X).tolist() == [1, 1, 1]
    t = al.Tensor(X)
    assert np.array(t.data) is not X and np.array(t.data).tolist() == X.tolist()


# ---- like=t ----


def test_like():
    t = al.Tensor(X)
    assert type(np.array([t, 2 * t], like=t)) is al.Tensor
    assert np.array([t, t], np.float32, like=t).dtype == np.float32
    assert np.array(t, ndmin=3, like=t).shape == (1, 1, 3)
    assert np.array([[t[0], 1], [2, 3]], like=t).shape == (2, 2)
    assert np.ascontiguousarray(t[0], like=t).shape == (1,)


def test_without_tensors_it_is_a_plain_array_of_ones_own():
    t = al.Tensor(X)
    plain = np.array(X, like=t)
    assert type(plain) is np.ndarray and not np.shares_memory(plain, X)
    assert np.array([[1, 2]], like=t).dtype == np.array([[1, 2]]).dtype
    assert type(np.zeros((2, 2), like=t)) is type(np.eye(2, like=t)) is np.ndarray
    assert np.full(2, 1, like=t).dtype == np.full(2, 1).dtype
