"""What a notebook shows of an object: HTML that is escaped, readable on light and on dark pages.

An object says what it is by ``heading``, ``table``, ``plain`` and ``folded``, in a method under
``@notebook``.  The frame around that brings its own colours, so no theme makes it unreadable, and
needs nothing from the network.  Packages on top of the engine use this too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from html import escape
from typing import Any

import numpy as np

#: So many numbers of an array are written out in one line.
SHOWN = 6
#: At most so many characters of a plain text are shown.
LONGEST = 20_000
#: Up to so many numbers are in sight, more of them when one asks.
IN_SIGHT = 64

#: The colours of a page that is light, and of one that is dark.
LIGHT = {
    "ink": "#1c2128",
    "quiet": "#57606a",
    "paper": "#ffffff",
    "band": "#f3f5f8",
    "given": "#e3eefa",
    "varied": "#fdf1cf",
    "line": "#d5dae1",
    "mark": "#0b5cad",
    "wrong": "#b3261e",
}
DARK = {
    "ink": "#e6e9ee",
    "quiet": "#9da7b3",
    "paper": "#14171c",
    "band": "#1d2128",
    "given": "#26303d",
    "varied": "#4a3c14",
    "line": "#363d47",
    "mark": "#6cb6ff",
    "wrong": "#ff8a80",
}
#: What says of itself that a page is light or dark: JupyterLab, VS Code, Colab, Sphinx, MkDocs.
PAGES = {
    "light": "[data-jp-theme-light=true] .vscode-light [theme=light] [data-theme=light] "
    "[data-md-color-scheme=default]",
    "dark": "[data-jp-theme-light=false] .vscode-dark [theme=dark] [data-theme=dark] "
    "[data-md-color-scheme=slate]",
}
#: The class, so often that what a notebook or a site says of all tables and texts gives way.
FRAME = ".al-shown" * 5
RULES = """
{frame} {{ background: var(--al-paper); color: var(--al-ink); border: 1px solid var(--al-line);
  border-radius: 8px; padding: 8px 12px; margin: 2px 0; max-width: 100%; overflow: auto;
  font: 14px/1.45 system-ui, sans-serif; }}
{frame} * {{ color: inherit; background: transparent; }}
{frame} .al-head {{ margin: 0 0 4px; }}
{frame} .al-quiet, {frame} summary {{ color: var(--al-quiet); }}
{frame} .al-wrong {{ color: var(--al-wrong); font-weight: 600; }}
{frame} p {{ margin: 4px 0; }}
{frame} pre, {frame} code {{ font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; padding: 0;
  margin: 0; border: 0; white-space: pre; }}
{frame} table {{ border-collapse: collapse; margin: 4px 0; border: 0; font-size: 13px; }}
{frame} th, {frame} td {{ padding: 3px 10px; border: 0; text-align: right; vertical-align: top;
  white-space: pre-wrap; max-width: 48em; }}
{frame} th {{ font-weight: 600; border-bottom: 1px solid var(--al-line); }}
{frame} tr:nth-child(even) td {{ background: var(--al-band); }}
{frame} .al-left {{ text-align: left; }}
{frame} details {{ border: 0; box-shadow: none; padding: 0; margin: 4px 0 0; font-size: inherit;
  display: block; overflow: visible; }}
{frame} summary {{ cursor: pointer; display: list-item; padding: 0; margin: 0; border: 0;
  font-weight: normal; min-height: 0; }}
{frame} summary::before, {frame} summary::after {{ content: none; }}
{frame} svg {{ max-width: none; }}
{frame} .al-graph svg {{ max-width: 100%; height: auto;
  min-width: calc(0.6 * var(--graph-width)); }}
@media print {{ {frame} .al-graph svg {{ min-width: 0; }} {frame} {{ break-inside: avoid; }} }}
{frame} svg text:not([fill]) {{ fill: var(--al-ink); }}
{frame} svg [stroke=black] {{ stroke: var(--al-ink); }}
{frame} svg [fill=black] {{ fill: var(--al-ink); }}
{frame} svg [id^=a_graph] polygon {{ fill: none; }}
{frame} svg .cluster path, {frame} svg .cluster polygon {{ stroke: var(--al-line); }}
{frame} svg .cluster text, {frame} svg .edge text {{ fill: var(--al-quiet); }}
{frame} svg [fill="#e3eefa"] {{ fill: var(--al-given); }}
{frame} svg [fill="#fdf1cf"] {{ fill: var(--al-varied); }}
{frame} svg [fill="#ededed"] {{ fill: var(--al-band); }}
{frame} iframe {{ border: 0; width: 100%; display: block; border-radius: 6px; }}
{frame} math {{ font-size: 110%; margin: 4px 0; width: fit-content; }}
"""


def style() -> str:
    """The rules of the frame: of two themes, the page's own one, and else that of the system."""

    def colours(selectors: str, of: dict[str, str], scheme: str) -> str:
        names = "; ".join(f"--al-{name}: {colour}" for name, colour in of.items())
        return f"{selectors} {{ {names}; color-scheme: {scheme}; }}"

    def on(pages: str) -> str:
        return ", ".join(f"{page} .al-shown" for page in pages.split())

    dark = colours(".al-shown", DARK, "dark")
    return "\n".join(
        [
            colours(".al-shown", LIGHT, "light"),
            f"@media (prefers-color-scheme: dark) {{ {dark} }}",
            colours(on(PAGES["light"]), LIGHT, "light"),
            colours(on(PAGES["dark"]), DARK, "dark"),
            RULES.format(frame=FRAME).strip(),
        ]
    )


