"""Derivations by hand as students make them, each right and with one typical mistake.

A case is a loss, its backward pass, arguments, and what a verdict on the wrong one has to say.
The pass has a first parameter that says whether it is right.
"""

import numpy as np

CASES = {}


def case(says, *shapes, **more):
    """Register a class with a loss and a backward pass; shapes are those of normal arguments."""

    def register(cls):
        CASES[cls.__name__] = cls.loss, cls.back, says, shapes, more.get("make")
        return cls

    return register


def arguments(name, rng):
    """The arguments of a case."""
    _, _, _, shapes, make = CASES[name]
    drawn = [rng.normal(size=shape) for shape in shapes]
    return tuple(make(rng, *drawn) if make else drawn)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def with_labels(n, k, axis=1):
    """Adds one-hot labels to the arguments, in rows or in columns."""

    def make(rng, *drawn):
        Y = np.eye(k)[rng.integers(0, k, n)]
        return (*drawn, Y if axis == 1 else Y.T)

    return make


def with_bits(*shape):
    return lambda rng, *drawn: (*drawn, rng.integers(0, 2, shape).astype(float))


# ---- slopes ----


@case("the factor q \\* \\(1 - q\\) is missing", (3, 4), (5, 3), (5, 4))
class slope_of_the_output_missing:
    def loss(V, X, T):
        q = sigmoid(X @ V)
        return np.mean((q - T) ** 2)

    def back(good, V, X, T):
        q = sigmoid(X @ V)
        d = 2 * (q - T) / T.size
        return (X.T @ (d * q * (1 - q) if good else d),)


@case("the factor h > 0 is missing", (4, 6), (6, 2), (5, 4), (5, 2))
class mask_missing:
    def loss(A, B, X, T):
        u = X @ A
        h = u * (u > 0)
        return np.sum(np.abs(h @ B - T) ** 2) / 2

    def back(good, A, B, X, T):
        h = np.maximum(X @ A, 0)
        e = h @ B - T
        d = e @ B.T
        return X.T @ (d * (h > 0) if good else d), h.T @ e


@case("sign in it is wrong", (4, 3), (2, 4), (3, 6), (2, 6))
class sign_in_the_slope_of_tanh:
    def loss(U, V, X, T):
        h = np.tanh(U @ X)
        return 0.5 * np.mean(np.sum((V @ h - T) ** 2, axis=0))

    def back(good, U, V, X, T):
        h = np.tanh(U @ X)
        e = (V @ h - T) / X.shape[1]
        d = V.T @ e * (1 - h * h if good else 1 + h * h)
        return d @ X.T, e @ h.T


@case("taken at h in place of u", (4,), (4, 3), (4,), (3,))
class slope_at_the_result:
    def loss(v, U, c, x):
        u = U @ x + c
        h = np.tanh(u)
        return np.dot(v, h) ** 2

    def back(good, v, U, c, x):
        u = U @ x + c
        h = np.tanh(u)
        g = 2 * np.dot(v, h)
        d = g * v * (1 - np.tanh(u if good else h) ** 2)
        return g * h, np.outer(d, x), d


@case("h2 in place of h1|at u2 in place of u1", (3, 4), (4, 4), (4, 1), (7, 3), (7, 1))
class slope_of_another_layer:
    def loss(A, B, C, X, T):
        u1 = X @ A
        h1 = sigmoid(u1)
        u2 = h1 @ B
        h2 = sigmoid(u2)
        return np.sum((h2 @ C - T) ** 2)

    def back(good, A, B, C, X, T):
        h1 = sigmoid(X @ A)
        h2 = sigmoid(h1 @ B)
        e = 2 * (h2 @ C - T)
        d2 = e @ C.T * h2 * (1 - h2)
        s = h1 if good else h2
        return X.T @ (d2 @ B.T * s * (1 - s)), h1.T @ d2, h2.T @ e


@case("softplus is sigmoid", (3, 2), (5, 3))
class slope_of_softplus:
    def loss(W, X):
        return np.sum(np.log(1 + np.exp(X @ W)))

    def back(good, W, X):
        s = sigmoid(X @ W)
        return (X.T @ (s if good else s * (1 - s)),)


@case("the term through 0.01 \\* u in h is missing", (3, 4), (4, 1), (6, 3), (6, 1))
class leak_forgotten:
    def loss(A, B, X, T):
        u = X @ A
        h = np.where(u > 0, u, 0.01 * u)
        return np.mean((h @ B - T) ** 2)

    def back(good, A, B, X, T):
        u = X @ A
        h = np.where(u > 0, u, 0.01 * u)
        e = 2 * (h @ B - T) / len(X)
        return X.T @ (e @ B.T * np.where(u > 0, 1, 0.01 if good else 0)), h.T @ e


# ---- softmax and cross-entropy ----


