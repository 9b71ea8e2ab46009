"""The public names, as `__all__` of the modules says: what the reference has to have."""

from importlib import import_module
from inspect import ismodule
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def public() -> dict[str, Any]:
    """Every public name as users import it, with what it is."""
    paths = [ROOT / "autograd_lite/__init__.py", ROOT / "autograd_lite/special.py"]
    for package in ("autograd_lite/scipy", "autograd_lite/testing", "nn"):
        paths += sorted((ROOT / package).rglob("*.py"))
    texts = {dotted(path): path.read_text(encoding="utf-8") for path in paths}
    modules = [import_module(name) for name, text in texts.items() if "\n__all__ = " in text]
    found = {f"{m.__name__}.{name}": getattr(m, name) for m in modules for name in m.__all__}
    return {name: what for name, what in found.items() if not ismodule(what)}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
