"""Bad calls of the engine: `autograd_lite` and `autograd_lite.special`."""

from functools import partial

import numpy as np

import autograd_lite as al
from autograd_lite import special
from tests.support.bad_calls.kinds import (
    ARRAY,
    CALLABLE,
    COUNT,
    FUNCTION,
    HALF,
    NONE,
    NUMBER,
    SIZE,
    TEXT,
    Bad,
    Kind,
    Wrong,
    rows,
)

X = np.ones(3)
TREE = {"w": X, "b": [X, X]}
AXIS = Kind(0, (Wrong("too large", 7, "7"), TEXT, HALF))
ARGNUMS = Kind(
    0,
    (
        NONE,
        HALF,
        Wrong("text", "x", "'x'|str"),
        Wrong("text in it", ("x",), "'x'|str"),
        Wrong("truth", True, "True"),
    ),
)


def square(x):
    return np.sum(x * x)


def applied(transform):
    """The transform and a call of what it made, as one."""

    def call(f, argnums=0, **options):
        return transform(f, argnums, **options)(X, X)

    return call


def gradients():
    for name in ("grad", "value_and_grad", "jacobian", "hessian"):
        transform = getattr(al, name)
        kinds = {"f": CALLABLE.like(lambda x, y: square(x)), "argnums": ARGNUMS}
        yield from rows(f"al.{name}", applied(transform), kinds, ("argnum", "lr"))
        made = transform(square)
        for label, call, what, where, remedy in (
            ("no argument", lambda made=made: made(), "0", "argnums", "argument"),
            ("argnums too large", lambda t=transform: t(square, 3)(X), "3", "argnums", "argument"),
            (
                "twice",
                lambda t=transform: t(square, (0, 0))(X),
                r"\(0, 0\)",
                "argnums",
                "once|twice",
            ),
            ("integers", lambda made=made: made(np.arange(3)), "int64", "argument 0", "astype"),
            ("None", lambda made=made: made(None), "None", "argument 0", "give"),
            ("text", lambda made=made: made("x"), "'x'|str", "argument 0", "give"),
            ("a set", lambda made=made: made({1.0}), "set", "set|argument", "use a dict"),
            ("a function", lambda made=made: made(square), "square|function", "argument 0", "give"),
        ):
            yield Bad(f"al.{name}(f)({label})", call, what, where, remedy)
    for name in ("grad", "value_and_grad", "hessian"):
        for label, f, what in (
            ("a vector", lambda x: x, r"\(3,\)"),
            ("a list", lambda x: [square(x)], "list"),
            ("None", lambda x: None, "None"),
            ("text", lambda x: "loss", "str|'loss'"),
            ("a count", lambda x: 3, "3"),
            ("an item", lambda x: np.sum(x).item(), "taken off"),
        ):
            yield Bad(
                f"al.{name}(returns {label})",
                lambda name=name, f=f: getattr(al, name)(f)(X),
                what,
                "grad|result",
                "return|use|compute",
            )


def products():
    where = "argument|tangent|v\\b"
    vjp = lambda f, **rest: al.vjp(f, X, **rest)
    yield from rows("al.vjp", vjp, {"f": CALLABLE.like(square)})
    _, pullback = al.vjp(np.sin, X)
    _, tree = al.vjp(lambda x: {"a": x, "b": [x, x]}, X)
    for label, call, what, where, remedy in (
        ("pullback(other shape)", lambda: pullback(np.ones(4)), r"\(4,\)", "cotangent", "give"),
        ("pullback(None)", lambda: pullback(None), "None", "cotangent", "give"),
        ("pullback(text)", lambda: pullback("g"), "'g'|str", "cotangent", "give"),
        ("pullback(other keys)", lambda: tree({"a": X}), "'b'", "cotangent", "give"),
        ("pullback(shorter)", lambda: tree({"a": X, "b": [X]}), "2 and 1", r"\['b'\]", "give"),
        ("pullback()", lambda: pullback(), "missing", "pullback", "g"),
    ):
        yield Bad(f"al.vjp: {label}", call, what, where, remedy)
    pair = Kind((X,), (NONE, Wrong("bare", X, "ndarray"), TEXT, Wrong("empty", (), r"\(\)|0")))
    tangents = pair.plus(
        Wrong("too many", (X, X), "2"),
        Wrong("other shape", (np.ones(4),), r"\(4,\)"),
        Wrong("text in it", ("v",), "'v'|str"),
    )
    yield from rows(
        "al.jvp", al.jvp, {"f": CALLABLE.like(np.sin), "args": pair, "tangents": tangents}
    )
    yield from rows(
        "al.hvp",
        al.hvp,
        {
            "f": CALLABLE.like(square),
            "args": Kind((X,), (NONE, TEXT, Wrong("empty", (), r"\(\)|0"))),
            "v": tangents.without("bare"),
        },
    )
    yield from rows(
        "al.gnvp",
        al.gnvp,
        {
            "f": CALLABLE.like(np.sin),
            "loss": CALLABLE.like(square),
            "args": Kind((X,), (NONE, TEXT, Wrong("empty", (), r"\(\)|0"))),
            "v": tangents.without("bare"),
        },
    )


