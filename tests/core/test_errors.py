"""What errors say: the operation, what is wrong with it, and the remedy."""

import copy
import math
import pickle
import re

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.registry import PRIMITIVES


@pytest.fixture
def t():
    return al.Tensor([1.0, 2.0, 3.0])


def raises(kind, *words):
    """Expect an error whose message has all the words, in this order."""
    return pytest.raises(kind, match="(?s)" + ".*".join(map(re.escape, words)))


# ---- no rule ----


class NewFunction:
    """A function of NumPy's that no version of the tables knows."""

    def __new__(cls, name):
        def function(a, axis=None):
            return a

        function.__name__ = function.__qualname__ = name
        return np._core.overrides.array_function_dispatch(lambda a, axis=None: (a,))(function)


def test_no_rule(t):
    transposed = NewFunction("transposed")
    with raises(
        TypeError, "no derivative rule for transposed", "transpose", "al.rule(", "a=lambda"
    ):
        transposed(t)
    with raises(TypeError, "transposed"):
        al.grad(lambda x: np.sum(transposed(x)))(np.ones(2))
    with raises(TypeError, "transposed", "@al.primitive"):
        transposed(t, axis=0)


def test_the_template_works(t):
    """What the message proposes can be written."""
    f = NewFunction("a_new_one")
    al.rule(f, a=lambda g, a: g * 3)
    assert al.grad(f)(1.0) == 3
    del PRIMITIVES[f]


def test_no_rule_for_a_ufunc(t):
    ufunc = np.frompyfunc(lambda x: x, 1, 1)
    with raises(TypeError, "no derivative rule for", "al.rule"):
        ufunc(t)


def test_no_rule_for_a_ufunc_method(t):
    for call in (
        lambda: np.hypot.reduce(t),
        lambda: np.arctan2.accumulate(t),
        lambda: np.subtract.reduceat(t, [0, 1]),
    ):
        with raises(TypeError, "no derivative rule for"):
            call()
    with pytest.raises(TypeError):
        np.add.at(t, [0], 1.0)
    with pytest.raises(TypeError):
        np.add.at(np.ones(3), [0], t)


def test_no_rule_for_this_argument():
    @al.primitive
    def f(a, b):
        return a * b

    al.rule(f, a=lambda g, b: g * b)
    assert al.grad(f)(2.0, 3.0) == 3
    with raises(TypeError, "f"):
        al.grad(f, 1)(2.0, 3.0)


def test_own_function_without_rule():
    @al.primitive
    def mystery(x):
        return x

    with raises(TypeError, "no derivative rule for mystery"):
        al.grad(mystery)(1.0)


# ---- shapes ----


@pytest.mark.parametrize(
    "f, words",
    [
        (lambda: al.Tensor(np.ones((4, 5))) @ np.ones((3, 2)), ("matmul", "(4, 5)", "(3, 2)")),
        (lambda: al.Tensor(np.ones((4, 5))) @ np.ones((3, 2)), ("inner", "5 and 3")),
        (lambda: np.dot(al.Tensor(np.ones((4, 5))), np.ones(3)), ("dot", "inner", "5 and 3")),
        (lambda: np.ones((2, 3)) + al.Tensor(np.ones(2)), ("add", "(2, 3)", "(2,)", "3 and 2")),
        (lambda: np.multiply(np.ones(4), al.Tensor(np.ones(3))), ("multiply", "4 and 3")),
        (lambda: np.where([True], al.Tensor(np.ones(2)), np.ones(3)), ("where", "(2,)", "(3,)")),
        (lambda: np.reshape(al.Tensor(np.ones(4)), (3, 2)), ("reshape", "4", "(3,2)")),
        (
            lambda: np.concatenate([al.Tensor(np.ones((2, 3))), np.ones((2, 2))], axis=0),
            ("concat",),
        ),
        (lambda: np.stack([al.Tensor(np.ones(2)), np.ones(3)]), ("stack", "(2,)", "(3,)")),
        (lambda: np.einsum("i,i", al.Tensor(np.ones(2)), np.ones(3)), ("einsum", "(2,)", "(3,)")),
    ],
)
def test_shape_mismatch(f, words):
    with raises(ValueError, *words):
        f()


def test_index_out_of_range(t):
    with pytest.raises(IndexError, match="3"):
        t[3]
    with pytest.raises(IndexError):
        t[0, 0]
    with pytest.raises(np.exceptions.AxisError):
        np.sum(t, axis=1)


