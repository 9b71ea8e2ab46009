"""The programs of scientists: their numbers against references that are written apart."""

from importlib import import_module
from itertools import pairwise, product

import numpy as np
import pytest

import autograd_lite as al
from tests.support.png import png_size

pytest.importorskip("scipy")
pytest.importorskip("matplotlib")
pytestmark = pytest.mark.slow

import scipy.integrate  # noqa: E402
import scipy.optimize  # noqa: E402

from examples.science import (  # noqa: E402
    bayesian_optimisation,
    gaussian_process,
    hidden_markov,
    ode_fit,
    pde_inverse,
    variational,
)

RUNS = {
    "bayesian_optimisation": "after 12 evaluations",
    "gaussian_process": "noise  0.1",
    "hidden_markov": "dice told apart",
    "ode_fit": "evaluations of the residuals",
    "pde_inverse": "root mean square error of k",
    "variational": "weights",
}


@pytest.mark.parametrize("name", RUNS)
def test_a_program_runs_and_draws(name, tmp_path, capsys):
    program = import_module(f"examples.science.{name}")
    assert program.main(["--out", str(tmp_path)]) == 0
    assert RUNS[name] in capsys.readouterr().out
    assert png_size(tmp_path / f"{name}.png") > (400, 200)
    with open(program.__file__, encoding="utf-8") as file:
        assert len(file.readlines()) <= 80


