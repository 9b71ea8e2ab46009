"""Textbook minimisation loops; theta is a list of arrays, never changed in place."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.support.reference.activations import Array
from tests.support.reference.calder import momentum_step

Gradient = Callable[[list[Array]], Sequence[Array]]


def gradient_descent(
    gradient: Gradient, theta: Sequence[Array], alpha: Any, steps: int
) -> list[Array]:
    """theta <- theta - alpha grad(theta).  BU, GD; CA (5)."""
    theta = list(theta)
    for _ in range(steps):
        theta = [p - alpha * g for p, g in zip(theta, gradient(theta), strict=True)]
    return theta


def heavy_ball(
    gradient: Gradient, theta: Sequence[Array], alpha: Any, beta: Any, steps: int
) -> list[Array]:
    """theta^+ = (theta - alpha grad(theta)) + beta (theta - theta^-), from theta^- = theta.

    CA, momentum descent.
    """
    before, theta = list(theta), list(theta)
    for _ in range(steps):
        triples = zip(theta, before, gradient(theta), strict=True)
        before, theta = theta, [momentum_step(p, q, g, alpha, beta) for p, q, g in triples]
    return theta


def adam(
    gradient: Gradient,
    theta: Sequence[Array],
    alpha: Any,
    beta1: Any,
    beta2: Any,
    epsilon: Any,
    steps: int,
) -> list[Array]:
    """theta_t = theta_{t-1} - (alpha m^_t) / (sqrt(v^_t) + epsilon).  BU, Adam.

    m_t = beta1 m_{t-1} + (1 - beta1) g_t,  v_t = beta2 v_{t-1} + (1 - beta2) g_t^2,
    m^_t = m_t / (1 - beta1^t),  v^_t = v_t / (1 - beta2^t).
    """
    theta = list(theta)
    m = [np.zeros_like(p) for p in theta]
    v = [np.zeros_like(p) for p in theta]
    for t in range(1, steps + 1):
        g = gradient(theta)
        m = [beta1 * m_p + (1 - beta1) * g_p for m_p, g_p in zip(m, g, strict=True)]
        v = [beta2 * v_p + (1 - beta2) * (g_p * g_p) for v_p, g_p in zip(v, g, strict=True)]
        m_hat = [m_p / (1 - beta1**t) for m_p in m]
        v_hat = [v_p / (1 - beta2**t) for v_p in v]
        theta = [
            p - alpha * m_p / (np.sqrt(v_p) + epsilon)
            for p, m_p, v_p in zip(theta, m_hat, v_hat, strict=True)
        ]
    return theta


def nesterov(
    gradient: Gradient, theta: Sequence[Array], alpha: Any, beta: Any, steps: int
) -> list[Array]:
    """x_{k+1} = y_k - alpha grad(y_k),  y_{k+1} = x_{k+1} + beta (x_{k+1} - x_k), from x_0 = y_0.

    The last y.  Nesterov 1983, with a constant beta.
    """
    x, y = list(theta), list(theta)
    for _ in range(steps):
        x_old = x
        x = [y_p - alpha * g_p for y_p, g_p in zip(y, gradient(y), strict=True)]
        y = [new + beta * (new - old) for new, old in zip(x, x_old, strict=True)]
    return y


def rmsprop(
    gradient: Gradient, theta: Sequence[Array], alpha: Any, beta: Any, epsilon: Any, steps: int
) -> list[Array]:
    """v = beta v + (1 - beta) g^2,  theta = theta - (alpha g) / (sqrt(v) + epsilon).

    Tieleman & Hinton 2012, lecture 6e.
    """
    theta = list(theta)
    v = [np.zeros_like(p) for p in theta]
    for _ in range(steps):
        g = gradient(theta)
        v = [beta * v_p + (1 - beta) * (g_p * g_p) for v_p, g_p in zip(v, g, strict=True)]
        theta = [
            p - alpha * g_p / (np.sqrt(v_p) + epsilon)
            for p, g_p, v_p in zip(theta, g, v, strict=True)
        ]
    return theta


def adamw(
    gradient: Gradient,
    theta: Sequence[Array],
    alpha: Any,
    beta1: Any,
    beta2: Any,
    epsilon: Any,
    decay: Any,
    steps: int,
) -> list[Array]:
    """theta = theta - alpha (m^ / (sqrt(v^) + epsilon) + decay theta), m^ and v^ as in adam.

    Loshchilov & Hutter 2019, algorithm 2, with alpha decay for its lambda.
    """
    theta = list(theta)
    m = [np.zeros_like(p) for p in theta]
    v = [np.zeros_like(p) for p in theta]
    for t in range(1, steps + 1):
        g = gradient(theta)
        m = [beta1 * m_p + (1 - beta1) * g_p for m_p, g_p in zip(m, g, strict=True)]
        v = [beta2 * v_p + (1 - beta2) * (g_p * g_p) for v_p, g_p in zip(v, g, strict=True)]
        new = []
        for p, m_p, v_p in zip(theta, m, v, strict=True):
            m_hat, v_hat = m_p / (1 - beta1**t), v_p / (1 - beta2**t)
            new.append(p - alpha * (m_hat / (np.sqrt(v_hat) + epsilon) + decay * p))
        theta = new
    return theta


def barzilai_borwein(
    gradient: Gradient, theta: Sequence[Array], alpha: Any, steps: int, largest: Any = np.inf
) -> list[Array]:
    """theta <- theta - (<s, s> / <s, y>) g,  s and y the last changes of theta and of g.

    alpha replaces the quotient in the first step and wherever <s, y> <= 0; it is cut at largest.
    Barzilai & Borwein 1988.
    """
    theta, g = list(theta), list(gradient(list(theta)))
    rate = min(alpha, largest)
    for _ in range(steps):
        new = [p - rate * g_p for p, g_p in zip(theta, g, strict=True)]
        g_new = list(gradient(new))
        s = [p - q for p, q in zip(new, theta, strict=True)]
        y = [p - q for p, q in zip(g_new, g, strict=True)]
        sy = sum(np.sum(s_p * y_p) for s_p, y_p in zip(s, y, strict=True))
        rate = sum(np.sum(s_p * s_p) for s_p in s) / sy if sy > 0 else alpha
        rate = min(rate, largest)
        theta, g = new, g_new
    return theta


def clipped(gradient: Sequence[Array], limit: Any) -> list[Array]:
    """g (c / |g|) if |g| > c, else g.  Pascanu, Mikolov & Bengio 2013, algorithm 1."""
    norm = np.sqrt(sum(np.sum(g * g) for g in gradient))
    return [g * (limit / norm) for g in gradient] if norm > limit else list(gradient)