def elementwise():
    kinds = {"f": CALLABLE.like(np.sin), "order": COUNT.like(2).without("None")}
    yield from rows("al.derivative", al.derivative, kinds, ("n",))
    for label, f, what in (
        ("a sum", np.sum, r"\(3,\)"),
        ("a running sum", np.cumsum, "other elements"),
        ("all by all", lambda x: x / np.sum(x), "other elements"),
    ):
        call = lambda f=f: al.derivative(f)(X)
        yield Bad(f"al.derivative({label})", call, what, "derivative", r"use al\.jacobian")


def pairs():
    """Functions that return no pair where one is told to be."""
    for name in ("grad", "value_and_grad", "jacobian", "hessian"):
        made = getattr(al, name)(square, has_aux=True)
        yield Bad(f"al.{name}(has_aux)", lambda made=made: made(X), "Tensor", "has_aux", "return")
    for call in (
        lambda: al.vjp(square, X, has_aux=True),
        lambda: al.jvp(square, (X,), (X,), has_aux=True),
    ):
        yield Bad("has_aux", call, "Tensor", "has_aux", "return")


def loops():
    add = lambda carry, x: (carry + x, carry)
    step = CALLABLE.plus(
        Wrong("no pair", lambda c, x: c, "array|number"),
        Wrong("three", lambda c, x: (c, x, x), "tuple"),
        Wrong("None returned", lambda c, x: None, "None"),
        Wrong("another shape", lambda c, x: (np.ones(2), x), r"\(2,\)"),
        Wrong("another structure", lambda c, x: ((c, c), x), "tuple"),
    )._replace(good=add)
    xs = Kind(X, (NUMBER, TEXT, NONE, FUNCTION, Wrong("lengths", (X, np.ones(2)), "2")))
    scan = {
        "step": step,
        "length": Kind(3, (*COUNT.wrong, Wrong("another", 2, "2"))),
        "checkpoint": SIZE.without("None"),
    }
    yield from rows("al.scan", al.scan, scan, ("init", "n"), carry=0.0, xs=X)
    yield from rows("al.scan", al.scan, {"xs": xs}, (), step=add, carry=0.0)
    until = {
        "cond": CALLABLE.like(lambda n: n < 3),
        "step": CALLABLE.like(lambda n: n + 1),
        "limit": COUNT.like(9),
    }
    yield from rows("al.while_loop", al.while_loop, until, ("length",), state=0)
    solved = {"f": CALLABLE.like(np.cos), "limit": COUNT.like(99).without("NaN")}
    yield from rows("al.fixed_point", al.fixed_point, solved, ("steps",), x0=1.0)
    implicit = {"residual": CALLABLE.like(lambda x, a: x - a)}
    decorated = lambda residual, **rest: al.implicit(residual, **rest)(np.positive)(1.0)
    yield from rows("al.implicit", decorated, implicit, ("tolerance",))
    one = lambda f, xs, **rest: al.map(f, xs, **rest)
    yield from rows("al.map", one, {"f": CALLABLE.like(square), "xs": xs}, ("axis",))
    yield Bad("al.map(f)", lambda: al.map(square), "nothing|turns", "loop|map", "give")
    yield Bad("al.map(xs, f)", lambda: al.map(X, square), "ndarray", "map.*f", "function")
    branch = CALLABLE.like(np.sin)
    flag = Kind(True, (Wrong("several", np.ones(2) > 0, r"\(2,\)"), NONE, TEXT))
    cond = lambda flag, yes, no, **rest: al.cond(flag, yes, no, 1.0, **rest)
    yield from rows("al.cond", cond, {"flag": flag, "yes": branch}, ("operand",), no=np.cos)
    yield from rows("al.cond", partial(cond, False), {"no": branch}, (), yes=np.cos)


