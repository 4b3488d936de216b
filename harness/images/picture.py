"""What reading a file gives: the pixels as stored, and what the file says about them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import FileError

PIXEL_LIMIT = 1 << 28
"""Pixels (height x width) that one picture may have: 16384 x 16384, unless SRMETRICS_PIXEL_LIMIT says otherwise."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image as it is stored: never rescaled, but for the slope and intercept that DICOM and NIfTI files state."""

    pixels: NDArray[Any]
    """H x W or H x W x C, channels in the order red, green, blue, alpha; grey with alpha has two. Native byte order."""
    data_range: float | None
    """The distance between the smallest and the largest value that the file can hold; None where it does not say."""
    range_source: str
    """What ``data_range`` was taken from, or why it is None, in words."""
    notes: tuple[str, ...] = ()
    """What was done to the stored samples, such as ``EXIF orientation 6 applied``."""
    lossy: bool = False
    """Whether the compression alters pixels (JPEG, and lossy WebP): such a file cannot be a mask."""


def picture_of(pixels: NDArray[Any], *, full_depth: bool, notes: tuple[str, ...] = (), lossy: bool = False) -> Picture:
    """Make a picture of an array, taking its range from its dtype where that is allowed.

    Parameters
    ----------
    pixels : ndarray
        H x W, H x W x 1 or H x W x C. Booleans become 0 and 255, float16 becomes float32 (both are exact).
    full_depth : bool
        Whether 16-bit files of this format use all 16 bits, as PNG and TIFF do.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.dtype == np.bool_:
        pixels = np.where(pixels, np.uint8(255), np.uint8(0))
        notes = (*notes, "1-bit expanded to 0/255")
    elif pixels.dtype == np.float16:
        pixels = pixels.astype(np.float32)
        notes = (*notes, "float16 widened to float32")
    pixels = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))
    data_range, source = range_of(pixels.dtype, full_depth=full_depth)
    return Picture(pixels, data_range, source, notes, lossy)


def range_of(dtype: np.dtype[Any], *, full_depth: bool) -> tuple[float | None, str]:
    """Return the range that a dtype alone states, and the words for it."""
    if dtype == np.uint8:
        return 255.0, "uint8"
    if dtype == np.uint16 and full_depth:
        return 65535.0, "uint16"
    if dtype == np.uint16:
        return None, "uint16 in a format that does not say how many of its bits are used"
    return None, f"{dtype.name} data say nothing about their range"


def check_size(height: int, width: int, file: Path) -> None:
    """Refuse pictures without pixels, and those so large that they are more likely an attack or a broken header."""
    if height < 1 or width < 1:
        raise FileError("the image has no pixels", found=f"{width} x {height}", file=file)
    limit = int(os.environ.get("SRMETRICS_PIXEL_LIMIT", PIXEL_LIMIT))
    if height * width > limit:
        raise FileError(
            "the image is larger than the pixel limit",
            found=f"{width} x {height} = {height * width} pixels",
            expected=f"at most {limit}",
            way_out="If the file is trusted, set the environment variable SRMETRICS_PIXEL_LIMIT to a larger number",
            file=file,
        )
