"""al.compare on derivations like those of students: wrong is wrong and named, right is right."""

import re
import warnings

import numpy as np
import pytest

import autograd_lite as al
from tests.support.derivations import CASES, arguments


def report(name, good, args):
    loss, back = CASES[name][:2]
    return al.compare(lambda *a: back(good, *a), loss, *args)


@pytest.mark.parametrize("name", CASES)
def test_right_is_right(name, rng):
    """For arguments as they are, large, small, and in float32."""
    args = arguments(name, rng)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert report(name, True, args)
        for scale in (8.0, 1e-3):
            scaled = [x * scale if x.dtype.kind == "f" and np.any(x != np.round(x)) else x
                      for x in map(np.asarray, args)]  # fmt: skip
            assert report(name, True, scaled)
        single = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in map(np.asarray, args)]
        assert report(name, True, single)


@pytest.mark.parametrize("name", CASES)
def test_wrong_is_wrong_and_named(name, rng):
    said = report(name, False, arguments(name, rng))
    assert not said
    firsts = [v.text for v in said.verdicts if not v.right and not v.follows]
    assert any(re.search(CASES[name][2], text) for text in firsts), said
    assert not re.search(r"\bt\d+\b", str(said)), said


#: What no student does, so that there is nothing to name.
NONSENSE = {
    "cosine": np.cos,
    "squared": lambda g: g * np.abs(g) + g**2,
    "noisy": lambda g: g * np.random.default_rng(3).uniform(0.5, 1.5, size=np.shape(g)),
}


@pytest.mark.parametrize("name", CASES)
def test_no_name_rather_than_a_misleading_one(name, rng):
    loss, back = CASES[name][:2]
    args = arguments(name, rng)
    for spoil in NONSENSE.values():

        def hand(*a, spoil=spoil):
            first, *rest = back(True, *a)
            return (spoil(first), *rest)

        said = al.compare(hand, loss, *args)
        wrong = [v.text for v in said.verdicts if not v.right]
        if np.size(hand(*args)[0]) > 1:  # any number is a multiple of another
            assert len(wrong) == 1 and "wrong: no simple mistake explains it" in wrong[0], said
