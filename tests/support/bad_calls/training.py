"""Bad calls of `nn.fit`, of data, files and plots."""

from functools import partial

import numpy as np

import nn
from tests.support.bad_calls.kinds import (
    CALLABLE,
    COUNT,
    DICT,
    FUNCTION,
    GENERATOR,
    MODEL,
    NONE,
    NUMBER,
    OPTIMIZER,
    PATH,
    SIZE,
    TEXT,
    Bad,
    Kind,
    Wrong,
    loss,
    rows,
)

X = np.ones((4, 3))
Y = np.array([0, 1, 2, 0])
OTHER = Wrong("other shape", np.ones((4, 5)), r"\(4, 5\)")
STREAM = [(X[:2],), (X[2:],)]
TRAINABLE = Kind(
    lambda path: True,
    (
        NUMBER,
        Wrong("unknown", "layers.7", "'layers.7'"),
        Wrong("nothing", lambda path: False, "nothing"),
        Wrong("a mask", [True, False], r"\[True, False\]"),
    ),
)
TRAINING = nn.Training(1, {"w": np.ones(2)}, 1, nn.History())
fit = partial(nn.fit, progress=False)


def data():
    listed = Kind(X, (NONE, TEXT, NUMBER, Wrong("empty", X[:0], r"\b0\b|nothing"), FUNCTION))
    kinds = {
        "size": SIZE,
        "rng": GENERATOR.without("None"),
        "epochs": COUNT,
    }
    yield from rows("nn.Batches", partial(nn.Batches, X, Y), kinds, ("batch_size", "shuffle"))
    for wrong in listed.wrong:
        yield Bad(
            f"nn.Batches({wrong.label}, size=2)",
            lambda wrong=wrong: nn.Batches(wrong.value, size=2),
            wrong.what,
            "Batches.*arrays?",
        )
    for label, call, what, remedy in (
        ("nothing", lambda: nn.Batches(size=2), r"\[\]|no arrays", "arrays"),
        ("other lengths", lambda: nn.Batches(X, Y[:2], size=2), r"\[4, 2\]", "one"),
        (
            "a tuple",
            lambda: nn.Batches((X, Y), size=2),
            "inhomogeneous|tuple|lengths",
            "give|arrays",
        ),
        ("replace alone", lambda: nn.Batches(X, size=2, replace=True), "replace", "rng="),
        ("too large", lambda: nn.Batches(X, size=9, drop_last=True), "9", "at most|smaller"),
        ("a size by place", lambda: nn.Batches(X, Y, 2), r"size", "size="),
    ):
        yield Bad(f"nn.Batches({label})", call, what, "Batches", remedy)
    yield from rows(
        "nn.samples",
        nn.samples,
        {"x": listed, "y": listed.like(X), "rng": GENERATOR, "steps": COUNT},
        ("size",),
    )
    one = [(np.ones(2), 1)]
    stream = Kind(
        one,
        (
            NONE,
            NUMBER,
            Wrong("bare arrays", [np.float64(1), np.float64(2)], "float64"),
            Wrong("other lengths", [(1, 2), (1,)], "1|2"),
        ),
    )
    taken = lambda stream, size, **rest: list(nn.online(stream, size, **rest))
    yield from rows("nn.online", taken, {"stream": stream, "size": SIZE}, ("batch_size",))
    yield from rows("nn.read_idx", nn.read_idx, {"path": PATH, "limit": COUNT}, ("mode",))
    yield Bad("nn.read_idx(nowhere)", lambda: nn.read_idx("/nowhere"), "No such", "/nowhere", "")
    folder = PATH.without("None")
    for name in ("mnist", "fashion_mnist"):
        yield from rows(f"nn.{name}", getattr(nn, name), {"folder": folder}, ("root",))
        yield Bad(
            f"nn.{name}(nowhere)",
            lambda name=name: getattr(nn, name)("/nowhere"),
            "/nowhere has no",
            name.replace("_", "-"),
        )
    images = dict.fromkeys(("x", "y", "x_validation", "y_validation"), X)
    yield from rows("nn.LabelledImages", nn.LabelledImages, {}, ("labels",), **images)


