"""The explorer: one page that plays a program forward and then backward, a step at a time."""

import base64
import hashlib
import json
import linecache
import re
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from autograd_lite.programs.bodies import Scan
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.explorer.inline import page_of
from autograd_lite.readers.explorer.layers import layers
from autograd_lite.readers.explorer.turning import turn_values
from autograd_lite.readers.formula import mathml
from autograd_lite.readers.formula.equations import every_equation
from autograd_lite.readers.formula.numbering import Equation
from autograd_lite.readers.formula.turns import loops_in
from autograd_lite.readers.graph import render
from autograd_lite.readers.graph.drawing import dot
from autograd_lite.readers.graph.opened import Opened, steps_in
from autograd_lite.readers.source.spelling import expression

#: At most so many numbers are on a page, if matrices of 8 × 8 do not need more.
NUMBERS = 60_000
SIDES = (64, 32, 16, 8)
#: Of more steps there is no graph: laying it out takes long, and nobody finds a step in it.
DRAWN = 400
#: Loops stay closed where there would be more steps.
OPENED = 5000
DIGITS = 5
LABELLED = 64  # elements of exact or complex arrays that are written out
SCRIPTS = ("data.js", "heatmap.js", "panel.js", "stage.js", "player.js")


def explorer(listing: Listing, path: str | Path | None = None) -> str:
    """One page of HTML, without anything from outside, that plays a program step by step.

    For each step it shows formula, expression, the line that it comes from, shapes, value and
    gradient; arrays of more than 64 × 64 numbers as means over blocks.  The page is written to
    ``path``, which is returned; without a path, the text is, as which a notebook shows the page
    itself.  The graph on it needs what
    `autograd_lite.draw` needs for SVG; where that is missing, and for more than 400 steps, the page
    says so and lists the steps.

    >>> import numpy as np, autograd_lite as al
    >>> page = explorer(al.trace(al.grad(lambda x: np.sum(np.tanh(x))), np.ones(2)))
    >>> page.startswith("<!doctype html>"), "http-equiv" in page
    (True, True)
    """
    layered, boxes = layers(listing)
    text = page(contents(listing) | {"boxes": boxes}, picture(listing), layered)
    if path is None:
        return page_of(listing.name, text)
    Path(path).write_text(text, encoding="utf-8")
    return str(path)


# ---- what the page shows ----


def contents(listing: Listing) -> dict[str, Any]:
    """All that the page says, as plain numbers and texts; values are known by ``i0, c0, s0, …``."""
    arrays, loops = listing.values(), loops_in(listing)
    seen, labels = turn_values(listing, arrays, loops)
    formulas = every_equation(listing)
    shown: Any = Opened(listing, None, OPENED, (Scan,)) if loops else listing
    if loops:
        formulas = {shown.drawn(value): x for value, x in formulas.items()}
        arrays = shown.values() | {shown.drawn(v): turns[0] for v, (_, turns) in seen.items()}
    ids = shown.ids
    stacks = {shown.drawn(v): x for v, x in seen.items()} if loops else {}
    stacks = {value: x for value, x in stacks.items() if value in ids}
    side = finest([arrays[v] for v in ids] + [x for _, turns in stacks.values() for x in turns])
    values = {ids[value]: described(shown, value, arrays[value], side) for value in ids}
    for value, (loop, turns) in stacks.items():
        of = labels[loop.step.result]
        known = {"labels": of, "turns": [summary(x, side) for x in turns]}
        values[ids[value]] |= {"loop": known}
    for value, its_id in ids.items():
        primals = [ids[primal] for primal in value.gradient_of if primal in ids]
        values[its_id]["gradientOf"] = primals
        for primal in primals:
            values[primal]["gradient"] = its_id
    steps = [played(shown, step, ids, formulas) for step in shown.steps]
    for step in steps:
        for operand in step["operands"]:
            values[operand]["users"].append(step["id"])
    outputs = [ids[value] for value in shown.outputs if value in ids]
    return {"name": listing.name, "values": values, "steps": steps, "outputs": outputs}


def described(listing: Any, value: Value, x: Any, side: int) -> dict[str, Any]:
    kind = "constant" if value.is_constant else "step" if value.step else "input"
    path = value.path or ""
    known = {"name": listing.names[value], "kind": kind, "path": path, "users": []}
    return known | summary(x, side)


def played(
    listing: Any, step: Step, ids: dict[Value, str], formulas: dict[Value, Equation]
) -> dict[str, Any]:
    """One step of the program, as one picture of the film."""
    equation = formulas.get(step.result)
    file, _, line = step.line.rpartition(":")
    return {
        "id": ids[step.result],
        "operands": [ids[value] for value in dict.fromkeys(step.operands)],
        "function": step.name,
        "text": expression(step, listing.names),
        "formula": mathml.formula(equation) if equation else "",
        "file": re.split(r"[\\/]", file)[-1],
        "line": line,
        "code": linecache.getline(file, int(line)).strip() if line.isdigit() else "",
        "scope": step.scope,
        "backward": step.through is not None,
        "through": ids.get(step.through) if step.through else None,
        "of": ids.get(step.of) if step.of else None,
    }


