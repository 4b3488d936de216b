"""Where a method errs: the maps of absolute error and SSIM, and how often which difference comes, as scored."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.report.encoding import OUTSIDE
from srmetrics.metrics.downsample import automatic_factor, downsample
from srmetrics.metrics.ssim import centre_of
from srmetrics.metrics.ssim_map import check_size, map_strips, windows_for
from srmetrics.prepare.pair import STRIP_ROWS, PreparedPair

BINS = 256
"""Differences are counted in 256 equal steps from 0 to the data range, the last one holding all that is above."""

MAP_PIXELS = 1 << 22
"""A map of more pixels than this is averaged over blocks."""


@dataclass(frozen=True, slots=True)
class PlacedMap:
    """Values over a rectangle of the reference."""

    values: NDArray[np.float32]
    top: int
    left: int
    cell: int
    """How many pixels of the reference a value stands for, each way."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Absolute differences of one pair."""

    counts: NDArray[np.int64]
    """How many of the scored values lie in each of the steps."""
    map: PlacedMap | None


def differences(pair: PreparedPair, *, with_map: bool) -> Differences:
    """Return the absolute differences of a pair, as the protocol prepares it; the map is the mean over channels."""
    height, width, channels = pair.shape
    counts = np.zeros(BINS, np.int64)
    strips: list[NDArray[np.float32]] = []
    cell = _cell(height, width)
    rows = STRIP_ROWS // cell * cell or cell
    floats = any(image.dtype.kind == "f" for image in pair.stored)
    for start in range(0, height, rows):
        first, second = pair.rows(start, min(start + rows, height))
        error = np.abs(first - second)
        # Where a mask lets NaN be, it is no difference.
        known = np.nan_to_num(error) if floats else error
        steps = np.minimum(known * ((BINS - 1) / pair.data_range) + 0.5, BINS - 1).astype(np.intp)
        counts += np.bincount(steps.ravel(), minlength=BINS)
        if with_map:
            strips.append(_blocks(error.sum(axis=2) * (1.0 / channels), cell))
    if not with_map:
        return Differences(counts, None)
    return Differences(counts, PlacedMap(np.concatenate(strips), pair.frame.top, pair.frame.left, cell))


def similarity(pair: PreparedPair) -> PlacedMap:
    """Return the map of SSIM, the mean over channels.

    Raises
    ------
    SizeError
        When the window does not fit into the image.
    """
    rule = pair.protocol.downsample
    factor = 1 if rule == "none" else automatic_factor(*pair.shape[:2], rule)
    rows, _ = downsample(pair, None, rule)
    windows = windows_for(pair.protocol, pair.data_range, centre_of(pair, None))
    check_size(rows.shape, windows)
    cell = _cell(*rows.shape[:2])
    strips = [np.asarray(strip.ssim.mean(axis=2), np.float32) for strip in map_strips(rows, windows)]
    values = _blocks(np.concatenate(strips), cell)
    margin = windows.margin * factor
    return PlacedMap(values, pair.frame.top + margin, pair.frame.left + margin, cell * factor)


def levels_on(size: tuple[int, int], placed: PlacedMap, low: float, high: float) -> NDArray[np.uint8]:
    """Return a map as levels 0 (at ``low``) to 254 (at ``high``) over a whole reference of this width and height.

    One value stands for one pixel of the result, so that it is as coarse as the map; 255 is where the map does not
    reach.
    """
    cell = placed.cell
    width, height = (-(-side // cell) for side in size)
    levels = np.full((height, width), OUTSIDE, np.uint8)
    with np.errstate(invalid="ignore"):
        scaled = np.clip((np.nan_to_num(placed.values, nan=high) - low) * (254.0 / (high - low)), 0.0, 254.0)
    top, left = round(placed.top / cell), round(placed.left / cell)
    part = np.rint(scaled[: height - top, : width - left]).astype(np.uint8)
    levels[top : top + part.shape[0], left : left + part.shape[1]] = part
    return levels


def _cell(height: int, width: int) -> int:
    cell = 1
    while (height // cell) * (width // cell) > MAP_PIXELS:
        cell += 1
    return cell


def _blocks(values: NDArray[np.floating], cell: int) -> NDArray[np.float32]:
    if cell == 1:
        return values.astype(np.float32)
    height, width = (max(1, -(-side // cell)) for side in values.shape)
    padded = cv2.copyMakeBorder(
        values.astype(np.float32), 0, height * cell - values.shape[0], 0, width * cell - values.shape[1],
        cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(padded.reshape(height, cell, width, cell).mean(axis=(1, 3)), np.float32)
