"""Bad calls of layers and activations of `nn`."""

import numpy as np

import nn
from tests.support.bad_calls.kinds import (
    ARRAY,
    BELOW_ONE,
    COUNT,
    DTYPE,
    FUNCTION,
    GENERATOR,
    HALF,
    INITIALIZER,
    NAN,
    NEGATIVE,
    NONE,
    NOT_NEGATIVE,
    NUMBER,
    SIZE,
    TEXT,
    Bad,
    Kind,
    Wrong,
    rows,
)

X = np.ones((4, 3))
Y = np.array([0, 1, 2, 0])
RNG = np.random.default_rng(0)
IMAGE = np.ones((1, 2, 6, 6))
WEIGHTS = {"rng": GENERATOR, "weight": INITIALIZER, "bias": INITIALIZER, "dtype": DTYPE}
SPACE = SIZE.without("None").plus(Wrong("too many", (1, 2, 3, 4), r"\(1, 2, 3, 4\)"))
PADDING = COUNT.like(0).without("None").plus(Wrong("too many", (0,) * 4, r"\(0, 0, 0, 0\)"))
STEPS = {"stride": SPACE, "padding": PADDING}
PROBABILITY = BELOW_ONE
SHARE = NOT_NEGATIVE.plus(Wrong("too large", 2.0, r"2\.0"))
FLAG = Kind(True, (NONE, TEXT, Wrong("a number", 3, r"\b3\b")))
EMPTY = Wrong("empty", np.ones((0, 3)), r"\(0, 3\)|nothing|empty|\b0\b")
OTHER = Wrong("other shape", np.ones((4, 5)), r"\(4, 5\)")
AXIS = Kind(-1, (Wrong("too large", 7, "7"), TEXT, HALF))


