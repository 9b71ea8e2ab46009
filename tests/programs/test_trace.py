"""Traced programs: they say what the function says, to the bit, and refuse what they cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.testing.strategies import programs
from tests.support.effort import examples
from tests.support.programs import check_program, with_gradients
from tests.support.rows import EACH
from tests.support.rows.row import cases


@EACH
@settings(max_examples=examples(0.4))
@given(data=st.data())
def test_every_row(row, data):
    """Every function with a rule can be traced, and so can its rule."""
    case = data.draw(cases(row))
    f, args = case.split()
    check_program(with_gradients(f, args, case.rng), args)


@given(program=programs(depth=6))
def test_programs(program):
    check_program(with_gradients(program, program.inputs, np.random.default_rng(0)), program.inputs)


@given(program=programs(depth=6, rational=True))
def test_programs_of_fractions(program):
    check_program(with_gradients(program, program.inputs, None), program.inputs)


# ---- what a program says of itself ----


def two_layers(p, x):
    z = al.named("z", p["W"] @ x + p["b"])
    return np.sum(np.tanh(z))


@pytest.fixture
def p():
    return {"W": np.arange(6.0).reshape(2, 3) / 6, "b": np.ones(2)}


def test_inputs_have_the_names_and_paths_of_the_arguments(p):
    program = al.trace(two_layers, p, np.ones(3))
    assert [v.path for v in program.inputs] == ["p['W']", "p['b']", "x"]
    assert [program.names[v] for v in program.inputs] == ["W", "b", "x"]
    assert program.parameters == ["p", "x"]


def test_names_of_several_models_are_told_apart():
    program = al.trace(lambda a, b: a["w"] * b["w"] + a["v"][0] * a["v"][1],
                       {"w": 1.0, "v": [2.0, 3.0]}, {"w": 4.0})  # fmt: skip
    assert [program.names[v] for v in program.inputs] == ["a_w", "v_0", "v_1", "b_w"]


def test_every_step_knows_its_line(p):
    program = al.trace(al.grad(two_layers), p, np.ones(3))
    first = two_layers.__code__.co_firstlineno
    lines = {int(step.line.rpartition(":")[2]) - first for step in program.steps}
    assert lines == {1, 2}
    assert all(step.line.startswith(__file__) for step in program.steps)


def test_a_backward_pass_is_tagged(p):
    """Every step of it knows through which value it goes, and of what it is the gradient."""
    program = al.trace(al.value_and_grad(two_layers), p, np.ones(3))
    back = [step for step in program.steps if step.through is not None]
    names = program.names
    assert back and all(step.of is not None for step in back)
    assert {names[step.of] for step in back} == {"z", "W"}
    (delta,) = [s.result for s in back if any(v.name == "z" for v in s.result.gradient_of)]
    assert [names[v] for v in delta.gradient_of if v.path] == ["b"]
    assert names[delta] == "delta"
    _, g = al.value_and_grad(two_layers)(p, np.ones(3))
    assert np.array_equal(program.values()[delta], g["b"])


def test_the_tag_is_no_guess_from_names():
    """A forward step that looks like a gradient is none."""
    program = al.trace(lambda x: al.named("delta3", 1 - np.tanh(x) ** 2), 1.0)
    assert all(s.through is None and not s.result.gradient_of for s in program.steps)


@pytest.mark.parametrize("order", [1, 2])
def test_gradients_of_gradients_are_tagged(order):
    f = np.tanh
    for _ in range(order):
        f = al.grad(f)
    program = al.trace(f, 0.5)
    (x,) = program.inputs
    assert x in program.outputs[0].gradient_of


def test_steps_belong_to_the_parts_of_a_model(rng):
    import nn

    model = nn.MLP([3, 4, 2], rng=rng)
    program = al.trace(lambda net, x: np.sum(net(x)), model, np.ones((5, 3)))
    scopes = [(step.name, step.scope) for step in program.steps]
    assert ("matmul", "net.layers[0]") in scopes and ("matmul", "net.layers[2]") in scopes
    assert dict(scopes)["relu"].startswith("net") and dict(scopes)["sum"] == ""


def test_scopes_of_nested_derivatives(rng):
    import nn

    model = nn.MLP([3, 2], rng=rng)
    program = al.trace(al.grad(lambda net, x: np.sum(net(x) ** 2)), model, np.ones((5, 3)))
    assert {step.scope for step in program.steps if step.name == "matmul"} == {"net.layers[0]"}


# ---- shorter, to the bit ----


def test_seeds_and_copies_go():
    def f(x):
        return np.sum(np.copy(1.0 * np.exp(x)) / 1) * 1

    program = check_program(al.grad(lambda x: np.sum(x * 1.0 * x)), (np.array([1.0, -0.0]),))
    assert [s.name for s in program.steps] == ["add"]
    assert [s.name for s in check_program(f, (np.array([-0.0, np.nan]),)).steps] == ["exp", "sum"]


def test_what_changes_dtype_shape_or_sign_stays():
    def f(x, i):
        return x * np.float64(1), x + 0.0, x * np.ones((2, 3)), i * 1.0, x * -1.0, x**1

    program = check_program(f, (np.float32([-0.0, 1, 2]), np.array([1, 2])))
    assert len(program.steps) == 6


def test_dead_steps_go():
    def f(x):
        np.exp(x)
        return x * 2.0

    assert [s.name for s in al.trace(f, 1.0).steps] == ["mul"]


# ---- calling a program ----


def test_results_are_the_callers_own(p):
    program = al.trace(lambda p: [p["b"], p["b"], np.ones(2)], p)
    a, b, c = program(p)
    a += 1
    c += 1
    assert b.tolist() == p["b"].tolist() == [1, 1]
    assert program(p)[2].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((np.ones(3),), "takes 2 arguments, got 1"),
        ((np.ones(4), 2.0), r"traced for x of shape \(3,\) and dtype float64, and got \(4,\)"),
        ((np.ones(3, np.float32), 2.0), "got .* float32; trace it again"),
    ],
)
def test_a_call_that_does_not_fit(args, message):
    program = al.trace(lambda x, y: x * y, np.ones(3), 2.0)
    with pytest.raises(TypeError, match=message):
        program(*args)


def test_a_structure_that_does_not_fit(p):
    with pytest.raises(ValueError, match="keys"):
        al.trace(two_layers, p, np.ones(3))({"W": p["W"]}, np.ones(3))


def test_lists_and_numbers_are_taken():
    program = al.trace(lambda x, y: x * y, np.ones(3), 2.0)
    assert program([1.0, 2.0, 3.0], 2).tolist() == [2, 4, 6]


def test_a_shape_that_depends_on_the_numbers_is_noticed():
    program = al.trace(lambda x: (x[x > 0], x[x > 0].size), np.array([1.0, -1.0]))
    for run in (program, program.compile()):
        assert run(np.array([-1.0, 3.0]))[0].tolist() == [3]
        with pytest.raises(ValueError, match="trace it again for these numbers"):
            run(np.array([1.0, 2.0]))


def test_a_rule_that_takes_another_way_is_noticed():
    """The gradient of prod divides by the numbers where none is zero."""
    program = al.trace(al.grad(np.prod), np.array([1.0, 2.0]))
    assert program(np.array([3.0, 4.0])).tolist() == [4, 3]
    with pytest.raises(ValueError, match="takes another way"):
        program(np.array([0.0, 4.0]))
    with pytest.raises(ValueError, match="trace it again"):
        program.compile()(np.array([0.0, 4.0]))


# ---- what cannot be traced ----


def test_data_dependent_branch():
    def f(x):
        return x if x > 0 else -x

    line = f.__code__.co_firstlineno + 1
    with pytest.raises(TypeError, match=rf"branch on the truth.*:{line}: .*np.where"):
        al.trace(f, 1.0)
    with pytest.raises(TypeError, match=rf":{line}: .*np.where"):
        al.trace(al.grad(f), 1.0)


@pytest.mark.parametrize(
    ("f", "remedy"),
    [
        (lambda x: np.array([x, x]), "np.stack"),
        (lambda x: float(x), "the value itself"),
        (lambda x: np.arange(5)[x.astype(int)], "pass the plain array as an argument"),
        (lambda x: range(x.astype(int)), "functools.partial"),
        (lambda x: x.item(), "the value itself"),
        (lambda x: 1.0 in np.reshape(x, 1), r"np.any\(t == x\)"),
        (lambda x: np.add(x, 1, out=np.zeros(())), "y = add"),
        (lambda x: np.reshape(x, 1).__setitem__(0, 1), "al.at_set"),
    ],
)
def test_leaving_the_program_is_refused(f, remedy):
    with pytest.raises(TypeError, match=remedy):
        al.trace(f, np.array(1.0))


def test_a_trace_inside_of_another():
    with pytest.raises(TypeError, match="trace the whole"):
        al.trace(lambda x: al.trace(np.sin, x)(x), 1.0)


def test_tracing_leaves_no_trace():
    """After an error, Tensors are of the usual kind again."""
    with pytest.raises(ZeroDivisionError):
        al.trace(lambda x: 1 / 0, 1.0)
    assert type(al.Tensor(1.0)) is al.Tensor


def test_named_is_identity():
    x = np.ones(2)
    assert al.named("x", x) is x and al.named("x", 3) == 3
    assert al.grad(lambda x: al.named("y", x * x))(3.0) == 6


def test_checkpoints_and_backward_are_traced():
    def f(x):
        t = al.Tensor(x)
        np.sum(al.checkpoint(lambda v: np.sin(v) * v)(t)).backward()
        return t.grad

    check_program(f, (np.linspace(0, 1, 3),))


def test_a_long_program():
    def f(x):
        for _ in range(5000):
            x = x * 1.0001
        return x

    program = al.trace(al.grad(f), 1.0)
    assert program(2.0) == al.grad(f)(2.0)


def test_what_is_no_number_has_to_be_the_same():
    def f(x, how):
        return {"sum": np.sum, "mean": np.mean}[how["by"]](x)

    program = al.trace(f, np.ones(3), {"by": "sum"})
    assert program(np.ones(3), {"by": "sum"}) == 3
    with pytest.raises(TypeError, match=r"traced for how\['by'\] = 'sum', and got 'mean'"):
        program(np.ones(3), {"by": "mean"})


def test_the_same_layers_with_another_activation(rng):
    import nn

    nets = [nn.MLP([2, 3, 1], activation, rng=rng) for activation in (nn.relu, nn.tanh)]
    program = al.trace(lambda net, x: net(x), nets[0], np.ones(2))
    with pytest.raises(TypeError, match=r"traced for net.layers\[1\] = <function relu"):
        program(nets[1], np.ones(2))


# ---- what a reviewer found: nothing may be baked in that can change ----


A = np.array([0.5, -1.0, 2.0])
M = np.random.default_rng(0).normal(size=(40, 60))


def test_a_buffer_that_is_used_again():
    def f(x):
        mask, total = np.zeros(3), 0.0
        for i in range(3):
            mask[:] = 0
            mask[i] = 1
            total = total + np.sum(x * mask) * i
        number = np.array(2.0)
        scaled = x * number
        number[()] = 7.0
        return total, scaled + x * number

    check_program(f, (A,))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.copyto(np.zeros(3), x),
        lambda x: np.put(np.zeros(3), [0, 1, 2], x),
        lambda x: np.putmask(np.zeros(3), [True] * 3, x),
        lambda x: np.place(np.zeros(3), np.ones(3, bool), x),
        lambda x: np.fill_diagonal(np.outer(x, x), 0.0),
        lambda x: np.nan_to_num(x, copy=False),
    ],
)
def test_writing_into_an_array_is_refused(f):
    with pytest.raises(TypeError, match="never changed in place"):
        al.trace(f, A)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: x[:, ::2].copy() @ w,
        lambda x, w: (x[:, ::2] * 1.0) @ w,
        lambda x, w: x[:, ::2].astype(float) @ w,
        lambda x, w: np.sum(x.T.copy()),
        lambda x, w: np.ravel(x.T.copy(), order="K"),
        lambda x, w: np.asfortranarray(M)[::2] @ np.ravel(x)[:60],
        lambda x, w: (np.exp(x)[:, ::2] / 1) @ w,
    ],
)
def test_copies_that_lie_otherwise_in_memory_stay(f):
    check_program(f, (M, np.random.default_rng(1).normal(size=30)))


def test_numbers_of_python_and_of_numpy_are_different():
    x = np.float32([1.5, 2.5])
    for s in (2.5, np.float64(2.5), np.float32(2.5), -1.0):
        check_program(lambda s, x: (s * np.float64(1.0)) * x, (s, x))
        check_program(lambda s, x: s * np.float64(0.5) * x, (s, x))
        check_program(lambda s, x: (+s) * x, (s, x))
    program = al.trace(lambda s, x: s * x, 2.5, x)
    assert program(np.float64(0.1), x).dtype == np.float32  # as it was traced
    assert al.trace(lambda s, x: s * x, np.float64(2.5), x)(3, x).dtype == np.float64


def test_compiled_functions_check_what_they_are_given(rng):
    import nn

    def loss(W, X, y):
        return nn.cross_entropy(X @ W, y)

    args = rng.normal(size=(3, 2)), rng.normal(size=(4, 3)), np.array([0, 1, 0, 1])
    run = al.trace(al.value_and_grad(loss), *args).compile()
    with pytest.raises(TypeError, match="traced for X of shape"):
        run(args[0], np.ones((8, 3)), np.zeros(8, int))


def test_compiled_functions_share_nothing():
    large = np.arange(100.0)
    program = al.trace(lambda x: (x, x * 2, large + 0, np.ones(3)), A)
    x = A.copy()
    for run in (program.compile(), program):
        for result in run(x):
            result *= 0
        assert x.tolist() == A.tolist() and run(x)[2].tolist() == large.tolist()
        assert run(x)[3].tolist() == [1, 1, 1]


def test_programs_keep_their_own_arguments():
    x = A.copy()
    program = al.trace(lambda x: 2 * x, x)
    x[:] = 0
    assert program.values()[program.outputs[0]].tolist() == (2 * A).tolist()
    with pytest.raises(TypeError, match="takes 1 arguments, got 0"):
        program()


def test_the_memory_of_a_traced_value_is_out_of_reach():
    with pytest.raises(TypeError, match="the memory of a value that is being traced"):
        al.trace(lambda x: np.sum(x.data), A)


def test_a_value_from_elsewhere():
    kept = []
    al.trace(lambda x: kept.append(x) or x, 1.0)
    with pytest.raises(TypeError, match="belongs to another trace"):
        al.trace(lambda x: x * kept[0], 1.0)


def test_a_primitive_that_uses_a_traced_value_from_outside():
    def f(x):
        @al.primitive
        def local(y):
            return y * x

        return local(2.0 * x)

    with pytest.raises(TypeError, match="uses a value that is being traced"):
        al.trace(f, 1.0)


def test_a_generator_is_no_argument(rng):
    with pytest.raises(TypeError, match="draw the numbers outside"):
        al.trace(lambda x, rng: x * rng.random(3), A, rng)


def test_named_tuples_of_traced_values():
    from collections import namedtuple

    Pair = namedtuple("Pair", "a b")
    check_program(lambda x: np.stack(Pair(x, 2 * x)), (A,))


@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: np.sum((np.tanh(x) + w) * w),
        lambda x, w: np.sum(np.tanh(x) * w * w),
        lambda x, w: np.sum(np.exp(x * w) * np.sin(x) * w),
    ],
)
def test_tags_speak_of_what_is_there(f):
    program = al.trace(al.grad(f), A, A)
    there = {v for step in program.steps for v in (step.result, *step.operands)}
    assert {v for v in there for v in v.gradient_of} <= there | set(program.inputs)


STEPS = {
    "transpose": lambda x: x.T,
    "strided": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "spread": lambda x: np.broadcast_to(x[0], x.shape),
    "meshgrid": lambda x: np.meshgrid(x[0], x[0])[0],
}
COPYING = {
    "copy": np.copy,
    "method": lambda x: x.copy(),
    "times one": lambda x: x * 1.0,
    "times ones": lambda x: x * np.ones(x.shape),
    "by one": lambda x: x / 1,
    "astype": lambda x: x.astype(float),
}
SEEING = {
    "sum": np.sum,
    "mean": lambda x: np.mean(x, axis=0),
    "matmul": lambda x: x @ x,
    "dot": lambda x: np.vdot(x, x),
    "ravel": lambda x: np.ravel(x, order="K"),
}


@pytest.mark.parametrize("between", [np.sin, lambda x: x, lambda x: np.exp(x * 0.7) - x])
@pytest.mark.parametrize("seeing", SEEING)
@pytest.mark.parametrize("copying", COPYING)
@pytest.mark.parametrize("step", STEPS)
def test_the_order_in_memory_is_handed_on(step, copying, between, seeing, rng):
    """A copy stays where a sum or product sees its order in memory, however far downstream."""

    def f(x):
        return SEEING[seeing](between(COPYING[copying](STEPS[step](between(x)))))

    for x in (rng.normal(size=(9, 9)), rng.normal(size=(40, 40))):
        check_program(f, (x,))


def test_an_index_that_is_an_argument_where_the_gradient_is_a_constant(rng):
    """As of a mean of what is picked: the index is written down all the same, twice if need be."""

    def f(x, i):
        return np.mean(x[:, 0] + x[np.arange(3), i]) + np.sum(x[i, 0]) + np.sum(np.sin(x))

    x, i, j = rng.normal(size=(3, 4)), np.array([1, 0, 2]), np.array([2, 2, 1])
    program = al.trace(al.grad(f), x, i)
    for k in (i, j):
        assert np.array_equal(program(x, k), al.grad(f)(x, k))
