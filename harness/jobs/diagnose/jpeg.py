"""Traces of JPEG in pixels that are stored without loss: block transform coefficients that lie on a lattice.

Of an image that was a JPEG, the cosine transform of the right 8 x 8 blocks is again a multiple of the quantiser's
steps, but for the rounding to whole pixel values. In any other grid, and in an image that never was one, the
coefficients fall off evenly, and more of them lie half a step from a multiple than on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.luma import Plane, eight_bit, luma_of

SIDE = 8
"""Pixels of a block's side."""

EVIDENCE = 8.0
"""The least evidence, in standard deviations of what chance gives. Over Set5, Set14, RCAN's outputs, white blood cells
and scikit-image's images, those without a JPEG in their past gave at most 3.0, and those coded with the qualities 98,
95, 85, 75, 50 and 30 at least 13 (from 64 x 57 pixels on)."""

CLEAR = 40.0
ALONE = 0.5
NEARLY_ALONE = 0.8
"""What the next best grid may have of the evidence, under `CLEAR` and above it. Colour bars and other drawn images with
few different blocks give 9 to 46 in several grids alike; a JPEG gives 13 and more in one grid, and half of that in
another one only if it was coded twice."""

CONCENTRATION = 0.2
"""The least mean cosine: 1 where every coefficient lies on a multiple. The images above give 0.24 to 0.98 after a JPEG;
a drawn colour wheel, whose smooth fans happen to favour some values, gives 0.17 with an evidence of 12."""

ORDERS = 6
"""Of the 63 coefficients of a block, how many must have been seen other than zero; the colour wheel shows 4."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a look at coefficients goes."""

    step: int
    """The coarsest step that is looked for."""
    farthest: int
    """Coefficients above this are left out."""
    blocks: int
    """How many blocks are looked at, at most."""


SEARCH = Reach(step=60, farthest=96, blocks=1200)
"""For finding the grid, 64 times: the fine steps of low frequencies are enough down to quality 15 or so."""

JUDGE = Reach(step=121, farthest=128, blocks=20000)
"""For judging it: 121 is the largest entry of the standard's table, which is quality 50."""

MOST_SIDE = 1536
"""Rows and columns of the middle that are looked at."""

BINS_PER_UNIT = 4
"""Bins of the histogram for one unit of a coefficient: the rounding of pixels blurs a coefficient by 0.2 to 0.3."""

LUMINANCE_TABLE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""ITU-T T.81, table K.1, which the Independent JPEG Group's library scales by its quality."""


@dataclass(frozen=True, slots=True)
class JpegTraces:
    """What an image's pixels say of JPEG in its past."""

    found: bool
    """Whether they say it."""
    evidence: float
    """By how many standard deviations of chance the coefficients lie on multiples of a step; under 4 without JPEG."""
    quality: int | None
    """The nearest quality of the Independent JPEG Group's scale, 10 to 99; None where no table of it fits."""
    grid: tuple[int, int]
    """Row and column, 0 to 7, where the first whole block begins: not (0, 0) after a crop."""
    noise_db: float
    """PSNR between the image and what it was before the JPEG, at best: the rounding of the coefficients alone."""


NO_TRACES = JpegTraces(found=False, evidence=0.0, quality=None, grid=(0, 0), noise_db=float("inf"))


