"""These tests are of programs that NumPy runs; `tests/native` has those of native code."""

import pytest

from autograd_lite.compiling import compiled


@pytest.fixture(autouse=True)
def by_numpy(monkeypatch):
    monkeypatch.setattr(compiled, "is_installed", lambda: False)
