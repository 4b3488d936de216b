"""From an image's own units to black 0 and white 1, and from there to the reference's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.models.upscaler import Image, ImageFacts
from srmetrics.errors import ArrayError, ChannelError, NonFiniteError, RangeError

_FULL_DEPTH = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}


def white_of(image: Image, facts: ImageFacts) -> float:
    """Return what white stands for in a low-resolution image.

    Raises
    ------
    RangeError
        When neither the facts nor the dtype say it: ranges are not guessed.
    """
    if facts.data_range is not None:
        return facts.data_range
    full = _FULL_DEPTH.get(image.dtype.newbyteorder("="))
    if full is None:
        raise RangeError(
            f"a low-resolution image of {image.dtype} does not say what white is in it",
            expected="a data range, such as 1.0 or 4095",
            way_out="Give it: ImageFacts(data_range=1.0), or --data-range",
        )
    return full


def to_unit(image: Image, facts: ImageFacts) -> NDArray[np.float64]:
    """Return an image with black at 0 and white at 1, H x W x C with one or three channels.

    Raises
    ------
    ArrayError
        When it holds no real numbers.
    ChannelError
        When it has an alpha channel or another number of channels.
    NonFiniteError
        When it holds NaN or infinity.
    """
    if image.dtype.kind not in "uif":
        raise ArrayError(
            "a low-resolution image holds no real numbers", found=image.dtype, expected="integers or floats"
        )
    planes = image[:, :, np.newaxis] if image.ndim == 2 else image
    if planes.ndim != 3 or planes.shape[2] not in (1, 3) or 0 in planes.shape:
        alpha = planes.ndim == 3 and planes.shape[2] in (2, 4)
        raise ChannelError(
            "a network cannot upscale this image",
            found=f"shape {image.shape}",
            expected="H x W (grey) or H x W x 3 (RGB)",
            way_out="Drop alpha, or lay the image over a background first" if alpha else None,
        )
    unit = planes.astype(np.float64) / white_of(image, facts)
    if not np.isfinite(unit).all():
        raise NonFiniteError("the low-resolution image holds NaN or infinity")
    return unit


def from_unit(unit: NDArray[np.float64], image: Image, facts: ImageFacts) -> NDArray[np.float64]:
    """Return an output in the reference's units, with as many dimensions as the low-resolution image."""
    white = facts.reference_range if facts.reference_range is not None else white_of(image, facts)
    output = unit * white
    return output[:, :, 0] if image.ndim == 2 else output
