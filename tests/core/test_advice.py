"""Advice beside the table of callers: missing rules, names that Tensors lack, lists, errors."""

import re
import subprocess
import sys

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite import special
from autograd_lite.core.advice import missing, remedies
from autograd_lite.core.advice.attributes import ATTRIBUTES
from autograd_lite.core.asking import Detached
from autograd_lite.core.errors import NoRule
from autograd_lite.core.registry import COMPOSED, CONSTANT, PRIMITIVES
from tests.support.errors import raises
from tests.support.sources import ROOT

X = np.array([0.5, 2.0, 1.5])


# ---- the table ----


@pytest.mark.parametrize("name", sorted(remedies.REMEDIES))
def test_every_remedy_is_a_sentence(name):
    remedy = remedies.REMEDIES[name]
    text = remedy if isinstance(remedy, str) else remedy(name)
    assert text and not text.endswith(".") and len(text.partition("\n")[0]) < 250


def test_nothing_is_read_on_the_way_without_an_error():
    script = (
        "import sys, numpy as np, autograd_lite as al\n"
        "al.grad(lambda x: np.sum(np.tanh(x) ** 2))(np.ones(3))\n"
        "print(*[name for name in sys.modules if 'advice' in name])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    assert run.stdout.split() == []


# ---- missing rules ----


def without_rules():
    """The functions of NumPy that reach us and have no rule."""
    for module, path in ((np, "np"), (np.linalg, "np.linalg"), (np.fft, "np.fft")):
        for name in sorted(module.__all__):
            function = getattr(module, name)
            reaches = hasattr(function, "_implementation") or isinstance(function, np.ufunc)
            if reaches and not {function} & {*PRIMITIVES, *COMPOSED, *CONSTANT}:
                yield f"{path}.{name}", function


FUNCTIONS = dict(without_rules())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_missing_rule_names_what_users_can_write(name):
    text = str(missing.no_rule(FUNCTIONS[name], (*PRIMITIVES, *COMPOSED)))
    assert text.startswith(f"autograd_lite has no derivative rule for {name}")
    near = re.search(r"Near it are: (.*?)\. To add", text)
    for other in near[1].split(", ") if near else ():
        assert other != name  # others may be functions of other tests
        assert not other.startswith("np.") or callable(eval(other, {"np": np}))
    rule = re.search(r"al\.rule\((.*?), ", text)
    assert not rule or eval(rule[1], {"np": np}) is FUNCTIONS[name]


@pytest.mark.parametrize("name", ["np.save", "np.savez", "np.savez_compressed", "np.savetxt"])
def test_no_rule_is_suggested_for_what_writes_files(name):
    text = str(missing.no_rule(FUNCTIONS[name], PRIMITIVES))
    assert "al.rule" not in text and "save t.data" in text


def test_private_names_are_not_named():
    scipy = pytest.importorskip("scipy")
    from scipy.special import ellip_harm

    for f in (
        lambda x: np.sum(scipy.special.ellip_harm(5.0, 8.0, 2, 1, x)),
        lambda x: np.sum(ellip_harm(5.0, 8.0, 2, 1, x)),
    ):
        with pytest.raises(NoRule, match=r"scipy\.special\.ellip_harm") as caught:
            al.grad(f)(X)
        assert "_ellip_harm" not in str(caught.value)


def test_homes_are_pointed_to():
    for name in special.__all__:
        with pytest.raises(AttributeError, match=rf"it is al\.special\.{name}"):
            getattr(al, name)
        assert callable(getattr(al.special, name))
    with pytest.raises(AttributeError, match=r"it is al\.testing\.check_grads"):
        al.check_grads  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'nonsense'$"):
        al.nonsense  # noqa: B018


def test_the_step_that_is_spelled_out_works():
    """For functions of other packages that stand in no table."""
    scope = {"np": np, "__name__": "another.shapes"}
    source = "def cubed(x, scale=1.0):\n    return scale * np.asarray(x) ** 3"
    exec(compile(source, "/lib/site-packages/another/shapes.py", "exec"), scope)
    cubed = scope["cubed"]
    with pytest.raises(Detached) as caught:
        al.grad(lambda t: np.sum(cubed(t, scale=2.0)))(X)
    code = str(caught.value).partition("\n    ")[2].replace("\n    ", "\n")
    scope |= {"al": al}
    exec(code.replace("y: g * …", "y: g * 6 * x**2"), scope)
    own = scope["cubed_"]
    np.testing.assert_allclose(al.grad(lambda t: np.sum(own(t)))(X), 6 * X**2)


# ---- what Tensors offer ----

ABSENT = ("sort", "partition", "fill", "put", "itemset", "setfield", "resize", "byteswap", "view")
ARGUMENTS = {
    "clip": (0.0,),  # before NumPy 2.1 one bound has to be given
    "choose": None,  # of integers, so it is a constant
    "compress": ([True, False, True],),
    "dot": (X,),
    "repeat": (2,),
    "reshape": (3, 1),
    "searchsorted": (1.0,),
    "swapaxes": (0, 0),
    "take": ([0],),
    "argpartition": (1,),
    "astype": (np.float32,),
    "diagonal": None,  # of matrices
    "trace": None,
    "backward": (X,),
}


def test_no_method_only_refuses():
    t = al.Tensor(X)
    assert not set(ABSENT) & set(dir(al.Tensor))
    for name in sorted({*dir(al.Tensor)} - {"backward_pass", "mT"}):
        method = getattr(t, name, None)
        arguments = ARGUMENTS.get(name, ())
        if name[0] != "_" and callable(method) and arguments is not None:
            if name == "item":
                t[0].item()
            else:
                method(*arguments)
    matrix = al.Tensor(np.ones((2, 2)))
    assert matrix.trace().data == 2 and matrix.diagonal().shape == (2,)


def test_what_people_type():
    def f(t):
        assert type(t.numpy()) is type(t.detach()) is np.ndarray
        t.numpy()[0] = 7.0  # a copy of the caller's own
        assert t.tolist() == t.numpy().tolist() == t.detach().tolist() == X.tolist()
        return np.sum(t * t.detach())

    np.testing.assert_array_equal(al.grad(f)(X), X)
    program = al.trace(al.grad(lambda t: np.sum(t * t.detach())), X)
    np.testing.assert_array_equal(program(2 * X), 2 * X)
    with pytest.raises(TypeError, match="the value of a Tensor was taken off the tape"):
        al.grad(lambda t: np.sum(t.numpy()))(X)
    assert round(al.Tensor(2.567), 1) == 2.6 and round(al.Tensor(2.567)) == 3
    assert f"{al.Tensor(2.567):.1f}" == "2.6"


SCOPE = {
    "np": np,
    "al": al,
    "shape": (3, 1),
    "kth": 1,
    "index": slice(None),
    "v": X,
    "u": X,
    "p": 2.0,
    "value": 1.0,
    "dtype": np.float32,
    "axis": 0,
    "axes": (0,),
    "x": X,
    "file": None,
    "f": np.sum,
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_name_that_tensors_lack_says_what_to_write(name):
    with raises(AttributeError, f"a Tensor has no {name}; write ", f"at {__file__}"):
        al.grad(lambda t: getattr(t, name))(X)
    remedy = re.split(r", for |, or | or |, np\.|, of |, and ", ATTRIBUTES[name])[0]
    if remedy in ("t itself", "nothing") or "file" in remedy:
        return
    t = al.Tensor(np.diag(X) if "linalg" in remedy else X)
    exec(f"result = {remedy.partition(' = ')[2] or remedy}", {**SCOPE, "t": t})


def test_functions_of_numpy_are_no_methods():
    with raises(AttributeError, "a Tensor has no exp; write np.exp(t)"):
        al.grad(lambda t: np.sum(t.exp()))(X)
    with pytest.raises(AttributeError, match=r"no attribute 'nonsense'$"):
        al.grad(lambda t: t.nonsense)(X)


# ---- lists ----


@pytest.mark.parametrize(
    "f", [lambda x: np.sum(x), lambda x: np.sum(x**2), lambda x: np.sum(np.exp(x))]
)
def test_an_argument_that_is_a_list(f):
    with raises(TypeError, "the argument x is a list: pass np.array([…]) in its place"):
        al.grad(f)([1.0, 2.0])
    assert al.grad(f)(np.array([1.0, 2.0])).shape == (2,)


def test_arithmetic_of_lists():
    def f(t):
        values = [t[0], t[1] ** 2]
        return np.sum(values * 2.0)

    with raises(TypeError, "use np.stack(values)"):
        al.grad(f)(X)


# ---- errors of others, and those of users ----


def test_what_users_raise_stays():
    def own(t):
        try:
            np.asarray(t)
        except TypeError:
            raise ValueError("no Tensor here") from None

    def from_ours(t):
        try:
            np.asarray(t)
        except TypeError as error:
            raise ValueError("no Tensor here") from error

    for f in (own, from_ours):
        with pytest.raises(ValueError, match=r"^no Tensor here$"):
            al.grad(f)(X)
    with pytest.raises(KeyError):
        al.grad(lambda t: {}["Tensor"])(X)


def test_by_whatever_transform_and_level():
    def f(x):
        a = np.zeros(3)
        a[0] = x[0]
        return np.sum(a)

    for run in (
        lambda: al.grad(f)(X),
        lambda: al.value_and_grad(f)(X),
        lambda: al.vjp(f, X),
        lambda: al.jacobian(f)(X),
        lambda: al.hessian(f)(X),
        lambda: al.grad(lambda x: np.sum(al.grad(f)(x)))(X),
    ):
        with raises(Detached, "a[0]", "a = al.at_set(a, 0, x[0])", f"at {__file__}", "a[0] = x[0]"):
            run()


def test_where_the_source_is_not_known():
    scope = {"np": np}
    exec("f = lambda x: np.sum(np.asarray(x))", scope)
    with raises(Detached, "np.array asks", "at <string>:1"):
        al.grad(scope["f"])(X)
