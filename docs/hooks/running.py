"""Run the cells of a notebook by IPython, and print what they show.

    python -m docs.hooks.running docs/tutorial/hh19.ipynb

What comes out is JSON: for each cell its outputs, each of which has its forms by their MIME types.
"""

import json
import sys
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

Output = dict[str, str]


class Quiet(DisplayHook):
    """Keeps the value of a cell, and prints nothing; a semicolon at its end is respected."""

    def __call__(self, result: Any = None) -> None:
        if result is not None and not self.quiet():
            self.fill_exec_result(result)


class Shell(InteractiveShell):
    displayhook_class = Quiet

    def enable_gui(self, gui: str | None = None) -> None:
        """There is none."""


def new_shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.run_line_magic("matplotlib", "inline")
    return shell


def run(source: str, shell: InteractiveShell) -> list[Output]:
    """The outputs of one cell: what it printed, what it displayed, and its value."""
    with capture_output() as captured:
        done = shell.run_cell(source, store_history=True)
    done.raise_error()
    outputs = [{"text/plain": captured.stdout}] if captured.stdout else []
    outputs += [output.data for output in captured.outputs]
    if done.result is not None:
        outputs.append(shell.display_formatter.format(done.result)[0])
    return outputs


def main(path: str) -> None:
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    shell, codes = new_shell(), [cell for cell in cells if cell["cell_type"] == "code"]
    print(json.dumps([run("".join(cell["source"]), shell) for cell in codes]))


if __name__ == "__main__":
    main(sys.argv[1])