def jpeg_traces(image: NDArray[Any]) -> JpegTraces:
    """Look for a JPEG in the past of an image that is stored without loss.

    Parameters
    ----------
    image : ndarray, shape (H, W) or (H, W, C)
        uint8; uint16 and floats are brought to 0..255 by what they hold (65535, 255 or 1).

    Returns
    -------
    JpegTraces
        Without traces for images that hold fewer than a few blocks with detail.

    References
    ----------
    Z. Fan and R. L. de Queiroz, "Identification of bitmap compression history: JPEG detection and quantizer
    estimation", IEEE Transactions on Image Processing 12(2), 2003.
    """
    # The middle from a multiple of 8 on, so that the grid is that of the whole image.
    first = [max(0, length - MOST_SIDE) // 2 // SIDE * SIDE for length in image.shape[:2]]
    luma = luma_of(eight_bit(image)[first[0] : first[0] + MOST_SIDE, first[1] : first[1] + MOST_SIDE])
    if min(luma.shape) < 2 * SIDE:
        return NO_TRACES
    grids = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    found = {grid: _fit(_blocks(luma, grid, SEARCH.blocks), SEARCH) for grid in grids}
    grid, second = sorted(grids, key=lambda one: found[one][0], reverse=True)[:2]
    blocks = _blocks(luma, grid, JUDGE.blocks)
    evidence, quality, steps = _fit(blocks, JUDGE)
    rounded = (np.abs(blocks) > steps / 2) & (steps > 0)
    concentration = evidence / np.sqrt(2 * (np.count_nonzero(rounded) or 1))
    seen = np.count_nonzero(rounded.any(axis=0))
    doubtful = found[second][0] > (ALONE if evidence < CLEAR else NEARLY_ALONE) * evidence
    if evidence < EVIDENCE or doubtful or concentration < CONCENTRATION or seen < ORDERS:
        return JpegTraces(False, evidence, None, grid, float("inf"))
    return JpegTraces(True, evidence, quality, grid, _noise_db(blocks, steps))


@cache
def _transform() -> Plane:
    """Return the orthonormal 8-point cosine transform."""
    order, place = np.arange(SIDE)[:, None], np.arange(SIDE)[None, :]
    scale = np.where(order == 0, np.sqrt(1 / SIDE), np.sqrt(2 / SIDE))
    return np.asarray(scale * np.cos((2 * place + 1) * order * np.pi / (2 * SIDE)))


def _blocks(luma: Plane, grid: tuple[int, int], most: int) -> Plane:
    """Return the coefficients, shape (n, 64), of the blocks of a grid that are neither clipped nor flat."""
    row, column = grid
    rows, columns = ((length - first) // SIDE for length, first in zip(luma.shape, grid, strict=True))
    inner = luma[row : row + rows * SIDE, column : column + columns * SIDE]
    blocks = inner.reshape(rows, SIDE, columns, SIDE).transpose(0, 2, 1, 3).reshape(-1, SIDE, SIDE)
    if len(blocks) > most:
        blocks = blocks[:: -(-len(blocks) // most)]
    low, high = blocks.min(axis=(1, 2)), blocks.max(axis=(1, 2))
    # Clipping takes a block off the lattice, and a flat one says nothing.
    blocks = blocks[(low > 0.5) & (high < 254.5) & (high > low)]
    transform = _transform()
    return np.asarray((transform @ blocks @ transform.T).reshape(-1, SIDE * SIDE))


@cache
def _waves(reach: Reach) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return, bin by step, the cosine that is 1 on multiples of the step, and each step's first bin that is not zero.

    The cosine is 0 where a coefficient is rounded to zero, and for steps of 0 and 1, which every image of whole numbers
    would have.
    """
    bins = np.arange(reach.farthest * BINS_PER_UNIT)
    steps = np.arange(reach.step + 1)
    first = np.where(steps > 1, steps * BINS_PER_UNIT // 2, len(bins))
    cosines = np.cos(2 * np.pi * ((bins + 0.5) / BINS_PER_UNIT)[:, None] / np.maximum(steps, 1))
    return np.asarray(cosines * (bins[:, None] >= first), np.float32), first


@cache
def _tables(most_step: int) -> NDArray[np.intp]:
    """Return the steps of the qualities 10 to 99, shape (90, 64); steps that are not looked for are 0."""
    qualities = np.arange(10, 100)
    scales = np.where(qualities < 50, 5000 // qualities, 200 - 2 * qualities)
    tables = np.clip((LUMINANCE_TABLE.ravel() * scales[:, None] + 50) // 100, 1, 255)
    tables[:, 0] = 0  # the mean brightness is on no lattice after a change of brightness, and blocks differ little
    return np.asarray(np.where((tables > 1) & (tables <= most_step), tables, 0))


def _fit(coefficients: Plane, reach: Reach) -> tuple[float, int | None, NDArray[np.intp]]:
    """Return the evidence, the quality that fits (None for another table), and the step of each coefficient."""
    none = 0.0, None, np.zeros(SIDE * SIDE, dtype=np.intp)
    if len(coefficients) < 4:
        return none
    bins = reach.farthest * BINS_PER_UNIT
    places = (np.abs(coefficients) * BINS_PER_UNIT).astype(np.intp)
    inside = places < bins
    places += np.arange(SIDE * SIDE) * bins
    histogram = np.bincount(places[inside], minlength=SIDE * SIDE * bins).reshape(SIDE * SIDE, bins)
    waves, first = _waves(reach)
    # Single precision and no second product: the search does this for 64 grids.
    sums = (histogram.astype(np.float32) @ waves).astype(np.float64)
    at_least = np.cumsum(histogram[:, ::-1], axis=1)[:, ::-1]
    numbers = np.where(first < bins, at_least[:, np.minimum(first, bins - 1)], 0)
    each = np.arange(SIDE * SIDE)
    tables = _tables(reach.step)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_quality = sums[each, tables].sum(axis=1) / np.sqrt(numbers[each, tables].sum(axis=1) / 2)
        alone = np.where(numbers >= 8, sums / np.sqrt(numbers / 2), 0.0)
    by_quality = np.nan_to_num(by_quality)
    best = int(by_quality.argmax())
    # A table of its own: the best step of each coefficient, where it stands out for itself.
    alone[0] = 0
    free = alone.argmax(axis=1)
    free = np.where(alone[each, free] >= EVIDENCE, free, 0)
    total = numbers[each, free].sum()
    of_free = float(sums[each, free].sum() / np.sqrt(total / 2)) if total and np.count_nonzero(free) >= 3 else 0.0
    if of_free > 1.5 * by_quality[best]:
        return of_free, None, free
    return float(by_quality[best]), 10 + best, tables[best]


def _noise_db(coefficients: Plane, steps: NDArray[np.intp]) -> float:
    """Return the PSNR of rounding alone: a step's square over 12 where the coefficient is not rounded to zero."""
    rounded = np.abs(coefficients) > steps / 2
    # What was rounded to zero is unknown; it counts as none.
    error = float((np.square(steps) / 12 * rounded).mean())
    return float(10 * np.log10(255**2 / error)) if error else float("inf")
