"""al.implicit: a solver of one's own has the derivatives of what it solves, whatever it does."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite.core.trees import tree_leaves
from autograd_lite.loops import implicit, roots
from autograd_lite.loops.roots import Implicit
from tests.support.equality import same_trees
from tests.support.planted import planted

rng = np.random.default_rng(18)
A = rng.normal(size=(3, 3)) + 3 * np.eye(3)
B = rng.normal(size=3)


def by_elimination(A, b):
    """What no tape can follow: numbers of Python's, changed in place."""
    rows = [[*map(float, row), float(y)] for row, y in zip(A, b)]
    for i, row in enumerate(rows):
        for other in rows:
            if other is not row:
                k = other[i] / row[i]
                other[:] = [a - k * c for a, c in zip(other, row)]
    return np.array([row[-1] / row[i] for i, row in enumerate(rows)])


@al.implicit(lambda x, A, b: A @ x - b)
def solved(A, b):
    return by_elimination(A, b)


@al.implicit(lambda x, a: x * x - a)
def root(a):
    return math.sqrt(a)


@al.implicit(lambda p, q: {"one": p["v"] + p["u"] * q["b"], "other": p["u"] ** 2 - q["a"]})
def of_trees(q):
    u = np.array([math.sqrt(a) for a in q["a"]])
    return {"u": u, "v": -u * q["b"]}


def in_a_tree(A, b):
    p = of_trees({"a": np.sum(A * A, axis=0), "b": b, "by": "hand"})
    return np.sum(p["u"] * np.sin(p["v"]))


def in_a_tree_directly(A, b):
    u = np.sqrt(np.sum(A * A, axis=0))
    return np.sum(u * np.sin(-u * b))


def linear(A, b):
    return np.sum(np.sin(solved(A, b)))


def linear_directly(A, b):
    return np.sum(np.sin(np.linalg.solve(A, b)))


def by_closure(A, b):
    inner = A * 0.9

    @al.implicit(lambda x, b: inner @ x - b * x[0] - b)
    def run(b):
        given = al.stop_gradient(inner), al.stop_gradient(b)
        return by_closure_steps(*given)

    return np.sum(run(b) ** 3)


def by_closure_steps(inner, b):
    return np.linalg.solve(inner - np.outer(b, np.eye(3)[0]), b)


def by_closure_directly(A, b):
    matrix = A * 0.9 - np.stack([b, 0 * b, 0 * b], axis=1)
    return np.sum(np.linalg.solve(matrix, b) ** 3)


def in_a_scan(A, b):
    def step(c, x):
        c = solved(A, c + x * b)
        return c, root(np.sum(c * c))

    return np.sum(al.scan(step, b, b)[1])


def in_a_scan_directly(A, b):
    total, c = 0.0, b
    for x in b:
        c = np.linalg.solve(A, c + x * b)
        total = total + np.sqrt(np.sum(c * c))
    return total


def nested(A, b):
    @al.implicit(lambda x, A, b: x + 0.1 * solved(A, x) ** 2 - b)
    def outer(A, b):
        x = b
        for _ in range(60):
            x = b - 0.1 * by_elimination(A, x) ** 2
        return x

    return np.sum(np.exp(outer(A, b)))


def nested_directly(A, b):
    x = b
    for _ in range(30):
        x = b - 0.1 * np.linalg.solve(A, x) ** 2
    return np.sum(np.exp(x))


PAIRS = [
    (linear, linear_directly),
    (in_a_tree, in_a_tree_directly),
    (by_closure, by_closure_directly),
    (in_a_scan, in_a_scan_directly),
    (nested, nested_directly),
]
NAMES = [f.__name__ for f, _ in PAIRS]


def second(f):
    return al.grad(lambda A, b: sum(np.sum(np.sin(g)) for g in al.grad(f, (0, 1))(A, b)), (0, 1))


def at_order(f, order):
    return [f, al.grad(f, (0, 1)), second(f)][order]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f, directly", PAIRS, ids=NAMES)
def test_derivatives_are_those_of_the_steps(f, directly, order):
    found, expected = at_order(f, order)(A, B), at_order(directly, order)(A, B)
    for x, y in zip(al.tree_leaves(found), al.tree_leaves(expected), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-10)


