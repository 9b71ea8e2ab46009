"""Where an array that cannot stand among Tensors met one, and what the user calls it there."""

from __future__ import annotations

import ast
import re
from typing import Any

from autograd_lite.core.advice.site import users_site


def placed(error: TypeError, x: Any) -> TypeError:
    """The error by which ``x`` is refused, with its name in the source and the user's line."""
    site = users_site()
    nodes = [] if site.node is None else list(ast.walk(site.node))
    name = next((ast.unparse(n) for n in nodes if site.value(n) is x), "x")
    start, compute, remedy = str(error).rpartition("compute with ")
    remedy = re.sub(r"\bx\b", lambda _: name, remedy)
    return TypeError(f"{start}{compute}{remedy}\n  at {site.place}")