def test_wrong_number_of_arguments(t):
    with pytest.raises(TypeError):
        np.sin(t, t, t)
    with pytest.raises(TypeError):
        np.sum(t, None, None, None, None, None, None, None, None)
    with pytest.raises(TypeError):
        np.sum(t, nonsense=1)


# ---- what cannot be differentiated by ----


@pytest.mark.parametrize(
    "x",
    [3, np.int32(3), np.arange(3), np.array([True]), True, np.array(["a"]), [1, 2], {"a": 2}],
    ids=repr,
)
def test_integers_are_refused(x):
    with raises(TypeError, "dtype", "float"):
        al.grad(lambda x: 1.0)(x)


@pytest.mark.parametrize("x", [3, [1, 2], np.arange(3), True, "a", np.array([False])], ids=repr)
def test_integer_tensors_are_refused(x):
    with raises(TypeError, "Tensor", "dtype", "float"):
        al.Tensor(x)


def test_the_integer_is_named():
    with raises(TypeError, "['b'][1]", "int", "2.0 or x.astype(float)"):
        al.grad(lambda p: p["a"])({"a": 1.0, "b": [1.0, 2]})
    for derivative in (al.jacobian, al.hessian, al.value_and_grad):
        with raises(TypeError, "int64", "float"):
            derivative(np.sum)(np.arange(3))
    with raises(TypeError, "int", "float"):
        al.vjp(np.sin, 1)


def test_a_string_has_no_gradient():
    assert al.grad(lambda p: p["x"])({"x": 1.0, "name": "a"}) == {"x": 1, "name": "a"}


def test_tensor_of_tensor(t):
    with raises(TypeError, "Tensor already", ".data"):
        al.Tensor(t)
    with raises(TypeError, "np.stack"):
        al.Tensor([t, t])


# ---- results that are no number ----


def test_not_scalar(t):
    for derivative in (al.grad, al.value_and_grad, al.hessian):
        with raises(TypeError, "shape (3,)", "al.jacobian", "al.vjp"):
            derivative(np.sin)(np.ones(3))
    with raises(TypeError, "shape (1, 1)"):
        al.grad(lambda x: np.reshape(x, (1, 1)))(1.0)
    with raises(TypeError, "shape (2,)"):
        al.grad(lambda x: np.ones(2))(1.0)
    with raises(TypeError, "(3,)"):
        (t * 2.0).backward()


def test_not_a_number():
    with raises(TypeError, "tuple", "al.vjp"):
        al.grad(lambda x: (x, x))(1.0)
    with raises(TypeError, "NoneType"):
        al.grad(lambda x: None)(1.0)
    with raises(TypeError, "dict"):
        al.value_and_grad(lambda x: {"loss": x})(1.0)


def test_complex_result():
    with raises(TypeError, "complex", "real part"):
        al.grad(np.sin)(1j)
    with raises(TypeError, "complex"):
        al.grad(lambda x: x * 1j)(1.0)
    with raises(TypeError, "complex"):
        al.Tensor(1j).backward()


# ---- in place ----


def test_assignment(t):
    with raises(TypeError, "in place", "al.at_set", "np.where"):
        t[0] = 5.0
    with raises(TypeError, "in place", "al.at_set"):
        t[t > 1.0] = 0.0
    with raises(TypeError, "in place"):
        t[0] += 1.0
    with pytest.raises((TypeError, AttributeError)):
        del t[0]


def test_assignment_to_attributes(t):
    with pytest.raises(AttributeError):
        t.shape = (3, 1)
    with pytest.raises(AttributeError):
        t.grad = 1.0
    with pytest.raises(AttributeError):
        t.unknown = 1.0


def test_out(t):
    a = np.ones(3)
    for call in (
        lambda: np.add(a, t, out=a),
        lambda: np.exp(a, out=t),
        lambda: np.exp(t, out=a),
        lambda: np.sum(t, out=np.array(1.0)),
        lambda: np.sum(a, out=t),
        lambda: np.add(a, a, t),
        lambda: np.concatenate([a, t], out=np.ones(6)),
        lambda: np.clip(t, 0.0, 1.0, out=a),
        lambda: np.matmul(t, a, out=np.array(1.0)),
    ):
        with raises(TypeError, "out=", "instead"):
            call()
    assert a.tolist() == [1, 1, 1] and t.data.tolist() == [1, 2, 3]


