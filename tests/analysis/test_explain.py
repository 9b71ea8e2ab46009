"""The table of a function's operations, against the tape, the rules and counts by hand."""

from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
import nn
from autograd_lite.analysis.costs import operations
from benchmarks import hh19, memory

# ---- bytes kept: those of the tape itself ----


def kept_by_the_tape(f, x, *others):
    """The distinct memory that the nodes of a recorded result hold, besides what was given."""
    given = al.tree_leaves((x, others, LABELS))
    loss = f(al.tree_map(al.Tensor, x), *others)
    held = [value for node in memory.nodes(loss) for value in memory.values(node)]
    arrays = [a.data if isinstance(a, al.Tensor) else a for a in held]
    return memory.size(arrays, without=given)


def softplus_net(p, x):
    h = np.logaddexp(x @ p[0].T + p[1], 0.0)
    return np.sum(np.square(h @ p[0] - x))


LABELS = np.array([0, 1, 1])
FUNCTIONS = [
    lambda x: np.sum(np.tanh(x) * x),
    lambda x: np.sum(np.exp(x) / (1 + np.exp(x))),
    lambda x: np.sum(x * x * x),
    lambda x: np.sum(np.sin(np.cos(x))),
    lambda x: np.mean((x - np.mean(x, axis=0)) ** 2),
    lambda x: np.sum(np.log(x @ x.T + 40)),
    lambda x: np.sum(np.maximum(x, 0.5) + nn.relu(x)),
    lambda x: np.sum(np.where(x > 0.3, np.sqrt(x), -x)),
    lambda x: np.sum(nn.softmax(x) * np.sign(x)),
    lambda x: np.sum(np.stack([x, np.exp(x)])[1] * x.T.T),
    lambda x: np.sum(np.linalg.solve(x @ x.T + np.eye(3), x)),
    lambda x: nn.cross_entropy(x, LABELS),
    lambda x: x[0, 0] * 2.0 - x[1, 1],
]


@pytest.mark.parametrize("k", range(len(FUNCTIONS)))
def test_kept_bytes_are_those_of_the_tape(k):
    x = np.random.default_rng(k).uniform(0.1, 1.0, (3, 2))
    assert al.explain(FUNCTIONS[k], x).totals()[2] == kept_by_the_tape(FUNCTIONS[k], x)


def test_kept_bytes_of_networks():
    problem = hh19.problem()
    loss = problem.network(*problem.dialects["ours"]())
    table = al.explain(loss, problem.p, *problem.data)
    assert table.totals()[2] == memory.kept_by_ours(problem) == 8 * (2 + 3 + 2)
    rng = np.random.default_rng(0)
    p, x = [rng.standard_normal((4, 3)), rng.standard_normal(4)], rng.standard_normal((5, 3))
    assert al.explain(softplus_net, p, x).totals()[2] == kept_by_the_tape(softplus_net, p, x)


# ---- derivatives: the text computes what the rule computes ----

UNARY = [np.sin, np.cos, np.tan, np.exp, np.expm1, np.log, np.log1p, np.sqrt, np.cbrt, np.square]
UNARY += [np.tanh, np.sinh, np.cosh, np.arctan, np.arcsinh, np.negative, np.reciprocal, nn.sigmoid]
BINARY = [np.add, np.subtract, np.multiply, np.divide, np.arctan2, np.logaddexp, np.power]


def computed(text, names):
    return eval(text, {"np": np, "al": al} | names)


@pytest.mark.parametrize("f", UNARY, ids=lambda f: f.__name__)
def test_local_derivatives(f):
    x = np.linspace(0.1, 2.0, 7)
    row = al.explain(lambda x: f(x), x)[0]
    text = row.derivatives["x"]
    assert "g" not in text.replace("np.log", "").replace("np.neg", "").replace("sigmoid", "")
    (truth,) = al.vjp(f, x)[1](np.ones(7))
    assert np.array_equal(computed(text, {"x": x, row.name: f(x)}) + 0 * x, truth)


