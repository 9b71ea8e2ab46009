"""The five jobs of `docs/how-to/nn.md`: as short as with Keras and PyTorch, the same outcome."""

import re

import numpy as np
import pytest

from tests.support.sources import ROOT

PAGE = (ROOT / "docs/how-to/nn.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## The same five jobs") :]
HEAD, *JOBS = re.split(r"^### (.*)\n", SECTION, flags=re.MULTILINE)
NAMES, TEXTS = JOBS[::2], JOBS[1::2]
FENCED = re.compile(r"^```(python|py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DATA = FENCED.search(HEAD)[2]
ROWS = [[*map(str.strip, line.split("|")[1:-1])] for line in HEAD.splitlines() if "|" in line][2:]

#: Of each job: what it is measured by, the worst that is good, and how far two may be apart.
MEASURED = [
    ("accuracy", 0.95, 0.04),
    ("accuracy", 0.95, 0.04),
    ("accuracy", 0.93, 0.05),
    ("validation loss", 0.4, 0.25),
    ("validation loss", 0.04, 0.03),
]
RESTORED = (0, 4)  # the jobs that give back their best model


def codes(text):
    """Ours, and those of Keras and PyTorch."""
    found = FENCED.findall(text)
    assert [kind for kind, _ in found] == ["python", "py", "py"]
    return [code for _, code in found]


def lines(code):
    return sum(bool(line.strip()) for line in code.splitlines())


def test_there_are_five_jobs():
    assert len(NAMES) == len(ROWS) == len(MEASURED) == 5
    assert [row[0] for row in ROWS] == NAMES


@pytest.mark.parametrize("job", range(5))
def test_lines_are_equal_or_fewer(job):
    """And none is longer than the formatter of this project lets it be."""
    ours, *others = [lines(code) for code in codes(TEXTS[job])]
    assert ours <= min(others)
    assert [str(n) for n in (ours, *others)] == ROWS[job][1:4]
    assert all(len(line) <= 100 for code in codes(TEXTS[job]) for line in code.splitlines())


@pytest.fixture(scope="module")
def ours():
    """What each job of ours comes to; the blocks are one script, as a reader would run them."""
    names, found = {"__name__": "page"}, []
    exec(DATA, names)
    for job, text in enumerate(TEXTS):
        exec(codes(text)[0], names)
        history, name = names["history"], MEASURED[job][0]
        series = history.series(name)
        best = max if name == "accuracy" else min
        found.append(best(series) if job in RESTORED else series[-1])
        if job in RESTORED:
            assert series[history.steps.index(history.best)] == best(series)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("job", range(5))
def test_they_come_to_what_the_page_says(job, ours):
    name, good, apart = MEASURED[job]
    assert ours[job] >= good if name == "accuracy" else ours[job] <= good
    assert abs(ours[job] - float(ROWS[job][5])) <= apart


@pytest.fixture(scope="module")
def theirs():
    pytest.importorskip("torch", reason="the comparison with PyTorch needs PyTorch")
    names, found = {"__name__": "page"}, []
    exec(DATA, names)
    for text in TEXTS:
        exec(codes(text)[2], names)
        found.append(names["score"])
    return found


@pytest.mark.parametrize("job", range(5))
def test_pytorch_comes_to_the_same(job, ours, theirs):
    name, good, apart = MEASURED[job]
    assert theirs[job] >= good if name == "accuracy" else theirs[job] <= good
    assert abs(ours[job] - theirs[job]) <= apart
    assert np.isclose(theirs[job], float(ROWS[job][7]), atol=apart)
