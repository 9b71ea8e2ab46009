"""What errors say: the operation, what is wrong with it, and the remedy."""

import math
import pickle

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.registry import PRIMITIVES
from tests.support.errors import raises


@pytest.fixture
def t():
    return al.Tensor([1.0, 2.0, 3.0])


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
    with raises(TypeError, "no derivative rule for np.frompyfunc", "np.stack([f(v) for v in t])"):
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


@pytest.mark.parametrize(
    "f, error",
    [
        (lambda x: np.sum(x, axis=5), np.exceptions.AxisError),
        (lambda x: np.sum(np.sort(x, axis=5)), np.exceptions.AxisError),
        (lambda x: np.sum(np.linalg.inv(x)), np.linalg.LinAlgError),
        (lambda x: np.sum(np.linalg.solve(x, x)), np.linalg.LinAlgError),
    ],
)
def test_special_errors_of_numpy_stay_as_they_are(f, error):
    with pytest.raises(error) as raised:
        al.grad(f)(np.zeros((2, 2)))
    assert raised.value.__cause__ is None


def test_an_error_that_is_its_own_cause_is_raised():
    def f(x):
        error = KeyError("here")
        raise error from error

    def g(x):
        first, second = KeyError("here"), KeyError("there")
        first.__cause__, second.__cause__ = second, first
        raise first

    for function in (f, g):
        with pytest.raises(KeyError, match="here"):
            al.grad(function)(1.0)


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


# ---- what no Tensor is made of ----


@pytest.mark.parametrize("x", [3, [1, 2], np.arange(3), True, "a", np.array([False])], ids=repr)
def test_integer_tensors_are_refused(x):
    with raises(TypeError, "Tensor", "dtype", "float"):
        al.Tensor(x)


def test_tensor_of_tensor(t):
    with raises(TypeError, "Tensor already", ".data"):
        al.Tensor(t)
    with raises(TypeError, "np.stack"):
        al.Tensor([t, t])


def test_matrices_and_masked_arrays_are_refused():
    matrix = np.ones((2, 2)).view(np.matrix)
    with pytest.raises(TypeError, match=r"np\.asarray"):
        al.grad(lambda x: np.sum(x * x))(matrix)
    with pytest.raises(TypeError, match="operators of its own"):
        al.grad(lambda x: np.sum(matrix * x))(np.ones((2, 1)))
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="filled"):
        al.grad(lambda x: np.sum(x * masked))(np.ones(2))


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
        (lambda t: np.array(t), ("np.array", "leave it out", "t.data")),
        (lambda t: np.asarray(t), ("np.asarray", "leave it out", "t.data")),
        (lambda t: np.asarray([t, 1.0]), ("np.stack",)),
        (lambda t: np.array([t[0], 1.0]), ("np.stack",)),
        (lambda t: np.array([[t, t], [t, t]]), ("np.stack",)),
        (lambda t: np.array(t, copy=False), ("np.array",)),
        (lambda t: np.float64(t[0]), ("leave it out", "t[0]")),
        (lambda t: float(t[0]), ("float", "leave it out", "t[0].item()")),
        (lambda t: int(t[0]), ("int(t[0].item())",)),
        (lambda t: complex(t[0]), ("t[0] + 1j * h", "t.data")),
        (lambda t: math.exp(t[0]), ("math.exp", "np.exp", "t.data")),
        (lambda t: [1, 2, 3][t[0]], ("int(t[0].item())",)),
        (lambda t: range(t[0]), ("range(int(t[0].item()))",)),
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


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda t: np.array([t, t]), "np.stack or np.concatenate"),
        (lambda t: np.full((2, 2), t), "t * np.ones(shape)"),
        (lambda t: np.r_[t, t], "np.concatenate([a, b])"),
        (lambda t: np.c_[t, t], "np.column_stack([a, b])"),
    ],
)
def test_what_numpy_does_not_dispatch_says_what_to_write(call, words):
    with raises(TypeError, words):
        call(al.Tensor([1.0, 2.0]))


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
    y = np.einsum(t, [0], [0])
    assert type(y) is al.Tensor and (y.data == t.data).all()


# ---- gradients that are not there ----


def test_grad_of_what_is_no_leaf(t):
    y = np.exp(t)
    np.sum(y).backward()
    with raises(AttributeError, "exp", "al.grad"):
        y.grad  # noqa: B018
    assert t.grad is not None


def test_grad_before_backward(t):
    assert t.grad is None
