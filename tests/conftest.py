"""What the tests share: how hard Hypothesis tries, one random generator, golden files."""

import gc
import os
from functools import partial

import numpy as np
import pytest
from hypothesis import settings

from tests.support.golden import check_golden

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=20, print_blob=True)
settings.register_profile("dev", deadline=None, max_examples=10)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


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
