"""Linear filtering of images of every type, in one arithmetic for each type."""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from degradations.step import PEAKS, Image
from srmetrics.errors import ArrayError, SizeError

Border = Literal["reflect", "replicate"]
"""``reflect`` mirrors the image without repeating its edge, as the public training codes do."""

_LARGEST_AREA = 129  # elements of a kernel that OpenCV sums directly for float32 images
_LARGEST_CUT = 25  # pixels: of larger kernels the strips would take longer than the Fourier transform

_VANISHING = 1e-12  # of the largest weight

BORDERS: dict[Border, int] = {"reflect": cv2.BORDER_REFLECT_101, "replicate": cv2.BORDER_REPLICATE}


def filter_image(image: Image, kernel: NDArray[Any], border: Border = "reflect") -> Image:
    """Correlate an image with a kernel.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        float32 and float64 are filtered in their own precision; uint8 and uint16 in float64, then rounded half
        away from zero and clipped, as MATLAB's ``imfilter`` does.
    kernel : ndarray, (K, K)
        Odd-sized. Nothing is flipped (all published kernels but shifted ones are symmetric).
    border : {"reflect", "replicate"}
        What lies beyond the edge.

    Returns
    -------
    ndarray
        The filtered image, of the same shape and type.

    Raises
    ------
    ArrayError
        If the image is of another type.
    SizeError
        If the image is too small to be mirrored by half a kernel.
    """
    check_filtered(image, kernel.shape[0])
    if image.dtype == np.float32:
        kernel = _without_vanishing(kernel)
        if kernel.size > _LARGEST_AREA and len(kernel) <= _LARGEST_CUT:
            return _filter_in_strips(image, kernel, border)
    filtered = cv2.filter2D(_as_float(image), -1, kernel, borderType=BORDERS[border])
    return _as_type(filtered, image.dtype)


def filter_separably(image: Image, row: NDArray[np.float64], border: Border = "reflect") -> Image:
    """Correlate an image with the outer product of ``row`` with itself: as :func:`filter_image`, but faster."""
    check_filtered(image, len(row))
    if image.dtype == np.float32:
        row = _without_vanishing(row)
    filtered = cv2.sepFilter2D(_as_float(image), -1, row, row, borderType=BORDERS[border])
    return _as_type(filtered, image.dtype)


def _without_vanishing(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out weights that single precision cannot see, and the rims that hold no others.

    All that a kernel of 25x25 loses is below 1e-9 of its sum, a hundredth of a rounding. Left in, the smallest of
    them are not normal numbers in single precision, and those slow a processor down tenfold.
    """
    size = np.abs(weights)
    kept = np.where(size < _VANISHING * size.max(), 0.0, weights)
    reach = len(kept) // 2
    far = np.max(np.abs(np.argwhere(kept) - reach))
    return kept[(slice(reach - far, reach + far + 1),) * kept.ndim]


def _filter_in_strips(image: Image, kernel: NDArray[Any], border: Border) -> Image:
    """Add up what strips of the kernel's columns make, each small enough for OpenCV to sum directly.

    Above 129 elements OpenCV turns to a Fourier transform, which without IPP takes up to three times as long.
    """
    size, reach = len(kernel), len(kernel) // 2
    height, width = image.shape[:2]
    count = -(-size // (_LARGEST_AREA // size))
    strip = -(-size // count)
    # Strips of equal width, the last filled up with zeros, so that one buffer serves them all.
    spare = count * strip - size
    columns = np.pad(kernel, ((0, 0), (0, spare)))
    padded = cv2.copyMakeBorder(image, reach, reach, reach, reach + spare, BORDERS[border])
    buffer = np.empty_like(padded[:, : width + strip - 1])
    filtered: Image | None = None
    for left in range(0, count * strip, strip):
        part = np.ascontiguousarray(columns[:, left : left + strip])
        seen = padded[:, left : left + width + strip - 1]
        cv2.filter2D(seen, -1, part, dst=buffer, anchor=(0, reach), borderType=cv2.BORDER_CONSTANT)
        made = buffer[reach : reach + height, :width]
        filtered = made.copy() if filtered is None else cv2.add(filtered, made, filtered)
    assert filtered is not None, "there is at least one strip"
    return filtered


def _as_float(image: Image) -> Image:
    return image if image.dtype.kind == "f" else image.astype(np.float64)


def _as_type(filtered: Image, dtype: np.dtype[Any]) -> Image:
    if dtype.kind == "f":
        return filtered
    # Adding a half and cutting the fraction off rounds half away from zero once negative values are gone.
    return np.clip(filtered + 0.5, 0, PEAKS[dtype.name]).astype(dtype)


def check_filtered(image: Image, size: int) -> None:
    """Refuse an image of an unknown type, or one too small to be mirrored by half a kernel of this size."""
    if image.dtype.name not in PEAKS:
        raise ArrayError("a filter got an unknown type", found=image.dtype, expected=", ".join(PEAKS))
    if min(image.shape[:2]) <= size // 2:
        raise SizeError(
            "the image is too small for the blur kernel",
            found=f"{image.shape[1]}x{image.shape[0]} pixels and a kernel of {size}x{size}",
            expected=f"at least {size // 2 + 1} pixels in each direction",
            way_out="Degrade larger images, or use a recipe with a smaller kernel",
        )