@pytest.mark.parametrize("f", BINARY, ids=lambda f: f.__name__)
@given(g=st.floats(0.5, 2), broadcast=st.booleans())
def test_derivatives_by_two_operands(f, g, broadcast):
    x, y = np.linspace(0.1, 2.0, 6).reshape(3, 2), np.array([[0.5, 1.5]] * (1 if broadcast else 3))
    row = al.explain(lambda x, y: f(x, y), x, y, argnums=(0, 1))[0]
    g = np.full((3, 2), g)
    truths = al.vjp(f, x, y)[1](g)
    for name, truth in zip("xy", truths):
        text = row.derivatives[name]
        if text == "by its rule":  # too long to read
            assert f in (np.power, np.arctan2, np.logaddexp)
            continue
        found = computed(text, {"x": x, "y": y, "g": g, row.name: f(x, y)})
        whole = "g" in text.replace("np.log", "").replace("neginf", "")
        # g · (1/x) is not g/x: one rounding more, of half an ulp, in each of at most three terms
        np.testing.assert_array_max_ulp(found if whole else g * found + 0 * g, truth, maxulp=4)


def test_the_deltas_of_the_notes():
    """σ′(z) = a (1 − a); ∂C/∂W = δ aᵀ; what flows on is Wᵀ δ."""
    rng = np.random.default_rng(0)
    p = [rng.standard_normal((3, 2)), rng.standard_normal(3), rng.standard_normal((2, 3))]

    def loss(p, x):
        a = al.named("a", nn.sigmoid(al.named("z", p[0] @ x + p[1])))
        return np.sum(p[2] @ a)

    table = {row.name: row for row in al.explain(loss, p, np.ones(2))}
    assert table["a"].derivatives == {"z": "a * (1 - a)"}
    assert table["z"].derivatives == {"t1": "1", "b1": "1"}
    assert list(table["t2"].derivatives.values()) == ["g[..., None] * a", "W2.T @ g"]
    assert table["a"].kept == 24 and table["a"].keeps == ("a",)


def test_only_what_is_asked_for():
    f = lambda x, y: np.sum(x * y + np.sign(x))
    for argnums, expected in ((0, {"x": "y"}), (1, {"y": "x"}), ((0, 1), {"x": "y", "y": "x"})):
        table = al.explain(f, np.ones(2), np.ones(2), argnums=argnums)
        assert table[0].derivatives == expected
    constant = next(
        row for row in al.explain(f, np.ones(2), np.ones(2)) if "sign" in row.expression
    )
    assert constant.derivatives == {"x": "0"} and constant.kept == constant.backward == 0


def test_several_results():
    table = al.explain(lambda x: np.sum(np.linalg.svd(x)[1]), np.eye(3) + 1)
    svd = next(row for row in table if "svd" in row.expression)
    assert svd.shapes == "3×3 → several" and svd.kept > 0 and svd.backward > 0


def test_integers_in_front_are_passed_over():
    labels, x = np.array([0, 2]), np.array([0.5, 1.5, 2.5])

    def picked(n, x):
        return np.sum(x[n] * x[n])

    table = al.explain(picked, labels, x)
    assert table == al.explain(picked, labels, x, argnums=1)
    assert list(table[0].derivatives) == ["x"]
    mixed = al.explain(lambda p: p["n"] * p["x"], {"n": 3, "x": 2.0})
    assert list(mixed[0].derivatives) == ["x"]


@pytest.mark.parametrize(
    ("f", "args", "options", "message"),
    [
        (lambda: 1.0, (), {}, "0 positional arguments"),
        (lambda x: x, (1.0,), {"argnums": 5}, "argnums has 5"),
        (lambda x, y: x * y, (1.0, 2.0), {"argnums": (0, 2)}, "argnums has 2"),
        (lambda n: n * 2, (3,), {}, "argument 0 of dtype int"),
        (lambda n, x: n * x, (3, 2.0), {"argnums": 0}, "argument 0 of dtype int"),
    ],
)
def test_what_cannot_be_differentiated_by(f, args, options, message):
    with pytest.raises(TypeError, match=message):
        al.explain(f, *args, **options)


def test_arguments_are_counted_from_the_back():
    f = lambda x, y: x * y
    assert al.explain(f, 1.0, 2.0, argnums=-1) == al.explain(f, 1.0, 2.0, argnums=1)


def test_a_step_without_a_rule_has_no_derivative():
    @al.primitive
    def ruleless(x):
        return x * 2

    vectorized = np.frompyfunc(lambda a: a * 2, 1, 1)
    for f in (ruleless, vectorized):
        before, middle, after = al.explain(lambda x, f=f: np.sum(f(x * x)), np.ones(3))
        assert middle.derivatives == {} and (middle.backward, middle.kept) == (0, 0)
        assert before.derivatives == {"x": "x + x"} and "g" in after.derivatives[middle.name]


def test_a_rule_that_fails_is_no_missing_rule():
    @al.primitive
    def wrong(x):
        return x

    al.rule(wrong, x=lambda g, x: len(g) * x)
    with pytest.raises(TypeError, match="len"):
        al.explain(lambda x: wrong(x), 1.0)


