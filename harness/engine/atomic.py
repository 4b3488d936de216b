"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from srmetrics.errors import FileError


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    The content goes to a temporary file beside it, which then takes its name; on failure the old file stays.

    Raises
    ------
    FileError
        When it cannot be written (a full disk, no permission), naming the file.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write files that belong together: none takes its name before all are on the disk.

    A full disk leaves all old files as they were; only being stopped between two renamings can leave some of each.

    Raises
    ------
    FileError
        When one cannot be written, naming it.
    """
    staged: dict[Path, str] = {}
    try:
        for path, content in contents.items():
            with _named(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                descriptor, staged[path] = tempfile.mkstemp(
                    prefix=f".{path.name[:64]}.", suffix=".part", dir=path.parent
                )
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content.encode() if isinstance(content, str) else content)
                    file.flush()
                    os.fsync(file.fileno())
                # mkstemp makes files that only their owner reads; results are like any file that the user makes.
                Path(staged[path]).chmod(0o666 & ~_umask())
        for path in contents:
            with _named(path):
                Path(staged[path]).replace(path)
                del staged[path]
    finally:
        for temporary in staged.values():
            Path(temporary).unlink(missing_ok=True)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(
            f"the file cannot be written: {error.strerror or error}",
            way_out="Free some space or choose another folder with --out",
            file=path,
        ) from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
