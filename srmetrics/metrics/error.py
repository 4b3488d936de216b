"""Metrics of the pixel-wise error: MSE, RMSE, MAE, NRMSE, and the sums that PSNR shares with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.metrics.base import Measurement, Region
from srmetrics.prepare.pair import STRIP_ROWS, PreparedPair, Rows, SelectedRows

Sum = Literal["squared", "absolute", "energy"]
"""Of the difference squared, of its absolute value, or of the reference squared."""


def error_sums(pair: PreparedPair, region: Region, which: Sum) -> tuple[float, ...]:
    """Return a sum over a region's pixels: one over all channels, or one for each under ``mean-of-channels``."""
    _, _, channels = pair.shape
    apart = pair.protocol.colour == "mean-of-channels" and channels > 1
    mask = region.mask
    if mask is None and pair.scored_as_bytes and not apart and which != "energy":
        return (_stored_sum(pair, which),)
    # Selected before the difference is taken: outside, infinity less infinity would warn.
    rows: Rows = pair if mask is None else SelectedRows(pair, mask, 0.0)
    totals = np.zeros(channels if apart else 1)
    height = pair.shape[0]
    for start in range(0, height, STRIP_ROWS):
        reference, candidate = rows.rows(start, min(start + STRIP_ROWS, height))
        values = reference if which == "energy" else reference - candidate
        values = np.abs(values) if which == "absolute" else np.square(values)
        totals += values.sum(axis=(0, 1)) if apart else values.sum()
    return tuple(float(total) for total in totals)


def covered(pair: PreparedPair, region: Region) -> int:
    """Return how many values each sum runs over: pixels of the region times channels of one sum."""
    height, width, channels = pair.shape
    pixels = height * width if region.masking == "zeroed" else region.count(pair)
    return pixels if pair.protocol.colour == "mean-of-channels" else pixels * channels


def _stored_sum(pair: PreparedPair, which: Sum) -> float:
    # The sum over 8-bit images as they are stored is a whole number, exact in a double; strips keep OpenCV's integer
    # accumulators (32 bits for the absolute sum) far from their end. Its squared sum comes back as the square of a
    # root, off in the last place, which the rounding undoes.
    kind = cv2.NORM_L2SQR if which == "squared" else cv2.NORM_L1
    first, second = pair.stored
    total = 0.0
    for start in range(0, first.shape[0], STRIP_ROWS):
        rows = slice(start, start + STRIP_ROWS)
        total += round(cv2.norm(_contiguous(first[rows]), _contiguous(second[rows]), kind))
    return total


def _contiguous(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(rows)


@dataclass(frozen=True, slots=True)
class ErrorMetric:
    """A metric that is a function of a mean error."""

    name: str
    summary: str
    citation: str
    formula: Literal["mse", "rmse", "mae", "nrmse", "psnr"]
    higher_is_better: bool = False

    def measure(self, pair: PreparedPair, region: Region) -> Measurement:
        """Return the metric over the region's pixels; NaN for an empty region."""
        first = error_sums(pair, region, "absolute" if self.formula == "mae" else "squared")
        energy = error_sums(pair, region, "energy") if self.formula == "nrmse" else ()
        return self._finish((*first, *energy), covered(pair, region), pair, empty=region.count(pair) == 0)

    def pool(self, slices: Sequence[Measurement], pair: PreparedPair) -> Measurement:
        """Return the metric of a volume: one mean over all its pixels."""
        sums = tuple(math.fsum(column) for column in zip(*(one.sums for one in slices), strict=True))
        n = sum(one.n for one in slices)
        # Under `zeroed` an empty region still counts the pixels of the image.
        return self._finish(sums, n, pair, empty=all(math.isnan(one.value) for one in slices))

    def _finish(self, sums: tuple[float, ...], n: int, pair: PreparedPair, *, empty: bool) -> Measurement:
        groups = len(sums) // 2 if self.formula == "nrmse" else len(sums)
        if empty or n == 0:
            return Measurement(math.nan, (math.nan,) * (groups if groups > 1 else 0), sums, n)
        values = tuple(self._value(sums, group, groups, n, pair) for group in range(groups))
        return Measurement(
            math.fsum(values) / groups if groups > 1 else values[0], values if groups > 1 else (), sums, n
        )

    def _value(self, sums: tuple[float, ...], group: int, groups: int, n: int, pair: PreparedPair) -> float:
        mean = sums[group] / n
        match self.formula:
            case "mse" | "mae":
                return mean
            case "rmse":
                return math.sqrt(mean)
            case "nrmse":
                energy = sums[groups + group]
                if energy > 0:
                    return math.sqrt(sums[group] / energy)
                return 0.0 if sums[group] == 0 else math.inf
            case "psnr":
                return decibels(mean, pair)


def decibels(mse: float, pair: PreparedPair) -> float:
    """Return PSNR in dB of a mean squared error, infinite for identical images unless the protocol says otherwise."""
    relative = mse / pair.data_range**2
    if pair.protocol.psnr_eps is not None:
        relative += pair.protocol.psnr_eps
    # Subtracted from zero, so that the largest possible error gives 0 and not -0.
    value = math.inf if relative == 0 else 0.0 - 10.0 * math.log10(relative)
    return value if pair.protocol.psnr_cap is None else min(value, pair.protocol.psnr_cap)


MSE = ErrorMetric("mse", "mean squared error, in squared units of the images", "", "mse")
RMSE = ErrorMetric("rmse", "root of the mean squared error, in units of the images", "", "rmse")
MAE = ErrorMetric("mae", "mean absolute error, in units of the images", "", "mae")
NRMSE = ErrorMetric(
    "nrmse", "root mean squared error over the root mean square of the reference, without a unit", "", "nrmse"
)
PSNR = ErrorMetric(
    "psnr", "peak signal-to-noise ratio, in dB: 10 log10(range^2 / MSE)", "", "psnr", higher_is_better=True
)
