"""What derivatives are at ties and kinks: the cases of `docs/explanation/conventions.md`.

A case is an expression in x with NumPy's names, the point, what we return there, and what others
do.  The same expression runs in every engine, as far as it has the names.
"""

from typing import NamedTuple

import numpy as np

NAN, INF = float("nan"), float("inf")
ONE, UNKNOWN = [[1.0, 0.0], [0.0, 1.0]], [[NAN, NAN], [NAN, NAN]]


class Case(NamedTuple):
    expression: str
    at: object
    ours: object
    why: str
    torch: object = None  # None: it does not have the function
    jax: object = None
    hips: object = None
    torch_expression: str | None = None


CASES = [
    Case("np.abs(x)", 0.0, 0.0, "the middle of [−1, 1]", 0.0, 1.0, 0.0),
    Case("np.sign(x)", 0.0, 0.0, "constant on either side", 0.0, 0.0, 0.0),
    Case(
        "np.maximum(x, 1.0)",
        1.0,
        0.5,
        "a tie is shared evenly",
        0.5,
        0.5,
        0.5,
        "torch.maximum(x, torch.tensor(1.0))",
    ),
    Case(
        "np.minimum(x, 1.0)",
        1.0,
        0.5,
        "likewise",
        0.5,
        0.5,
        0.5,
        "torch.minimum(x, torch.tensor(1.0))",
    ),
    Case(
        "np.max(x)",
        [1.0, 1.0],
        [0.5, 0.5],
        "shared by all that attain it",
        [0.5, 0.5],
        [0.5, 0.5],
        [0.5, 0.5],
        "torch.amax(x)",
    ),
    Case(
        "nn.relu(x)", 0.0, 0.0, "as BU defines the slope of ReLU", 0.0, 0.0, None, "torch.relu(x)"
    ),
    Case(
        "np.clip(x, 0.0, 1.0)",
        0.0,
        1.0,
        "it passes on the closed interval: no dead ends",
        1.0,
        0.5,
        0.0,
        "torch.clamp(x, 0.0, 1.0)",
    ),
    Case("np.sqrt(x)", 0.0, INF, "the truth", INF, INF, INF),
    Case(
        "np.linalg.norm(x)",
        [0.0, 0.0],
        [0.0, 0.0],
        "the shortest subgradient",
        [0.0, 0.0],
        [NAN, NAN],
        [NAN, NAN],
        "torch.linalg.norm(x)",
    ),
    Case(
        "np.hypot(x, 0.0)", 0.0, 0.0, "likewise", NAN, 0.5, NAN, "torch.hypot(x, torch.tensor(0.0))"
    ),
    Case("x ** 0.0", 0.0, 0.0, "x⁰ is 1 everywhere", 0.0, NAN, 0.0),
    Case("x ** 1.0", 0.0, 1.0, "x itself", 1.0, 1.0, 1.0),
    Case(
        "np.power(0.0, x)",
        2.0,
        0.0,
        "0ˣ is 0 around every x > 0",
        0.0,
        0.0,
        0.0,
        "torch.pow(torch.tensor(0.0), x)",
    ),
    Case(
        "np.arctan2(x, 0.0)",
        0.0,
        0.0,
        "no direction is preferred",
        0.0,
        NAN,
        NAN,
        "torch.atan2(x, torch.tensor(0.0))",
    ),
    Case(
        "np.std(x)",
        [1.0, 1.0],
        [0.0, 0.0],
        "a norm at 0",
        [0.0, 0.0],
        [NAN, NAN],
        [NAN, NAN],
        "torch.std(x, correction=0)",
    ),
    Case(
        "np.sort(x)[0]",
        [1.0, 1.0],
        [1.0, 0.0],
        "in the order of a stable sort",
        [1.0, 0.0],
        [1.0, 0.0],
        [1.0, 0.0],
        "torch.sort(x, stable=True).values[0]",
    ),
    Case(
        "np.prod(x)",
        [0.0, 2.0],
        [2.0, 0.0],
        "the truth: no division by a factor",
        [2.0, 0.0],
        [2.0, 0.0],
        [NAN, 0.0],
    ),
    Case(
        "np.mod(x, 1.0)",
        1.0,
        1.0,
        "the slope on either side of the jump",
        1.0,
        1.0,
        1.0,
        "torch.remainder(x, 1.0)",
    ),
    Case("np.floor(x)", 1.0, 0.0, "constant on either side of the jump", 0.0, 0.0, 0.0),
    Case("np.sinc(x)", 0.0, 0.0, "the truth", 0.0, 0.0, NAN),
    Case(
        "np.where(x > 0, np.sqrt(x), 0.0)",
        0.0,
        NAN,
        "0 · ∞: use np.where on the input as well",
        NAN,
        NAN,
        NAN,
        "torch.where(x > 0, torch.sqrt(x), torch.tensor(0.0))",
    ),
    Case(
        "sp.xlogy(x, 0.5)",
        0.0,
        float(np.log(0.5)),
        "the truth",
        float(np.log(0.5)),
        float(np.log(0.5)),
        None,
        "torch.special.xlogy(x, torch.tensor(0.5))",
    ),
    Case(
        "sp.xlogy(x, x)",
        0.0,
        0.0,
        "0 · log 0 is 0, and an empty class adds nothing",
        NAN,
        NAN,
        None,
        "torch.special.xlogy(x, x)",
    ),
    Case(
        "np.linalg.eigvalsh(x)[0]",
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 0.0], [0.0, 0.0]],
        "along the eigenvector that LAPACK returns",
        [[1.0, 0.0], [0.0, 0.0]],
        [[1.0, 0.0], [0.0, 0.0]],
        None,
        "torch.linalg.eigvalsh(x)[0]",
    ),
    Case(
        "np.sum(np.linalg.eigvalsh(x) ** 2)",
        ONE,
        [[2.0, 0.0], [0.0, 2.0]],
        "the truth: it does not depend on vectors",
        [[2.0, 0.0], [0.0, 2.0]],
        [[2.0, 0.0], [0.0, 2.0]],
    ),
    Case(
        "(lambda u, s, vh: (u @ vh)[0, 1])(*np.linalg.svd(x))",
        ONE,
        [[0.0, 0.5], [-0.5, 0.0]],
        "the truth: a polar factor does not depend on the choice of vectors",
        UNKNOWN,
        UNKNOWN,
    ),
    Case(
        "(lambda w, v: (v @ v.T)[0, 1])(*np.linalg.eigh(x))",
        ONE,
        [[0.0, 0.0], [0.0, 0.0]],
        "the truth: nor does a projector on all of an eigenspace",
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
    ),
    Case(
        "(lambda w, v: v[0, 1])(*np.linalg.eigh(x))",
        ONE,
        UNKNOWN,
        "there is none: any rotation of the vectors would do",
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
    ),
    Case(
        "(lambda w, v: ((v * w**2) @ v.T)[0, 1])(*np.linalg.eigh(x))",
        ONE,
        UNKNOWN,
        "it cannot be told from values and vectors: use x @ x",
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
    ),
    Case(
        "(lambda u, s, vh: ((u * s) @ vh)[1, 1])(*np.linalg.svd(x))",
        [[2.0, 0.0], [0.0, 0.0]],
        [[0.0, 0.0], [0.0, 1.0]],
        "the truth: vectors of single values are smooth, also at 0",
        [[0.0, 0.0], [0.0, 1.0]],
        [[0.0, 0.0], [0.0, 1.0]],
    ),
]


