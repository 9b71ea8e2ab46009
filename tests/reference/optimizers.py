"""Textbook minimisation loops; theta is a list of arrays, never changed in place."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.reference.activations import Array
from tests.reference.calder import momentum_step

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
