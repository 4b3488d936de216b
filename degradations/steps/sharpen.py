"""Unsharp masking, which the public Real-ESRGAN training code does to the reference before degrading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from degradations.step import Facts, Image, Record, check_unit_float
from srmetrics.errors import SizeError, StepError


@dataclass(frozen=True, slots=True)
class Sharpen:
    """Sharpen where the detail exceeds a threshold, with a soft edge; nothing is drawn."""

    kind: ClassVar[str] = "sharpen"
    size: int = 51
    """Size of the Gaussian in pixels, odd; its deviation follows OpenCV's rule (8.0 for 51)."""
    weight: float = 0.5
    """How much of the detail is added."""
    threshold: float = 10.0
    """Smallest detail that is sharpened, on the 0..255 scale."""

    def __post_init__(self) -> None:
        if self.size < 3 or self.size % 2 == 0:
            raise StepError("impossible size of sharpening", found=self.size, expected="an odd number from 3")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw nothing."""
        return {}

    def apply(self, image: Image, record: Record) -> Image:
        """Sharpen a float image of range 0..1."""
        check_unit_float(image, self.kind)
        return sharpen(image, self.size, self.weight, self.threshold)


def sharpen(image: Image, size: int = 51, weight: float = 0.5, threshold: float = 10.0) -> Image:
    """Sharpen an image by unsharp masking under a soft mask.

    The detail is the image less its Gaussian blur. Where it exceeds the threshold a mask is 1, else 0; blurred
    by the same Gaussian, the mask blends the image with its sharpened version, clipped to 0..1.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), float32 or float64
        Range 0..1.
    size : int
        Size of the Gaussian in pixels, odd.
    weight : float
        How much of the detail is added.
    threshold : float
        Smallest detail that is sharpened, on the 0..255 scale.

    Returns
    -------
    ndarray
        The sharpened image, of the same shape and type.

    Raises
    ------
    SizeError
        If the image is too small to be mirrored by half a kernel.

    References
    ----------
    X. Wang, L. Xie, C. Dong, Y. Shan, "Real-ESRGAN: training real-world blind super-resolution with pure
    synthetic data", ICCV Workshops 2021, section 4.1, and its public training code.
    """
    if min(image.shape[:2]) <= size // 2:
        raise SizeError(
            "the image is too small for unsharp masking",
            found=f"{image.shape[1]}x{image.shape[0]} pixels and a kernel of {size}x{size}",
            expected=f"at least {size // 2 + 1} pixels in each direction",
            way_out="Use a recipe without sharpening (a -nousm twin), or larger images",
        )
    # Three buffers of the image's size in all: fresh memory costs more than the arithmetic done in it.
    blurred = cv2.GaussianBlur(image, (size, size), 0)
    detail = cv2.subtract(image, blurred)
    mask = np.abs(detail, out=blurred)
    mask *= 255
    cv2.threshold(mask, threshold, 1.0, cv2.THRESH_BINARY, dst=mask)
    mask = cv2.GaussianBlur(mask, (size, size), 0)
    sharpened: Image = cv2.scaleAdd(detail, weight, image, dst=blurred)
    np.clip(sharpened, 0, 1, out=sharpened)
    sharpened *= mask
    np.subtract(1, mask, out=mask)
    mask *= image
    sharpened += mask
    return sharpened
