"""What every arm's images pass before any classifier sees them: one size, one number of channels, one range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from degradations.imresize import imresize
from harness.classifiers.classifier import Image
from srmetrics.errors import ClassifierError

_RED, _GREEN, _BLUE = np.float32(0.299), np.float32(0.587), np.float32(0.114)  # ITU-R BT.601, full range
_OVERSHOOT = 1.0  # how far beyond 0..1 a float image may reach before its range is doubted


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """A size, a number of channels and a range."""

    size: tuple[int, int] | None = None
    """Height and width in pixels; None leaves each image its own."""
    channels: int | None = None
    """1 (RGB becomes BT.601 luma), 3 (grey is repeated), or None for as they come."""
    data_range: float | None = None
    """What uint16 and float images are divided by; None for 65535 and 1. uint8 is divided by 255."""

    def __call__(self, images: Iterable[Image]) -> list[NDArray[np.float32]]:
        """Return the images as floats, each of shape (H, W, C).

        Raises
        ------
        ClassifierError
            When an array is not an image, or its range is unknown.
        """
        return [self._one(np.asarray(image)) for image in images]

    @property
    def words(self) -> str:
        """What is done, in words."""
        size = "the size of the HR images" if self.size is None else f"{self.size[0]} x {self.size[1]} pixels"
        channels = {None: "", 1: "; RGB to luma (BT.601)", 3: "; grey repeated to RGB"}[self.channels]
        return f"resized to {size}, bilinear, antialiased where that is smaller{channels}; values from 0 to 1"

    def _one(self, image: NDArray[Any]) -> NDArray[np.float32]:
        if image.ndim == 2:
            image = image[:, :, np.newaxis]
        if image.ndim != 3 or image.shape[2] not in (1, 3) or 0 in image.shape:
            raise ClassifierError(
                "an array is not an image that can be classified",
                found=f"shape {image.shape}",
                expected="(H, W), (H, W, 1) or (H, W, 3)",
                way_out="Drop or composite an alpha channel first",
            )
        seen = self._in_range(image)
        if self.channels == 1 and seen.shape[2] == 3:
            seen = _RED * seen[:, :, :1] + _GREEN * seen[:, :, 1:2] + _BLUE * seen[:, :, 2:]
        elif self.channels == 3 and seen.shape[2] == 1:
            seen = np.repeat(seen, 3, axis=2)
        if self.size is not None and seen.shape[:2] != self.size:
            # The edge pixel beyond the edge, as PIL, OpenCV and torch have it too.
            seen = imresize(seen, size=self.size, kernel="bilinear", border="replicate")
        return np.ascontiguousarray(seen, dtype=np.float32)

    def _in_range(self, image: NDArray[Any]) -> NDArray[np.float32]:
        if image.dtype == np.uint8:
            return image.astype(np.float32) / np.float32(255)
        if image.dtype == np.uint16:
            return image.astype(np.float32) / np.float32(self.data_range or 65535)
        if not np.issubdtype(image.dtype, np.floating):
            raise ClassifierError(
                "images of this type cannot be classified",
                found=image.dtype,
                expected="uint8, uint16 or floats",
                way_out="Rescale signed data to floats first",
            )
        seen = image.astype(np.float32) / np.float32(self.data_range or 1)
        low, high = float(seen.min()), float(seen.max())
        if not -_OVERSHOOT <= low <= high <= 1 + _OVERSHOOT:  # NaN too
            raise ClassifierError(
                "the range of a float image is not the one that was said",
                found=f"values from {float(image.min()):g} to {float(image.max()):g}",
                expected=f"about 0 to {self.data_range or 1:g}, all finite",
                way_out="Give the data range",
            )
        return seen


def as_batch(images: Sequence[Image], preprocessing: Preprocessing) -> list[NDArray[np.float32]]:
    """Return preprocessed images of one shape, for an adapter that was called by hand or by the harness.

    Raises
    ------
    ClassifierError
        When there is none, or the sizes or channels differ and the preprocessing does not make them equal.
    """
    seen = preprocessing(images)
    shapes = sorted({image.shape for image in seen})
    if len(shapes) != 1:
        raise ClassifierError(
            "a classifier needs images of one shape" if shapes else "there is no image to classify",
            found=", ".join(str(shape) for shape in shapes[:4]) or None,
            expected="one height, width and number of channels",
            way_out="Give it an input size, as in 'default?size=96', or channels",
        )
    return seen
