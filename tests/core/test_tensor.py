"""A Tensor among numbers, lists and arrays: operators, comparisons, containers, methods."""

import copy
import operator

import numpy as np
import pytest

import autograd_lite as al

VALUE = np.array([[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]])
OTHERS = {
    "int": 2,
    "float": 1.25,
    "float64": np.float64(1.25),
    "float32": np.float32(1.25),
    "int64": np.int64(2),
    "list": [1.0, 2.0, 4.0],
    "nested list": [[1, 2, 4], [1, 1, 2]],
    "tuple": (1.0, 2.0, 4.0),
    "array": np.array([[1.0], [2.0]]),
    "float32 array": np.array([1, 2, 4], "f4"),
    "integers": np.array([1, 2, 4]),
    "0-d": np.array(2.0),
    "bool": True,
}
UFUNCS = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.pow: np.power,
    operator.mod: np.remainder,
}
ARITHMETIC = [*UFUNCS, operator.floordiv]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
name_of = lambda f: getattr(f, "__name__", None)


@pytest.fixture
def t():
    return al.Tensor(VALUE)


def check(got, expected):
    """The same value, dtype and shape; in a Tensor where the result varies."""
    value = got.data if isinstance(got, al.Tensor) else got
    assert not isinstance(value, al.Tensor)
    assert np.shape(value) == np.shape(expected)
    assert np.asarray(value).dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(value, expected)


# ---- operators ----


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("op", ARITHMETIC, ids=name_of)
def test_operators(op, other, t):
    for a, b, x, y in ((t, other, VALUE, other), (other, t, other, VALUE)):
        got = op(a, b)
        check(got, op(x, y))
        if op is not operator.floordiv:
            assert isinstance(got, al.Tensor)
            np.sum(got).backward()
            assert t.grad.shape == VALUE.shape and t.grad.dtype == float


@pytest.mark.parametrize("op", ARITHMETIC, ids=name_of)
def test_operators_on_scalars(op):
    for kind in (float, np.float64, np.float32, np.array):
        x = np.asarray(kind(2.5))
        check(op(al.Tensor(kind(2.5)), 2), op(x, 2))
        check(op(3, al.Tensor(kind(2.5))), op(3, x))
        check(op(al.Tensor(x), al.Tensor(x)), op(x, x))


@pytest.mark.parametrize("op", UFUNCS, ids=name_of)
def test_operators_are_recorded_alike(op, t):
    """By operator or by function, with the operand on either side: one and the same step."""
    function = UFUNCS[op]
    for make in (
        lambda x: op(x, 1.5),
        lambda x: op(1.5, x),
        lambda x: op(x, x),
        lambda x: op(VALUE, x),
    ):
        g = al.grad(lambda x, make=make: np.sum(make(x)))(VALUE)
        assert np.all(np.isfinite(g))
    a, b = op(t, 1.5), function(t, 1.5)
    assert a.node.primitive is b.node.primitive
    assert op(1.5, t).node.primitive is function(1.5, t).node.primitive


@pytest.mark.parametrize(
    "other", [VALUE[0], VALUE.T, VALUE.T.tolist()], ids=["vector", "array", "list"]
)
def test_matmul(other, t):
    check(t @ other, VALUE @ np.asarray(other))
    if np.ndim(other) == 2:
        check(other @ t, np.asarray(other) @ VALUE)
    t @= VALUE.T
    check(t, VALUE @ VALUE.T)


def test_unary_operators(t):
    check(-t, -VALUE)
    check(abs(-t), VALUE)
    check(+t, VALUE)
    assert al.grad(lambda x: -x)(2.0) == -1
    assert al.grad(lambda x: abs(+x))(-2.0) == -1


def test_powers():
    for exponent in (2, 2.0, 3, 0.5, -1, np.float32(2), np.array([2.0, 3.0]), True):
        check(al.Tensor([1.5, 2.5]) ** exponent, np.array([1.5, 2.5]) ** exponent)
    check(pow(al.Tensor(2.0), 3), np.float64(8))
    check(2 ** al.Tensor([1.0, 3.0]), np.array([2.0, 8.0]))


