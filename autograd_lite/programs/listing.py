"""A program as data: straight-line steps with named inputs, constants and outputs, to be run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd_lite.core.admission import admitted
from autograd_lite.core.ownership import callers_own
from autograd_lite.core.tape import dtype_of
from autograd_lite.core.trees import is_leaf, leaves_beside, rebuild, statics, tree_leaves
from autograd_lite.programs.naming import identifiers
from autograd_lite.programs.roles import roles
from autograd_lite.programs.steps import Step, Value
from autograd_lite.programs.tracer import twin


class Listing:
    """A program: steps in the order in which they run, for arguments of the structure traced.

    ``inputs``, ``constants`` and ``outputs`` are values, ``steps`` make the others, one by one;
    ``names`` has a Python name for each.
    """

    def __init__(
        self,
        name: str,
        parameters: list[str],
        args: tuple[Any, ...],
        inputs: list[Value],
        steps: list[Step],
        outputs: list[Value],
        result: Any,
        called: Mapping[Value, str] = MappingProxyType({}),
    ) -> None:
        self.name = name if name.isidentifier() else "program"
        self.parameters = parameters
        self.args = rebuild(args, lambda x: twin(x) if isinstance(x, np.ndarray) else x)
        self.inputs = inputs
        self.steps = steps
        self.outputs = outputs
        self.result = result
        used = [value for step in steps for value in step.operands] + outputs
        self.constants = [value for value in dict.fromkeys(used) if value.is_constant]
        self.roles = roles(inputs, steps)
        self.names = identifiers(inputs, self.constants, steps, {**called, **self.roles})

    @property
    def ids(self) -> dict[Value, str]:
        """``i0, …`` for inputs, ``c0, …`` for constants, ``s0, …`` for the results of steps."""
        results = [step.result for step in self.steps]
        kinds = (("i", self.inputs), ("c", self.constants), ("s", results))
        return {value: f"{kind}{k}" for kind, values in kinds for k, value in enumerate(values)}

    def __repr__(self) -> str:
        return f"<program {self.name}: {len(self.inputs)} inputs, {len(self.steps)} steps>"

    def __call__(self, *args: Any) -> Any:
        """Run the program: bit for bit what the function would return."""
        values = self.run(self.leaves(args))
        held = [values[value] for value in reversed(self.outputs)]
        del values
        return rebuild(self.result, lambda _: callers_own(held))

    def values(self, *args: Any) -> dict[Value, Any]:
        """What every value of the program is; without arguments, what it was when traced."""
        return self.run(self.leaves(args) if args else tree_leaves(self.args))

    def run(self, leaves: list[Any]) -> dict[Value, Any]:
        """Every value of the program, from those of its inputs."""
        values = {value: value.data for value in self.constants}
        values |= zip(self.inputs, leaves)
        for step in self.steps:
            values[step.result] = step.run(values)
        return values

    def leaves(self, args: tuple[Any, ...]) -> list[Any]:
        """The arrays in the arguments, which must be as they were when the program was traced.

        A number becomes one of the kind that was traced, of Python's or of NumPy's.
        """
        if len(args) != len(self.args):
            raise TypeError(f"{self.name} takes {len(self.args)} arguments, got {len(args)}")
        args = tuple([as_array(x, was) if is_leaf(was) else x for x, was in zip(args, self.args)])
        given = map(admitted, leaves_beside(self.args, args))
        for (path, was), (_, x) in zip(statics(self.args), statics(args)):
            if was is not x and not np.array_equal(was, x):
                where = self.parameters[int(path[1:].partition("]")[0])] + path.partition("]")[2]
                raise TypeError(f"{self.name} was traced for {where} = {was!r}, and got {x!r}")
        leaves = []
        for value, x, was in zip(self.inputs, given, tree_leaves(self.args)):
            x = as_number(x, was, value.weak) if value.shape == () == np.shape(x) else x
            if (np.shape(x), dtype_of(x)) != (value.shape, value.dtype):
                raise TypeError(
                    f"{self.name} was traced for {value.path} of shape {value.shape} and dtype "
                    f"{value.dtype}, and got {np.shape(x)} and {dtype_of(x)}; trace it again"
                )
            leaves.append(x)
        return leaves


def as_number(x: Any, was: Any, weak: bool) -> Any:
    """A number as one of the kind that was traced, if nothing is lost."""
    if weak and isinstance(x, (np.generic, np.ndarray)):
        x = x.item()
    if weak and type(was) is float and type(x) is int:
        return float(x)
    if not weak and type(x) in (int, float, complex) and np.can_cast(type(x), was.dtype):
        return was.dtype.type(x)
    if isinstance(was, np.generic) and isinstance(x, np.ndarray):
        return x[()]  # nobody can write to it, so that the text need not copy it
    return x


def as_array(x: Any, was: Any) -> Any:
    return np.asarray(x, dtype_of(was)) if type(x) in (list, tuple) else x