#: What draws the data of each program, or all that is random in it.
DRAWS = {
    "bayesian_optimisation": lambda seed: bayesian_optimisation.searched(seed, more=0)[:2],
    "gaussian_process": gaussian_process.measured,
    "hidden_markov": hidden_markov.rolled,
    "ode_fit": ode_fit.counted,
    "pde_inverse": pde_inverse.measured,
    "variational": lambda seed: variational.data(seed, logistic=True),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_seed_is_all_that_is_random(name, tmp_path, monkeypatch):
    draw = DRAWS[name]
    first, again, other = (np.concatenate([*map(np.ravel, draw(seed))]) for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    program, seeds = import_module(f"examples.science.{name}"), []

    def stop(seed, *args, **options):
        seeds.append(seed)
        raise StopIteration

    for function, f in [*vars(program).items()]:
        if callable(f) and "seed" in getattr(getattr(f, "__code__", None), "co_varnames", ())[:1]:
            monkeypatch.setattr(program, function, stop)
    with pytest.raises(StopIteration):
        program.main(["--seed", "3", "--out", str(tmp_path)])
    assert seeds == [3]


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize(
    "options, said",
    [
        (["--seed", "-1"], "--seed -1: a seed is not negative"),
        (["--seed", "one"], "argument --seed: invalid int value: 'one'"),
        (["--out", __file__], "--out"),
        (["--rounds", "3"], "unrecognized arguments: --rounds 3"),
    ],
)
def test_wrong_options_are_refused(name, options, said, capsys):
    program = import_module(f"examples.science.{name}")
    with pytest.raises(SystemExit) as stopped:
        program.main(options)
    error = capsys.readouterr().err
    assert stopped.value.code == 2 and said in error and f"examples.science.{name}" in error


def differences(f, x, step=1e-5):
    """The gradient by central differences."""
    eye = step * np.eye(len(x))
    return np.array([(f(x + e) - f(x - e)) / (2 * step) for e in eye])


def test_the_marginal_likelihood():
    x, y = gaussian_process.measured(0, 20)
    p = np.array([0.1, -0.4, -1.0])

    def by_formula(p):
        """½ yᵀ C⁻¹ y + ½ ln det C + n/2 ln 2π."""
        height, length, noise = np.exp(p)
        cov = height**2 * np.exp(-(np.subtract.outer(x, x) ** 2) / (2 * length**2))
        cov += noise**2 * np.eye(len(x))
        _, log_det = np.linalg.slogdet(cov)
        return (y @ np.linalg.solve(cov, y) + log_det + len(x) * np.log(2 * np.pi)) / 2

    f = lambda p: gaussian_process.minus_evidence(p, x, y)
    np.testing.assert_allclose(f(p), by_formula(p), rtol=1e-12)
    np.testing.assert_allclose(al.grad(f)(p), differences(by_formula, p), rtol=1e-6)
    found, errors = gaussian_process.fitted(x, y)
    expected = scipy.optimize.minimize(by_formula, np.zeros(3), method="Nelder-Mead", tol=1e-9).x
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert abs(np.exp(found[2]) - gaussian_process.NOISE) < 3 * errors[2]


def test_the_fit_of_rates_is_that_by_differences_of_the_solver():
    counts = ode_fit.counted(0)

    def residuals(rates):
        a, b, c, d = rates
        f = lambda t, z: [a * z[0] - b * z[0] * z[1], d * z[0] * z[1] - c * z[1]]
        times = ode_fit.TIMES
        span = times[0], times[-1]
        found = scipy.integrate.solve_ivp(
            f, span, ode_fit.START, t_eval=times, rtol=1e-8, atol=1e-8
        )
        return np.ravel(found.y - counts)

    expected = scipy.optimize.least_squares(residuals, ode_fit.RATES, xtol=1e-12, ftol=1e-12).x
    rates, errors, _ = ode_fit.fitted(counts)
    np.testing.assert_allclose(rates, expected, rtol=1e-4)
    assert np.all(abs(rates - ode_fit.RATES) < 3 * errors) and np.all(errors < 0.03)


def posterior(x, y):
    """Mean and covariance of the posterior of linear regression."""
    cov = np.linalg.inv(x.T @ x / 0.25 + np.eye(2) / 4)
    return cov @ x.T @ y / 0.25, cov


def test_the_variational_normal_is_the_posterior_of_linear_regression():
    mean, L = variational.fitted(0, logistic=False)
    expected, cov = posterior(*variational.data(0, logistic=False))
    deviations = np.sqrt(np.diagonal(cov))
    assert np.all(abs(mean - expected) < 1e-3 * deviations)
    np.testing.assert_allclose(L @ L.T, cov, rtol=1e-3, atol=1e-3 * np.prod(deviations))


def by_paths(logs, faces):
    """ln p(faces) by all paths, of which there are 2ⁿ."""
    start, move, show = logs
    values = []
    for path in product(range(2), repeat=len(faces)):
        value = start[path[0]] + sum(show[k, face] for k, face in zip(path, faces, strict=True))
        values.append(value + sum(move[a, b] for a, b in pairwise(path)))
    return np.log(np.sum(np.exp(values)))


def forward_backward(logs, faces):
    """Baum's counts, and the probability of each state at each roll, by two passes with scaling.

    The expected number of times that each start, transition and emission was used is the derivative
    of ln p(faces) by its logarithm.  (Baum & others 1970)
    """
    start, move, show = map(np.exp, logs)
    n, seen = len(faces), show[:, faces].T
    forward, backward, scale = np.zeros((n, 2)), np.ones((n, 2)), np.zeros(n)
    for t in range(n):
        forward[t] = seen[t] * (start if t == 0 else forward[t - 1] @ move)
        scale[t] = np.sum(forward[t])
        forward[t] /= scale[t]
    for t in reversed(range(n - 1)):
        backward[t] = move @ (seen[t + 1] * backward[t + 1]) / scale[t + 1]
    states, moves, shown = forward * backward, np.zeros((2, 2)), np.zeros((2, 6))
    for t in range(n - 1):
        moves += np.outer(forward[t], seen[t + 1] * backward[t + 1]) * move / scale[t + 1]
    for t in range(n):
        shown[:, faces[t]] += states[t]
    return np.sum(np.log(scale)), (states[0], moves, shown), states


@pytest.mark.parametrize("n", [7, 200])
def test_the_gradient_of_the_hidden_markov_model_is_baums_counts(n):
    logs, (_, faces) = hidden_markov.start_of(3), hidden_markov.rolled(3, n)
    found = al.value_and_grad(hidden_markov.log_likelihood)(logs, faces)
    expected, expected_counts, states = forward_backward(logs, faces)
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    for a, b in zip(found[1], expected_counts, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    six = states[:, np.argmax(logs[2][:, 5])]
    np.testing.assert_allclose(hidden_markov.loaded_now(logs, faces), six, rtol=1e-9, atol=1e-12)
    if n < 10:
        np.testing.assert_allclose(expected, by_paths(logs, faces), rtol=1e-12)


def test_expectation_and_maximisation_go_up():
    faces = hidden_markov.rolled(0, 100)[1]
    logs, values = hidden_markov.fitted(faces, 0, rounds=10)
    assert np.all(np.diff(values) > 0)  # as the theory of EM says
    by_hand = hidden_markov.start_of(0)
    for _ in range(10):
        counts = forward_backward(by_hand, faces)[1]
        by_hand = tuple(np.log(c / np.sum(c, axis=-1, keepdims=True)) for c in counts)
    for a, b in zip(logs, by_hand, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def adjoint_by_hand(log_k, seen):
    """The gradient of the misfit by the adjoint equation A λ = ∂C/∂u."""
    k, n = np.exp(log_k), len(log_k)
    A = np.diag(k[:-1] + k[1:]) - np.diag(k[1:-1], 1) - np.diag(k[1:-1], -1)
    u = np.linalg.solve(A, np.ones(n - 1) / n**2)
    adjoint = np.linalg.solve(A, 2 * (u - seen) / len(u))
    steps = np.diff(np.concatenate([[0], u, [0]])), np.diff(np.concatenate([[0], adjoint, [0]]))
    jumps = np.concatenate([[0], np.diff(log_k), [0]])
    return -k * steps[0] * steps[1] + 2 * pde_inverse.SMOOTH * (jumps[:-1] - jumps[1:])


def test_the_gradient_through_the_sparse_system_is_the_adjoint():
    seen = pde_inverse.measured(0, 30)
    log_k = np.random.default_rng(1).normal(0, 0.3, 30)
    found = al.grad(pde_inverse.misfit)(log_k, seen)
    expected = adjoint_by_hand(log_k, seen)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * np.max(abs(expected)))
    cells, _ = pde_inverse.places()
    k = pde_inverse.found(pde_inverse.measured(0))
    assert np.sqrt(np.mean((k - pde_inverse.conductivity(cells)) ** 2)) < 0.1


def test_the_search_finds_the_lowest_place_of_a_grid():
    x, y, _ = bayesian_optimisation.searched(0)
    grid = np.linspace(bayesian_optimisation.LOW, bayesian_optimisation.HIGH, 3001)
    lowest = np.min(bayesian_optimisation.costly(grid))
    assert len(x) == 12 and lowest <= np.min(y) < lowest + 1e-3
