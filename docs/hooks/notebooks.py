"""Notebooks as pages: they are kept without outputs, and executed when the site is built.

With ``NOTEBOOKS=unexecuted`` in the environment their pages show the code alone.
"""

import json
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.structure.files import File, Files

from docs.hooks.mathematics import mathml

ROOT = Path(__file__).parents[2]
MARK = re.compile(r"(?:<p>)?<!-- output (\d+) -->(?:</p>)?")

#: What is shown of an output that comes in several forms: the first that it has.
FORMS = ("text/html", "image/svg+xml", "image/png", "text/latex", "text/plain")

shown: list[str] = []


class Notebook(File):
    def is_documentation_page(self) -> bool:
        return True


def on_files(files: Files, config: Any) -> Files:
    for file in [f for f in files if f.src_uri.endswith(".ipynb")]:
        files.remove(file)
        files.append(Notebook(file.src_uri, file.src_dir, file.dest_dir, file.use_directory_urls))
    return files


def on_page_read_source(page: Any, config: Any) -> str | None:
    """The page in Markdown, with a mark for each output: these are HTML, and come last."""
    if not isinstance(page.file, Notebook):
        return None
    cells = json.loads(page.file.content_string)["cells"]
    execute = os.environ.get("NOTEBOOKS") != "unexecuted"
    outputs = iter(executed(page.file.abs_src_path) if execute else ())
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        parts.append(f"```python\n{source}\n```" if cell["cell_type"] == "code" else source)
        for output in next(outputs, ()) if cell["cell_type"] == "code" else ():
            parts.append(f"<!-- output {len(shown)} -->")
            shown.append(f'<div class="output">{html_of(output)}</div>')
    return "\n\n".join(parts)


def on_page_content(html: str, **_: Any) -> str:
    return MARK.sub(lambda mark: shown[int(mark[1])], html)


def executed(path: str) -> Any:
    """The outputs of each cell of code; a cell that fails ends the build."""
    with TemporaryDirectory() as folder:
        there = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": folder}
        command = [sys.executable, "-m", "docs.hooks.running", path]
        done = subprocess.run(command, cwd=folder, env=there, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def html_of(output: dict[str, str]) -> str:
    form = next(form for form in FORMS if form in output)
    data = output[form].strip()
    if form == "text/plain":
        return f"<pre><code>{escape(data)}</code></pre>"
    if form == "text/latex":
        return mathml(data.strip("$"), block=True)
    if form == "image/png":
        return f'<img alt="" src="data:image/png;base64,{data}">'
    return data
