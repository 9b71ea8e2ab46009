"""Bad calls of losses, optimisers, schedules and searches of `nn`."""

import numpy as np

import nn
from tests.support.bad_calls.kinds import (
    ARRAY,
    BELOW_ONE,
    CALLABLE,
    FUNCTION,
    MODEL,
    NONE,
    NOT_NEGATIVE,
    NUMBER,
    OPTIMIZER,
    POSITIVE,
    RATE,
    SIZE,
    TEXT,
    Bad,
    Kind,
    Wrong,
    rows,
)

X = np.ones((4, 3))
Y = np.array([0, 1, 2, 0])
EMPTY = Wrong("empty", np.ones((0, 3)), r"\(0, 3\)|nothing|empty|\b0\b")
OTHER = Wrong("other shape", np.ones((4, 5)), r"\(4, 5\)")


def losses():
    pair = ARRAY.plus(EMPTY, OTHER)
    for name in ("absolute_error", "half_squared_error", "squared_error", "huber"):
        kinds = {"prediction": pair, "target": pair}
        if name == "huber":
            kinds["delta"] = POSITIVE
        yield from rows(f"nn.{name}", getattr(nn, name), kinds, ("reduction",))
    yield from rows(
        "nn.gaussian_negative_log_likelihood",
        nn.gaussian_negative_log_likelihood,
        {"mean": pair, "target": pair, "variance": POSITIVE.plus(OTHER)},
        ("reduction",),
    )
    labels = Kind(
        Y,
        (
            NONE,
            TEXT,
            Wrong("floats", Y.astype(float), "float64"),
            Wrong("too large", Y + 1, "3"),
            Wrong("negative", Y - 1, "-1"),
            Wrong("columns", Y[:, None], r"\(4, 1\)"),
            Wrong("NaN", np.full((4, 3), np.nan), "nan|NaN|not a number"),
        ),
    )
    logits = ARRAY.plus(EMPTY, Wrong("cube", np.ones((2, 2, 3)), r"\(2, 2, 3\)"))
    yield from rows(
        "nn.cross_entropy", nn.cross_entropy, {"logits": logits, "labels": labels}, ("weight",)
    )
    yield Bad(
        "nn.cross_entropy(labels, logits)",
        lambda: nn.cross_entropy(Y, X),
        r"\(4,\)|float64",
        "cross_entropy.*logits",
        "logits.*labels",
    )
    targets = ARRAY.plus(EMPTY, OTHER, Wrong("signs", -X, "-1"), Wrong("NaN", X * np.nan, "nan"))
    yield from rows(
        "nn.binary_cross_entropy",
        nn.binary_cross_entropy,
        {"logits": ARRAY.plus(EMPTY, OTHER), "targets": targets},
        ("pos_weight",),
    )
    signs = ARRAY.plus(
        EMPTY, OTHER, Wrong("0 and 1", X * 0, r"\b0"), Wrong("NaN", X * np.nan, "nan")
    )
    yield from rows(
        "nn.hinge", nn.hinge, {"scores": ARRAY.plus(EMPTY, OTHER), "labels": signs}, ("margin",)
    )
    plain = ARRAY.plus(EMPTY, OTHER)
    yield from rows("nn.focal", nn.focal, {"logits": logits, "labels": labels}, ("alpha",))
    pairs = {"first": plain, "second": plain, "signs": signs}
    yield from rows("nn.margin_ranking", nn.margin_ranking, pairs, ("reduction",))
    thirds = plain.like(X / 3).plus(Wrong("no probabilities", X, r"3"))
    yield from rows(
        "nn.kl_divergence", nn.kl_divergence, {"logits": plain, "target": thirds}, ("reduction",)
    )
    zeros = ARRAY.plus(EMPTY, OTHER, Wrong("zeros", 0 * X, "zeros"))
    yield from rows("nn.cosine", nn.cosine, {"prediction": zeros, "target": zeros}, ("dim",))
    counts = ARRAY.plus(EMPTY, OTHER, Wrong("negative", -X, "-1"))
    yield from rows(
        "nn.poisson_negative_log_likelihood",
        nn.poisson_negative_log_likelihood,
        {"log_rate": plain, "target": counts},
        ("full",),
    )
    tree = Kind({"w": X}, (NONE, TEXT, FUNCTION, Wrong("empty", {}, "dict|no ")))
    for name in ("l1_penalty", "l2_penalty"):
        yield from rows(f"nn.{name}", getattr(nn, name), {"tree": tree}, ("factor",))


