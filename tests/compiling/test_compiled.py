"""Compiled functions inside of others, in threads, as methods; what they raise, warn of and own."""

import copy
import gc
import pickle
import threading
import time
import warnings
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

import autograd_lite as al
from tests.support.compiled import check_compiled, quietly
from tests.support.equality import same_trees

X = np.array([0.5, -1.0, 2.0])
V = np.array([1.0, 2.0, -0.5])


def f(x):
    return np.sum(np.tanh(x) ** 2 * x)


@al.compile
def named(x):
    return x * 2


# ---- nests ----


@pytest.mark.parametrize("warm", [False, True])
def test_derivatives_of_compiled_functions(warm):
    c = al.compile(f)
    if warm:
        c(X)
    assert same_trees(al.grad(c)(X), al.grad(f)(X))
    assert same_trees(al.value_and_grad(c)(X), al.value_and_grad(f)(X))
    assert same_trees(al.hvp(c, X, V), al.hvp(f, X, V))
    assert same_trees(al.hessian(c)(X), al.hessian(f)(X))
    assert same_trees(al.jvp(c, (X,), (V,)), al.jvp(f, (X,), (V,)))
    assert same_trees(al.jacobian(al.compile(np.tanh))(X), al.jacobian(np.tanh)(X))
    assert same_trees(al.vjp(c, X)[1](1.0), al.vjp(f, X)[1](1.0))


def test_compiled_derivatives():
    for g in (al.grad(f), al.value_and_grad(f), al.hessian(f), al.grad(al.compile(f)),
              lambda x: al.hvp(f, x, V), lambda x: al.jvp(f, (x,), (V,)),
              al.compile(al.grad(f)), al.jacobian(lambda x: np.tanh(x) * x),
              al.grad(lambda x: np.sum(al.compile(al.grad(f))(x)))):  # fmt: skip
        check_compiled(g, (X,), (V,))


def test_in_programs_loops_and_checkpoints():
    c = al.compile(f)
    c(X)
    for g, h in [
        (al.trace(c, X), f),
        (lambda x: al.scan(lambda k, x: (k + c(x), k), 0.0, np.stack([x, V])),
         lambda x: al.scan(lambda k, x: (k + f(x), k), 0.0, np.stack([x, V]))),
        (lambda x: al.map(al.compile(al.grad(f)), np.stack([x, V])),
         lambda x: al.map(al.grad(f), np.stack([x, V]))),
        (al.grad(al.checkpoint(c)), al.grad(al.checkpoint(f))),
        (al.compile(lambda x: c(x) * c(2 * x)), lambda x: f(x) * f(2 * x)),
    ]:  # fmt: skip
        assert same_trees(g(X), h(X))


def test_on_tensors():
    c = al.compile(f)
    for _ in range(2):
        t, u = al.Tensor(X), al.Tensor(X)
        c(t).backward()
        f(u).backward()
        assert same_trees(t.grad, u.grad)
        c(X)


def test_a_tensor_where_an_array_was_read():
    """What is read from outside may be what another derivative is by."""
    held = {"w": X}

    def inner(x):
        return np.sum(np.tanh(held["w"] * x))

    c = al.compile(inner)
    for function in (c, inner, c):
        c(X)
        results = []

        def outer(w, function=function):
            held["w"] = w
            return function(V)

        results.append(al.grad(outer)(X))
        held["w"] = X
        assert same_trees(results[0], al.grad(outer)(X))
        held["w"] = X
        assert same_trees(c(V), inner(V))


# ---- under debug ----


def test_debug_runs_the_function_itself():
    c = al.compile(lambda x: np.log(x)[0])
    with al.debug():
        assert c(V * V) == np.log(V * V)[0]
        with pytest.raises(FloatingPointError, match="born in log"):
            al.grad(c)(np.zeros(3))


def test_debug_finds_what_is_stale():
    c = al.compile(f)
    c(X)
    c.programs[0].run = lambda x: np.float64(1.0)
    with al.debug(), pytest.raises(RuntimeError, match="differs from the function itself"):
        c(X)


