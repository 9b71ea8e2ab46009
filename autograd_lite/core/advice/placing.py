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
    found = [node for node in nodes if site.value(node) is x]
    match site.node:
        case ast.BinOp(left=left, right=right) if not found:  # of t * table["a"]
            found = [side for side in (left, right) if not site.varies(side)]
    name = ast.unparse(found[0]) if found else "x"
    name = f"({name})" if found and isinstance(found[0], ast.BinOp) else name
    start, compute, remedy = str(error).rpartition("compute with ")
    remedy = re.sub(r"\bx\b", lambda _: name, remedy)
    return TypeError(f"{start}{compute}{remedy}\n  at {site.place}")
