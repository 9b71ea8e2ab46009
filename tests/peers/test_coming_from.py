"""Every line of `docs/coming-from/` is true, of the other package and of ours.

A page has two blocks, first ours, then theirs.  Below them a line of a table is `theirs | ours`:
code that gives the same numbers after its block, or what each gives behind an arrow.
"""

import ast
import builtins
import re
from typing import NamedTuple

import numpy as np
import pytest

from tests.support.sources import ROOT, read

FOLDER = ROOT / "docs" / "coming-from"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CELL = r"`([^`]+)`(?: → `([^`]+)`)?"
ROW = re.compile(rf"^\| {CELL} \| {CELL} \|", re.MULTILINE)


class Side(NamedTuple):
    """One package's side of a line: its block, the code, and what it gives, if that is said."""

    block: str
    code: str
    said: str

    def run(self):
        """What the code gives, with the names of its block, and those names."""
        names = {}
        exec(self.block, names)
        *before, last = ast.parse(self.code).body
        exec(compile(ast.Module(before, []), "<cell>", "exec"), names)
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names), names

    def check(self):
        """What the code gives is what is said of it; where nothing is said, it is returned."""
        if not self.said:
            return self.run()[0]
        if isinstance(kind := vars(builtins).get(self.said), type):
            with pytest.raises(kind):
                self.run()
            return None
        value, names = self.run()
        said = eval(self.said, names)
        same(value, np.array(said) if isinstance(said, list) else said)
        return value


def lines():
    for page in sorted(FOLDER.glob("*.md")):
        text = read(page)
        ours, theirs = BLOCK.findall(text)
        for row in ROW.finditer(text):
            sides = Side(theirs, row[1], row[2]), Side(ours, row[3], row[4])
            yield pytest.param(page.stem, *sides, id=f"{page.stem}: {row[3]}")


LINES = [*lines()]


def plain(value):
    """The numbers of a result, in a list of arrays; texts and the like stand for themselves."""
    match value:
        case dict():
            return [array for key in sorted(value) for array in plain(value[key])]
        case list() | tuple():
            return [array for each in value for array in plain(each)]
    match type(value).__module__.partition(".")[0]:
        case "torch":
            return [value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)]
        case "mygrad" | "micrograd" | "autograd_lite":
            return [np.asarray(value.data)]
    return [np.asarray(value)]


def same(one, other):
    for a, b in zip(plain(one), plain(other), strict=True):
        if a.dtype.kind not in "fc":
            assert a.tolist() == b.tolist()
            continue
        single = 4 in (a.dtype.itemsize, b.dtype.itemsize)
        np.testing.assert_allclose(a, b, rtol=1e-5 if single else 1e-10, atol=1e-12)


@pytest.mark.parametrize("package, theirs, ours", LINES)
def test_ours(package, theirs, ours):
    """Without the other package what is said of ours is checked."""
    ours.check()


@pytest.mark.filterwarnings("ignore")  # those of other packages
@pytest.mark.parametrize("package, theirs, ours", LINES)
def test_both(package, theirs, ours):
    pytest.importorskip(package.replace("pytorch", "torch"))
    one, other = theirs.check(), ours.check()
    assert bool(theirs.said) == bool(ours.said)
    if not ours.said:
        same(one, other)


@pytest.mark.parametrize("package", ["autograd", "jax", "pytorch", "mygrad", "micrograd"])
def test_every_package_has_its_lines(package):
    assert sum(line.values[0] == package for line in LINES) >= 8
