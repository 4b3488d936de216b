"""Poisson (shot) noise by inverse distribution function, one uniform number for each pixel.

A sampler that draws until it accepts would use a different share of its stream for each pixel, so that one changed
value would change the noise of all pixels after it. Here pixel and noise correspond one to one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import special

from degradations.seeding import draw_field_seed, field_state
from degradations.step import Facts, Image, Record, check_unit_float
from degradations.steps.levels import to_levels
from degradations.steps.noise import check_probability, check_range
from srmetrics.errors import StepError

_BINS = 512  # of the uniform number, each of which remembers where the search for its count starts
_MAXIMUM_PEAK = 4096
_FARTHEST = 64  # counts that a search looks ahead at once
_BLOCK = 1 << 16  # pixels whose counts are sought at a time


@dataclass(frozen=True, slots=True)
class PoissonNoise:
    """Add Poisson noise of random strength, the same in all channels (grey) or independent in each."""

    kind: ClassVar[str] = "poisson-noise"
    scale: tuple[float, float]
    """Range of the factor on the noise, uniform; 1 is the noise of the counts themselves."""
    grey_probability: float = 0.0
    """Probability that the noise is the same in all channels."""
    peak_count: int | None = None
    """Mean count of a white pixel, 1 to 4096. None for the published rule, which depends on the content: the
    number of different 8-bit values in the image, rounded up to a power of two. A crop then gets other noise than
    the whole image; a fixed count avoids that."""

    def __post_init__(self) -> None:
        check_range("scale", self.scale)
        check_probability("grey_probability", self.grey_probability)
        if self.peak_count is not None and not 1 <= self.peak_count <= _MAXIMUM_PEAK:
            raise StepError("impossible peak_count", found=self.peak_count, expected=f"1 to {_MAXIMUM_PEAK}")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the factor, whether the noise is grey, and the seed of the field."""
        scale = float(rng.uniform(*self.scale))
        grey = bool(rng.uniform() < self.grey_probability)
        return {"scale": scale, "grey": grey, "field": draw_field_seed(rng)}

    def apply(self, image: Image, record: Record) -> Image:
        """Add the noise of the record to a float image of range 0..1, and clip to 0..1."""
        check_unit_float(image, self.kind)
        shape = image.shape[:2] if record["grey"] else image.shape
        field = field_state(record["field"]).random_sample(shape)
        return add_poisson_noise(image, field, record["scale"], self.peak_count)


def add_poisson_noise(image: Image, field: NDArray[np.float64], scale: float, peak_count: int | None = None) -> Image:
    """Add Poisson noise and clip to 0..1.

    The image's 8-bit levels, times the peak count, are the means of Poisson counts; the counts' deviation from
    their means, over the peak count, is the noise.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, 3), float32 or float64
        Range 0..1.
    field : ndarray, (H, W) or (H, W, 3), float64
        Uniform numbers in [0, 1). Of two dimensions for an image of three, the noise of the image's grey version
        (0.299, 0.587, 0.114) goes to all channels.
    scale : float
        Factor on the noise.
    peak_count : int, optional
        Mean count of a white pixel, see :class:`PoissonNoise`.

    Returns
    -------
    ndarray
        The noisy image, of the same shape and type.
    """
    single = image.astype(np.float32, copy=False)
    if field.ndim < image.ndim:
        single = cv2.cvtColor(single, cv2.COLOR_RGB2GRAY)
    levels = to_levels(single)
    peak = peak_count_of(levels) if peak_count is None else peak_count
    counts = poisson_counts(levels, field, peak)
    noise = counts.astype(np.float32)
    noise /= peak
    noise -= levels / np.float32(255)
    noise *= scale
    if field.ndim < image.ndim:
        noise = noise[..., None]
    noisy: Image = image + noise
    np.clip(noisy, 0, 1, out=noisy)
    return noisy.astype(image.dtype, copy=False)


