"""Bringing two images to one size, as the protocol's ``align`` and ``crop`` say."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from srmetrics.errors import SizeError
from srmetrics.prepare.gate import Image

_INTERPOLATION = {
    "opencv-nearest": cv2.INTER_NEAREST,
    "opencv-bilinear": cv2.INTER_LINEAR,
    "opencv-bicubic": cv2.INTER_CUBIC,
    "opencv-area": cv2.INTER_AREA,
    "opencv-lanczos4": cv2.INTER_LANCZOS4,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of the reference that is scored."""

    top: int
    left: int
    bottom: int
    right: int

    def cut(self, image: Image) -> Image:
        """Return this rectangle of an image, as a view."""
        return image[self.top : self.bottom, self.left : self.right]


def align(reference: Image, candidate: Image, rule: str, crop: int) -> tuple[Image, Image, Frame]:
    """Return both images cut (or the candidate resized) to what is scored, and the rectangle of the reference.

    Parameters
    ----------
    reference, candidate : ndarray
        H x W or H x W x C.
    rule : str
        A resolved ``align``.
    crop : int
        Pixels to cut from each side, after the alignment.

    Raises
    ------
    SizeError
        When the sizes differ after the alignment, or nothing is left after the crop.
    """
    height, width = reference.shape[:2]
    if rule.startswith("modcrop-"):
        factor = int(rule.removeprefix("modcrop-"))
        height, width = height - height % factor, width - width % factor
    elif rule == "crop":
        height, width = min(height, candidate.shape[0]), min(width, candidate.shape[1])
        candidate = candidate[:height, :width]
    elif rule.startswith("resize-") and candidate.shape[:2] != (height, width):
        candidate = _resize(candidate, height, width, rule.removeprefix("resize-"))
    if candidate.shape[:2] != (height, width):
        raise SizeError(
            "the candidate's size is not the reference's",
            found=f"{candidate.shape[1]} x {candidate.shape[0]} pixels",
            expected=f"{width} x {height} pixels",
            way_out="If one is cut or scaled on purpose, say so: --align modcrop, crop or resize-opencv-bilinear",
        )
    frame = Frame(crop, crop, height - crop, width - crop)
    if frame.bottom <= frame.top or frame.right <= frame.left:
        raise SizeError(
            "nothing is left of the image after the crop",
            found=f"{width} x {height} pixels and a crop of {crop} on each side",
            expected=f"at least {2 * crop + 1} pixels each way",
        )
    return frame.cut(reference), frame.cut(candidate), frame


def _resize(image: Image, height: int, width: int, rule: str) -> Image:
    # OpenCV resizes 8-bit, 16-bit and float images; anything else goes by way of float64 and stays there.
    plain = image if image.dtype in (np.uint8, np.uint16, np.float32, np.float64) else image.astype(np.float64)
    # Intel's IPP, which OpenCV calls where it can, gives other pixels on other processors: not for 8-bit bilinear, but
    # for 16 bits, floats and bicubic. The switch is this thread's own.
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        resized: Image = cv2.resize(np.ascontiguousarray(plain), (width, height), interpolation=_INTERPOLATION[rule])
    finally:
        cv2.ipp.setUseIPP(before)
    return resized
