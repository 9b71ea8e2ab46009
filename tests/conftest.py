"""What the tests share: how hard Hypothesis tries, one random generator, golden files."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "support" / "golden"

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
    """``golden(name, text)``: the text is what ``tests/support/golden/name`` holds."""

    def check(name, text):
        path = GOLDEN / name
        if request.config.getoption("--overwrite"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {name}: look at the text, then pytest --overwrite"
        assert text == path.read_text(encoding="utf-8")

    return check
