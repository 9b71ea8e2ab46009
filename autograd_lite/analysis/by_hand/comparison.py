"""A derivation by hand, held against the engine."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_lite.analysis.by_hand.mutations import Item, Laboratory, Mutation
from autograd_lite.analysis.by_hand.verdicts import Derivation, Verdict, agree, judged, mistake
from autograd_lite.core.signatures import argument_names
from autograd_lite.core.trees import is_leaf, leaves_beside, paths, rebuild
from autograd_lite.program import Program, trace
from autograd_lite.programs.bodies import bodies_in
from autograd_lite.programs.listing import Listing
from autograd_lite.programs.naming import gradient_name
from autograd_lite.programs.steps import Value
from autograd_lite.transforms.gradients import value_and_grad


def compare(hand_backward: Callable[..., Any], loss: Callable[..., Any], *args: Any) -> Derivation:
    """Hold a backward pass that was derived by hand against the engine, gradient by gradient.

    ``hand_backward(*args)`` returns the gradients of all or the first arguments as a tuple, or a
    dict by argument name.  It may return these and a dict of intermediates.  Their keys are names
    that `al.named` gave to values (``z3``), or those of the gradients in a program (``delta3``).

    Each verdict says *same bits*, *equal within n ulp*, or what is wrong.  The mistake is named
    where one explains the numbers: a transpose, a missing sum over the batch, a factor, a sign, a
    stale value.  Errors that follow from an earlier one in the backward pass are told apart.
    Raises TypeError if the hand version returns something else than gradients of the arguments.

    >>> import numpy as np, autograd_lite as al
    >>> def loss(w, x):
    ...     return np.sum(np.tanh(al.named("z", w * x)))
    >>> def by_hand(w, x):
    ...     delta = 1 - np.tanh(w * x) ** 2
    ...     return (-delta * x,), {"z": delta}
    >>> print(al.compare(by_hand, loss, np.array([0.5, 1.0]), np.array([1.0, 2.0])))
    loss: 1 of 2 wrong; the first in the backward pass is dw
        z   same bits
      ✗ dw  in the gradient of w, the sign is wrong
    """
    names = argument_names(loss, len(args))
    copies = [rebuild(arg, lambda x: np.copy(x) if isinstance(x, np.ndarray) else x)
              for arg in args]  # fmt: skip
    gradients, intermediates = read(hand_backward(*copies), names, args)
    numbers = tuple(names.index(name) for name in gradients)
    program = trace(value_and_grad(loss, numbers), *args)
    laboratory = Laboratory(program)
    items = [*of_arguments(program, gradients, numbers, args)]
    unknown = []
    for name, x in intermediates.items():
        value = find(laboratory, name, x)
        if value is None:
            unknown.append(Verdict(name, None, no_such(program, name)))
        else:
            items.append((name, value, x))
    order = {step.result: i for i, step in enumerate(program.steps)}
    items.sort(key=lambda item: (order.get(item[1], -1), item[0] not in intermediates))
    return Derivation(getattr(loss, "__name__", "loss"), judge(laboratory, items) + unknown)


def judge(laboratory: Laboratory, items: list[Item]) -> list[Verdict]:
    """A verdict on each item, in the order of the backward pass."""
    found: list[Mutation] = []
    values, root = laboratory.healthy, ""
    verdicts = []
    for i, (name, value, x) in enumerate(items):
        verdict = judged(name, x, laboratory.healthy[value])
        verdicts.append(verdict)
        if verdict.right:
            continue
        if agree(x, values[value]):
            verdict.text, verdict.follows = f"follows from {root}", True
            continue
        root = name
        mutation = laboratory.search(found, i, items) if np.shape(x) == value.shape else None
        verdict.text = mutation.text if mutation else mistake(x, values[value], laboratory.batches)
        mutation = mutation or as_it_is(laboratory, found, i, items)
        if mutation:
            found.append(mutation)
            values = laboratory.run(found)
    return verdicts


def as_it_is(
    laboratory: Laboratory, found: list[Mutation], i: int, items: list[Item]
) -> Mutation | None:
    """The hand version's own numbers as a mutation, if it explains more than it contradicts."""
    _, value, x = items[i]
    if value.step is None or np.shape(x) != value.shape:
        return None
    given = Mutation(value.step, lambda _: x, "")
    before, after = (
        laboratory.explained(laboratory.run(m), items) for m in (found, [*found, given])
    )
    return given if after > before else None


