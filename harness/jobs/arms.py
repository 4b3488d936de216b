"""Arms: what a classifier sees. References, low-resolution images, or one method's outputs, read when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from degradations.degrade import as_pipeline_image, cut_to_multiple
from harness.images import ImageFile
from harness.jobs.layouts import BenchImage
from srmetrics.errors import NonFiniteError

HR, LR = "hr", "lr"
"""The arms besides the methods."""

ARMS = "arms"
"""The folder of a run in which the arms' images lie."""


@dataclass(frozen=True, slots=True)
class References(Mapping[str, NDArray[Any]]):
    """The reference of each image, as it is scored: converted, and cut to a multiple of the scale."""

    images: Mapping[str, BenchImage]
    scale: int
    convert: str

    def __getitem__(self, key: str) -> NDArray[Any]:
        return reference_of(self.images[key], self.scale, self.convert)

    def __iter__(self) -> Iterator[str]:
        return iter(self.images)

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True)
class SavedImages(Mapping[str, NDArray[Any]]):
    """Images that the run has written."""

    files: Mapping[str, Path]

    def __getitem__(self, key: str) -> NDArray[Any]:
        return ImageFile(self.files[key], key).read().pixels

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def reference_of(image: BenchImage, scale: int, convert: str) -> NDArray[Any]:
    """Read an image as the study's reference.

    Raises
    ------
    SrmetricsError
        When it cannot be read, or is none that can be degraded.
    """
    pixels = image.file.read(image.page).pixels
    if convert == "minmax8":
        pixels = minmax8(pixels)
    return np.ascontiguousarray(cut_to_multiple(as_pipeline_image(pixels), scale))


def minmax8(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an image whose smallest value is 0 and whose largest is 255; a constant image is 0.

    Examples
    --------
    >>> minmax8(np.array([[-100, 0], [50, 100]], np.int16))
    array([[  0, 128],
           [191, 255]], dtype=uint8)
    """
    values = pixels.astype(np.float64)
    if not np.isfinite(values).all():
        raise NonFiniteError("the image holds NaN or infinity", expected="finite values")
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.zeros(pixels.shape, np.uint8)
    rounded: NDArray[np.uint8] = np.floor((values - low) / (high - low) * 255 + 0.5).astype(np.uint8)
    return rounded