@case("p \\* \\(1 - p\\) too much", (3, 4), (3, 1), (4, 7), make=with_labels(7, 3, axis=0))
class slope_too_much_in_columns:
    def loss(W, b, X, Y):
        p = softmax(W @ X + b, axis=0)
        return -np.sum(Y * np.log(p)) / X.shape[1]

    def back(good, W, b, X, Y):
        p = softmax(W @ X + b, axis=0)
        d = (p - Y) / X.shape[1]
        d = d if good else d * p * (1 - p)
        return d @ X.T, d.sum(axis=1, keepdims=True)


@case("diagonal", (4, 3), (6, 4), (6, 3))
class diagonal_of_softmax:
    def loss(W, X, T):
        q = softmax(X @ W)
        return 0.5 * np.sum((q - T) ** 2)

    def back(good, W, X, T):
        q = softmax(X @ W)
        g = q - T
        inner = np.sum(g * q, axis=1, keepdims=True) if good else g * q
        return (X.T @ (q * (g - inner)),)


@case(
    "which is -1 for the right class, is missing",
    (3, 4),
    (8, 3),
    make=lambda r, W, X: (W, X, r.integers(0, 4, 8)),
)
class one_hot_forgotten:
    def loss(W, X, y):
        s = X @ W
        picked = s[np.arange(len(y)), y]
        return np.mean(np.log(np.sum(np.exp(s), axis=1)) - picked)

    def back(good, W, X, y):
        p = softmax(X @ W)
        if good:
            p[np.arange(len(y)), y] -= 1
        return (X.T @ p / len(y),)


@case("a \\* \\(1 - a\\) too much", (3,), (), (9, 3), make=with_bits(9))
class slope_too_much_for_bits:
    def loss(w, b, X, y):
        a = sigmoid(X @ w + b)
        return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a))

    def back(good, w, b, X, y):
        a = sigmoid(X @ w + b)
        d = a - y
        d = d if good else d * a * (1 - a)
        return X.T @ d, d.sum()


@case("not divided by its sum", (5, 3))
class slope_of_logsumexp:
    def loss(x):
        return np.sum(np.log(np.sum(np.exp(x), axis=1)))

    def back(good, x):
        return (softmax(x) if good else np.exp(x),)


# ---- numbers ----


@case("1/N.*9", (2, 3), (2,), (9, 3), (9, 2))
class divided_twice:
    def loss(W, b, X, T):
        return np.sum((X @ W.T + b - T) ** 2) / len(X)

    def back(good, W, b, X, T):
        d = 2 * (X @ W.T + b - T) / len(X)
        return d.T @ X, d.sum(axis=0) if good else d.mean(axis=0)


@case("N = 9", (2, 3), (9, 3), (9, 2))
class sum_for_mean:
    def loss(W, X, T):
        return np.mean(np.sum((X @ W.T - T) ** 2, axis=1))

    def back(good, W, X, T):
        return (2 * (X @ W.T - T).T @ X / (len(X) if good else 1),)


@case("factor 0.7 .*missing|1 / 0.7", (3, 5), (5, 1), (6, 3), (6, 1), make=lambda r, *a: (
    *a, (r.random((6, 5)) < 0.7) * 1.0))  # fmt: skip
class dropout_without_its_scale:
    def loss(A, B, X, T, keep):
        h = sigmoid(X @ A)
        h = h * keep / 0.7
        return np.sum((h @ B - T) ** 2)

    def back(good, A, B, X, T, keep):
        s = sigmoid(X @ A)
        e = 2 * (s * keep / 0.7 @ B - T)
        d = e @ B.T * keep / (0.7 if good else 1)
        return X.T @ (d * s * (1 - s)), (s * keep / 0.7).T @ e


@case("factor 3", (4,), (6, 4), (6,))
class planted_factor:
    def loss(w, X, t):
        return np.sum((X @ w - t) ** 2) / 2

    def back(good, w, X, t):
        return ((1 if good else 3) * X.T @ (X @ w - t),)


@case("divided by sum\\(x\\)", (), (), (7,), (7,))
class divided_by_a_sum:
    def loss(a, b, x, t):
        return np.mean((a * x + b - t) ** 2)

    def back(good, a, b, x, t):
        e = a * x + b - t
        n = len(x) if good else x.sum()
        return 2 * np.sum(e * x) / n, 2 * np.sum(e) / n


@case("row 0", (4, 2), (7, 3), (7, 2))
class intercept_is_penalised:
    def loss(W, X, T):
        one = np.concatenate([np.ones((len(X), 1)), X], axis=1)
        return 0.5 * np.sum((one @ W - T) ** 2) + 0.35 * np.sum(W[1:] ** 2)

    def back(good, W, X, T):
        one = np.concatenate([np.ones((len(X), 1)), X], axis=1)
        penalty = 0.7 * W
        if good:
            penalty[0] = 0
        return (one.T @ (one @ W - T) + penalty,)