class Second(NamedTuple):
    """A second derivative: what it is, what we return, and what to write for the truth."""

    expression: str
    at: object
    truth: object
    ours: object
    remedy: str


ZERO, ONE = [0.0, 0.0], [1.0, 1.0]
UNKNOWN = [[NAN, NAN], [NAN, NAN]]
SECOND = [
    Second("np.linalg.norm(x)", ZERO, None, UNKNOWN, "np.sqrt(np.sum(x * x) + 1e-12)"),
    Second("np.linalg.norm(x) ** 2", ZERO, [[2.0, 0.0], [0.0, 2.0]], UNKNOWN, "np.sum(x * x)"),
    Second("np.hypot(x, 0.0) ** 2", 0.0, 2.0, NAN, "x * x"),
    Second("np.abs(1j * x) ** 2", 0.0, 2.0, NAN, "np.real(x * np.conj(x))"),
    Second("np.std(x) ** 2", ONE, [[0.5, -0.5], [-0.5, 0.5]], UNKNOWN, "np.var(x)"),
    Second("np.arctan2(x, 0.0)", 0.0, None, NAN, "np.arctan2(x, 1e-12)"),
    Second("np.abs(x) ** 2", 0.0, 2.0, 0.0, "x * x"),
]


def ours(case):
    return derived("grad", case.expression, case.at)


def second(expression, at):
    return derived("hessian", expression, at)


def derived(transform, expression, at):
    import autograd_lite as al
    import nn

    names = {"np": np, "nn": nn}
    if "sp." in expression:
        import scipy.special as special

        names["sp"] = special
    with np.errstate(all="ignore"):
        return getattr(al, transform)(lambda x: eval(expression, names | {"x": x}))(np.array(at))


def in_torch(case):
    import torch

    x = torch.tensor(case.at, dtype=torch.float64, requires_grad=True)
    expression = case.torch_expression or case.expression.replace("np.", "torch.")
    torch.set_default_dtype(torch.float64)
    try:
        y = eval(expression, {"torch": torch, "x": x})
        y.backward()
    finally:
        torch.set_default_dtype(torch.float32)
    return x.grad.numpy()


def in_jax(case):
    import jax
    import jax.numpy as jnp

    names = {"np": jnp, "nn": jax.nn, "sp": jax.scipy.special}
    with jax.enable_x64(True):
        return np.asarray(
            jax.grad(lambda x: eval(case.expression, names | {"x": x}))(np.array(case.at))
        )