#: In a program, what the solver needs is an argument of it.
TRACED = [f for f, _ in PAIRS if f is not by_closure]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f", TRACED, ids=lambda f: f.__name__)
def test_programs_are_eager_to_the_bit(f, order):
    g = at_order(f, order)
    program, fast = al.trace(g, A, B), al.compile(g)
    for k in (1.0, 0.7):
        for run in (program, program.compile(), fast):
            assert same_trees(run(k * A, B), g(k * A, B))
    assert len(fast.programs) == 1


@pytest.mark.parametrize("f", TRACED, ids=lambda f: f.__name__)
def test_a_program_is_differentiated_by_the_equation_too(f):
    program = al.trace(f, A, B)
    for g in (al.grad(program, (0, 1)), al.trace(al.grad(program, (0, 1)), A, B)):
        assert same_trees(g(0.8 * A, B), al.grad(f, (0, 1))(0.8 * A, B))


def test_in_a_program_the_solver_is_one_step():
    for f, name in ((linear, "solved"), (in_a_tree, "of_trees")):
        program = al.trace(f, A, B)
        assert [step.name for step in program.steps].count(name) == 1
    assert "def residual(" in program.source()
    assert "solved" in al.draw(solved(al.Tensor(A), B)).source
    assert "solved" in str(al.explain(linear, A, B)) and "solved" in program_text()
    with al.debug():
        assert same_trees(al.grad(linear)(A, B), al.grad(linear)(A, B))


def program_text():
    program = al.trace(al.grad(linear), A, B)
    return program.latex() + str(program.graph().source) + program.source()


@given(st.floats(0.1, 50))
def test_orders_one_to_three(a):
    expected = [np.sqrt(a), 0.5 * a**-0.5, -0.25 * a**-1.5, 0.375 * a**-2.5]
    f = root
    for value in expected:
        assert f(a) == pytest.approx(value, rel=1e-9)
        f = al.grad(f)


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 5]))
def test_jacobians_by_hand(seed, n):
    """F(x, a) = Mx + sin x − a: dx/da = (M + diag cos x)⁻¹."""
    rng = np.random.default_rng(seed)
    M, x = rng.normal(size=(n, n)) / n + 3 * np.eye(n), rng.normal(size=n)
    found = al.implicit(lambda x, a: M @ x + np.sin(x) - a)(lambda a: x)
    J = al.jacobian(found)(M @ x + np.sin(x))
    np.testing.assert_allclose(J, np.linalg.inv(M + np.diag(np.cos(x))), rtol=1e-9, atol=1e-12)


@dataclass
class Pair:
    a: np.ndarray
    b: float


def test_containers_and_keywords():
    """A keyword that the residual names has its derivative; any other has none."""
    find = al.implicit(lambda x, p, *, shift: Pair(x.a - p.a, x.b * p.b - shift))(
        lambda p, *, shift, x0: Pair(p.a, float(shift / p.b))
    )

    def f(p, shift, x0):
        x = find(p, shift=shift, x0=x0)
        return np.sum(x.a) * x.b

    p = Pair(np.array([1.0, 2.0]), 2.0)
    by_p, by_shift, by_guess = al.grad(f, (0, 1, 2))(p, 3.0, 0.1)
    np.testing.assert_allclose(by_p.a, [1.5, 1.5])
    assert (float(by_p.b), float(by_shift), float(by_guess)) == (-2.25, 1.5, 0.0)
    assert same_trees(al.trace(al.grad(f, (0, 1)), p, 3.0, 0.1)(p, 3.0, 0.1), (by_p, by_shift))


#: What a solver may return for two numbers.
RETURNED = {
    "dict": lambda a, b: {"a": a, "b": b},
    "list": lambda a, b: [a, b],
    "tuple": lambda a, b: (a, b),
    "dataclass": Pair,
    "tuple in a tuple": lambda a, b: ((a,), b),
    "nested": lambda a, b: {"x": (a, [b])},
}