# ---- threads, and calls within calls ----


def test_threads():
    weight = np.ones(3)

    def g(x, n):
        return np.tanh(x * weight) * n

    c, wrong = al.compile(g), []
    gate = threading.Barrier(6)

    def loss(g):
        return al.grad(lambda x: np.sum(g(x, 2)))

    def work(k):
        gate.wait()
        for i in range(60):
            x = np.full(3, k + i / 7)
            right = same_trees(g(x, i), c(x, i)) and same_trees(loss(g)(x), loss(c)(x))
            if not right:
                wrong.append((k, i))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong and len(c.programs) <= 6


def test_a_compiled_function_that_calls_itself():
    @al.compile
    def power(x, n=None):
        n = [1, 1, 1] if n is None else n
        return x if not n else x * power(x, n[1:])

    assert same_trees(power(X), X * X * X * X)
    assert same_trees(power(X), X * X * X * X)


# ---- methods, names, copies ----


class Model:
    def __init__(self, w):
        self.w, self.calls = w, 0

    @al.compile
    def step(self, x):
        """A step."""
        return self.scaled(x) * self.w

    @al.compile
    def scaled(self, x):
        return x * self.w

    @classmethod
    @al.compile
    def of_class(cls, x):
        return x * cls.factor

    @staticmethod
    @al.compile
    def of_nobody(x):
        return x + 1

    factor = 2.0


@dataclass
class Layer:
    w: object

    @al.compile
    def __call__(self, x):
        return x * self.w


def test_methods_keep_their_programs():
    a, b = Model(2.0), Model(V)
    for _ in range(3):
        assert same_trees(a.step(X), X * 2.0 * 2.0) and same_trees(b.step(X), X * V * V)
        b.w = b.w + 1
        assert same_trees(b.step(X), X * b.w * b.w)
        b.w = V
    assert a.step is a.step and len(a.step.programs) == len(b.step.programs) == 1
    assert same_trees(Model.of_class(X), X * 2) and same_trees(Model.of_nobody(X), X + 1)
    Model.factor = 3.0
    assert same_trees(a.of_class(X), X * 3)
    Model.factor = 2.0


def test_methods_of_trees_share_programs():
    a, b = Layer(V), Layer(2 * V)
    for _ in range(2):
        assert same_trees(a(X), X * V) and same_trees(b(X), X * V * 2)
    assert len(Layer.__call__.programs) == 1


def test_copies_of_objects_with_compiled_methods():
    a = Model(2.0)
    a.step(X)
    for b in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        b.w = 3.0
        assert same_trees(b.step(X), X * 9.0) and same_trees(a.step(X), X * 4.0)


def test_objects_with_compiled_methods_are_freed():
    a = Model(2.0)
    a.step(X)
    alive = weakref.ref(a)
    del a
    gc.collect()
    assert alive() is None


def test_an_object_without_place_for_programs():
    class Bare:
        __slots__ = ("w",)

        @al.compile
        def step(self, x):
            return x * self.w

    bare = Bare()
    with pytest.raises(TypeError, match="add '__dict__' to __slots__"):
        bare.step(X)

    class Remedied(Bare):
        __slots__ = ("__dict__",)

    remedied = Remedied()
    remedied.w = V
    assert same_trees(remedied.step(X), X * V)


def test_it_looks_like_the_function():
    assert (
        named.__name__ == "named"
        and "named" in repr(named)
        and named.backend in ("numpy", "native")
    )
    assert Model.step.__doc__ == "A step."
    assert al.compile(backend="numpy")(f)(X) == f(X)
    with pytest.raises(TypeError, match=r"compile: f = .* must be a function"):
        al.compile(3)
    with pytest.raises(ValueError, match="there is no backend 'cuda'; there are 'numpy' and"):
        al.compile(f, backend="cuda")