def layers():
    recurrent = {"inputs": SIZE, "size": SIZE, **WEIGHTS, "recurrent": INITIALIZER}
    for name in ("GRU", "LSTM", "RNN"):
        yield from rows(f"nn.{name}", getattr(nn, name), recurrent, ("hidden_size",))
    linear = {"inputs": SIZE, "outputs": SIZE, **WEIGHTS}
    yield from rows("nn.Linear", nn.Linear, linear, ("in_features",))
    for name in ("Conv1d", "Conv2d"):
        convolution = {**linear, "kernel": SPACE, **STEPS, "dilation": SPACE}
        groups = {"groups": SIZE.like(1).without("None").plus(Wrong("two", 2, r"\b2\b"))}
        yield from rows(f"nn.{name}", getattr(nn, name), convolution | groups, ("kernel_size",))
    for name in ("MaxPool", "AveragePool"):
        yield from rows(f"nn.{name}", getattr(nn, name), {"kernel": SPACE, **STEPS}, ("size",))
    yield from (
        rows(
            "nn.Embedding",
            nn.Embedding,
            {"count": SIZE, "size": SIZE, **WEIGHTS},
            ("num",),
            bias=None,
        )
        if False
        else rows(
            "nn.Embedding",
            nn.Embedding,
            {"count": SIZE, "size": SIZE, **{k: v for k, v in WEIGHTS.items() if k != "bias"}},
            ("num",),
        )
    )
    norm = {"epsilon": NOT_NEGATIVE, "dtype": DTYPE}
    yield from rows("nn.LayerNorm", nn.LayerNorm, {"size": SIZE, **norm}, ("eps",))
    yield from rows(
        "nn.BatchNorm",
        nn.BatchNorm,
        {"channels": SIZE, **norm, "momentum": SHARE},
        ("eps", "affine"),
    )
    yield from rows("nn.Dropout", nn.Dropout, {"rate": PROBABILITY}, ("p",))
    yield from rows("nn.Flatten", nn.Flatten, {}, ("axis",))
    yield from rows(
        "nn.MultiHeadAttention",
        nn.MultiHeadAttention,
        {"size": SIZE.like(4), "heads": SIZE.like(2), "causal": FLAG, **WEIGHTS},
        ("n_heads",),
    )
    mask = Kind(
        np.ones((2, 3), bool),
        (NONE, TEXT, Wrong("numbers", np.ones((2, 3)), "float64"), HALF, EMPTY),
    )
    yield from rows("nn.MaskedLinear", nn.MaskedLinear, {"mask": mask, **WEIGHTS}, ("inputs",))
    listed = Kind(
        [nn.relu],
        (
            NONE,
            TEXT,
            Wrong("a number in it", [nn.relu, 3.0], r"3\.0|float"),
            Wrong("None in it", [None], "None"),
            Wrong("a class in it", [nn.Dropout], "class.*Dropout"),
            Wrong("text in it", ["relu"], "'relu'|str"),
        ),
    )
    yield from rows("nn.Sequential", nn.Sequential, {"layers": listed}, ("rng",))
    yield Bad(
        "nn.Sequential(nn.relu, nn.Dropout)",
        lambda: nn.Sequential(nn.relu, nn.Dropout),
        "class.*Dropout",
        "Sequential",
        r"layers\[1\]=nn.Dropout\(",
    )
    yield from rows("nn.Summary", nn.Summary, {}, ("lines",), rows=(), parameters=0, measured=0)
    yield from rows("nn.summary", nn.summary, {"model": Kind([X], (NONE, TEXT))}, ("input_size",))
    net = nn.Sequential([nn.relu])
    yield Bad("nn.Sequential()(None)", lambda: net(None), "None", "relu.*z")
    sizes = Kind(
        [2, 3],
        (
            NONE,
            TEXT,
            Wrong("number", 3, r"\b3\b|int"),
            Wrong("one", [3], r"\[3\]"),
            Wrong("empty", [], r"\[\]"),
            Wrong("zero", [2, 0, 1], r"\b0\b"),
            Wrong("2.5", [2, 2.5], r"2\.5"),
            Wrong("negative", [2, -3], "-3"),
            Wrong("None in it", [2, None], "None"),
        ),
    )
    function = Kind(nn.relu, (TEXT, NUMBER, Wrong("None", None, "None")))
    yield from rows(
        "nn.MLP",
        nn.MLP,
        {"sizes": sizes, "activation": function, "output": function.without("None"), **WEIGHTS},
        ("hidden",),
    )
    yield Bad(
        "nn.MLP(2, 3, 1)",
        lambda: nn.MLP(2, 3, 1, rng=RNG),
        r"\b2\b",
        "MLP.*sizes",
        r"MLP\(\[",
    )
    layer = nn.Linear(3, 2, rng=RNG)
    for wrong in (NONE, TEXT, FUNCTION, OTHER):
        call = lambda wrong=wrong: layer(wrong.value)
        yield Bad(f"nn.Linear()({wrong.label})", call, wrong.what, "linear.*x")