def test_plain_array_in_place(t):
    a = np.ones(3)
    with raises(TypeError, "add(", "y = y + t"):
        a += t
    with raises(TypeError, "multiply("):
        a *= t
    assert a.tolist() == [1, 1, 1]


def test_assignment_into_plain_arrays(t):
    """NumPy hides the message of one of them behind its own, but names it as the cause."""
    a = np.ones(3)
    with pytest.raises((TypeError, ValueError)) as caught:
        a[0] = t[0]
    assert "of a Tensor" in f"{caught.value} {caught.value.__cause__}"
    with raises(TypeError, "of a Tensor"):
        a[:] = t
    assert a.tolist() == [1, 1, 1]


def test_copyto(t):
    a = np.ones(3)
    with pytest.raises(TypeError):
        np.copyto(a, t)
    with pytest.raises(TypeError):
        np.put(a, [0], t)
    assert a.tolist() == [1, 1, 1]


# ---- leaving the tape ----


@pytest.mark.parametrize(
    "detach, words",
    [
        (lambda t: np.array([t, t]), ("np.array", "np.stack")),
        (lambda t: np.array(t), ("np.array", "t.data")),
        (lambda t: np.asarray(t), ("np.array", "t.data")),
        (lambda t: np.asarray([t, 1.0]), ("np.stack",)),
        (lambda t: np.array([t[0], 1.0]), ("np.stack",)),
        (lambda t: np.array([[t, t], [t, t]]), ("np.stack",)),
        (lambda t: np.array(t, copy=False), ("np.array",)),
        (lambda t: np.float64(t[0]), ()),
        (lambda t: float(t[0]), ("float", "np.exp", ".item()")),
        (lambda t: int(t[0]), (".item()",)),
        (lambda t: complex(t[0]), (".item()",)),
        (lambda t: math.exp(t[0]), ("np.exp", ".item()")),
        (lambda t: [1, 2, 3][t[0]], (".item()",)),
        (lambda t: range(t[0]), (".item()",)),
        (lambda t: pickle.dumps(t), ("pickle", "t.data")),
    ],
)
def test_leaving_the_tape(detach, words, t):
    with raises(TypeError, *words):
        detach(t)
    with raises(TypeError, *words):
        al.grad(lambda x: np.sum(x) * 0.0 + (detach(x) is None))(np.ones(3))


def test_what_int_is_told(t):
    """The message names what was called."""
    with raises(TypeError, "int of a Tensor"):
        int(t[0])
    with raises(TypeError, "complex of a Tensor"):
        complex(t[0])


def test_truth_of_several(t):
    with raises(ValueError, "ambiguous"):
        bool(t)


# ---- options ----


def test_options_refused(t):
    mask = np.array([True, False, True])
    with raises(TypeError, "exp", "where", "np.where"):
        np.exp(t, where=mask)
    with raises(TypeError, "add", "where"):
        np.add(t, 1.0, where=mask)


def test_options_that_are_tensors(t):
    with raises(TypeError, "var", "'ddof'", "al.stop_gradient"):
        np.var(t, ddof=al.Tensor(1.0))


def test_initial_is_not_ignored(t):
    """What changes the result must not be taken for harmless."""
    assert np.sum(t, initial=5.0).data == 11
    assert al.grad(lambda x: np.sum(x, initial=5.0))(np.ones(3)).tolist() == [1, 1, 1]
    for f, x, expected in (
        (np.prod, [1.0, 2.0], [10, 5]),
        (np.prod, [0.0, 2.0], [10, 0]),
        (np.max, [1.0, 2.0], [0, 0]),
        (np.max, [1.0, 9.0], [0, 1]),
    ):
        try:
            gradient = al.grad(lambda x, f=f: f(x, initial=5.0))(np.array(x))
        except TypeError as error:
            assert "initial" in str(error)
        else:
            assert gradient.tolist() == expected


def test_order_that_depends_on_memory():
    with raises(TypeError, "order='A'", "memory layout"):
        al.grad(lambda x: np.sum(np.ravel(x, order="A")))(np.ones((2, 2)))


def test_einsum_by_lists(t):
    with raises(TypeError, "einsum", "string"):
        np.einsum(t, [0], [0])


# ---- rules ----