def test_round(t):
    check(np.round(t, 1), np.round(VALUE, 1))


def test_divmod(t):
    q, r = divmod(t, 2.0)
    check(q, VALUE // 2)
    check(r, VALUE % 2)
    assert isinstance(r, al.Tensor)


def test_rebinding(t):
    for op in (operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow):
        old, new = t, op(t, 2.0)
        assert old is t and new is not t
        check(t, VALUE)
        check(new, op(VALUE.copy(), 2.0))
    s = t
    s += 1.0
    check(t, VALUE)
    np.sum(s * s).backward()
    np.testing.assert_array_equal(t.grad, 2 * (VALUE + 1))


def test_plain_data_is_not_changed(t):
    before = VALUE.copy()
    s = t
    s *= 2.0
    s += t
    np.sum(s).backward()
    np.testing.assert_array_equal(VALUE, before)


def test_weak_numbers():
    """Python numbers do not widen float32."""
    t = al.Tensor(np.ones(2, "f4"))
    for result in (
        t + 1,
        1.5 * t,
        t / 3,
        t**2,
        t**0.5,
        2.0 - t,
        np.maximum(t, 0.0),
        np.where(t > 0, t, 0.0),
    ):
        assert result.dtype == "f4"
    assert (t * np.float64(2)).dtype == "f8"


# ---- comparisons and truth ----


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("op", COMPARISONS, ids=name_of)
def test_comparisons(op, other, t):
    for got, expected in ((op(t, other), op(VALUE, other)), (op(other, t), op(other, VALUE))):
        assert isinstance(got, np.ndarray) and got.dtype == bool
        np.testing.assert_array_equal(got, expected)


def test_comparisons_of_tensors(t):
    assert (t == t).all() and not (t != t).any()
    assert type(t > al.Tensor(1.0)) is np.ndarray
    assert (t == None) is not True  # noqa: E711
    assert (al.Tensor(1.0) == "a") is not True
    assert t in [t] and t.node in {t.node}


def test_truth():
    assert al.Tensor(1.0) and not al.Tensor(0.0)
    assert al.grad(lambda x: x * 2.0 if x > 1 else x)(3.0) == 2
    assert al.grad(lambda x: x * 2.0 if x else x)(0.0) == 1


# ---- hash, copy, length, iteration ----


def test_hash(t):
    s = al.Tensor(VALUE)
    assert len({t, s, t}) == 2
    assert {t: 1}[t] == 1
    assert hash(t) == hash(t)


def test_copies(t):
    for made in (copy.copy(t), copy.deepcopy(t), copy.deepcopy({"a": t})["a"]):
        assert isinstance(made, al.Tensor)
        np.sum(made * made).backward()
        np.testing.assert_array_equal(t.grad, 2 * VALUE)


def test_copies_are_allowed(t):
    assert copy.copy(t).node is t.node
    kept = copy.deepcopy([t])[0]  # a leaf's data may be changed by its owner
    assert kept.node is not t.node and kept.data is not t.data
    assert np.array_equal(kept.data, t.data)
    result = t * 2.0
    assert copy.deepcopy(result) is result
    assert copy.deepcopy({"w": t})["w"].shape == t.shape


def test_length_and_iteration(t):
    assert len(t) == 2
    assert [type(row) for row in t] == [al.Tensor, al.Tensor]
    check(list(t)[1], VALUE[1])
    a, b = t
    check(a + b, VALUE[0] + VALUE[1])
    check(sum(t), sum(VALUE))
    check(max(t[0]), VALUE[0].max())
    assert [float(x.item()) for x in reversed(t[0])] == [2.5, 1.5, 0.5]
    for empty in (len, list, iter):
        with pytest.raises(TypeError):
            empty(al.Tensor(1.0))
    assert 1.5 in t and 9.0 not in t and al.Tensor(1.5) in t


# ---- text ----


def test_repr(t):
    assert repr(al.Tensor(1.5)) == "Tensor(1.5)"
    assert repr(al.Tensor([1.0, 2.0])) == "Tensor([1., 2.])"
    assert repr(al.Tensor(np.ones(2, "f4"))) == "Tensor([1., 1.], dtype=float32)"
    assert repr(np.exp(al.Tensor(0.0))) == "Tensor(1., from exp)" or "from exp" in repr(np.exp(t))
    assert str(al.Tensor(1.5)) == str(al.Tensor(1.5))


def test_text_does_not_nest():
    texts = []

    def f(x):
        texts.extend([repr(x), str(x * 1.0), f"{x}", f"{x * x:.2f}", format(x, ""), "%s" % x])  # noqa: UP031
        return x * x * x

    al.grad(al.grad(al.grad(f)))(2.0)
    assert all(text.count("Tensor") <= 1 for text in texts)
    assert all(text.count("array") == 0 for text in texts)
    assert "4.00" in texts


def test_format():
    assert f"{al.Tensor(1.23456):.2f}" == "1.23"
    assert f"{al.Tensor(1.5):>8}" == "     1.5"
    assert f"{al.Tensor(1.5)}" == repr(al.Tensor(1.5))
    for text in (np.array_str, np.array_repr, np.array2string):
        assert "1." in text(al.Tensor([1.0, 2.0]))


def test_item(t):
    assert t[0, 0].item() == 0.5 and type(t[0, 0].item()) is float
    assert t.item(1, 2) == t.item(5) == 5.5
    assert t.tolist() == VALUE.tolist()
    with pytest.raises(ValueError):
        t.item()
    seen = []
    al.grad(al.grad(lambda x: seen.append(x.item()) or x * x))(2.0)
    assert seen == [2.0] and type(seen[0]) is float


# ---- attributes and methods ----


def test_attributes(t):
    assert (t.shape, t.dtype, t.ndim, t.size) == ((2, 3), np.dtype(float), 2, 6)
    assert (al.Tensor(2.0).shape, al.Tensor(2.0).ndim, al.Tensor(2.0).size) == ((), 0, 1)
    assert np.shape(t) == (2, 3) and np.ndim(t) == 2 and np.size(t) == 6
    check(t.T, VALUE.T)
    check(t.mT, VALUE.mT)
    assert t.data is VALUE or np.array_equal(t.data, VALUE)


METHODS = {
    "sum": [(), (0,), (-1,), {"axis": (0, 1)}, {"keepdims": True}],
    "mean": [(), (0,), {"axis": -1, "keepdims": True}],
    "var": [(), (0,), {"ddof": 1}],
    "std": [(), (0,), {"axis": 1, "ddof": 1}],
    "max": [(), (0,), {"axis": 1, "keepdims": True}],
    "min": [(), (1,)],
    "prod": [(), (0,)],
    "cumsum": [(), (0,), {"axis": -1}],
    "dot": [(VALUE.T,), (2.0,)],
    "clip": [(1.0, 4.0), (None, 4.0), {"min": 1.0}, {"max": 4.0}],
    "ravel": [(), ("F",), {"order": "C"}],
    "flatten": [(), ("F",)],
    "squeeze": [()],
    "swapaxes": [(0, 1), (-1, 0)],
    "argmax": [(), (0,)],
    "argmin": [(), {"axis": 1}],
    "argsort": [(), (0,)],
    "nonzero": [()],
    "any": [(), (0,)],
    "all": [(), {"axis": 1}],
    "conj": [()],
    "astype": [(float,), (np.float32,), ("f4",), {"dtype": np.float32, "copy": False}],
    "copy": [(), ("F",)],
    "reshape": [(3, 2), ((3, 2),), (-1,), ([6],), (2, -1, 1), {"order": "F"}],
    "transpose": [(), (1, 0), ((1, 0),), (None,), ([-1, 0],)],
    "cumprod": [(), (0,), {"axis": 1}],
    "diagonal": [(), (1,), {"offset": -1}],
    "trace": [(), (1,), {"offset": -1}],
    "take": [([0, 5, 5],), ([1, 1], 0), {"indices": [0], "axis": 1}],
    "repeat": [(2,), (2, 0), {"repeats": [1, 0, 2], "axis": 1}],
    "compress": [([True, False], 0), ([False, True],)],
    "round": [(), (1,), {"decimals": 1}],
    "conjugate": [()],
    "argpartition": [(1,), (0, 0)],
    "item": [(3,), (1, 2)],
    "tolist": [()],
}
CALLS = [(name, how) for name, calls in METHODS.items() for how in calls]


@pytest.mark.parametrize("name, how", CALLS, ids=[f"{n}-{h}" for n, h in CALLS])
def test_methods(name, how, t):
    args = how if isinstance(how, tuple) else ((3, 2) if name == "reshape" else ())
    options = how if isinstance(how, dict) else {}
    expected = getattr(VALUE, name)(*args, **options)
    got = getattr(t, name)(*args, **options)
    if isinstance(expected, tuple):
        for a, b in zip(got, expected, strict=True):
            check(a, b)
    else:
        check(got, expected)
    if isinstance(got, al.Tensor):
        assert got.dtype.kind == "f"
        np.sum(got).backward()
        assert t.grad.shape == VALUE.shape and t.grad.dtype == float


def test_other_methods_are_refused(t):
    """Every method of an array is tested above, or says what to write in its place."""
    methods = {n for n in dir(np.ndarray) if callable(getattr(np.ndarray, n)) and n[0] != "_"}
    for name in methods.intersection(dir(al.Tensor)) - set(METHODS) - {"searchsorted", "choose"}:
        with pytest.raises(TypeError):
            getattr(t, name)(0)
    np.testing.assert_array_equal(t.data, VALUE)


def test_methods_of_vectors():
    x = np.array([0.5, 1.5, 2.5])
    assert al.Tensor(x).searchsorted(1.0) == 1


def test_methods_agree_with_functions(t):
    for name in METHODS:
        if () in METHODS[name] and hasattr(np, name):
            a, b = getattr(t, name)(), getattr(np, name)(t)
            if isinstance(a, al.Tensor):
                assert a.node.primitive is b.node.primitive
                check(a, b.data)


# ---- dispatch ----


def test_functions_take_tensors_inside_lists(t):
    assert isinstance(np.concatenate([t, VALUE]), al.Tensor)
    assert isinstance(np.stack([VALUE, t]), al.Tensor)
    assert isinstance(np.concatenate((VALUE, t, [[1, 2, 3]])), al.Tensor)


def test_constants_leave_the_tape(t):
    for f in (np.sign, np.floor, np.isnan, np.argmax, np.zeros_like, np.ones_like, np.round):
        assert not isinstance(f(t), al.Tensor)
    nested = []
    al.grad(al.grad(lambda x: nested.append(np.sign(x)) or x * x))(2.0)
    assert type(nested[0]) is np.float64
    assert np.allclose(t, VALUE) and np.array_equal(t, VALUE)
    assert al.grad(lambda x: x * np.sign(x))(-2.0) == -1
    assert al.grad(lambda x: np.sum(x * np.ones_like(x)))(np.ones(2)).tolist() == [1, 1]


def test_tensors_as_masks_and_indices(t):
    x = np.arange(6.0).reshape(2, 3)
    check(np.where(t > 2.0, t, x), np.where(VALUE > 2, VALUE, x))
    check(t[t > 2.0], VALUE[VALUE > 2])
    check(t[np.argmax(t, axis=0), [0, 1, 2]], VALUE[1])


def test_a_list_of_indices_that_changes():
    index = [0]

    def f(x):
        total = 0.0
        for i in range(3):
            index[0] = i
            total = total + (i + 1) * np.sum(x[index])
        return total

    assert al.grad(f)(np.ones(3)).tolist() == [1.0, 2.0, 3.0]


def test_dtype_option(t):
    assert np.sum(t, dtype="f4").dtype == "f4"
    assert al.grad(lambda x: np.sum(x, dtype="f4"))(VALUE).dtype == float
    assert np.add(al.Tensor(np.ones(2, "f4")), 1.0, dtype="f8").dtype == float


def test_subclasses_and_others_defer():
    """A class that knows Tensors may take over."""

    class Other:
        __array_ufunc__ = None

        def __radd__(self, other):
            return "other"

    assert al.Tensor(1.0).__add__ is not None
    assert np.ones(2) + Other() == "other"