# ---- what the hand version returns ----


def read(
    result: Any, names: list[str], args: tuple[Any, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The gradients by argument name, and the intermediates.

    A pair of which the second is a dict is a result with intermediates, unless the two are the
    gradients of the first two arguments.
    """
    intermediates: dict[str, Any] = {}
    pair = type(result) is tuple and len(result) == 2 and type(result[1]) is dict
    if pair and not (len(args) > 1 and fits(args[0], result[0]) and fits(args[1], result[1])):
        result, intermediates = result
    first = fits(args[0], result)
    if type(result) is not dict or first:
        alone = first and (type(result) is not tuple or len(args) == 1)
        given = tuple(result) if type(result) in (list, tuple) and not alone else (result,)
        if len(given) > len(args):
            raise TypeError(
                f"the hand version returned {len(given)} gradients for {len(args)} arguments; "
                f"return a tuple in the order of the arguments, or a dict by their names: "
                f"{', '.join(names)}"
            )
        result = dict(zip(names, given))
    if any(name not in names for name in result):
        raise TypeError(
            f"the hand version returned gradients by the names {', '.join(map(str, result))}, "
            f"and the arguments are {', '.join(names)}"
        )
    gradients = {name: result[name] for name in names if result.get(name) is not None}
    if not gradients and not intermediates:
        raise TypeError("the hand version returned no gradient")
    return gradients, intermediates


def fits(arg: Any, gradient: Any) -> bool:
    """Whether a gradient has the structure of an argument; a list of numbers is an array."""
    if is_leaf(arg):
        return is_leaf(gradient) or (type(gradient) is list and np.shape(gradient) == np.shape(arg))
    try:
        leaves_beside(arg, gradient)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def of_arguments(
    program: Program, gradients: dict[str, Any], numbers: tuple[int, ...], args: tuple[Any, ...]
) -> Iterator[Item]:
    """Name, value and hand version of the gradient of every array in the arguments."""
    outputs = iter(program.outputs[1:])
    names = {value.path: gradient_name(program.names[value]) for value in program.inputs}
    for (name, gradient), i in zip(gradients.items(), numbers):
        if is_leaf(args[i]) and type(gradient) is list:
            gradient = np.asarray(gradient)
        try:
            leaves = leaves_beside(args[i], gradient)
        except ValueError as error:
            raise TypeError(
                f"the gradient of {name} has not the structure of {name}: {error}"
            ) from None
        for (path, _), x in zip(paths(args[i], name), leaves):
            yield names[path], next(outputs), x


def find(laboratory: Laboratory, name: str, x: Any) -> Value | None:
    """The gradient that an intermediate is meant to be: by name, or else by its numbers."""
    program = laboratory.listing
    results = [step.result for step in program.steps]
    ways: tuple[Callable[[Value], bool], ...] = (
        lambda v: name in gradient_names(program, v),
        lambda v: name in (v.name, program.names[v]),
        lambda v: bool(v.gradient_of) and agree(x, laboratory.healthy[v]),
    )
    return next((v for is_meant in ways for v in results if is_meant(v)), None)


def gradient_names(program: Listing, value: Value) -> list[str]:
    """What a gradient may be called: as the values by which it is one, or as their gradient."""
    primals = [program.names[p] for p in value.gradient_of if p in program.names]
    return [*primals, *map(gradient_name, primals)]


def gradient_names_in(body: Listing) -> set[str]:
    """What the values in the body of a loop, and their gradients, are called."""
    names = set(body.names.values())
    return names | {gradient_name(name) for name in names}


def no_such(program: Program, name: str) -> str:
    """What is said of an intermediate that is no value of the loss."""
    if any(name in gradient_names_in(body) for body in bodies_in(program)):
        return (
            f"{name} is in a loop, so that each turn has its own; to compare them, add to it in "
            f"each turn a row of an argument that is zeros: the gradient of that has all of theirs"
        )
    known = [
        program.names[p]
        for s in program.steps
        for p in s.result.gradient_of
        if p.name and p in program.names
    ]
    return (
        f"no value of the loss has this name; there are {', '.join(dict.fromkeys(known)) or 'none'}"
        f": name one by al.named({name!r}, …)"
    )