def functions_of_layers():
    yield from rows("nn.linear", nn.linear, {"x": ARRAY.plus(OTHER), "weight": ARRAY}, ())
    qkv = dict.fromkeys(("query", "key", "value"), ARRAY)
    mask = Kind(
        np.ones((4, 4), bool),
        (
            TEXT._replace(what="<U4"),
            Wrong("numbers", np.ones((4, 4)), "float64"),
            Wrong("3", 3, r"int|\b3\b"),
        ),
    )
    yield from rows("nn.attention", nn.attention, {**qkv, "mask": mask}, ("heads", "is_causal"))
    sizes = {"length": COUNT, "size": SIZE}
    yield from rows("nn.positional_encoding", nn.positional_encoding, sizes, ("max_len",))
    yield from rows("nn.PositionalEncoding", nn.PositionalEncoding, {}, ("size",))
    learnt = {"length": SIZE, "size": SIZE, "rng": GENERATOR, "weight": INITIALIZER, "dtype": DTYPE}
    yield from rows("nn.PositionalEmbedding", nn.PositionalEmbedding, learnt, ("max_len",))
    weight = ARRAY.like(np.ones((2, 2, 3, 3)))
    shapes = (Wrong("two axes", X, r"\(4, 3\)"),)
    image = ARRAY.like(IMAGE).plus(*shapes)
    yield from rows(
        "nn.convolution",
        nn.convolution,
        {"x": image, "weight": weight, **STEPS, "dilation": SPACE.like(1), "groups": SIZE.like(1)},
        ("kernel",),
        stride=1,
    )
    for name in ("max_pool", "average_pool"):
        pool = {"x": image, "kernel": SPACE.like(2), "stride": SPACE.like(2), "padding": PADDING}
        yield from rows(f"nn.{name}", getattr(nn, name), pool, ("size",))
    kept = Kind(X > 0, (NONE, TEXT, Wrong("other shape", np.ones(5, bool), r"\(5,\)")))
    yield from rows("nn.dropout", nn.dropout, {"x": ARRAY, "kept": kept, "rate": PROBABILITY}, ())
    ids = Kind(
        Y,
        (
            *(NONE, TEXT, Wrong("floats", X, "float64")),
            *(Wrong("too large", np.array([7]), "7"), Wrong("negative", np.array([-1]), "-1")),
        ),
    )
    yield from rows("nn.embedding", nn.embedding, {"ids": ids, "weight": ARRAY}, ())
    yield from rows(
        "nn.standardize",
        nn.standardize,
        {"x": ARRAY, "axis": AXIS, "epsilon": NOT_NEGATIVE},
        ("eps",),
    )
    yield from rows(
        "nn.update_statistics",
        nn.update_statistics,
        {
            "model": Kind(
                nn.Sequential([nn.BatchNorm(3)]), (NONE, TEXT, Wrong("a dict", {"a": X}, "dict"))
            ),
            "x": ARRAY,
            "momentum": Kind(0.5, (NEGATIVE, NAN, NONE, TEXT, Wrong("two", 2.0, r"2\.0"))),
            "rng": GENERATOR.without("None"),
        },
        ("training",),
    )
    shape = Kind(
        (3, 2),
        (
            NONE,
            Wrong("text", "fast", "'fast'|str"),
            Wrong("negative", (-1, 2), "-1"),
            Wrong("2.5", (2.5, 2), r"2\.5"),
        ),
    )
    for name in ("glorot", "he", "orthogonal", "zeros"):
        kinds = {"rng": GENERATOR, "shape": shape, "dtype": DTYPE}
        if name == "zeros":
            kinds["rng"] = Kind(RNG, ())
        yield from rows(f"nn.{name}", getattr(nn, name), kinds, ("gain",))
    yield from rows("nn.normal", nn.normal, {"scale": NOT_NEGATIVE}, ("mean",))
    yield from rows("nn.uniform", nn.uniform, {"limit": NOT_NEGATIVE}, ("high",))


def activations():
    for name in [
        "elu",
        "gelu",
        "identity",
        "leaky_relu",
        "relu",
        "sigmoid",
        "silu",
        "softplus",
        "step",
        "tanh",
    ]:
        kinds = {"z": ARRAY.without(*(["None", "text", "function"] * (name == "identity")))}
        if name == "elu":
            kinds["alpha"] = Kind(1.0, (NONE, TEXT))
        if name == "leaky_relu":
            kinds["slope"] = Kind(0.1, (NONE, TEXT))
        yield from rows(f"nn.{name}", getattr(nn, name), kinds, ("inplace",))
    for name in ("softmax", "logsumexp"):
        yield from rows(f"nn.{name}", getattr(nn, name), {"z": ARRAY, "axis": AXIS}, ("dim",))


def every():
    for table in (layers, functions_of_layers, activations):
        yield from table()
