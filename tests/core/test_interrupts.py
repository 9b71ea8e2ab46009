"""Ctrl-C at any moment leaves no mode behind: a stress test with real signals."""

import signal
import threading
import time

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.core.tensor import KIND, Tensor
from autograd_lite.core.tracked import LEFT

X = np.array([0.5, 2.0])
HITS = 100


def loss(x):
    return np.sum(np.tanh(x) * x)


def debugged():
    with al.debug():
        al.grad(loss)(X)


RUNS = {
    "debug": debugged,
    "trace": lambda: al.trace(al.value_and_grad(loss), X),
    "hessian": lambda: al.hessian(loss)(X),
    "checkpoint": lambda: al.grad(al.checkpoint(loss))(X),
}


@pytest.fixture
def alarm():
    """An alarm that interrupts as Ctrl-C does."""

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer")
@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals reach one thread"
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as in a __del__
@pytest.mark.parametrize("name", RUNS)
def test_no_mode_is_left_behind(name, alarm, rng):
    run, before = RUNS[name], np.geterr()
    run()  # what is imported and read late is so already
    start = time.perf_counter()
    run()
    lasts = time.perf_counter() - start
    hit = rounds = 0
    while hit < HITS and rounds < 100 * HITS:
        rounds += 1
        try:
            alarm(max(1e-6, rng.uniform(0, lasts)))
            run()
            alarm(0)
        except KeyboardInterrupt:
            hit += 1
        assert KIND.get(Tensor) is Tensor
        assert not LEFT and np.geterr() == before
    assert hit == HITS
    np.testing.assert_array_equal(al.grad(loss)(X), (1 - np.tanh(X) ** 2) * X + np.tanh(X))
