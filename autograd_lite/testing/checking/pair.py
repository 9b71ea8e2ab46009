"""A function together with its vjp, and the same for the next order."""

from __future__ import annotations

from functools import partial
from typing import Any

from autograd_lite.core.signatures import parameters_of
from autograd_lite.testing import adapters


class Pair:
    """A function and its vjp, both of the arguments that vary alone."""

    def __init__(self, f: Any, vjp: Any, adapter: adapters.Adapter) -> None:
        self.f, self.vjp, self.adapter = f, vjp, adapter

    @classmethod
    def of(cls, f: Any, args: Any, numbers: list[int], adapter: adapters.Adapter) -> Pair:
        def full(chosen: Any) -> list[Any]:
            every = list(args)
            for i, a in zip(numbers, chosen):
                every[i] = a
            return every

        def bound(*chosen: Any) -> Any:
            return f(*full(chosen))

        if not adapter.whole:
            inner = f if len(numbers) == len(args) else bound
            return cls(partial(adapter.call, inner), partial(adapter.vjp, inner), adapter)

        def vjp(*chosen: Any) -> Any:
            value, pullback = adapter.vjp(f, *full(chosen))

            def pull(g: Any) -> tuple[Any, ...]:
                gradients = pullback(g)
                if len(gradients) == len(args):
                    return tuple(gradients[i] for i in numbers)
                return tuple(gradients)

            return value, pull

        return cls(partial(adapter.call, bound), vjp, adapter)

    def transposed(self, n: int) -> Pair:
        """(args, u) ↦ Jᵀu, which is differentiated for the next order."""

        def pulled(*args: Any) -> Any:
            return tuple(self.vjp(*args[:n])[1](args[n]))

        adapter = self.adapter
        return Pair(partial(adapter.call, pulled), partial(adapter.vjp, pulled), adapter)


def names_of(f: Any, n: int) -> list[str]:
    """What the arguments are called."""
    called = [p.name for p in parameters_of(f) if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return [called[i] if i < len(called) else f"argument {i}" for i in range(n)]
