"""Safetensors files, which hold arrays and texts, read and written without a library.

A file is the length of its header, the header, which is JSON, and the bytes of the arrays.  The
header states dtype, shape and place of each array, and under ``__metadata__`` the texts.  Two of
these are checksums: of the header, and of the arrays.  Files of others have neither.
"""

from __future__ import annotations

import json
import math
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from nn.training import atomic

Name = str | os.PathLike[str]
DTYPES = {
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    "BOOL": "bool",
    "C64": "complex64",
}
CODES = {dtype: code for code, dtype in DTYPES.items()}
RESERVED = "__metadata__"  # the name of the texts in the format
ARRAYS, HEADER = "crc32", "header_crc32"  # the names of the checksums
LONGEST = 100_000_000  # bytes of a header, as in the format
MARK, BLANK = f'"{HEADER}":"', "0" * 8  # where its checksum stands, and what it is taken with


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


# ---- writing ----


def write(path: Name, arrays: Mapping[str, Any], texts: Mapping[str, str] | None = None) -> None:
    """Write arrays and texts as one file, which at every moment is the old one or the new one.

    Several processes may write it and read it at once.  Raises ValueError for what is no array of
    numbers, and OSError, naming the file, where nothing can be written.

    >>> import tempfile, numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/a", {"w": np.ones(2)}, {"note": "two ones"})
    ...     arrays, texts = read(f"{folder}/a", lambda kinds, texts: None)
    >>> arrays["w"], texts["note"]
    (array([1., 1.]), 'two ones')
    """
    path = Path(path)
    if RESERVED in arrays:
        raise ValueError(f"{path}: no array can be called {RESERVED}, as the texts are; rename it")
    plain = {name: _plain(path, name, array) for name, array in arrays.items()}
    # The widest first, so that each array begins at a multiple of its items.
    order = sorted(plain, key=lambda name: (-plain[name].itemsize, name))
    entries: dict[str, Any] = {
        RESERVED: {**(texts or {}), ARRAYS: _crc32(plain), HEADER: BLANK},
    }
    end = 0
    for name in order:
        begin, end = end, end + plain[name].nbytes
        code, shape = CODES[plain[name].dtype.name], plain[name].shape
        entries[name] = {"dtype": code, "shape": shape, "data_offsets": [begin, end]}
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    header = header.replace(f"{MARK}{BLANK}".encode(), f"{MARK}{zlib.crc32(header):08x}".encode())
    atomic.replace(
        path, [struct.pack("<Q", len(header)), header, *(_bytes(plain[n]) for n in order)]
    )


def _plain(path: Path, name: str, array: Any) -> Any:
    """The array, if a file can hold it."""
    array = np.asarray(array)
    if array.dtype.name not in CODES:
        raise ValueError(
            f"{path}: {name} is {kind(array)}, and the file can hold "
            f"{', '.join(CODES)}; convert it, for example with .astype(float)"
        )
    return array


def _bytes(array: Any) -> Any:
    """The bytes as they are in the file; those of the array itself, if they lie so."""
    lies = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return lies.reshape(-1).view(np.uint8).data


def _crc32(arrays: Mapping[str, Any]) -> str:
    total = 0
    for name in sorted(arrays):
        total = zlib.crc32(f"{name}: {kind(arrays[name])}".encode(), total)
        total = zlib.crc32(_bytes(arrays[name]), total)
    return f"{total:08x}"


# ---- reading ----


