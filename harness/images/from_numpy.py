"""NumPy files: ``.npy`` mapped into memory, and the arrays of a ``.npz`` archive streamed, one page at a time.

Axes: H x W is one grey picture, and H x W x C (C up to 4) one picture; N x H x W and N x H x W x C are N pages.
3 x H x W and 4 x H x W are refused: they could be slices as well as channels.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from harness.images.decoding import cut_short
from harness.images.picture import check_size, picture_of
from harness.images.source import PageSource
from srmetrics.errors import FileError

_MOST_CHANNELS = 4
_CHUNK = 1 << 20


def open_npy(path: Path, field: str | None = None) -> PageSource:
    """Open a ``.npy`` file; nothing but the page that is read comes into memory."""
    stored = np.load(path, mmap_mode="r", allow_pickle=False)
    return _source(path, "the array", stored.shape, stored.dtype, lambda page: stored if page is None else stored[page])


def open_npz(path: Path, field: str | None = None) -> PageSource:
    """Open one array of a ``.npz`` archive: the one that ``field`` names, or the only one that can be an image."""
    archive = zipfile.ZipFile(path)
    try:
        headers = {}
        for member in archive.namelist():
            if member.endswith(".npy"):
                with archive.open(member) as stream:
                    headers[member.removesuffix(".npy")] = _header(stream)
        images = [name for name, (shape, _, dtype) in headers.items() if len(shape) >= 2 and dtype.kind in "buif"]
        name = field if field is not None else images[0] if len(images) == 1 else None
        if name not in headers:
            raise FileError(
                f"no array is called {field!r}" if field is not None else "it is not clear which array is the image",
                found=", ".join(f"{key} {'x'.join(map(str, headers[key][0]))}" for key in headers) or "no array",
                way_out=f"Name one: '{path.name}::NAME'",
                file=path,
            )
        shape, fortran, dtype = headers[name]
        return _source(
            path, f"the array {name!r}", shape, dtype, _streaming(archive, name, shape, fortran, dtype), archive.close
        )
    except BaseException:
        archive.close()
        raise


def _source(
    path: Path,
    what: str,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    take: Callable[[int | None], NDArray[Any]],
    close: Callable[[], None] | None = None,
) -> PageSource:
    """Make a source of an array; ``take(page)`` gets a page, ``take(None)`` all of an array that is one picture."""
    if dtype.kind not in "buif":
        raise FileError(f"{what} holds no real numbers", found=str(dtype), file=path)
    stacked = _is_stack(shape, what, path)
    height, width = shape[1:3] if stacked else shape[:2]

    def read(page: int) -> Any:
        check_size(height, width, path)
        return picture_of(np.array(take(page if stacked else None)), full_depth=False)

    return PageSource(path, shape[0] if stacked else 1, read, close)


def _is_stack(shape: tuple[int, ...], what: str, path: Path) -> bool:
    """Whether the first axis counts pages."""
    colour = len(shape) >= 3 and shape[-1] <= _MOST_CHANNELS
    if len(shape) == 2 or (len(shape) == 3 and colour):
        return False
    if (len(shape) == 3 and shape[0] not in (3, 4)) or (len(shape) == 4 and colour):
        return True
    raise FileError(
        f"the axes of {what} are not clear",
        found=" x ".join(map(str, shape)) or "a single number",
        expected="H x W, H x W x C, N x H x W or N x H x W x C, with C up to 4",
        way_out="Save channels as the last axis, and a stack of 3 or 4 slices as N x H x W x 1",
        file=path,
    )


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy_format.read_magic(stream)
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    return read(stream)


def _streaming(
    archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any]
) -> Callable[[int | None], NDArray[Any]]:
    """Return the function that reads one page of an archived array, passing over those before it."""

    def take(page: int | None) -> NDArray[Any]:
        whole = page is None or fortran  # in Fortran's order a page is strewn over all of the array
        wanted = shape if whole else shape[1:]
        size = int(np.prod(wanted)) * dtype.itemsize
        with archive.open(f"{name}.npy") as stream:
            _header(stream)
            skip = 0 if whole or page is None else page * size
            while skip > 0:
                skip -= len(stream.read(min(skip, _CHUNK))) or skip
            data = stream.read(size)
        if len(data) < size:
            raise cut_short("NumPy .npz", Path(str(archive.filename)), len(data))
        array = np.frombuffer(data, dtype).reshape(wanted, order="F" if fortran else "C")
        return array[page] if whole and page is not None else array

    return take