@case("0\\.2 \\* b too much", (3, 2), (2,), (5, 3), (5, 2))
class bias_is_penalised:
    def loss(W, b, X, T):
        return 0.5 * np.sum((X @ W + b - T) ** 2) + 0.1 * np.sum(W**2)

    def back(good, W, b, X, T):
        e = X @ W + b - T
        return X.T @ e + 0.2 * W, e.sum(axis=0) + (0 if good else 0.2 * b)


# ---- paths ----


@case("term through .*missing", (3, 3), (3, 3), (5, 3), (5, 3))
class skip_forgotten:
    def loss(A, B, X, T):
        h = X @ A
        out = h + np.tanh(h @ B)
        return np.sum((out - T) ** 2)

    def back(good, A, B, X, T):
        h = X @ A
        r = np.tanh(h @ B)
        e = 2 * (h + r - T)
        s = e * (1 - r * r)
        return X.T @ (s @ B.T + (e if good else 0)), h.T @ s


@case("term through state is missing", (3, 3), (3, 2), (4, 2), (3,))
class no_way_through_time:
    def loss(R, U, xs, t):
        state = np.zeros(3)
        for x in xs:
            state = np.tanh(R @ state + U @ x)
        return np.sum((state - t) ** 2)

    def back(good, R, U, xs, t):
        states = [np.zeros(3)]
        for x in xs:
            states.append(np.tanh(R @ states[-1] + U @ x))
        d, dR, dU = 2 * (states[-1] - t), np.zeros((3, 3)), np.zeros((3, 2))
        for k in reversed(range(len(xs))):
            z = d * (1 - states[k + 1] ** 2)
            dR += np.outer(z, states[k])
            dU += np.outer(z, xs[k])
            d = R.T @ z
            if not good:
                break
        return dR, dU


@case("terms through .* are missing", (6, 4), (4,), (6, 4))
class layer_norm_of_constants:
    def loss(x, gain, t):
        mean = x.mean(axis=1, keepdims=True)
        var = ((x - mean) ** 2).mean(axis=1, keepdims=True)
        out = gain * (x - mean) / np.sqrt(var + 1e-5)
        return np.sum((out - t) ** 2)

    def back(good, x, gain, t):
        mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        s = 1 / np.sqrt(var + 1e-5)
        y = (x - mean) * s
        e = 2 * (gain * y - t)
        g = e * gain
        d = g * s
        if good:
            d = s * (g - g.mean(axis=1, keepdims=True) - y * (g * y).mean(axis=1, keepdims=True))
        return d, np.sum(e * y, axis=0)


@case("term|missing", (5,), (5,))
class projection_of_a_norm:
    def loss(x, t):
        n = np.sqrt(np.sum(x**2))
        return np.sum(t * x / n)

    def back(good, x, t):
        n = np.sqrt(np.sum(x**2))
        return (t / n - (x * np.dot(t, x) / n**3 if good else 0),)


@case("np.add.at", (6, 3), (4, 3), make=lambda r, E, T: (E, T, np.array([5, 1, 1, 5])))
class repeated_rows:
    def loss(E, T, rows):
        return np.sum((E[rows] - T) ** 2)

    def back(good, E, T, rows):
        d = np.zeros_like(E)
        if good:
            np.add.at(d, rows, 2 * (E[rows] - T))
        else:
            d[rows] += 2 * (E[rows] - T)
        return (d,)


@case("zero in 2 of 16 elements, in rows 2, 3", (4, 4), (2, 2))
class pooling_left_early:
    def loss(x, t):
        top = x.reshape(2, 2, 2, 2).max(axis=(1, 3))
        return np.sum((top - t) ** 2)

    def back(good, x, t):
        d = np.zeros_like(x)
        for i in range(2):
            for j in range(2):
                at = slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2)
                d[at] = 2 * (x[at] == x[at].max()) * (x[at].max() - t[i, j])
            if not good:
                break
        return (d,)


# ---- one value for another ----


@case("gradient of X @ Q @ .* is not transposed", (3, 3), (3, 3), (3, 3), (5, 3), (5, 3))
class attention_without_a_transpose:
    def loss(Q, K, V, X, T):
        a = softmax(X @ Q @ (X @ K).T / np.sqrt(3))
        return np.sum((a @ X @ V - T) ** 2)

    def back(good, Q, K, V, X, T):
        q, k = X @ Q, X @ K
        a = softmax(q @ k.T / np.sqrt(3))
        e = 2 * (a @ X @ V - T)
        da = e @ (X @ V).T
        ds = a * (da - np.sum(da * a, axis=1, keepdims=True)) / np.sqrt(3)
        return X.T @ (ds @ k), X.T @ ((ds.T if good else ds) @ q), (a @ X).T @ e


