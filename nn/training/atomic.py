"""Files that are replaced in one piece, by any number of processes at once.

A writer fills a file of its own beside the old one, and puts it in its place when it is on the
disk.  Whoever has opened the old one goes on reading that.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

try:
    import fcntl
except ModuleNotFoundError:  # of POSIX; without it, what a killed writer leaves stays
    fcntl = None  # type: ignore[assignment]

#: A new file only, and none that a link of that name leads to.
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
NO_WAITING = getattr(os, "O_NONBLOCK", 0)  # for a pipe of such a name


def replace(path: Path, parts: Iterable[Any]) -> None:
    """Put a file of these parts, which are bytes, at ``path``: there is the old one or the new.

    Raises OSError, naming ``path``, if it cannot be written; then the old file stays.
    """
    try:
        _remove_leftovers(path)
        temporary, descriptor = _own_file(path)
        try:
            with open(descriptor, "wb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(descriptor)
                if fcntl is not None:
                    os.replace(temporary, path)  # while the lock is ours
            if fcntl is None:
                os.replace(temporary, path)  # where no open file can be moved
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        what = f"{error.strerror}; a file that was there stays; give a path in a folder that can be"
        raise OSError(
            error.errno, f"{what} written to, with room for the old file and the new", str(path)
        ) from error
    with suppress(OSError):  # not every system lets a folder be opened
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _own_file(path: Path) -> tuple[Path, int]:
    """A new file beside ``path`` that nobody else writes, and its descriptor."""
    while True:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            descriptor = os.open(temporary, NEW | NO_LINK, 0o666)
        except FileExistsError:
            continue
        if _locked(descriptor) and temporary.exists():
            return temporary, descriptor
        os.close(descriptor)  # another writer took it for a leftover, before it was locked


def _locked(descriptor: int) -> bool:
    """Whether the lock is ours, which lasts until the file is closed, by kill -9 too."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, on which nobody gets one
        return True
    return True


def _remove_leftovers(path: Path) -> None:
    """Remove what killed writers of ``path`` have left: files that nobody holds locked."""
    if fcntl is None:
        return
    begin, end, names = f".{path.name}.", ".part", []
    with suppress(PermissionError):  # a folder that can be written to, and not read
        names = os.listdir(path.parent)
    for name in names:
        if not (name.startswith(begin) and name.endswith(end)):
            continue
        with suppress(OSError):  # it is in use, or gone, or a link
            descriptor = os.open(path.with_name(name), os.O_RDONLY | NO_LINK | NO_WAITING)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(path.with_name(name))
            finally:
                os.close(descriptor)
