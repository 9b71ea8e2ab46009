"""What an optimiser is, for type checkers."""

from __future__ import annotations

from typing import Any, Protocol


class Optimizer(Protocol):
    """``start(model)`` is a state, and a call a step from a model and a state to others."""

    def start(self, model: Any, /) -> Any: ...

    def __call__(self, model: Any, gradient: Any, state: Any, /) -> tuple[Any, Any]: ...