def finest(arrays: list[Any]) -> int:
    """The most rows and columns by which matrices can be shown on a page of `NUMBERS` numbers."""
    shapes = [as_matrix(x).shape for x in arrays if not isinstance(x, (tuple, list))]
    for side in SIDES:
        if sum(int(np.prod(np.minimum(shape, side))) for shape in shapes) <= NUMBERS:
            return side
    return SIDES[-1]


def picture(listing: Listing) -> tuple[str, str]:
    """The graph of a program as SVG, and if there is none, why."""
    if steps_in(listing) > DRAWN:
        return "", (
            f"{steps_in(listing):,} steps are too many for a graph with a node for each (there is "
            f"one up to {DRAWN}); al.draw(program) draws repeated steps as one"
        )
    try:
        text = render.svg(dot(listing, mode="both", fold=False, opens=(Scan,)).source)
    except (ImportError, RuntimeError, OSError) as error:
        return "", str(error)
    return text, ""


# ---- an array as a few numbers ----


def as_matrix(x: Any) -> Any:
    """An array as a matrix: a vector is a row, more axes are rows of the last one."""
    x = np.asarray(x)
    return x.reshape(-1, x.shape[-1]) if x.ndim > 1 and x.size else x.reshape(1, -1)


def real(x: Any) -> Any:
    """The numbers that a colour is made of, in float64: of complex numbers, the absolute value."""
    try:
        if x.dtype.kind == "c":
            return np.abs(x).astype(np.float64)
        return x.astype(np.float64)
    except (TypeError, ValueError):  # an array of other objects
        return None


def blocks(x: Any, side: int) -> Any:
    """Means over blocks of a matrix, so that at most ``side`` rows and columns remain."""
    for axis, n in enumerate(x.shape):
        if n > side:
            edges = np.arange(side + 1) * n // side
            sums = np.add.reduceat(x, edges[:-1], axis=axis)
            x = sums / np.expand_dims(np.diff(edges), 1 - axis)
    return x


def summary(x: Any, side: int = 64) -> dict[str, Any]:
    """Shape, dtype, extremes and mean of an array, and at most ``side`` × ``side`` numbers of it.

    A larger array gives the means over blocks of it, and ``corners``: its own numbers there.  What
    is no number is a string: ``"nan"``, ``"inf"``, ``"-inf"``.

    >>> import numpy as np
    >>> summary(np.array([[1.0, -2.0]]))["cells"]
    [[1.0, -2.0]]
    >>> len(summary(np.zeros((1000, 2000)))["cells"])
    64
    """
    if isinstance(x, (tuple, list)):
        return {"shape": f"{len(x)} arrays", "dtype": "", "size": len(x)}
    whole = np.asarray(x)
    found: dict[str, Any] = {
        "shape": " × ".join(map(str, whole.shape)) or "scalar",
        "dtype": str(whole.dtype),
        "size": whole.size,
    }
    numbers = real(matrix := as_matrix(whole))
    if numbers is None or not whole.size:
        return found
    with np.errstate(all="ignore"):
        cells = blocks(numbers, side)
        parts = (np.min(numbers), np.max(numbers), np.mean(numbers))
    found |= zip(("min", "max", "mean"), map(short, parts))
    found["cells"] = [[short(c) for c in row] for row in cells]
    found["rows"], found["columns"] = numbers.shape
    if cells.shape != numbers.shape:
        found["corners"] = [short(numbers[i, j]) for i in (0, -1) for j in (0, -1)]
    elif whole.dtype.kind in "Oc" and whole.size <= LABELLED:
        found["labels"] = [[str(entry) for entry in row] for row in matrix]
    return found


def short(number: Any) -> float | str:
    """A number with a few digits."""
    return float(f"{number:.{DIGITS}g}") if np.isfinite(number) else str(float(number))


# ---- the page ----


def page(shown: dict[str, Any], drawn: tuple[str, str], layered: str = "") -> str:
    """The template with everything in its place; only its own script may run in a browser."""
    script = "".join(map(template, SCRIPTS))
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # inside of a script element, text ends at the first "</": no "<" may stand there
    data = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    svg, missing = drawn
    parts = {
        "title": escape(shown["name"]),
        "script": script,
        "style": template("page.css"),
        "hash": allowed,
        "data": data,
        "graph": svg,
        "layers": layered,
        "missing": escape(missing),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template("page.html"))


def template(name: str) -> str:
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")
