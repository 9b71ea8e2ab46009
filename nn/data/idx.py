"""IDX files, the format of MNIST: a magic number, sizes, and the bytes of one array."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from autograd_lite.calls import PATH, checked
from nn.calls import COUNT

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
DIMENSIONS = 64  # as many as NumPy allows
CHUNK = 1 << 20  # bytes read at a time, so that memory never runs ahead of the file

Readable = BinaryIO | gzip.GzipFile


@checked(path=PATH, limit=COUNT)
def read_idx(path: str | os.PathLike[str], *, limit: int = 1 << 30) -> Any:
    """The array in an IDX file, which may be compressed with gzip.

    The file has two zeros, a code for the dtype, the number of dimensions, their sizes, and the
    elements in C order, all big-endian.  Before anything is allocated, the sizes are compared with
    ``limit`` bytes and, without compression, with the length of the file.  No more is decompressed
    than they promise.  Raises ValueError, naming the file, if it is not just that.

    >>> import tempfile, nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/labels"
    ...     with open(path, "wb") as file:
    ...         _ = file.write(bytes([0, 0, 8, 1, 0, 0, 0, 3]) + bytes([5, 0, 4]))
    ...     nn.read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    path = Path(path)
    with path.open("rb") as raw:
        compressed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not compressed:
            return _read(raw, path, limit, length=path.stat().st_size)
        try:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _read(unpacked, path, limit, length=None)
        except EOFError:
            raise ValueError(f"{path}: truncated: the gzip data break off") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path}: damaged gzip data: {error}") from None


def _read(file: Readable, path: Path, limit: int, length: int | None) -> Any:
    """The array in an open file, of ``length`` bytes if that is known beforehand."""
    shape, dtype = _header(file, path)
    start = 4 + 4 * len(shape)
    promised = dtype.itemsize
    for size in shape:
        promised *= size
    what = f"{dtype.newbyteorder('=')} of shape {shape}, {promised:,} bytes"
    if promised > limit:
        raise ValueError(f"{path}: promises {what}, more than limit={limit:,}")
    if length is not None and length != start + promised:
        fault = "truncated: " if length < start + promised else ""
        raise ValueError(f"{path}: {fault}promises {what}, and has {length - start:,}")
    content = bytearray()
    while len(content) < promised:
        chunk = file.read(min(CHUNK, promised - len(content)))
        if not chunk:
            raise ValueError(f"{path}: truncated: promises {what}, and has {len(content):,}")
        content += chunk
    if file.read(1):  # reading the end also makes gzip compare its checksum
        raise ValueError(f"{path}: promises {what}, and has more")
    try:
        elements = np.frombuffer(content, dtype).reshape(shape)
    except ValueError as error:  # no elements, and sizes that NumPy cannot count
        raise ValueError(f"{path}: promises {what}, which NumPy cannot hold: {error}") from None
    return elements.astype(dtype.newbyteorder("="), copy=False)


def _header(file: Readable, path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or magic[3] > DIMENSIONS:
        raise ValueError(f"{path}: not an IDX file: it begins with {magic.hex(' ') or 'nothing'}")
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise ValueError(f"{path}: truncated: it ends among the {magic[3]} sizes")
    return tuple(np.frombuffer(sizes, ">u4").tolist()), np.dtype(DTYPES[magic[2]])