def optimizers():
    momentum = {"rate": RATE, "momentum": BELOW_ONE}
    yield from rows("nn.SGD", nn.SGD, {"rate": RATE}, ("lr", "momentum", "learning_rate"))
    yield from rows("nn.HeavyBall", nn.HeavyBall, momentum)
    yield from rows("nn.Nesterov", nn.Nesterov, momentum, ("lr", "beta"))
    squares = {"rate": RATE, "square_decay": BELOW_ONE, "epsilon": NOT_NEGATIVE}
    yield from rows("nn.RMSprop", nn.RMSprop, squares, ("lr", "eps"))
    moments = {**squares, "mean_decay": BELOW_ONE}
    yield from rows("nn.Adam", nn.Adam, moments, ("lr", "betas", "eps", "beta1"))
    yield from rows("nn.AdamW", nn.AdamW, {**moments, "weight_decay": NOT_NEGATIVE}, ("lr",))
    yield from rows("nn.BarzilaiBorwein", nn.BarzilaiBorwein, {"rate": RATE, "largest": RATE})
    yield Bad("nn.SGD()", lambda: nn.SGD(), "rate", "SGD", "missing|give")
    yield from rows(
        "nn.Clipped",
        nn.Clipped,
        {"optimizer": OPTIMIZER, "limit": POSITIVE, "clip": CALLABLE.like(nn.clip_by_value)},
        ("norm",),
    )
    yield Bad(
        "nn.Clipped(1.0, nn.SGD(0.1))",
        lambda: nn.Clipped(1.0, nn.SGD(0.1)),
        r"1\.0|float",
        "Clipped.*optimizer",
    )
    tree = Kind({"w": X}, (NONE, TEXT, FUNCTION, Wrong("empty", {}, "dict|no ")))
    for name in ("clip_by_norm", "clip_by_value"):
        kinds = {"gradient": tree, "limit": POSITIVE}
        yield from rows(f"nn.{name}", getattr(nn, name), kinds, ("norm",))
    yield from rows(
        "nn.cosine_decay", nn.cosine_decay, {"rate": POSITIVE, "steps": SIZE, "last": RATE}
    )
    yield from rows(
        "nn.exponential_decay",
        nn.exponential_decay,
        {"rate": POSITIVE, "factor": POSITIVE, "every": SIZE},
    )
    yield from rows("nn.inverse_decay", nn.inverse_decay, {"rate": POSITIVE, "half_life": POSITIVE})
    yield from rows("nn.warmup", nn.warmup, {"schedule": RATE, "steps": SIZE})
    model = {"w": X, "b": [X + 0, X + 1]}
    for optimizer in (
        *(nn.SGD(0.1), nn.HeavyBall(0.1), nn.Nesterov(0.1), nn.RMSprop(0.1), nn.Adam(0.1)),
        *(nn.AdamW(0.1), nn.BarzilaiBorwein(0.1), nn.Clipped(nn.SGD(0.1), 1.0)),
    ):
        name = type(optimizer).__name__
        others = (
            ("a key is missing", {"b": [X, X]}, "'w'|\\['b'\\]", r"gradient|trees|argument"),
            ("a list is shorter", {"w": X, "b": [X]}, r"1", r"b"),
            ("an array for a list", {"w": X, "b": X}, "ndarray|array", "b"),
            ("None", None, "None", "gradient|argument|trees"),
        )
        for label, other, what, where in others:
            yield Bad(
                f"nn.{name}()(model, {label})",
                lambda o=optimizer, other=other: o(model, other, o.start(model)),
                what,
                where,
                "same structure|one structure|give|must",
            )


def searches():
    model = MODEL.without("class", "function")
    search = {
        "model": model.plus(Wrong("integers", np.arange(3), "int64")),
        "steps": SIZE.without("None"),
        "tolerance": NOT_NEGATIVE.without("None"),
    }
    method = Kind("BFGS", (NONE, NUMBER, Wrong("unknown", "fast", "'fast'")))
    cost = CALLABLE.plus(
        Wrong("a vector", lambda w: w, r"\(3,\)"), Wrong("None returned", lambda w: None, "None")
    )
    yield from rows("nn.minimize", nn.minimize, {"loss": cost, **search, "method": method})
    residuals = CALLABLE.like(lambda w: w).plus(
        Wrong("None returned", lambda w: None, "None|no arrays")
    )
    how = {"method": method.like("trf"), "loss": method.like("linear"), "f_scale": POSITIVE}
    yield from rows("nn.least_squares", nn.least_squares, {"residuals": residuals, **search, **how})


def vectors():
    tree = Kind({"w": X}, (NONE, TEXT, FUNCTION, Wrong("empty", {}, "dict|no ")))
    yield from rows("nn.ravel", nn.ravel, {"model": tree}, ("order",))
    yield from rows(
        "nn.named_leaves", nn.named_leaves, {"tree": tree.without("empty")}, ("prefix",)
    )
    vector = Kind(np.ones(12), (NONE, TEXT, FUNCTION, Wrong("too short", np.ones(3), r"\(3,\)")))
    yield from rows("nn.unravel", nn.unravel, {"vector": vector, "like": tree}, ("shape",))


def every():
    for table in (losses, optimizers, searches, vectors):
        yield from table()
