"""Taking every n-th pixel, as it is or of a blurred image whose pixels stay where bicubic would put them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from degradations.step import Facts, Image, Record
from degradations.steps import kernels
from degradations.steps.filtering import filter_separably
from srmetrics.errors import StepError


@dataclass(frozen=True, slots=True)
class Subsample:
    """Keep one pixel of each square of n by n; nothing is drawn."""

    kind: ClassVar[str] = "subsample"
    every: int
    """Side of the squares in pixels."""
    offset: int = 0
    """Row and column of the pixel that is kept, within its square."""

    def __post_init__(self) -> None:
        if not 0 <= self.offset < self.every:
            raise StepError(
                "impossible subsampling",
                found=f"offset {self.offset} of {self.every}",
                expected="an offset from 0, below the number of pixels",
            )

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw nothing."""
        return {}

    def apply(self, image: Image, record: Record) -> Image:
        """Keep every n-th pixel."""
        return np.ascontiguousarray(image[self.offset :: self.every, self.offset :: self.every])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the smaller size."""
        height, width = (len(range(self.offset, side, self.every)) for side in (facts.height, facts.width))
        return replace(facts, height=height, width=width)


@dataclass(frozen=True, slots=True)
class ShiftedBlur:
    """Blur by an isotropic Gaussian that is shifted, so that keeping every n-th pixel shifts nothing.

    The first pixel of a square of n by n lies (n - 1) / 2 pixels before the square's centre; the kernel is moved
    by as much, by linear interpolation.
    """

    kind: ClassVar[str] = "shifted-blur"
    every: int
    """The n of the subsampling that follows."""
    size: int
    """Size of the kernel in pixels, odd."""
    sigma: tuple[float, float]
    """Range of the standard deviation in pixels, uniform."""

    def __post_init__(self) -> None:
        if not 0 < self.sigma[0] <= self.sigma[1] or self.every < 1 or self.size < 1 or self.size % 2 == 0:
            raise StepError(
                "impossible shifted blur",
                found=f"every {self.every}, size {self.size}, sigma {self.sigma}",
                expected="every from 1, an odd size, 0 < low <= high",
            )

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the standard deviation."""
        return {"sigma": float(rng.uniform(*self.sigma))}

    def apply(self, image: Image, record: Record) -> Image:
        """Blur with the shifted kernel, mirrored at the border."""
        return filter_separably(image, shifted_row(self.size, record["sigma"], (self.every - 1) / 2))


def shifted_row(size: int, sigma: float, shift: float) -> NDArray[np.float64]:
    """Make a one-dimensional Gaussian moved to the right by ``shift`` pixels, for correlation.

    Parameters
    ----------
    size : int
        Length in pixels, odd.
    sigma : float
        Standard deviation in pixels.
    shift : float
        By how much, 0 or more, in pixels; linearly interpolated, with the first value repeated at the left.

    Returns
    -------
    ndarray, (size,), float64
        The row, summing to one.
    """
    places = np.arange(size, dtype=np.float64)
    moved = np.interp(places - shift, places, kernels.gaussian_row(size, sigma))
    return np.asarray(moved / moved.sum(), dtype=np.float64)