def read(
    path: Name, check: Callable[[dict[str, Kind], dict[str, str]], None]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The arrays and texts of a file, if ``check(kinds, texts)`` does not raise: see `write`.

    The header states the kind of each array, and must account for every byte of the file.  It is
    compared with its checksum, and ``check`` sees it, before room for an array is made.  A damaged
    file raises a ValueError that names it.
    """
    path = Path(path)
    with path.open("rb") as file:
        entries, texts, left = _header(path, file)
        kinds = {name: k for name, k, _ in entries}
        places = _places(path, entries, left)
        check(kinds, texts)
        arrays = {}
        for name in places:
            dtype, shape = kinds[name]
            try:
                array = np.empty(shape, np.dtype(dtype).newbyteorder("<"))
            except (ValueError, OverflowError):  # no elements, and sizes that NumPy cannot count
                raise damaged(path, f"{name} has shape {shape}") from None
            if file.readinto(_bytes(array)) != array.nbytes:
                raise damaged(path, f"it ends within {name}")
            if dtype == "bool" and array.view(np.uint8).max(initial=0) > 1:
                raise damaged(path, f"{name} has truths that are neither 0 nor 1")
            arrays[name] = array.astype(array.dtype.newbyteorder("="), copy=False)
    if texts.get(ARRAYS, _crc32(arrays)) != _crc32(arrays):
        raise damaged(path, "the arrays do not have the checksum written with them")
    return arrays, texts


def damaged(path: Name, why: object) -> ValueError:
    """The error for a file that is not what was written."""
    return ValueError(f"{path}: damaged: {why}; use a copy of it, or one that was saved before")


def load_json(text: str | bytes) -> Any:
    """JSON in which no object has a key twice: of two, one reader takes this, another that.

    >>> load_json('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: the key 'a' stands twice in one object
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            keys = [key for key, _ in items]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"the key {twice!r} stands twice in one object")
        return found

    return json.loads(text, object_pairs_hook=pairs)


Entry = tuple[str, Kind, tuple[int, int]]  # name, kind, and the bytes from where to where


def _header(path: Path, file: BinaryIO) -> tuple[list[Entry], dict[str, str], int]:
    """What the header says, and how many bytes follow it."""
    size = os.fstat(file.fileno()).st_size
    begin = file.read(8)
    length = int.from_bytes(begin, "little")
    if len(begin) < 8 or length > min(size - 8, LONGEST):
        raise damaged(path, f"it has {size:,} bytes, and its header would have {length:,}")
    header = file.read(length)
    try:
        if not header.startswith(b"{"):
            raise ValueError("the header does not begin with {")
        found = load_json(header)
        texts = _texts(header, found.pop(RESERVED, {}))
        entries = [_entry(name, told) for name, told in found.items()]
    except (ValueError, RecursionError) as error:
        raise damaged(path, error) from None
    return entries, texts, size - 8 - length


def _texts(header: bytes, texts: Any) -> dict[str, str]:
    """The texts, if the header has the checksum among them, or none is."""
    if type(texts) is not dict or any(type(text) is not str for text in texts.values()):
        raise ValueError(f"{RESERVED} is no object of texts")
    if HEADER in texts:
        stated = f"{MARK}{texts[HEADER]}".encode()
        blank = header.replace(stated, f"{MARK}{BLANK}".encode())
        if header.count(stated) != 1 or texts[HEADER] != f"{zlib.crc32(blank):08x}":
            raise ValueError("the header does not have the checksum written in it")
    return texts


def _entry(name: str, told: Any) -> Entry:
    if type(told) is not dict or told.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{name} has not just dtype, shape and data_offsets")
    code, shape, place = told["dtype"], told["shape"], told["data_offsets"]
    if type(code) is not str or not _counts(shape) or not _counts(place) or len(place) != 2:
        raise ValueError(f"{name} has a dtype, shape or data_offsets that are none")
    return name, Kind(DTYPES.get(code, code), tuple(shape)), (place[0], place[1])


def _counts(numbers: Any) -> bool:
    return type(numbers) is list and all(type(n) is int and n >= 0 for n in numbers)


def _places(path: Path, entries: Iterable[Entry], left: int) -> list[str]:
    """The names in the order of their bytes, which follow each other up to the end."""
    at = 0
    names: list[str] = []
    for name, (dtype, shape), (begin, end) in sorted(entries, key=lambda entry: entry[2]):
        if dtype not in CODES:
            raise ValueError(
                f"{path}: {name} is {dtype} of shape {shape}, which NumPy has not; save it as "
                f"one of {', '.join(DTYPES)}"
            )
        bytes_ = math.prod(shape) * np.dtype(dtype).itemsize
        if (begin, end) != (at, at + bytes_) or len(shape) > 64:
            raise damaged(path, f"{name} cannot lie in the bytes {begin:,} … {end:,}")
        at = end
        names.append(name)
    if at != left:
        raise damaged(path, f"{at:,} bytes of arrays are promised, and it has {left:,}")
    return names
