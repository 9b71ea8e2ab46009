"""Symbols for the values of a program: z^{[3]} for what is called z3, δ^{[3]} for its gradient."""

import re
from collections.abc import Iterable, Sequence

from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import PRE_ACTIVATION
from autograd_lite.programs.steps import Step, Value
from autograd_lite.readers.formula.tree import PRODUCT, Expression, Fraction, Infix, Name
from autograd_lite.readers.formula.turns import Turns, everywhere, indexed

NAMES_OF_GREEK = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
GREEK = dict(zip(NAMES_OF_GREEK.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"))
#: What the parts of a layer are called in formulas.
LETTERS = {"weight": "W", "bias": "b", "lam": "λ", "sig": "σ", "eps": "ε", **GREEK}


def layer(digits: Iterable[str], rows: bool) -> str:
    """The number of a layer, as it stands above a letter: [2], or (2) in the row convention."""
    text = ",".join(digits)
    return (f"({text})" if rows else f"[{text}]") if text else ""


def spelled(text: str, rows: bool) -> Name:
    """z3 is z^{[3]}, x_1 is x_1, Wq is W_q, theta is θ, and learning_rate one long name."""
    if subscript := re.fullmatch(r"([A-Z])_?([a-z])|([a-z])_([a-z])", text):
        return Name(subscript[1] or subscript[3], "", subscript[2] or subscript[4])
    letters, digits, below = re.fullmatch(r"(.*?[^\d_]|_*|.*)(\d*)(?:_(\d+))?", text, re.S).groups()  # type: ignore[union-attr]
    return Name(LETTERS.get(letters, letters), layer([digits] if digits else [], rows), below or "")


def of_path(path: str, rows: bool) -> Name:
    """The last word of a path, and the numbers in it: model.layers[0].weight is W^{[0]}."""
    words = re.findall(r"\w+", path) or ["x"]
    name = spelled(next((w for w in reversed(words) if not w.isdigit()), "x"), rows)
    numbers = [w for w in words if w.isdigit()]
    own = re.findall(r"\d+", name.upper)
    return Name(name.text, layer([*numbers, *own], rows), name.lower)


def told_apart(inputs: Sequence[Value], rows: bool) -> dict[Value, Name]:
    """The symbols of inputs whose paths end alike: W_enc and W_dec for m.enc.W and m.dec.W."""
    groups: dict[Name, list[Value]] = {}
    for value in inputs:
        groups.setdefault(of_path(value.path or "", rows), []).append(value)
    found = {}
    for name, group in groups.items():
        words = [re.findall(r"[^\W\d]\w*", value.path or "") for value in group]
        for value, mine in zip(group, words) if len(group) > 1 else ():
            own = [w for w in mine if not all(w in others for others in words)]
            found[value] = Name(
                name.text, name.upper, ",".join([*filter(None, [name.lower]), *own])
            )
    return found


def automatic(name: str) -> Name:
    """t_1 for what has no name but t1."""
    match = re.fullmatch(r"([a-z])(\d+)", name)
    return Name(match[1], "", match[2]) if match else Name(name)


class Symbols:
    """The symbol of every value; ``shown`` are those that have an equation, or come from outside.

    The gradient of a value called z is δ, that of another value that is shown is ∂C/∂W, where C
    stands for the loss.
    """

    def __init__(
        self, listing: Listing, shown: set[Value], rows: bool, loops: Iterable[Turns] = ()
    ) -> None:
        self.names = dict(listing.names)
        self.roles = listing.roles
        self.paths = told_apart(
            [v for v in listing.inputs if not v.name and v not in self.roles], rows
        )
        self.rows = rows
        self.taken: dict[Expression, Value] = {}
        self.automatic: dict[Name, Value] = {}  # that nobody gave, and that may have other numbers
        self.symbols: dict[Value, Expression] = {}
        values = [*listing.inputs, *listing.constants, *(step.result for step in listing.steps)]
        for value in values:
            if value.path is not None or value.name is not None:
                self.take(value, self.given(value))
        loss = loss_of(listing)
        if loss is not None:
            self.take(loss, Name("C"))
        self.loss = Name("C") if loss is None else self.symbols[loss]
        steps = [step for body in everywhere(listing) for step in body.steps]
        self.second_order = second_order(steps)
        self.turns: dict[Value, Turns] = {}  # in which the results in bodies are made
        self.going: dict[Value, Name] = {}  # the symbols with which carried values go out
        for loop in loops:
            self.enter(loop)
        self.known = shown | set(self.symbols)
        for value, primal in gradients_of_known(steps, listing.outputs, self.known):
            if value not in self.turns or primal in self.turns:  # else it is one turn's part of it
                self.take(value, self.of_gradient(value, primal))
        for value in [*values, *self.turns]:
            if value not in self.symbols:
                self.take(value, symbol := self.unnamed(value))
                if symbol.lower.isdigit() and self.taken[symbol] is value:
                    self.automatic[symbol] = value

    def enter(self, loop: Turns) -> None:
        """Give symbols to what stands for other turns' values in a loop, and to what has a name."""
        body = loop.scan.body
        for other in loop.scan.bodies[1:]:
            self.names = other.names | self.names
            self.turns |= dict.fromkeys([step.result for step in other.steps], loop)
        self.names = body.names | self.names
        self.turns |= dict.fromkeys([step.result for step in body.steps], loop)
        self.turns |= dict.fromkeys([before for _, before, _ in loop.carried], loop)
        for k, (_, before, after) in enumerate(loop.carried):
            if k in loop.sums:
                continue
            own = after if after.name and after in self.turns else before
            base = self.free(self.given(own), loop)
            come, go = loop.moves[k]
            self.take(before, indexed(base, loop.at(come)))
            self.going[before] = indexed(base, loop.at(go))
            if after in self.turns and after not in self.symbols and after.step is not None:
                self.take(after, indexed(base, loop.at(go)))
        for _, value in loop.over:
            self.turns[value] = loop
            self.take(value, indexed(self.free(self.given(value), loop), loop.at(0)))
        for value in [step.result for step in body.steps]:
            if value.name:
                self.take(value, indexed(self.free(self.given(value), loop), loop.at(0)))

    def free(self, base: Name, loop: Turns) -> Name:
        """A name that, with an index, nothing has yet, or the same with a number."""
        name, k = base, 1
        while any(indexed(name, loop.at(move)) in self.taken for move in (-1, 0, 1)):
            k += 1
            name = Name(f"{base.text}{k}", base.upper, base.lower)
        return name

    def unnamed(self, value: Value) -> Name:
        """t_1, and in a loop v_{1,t}, for t counts turns there."""
        loop = self.turns.get(value)
        if loop is None:
            return automatic(self.names.get(value, "t"))
        number = re.fullmatch(r"[a-z](\d+)(?:_\d+)*", self.names[value])
        base = Name(loop.unnamed, "", number[1]) if number else Name(self.names[value])
        return indexed(self.free(base, loop), loop.at(0))

    def __getitem__(self, value: Value) -> Expression:
        return self.symbols.get(value) or automatic(self.names.get(value, "t"))

    def given(self, value: Value) -> Name:
        if value in self.roles:
            return spelled(self.roles[value], self.rows)
        if value.name is None and value.path is not None:
            return self.paths.get(value) or of_path(value.path, self.rows)
        return spelled(value.name or "", self.rows)

    def take(self, value: Value, symbol: Expression) -> None:
        """Give a value a symbol, or its name in the program if that symbol is taken."""
        if value in self.symbols:
            return
        if symbol in self.taken:
            symbol = Name(self.names.get(value, "t"))
        self.taken[symbol] = value
        self.symbols[value] = symbol

    def of_gradient(self, value: Value, primal: Value) -> Expression:
        """δ^{[3]} or ∂C/∂W^{[3]}."""
        if primal in self.turns:
            self.take(primal, self.unnamed(primal))
        of = self.symbols.get(primal) or automatic(self.names[primal])
        if isinstance(of, Name) and is_pre_activation(primal):
            return Name("δ", of.upper, of.lower)
        if value in self.second_order:
            return self.unnamed(value)
        return derivative(self.loss, of)


def derivative(of: Expression, by: Expression) -> Expression:
    above, below = (Infix((Name("∂"), x), ("",), PRODUCT) for x in (of, by))
    return Fraction(above, below)


def is_pre_activation(value: Value) -> bool:
    return bool(value.name and PRE_ACTIVATION.fullmatch(value.name))


def loss_of(listing: Listing) -> Value | None:
    """The loss whose gradients a program has: the one number that its forward pass returns.

    None where the program does not compute it, or there are several.
    """
    steps = listing.steps
    forward = {s.result for s in steps if not is_backward(s) and not s.result.gradient_of}
    numbers = [v for v in dict.fromkeys(listing.outputs) if v in forward and v.shape == ()]
    return numbers[0] if len(numbers) == 1 and any(map(is_backward, steps)) else None


def is_backward(step: Step | None) -> bool:
    """Whether a step belongs to a backward pass."""
    return step is not None and bool(step.through or step.incoming)


def second_order(steps: Iterable[Step]) -> set[Value]:
    """What depends on pulling back through a backward pass: gradients of gradients."""
    found: set[Value] = set()
    for step in steps:
        through = step.through
        if (through and is_backward(through.step)) or not found.isdisjoint(step.operands):
            found.add(step.result)
    return found


def gradients_of_known(
    steps: Sequence[Step], outputs: Sequence[Value], known: set[Value]
) -> list[tuple[Value, Value]]:
    """Each complete gradient with the value it is best known as the gradient of.

    Where several results are the gradient of one value, as in the rows of a Hessian, the output is.
    """
    claims: dict[Value, list[Value]] = {}
    for step in steps:
        for primal in step.result.gradient_of:
            claims.setdefault(primal, []).append(step.result)
    found = []
    for step in steps:
        value = step.result
        primals = [
            p for p in value.gradient_of
            if p in known and (len(claims[p]) == 1 or value in outputs)
        ]  # fmt: skip
        if primals:
            found.append((value, min(primals, key=rank)))
    return found


def rank(primal: Value) -> int:
    """Values called z before others with a name, those before inputs, and these before the rest."""
    if is_pre_activation(primal):
        return 0
    return 1 if primal.name else 2 if primal.path else 3
