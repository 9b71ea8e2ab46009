"""Random programs at the borders of NumPy: a few here, many by `make fuzz`."""

import os
from itertools import count

import numpy as np
import pytest

from tests.support import fuzz

#: How many programs; `make fuzz` sets it.
PROGRAMS = int(os.environ.get("FUZZ", "40"))
START = int(os.environ.get("FUZZ_START", "0"))


@pytest.mark.parametrize("block", range(max(1, PROGRAMS // 40)))
def test_programs(block):
    for seed in range(START + 40 * block, START + 40 * (block + 1)):
        with np.errstate(all="ignore"):
            try:
                fuzz.check(fuzz.Program(seed))
            except Exception as error:
                error.add_note(f"this is {fuzz.Program(seed)}")
                raise


@pytest.fixture
def jax_in_double():
    jax = pytest.importorskip("jax", reason="JAX is not installed, so it has no say here")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("block", range(max(1, PROGRAMS // 40)))
def test_programs_against_jax(block, jax_in_double):
    """A tenth of as many, since JAX compiles each step of each."""
    for seed in range(START + 40 * block, START + 40 * (block + 1), 10):
        try:
            fuzz.check_against_jax(seed)
        except Exception as error:
            error.add_note(f"this is {fuzz.Program(seed)}, without lists")
            raise


def test_a_wrong_rule_is_found_by_jax(jax_in_double, monkeypatch):
    monkeypatch.setattr(fuzz.ForJax, "at_add", staticmethod(lambda x, key, values: x))
    for seed in count():
        assert seed < 60, "no program shows it"
        try:
            fuzz.check_against_jax(seed)
        except AssertionError:
            return


def test_every_operation_is_drawn():
    drawn = set()

    def watched(step):
        def run(rng, x, y):
            made = step(rng, x, y)
            drawn.add(step)
            return made

        return run

    original = list(fuzz.OPERATIONS)
    try:
        fuzz.OPERATIONS[:] = map(watched, original)
        for seed in range(40):
            program = fuzz.Program(seed)
            program(*program.args)
    finally:
        fuzz.OPERATIONS[:] = original
    assert drawn == {*original}


@pytest.mark.parametrize("bug", ["keys are kept", "objects are constants"])
def test_a_planted_bug_is_found(bug, monkeypatch):
    """What the engine does at the borders is taken back, and some program shows it."""
    from autograd_lite.core import record, tensor

    if bug == "keys are kept":
        monkeypatch.setattr(tensor, "kept_key", lambda x: x)
        monkeypatch.setattr(record, "kept", lambda x: x)
    else:
        monkeypatch.setattr(record, "is_sequence", lambda x: False)
    for seed in count():
        assert seed < 200, "no program shows it"
        try:
            with np.errstate(all="ignore"):
                fuzz.check(fuzz.Program(seed))
        except Exception:
            return
