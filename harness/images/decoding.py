"""Decode one compressed image with OpenCV, exactly and at its own depth, and hold the result to the file's header.

OpenCV decodes the four raster formats as exactly as Pillow, keeps 16 bits (which Pillow does not for colour), and is
the faster of the two. It is handed complete files only: readers look for the end of the data first, since libraries
differ in what they return for half a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from srmetrics.errors import FileError

WAY_OUT = "Copy or download the file again"


@dataclass(frozen=True, slots=True)
class Header:
    """What a file's header promises."""

    height: int
    width: int
    channels: int | None
    """Channels after decoding: 1, 3 or 4 (grey with alpha is decoded to 4); None where only the decoder knows."""
    dtype: DTypeLike = np.uint8


def decode(
    data: bytes, header: Header, kind: str, file: Path, *, as_stored: int = cv2.IMREAD_UNCHANGED
) -> NDArray[Any]:
    """Decode to H x W or H x W x C in RGB(A) order; ``as_stored`` is OpenCV's flag for that.

    Raises
    ------
    FileError
        When the data cannot be decoded to what the header promises.
    """
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), as_stored)
    if pixels is None:
        raise FileError(f"the {kind} data are damaged", found="data that cannot be decoded", way_out=WAY_OUT, file=file)
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    wanted = header.channels or channels
    if (*pixels.shape[:2], channels, pixels.dtype) != (header.height, header.width, wanted, header.dtype):
        raise FileError(
            f"the {kind} file is of a variety that is not read",
            found=f"{pixels.shape[1]} x {pixels.shape[0]} with {channels} channels of {pixels.dtype}",
            expected=f"{header.width} x {header.height} with {wanted} channels of {np.dtype(header.dtype)}",
            way_out="Save it as an ordinary PNG or TIFF",
            file=file,
        )
    decoded: NDArray[Any] = pixels.reshape(pixels.shape[:2]) if channels == 1 else pixels
    if channels > 1:
        decoded = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if channels == 3 else cv2.COLOR_BGRA2RGBA, dst=pixels)
    return decoded


def cut_short(kind: str, file: Path, size: int) -> FileError:
    """Make the error for a file that ends too early."""
    return FileError(
        f"the {kind} file is cut short",
        found=f"{size} bytes without the end of the image",
        expected="a complete file",
        way_out=WAY_OUT,
        file=file,
    )
