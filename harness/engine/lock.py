"""One run per folder at a time."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from srmetrics.errors import FileError

LOCK_NAME = ".srmetrics.lock"

_LOCKED_BYTE = 1 << 30
"""Where Windows locks a byte: past the holder's name, which others must be able to read."""

_HELD: set[int] = set()
"""Descriptors of the locks that this process holds."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run folder's lock; the system lets go of it when the process ends, however it ends.

    The lock's file stays: taking it away would let two others in at once.

    Raises
    ------
    FileError
        If another run holds it, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise FileError(
            f"the folder cannot be written to: {error.strerror or error}",
            way_out="Choose another output folder",
            file=folder,
        ) from error
    _HELD.add(descriptor)
    try:
        _take(descriptor, folder)
        yield
    finally:
        _HELD.discard(descriptor)
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    try:
        _lock(descriptor)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
            raise FileError(
                f"the folder cannot be locked: {error.strerror or error}",
                way_out="Choose an output folder on a file system that has locks",
                file=folder,
            ) from error
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() if hasattr(os, "pread") else ""
        raise FileError(
            "another run is writing to this folder",
            found=holder or None,
            way_out="Wait for it, or choose another output folder",
            file=folder,
        ) from None
    # For whoever finds it held; the lock itself is the system's, so that a name left behind holds nothing.
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode())


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _let_go_in_child() -> None:
    """Close a forked child's copies of the locks: it would hold them after its parent was killed."""
    for descriptor in _HELD:
        os.close(descriptor)
    _HELD.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)
