"""What the tests share: one random generator, golden files."""

import gc
import os
from functools import partial

import numpy as np
import pytest

import tests.support.effort  # noqa: F401  (loads the profile of Hypothesis)
from tests.support.golden import check_golden

# What a child prints is read as UTF-8, so that is what it writes, on Windows too.
os.environ.setdefault("PYTHONUTF8", "1")


def pytest_addoption(parser):
    parser.addoption("--overwrite", action="store_true", help="write the golden files anew")


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
def golden(request):
    """``golden(name, text)``: the text is what the golden file of that name holds."""
    return partial(check_golden, overwrite=request.config.getoption("--overwrite"))