def peak_count_of(levels: NDArray[np.uint8]) -> int:
    """Return the number of different values, rounded up to a power of two."""
    different = np.count_nonzero(cv2.calcHist([levels.reshape(-1, 1)], [0], None, [256], [0, 256]))
    return 1 << (int(different) - 1).bit_length()


def poisson_counts(levels: NDArray[np.uint8], field: NDArray[np.float64], peak: int) -> NDArray[np.int32]:
    """Return the Poisson counts whose distribution functions reach the uniform numbers.

    Parameters
    ----------
    levels : ndarray, uint8
        8-bit levels; the mean count of level L is ``L/255 * peak``.
    field : ndarray, float64, of the same shape
        Uniform numbers in [0, 1).
    peak : int
        Mean count of level 255, 1 to 4096.

    Returns
    -------
    ndarray, int32
        The smallest counts whose cumulative probability exceeds the uniform numbers.
    """
    cumulative, starts, to_count = _tables(peak)
    all_levels, all_numbers = levels.reshape(-1), field.reshape(-1)
    counts = np.empty(levels.size, np.int32)
    for block in range(0, levels.size, _BLOCK):  # which stays in the processor's cache
        part = slice(block, block + _BLOCK)
        level, uniform = all_levels[part], all_numbers[part]
        bins = level.astype(np.int32)
        bins *= _BINS
        bins += (uniform * _BINS).astype(np.int32)
        place = starts.take(bins)  # in the table of cumulative probabilities
        _advance(place, uniform, cumulative)
        place += to_count.take(level)
        counts[part] = place
    return counts.reshape(levels.shape)


def _advance(place: NDArray[np.int32], uniform: NDArray[np.float64], cumulative: NDArray[np.float64]) -> None:
    """Move each place on, by as much as it takes, to where the cumulative probability exceeds the number."""
    unfinished = np.flatnonzero(cumulative.take(place) <= uniform)
    step = 1
    while len(unfinished):
        # One by one where nearly all end at once; the few in the tails of their bins look ahead ever further.
        ahead = place[unfinished, None] + np.arange(1, step + 1, dtype=np.int32)
        beyond = cumulative[ahead] > uniform[unfinished, None]
        found = beyond.any(axis=1)  # the first one counts: after it may follow the next level's distribution
        place[unfinished] += np.where(found, beyond.argmax(axis=1) + 1, step).astype(np.int32)
        unfinished = unfinished[~found]
        step = min(2 * step, _FARTHEST)


@lru_cache(maxsize=16)  # the published rule has nine peaks, 1 to 256; each table is under a megabyte
def _tables(peak: int) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    """Tabulate the levels' distribution functions one after the other.

    Returned are the table, the place in it where the search for each level and bin starts, and for each level what
    turns a place into a count.
    """
    means = np.arange(256) / 255 * peak
    # Ten deviations and ten counts on either side leave out a probability below 1e-14.
    half = np.ceil(10 * np.sqrt(means) + 10).astype(np.int64)
    first = np.maximum(0, np.floor(means).astype(np.int64) - half)
    width = int((np.ceil(means).astype(np.int64) + half - first).max()) + 1
    counts = first[:, None] + np.arange(width)
    logarithms = special.xlogy(counts, means[:, None]) - means[:, None] - special.gammaln(counts + 1)
    cumulative = np.cumsum(np.exp(logarithms), axis=1)
    cumulative[:, -1] = math.inf  # the search always ends inside its own row
    edges = np.arange(_BINS) / _BINS
    rows = range(256)
    starts = np.stack([np.searchsorted(cumulative[row], edges, side="right") + row * width for row in rows])
    to_count = first - np.arange(256) * width
    # The last level is followed by as much as a search may look ahead.
    flat = np.append(cumulative.reshape(-1), np.full(_FARTHEST, math.inf))
    return flat, starts.astype(np.int32).reshape(-1), to_count.astype(np.int32)