def test_copies_and_pickles():
    named(X)
    assert pickle.loads(pickle.dumps(named)) is named
    for c in (copy.copy(al.compile(f)), copy.deepcopy(al.compile(f)),
              pickle.loads(pickle.dumps(al.compile(f)))):  # fmt: skip
        assert same_trees(c(X), f(X)) and c.backend in ("numpy", "native")
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(al.compile(lambda x: x))


# ---- arguments ----


def test_arguments_as_python_has_them():
    def g(a, /, b, *rest, c=1.0, flag=True, **more):
        return (a - b * c + sum(rest) + sum(more.values())) * (1 if flag else -1)

    compiled = al.compile(g)
    for args, options in [((X, V), {}), ((X, V, 1.0), {}), ((X,), {"b": V}), ((X, V), {"c": 2.0}),
                          ((X, V), {"flag": False}), ((X, V), {"d": V, "e": X}),
                          ((X, V), {"e": V, "d": X}), ((X, V, V, X), {"c": 3})]:  # fmt: skip
        for _ in range(2):
            assert same_trees(g(*args, **options), compiled(*args, **options))
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        compiled(X)


def test_numbers_of_all_kinds():
    from fractions import Fraction

    def g(x):
        return x * x + 1, x / 2

    calls = [(x,) for x in (2, 2.5, 10**30, 1j, np.float32(2), np.int8(100), np.float64(1),
                            Fraction(1, 3), np.array(2.0), np.array([Fraction(1, 3)]),
                            X.astype(">f8"), np.float16([1]), np.longdouble(2), 0)]  # fmt: skip
    check_compiled(g, *calls)
    big = al.compile(g)
    quietly(big, (3,))
    assert same_trees(g(10**30), big(10**30))


@pytest.mark.parametrize("bad, remedy", [
    ({"rng": np.random.default_rng(0)}, "rng is a generator"),
    ({"model": object()}, "model holds a object, and the arrays in it cannot be found"),
])  # fmt: skip
def test_arguments_that_a_program_cannot_have(bad, remedy):
    with pytest.raises(TypeError, match=remedy):
        al.compile(lambda x, **options: x)(X, **bad)


def test_objects_are_read_from_outside():
    """The remedy for an object that is no tree."""
    model = Model(V)
    check_compiled(lambda x: x * model.w, (X,))


# ---- what is not the same twice ----

COUNT = 0
LEGACY = np.random.RandomState(0)


def counted(x):
    global COUNT
    COUNT += 1
    return x + COUNT


@pytest.mark.parametrize("g", [
    lambda x: x + LEGACY.normal(), lambda x: x + time.perf_counter(), counted,
    (lambda rng: lambda x: x + rng.normal(size=3))(np.random.default_rng(0)),
    (lambda numbers: lambda x: x * next(numbers))(iter(range(100))),
    lambda x: al.scan(lambda c, x: (c + x * LEGACY.normal(), c), 0.0, x),
])  # fmt: skip
def test_functions_that_are_not_the_same_twice(g):
    with pytest.raises(TypeError, match=r"traced twice, and was two different programs.*xs of a"):
        al.compile(g)(X)


def test_the_remedies():
    rng = np.random.default_rng(0)
    g = lambda x, noise: x + noise
    compiled = al.compile(g)
    for _ in range(3):
        noise = rng.normal(size=3)
        assert same_trees(g(X, noise), compiled(X, noise))
    h = lambda x, noise: al.scan(lambda c, xn: (c + xn[0] * xn[1], c), 0.0, (x, noise))
    check_compiled(h, (X, noise))


# ---- what it writes to, and what it asks ----


class Counter:
    def __init__(self):
        self.n, self.mean, self.history, self.table = 0, np.zeros(3), [np.ones(3)], {"a": X}

    def count(self, x):
        self.n += 1
        return x * self.mean

    def average(self, x):
        self.mean = 0.9 * self.mean + 0.1 * x
        return x - self.mean

    def remember(self, x):
        self.history.append(x)
        return x * self.history[0]

    def note(self, x):
        self.last = x
        return x * self.mean

    def name(self, x):
        self.table["b"] = x
        return x * self.table["a"]

    def in_place(self, x):
        self.table["a"] = self.table["a"] + x
        return x


