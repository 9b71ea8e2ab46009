"""Safetensors files, written in one piece, and checked before an array is read into memory."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Name = str | os.PathLike[str]
DTYPES = {
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    "BOOL": "bool",
    "C64": "complex64",
}
RESERVED = "__metadata__"  # the name of the texts in the format


class Kind(NamedTuple):
    """The dtype and shape of an array."""

    dtype: str
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.dtype} of shape {self.shape}"


def kind(array: Any) -> Kind:
    """The kind of an array or number.

    >>> print(kind(3.0))
    float64 of shape ()
    """
    array = np.asarray(array)
    return Kind(array.dtype.name, array.shape)  # without the byte order, which files decide


def write(path: Name, arrays: Mapping[str, Any], texts: Mapping[str, str] | None = None) -> None:
    """Write arrays and texts as one file, which at every moment is the old one or the new one.

    They go into a temporary file beside it, which takes its place as soon as it is on the disk.
    Raises ValueError for what is no array of numbers, and ModuleNotFoundError without safetensors.

    >>> import tempfile, numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/a", {"w": np.ones(2)}, {"note": "two ones"})
    ...     arrays, texts = read(f"{folder}/a", lambda kinds, texts: None)
    >>> arrays["w"], texts["note"]
    (array([1., 1.]), 'two ones')
    """
    _safetensors()
    from safetensors.numpy import save

    path = Path(path)
    if RESERVED in arrays:
        raise ValueError(f"{path}: no array can be called {RESERVED}, as the texts are; rename it")
    plain = {name: _plain(path, name, array) for name, array in arrays.items()}
    content = save(plain, {**(texts or {}), "crc32": _crc32(plain)})
    temporary = path.with_name(f".{path.name}.part")  # one name, so that leftovers do not gather
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # not every system lets a folder be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(
    path: Name, check: Callable[[dict[str, Kind], dict[str, str]], None]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The arrays and texts of a file, if ``check(kinds, texts)`` does not raise: see `write`.

    The header states the kind of each array, and must account for every byte of the file.
    ``check`` sees it before an array is read.  A damaged file raises a ValueError that names it.
    """
    safetensors = _safetensors()
    path = Path(path)
    path.open("rb").close()  # raises the usual error, which names the file
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            texts = dict(file.metadata() or {})
            kinds = {}
            for name in sorted(file.keys()):
                part = file.get_slice(name)
                code = part.get_dtype()
                kinds[name] = Kind(DTYPES.get(code, code), tuple(part.get_shape()))
            check(kinds, texts)
            for name, (dtype, shape) in kinds.items():
                if dtype not in DTYPES.values():
                    raise ValueError(f"{path}: {name} is {dtype} of {shape}, which NumPy has not")
            arrays = {name: file.get_tensor(name) for name in kinds}
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path}: damaged, or not a safetensors file: {error}") from None
    if texts.get("crc32", _crc32(arrays)) != _crc32(arrays):
        raise ValueError(f"{path}: damaged: the arrays do not have the checksum written with them")
    return arrays, texts


def _crc32(arrays: Mapping[str, Any]) -> str:
    total = 0
    for name in sorted(arrays):
        array = arrays[name]
        total = zlib.crc32(f"{name}: {kind(array)}".encode(), total)
        total = zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, total)
    return f"{total:08x}"


def _plain(path: Path, name: str, array: Any) -> Any:
    """The array in C order and in the machine's byte order."""
    array = np.asarray(array, order="C")
    if array.dtype.name not in DTYPES.values():
        raise ValueError(
            f"{path}: {name} is {kind(array)}, and the file can hold "
            f"{', '.join(DTYPES.values())}; convert it, for example with .astype(float)"
        )
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _safetensors() -> Any:
    try:
        import safetensors
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "files of weights need safetensors: pip install 'autograd_lite[weights]'"
        ) from None
    return safetensors