@pytest.mark.parametrize("kind", RETURNED)
def test_a_solver_may_return_any_tree(kind):
    def solver(p):
        a = np.sqrt(p[0])
        return RETURNED[kind](a, p[1] / a)

    def equations(x, p):
        a, b = tree_leaves(x)
        return [a * a - p[0], a * b - p[1]]

    find, p = al.implicit(equations)(solver), np.array([1.3, 0.7])
    f, known = (lambda p, g=g: np.sum(np.stack(tree_leaves(g(p))) ** 3) for g in (find, solver))
    for run in (
        al.grad(f),
        al.trace(al.grad(f), p),
        al.compile(al.grad(f)),
        al.grad(al.compile(f)),
    ):
        np.testing.assert_allclose(run(p), al.grad(known)(p), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, complex])
def test_dtypes_stay(dtype):
    a, b = A.astype(dtype), B.astype(dtype)
    own = al.implicit(lambda x, A, b: A @ x - b)(lambda A, b: np.linalg.solve(A, b))
    loss = lambda f: lambda a, b: np.sum(np.abs(f(a, b)) ** 2)
    for k in (0, 1):
        found, expected = al.grad(loss(own), k)(a, b), al.grad(loss(np.linalg.solve), k)(a, b)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=2e-4 if dtype == np.float32 else 1e-9)


def test_a_complex_residual_that_is_not_holomorphic():
    """F(z, a) = z + z̄ / 2 − a: z = (2 Re a / 3, 2 Im a)."""
    own = al.implicit(lambda z, a: z + np.conj(z) / 2 - a)(lambda a: 2 / 3 * a.real + 2j * a.imag)
    directly = lambda a: 2 / 3 * a.real + 2j * a.imag
    z = np.array([0.3 + 0.4j, -1.0 + 2.0j])
    loss = lambda f: lambda a: np.sum(np.abs(f(a)) ** 3)
    np.testing.assert_allclose(al.grad(loss(own))(z), al.grad(loss(directly))(z), rtol=1e-12)


def test_plain_values_pass_through():
    assert type(root(4.0)) is float and type(solved(A, B)) is np.ndarray
    assert (
        solved.__name__ == "solved" and solved.__wrapped__(A, B).tolist() == solved(A, B).tolist()
    )


def test_exact_numbers_are_refused():
    from fractions import Fraction

    half = al.implicit(lambda x, a: 2 * x - a)
    assert half(lambda a: a / 2)(Fraction(1)) == Fraction(1, 2)
    with pytest.raises(TypeError, match=r"exact numbers .* float\(x\)"):
        al.grad(half(lambda a: a / 2))(Fraction(1))
    assert al.grad(half(lambda a: float(a / 2)))(1.0) == 0.5


# ---- what is no solution ----


def test_what_is_no_solution_says_so_and_the_remedies_work():
    lazy = al.implicit(lambda x, a: x * x - a)(lambda a, turns=2: newton(a, turns))
    assert lazy(9.0) == newton(9.0, 2)  # the value is the solver's
    program = al.trace(al.grad(lazy), 1.0)
    for run in (al.grad(lazy), program, program.compile(), al.compile(al.grad(lazy))):
        with pytest.raises(RuntimeError, match=r"Newton's step J⁻¹·residual is .* have the solver"):
            run(9.0)
    assert al.grad(lambda a: lazy(a, turns=9))(9.0) == pytest.approx(1 / 6)
    loose = al.implicit(lambda x, a: x * x - a, tol=0.1)(lambda a: newton(a, 3))
    assert al.grad(loose)(9.0) == pytest.approx(1 / 6, rel=0.1)
    nowhere = al.implicit(lambda x, a: x * x - a)(lambda a: float("nan"))
    with pytest.raises(RuntimeError, match="no solution"):
        al.grad(nowhere)(9.0)


def newton(a, turns):
    x = a
    for _ in range(turns):
        x = (x + a / x) / 2
    return float(x)


def test_residuals_in_other_units_are_judged_alike():
    """What is small depends on the slope of the residual, not on its units."""

    def own(unit, error):
        return al.implicit(lambda x, a: unit * (x - a))(lambda a: a + error)

    for unit in (1e-12, 1.0, 1e12):
        assert al.grad(own(unit, 1e-9))(3.0) == 1
        with pytest.raises(RuntimeError, match="no solution"):
            al.grad(own(unit, 1e-2))(3.0)