def test_a_branch_has_no_derivative_and_no_cost():
    (row,) = [row for row in al.explain(al.grad(np.prod), np.ones(3)) if "guard" in row.expression]
    assert (row.derivatives, row.forward, row.backward, row.kept) == ({}, 0, 0, 0)


def test_long_sums_stay_short():
    """A rule that uses its values again and again is named, and not written out."""

    @al.primitive
    def doubled(x):
        return x

    def back(g, x):
        for _ in range(60):
            x = x + x
        return g * x

    al.rule(doubled, x=back)
    assert al.explain(doubled, np.ones(2))[0].derivatives == {"x": "by its rule"}


# ---- costs ----


@pytest.mark.parametrize(
    "f, shapes, count",
    [
        (np.matmul, [(4, 3), (3, 5)], 2 * 4 * 3 * 5),
        (np.matmul, [(3,), (3,)], 2 * 3),
        (np.matmul, [(7, 4, 3), (3, 5)], 2 * 7 * 4 * 3 * 5),
        (lambda a, b: a @ b, [(4, 3), (3,)], 2 * 4 * 3),
        (np.dot, [(4, 3), (3, 5)], 2 * 4 * 3 * 5),
        (lambda a, b: np.einsum("ij,jk->ik", a, b), [(4, 3), (3, 5)], 2 * 4 * 3 * 5),
        (np.exp, [(4, 3)], 12),
        (lambda a, b: a + b, [(4, 3), (3,)], 12),
        (np.sum, [(4, 3)], 12),
        (np.transpose, [(4, 3)], 0),
        (lambda a: a[1:], [(4, 3)], 0),
        (np.linalg.solve, [(6, 6), (6,)], 144),
        (np.linalg.inv, [(6, 6)], 432),
    ],
)
def test_operations(f, shapes, count):
    program = al.trace(
        lambda *args: f(*args), *map(np.random.default_rng(0).standard_normal, shapes)
    )
    assert sum(map(operations, program.steps)) == count


def test_the_way_back_through_a_product_costs_two():
    row = al.explain(lambda x, y: x @ y, np.ones((4, 3)), np.ones((3, 5)), argnums=(0, 1))[0]
    assert row.backward == 2 * row.forward == 240


# ---- how it looks ----


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.cells, self.tags = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data.strip("\n")


def test_text_and_html_say_the_same():
    table = al.explain(lambda x: np.sum(np.where(x < 0, x * x, 2.0)), np.ones(3))
    lines = repr(table).splitlines()
    assert lines[0].split()[0] == "operation" and len({len(line) for line in lines[:2]}) == 1
    page = Cells(table._repr_html_())
    assert page.tags - {"div", "style", "p", "b"} == {"table", "thead", "tbody", "tr", "th", "td"}
    assert page.cells == [cell for line in table.lines() for cell in line]
    assert "x < 0" in page.cells[0]
    assert page.cells[-3:] == [f"{table.totals()[0]}", f"{table.totals()[1]}", "3 B"]
    assert table.totals()[0] == sum(row.forward for row in table)
    assert [row.line.split(":")[0] for row in table] == [__file__] * len(table)


def test_html_is_escaped():
    @al.primitive
    def f(x):
        return x

    al.rule(f, x=lambda g: g)
    f.__name__ = "<script>"
    table = al.explain(f, 1.0)
    assert "<script>" in repr(table) and "script" not in Cells(table._repr_html_()).tags


# ---- loops ----


@pytest.mark.parametrize("n", [1, 7, 300])
def test_a_loop_is_a_row_with_totals(n):
    """It counts as all of its turns, forward and backward, and keeps what they all keep."""

    def one(w, x):
        return np.tanh(w @ x)

    def loop(w, xs):
        return al.map(lambda x: one(w, x), xs)

    w, xs = np.eye(3), np.ones((n, 3))
    (row, _), single = al.explain(loop, w, xs), al.explain(one, w, xs[0])
    forward, _, kept = single.totals()
    assert row.name == "t1" and row.forward == n * forward and row.kept == n * kept
    assert row.backward >= n * single.totals()[1] and row.derivatives == {"w": "by its rule"}


def test_loops_in_loops():
    def f(w):
        def outer(c, _):
            return al.scan(lambda h, _: (h * w, None), c, length=5)[0], None

        return al.scan(outer, w, length=3)[0]

    assert al.explain(f, 1.5)[0].forward == 15