def blockwise():
    kinds = {
        "loss": CALLABLE.like(lambda p, x: np.sum(x - p)).without("None returned"),
        "blocks": Kind(
            [X],
            (
                *(NONE, TEXT, NUMBER),
                Wrong("an array", X, r"ndarray.*\(3,\)"),
                Wrong("one block", (X, X), r"\(array"),
                Wrong("none", [], "no blocks"),
            ),
        ),
        "seed": Kind(0, (TEXT, HALF)),
        "on": Kind(None, (TEXT, Wrong("a number", 4, "4"))),
    }
    for f in (al.mean_over, al.sum_over):
        call = lambda *, f=f, **given: f(**given)(1.0)
        yield from rows(f"al.{f.__name__}", call, kinds, ())
    cut = lambda rows: al.blocks(X, X, rows=rows)
    yield from rows("al.blocks", cut, {"rows": SIZE.without("None")}, ())
    yield Bad("al.blocks()", al.blocks, "no arrays|which arrays", "blocks")
    yield Bad("al.blocks(a tuple)", lambda: al.blocks((X, X)), "one by one", "blocks")
    yield Bad("al.blocks(of two lengths)", lambda: al.blocks(X, X[1:]), r"\[3, 2\]", "blocks")


def programs():
    trace = lambda f, **rest: al.trace(f, X, **rest)
    yield from rows("al.trace", trace, {"f": CALLABLE.like(square)}, ("argnums",))
    for label, f, what in (
        ("a branch", lambda x: x if x[0] > 0 else -x, "branch|depends|truth"),
        ("float()", lambda x: float(x[0]), "float"),
    ):
        yield Bad(f"al.trace({label})", lambda f=f: al.trace(f, X), what, "engine.py|line")
    rng = np.random.default_rng(0)
    drawing = lambda: al.trace(lambda x, rng: x, X, rng)
    yield Bad("al.trace(f, rng)", drawing, "generator", "rng", "draw")
    program = al.trace(al.value_and_grad(square), X)
    for label, call, what, where, remedy in (
        ("(other shape)", lambda: program(np.ones(4)), r"\(4,\)", "x", "trace"),
        ("(no argument)", lambda: program(), "0", "square|program", "argument"),
        ("(None)", lambda: program(None), "None", "x", "trace|give"),
        ("(text)", lambda: program("x"), "'x'|str", "x", "trace|give"),
        ("latex(unknown)", lambda: program.latex("rows"), "'rows'", "convention", "'row'"),
        ("latex(None)", lambda: program.latex(None), "None", "convention", "'row'"),
        ("graph(unknown)", lambda: program.graph("back"), "'back'", "mode", "backward"),
        ("compile(unknown)", lambda: program.compile("c"), "'c'", "backend", "'numpy'"),
        ("explorer(3)", lambda: program.explorer(3), r"\b3\b|int", "explorer.*path", "as in"),
    ):
        yield Bad(f"Program{label}", call, what, where, remedy)
    compiled = Kind(square, (NUMBER, TEXT, Wrong("result", X, "ndarray")))
    backend = Kind("numpy", (Wrong("unknown", "cuda", "'cuda'"), NUMBER))
    yield from rows("al.compile", al.compile, {"f": compiled, "backend": backend}, ("jit",))
    what = Kind(program, (NONE, TEXT, FUNCTION, Wrong("array", X, "ndarray")))
    options = {
        "what": what,
        "path": Kind(None, (Wrong("unknown", "graph.bmp", "bmp"), NUMBER)),
        "mode": Kind("forward", (NONE, Wrong("unknown", "both ways", "'both ways'"))),
        "depth": COUNT.without("None"),
        "max_nodes": SIZE,
    }
    yield from rows("al.draw", al.draw, options, ("format", "size"))
    explain = lambda f, **rest: al.explain(f, X, **rest)
    argnums = ARGNUMS.without("None")
    yield from rows("al.explain", explain, {"f": CALLABLE.like(square), "argnums": argnums})
    by_hand = CALLABLE.like(lambda x: (2 * x,)).plus(
        Wrong("None returned", lambda x: None, "None"),
        Wrong("too many", lambda x: (x, x), "2"),
    )
    compare = lambda hand_backward, loss, **rest: al.compare(hand_backward, loss, X, **rest)
    kinds = {"hand_backward": by_hand, "loss": CALLABLE.like(square)}
    yield from rows("al.compare", compare, kinds, ("rtol",))
    name = Kind("z", (NONE, NUMBER, Wrong("swapped", X, "ndarray"), FUNCTION))
    yield from rows("al.named", al.named, {"name": name}, ("value",), x=X)
    written = Kind("σ", (NONE, NUMBER))
    function = CALLABLE.like(lambda x: x)
    yield from rows(
        "al.notation", al.notation, {"function": function, "written": written}, ("latex",)
    )
    yield Bad("al.Program(f)", lambda: al.Program(square), "missing", "Program", "takes")
    yield Bad("al.debug(f)", lambda: al.debug(square), "1 was given", "debug", "takes no arguments")
    checkpoint = CALLABLE.like(square)
    yield from rows("al.checkpoint", al.checkpoint, {"f": checkpoint}, ("every",))