@pytest.mark.parametrize(
    "residual, at",
    [
        (lambda x, a: x**2 * a, np.zeros(1)),
        (lambda x, a: np.stack([x[0] + x[1] - a, 2 * (x[0] + x[1] - a)]), np.array([0.5, 0.5])),
        (lambda x, a: np.stack([x[0] + x[1] - a, 0 * x[0]]), np.array([0.5, 0.5])),
    ],
)
def test_a_singular_jacobian_is_named(residual, at):
    f = lambda a: np.sum(al.implicit(residual)(lambda a: at)(a))
    for run in (al.grad(f), lambda a: al.trace(al.grad(f), a)):
        with pytest.raises(np.linalg.LinAlgError, match=r"is singular .* F\(x\) \+ 1e-6"):
            run(1.0)
    regular = al.implicit(lambda x, a: residual(x, a) + 1e-6 * (x - at))(lambda a: at)
    assert np.isfinite(al.grad(lambda a: np.sum(regular(a)))(1.0))


def test_units_of_rows_and_columns_do_not_make_a_jacobian_singular():
    scales = np.array([1e-12, 1e12])
    f = al.implicit(lambda x, a: (x / scales - a) * scales[::-1] ** 2)(lambda a: a * scales)
    np.testing.assert_allclose(al.jacobian(f)(np.array([2.0, 3.0])), np.diag(scales), rtol=1e-12)


def test_what_is_no_function():
    for call in (lambda: al.implicit(3.0), lambda: al.implicit(np.sin)(3.0)):
        with pytest.raises(TypeError, match=r"implicit: (residual|solver) = 3\.0; it must be"):
            call()
    with pytest.raises(ValueError, match="tol = -1"):
        al.implicit(np.sin, tol=-1)


def test_another_number_of_equations():
    f = al.implicit(lambda x, a: np.stack([x - a, x - a]))(lambda a: a)
    with pytest.raises(ValueError, match="makes 2 numbers for a solution of 1"):
        al.grad(f)(1.0)


def test_what_a_solver_reads_of_a_trace_is_an_argument():
    """A solver gets numbers alone: what varies in a program comes to it as an argument."""
    f = lambda A, b: np.sum(al.implicit(lambda x, b: A @ x - b)(lambda b: by_elimination(A, b))(b))
    with pytest.raises(TypeError, match="being traced"):
        al.trace(f, A, B)


# ---- mistakes in the code ----

MISTAKES = [
    (Implicit.solution, "np.transpose(J)", "J"),
    (Implicit.cotangents, "-joined(wanted)", "joined(wanted)"),
    (Implicit.cotangents, "J, residual, x, tol", "J, 0 * residual, x, tol"),
    (Implicit.cotangents, "J, residual, x, tol", "1e9 * J, residual, x, tol"),
    (Implicit.row, "joined([", "0 * joined(["),
    (roots.attached, "[0, *sorted(LEFT)]", "[*sorted(LEFT)][-1:]"),
    (roots.above, "x.level > level", "True"),
    (roots.numbers, "(a.real, a.imag)", "(a.real, a.real)"),
    (roots.apart, "c - 1j * part", "c - 0j * part"),
    (roots.numbers_in, "else 1", "else 0"),
]


@pytest.mark.parametrize("function, old, new", MISTAKES)
def test_a_planted_mistake_is_noticed(function, old, new, monkeypatch):
    wrong = planted(function, old, new)
    for owner in (Implicit, roots, implicit):
        if vars(owner).get(function.__name__) is function:
            monkeypatch.setattr(owner, function.__name__, wrong)
    assert noticed()


def test_what_a_solution_holds_is_exchanged_in_loops(monkeypatch):
    monkeypatch.delattr(Implicit, "exchange")
    assert noticed()


def noticed():
    """Whether a test fails."""
    checks = [
        *[lambda o=o, f=f, d=d: test_derivatives_are_those_of_the_steps(f, d, o)
          for f, d in PAIRS for o in (1, 2)],
        lambda: test_programs_are_eager_to_the_bit(in_a_scan, 1),
        lambda: test_a_complex_residual_that_is_not_holomorphic(),
        lambda: test_residuals_in_other_units_are_judged_alike(),
        *[lambda f=f: test_a_program_is_differentiated_by_the_equation_too(f) for f in TRACED],
        lambda: test_another_number_of_equations(),
    ]  # fmt: skip
    return any(map(fails, checks))


def fails(check):
    try:
        check()
    except (Exception, pytest.fail.Exception):
        return True
    return False
