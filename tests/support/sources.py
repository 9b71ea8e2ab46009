"""Python files, read as code: what they import and name, and where they say what they are for."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOTTED = re.compile(r"[A-Za-z_]\w*(\.\w+)*\.?")


def files(folder):
    """The modules in a folder by dotted name, each with its path."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def read(path):
    return path.read_text(encoding="utf-8")


parsed = cache(ast.parse)


def docstring(source):
    return ast.get_docstring(parsed(source)) or ""


def imports(source):
    """The dotted name of everything imported, with its line; relative names begin with a dot."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def attributes(source, package):
    """Names used as ``package.name``, under whatever name the package was imported, with lines."""
    nodes = list(ast.walk(parsed(source)))
    bound = {
        alias.asname or package
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == package or (alias.name.startswith(f"{package}.") and not alias.asname)
    }
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in bound:
                yield node.lineno, f"{package}.{attr}"


def named_in_strings(source, packages):
    """Strings that are the dotted name of one of the packages or of what is in it, with lines.

    Parts of f-strings count, and so do beginnings such as ``"package.part."``; docstrings do not.
    """
    nodes = list(ast.walk(parsed(source)))
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docs and DOTTED.fullmatch(text):
                if text.partition(".")[0] in packages:
                    yield node.lineno, text.rstrip(".")


def classes(source):
    """The public classes that a module defines."""
    return [
        node.name
        for node in parsed(source).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def bound(source):
    """The names that a module binds at its top level, each with the dotted name it is imported as.

    That name is None for what is defined there.
    """
    for node in parsed(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            yield from ((alias.asname or alias.name, origin + alias.name) for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, None
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, None) for target in targets if isinstance(target, ast.Name))