def own_rules():
    own = al.primitive(lambda x, n=2.0: x**n)
    yield from rows("al.primitive", al.primitive, {"function": CALLABLE.without("None")}, ("name",))
    for label, call, what, where, remedy in (
        ("None", lambda: al.rule(None, x=None), "None", "rule", "function"),
        ("a number", lambda: al.rule(3.0, x=None), r"3\.0|float", "rule", "function"),
        ("no rules", lambda: al.rule(own), "no derivative", "rule", "state"),
        ("a plain function", lambda: al.rule(square, x=None), "square", "rule", "@al.primitive"),
        (
            "an unknown argument",
            lambda: al.rule(own, z=lambda g: g),
            "'z'",
            "rule",
            "arguments are",
        ),
        (
            "an unknown request",
            lambda: al.rule(own, x=lambda g, q: g),
            "'q'",
            "rule",
            "can ask for",
        ),
        ("not callable", lambda: al.rule(own, x=3.0), r"3\.0|float", "rule.*x", "lambda g"),
        ("text", lambda: al.rule(own, x="g"), "'g'|str", "rule.*x", "lambda g"),
        ("positional", lambda: al.rule(own, lambda g: g), "positional|2", "rule", "takes"),
    ):
        yield Bad(f"al.rule({label})", call, what, where, remedy)


def trees():
    tree = Kind(TREE, ())
    yield from rows("al.tree_map", al.tree_map, {"f": CALLABLE, "tree": tree}, ())
    for label, other, what, where in (
        ("a key is missing", {"b": [X, X]}, "keys", "argument 3"),
        ("a list is shorter", {"w": X, "b": [X]}, "2 and 1", r"argument 3.*\['b'\]"),
        ("an array for a list", {"w": X, "b": X}, "ndarray", r"argument 3.*\['b'\]"),
        ("None", None, "None", "argument 3"),
    ):
        yield Bad(
            f"al.tree_map({label})",
            lambda other=other: al.tree_map(np.add, TREE, other),
            what,
            where,
            "same structure",
        )
    yield Bad("al.tree_map(tree, f)", lambda: al.tree_map(TREE, np.sin), "dict", "tree_map.*f")
    unknown = (("a set", {1.0}), ("a generator", (x for x in [1.0])))
    for label, value in unknown:
        yield Bad(
            f"al.tree_leaves({label})",
            lambda value=value: al.tree_leaves(value),
            "set|generator",
            "container",
            "use a dict",
        )
    for name in ("at_add", "at_set"):
        f = getattr(al, name)
        x = ARRAY.like(X)
        key = Kind(0, (Wrong("text", "first", "'first'|str"), Wrong("too large", 7, "7"), HALF))
        values = Kind(1.0, (TEXT, NONE, Wrong("other shape", np.ones(2), r"\(2,\)")))
        yield from rows(f"al.{name}", f, {"x": x, "key": key, "values": values}, ("axis",))
    several = np.ones(2) > 0
    for label, value, what in (("several", several, "more than one|2|shape"),):
        yield Bad(f"al.branch({label})", lambda v=value: al.branch(v), what, "branch|truth", "any")
    yield Bad("al.Tensor('x')", lambda: al.Tensor("x"), "'x'|str|<U1", "Tensor")
    yield Bad("al.Tensor(None)", lambda: al.Tensor(None), "None", "Tensor")
    yield Bad("al.Tensor(function)", lambda: al.Tensor(square), "function|square", "Tensor")
    yield Bad("al.Tensor()", lambda: al.Tensor(), "missing", "Tensor", "takes data")
    yield Bad("al.stop_gradient()", lambda: al.stop_gradient(), "missing", "stop_gradient", "")


def specials():
    for name in ("softmax", "log_softmax", "logsumexp"):
        first = "a" if name == "logsumexp" else "x"
        kinds = {first: ARRAY.like(X), "axis": AXIS}
        yield from rows(f"special.{name}", getattr(special, name), kinds, ("dim",))
    a, d = ARRAY.like(np.full(3, 5.0)), Kind(2, (HALF, NONE, TEXT, Wrong("zero", 0, "0")))
    yield from rows("special.multigammaln", special.multigammaln, {"a": a, "d": d}, ("p",))
    n = Kind(1, (NONE, TEXT, HALF, Wrong("negative", -1, "-1")))
    yield from rows(
        "special.polygamma", special.polygamma, {"n": n, "x": ARRAY.like(X)}, ("order",)
    )


def every():
    for table in (
        gradients,
        products,
        elementwise,
        pairs,
        loops,
        blockwise,
        programs,
        own_rules,
        trees,
        specials,
    ):
        yield from table()