def notebook(shown: Callable[[Any], str]) -> Callable[[Any], str]:
    """The method ``_repr_html_`` of what ``shown`` says; where that fails, the plain text.

    >>> class Point:
    ...     @notebook
    ...     def _repr_html_(self):
    ...         return heading("Point", "<1, 2>")
    >>> "<b>Point</b> &lt;1, 2&gt;" in Point()._repr_html_()
    True
    """

    @wraps(shown)
    def framed(self: Any) -> str:
        try:
            inner = shown(self)
        except Exception:
            inner = plain(text_of(self))
        return f'<div class="al-shown"><style>{style()}</style>{inner}</div>'

    return framed


class Text(str):
    """A text of several lines, which a notebook shows as ``print`` does.

    >>> Text("a < b")
    'a < b'
    >>> "<pre>a &lt; b</pre>" in Text("a < b")._repr_html_()
    True
    """

    @notebook
    def _repr_html_(self) -> str:
        return plain(self)


def text_of(x: Any) -> str:
    """The plain text of an object, whatever its ``repr`` does.

    >>> class Broken:
    ...     def __repr__(self):
    ...         raise OSError
    >>> text_of(Broken())
    '<Broken, whose repr raises OSError>'
    """
    try:
        return repr(x)
    except Exception as error:
        return f"<{type(x).__name__}, whose repr raises {type(error).__name__}>"


def brief(x: Any) -> str:
    """An array in one line: its numbers if there are few, else what they lie between.

    >>> brief(np.array([1.0, 2.5])), brief(np.arange(100.0))
    ('[1. , 2.5]', 'from 0 to 99, mean 49.5')
    """
    if not isinstance(x, (np.ndarray, np.generic, float, int)):
        return ""
    x = np.asarray(x)
    if x.size <= SHOWN:
        return np.array2string(x, precision=4, separator=", ").replace("\n", "")
    if x.dtype.kind not in "biuf":
        return ""
    return f"from {np.min(x):.4g} to {np.max(x):.4g}, mean {np.mean(x):.4g}"


def heading(name: str, *facts: str) -> str:
    """What an object is, and a few facts; empty ones are left out.

    >>> heading("Tensor", "2×3", "")
    '<p class="al-head"><b>Tensor</b> 2×3</p>'
    """
    told = " · ".join(escape(fact) for fact in facts if fact)
    return f'<p class="al-head"><b>{escape(name)}</b>{" " if told else ""}{told}</p>'


def plain(text: str) -> str:
    """A text as it is, of a long one the beginning.

    >>> plain("x < y")
    '<pre>x &lt; y</pre>'
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n… {len(text) - LONGEST:,} more characters"
    return f"<pre>{escape(text)}</pre>"


def folded(summary: str, inner: str, is_open: bool = False) -> str:
    """What is shown when one clicks on its summary, or until one does.

    >>> folded("source", plain("y = x"))
    '<details><summary>source</summary><pre>y = x</pre></details>'
    """
    return f"<details{' open' * is_open}><summary>{escape(summary)}</summary>{inner}</details>"


def notes(lines: Sequence[str], kind: str = "quiet") -> str:
    """Lines that are said beside the rest: ``"quiet"`` ones, or what is ``"wrong"``."""
    return "".join(f'<p class="al-{kind}">{escape(line)}</p>' for line in lines if line)


def table(
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    left: Collection[int] = (),
    foot: str = "",
    wrong: Collection[int] = (),
) -> str:
    """Lines of cells, to the right but for the columns in ``left``; ``wrong`` are lines by index.

    >>> table(("step",), [("<1>",)])
    '<table><thead><tr><th>step</th></tr></thead><tbody><tr><td>&lt;1&gt;</td></tr></tbody></table>'
    """

    def row(cells: Sequence[str], tag: str, is_wrong: bool = False) -> str:
        inner = ""
        for i, cell in enumerate(cells):
            classes = " ".join(["al-left"] * (i in left) + ["al-wrong"] * is_wrong)
            attribute = f' class="{classes}"' if classes else ""
            inner += f"<{tag}{attribute}>{escape(cell)}</{tag}>"
        return f"<tr>{inner}</tr>"

    top = f"<thead>{row(head, 'th')}</thead>" if head else ""
    body = "".join(row(line, "td", i in wrong) for i, line in enumerate(lines))
    return f"<table>{top}<tbody>{body}</tbody></table>{notes([foot])}"