def training():
    batches = Kind(
        STREAM,
        (
            NONE,
            NUMBER,
            TEXT,
            Wrong("arrays", (X, X), "tuple of arrays"),
            Wrong("one array", X, "ndarray"),
            Wrong("empty", [], "empty|ran out|no batch"),
            Wrong("a function", nn.Batches, "class"),
            Wrong("bare arrays", iter([X, X]), "ndarray"),
        ),
    )
    options = {
        "model": MODEL,
        "loss": CALLABLE.plus(
            Wrong("a vector", lambda w, x: w, r"\(3,\)"),
            Wrong("None returned", lambda w, x: None, "None"),
            Wrong("text returned", lambda w, x: "loss", "str"),
            Wrong("too few arguments", lambda w: w, "2|x|argument"),
            Wrong("a count", lambda w, x: 3, "3"),
        ),
        "batches": batches,
        "optimizer": OPTIMIZER,
        "steps": COUNT,
    }
    yield from rows(
        "nn.fit", fit, options, ("lr", "n_steps", "batch_size", "verbose", "validation_data")
    )
    good = {"model": np.ones(3), "loss": loss, "batches": STREAM, "optimizer": nn.SGD(0.1)}
    later = {
        "every": SIZE.without("None"),
        "measure": CALLABLE.without("None").plus(
            Wrong("text returned", lambda m: "x", "'x'|str"), Wrong("None", lambda m: None, "None")
        ),
        "validate": CALLABLE.without("None").plus(
            Wrong("a number returned", lambda m: 3.0, "float"),
            Wrong("text in it", lambda m: {"error": "x"}, "'x'|str"),
            Wrong("its name is taken", lambda m: {"loss": 1.0}, "loss"),
        ),
        "callbacks": Kind(
            [],
            (
                NONE,
                FUNCTION,
                TEXT,
                Wrong("a number in it", [3.0], r"3\.0|float"),
                Wrong("None in it", [None], "None"),
            ),
        ),
        "trainable": TRAINABLE,
        "on_nan": Kind("stop", (NONE, NUMBER, Wrong("unknown", "skip", "'skip'"))),
        "resume": Kind(None, (TEXT, NUMBER, Wrong("a path", "run.training", "'run.training'|str"))),
    }
    for argument, kind in later.items():
        yield from rows("nn.fit", fit, {argument: kind}, (), **good, steps=2)
    yield from rows("nn.fit", fit, {"epochs": COUNT}, (), **good)
    yield Bad("nn.fit(no steps)", lambda: fit(**good), "steps=", "fit", "give")
    yield Bad("nn.fit(both)", lambda: fit(**good, steps=1, epochs=1), "steps=", "fit", "give")
    for label, swapped, what, where in (
        ("loss, model", {"model": loss, "loss": np.ones(3)}, "loss", "fit.*model"),
        (
            "optimizer, batches",
            {"batches": nn.SGD(0.1), "optimizer": STREAM},
            "list",
            "fit.*optimizer",
        ),
    ):
        yield Bad(f"nn.fit({label})", lambda s=swapped: fit(**(good | s), steps=1), what, where)
    yield from rows(
        "nn.early_stopping",
        nn.early_stopping,
        {
            "patience": SIZE,
            "of": Kind("loss", (NONE, NUMBER, FUNCTION, Wrong("no direction", "size", "'size'"))),
            "mode": Kind("auto", (NONE, NUMBER, Wrong("unknown", "best", "'best'"))),
            "restore_best": Kind(False, (NONE, TEXT)),
        },
        ("min_delta",),
    )
    unit = Kind("epochs", (NONE, NUMBER, Wrong("unknown", "steps", "'steps'")))
    yield from rows("nn.early_stopping", nn.early_stopping, {"unit": unit}, (), patience=2)
    several = MODEL.like({"w": np.ones(2), "v": np.ones(2)})
    yield from rows(
        "nn.partition", nn.partition, {"model": several, "trainable": TRAINABLE}, ("frozen",)
    )
    shared = np.ones(2)
    yield Bad(
        "nn.SGD(0.1).start(one array twice)",
        lambda: nn.SGD(0.1).start([shared, shared]),
        "0.*1|same array",
        "SGD",
        r"nn\.partition",
    )
    twice = [nn.early_stopping(2, restore_best=True)] * 2
    yield Bad(
        "nn.fit(two best models)",
        lambda: fit(**good, steps=1, callbacks=twice),
        "restore_best",
        "fit.*callbacks",
        "leave it out",
    )
    by_epochs = nn.early_stopping(2, unit="epochs")
    yield Bad(
        "nn.fit(epochs of a stream)",
        lambda: fit(**(good | {"batches": iter(STREAM)}), steps=1, callbacks=[by_epochs]),
        "epochs",
        "early_stopping",
        "give nn.Batches",
    )
    stop = nn.early_stopping(1, of="accuracy")
    yield Bad(
        "early_stopping(of=unknown)", lambda: stop(TRAINING), "accuracy", "measured", "there is"
    )
    yield from rows("nn.History", nn.History, {}, ("epochs",))
    yield Bad(
        "History.series(unknown)", lambda: nn.History().series("x"), "'x'", "measured", "there is"
    )
    yield from rows("nn.Training", nn.Training, {}, ("epoch",), **vars(TRAINING))
    yield from rows("nn.Solution", nn.Solution, {}, ("x",))


