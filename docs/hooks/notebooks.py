"""Notebooks as pages: they are kept without outputs, and executed when the site is built.

With ``NOTEBOOKS=unexecuted`` in the environment their pages show the code alone.
"""

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from mkdocs.structure.files import File, Files
from nbclient import NotebookClient

from docs.hooks.mathematics import mathml

ROOT = Path(__file__).parents[2]
OUTPUT = "<!-- output {} {} -->"
MARK = re.compile(r"(?:<p>)?<!-- output (\S+) (\d+) -->(?:</p>)?")
COLOUR = re.compile(r"\x1b\[[\d;]*m")

#: What is shown of an output that comes in several forms: the first that it has.
FORMS = ("text/html", "image/svg+xml", "image/png", "text/latex", "text/plain")

outputs: dict[tuple[str, int], str] = {}


class Notebook(File):
    def is_documentation_page(self) -> bool:
        return True


def on_files(files: Files, config: Any) -> Files:
    for file in [f for f in files if f.src_uri.endswith(".ipynb")]:
        files.remove(file)
        files.append(Notebook(file.src_uri, file.src_dir, file.dest_dir, file.use_directory_urls))
    return files


def on_page_read_source(page: Any, config: Any) -> str | None:
    if not isinstance(page.file, Notebook):
        return None
    notebook = nbformat.read(page.file.abs_src_path, as_version=4)
    if os.environ.get("NOTEBOOKS") != "unexecuted":
        notebook = executed(notebook)
    return "\n\n".join(markdown(page.file.src_uri, cell) for cell in notebook.cells)


def on_page_content(html: str, **_: Any) -> str:
    return MARK.sub(lambda mark: outputs[mark[1], int(mark[2])], html)


def executed(notebook: Any) -> Any:
    """The notebook with its outputs; a cell that fails ends the build."""
    os.environ["PYTHONPATH"] = str(ROOT)
    with TemporaryDirectory() as folder:
        there = {"metadata": {"path": folder}}
        return NotebookClient(notebook, timeout=300, resources=there).execute()


def markdown(page: str, cell: Any) -> str:
    """One cell; its outputs, which are HTML, take their place after Markdown has been read."""
    if cell.cell_type != "code":
        return str(cell.source)
    parts = [f"```python\n{cell.source}\n```"]
    for output in cell.get("outputs", []):
        parts.append(OUTPUT.format(page, len(outputs)))
        outputs[page, len(outputs)] = f'<div class="output">{shown(output)}</div>'
    return "\n\n".join(parts)


def shown(output: Any) -> str:
    """An output as HTML."""
    if output.output_type == "stream":
        return text(output.text)
    form = next(form for form in FORMS if form in output.data)
    data = output.data[form]
    if form == "text/plain":
        return text(data)
    if form == "text/latex":
        return mathml(data.strip().strip("$"), block=True)
    if form == "image/png":
        return f'<img alt="" src="data:image/png;base64,{data.strip()}">'
    return str(data)


def text(words: str) -> str:
    plain = COLOUR.sub("", words).replace("&", "&amp;").replace("<", "&lt;")
    return f"<pre><code>{plain}</code></pre>"
