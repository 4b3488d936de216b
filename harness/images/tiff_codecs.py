"""Decode pages of TIFF files that tifffile has no codec for, with the libtiff inside Pillow and OpenCV.

Both libraries turn, invert, colour or premultiply samples where tags ask for it, each in its own way; so the tags that
do so are overwritten in a private view of the file. Pillow takes up to 8 bits: it reports damaged data, where OpenCV
returns what it has. OpenCV takes the rest: Pillow cuts colours of 16 bits to 8.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import IO, Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import FileError

_PHOTOMETRIC, _ORIENTATION, _EXTRA_SAMPLES = 262, 274, 338
_MIN_IS_WHITE, _MIN_IS_BLACK, _PALETTE = 0, 1, 3
_UPRIGHT, _SEPARATE_ALPHA = 1, 2


def samples_by_libtiff(page: Any, path: Path) -> NDArray[Any]:
    """Return the samples of a tifffile page as stored, H x W or H x W x C; booleans for one bit."""
    with path.open("rb") as stream:
        view = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)  # what is written here never reaches the file
    _overwrite(view, page, _ORIENTATION, _UPRIGHT)
    _overwrite(view, page, _EXTRA_SAMPLES, _SEPARATE_ALPHA)
    if page.photometric in (_MIN_IS_WHITE, _PALETTE):
        _overwrite(view, page, _PHOTOMETRIC, _MIN_IS_BLACK)
    samples = _by_pillow(view, page.index) if page.bitspersample <= 8 else _by_opencv(view, page.index)
    shape = (page.imagelength, page.imagewidth, page.samplesperpixel)
    if samples is None or samples.dtype != page.dtype or samples.reshape(*samples.shape[:2], -1).shape != shape:
        raise FileError(
            "this TIFF cannot be decoded here: it is damaged, or its compression needs another package",
            found=f"{getattr(page.compression, 'name', page.compression)}, {shape} of {page.dtype}",
            way_out="Run pip install imagecodecs, or copy the file again, or save it without compression",
            file=path,
        )
    return samples


def _by_pillow(view: mmap.mmap, index: int) -> NDArray[Any] | None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(cast(IO[bytes], view)) as image:
            image.seek(index)
            return np.asarray(image)
    except UnidentifiedImageError:
        return None


def _by_opencv(view: mmap.mmap, index: int) -> NDArray[Any] | None:
    _, found = cv2.imdecodemulti(np.frombuffer(view, np.uint8), cv2.IMREAD_UNCHANGED, range=(index, index + 1))
    if not found:
        return None
    samples: NDArray[Any] = found[0]
    if samples.ndim == 3 and samples.shape[2] >= 3:
        samples = samples[:, :, [2, 1, 0, *range(3, samples.shape[2])]]
    return samples


def _overwrite(view: mmap.mmap, page: Any, code: int, value: int) -> None:
    """Set a tag of one short number, where the page has it."""
    tag = page.tags.get(code)
    if tag is not None and tag.count == 1:
        order: Literal["big", "little"] = "big" if page.parent.byteorder == ">" else "little"
        view[tag.valueoffset : tag.valueoffset + 2] = value.to_bytes(2, order)