def files(folder):
    """Those that read and write files of this folder."""
    model = {"w": np.ones(2)}
    nn.save(f"{folder}/w", model)
    nn.save_checkpoint(f"{folder}/run", nn.Training(1, model, 1, nn.History(), "SGD"))
    tree = MODEL.like(model).without("empty")
    like = Kind(model, (NONE, TEXT))
    yield from rows(
        "nn.save", nn.save, {"path": PATH.like(f"{folder}/v"), "model": tree}, ("file",)
    )
    yield from rows(
        "nn.load", nn.load, {"path": PATH.like(f"{folder}/w"), "like": like}, ("model",)
    )
    other = {"v": np.ones(2)}
    for label, call in (
        ("nn.load", lambda: nn.load(f"{folder}/w", other)),
        ("nn.load_checkpoint", lambda: nn.load_checkpoint(f"{folder}/run", other, nn.SGD(0.1))),
    ):
        yield Bad(f"{label}(another model)", call, "v is missing", "/(w|run)", "model's parameters")
    yield Bad("nn.load(nowhere)", lambda: nn.load(f"{folder}/no", model), "No such", "/no", "")
    yield Bad("nn.save(model, path)", lambda: nn.save(model, f"{folder}/w"), "dict", "save.*path")
    path, there = PATH.like(f"{folder}/run2"), Kind(TRAINING, (NONE, TEXT, DICT))
    positions = {
        "batches": Kind(nn.Batches(X, size=2), (TEXT, NUMBER, Wrong("arrays", X, "ndarray"))),
        "rng": GENERATOR.without("None"),
    }
    yield from rows(
        "nn.save_checkpoint",
        nn.save_checkpoint,
        {"path": path, "training": there, **positions},
        ("step",),
    )
    yield from rows(
        "nn.load_checkpoint",
        nn.load_checkpoint,
        {"path": PATH.like(f"{folder}/run"), "model": like, "optimizer": OPTIMIZER},
        ("map_location",),
    )
    for argument, kind in positions.items():
        good = {"path": f"{folder}/run", "model": model, "optimizer": nn.SGD(0.1)}
        yield from rows("nn.load_checkpoint", nn.load_checkpoint, {argument: kind}, (), **good)


def plots():
    _, axes = nn.plots.figure()
    where = Kind(axes, (NONE, NUMBER))
    place = where.without("None")  # then the figure is returned
    size = Kind((4, 3), (NONE, NUMBER, TEXT))
    yield from rows("nn.plots.figure", nn.plots.figure, {"size": size}, ("colour",))
    yield from rows("nn.plots.count_steps", nn.plots.count_steps, {"axes": where}, ("x",))
    histories = Kind(nn.History([1], [0.5], [0.1]), (NONE, NUMBER, Wrong("losses", [0.5], "list")))
    x = Kind("steps", (NONE, Wrong("unknown", "epochs", "'epochs'")))
    yield from rows(
        "nn.plots.history",
        nn.plots.history,
        {"histories": histories, "where": place, "x": x},
        ("y",),
    )
    points, labels = np.array([[0.2, 0.5], [0.8, 0.5]]), [0, 1]
    yield from rows(
        "nn.plots.decision_regions",
        nn.plots.decision_regions,
        {
            "classify": CALLABLE.like(lambda p: p[:, 0] > 0.5),
            "x": Kind(points, (NONE, TEXT, OTHER)),
            "labels": Kind(
                labels, (NONE, Wrong("signs", [-1, 1], "-1"), Wrong("short", [0], r"\(1,\)"))
            ),
            "where": place,
            "side": SIZE.like(11).plus(Wrong("one", 1, "1")),
        },
        ("colours",),
    )
    line = np.linspace(0, 1, 3)
    yield from rows(
        "nn.plots.fitted_curve",
        nn.plots.fitted_curve,
        {
            "x": Kind(line, (NONE,)),
            "y": Kind(line, (NONE, Wrong("short", line[:2], r"2"))),
            "line": Kind(line, (NONE, NUMBER)),
            "fit": Kind(line, (NONE, Wrong("short", line[:2], r"2"))),
            "where": place,
        },
        ("colour",),
    )
    images = Kind(np.zeros((2, 3, 3)), (NONE, TEXT, NUMBER))
    said = Kind([1, 2], (NONE, Wrong("short", [1], r"\b1\b")))
    import io

    yield from rows(
        "nn.plots.digits",
        nn.plots.digits,
        {"images": images, "predicted": said, "true": said, "columns": SIZE},
        ("rows",),
        path=io.BytesIO(),
    )


def every(folder):
    for table in (data, training, plots, partial(files, folder)):
        yield from table()