def in_hips(case):
    import autograd
    import autograd.numpy as anp

    with np.errstate(all="ignore"):
        return autograd.grad(lambda x: eval(case.expression, {"np": anp, "x": x}))(
            np.array(case.at)
        )


# ---- the page ----

INTRODUCTION = """\
# Ties, kinks and other conventions

Here you find what a derivative is where there is none, of us and of others, and why.

At a point where a function has no derivative, or where formulas divide by zero, an engine must
return something. This page says what we return, why, and what PyTorch, JAX and HIPS autograd
return for the same expression. Every line is a test, for us and for each of the others where it is
installed; the page is written by `pytest tests/rules/test_conventions.py --overwrite`.

Four rules are behind the table:

1. Where a derivative exists, we return it, also where a formula would divide by zero.
2. Where there is an interval of subgradients, we return its middle for a tie between two equals,
   and the shortest one for a norm.
3. A slope that is infinite is returned as such. We never turn an infinity into a number.
4. Where there is a derivative that cannot be told from what a rule sees, we return NaN.

"""

REST = """
`—` means that the engine does not have, or does not differentiate, the function.

## Second derivatives

Lengths, distances, standard deviations and angles bend infinitely where they are 0. There we return
a first derivative of 0, and a second one that is not finite: never a number that is wrong. That is
so for their squares too, for which the last column has what to write.

Functions that are linear in pieces (`abs` of real numbers, `relu`, `maximum`, `sort`, `clip`) have
the second derivative 0 everywhere, also at their kinks. The price is `np.abs(x) ** 2`: its second
derivative at 0 is 2, and we return 0, since the slope of `abs` is a constant to whatever follows.

| second derivative of | at | is | we return | write |
|---|---|---|---|---|
SECOND

## Complex numbers

The gradient g of a real result f by a complex argument z satisfies df = Re(Σ g dz), so that
g = ∂f/∂Re z − i ∂f/∂Im z. Rules of holomorphic functions are then the same formulas as for real
arguments, without a conjugate; JAX and HIPS autograd have the same convention. To go downhill, step
along the conjugate: z − η ḡ. (PyTorch returns ḡ.) The gradient by a real argument is real.

## Matrices

`cholesky`, `eigh` and `eigvalsh` read one triangle of their argument, and the gradient stands in
that triangle; JAX and PyTorch symmetrise it. For eigenvectors and singular vectors, which are
determined up to a phase, the phase is taken not to vary: right for every loss that does not depend
on it.

Where eigenvalues or singular values coincide up to rounding, their vectors can turn freely among
themselves. What we return then depends on what the loss is made of:

- of the values alone (sums of a function of them, norms): the derivative;
- of the vectors alone, in such a way that it does not change as they turn (polar factors,
  Procrustes rotations, projectors on all of an eigenspace): the derivative, where PyTorch and JAX
  return NaN;
- of neither, for this pair (the leading part of a matrix of low rank): the derivative;
- of the vectors in any other way, or of both: NaN. A function of the matrix, `(v * f(w)) @ v.T`, is
  among these. It has a derivative, but with values and vectors alone nothing tells it from others
  that have another. Use `x @ x`, `np.linalg.inv` and the like, which have rules of their own.

Where 1/s is needed at a singular value s = 0, and for defective matrices, the gradient is NaN too.
`al.debug()` names the line. Whether a loss changes is seen at the vectors that LAPACK returned, so
one that is stationary just there, such as `v[0, 0]` at the identity, passes for one that does not.
Likewise, a function that is 0 at the values that coincide and meets them only off the diagonal,
such as `log(x)[0, 1]` by `eigh` at the identity, passes for one that does not use them.
Second derivatives there are right or NaN as well.

## dtypes

The gradient has the dtype of the argument: a float32 model never meets a float64 gradient.
"""


def written(value):
    if value is None:
        return "—"
    if isinstance(value, list):
        return "(" + ", ".join(map(written, value)) + ")"
    special = {"nan": "NaN", "inf": "∞", "-inf": "−∞", "none": "none"}
    return special.get(str(value)) or f"{value:.4g}".replace("-", "−")


def page():
    head = "| derivative of | at | we return | because | PyTorch | JAX | HIPS |\n"
    lines = [head, "|---|---|---|---|---|---|---|\n"]
    for case in CASES:
        numbers = [written(v) for v in (case.torch, case.jax, case.hips)]
        cells = [f"`{case.expression}`", written(case.at), f"**{written(case.ours)}**", case.why]
        lines.append("| " + " | ".join(cells + numbers) + " |\n")
    second = []
    for s in SECOND:
        numbers = [written(s.at), written(s.truth or "none"), f"**{written(s.ours)}**"]
        second.append("| " + " | ".join([f"`{s.expression}`", *numbers, f"`{s.remedy}`"]) + " |")
    return INTRODUCTION + "".join(lines) + REST.replace("SECOND", "\n".join(second))
