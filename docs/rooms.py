"""Draw the rooms of the house: which part of the code imports which, read from the code itself.

    python -m docs.rooms

writes ``docs/figures/rooms.svg``.  An arrow points down, to what a room imports.  Arrows that
follow from others are left out, so that the floors are seen at one glance.
"""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from textwrap import wrap

from autograd_lite.readers.graph import render

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "figures" / "rooms.svg"
PACKAGES = ("autograd_lite", "nn", "examples", "benchmarks")


def room_of(module: str) -> str:
    """The room that a module is in: ``autograd_lite.core.tape`` is in ``autograd_lite.core``."""
    package, *inner = module.split(".")
    if package != "autograd_lite" or not inner:
        return package
    path = ROOT / package / inner[0]
    return f"{package}.{inner[0]}" if path.is_dir() or path.with_suffix(".py").exists() else package


def rooms() -> dict[str, str]:
    """Every room with the first line of its docstring."""
    return {
        module: (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition(
            "\n"
        )[0]
        for module, path in modules()
        if module == room_of(module)
    }


def modules() -> list[tuple[str, Path]]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [(name.removesuffix(".__init__"), path) for name, path in zip(names, paths)]


def imports() -> dict[str, set[str]]:
    """For each room the rooms that it imports."""
    arrows: dict[str, set[str]] = {name: set() for name in rooms()}
    for module, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            used = {room_of(name) for name in names if name.partition(".")[0] in PACKAGES}
            arrows[room_of(module)] |= used - {room_of(module)}
    return arrows


def reduced(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows that do not follow from others."""
    below: dict[str, set[str]] = {}
    for name in TopologicalSorter(arrows).static_order():  # raises CycleError for a circle
        below[name] = arrows[name].union(*(below[other] for other in arrows[name]))
    return {
        name: {other for other in mine if not any(other in below[third] for third in mine)}
        for name, mine in arrows.items()
    }


def dot() -> str:
    """The picture in the language of Graphviz."""
    lines = [
        "digraph rooms {",
        '    graph [rankdir="TB", nodesep=0.35, ranksep=0.4]',
        '    node [shape=box, style="rounded,filled", fillcolor="#eef3fb", margin="0.3,0.08"]',
        '    node [fontname="Helvetica", fontsize=11]',
        '    edge [color="#5b6b82", arrowsize=0.7]',
    ]
    for name, says in rooms().items():
        short = name.removeprefix("autograd_lite.").upper()
        text = "\\n".join([short, *wrap(says.replace("`", ""), 40)])
        lines.append(f'    "{name}" [label="{text}"]')
    for name, others in reduced(imports()).items():
        lines += [f'    "{name}" -> "{other}"' for other in sorted(others)]
    return "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    render.save(dot(), PICTURE)
    print(f"the rooms are drawn in {PICTURE}")
