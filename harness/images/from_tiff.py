"""TIFF files: pages of 1 to 64 bits, integer and float, tiled, striped, planar, BigTIFF, compressed.

Each page is one picture (a volume written as one block has one page a plane); thumbnails among the pages are left out.
tifffile lays the samples out; where it lacks a codec (LZW, JPEG, CCITT, the floating-point predictor), libtiff decodes.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from harness.images.decoding import WAY_OUT, cut_short
from harness.images.orientation import turned
from harness.images.picture import Picture, check_size, picture_of
from harness.images.source import PageSource
from harness.images.tiff_codecs import samples_by_libtiff
from srmetrics.errors import FileError

_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _YCBCR = 0, 1, 2, 3, 6
_JPEG = (6, 7, 33007, 34892)
_ORIENTATION = 274
_ASSOCIATED_ALPHA = 1


def open_tiff(path: Path, field: str | None = None) -> PageSource:
    """Open a TIFF file; pages follow the order of the file, and the planes of a volume that of its depth."""
    file = tifffile.TiffFile(path)
    try:
        pages = [page for page in file.pages if not page.is_reduced] or list(file.pages)
        first = pages[0]
        if len(pages) == 1 and "Z" in first.axes:
            depth = first.axes.index("Z")
            return PageSource(path, first.shape[depth], partial(_read_plane, path, first, depth), file.close)
        if len(pages) == 1 and file.is_imagej and (file.imagej_metadata or {}).get("images", 1) > 1:
            # ImageJ describes only the first plane of a stack over 4 GB; the others follow it without a gap.
            count = int(file.imagej_metadata["images"])
            return PageSource(path, count, partial(_read_following, path, first), file.close)
        return PageSource(
            path, len(pages), lambda page: _picture(_samples(pages[page], path), pages[page], path), file.close
        )
    except BaseException:
        file.close()
        raise


def _read_plane(path: Path, page: Any, depth: int, plane: int) -> Picture:
    _check(page, path)
    return _picture(_channels_last(page.asarray().take(plane, axis=depth), page.axes.replace("Z", "")), page, path)


def _read_following(path: Path, first: Any, plane: int) -> Picture:
    _check(first, path)
    offset = first.dataoffsets[0] + plane * first.nbytes
    if offset + first.nbytes > path.stat().st_size:
        raise cut_short("TIFF", path, path.stat().st_size)
    dtype = first.dtype.newbyteorder(first.parent.byteorder)
    stored = np.memmap(path, dtype, "r", offset, first.shape)
    return _picture(_channels_last(np.array(stored), first.axes), first, path)


def _check(page: Any, path: Path) -> None:
    """Refuse pages that cannot be read exactly, and files that end before the page does."""
    check_size(page.imagelength, page.imagewidth, path)
    bits = page.bitspersample
    readable = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE) or (
        page.photometric == _YCBCR and page.compression in _JPEG
    )
    if not readable or bits not in (1, 8, 16, 32, 64) or page.dtype is None:
        raise FileError(
            "this kind of TIFF is not read",
            found=f"{getattr(page.photometric, 'name', page.photometric)} of {bits} bits",
            expected="grey, RGB or palette of 1, 8, 16, 32 or 64 bits",
            way_out="Save it as RGB or grey with 8 or 16 bits a channel",
            file=path,
        )
    size = path.stat().st_size
    if any(start + count > size for start, count in zip(page.dataoffsets, page.databytecounts, strict=True)):
        raise cut_short("TIFF", path, size)
    if 0 in page.databytecounts:
        raise FileError("the TIFF file has parts that were never written", way_out=WAY_OUT, file=path)


def _samples(page: Any, path: Path) -> NDArray[Any]:
    """Return the samples of a page as stored, H x W or H x W x C; booleans for one bit."""
    _check(page, path)
    try:
        stored = page.asarray()
    except (ValueError, KeyError, ImportError) as error:
        if "imagecodecs" not in str(error) and not isinstance(error, ImportError):
            raise
        return samples_by_libtiff(page, path)
    return _channels_last(stored, page.axes)


def _channels_last(stored: NDArray[Any], axes: str) -> NDArray[Any]:
    return np.moveaxis(stored, 0, -1) if axes == "SYX" else stored


def _picture(samples: NDArray[Any], page: Any, path: Path) -> Picture:
    """Bring stored samples to grey or RGB, upright."""
    notes: list[str] = []
    if page.photometric == _PALETTE:
        # Colour maps have 16 bits a channel, of which 8 are meant: x * 257 or x * 256.
        samples = (page.colormap[:, samples] >> 8).astype(np.uint8).transpose(1, 2, 0)
        notes.append("palette expanded to RGB")
    elif page.photometric == _MIN_IS_WHITE:
        if samples.dtype == np.bool_ or samples.dtype.kind == "u":
            samples = ~samples
            notes.append("stored with white as 0: inverted")
        else:
            notes.append("stored with white as the smallest value: left so")
    if _ASSOCIATED_ALPHA in page.extrasamples:
        notes.append("colours are stored multiplied by alpha")
    tag = page.tags.get(_ORIENTATION)
    samples, turn = turned(samples, int(tag.value) if tag is not None and tag.value in range(1, 9) else 1)
    return picture_of(samples, full_depth=True, notes=(*notes, *turn), lossy=page.compression in _JPEG)