TOTAL = np.zeros(3)


def totalled(x):
    global TOTAL
    TOTAL = TOTAL + x
    return TOTAL


def closed_over(total):
    def f(x):
        nonlocal total
        total = total + x
        return total

    return f


@pytest.mark.parametrize(
    "g",
    [getattr(Counter(), name) for name in ("count", "average", "remember", "note", "name",
                                           "in_place")]
    + [totalled, closed_over(np.zeros(3))],
    ids=lambda g: g.__name__,
)  # fmt: skip
def test_what_writes_to_the_outside_is_refused(g):
    with pytest.raises(TypeError, match=r"writes to .* return the new value"):
        al.compile(g)(X)


def test_the_remedy_for_what_writes():
    mean = np.zeros(3)
    step = al.compile(lambda mean, x: 0.9 * mean + 0.1 * x)
    for _ in range(3):
        expected = 0.9 * mean + 0.1 * X
        mean = step(mean, X)
        assert same_trees(mean, expected)


def test_what_is_filled_by_the_first_call():
    """A cache, and a module that is imported late."""
    cache = {}

    def g(x):
        import colorsys  # which nobody else does

        if "scale" not in cache:
            cache["scale"] = 2.0
        return x * cache["scale"] * colorsys.ONE_THIRD

    compiled = al.compile(g)
    for _ in range(3):
        assert same_trees(compiled(X), g(X))
        cache["scale"] += 1
    assert len(compiled.programs) == 3


@pytest.mark.parametrize("g", [
    lambda x: x * 2 if isinstance(x, float) else x * 3,
    lambda x: x * 2 if type(x) in (float, np.float64) else x * 3,
    lambda x: x * 2 if "Tracer" in str(x) else x * 3,
    lambda x: x * 2 if callable(getattr(x, "record", None)) else x * 3,
])  # fmt: skip
def test_functions_that_ask_what_they_got(g):
    with pytest.raises(TypeError, match="and its program differ in the result: it asks what kind"):
        al.compile(g)(0.5)


def test_the_remedy_for_what_asks():
    check_compiled(lambda x: x * 2 if np.ndim(x) == 0 else x * 3, (0.5,), (X,))


@pytest.mark.parametrize("g", [lambda x: {0.5: 2.0}.get(x, 1.0) * x, lambda x: x * len({x, 0.5})])
def test_looking_up_by_numbers_is_refused(g):
    with pytest.raises(TypeError, match="the hash of a value that is being traced"):
        al.compile(g)(0.25)


# ---- errors and warnings ----


def test_errors_are_those_of_the_function():
    def g(a, b):
        return np.linalg.solve(a, b)

    compiled = al.compile(g)
    compiled(np.eye(2), np.ones(2))
    with pytest.raises(np.linalg.LinAlgError, match="Singular") as raised:
        compiled(np.zeros((2, 2)), np.ones(2))
    assert raised.traceback[-1].path.name != "<source of program>"
    assert any(entry.name == "g" for entry in raised.traceback)
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        compiled(np.eye(2), np.ones(3))
    pick = al.compile(lambda x, i: x[i])
    pick(X, np.array([0]))
    with pytest.raises(IndexError, match="index 9 is out of bounds"):
        pick(X, np.array([9]))


def test_errors_that_the_function_expects():
    def g(a):
        try:
            return np.linalg.inv(a)
        except np.linalg.LinAlgError:
            return a * 0

    compiled = al.compile(g)
    assert same_trees(compiled(np.eye(2)), g(np.eye(2)))
    assert same_trees(compiled(np.zeros((2, 2))), g(np.zeros((2, 2))))
    with pytest.raises(TypeError, match=r"was caught.*al\.branch"):
        al.compile(g)(np.zeros((2, 2)))

    def remedied(a):
        return np.linalg.inv(a) if al.branch(np.linalg.det(a) != 0) else a * 0

    check_compiled(remedied, (np.zeros((2, 2)),), (np.eye(2),), (np.zeros((2, 2)),))


