"""Losses as students write them: plain NumPy, no nn, no names. Each with its arguments."""

import numpy as np

import autograd_lite as al


def logistic_regression(rng):
    def loss(w, b, X, y):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    args = rng.normal(size=3), 0.1, rng.normal(size=(5, 3)), np.array([0.0, 1, 1, 0, 1])
    return al.value_and_grad(loss, (0, 1)), args


def logistic_with_logaddexp(rng):
    def loss(w, X, t):
        return np.sum(np.logaddexp(0, -t * (X @ w)))

    return al.value_and_grad(loss), (rng.normal(size=3), rng.normal(size=(5, 3)), np.ones(5))


def plain_mlp(rng):
    def loss(params, X, Y):
        W1, b1, W2, b2, W3, b3 = params
        A1 = np.tanh(X @ W1 + b1)
        A2 = np.maximum(0, A1 @ W2 + b2)
        A3 = 1 / (1 + np.exp(-(A2 @ W3 + b3)))
        return np.mean((A3 - Y) ** 2)

    sizes = (2, 4), (4,), (4, 3), (3,), (3, 2), (2,)
    args = [rng.normal(size=s) for s in sizes], rng.normal(size=(6, 2)), rng.normal(size=(6, 2))
    return al.value_and_grad(loss), args


def plain_mlp_dict(rng):
    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def loss(params, x, y):
        h = sigmoid(params["W1"] @ x + params["b1"])
        out = sigmoid(params["W2"] @ h + params["b2"])
        return 0.5 * np.sum((out - y) ** 2)

    params = {"W1": rng.normal(size=(3, 2)), "b1": rng.normal(size=3)}
    params |= {"W2": rng.normal(size=(2, 3)), "b2": rng.normal(size=2)}
    return al.value_and_grad(loss), (params, rng.normal(size=2), rng.normal(size=2))


def ridge(rng):
    def loss(w, X, y, lam):
        r = X @ w - y
        return np.sum(r**2) / len(y) + lam * np.sum(w**2)

    return al.value_and_grad(loss), (
        rng.normal(size=3),
        rng.normal(size=(5, 3)),
        rng.normal(size=5),
        0.1,
    )


def softmax_regression(rng):
    def softmax(z):
        e = np.exp(z - np.max(z, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def loss(W, b, X, Y):
        P = softmax(X @ W + b)
        return -np.mean(np.sum(Y * np.log(P), axis=1))

    args = rng.normal(size=(3, 4)), np.zeros(4), rng.normal(size=(5, 3)), np.eye(4)[[0, 1, 2, 3, 0]]
    return al.value_and_grad(loss, (0, 1)), args


def softmax_indexed(rng):
    labels = np.array([0, 1, 2, 3, 0])

    def loss(W, X):
        Z = X @ W
        logp = Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
        return -np.mean(logp[np.arange(5), labels])

    return al.value_and_grad(loss), (rng.normal(size=(3, 4)), rng.normal(size=(5, 3)))


def gaussian(rng):
    def nll(Sigma, mu, x):
        d = x - mu
        return (
            0.5 * d @ np.linalg.inv(Sigma) @ d
            + 0.5 * np.log(np.linalg.det(Sigma))
            + np.log(2 * np.pi)
        )

    A = rng.normal(size=(2, 2))
    return al.value_and_grad(nll, (0, 1)), (
        A @ A.T + np.eye(2),
        rng.normal(size=2),
        rng.normal(size=2),
    )


def gaussian_solve(rng):
    def nll(Sigma, mu, X):
        D = X - mu
        n, k = X.shape
        quad = np.sum(D * np.linalg.solve(Sigma, D.T).T)
        return 0.5 * quad + 0.5 * n * np.linalg.slogdet(Sigma)[1] + 0.5 * n * k * np.log(2 * np.pi)

    A = rng.normal(size=(2, 2))
    return al.value_and_grad(nll, (0, 1)), (
        A @ A.T + np.eye(2),
        rng.normal(size=2),
        rng.normal(size=(4, 2)),
    )


def trace_AXB(rng):
    f = lambda A, X, B: np.trace(A @ X @ B)
    return al.value_and_grad(f, 1), [rng.normal(size=s) for s in ((2, 3), (3, 4), (4, 2))]


def batch_norm(rng):
    def loss(X, gamma, beta, Y):
        mu = np.mean(X, axis=0)
        var = np.var(X, axis=0)
        X_hat = (X - mu) / np.sqrt(var + 1e-5)
        return np.sum((gamma * X_hat + beta - Y) ** 2)

    args = rng.normal(size=(5, 3)), np.ones(3), np.zeros(3), rng.normal(size=(5, 3))
    return al.value_and_grad(loss, (0, 1, 2)), args


def convnet(rng):
    def loss(K, w, x, y):
        windows = np.lib.stride_tricks.sliding_window_view(x, K.shape)
        a = np.maximum(np.einsum("ijkl,kl->ij", windows, K), 0)
        return (np.sum(w * a) - y) ** 2

    return al.value_and_grad(loss, (0, 1)), (
        rng.normal(size=(2, 2)),
        rng.normal(size=(3, 3)),
        rng.normal(size=(4, 4)),
        1.0,
    )


def convnet_slices(rng):
    def loss(k, w, x, y):
        n = len(x) - len(k) + 1
        z = sum(k[i] * x[i : i + n] for i in range(len(k)))
        a = np.maximum(z, 0)
        return 0.5 * (w @ a - y) ** 2

    return al.value_and_grad(loss, (0, 1)), (
        rng.normal(size=3),
        rng.normal(size=5),
        rng.normal(size=7),
        1.0,
    )


def attention(rng):
    def softmax(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def loss(Wq, Wk, Wv, X, Y):
        Q, K, V = X @ Wq, X @ Wk, X @ Wv
        A = softmax(Q @ K.T / np.sqrt(K.shape[1]))
        return np.mean((A @ V - Y) ** 2)

    args = (
        *[rng.normal(size=(3, 4)) for _ in range(3)],
        rng.normal(size=(5, 3)),
        rng.normal(size=(5, 4)),
    )
    return al.value_and_grad(loss, (0, 1, 2)), args


def branches(rng):
    def loss(W, x, y):
        z = W @ x
        a = al.cond(np.sum(x) > 0, lambda: 1 / (1 + np.exp(-z)), lambda: np.maximum(z, 0))
        return np.sum((a - y) ** 2)

    shapes = (3, 2), (2,), (3,)
    return al.value_and_grad(loss), tuple(rng.normal(size=s) for s in shapes)


def turns_with_branches(rng):
    def loss(W, X):
        def turn(h, x):
            h = al.cond(np.sum(x) > 0, lambda h: np.tanh(W @ h + x), lambda h: 0.5 * h, h)
            return h, None

        return np.sum(al.scan(turn, np.ones(2), X)[0])

    return al.value_and_grad(loss), (rng.normal(size=(2, 2)), rng.normal(size=(4, 2)))


def newton(rng):
    def root(a, x):
        return al.while_loop(lambda x: abs(x**2 - a) > 1e-9, lambda x: (x + a / x) / 2, x)

    return root, (2.0, 1.0)


#: All of them, by their names.
PROGRAMS = {
    k: v for k, v in globals().items() if callable(v) and getattr(v, "__module__", "") == __name__
}