@case("V after the step", (3, 4), (4, 2), (6, 3), (6, 2))
class updated_too_early:
    def loss(U, V, X, T):
        h = sigmoid(X @ U)
        return np.sum((h @ V - T) ** 2)

    def back(good, U, V, X, T):
        h = sigmoid(X @ U)
        e = 2 * (h @ V - T)
        W = V if good else V - 0.05 * h.T @ e
        d = e @ W.T * h * (1 - h)
        return X.T @ d, h.T @ e


@case("square of s is missing", (4,), (4,), (4,), make=lambda r, m, s, x: (m, np.exp(s), x))
class quotient_without_its_square:
    def loss(m, s, x):
        z = (x - m) / s
        return np.sum(np.log(s) + 0.5 * z * z)

    def back(good, m, s, x):
        z = (x - m) / s
        return -z / s, 1 / s - z * (x - m) / (s * s if good else s)


@case("flipped", (3,), (8,), (6,))
class filter_not_flipped:
    def loss(k, x, t):
        y = k[0] * x[:6] + k[1] * x[1:7] + k[2] * x[2:8]
        return np.sum((y - t) ** 2)

    def back(good, k, x, t):
        e = 2 * (k[0] * x[:6] + k[1] * x[1:7] + k[2] * x[2:8] - t)
        dk = np.array([e @ x[i : i + 6] for i in range(3)])
        return dk, np.convolve(e, k if good else k[::-1])


@case("matrix product in place", (4, 4), (4, 4), (4, 4))
class dot_for_star:
    def loss(A, B, T):
        gate = A * B
        return np.sum((gate - T) ** 2)

    def back(good, A, B, T):
        e = 2 * (A * B - T)
        return (e * B if good else e @ B), e * A


@case("the term 1e-06 is missing", (3, 4), (5, 3), make=with_labels(5, 4))
class epsilon_in_one_only:
    def loss(W, X, Y):
        p = softmax(X @ W)
        return -np.sum(Y * np.log(p + 1e-6))

    def back(good, W, X, Y):
        p = softmax(X @ W)
        g = -Y / (p + 1e-6) if good else -Y / p
        return (X.T @ (p * (g - np.sum(g * p, axis=1, keepdims=True))),)


@case("the gradient of V in place of V", (3, 4), (4, 2), (6, 3), (6, 2))
class gradient_for_the_weight:
    def loss(U, V, X, T):
        h = np.tanh(X @ U)
        return np.sum((h @ V - T) ** 2)

    def back(good, U, V, X, T):
        h = np.tanh(X @ U)
        e = 2 * (h @ V - T)
        dV = h.T @ e
        return X.T @ (e @ (V if good else dV).T * (1 - h * h)), dV


@case("assigned in place of added", (3, 3), (4, 3), (4, 3))
class assigned_in_a_loop:
    def loss(W, xs, ts):
        total = 0
        for x, t in zip(xs, ts):
            total = total + np.sum((sigmoid(W @ x) - t) ** 2)
        return total

    def back(good, W, xs, ts):
        dW = np.zeros_like(W)
        for x, t in zip(xs, ts):
            a = sigmoid(W @ x)
            one = np.outer(2 * (a - t) * a * (1 - a), x)
            dW = dW + one if good else one
        return (dW,)


@case("zero in 1 of 7 elements, at index 6", (7,), (7,))
class fence_post:
    def loss(x, t):
        return np.sum((x - t) ** 4)

    def back(good, x, t):
        d = np.zeros_like(x)
        for i in range(len(x) if good else len(x) - 1):
            d[i] = 4 * (x[i] - t[i]) ** 3
        return (d,)


@case("right except in column 2, where it is off by the factor 2", (4, 3), (6, 4), (6, 3))
class one_column_twice:
    def loss(W, X, T):
        return np.sum(np.cos(X @ W) * T)

    def back(good, W, X, T):
        d = -X.T @ (np.sin(X @ W) * T)
        if not good:
            d[:, 2] *= 2
        return (d,)


@case("sign is wrong", (4,), (4,))
class sign_inside_a_quotient:
    def loss(a, b):
        return np.sum(a / (1 + b * b))

    def back(good, a, b):
        s = 1 + b * b
        return 1 / s, (-1 if good else 1) * 2 * a * b / s**2


@case("the factor 1 / v is missing|log is missing|the slope of log", (4,))
class slope_of_a_logarithm:
    def loss(x):
        v = 1 + x * x
        return np.sum(np.log(v))

    def back(good, x):
        v = 1 + x * x
        return (2 * x / v if good else 2 * x,)


@case("exponent", (5,))
class exponent_stays:
    def loss(x):
        return np.sum(x**4)

    def back(good, x):
        return (4 * x ** (3 if good else 4),)