def test_rules_that_cannot_be():
    @al.primitive
    def f(x, scale=1.0):
        return x * scale

    with raises(TypeError, "f", "no argument 'z'", "x, scale"):
        al.rule(f, z=lambda g: g)
    with raises(TypeError, "f", "asks for 'q'", "x, scale"):
        al.rule(f, x=lambda g, q: g)

    @al.primitive
    def h(x, g):
        return x * g

    with raises(TypeError, "h", "'g'", "incoming gradient", "rename"):
        al.rule(h, x=lambda g: g)

    @al.primitive
    def k(x, shape):
        return np.broadcast_to(x, shape)

    with raises(TypeError, "k", "'shape'", "rename"):
        al.rule(k, x=lambda g, shape: g)


def test_a_refused_rule_leaves_no_trace():
    """After a mistake, the rule before it still holds."""

    @al.primitive
    def f(x):
        return x * 3.0

    al.rule(f, x=lambda g: g * 3.0)
    with pytest.raises(TypeError):
        al.rule(f, x=lambda g, nonsense: g)
    assert al.grad(f)(1.0) == 3


def test_rules_of_the_wrong_shape():
    @al.primitive
    def widen(x):
        return np.stack([x, x])

    al.rule(widen, x=lambda g: g)
    with raises(ValueError, "widen", "(2, 3)", "(3,)"):
        al.grad(lambda x: np.sum(widen(x)))(np.ones(3))

    @al.primitive
    def narrow(x):
        return x * 1.0

    al.rule(narrow, x=lambda g: np.sum(g))
    with raises(ValueError, "narrow", "()", "(3,)"):
        al.grad(lambda x: np.sum(narrow(x)))(np.ones(3))


def test_rules_of_the_wrong_shape_that_broadcast():
    """Un-broadcasting sums what was stretched; anything else is a mistake of the rule."""

    @al.primitive
    def plus(x, y):
        return x + y

    al.rule(plus, broadcasts=True, x=lambda g: g[..., :2], y=lambda g: g)
    with raises(ValueError, "plus", "(2,)", "(3,)"):
        al.grad(lambda x: np.sum(plus(x, 1.0)))(np.ones(3))
    al.rule(plus, broadcasts=True, x=lambda g: np.sum(g), y=lambda g: g)
    with raises(ValueError, "plus", "()", "(3,)"):
        al.grad(lambda x: np.sum(plus(x, 1.0)))(np.ones(3))


def test_rules_that_return_nothing():
    @al.primitive
    def f(x):
        return x * 1.0

    al.rule(f, x=lambda g: None)
    with raises((TypeError, ValueError), "f"):
        al.grad(lambda x: np.sum(f(x)))(np.ones(3))


# ---- cotangents ----


def test_cotangents_of_the_wrong_shape(t):
    _, pullback = al.vjp(np.sin, np.ones(3))
    with raises(ValueError, "cotangent", "(2,)", "(3,)"):
        pullback(np.ones(2))
    with raises(ValueError, "cotangent", "()", "(3,)"):
        pullback(1.0)
    with raises(ValueError, "backward", "(2,)", "(3,)"):
        (t * 2.0).backward(np.ones(2))
    _, pullback = al.vjp(lambda x: (x, x), 1.0)
    with raises(ValueError, "structure", "2 and 1 parts"):
        pullback((1.0,))
    with raises(ValueError, "tangent"):
        al.jvp(np.sin, (np.ones(3),), (np.ones(2),))
    with pytest.raises((TypeError, ValueError)):
        al.jvp(np.sin, (1.0,), (1.0, 2.0))


def test_cotangents_of_another_kind(t):
    """A complex cotangent of a real result would lose its imaginary part."""
    _, pullback = al.vjp(np.sin, np.ones(3))
    with pytest.raises((TypeError, np.exceptions.ComplexWarning)):
        pullback(np.ones(3) * 1j)
    with pytest.raises((TypeError, np.exceptions.ComplexWarning)):
        (t * 1.0).backward(np.ones(3) * 1j)


# ---- gradients that are not there ----


def test_grad_of_what_is_no_leaf(t):
    y = np.exp(t)
    np.sum(y).backward()
    with raises(AttributeError, "exp", "al.grad"):
        y.grad  # noqa: B018
    assert t.grad is not None


def test_grad_before_backward(t):
    assert t.grad is None


# ---- what is allowed although it looks like it ----


def test_copies_are_allowed(t):
    assert copy.copy(t).node is t.node
    kept = copy.deepcopy([t])[0]  # a leaf's data may be changed by its owner
    assert kept.node is not t.node and kept.data is not t.data
    assert np.array_equal(kept.data, t.data)
    result = t * 2.0
    assert copy.deepcopy(result) is result
    assert copy.deepcopy({"w": t})["w"].shape == (3,)
