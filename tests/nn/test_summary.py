"""Models as tables, and as the sequences of layers that they are."""

import re

import numpy as np
import pytest

import autograd_lite as al
import nn
from nn.parameters.buffers import are_buffers
from tests.support.equality import same_trees


def rng():
    return np.random.default_rng(0)


def tied():
    embedding, output = nn.Embedding(6, 4, rng=rng()), nn.Linear(4, 6, rng=rng())
    output.weight = embedding.weight
    return nn.Sequential([embedding, nn.tanh, output])


MODELS = {
    "dense": (lambda: nn.MLP([3, 5, 2], rng=rng()), np.ones((7, 3)), [(7, 5), (7, 5), (7, 2)]),
    "images": (
        lambda: nn.Sequential(
            [
                nn.Conv2d(1, 4, 3, padding=1, rng=rng()),
                nn.BatchNorm(4),
                nn.MaxPool(2),
                nn.Flatten(),
                nn.Linear(64, 3, rng=rng()),
            ]
        ),
        np.ones((7, 1, 8, 8)),
        [(7, 4, 8, 8), (7, 4, 8, 8), (7, 4, 4, 4), (7, 64), (7, 3)],
    ),
    "tied": (tied, np.ones(7, int), [(7, 4), (7, 4), (7, 6)]),
    "nested": (
        lambda: nn.Sequential([nn.MLP([3, 5, 2], rng=rng()), nn.softmax]),
        np.ones((7, 3)),
        [(7, 2), (7, 2)],
    ),
}


@pytest.mark.parametrize("kind", MODELS)
def test_the_table_has_all_layers_shapes_and_totals(kind):
    make, x, shapes = MODELS[kind]
    net = make()
    table = nn.summary(net, x)
    assert [shape for _, _, shape, _ in table.rows] == shapes
    leaves = {id(w): w.size for w, m in zip(al.tree_leaves(net), are_buffers(net)) if not m}
    assert sum(count for *_, count in table.rows) == table.parameters == sum(leaves.values())
    assert table.measured == sum(w.size for w, m in zip(al.tree_leaves(net), are_buffers(net)) if m)
    lines = str(table).splitlines()
    assert len({len(line) for line in lines[:-1]}) == 1 and len(lines) == 2 + len(net)
    for line, (place, name, shape, count) in zip(lines[1:], table.rows):
        assert re.fullmatch(rf"\s*{place}  {name}\s+{re.escape(str(shape))}\s+{count:,}", line)
    html = table._repr_html_()
    assert html.count("<tr>") == 1 + len(net) and f">{shapes[0]}</td>" in html
    assert table.total in html


def test_print_and_notebooks_show_it():
    net = nn.MLP([3, 5, 2], rng=rng())
    assert str(net) == str(nn.summary(net)) and "output" not in str(net)
    assert "32 parameters in all" in str(net)
    shown = nn.summary(net)._repr_html_()
    told, numbers = net._repr_html_().split("<details open><summary>numbers</summary>")
    assert told + "</div>" == shown.replace("<b>Summary</b>", "<b>Sequential</b>")
    assert all(f'<td class="al-left">{path}</td>' in numbers for path in nn.named_leaves(net))
    deep = nn.MLP([3] * 9, rng=rng())  # of many arrays the layers alone are shown
    shown = nn.summary(deep)._repr_html_()
    assert deep._repr_html_() == shown.replace("<b>Summary</b>", "<b>Sequential</b>")


def test_other_trees_have_parts():
    table = nn.summary({"a": np.ones(3), "b": [np.ones(2), nn.BatchNorm(2)]})
    assert [(place, count) for place, _, _, count in table.rows] == [("a", 3), ("b", 6)]
    assert table.total == "9 parameters in all, and 4 measured numbers"
    assert nn.summary(np.ones(4)).parameters == 4


def test_layers_by_place_by_slice_and_in_loops():
    net = nn.MLP([3, 5, 2], rng=rng())
    assert len(net) == 3 and [*net] == net.layers and net[-1] is net.layers[2]
    assert np.array_equal(net[1:](net[:1](np.ones(3))), net(np.ones(3)))
    with pytest.raises(IndexError):
        net[3]


def test_layers_one_by_one_or_in_a_list():
    """Both are the same model, and one in another stays a layer of its own."""
    layers = nn.MLP([3, 5, 2], rng=rng()).layers
    for model in (nn.Sequential(*layers), nn.Sequential(layers), nn.Sequential(layers=layers)):
        assert model.layers == layers and same_trees(model, nn.Sequential(tuple(layers)))
    assert nn.Sequential(nn.Sequential(*layers))[0].layers == layers
    with pytest.raises(TypeError, match=r"layers\[0\] = \[.*as in layers\[0\]=np\.tanh"):
        nn.Sequential([nn.relu], nn.tanh)
