"""What notebooks show: all of it is HTML that is closed, escaped, readable, and never raises."""

import inspect
import pickle
import re
from dataclasses import fields
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite import display, testing
from tests.support.contrast import contrast
from tests.support.effort import examples
from tests.support.shown import PLAIN, RNG, SHOWN, X

VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col"}
ODD = "<script>alert('1')</script>&amp;\"</p></table>"


class Read(HTMLParser):
    """The tags of a piece of HTML, which must be closed in their order, and its text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], set(), ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        assert not [name for name, _ in attributes if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


def said(html):
    """The text of a piece of HTML."""
    return Read(html).text


# ---- the property ----


@pytest.mark.parametrize("name", SHOWN)
@given(text=st.text(min_size=1, max_size=12).filter(str.strip))
@example(text=ODD)
@settings(max_examples=examples(0.3))
def test_everything_is_closed_escaped_and_tells_the_facts(name, text):
    shown, facts = SHOWN[name](text)
    html = shown._repr_html_()
    read = Read(html)
    assert html.startswith('<div class="al-shown">') and len(html) < 60_000
    assert [fact for fact in facts if fact not in read.text] == []
    assert not read.tags & {"script", "link", "img", "object"}
    loads = re.findall(r"https?://|(?:src|href)\s*=|url\(|@import", display.style())
    assert not loads and "<script>alert" not in html


@pytest.mark.parametrize("shown", PLAIN, ids=lambda shown: type(shown).__name__)
def test_layers_and_optimisers_show_their_fields(shown):
    text = said(shown._repr_html_())
    assert text.startswith(type(shown).__name__)
    for field in fields(shown):
        assert field.name in text
        value = getattr(shown, field.name)
        if isinstance(value, np.ndarray):
            assert "×".join(map(str, value.shape)) in text and str(value.dtype) in text
        elif value is None or isinstance(value, (int, float)):
            assert repr(value) in text
    assert len(shown._repr_html_()) < 10_000


def test_every_public_class_is_among_them():
    rows = [*PLAIN, *(make("name")[0] for make in SHOWN.values())]
    known = {kind for shown in rows for kind in type(shown).__mro__}
    for package in (al, nn, testing):
        names = [getattr(package, name) for name in package.__all__]
        classes = [name for name in names if inspect.isclass(name)]
        assert [kind for kind in classes if kind not in known] == []


# ---- the same at a prompt ----


def told_at_a_prompt(folder):
    """What shows itself as one line of text alone, and what that says."""
    np.save(folder / "rows.npy", np.zeros((10, 2)))
    late = al.blocks(np.load(folder / "rows.npy", mmap_mode="r"), rows=4)
    decay = nn.warmup(nn.cosine_decay(0.1, steps=5), 3)
    return [
        (late[-1], "<rows 8:10 of rows.npy>"),
        (al.mean_over(np.mean, late), "<mean of mean over 3 blocks>"),
        (decay, "warmup(schedule=cosine_decay(rate=0.1, steps=5, last=0.0), steps=3)"),
        (nn.inverse_decay(0.5, 100), "inverse_decay(rate=0.5, half_life=100)"),
        (nn.exponential_decay(1.0, 0.5), "exponential_decay(rate=1.0, factor=0.5, every=1)"),
        (nn.samples(X, X, RNG), "<single samples, drawn from 3>"),
        (nn.Batches(X, size=2), "<Batches of 2 rows of (3,); 0 given of epoch 0>"),
        (nn.SGD(decay), f"SGD(rate={decay!r})"),
    ]


def test_nothing_is_said_by_its_address(tmp_path):
    for shown, text in told_at_a_prompt(tmp_path):
        assert repr(shown) == text
    rows = [*PLAIN, *(make("name")[0] for name, make in SHOWN.items() if name != "scheduled")]
    addresses = [repr(x) for x in rows if "object at 0x" in repr(x)]
    assert addresses == []  # but for functions among the fields, whose text is Python's
    program = al.trace(np.sin, X)
    assert program.compile().__qualname__ == program.name == "sin"


def test_texts_of_a_program_travel_as_texts():
    program = al.trace(lambda x: np.tanh(x) * x, X)
    for text in (program.latex(), program.latex("row", expand=True), program.source()):
        again = pickle.loads(pickle.dumps(text))
        assert again == text and isinstance(again, str)
    assert "<math" in program.latex("row")._repr_html_()
    assert program.latex()._repr_latex_() == program._repr_latex_()


def test_a_small_gradient_is_in_sight():
    small, large = al.Tensor(X), al.Tensor(np.zeros(100))
    for t in (small, large):
        np.sum(t * t).backward()
    assert "<details open>" in small._repr_html_() and "<details>" in large._repr_html_()


def test_a_gradient_of_a_model_shows_numbers():
    x, y = np.ones((5, 3)), np.zeros((5, 2))
    net = nn.MLP([3, 8, 2], nn.tanh, rng=np.random.default_rng(0))
    slope = al.grad(lambda net: nn.squared_error(net(x), y))(net)
    text = said(slope._repr_html_())
    assert "layers.0.weight" in text and display.brief(slope.layers[0].weight) in text
    deep = nn.MLP([3] * 9, nn.tanh, rng=np.random.default_rng(0))
    assert "numbers" not in said(deep._repr_html_())
    empty = nn.Sequential(nn.tanh)
    assert "numbers" not in said(empty._repr_html_())


# ---- the size, and what fails ----


def test_a_large_array_is_a_summary():
    small, large = (al.Tensor(np.zeros(n))._repr_html_() for n in (10**3, 10**6))
    assert len(large) < 5_000 and "..." in said(large) and "..." not in said(small)
    assert "…" in display.plain("x" * (display.LONGEST + 1))


class Broken:
    def __repr__(self):
        raise OSError("no text")


def test_a_broken_part_hides_nothing():
    class Shown:
        def __repr__(self):
            return "what <it> is"

        @display.notebook
        def _repr_html_(self):
            raise OSError

    class Worse(Shown):
        __repr__ = Broken.__repr__

    assert said(Shown()._repr_html_()) == "what <it> is"
    assert said(Worse()._repr_html_()) == "<Worse, whose repr raises OSError>"


KINDS = {type(shown) for shown in [*PLAIN, *(make("name")[0] for make in SHOWN.values())]}
KINDS = {kind for kind in KINDS if kind.__bases__ != (str,) or "__repr__" in vars(kind)}  # a text


@pytest.mark.parametrize("kind", sorted(KINDS, key=lambda kind: kind.__name__))
def test_what_is_half_made_is_shown(kind):
    """Without any attribute all that is shown of an object fails, and its name remains."""
    assert kind.__name__ in said(kind.__new__(kind)._repr_html_())


def test_real_objects_with_broken_parts():
    history = nn.History([1], ["no number"], [0.1])
    assert "no number" in said(history._repr_html_())
    training = nn.Training(1, Broken(), None, nn.History())
    assert "Training" in said(training._repr_html_())
    objects = al.Tensor(np.array([1, 2], dtype=object))
    objects.data[0] = Broken()
    assert "Tensor" in said(objects._repr_html_())


def test_a_program_without_formulas_is_shown(monkeypatch):
    def broken(*_):
        raise NotImplementedError("<no> formula")

    program = al.trace(np.sin, X)
    monkeypatch.setattr("autograd_lite.readers.notebook.equations", broken)
    text = said(program._repr_html_())
    assert "<no> formula" in text and "np.sin(x)" in text


# ---- colours ----


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_can_be_read(theme):
    colours = getattr(display, theme.upper())
    for ink in ("ink", "quiet", "mark", "wrong"):
        for paper in ("paper", "band", *(("given", "varied") if ink == "ink" else ())):
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    assert all(f"--al-{name}: {c}" in display.style() for name, c in colours.items())
    assert set(re.findall(r"var\(--al-(\w+)\)", display.style())) <= {*colours}


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == 21 and contrast("#777777", "#ffffff") < 4.5
