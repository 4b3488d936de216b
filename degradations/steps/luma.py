"""MATLAB's studio-range luma, rounded to the image's own depth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from degradations.step import Facts, Image, Record
from srmetrics.errors import StepError

_WEIGHTS = (65.481, 128.553, 24.966)  # ITU-R BT.601, for R, G, B in 0..1 and Y in 16..235
_BLACK = 16.0


@dataclass(frozen=True, slots=True)
class StudioLuma:
    """Keep the Y of MATLAB's ``rgb2ycbcr`` (BT.601, 16..235), rounded; a one-channel image stays as it is."""

    kind: ClassVar[str] = "studio-luma"

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw nothing."""
        return {}

    def apply(self, image: Image, record: Record) -> Image:
        """Return Y in the image's own integer type."""
        return studio_luma(image)

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with one channel."""
        return replace(facts, channels=1)


def studio_luma(image: Image) -> Image:
    """Compute MATLAB's rounded Y of an integer image.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, 3), uint8 or uint16
        RGB, or one channel, which is returned as it is.

    Returns
    -------
    ndarray, (H, W)
        Y in the input's type, 16..235 for uint8 and 16 * 257..235 * 257 for uint16.

    Raises
    ------
    StepError
        If the type is not uint8 or uint16, which MATLAB would not round.
    """
    if image.dtype not in (np.uint8, np.uint16):
        raise StepError(
            "rounded luma is defined for integer images",
            found=image.dtype,
            expected="uint8 or uint16",
            way_out="Store the image as 8 or 16 bits first",
        )
    if image.ndim == 2:
        return image
    depth = 1.0 if image.dtype == np.uint8 else 257.0
    # The factor is multiplied into each weight first, and the terms are added from left to right: ties of .5
    # then fall as in MATLAB for every image whose score MATLAB recorded.
    red, green, blue = (weight * (depth * (1 / (255 * depth))) for weight in _WEIGHTS)
    luma = red * image[..., 0] + green * image[..., 1] + blue * image[..., 2] + _BLACK * depth
    return np.floor(luma + 0.5).astype(image.dtype)
