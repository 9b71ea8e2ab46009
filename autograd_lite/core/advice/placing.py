"""Where an array that cannot stand among Tensors met one, and what the user calls it there."""

from __future__ import annotations

import ast
import re
import sys
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
    if found and hasattr(x, "toarray"):
        remedy = product(site.node, found[0], x) or remedy
    return TypeError(f"{start}{compute}{remedy}\n  at {site.place}")


def product(node: ast.expr | None, matrix: Any, x: Any) -> str:
    """What to write for a product of a sparse matrix by other means than ``@``, if it is one."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name("np"), attr="dot" | "matmul"), args=[a, b]):
            whole = True
        case ast.Call(func=ast.Attribute(value=a, attr="dot"), args=[b]):
            whole = True
        case ast.BinOp(left=a, op=ast.Mult(), right=b):
            whole = multiplies_whole(x)
        case ast.Call(func=ast.Attribute(value=a, attr="multiply"), args=[b]):
            whole = False
        case _:
            return ""
    dense = ast.Call(ast.Attribute(matrix, "toarray"), [], [])
    a, b = (dense if side is matrix and not whole else side for side in (a, b))
    return ast.unparse(ast.BinOp(a, ast.MatMult() if whole else ast.Mult(), b))


def multiplies_whole(x: Any) -> bool:
    """Whether ``*`` is the product of matrices for ``x``, as for the older kind of SciPy's."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and isinstance(x, module.spmatrix)
