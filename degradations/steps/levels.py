"""From floats in 0..1 to 8-bit levels, as encoders and Poisson noise need them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from degradations.step import Image


def to_levels(image: Image) -> NDArray[np.uint8]:
    """Clip to 0..1, multiply by 255 in the image's own precision and round half to even.

    Parameters
    ----------
    image : ndarray, float32 or float64
        Of any shape.

    Returns
    -------
    ndarray, uint8
        The levels, of the same shape.
    """
    if image.dtype != np.float32:
        rounded: Image = np.rint(np.clip(image, 0, 1) * 255)
        return rounded.astype(np.uint8)
    # One pass in OpenCV instead of four; it would take the absolute value, so that negative ones go first.
    levels: NDArray[np.uint8] = cv2.convertScaleAbs(np.maximum(image, 0), alpha=255.0).reshape(image.shape)
    return levels
