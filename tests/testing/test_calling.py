"""How a function that is tested is called, for packages that need not be there."""

import math
import re
from functools import partial

import numpy as np
import pytest

from autograd_lite.testing import adapters, calling, check_grads

X = np.random.default_rng(0).normal(size=(3, 4))


class Doubled:
    """A network in the manner of other packages: called, it runs its ``forward``."""

    def __call__(self, *args):
        return self.forward(*args)

    def forward(self, hidden, factor=2.0):
        return factor * hidden


@pytest.mark.parametrize(
    "f, name, first",
    [
        (np.sin, "sin", "x"),
        (partial(np.multiply, X), "multiply", "x1"),
        (lambda hidden: hidden, "<lambda>", "hidden"),
        (Doubled(), "Doubled", "hidden"),
        (Doubled().forward, "forward", "hidden"),
    ],
)
def test_names(f, name, first):
    assert calling.name_of(f) == name
    assert check_grads(f, (X,)).function == name
    if not isinstance(f, partial):
        assert calling.names_of(f, 1) == [first]


def test_jax_without_its_adapter():
    jnp = pytest.importorskip("jax.numpy")
    for f in (jnp.tanh, lambda x: jnp.sum(x * x)):
        with pytest.raises(TypeError) as error:
            check_grads(f, (X,))
        vjp = eval(re.search(r"give vjp=(\S+)", error.value.__notes__[-1])[1])
        assert check_grads(f, (X,), vjp=vjp).ok  # the remedy
    with pytest.raises(TypeError, match=r"args\[0\] is a \w+ of jax; give vjp=adapters\.jax"):
        check_grads(jnp.tanh, (jnp.ones(3),))
    assert check_grads(jnp.tanh, (jnp.ones(3),), vjp=adapters.jax).ok


def test_errors_of_a_function_of_numpy_have_no_note():
    with pytest.raises(ValueError) as error:
        check_grads(lambda x: x @ np.ones(7), (X,))
    assert not getattr(error.value, "__notes__", ())


def test_a_lower_precision_is_said_where_it_is_why():
    """A backward pass by differences is right in float64, and has no digits in float32."""

    def slope(x, g):  # one by one, which no arithmetic of NumPy's can look into
        exp = lambda t: x.dtype.type(math.exp(x.dtype.type(t)))
        slopes = [(exp(t + 1e-6) - exp(t - 1e-6)) / 2e-6 for t in np.asarray(x).ravel().tolist()]
        return g * np.array(slopes, x.dtype).reshape(x.shape)

    with pytest.raises(AssertionError, match=r"note: in float64 it passes: .* loses digits"):
        check_grads(np.exp, (np.float32(X),), vjp=adapters.by_hand(slope))
    with pytest.raises(AssertionError) as error:
        check_grads(np.exp, (np.float32(X),), vjp=adapters.by_hand(lambda x, g: 2 * slope(x, g)))
    assert "in float64" not in str(error.value)


def test_a_number_that_may_be_an_option():
    def scaled(x, factor):
        return factor * x

    backward = adapters.by_hand(lambda x, factor, g: (g * factor, 0.0))
    with pytest.raises(AssertionError, match=r"factor is the number 3\.0: .*argnums=\(0,\)"):
        check_grads(scaled, (X, 3.0), vjp=backward)
    assert check_grads(scaled, (X, 3.0), vjp=backward, argnums=(0,)).ok  # the remedy
