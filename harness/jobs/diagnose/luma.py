"""The one channel that detectors look at: full-range luma, which is what JPEG codes too."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
"""H x W."""

WEIGHTS = (0.299, 0.587, 0.114)
"""ITU-R BT.601, full range: JFIF's Y."""


TWELVE_BITS = 4095


def luma_of(image: NDArray[Any]) -> Plane:
    """Return the luma of an image, H x W or H x W x C, as float64 in the image's own units; alpha is left out."""
    values = np.asarray(image)
    if values.ndim == 2:
        return values.astype(np.float64)
    if values.shape[2] < 3:
        return values[:, :, 0].astype(np.float64)
    luma = values[:, :, 0] * WEIGHTS[0]
    for channel in (1, 2):
        luma += values[:, :, channel] * WEIGHTS[channel]
    return np.asarray(luma, dtype=np.float64)


def in_steps(image: NDArray[Any]) -> NDArray[Any]:
    """Return an image in units of about its rounding: as it is, but for parts of 1 and full 16 bits, on 0 to 255."""
    if image.dtype.kind == "f":
        return eight_bit(image) if float(np.max(image, initial=0)) <= 1 else image
    full_depth = image.dtype == np.uint16 and int(np.max(image, initial=0)) > TWELVE_BITS
    return eight_bit(image) if full_depth else image


def eight_bit(image: NDArray[Any]) -> NDArray[Any]:
    """Return an image on the scale of 0 to 255, by what it holds: up to 1, 255 or 65535; 8-bit images as they are."""
    if image.dtype == np.uint8:
        return image
    highest = float(np.max(image, initial=0))
    top = 1.0 if highest <= 1 else 255.0 if highest <= 255 else 65535.0
    return image.astype(np.float64) * (255.0 / top)
