"""MS-SSIM: structural similarity over five scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from srmetrics.errors import MetricError, SizeError
from srmetrics.metrics.base import Measurement, Region, mean_of_slices
from srmetrics.metrics.downsample import box_subsample, read_whole
from srmetrics.metrics.ssim import centre_of
from srmetrics.metrics.ssim_map import Windows, channel_sums, map_strips, windows_for
from srmetrics.prepare.pair import HeldRows, PreparedPair, Rows

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""The exponents of the five scales, finest first (Wang et al. 2003, section 3.2)."""

CITATION = (
    'Z. Wang, E. P. Simoncelli, A. C. Bovik, "Multi-scale structural similarity for image quality assessment", '
    "37th Asilomar Conference on Signals, Systems and Computers, 2003"
)


@dataclass(frozen=True, slots=True)
class MsSsimMetric:
    """MS-SSIM of Wang et al. 2003: contrast at every scale, luminance at the coarsest."""

    name: str = "ms_ssim"
    summary: str = "multi-scale structural similarity, without a unit, 1 for identical images"
    citation: str = CITATION
    higher_is_better: bool = True

    def measure(self, pair: PreparedPair, region: Region) -> Measurement:
        """Return MS-SSIM of the whole image.

        Raises
        ------
        MetricError
            With a mask, or when a scale's mean contrast term is negative so that its power does not exist.
        SizeError
            When the window does not fit into the coarsest of the five scales.
        """
        if region.mask is not None:
            raise MetricError(
                "ms_ssim is not defined for a region",
                way_out="Leave the mask or ms_ssim out; ssim takes a mask",
            )
        windows = windows_for(pair.protocol, pair.data_range, centre_of(pair, None))
        _check_five_scales(pair, windows)
        rows: Rows = pair
        terms = []
        for scale in range(len(WEIGHTS)):
            last = scale == len(WEIGHTS) - 1
            terms.append(_mean_term(rows, windows, luminance=last))
            if not last:
                first, second = read_whole(rows)
                rows = HeldRows(box_subsample(first, 2), box_subsample(second, 2))
        table = np.array(terms)
        if (table < 0).any():
            scale = int(np.argwhere(table < 0)[0][0])
            raise MetricError(
                "ms_ssim does not exist for this pair: a mean contrast term is negative and has no fractional power",
                found=f"{table.min():.6g} at scale {scale + 1} of {len(WEIGHTS)}",
                way_out="Use ssim, which may be negative",
            )
        by_channel = tuple(float(value) for value in np.prod(table ** np.array(WEIGHTS)[:, None], axis=0))
        apart = pair.protocol.colour == "mean-of-channels" and len(by_channel) > 1
        return Measurement(math.fsum(by_channel) / len(by_channel), by_channel if apart else ())

    def pool(self, slices: Sequence[Measurement], pair: PreparedPair) -> Measurement:
        """Return the mean over the slices of a volume."""
        return mean_of_slices(slices)


MS_SSIM = MsSsimMetric()


def _check_five_scales(pair: PreparedPair, windows: Windows) -> None:
    height, width, _ = pair.shape
    halvings = len(WEIGHTS) - 1
    window = len(windows.kernel)
    # Every second pixel is kept, the first one included: n becomes ceil(n / 2).
    if math.ceil(min(height, width) / 2**halvings) < window:
        raise SizeError(
            "the image is too small for ms_ssim's five scales",
            found=f"{width} x {height} pixels",
            expected=f"at least {(window - 1) * 2**halvings + 1} pixels each way for a window of {window}",
            way_out="Use ssim for such images",
        )


def _mean_term(rows: Rows, windows: Windows, *, luminance: bool) -> list[float]:
    totals, n = np.zeros(rows.shape[2]), 0
    for strip in map_strips(rows, windows):
        values = strip.ssim if luminance else strip.contrast
        totals += channel_sums(values)
        n += values.shape[0] * values.shape[1]
    return [float(total) / n for total in totals]
