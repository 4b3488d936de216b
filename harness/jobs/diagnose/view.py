"""One image as detectors see it: colours and alpha apart, the nominal range known, and planes made when asked for."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.images import Picture
from harness.jobs.diagnose.finding import Observation, Role
from harness.jobs.diagnose.luma import Plane, luma_of

MOST_SIDE = 2048
"""Rows and columns of the middle by which a pair is measured."""

THUMB = 32
"""Rows and columns of the small picture by which images are recognised."""


class View:
    """One image of a set.

    Parameters
    ----------
    role, method, key, file : str
        Whose it is, what it is called, and where it lies.
    picture : Picture
        What was read.
    """

    def __init__(self, role: Role, method: str, key: str, file: str, picture: Picture) -> None:
        self.role, self.method, self.key, self.file = role, method, key, file
        pixels = picture.pixels
        with_alpha = pixels.ndim == 3 and pixels.shape[2] in (2, 4)
        self.alpha: NDArray[Any] | None = pixels[:, :, -1] if with_alpha else None
        colours = pixels[:, :, :-1] if with_alpha else pixels
        self.colours: NDArray[Any] = colours[:, :, 0] if colours.ndim == 3 and colours.shape[2] == 1 else colours
        self.lossy = picture.lossy
        self.stated_range = picture.data_range

    @property
    def channels(self) -> int:
        """How many colours there are: 1 or 3."""
        return 1 if self.colours.ndim == 2 else self.colours.shape[2]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.colours.shape[0], self.colours.shape[1]

    @cached_property
    def finite(self) -> bool:
        """Whether every value is a number."""
        return self.colours.dtype.kind != "f" or bool(np.isfinite(self.colours).all())

    @cached_property
    def lowest(self) -> float:
        """The smallest finite value; 0 where there is none."""
        values = self._finite_values
        return float(values.min()) if values.size else 0.0

    @cached_property
    def highest(self) -> float:
        """The largest finite value; 0 where there is none."""
        values = self._finite_values
        return float(values.max()) if values.size else 0.0

    @property
    def _finite_values(self) -> NDArray[Any]:
        return self.colours if self.finite else self.colours[np.isfinite(self.colours)]

    @property
    def holds_parts(self) -> bool:
        """Whether bytes hold 0 and 1 alone: floats of 0..1 that were converted without scaling."""
        return bool(self.colours.dtype == np.uint8 and 0 < self.highest <= 1)

    @property
    def constant(self) -> bool:
        """Whether all pixels are alike."""
        first = self.colours[0, 0]
        return bool((self.colours == first).all())

    @cached_property
    def top(self) -> float:
        """What full white probably stands for: the type's highest value, the file's own word, or a guess for floats."""
        if self.colours.dtype.kind in "ui":
            return self.stated_range or float(np.iinfo(self.colours.dtype).max)
        # A float image passes its nominal range by a ringing's overshoot, hardly by half of it.
        return next((top for top in (1.0, 255.0, 4095.0, 65535.0) if self.highest <= 1.5 * top), self.highest)

    @cached_property
    def scaled(self) -> NDArray[np.float64]:
        """The colours as parts of full white, H x W or H x W x 3."""
        return np.asarray(self.colours, np.float64) / self.top

    @cached_property
    def luma(self) -> Plane:
        """The luma as a part of full white."""
        return luma_of(self.scaled)

    def middle(self) -> View:
        """Return the view of the middle of a large image, which flips and turns leave in its place; else itself."""
        if max(self.shape) <= MOST_SIDE:
            return self
        # As many pixels go on either side: an odd number of rows or columns stays odd.
        cut = tuple(
            slice(lost, length - lost) for length in self.shape for lost in [max(0, length - MOST_SIDE + 1) // 2]
        )
        part = copy.copy(self)
        for name in ("scaled", "luma", "thumb", "finite", "lowest", "highest"):
            part.__dict__.pop(name, None)
        part.top = self.top
        part.colours = self.colours[cut]
        return part

    @cached_property
    def thumb(self) -> NDArray[np.float32]:
        """A small picture of the luma of mean 0 and length 1, as a vector; zeros where it is flat."""
        if not self.finite:
            return np.zeros(THUMB * THUMB, np.float32)
        # Shrunk as it is stored, so that a large image is not held as floats for the sake of a small picture.
        stored = self.colours if self.colours.dtype in (np.uint8, np.uint16) else self.colours.astype(np.float32)
        small = luma_of(shrunk(stored, THUMB, THUMB)).ravel()
        small = small - small.mean()
        length = float(np.linalg.norm(small))
        flat = length <= 1e-6 * self.top
        return np.asarray(small * 0 if flat else small / length, np.float32)

    def saw(self, kind: str, alike: str = "", /, **numbers: float) -> Observation:
        """Return an observation of this image."""
        return Observation(kind, self.role, self.method, self.key, self.file, alike, numbers)


def shrunk(image: NDArray[Any], height: int, width: int) -> NDArray[np.float64]:
    """Return an image averaged down (or spread) to a size."""
    import cv2

    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float64)


def psnr(reference: NDArray[np.float64], candidate: NDArray[np.float64]) -> float:
    """Return PSNR of images whose full white is 1; infinite for equal ones."""
    error = float(np.mean(np.square(reference - candidate)))
    return float("inf") if error == 0 else float(-10 * np.log10(error))