@pytest.mark.parametrize("ask", [float, lambda x: x.item(), lambda x: bool(x), np.asarray])
def test_a_refusal_that_is_caught_is_said_all_the_same(ask):
    def g(x):
        try:
            return x * ask(x[0])
        except TypeError:
            return x * 0

    with pytest.raises(TypeError, match=r"of a value that is being traced|asks for the n"):
        al.compile(g)(X)


def test_branches():
    def g(x):
        return np.sqrt(x) if np.all(x > 0) else x

    with pytest.raises(TypeError, match=r"a branch on the truth of a value .*np\.where"):
        al.compile(g)(X)
    calls = (V * V,), (X,), (V * V,)
    check_compiled(lambda x: np.sqrt(x) if al.branch(np.all(x > 0)) else x, *calls)
    check_compiled(lambda x: np.where(x > 0, np.sqrt(abs(x)), x), (X,))


def said(g, *args):
    """The warnings of a call, in their order."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        g(*args)
    return [(w.category, str(w.message)) for w in caught]


def test_warnings_are_those_of_the_function():
    def quiet(x):
        with np.errstate(all="ignore"):
            y = np.log(x)
        return y + 1 / x

    for g in (np.log, lambda x: np.exp(1000 / x) - np.log(x), quiet):
        compiled = al.compile(g)
        for x in (np.zeros(2), np.ones(2), np.zeros(2), np.zeros(2)):
            assert said(g, x) == said(compiled, x)


def test_settings_for_floating_point():
    def strict(x):
        with np.errstate(all="raise"):
            return np.log(x)

    compiled = al.compile(strict)
    compiled(np.ones(2))
    with pytest.raises(FloatingPointError, match="divide by zero encountered in log"):
        compiled(np.zeros(2))
    compiled = al.compile(np.log)
    for _ in range(2):
        with np.errstate(all="raise"), pytest.raises(FloatingPointError):
            compiled(np.zeros(2))
        with np.errstate(all="ignore"):
            assert not said(compiled, np.zeros(2))
        assert compiled(np.ones(2))[0] == 0
    heard = []
    with np.errstate(all="call", call=lambda *error: heard.append(error)):
        compiled(np.zeros(2))
    assert len(heard) == 1


# ---- whose the results are ----


def test_results_are_the_callers_own():
    weight = np.ones(3)

    def g(x, n):
        return x, x, {"w": weight, "x": x[1:]}, np.arange(3), np.transpose(x), n, [x * weight]

    compiled = al.compile(g)
    for _ in range(2):
        expected, first = g(X, 2), compiled(X, 2)
        assert same_trees(expected, first)
        arrays = [x for x in al.tree_leaves(first) if isinstance(x, np.ndarray)]
        second = [x for x in al.tree_leaves(compiled(X, 2)) if isinstance(x, np.ndarray)]
        for i, x in enumerate(arrays):
            for y in (X, weight, *arrays[:i], *second):
                assert not np.shares_memory(x, y)
        for x in arrays:
            x[...] = 99.0
        assert same_trees(g(X, 2), compiled(X, 2))


def test_arguments_may_be_changed_afterwards():
    x = X.copy()
    compiled = al.compile(lambda x: (x * 2, np.sum(x)))
    for _ in range(3):
        y, _ = compiled(x)
        kept = y.copy()
        x += 1
        assert same_trees(y, kept) and same_trees(compiled(x), (x * 2, np.sum(x)))


def test_too_many_programs_are_said_once():
    counts = [0.0]
    compiled = al.compile(lambda x: x * counts[0])
    with pytest.warns(UserWarning, match="pass numbers that change as arguments") as heard:
        for i in range(100):
            counts[0] = float(i)
            assert compiled(X)[0] == X[0] * i
    assert len(heard) == 1 and len(compiled.programs) <= 64
    remedied = al.compile(lambda x, count: x * count)
    for i in range(40):
        assert remedied(X, float(i))[0] == X[0] * i
    assert len(remedied.programs) == 1
