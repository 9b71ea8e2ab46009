"""What the tests share: one random generator, golden files, a browser."""

import gc
import os
import signal
from functools import partial

import numpy as np
import pytest

import tests.support.effort  # noqa: F401  (loads the profile of Hypothesis)
from tests.support.browsing import browsing, tabs
from tests.support.golden import check_golden

# What a child prints is read as UTF-8, so that is what it writes, on Windows too.
os.environ.setdefault("PYTHONUTF8", "1")


def pytest_addoption(parser):
    parser.addoption("--overwrite", action="store_true", help="write the golden files anew")
    parser.addoption("--most", type=int, metavar="N", help="N of a test's parameters at most")


def pytest_collection_modifyitems(config, items):
    """With ``--most`` a test that runs over rows takes some of them, evenly spaced."""
    if most := config.getoption("--most"):
        of_tests = {}
        for item in items:
            of_tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
        kept = {item for some in of_tests.values() for item in some[:: -(-len(some) // most)]}
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def no_collector():
    """What is freed is freed by reference counting; and nobody's finalisers run meanwhile."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def interruptible():
    """Ctrl-C interrupts, which what was started in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def golden(request):
    """``golden(name, text)``: the text is what the golden file of that name holds."""
    return partial(check_golden, overwrite=request.config.getoption("--overwrite"))


@pytest.fixture(scope="module")  # no longer, since its event loop would be in the way of others
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture
def visit(browser):
    """``visit(page)``: the page in a tab of Chromium, which has to load without an error."""
    with tabs(browser) as open_tab:
        yield open_tab
