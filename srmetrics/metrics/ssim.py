"""SSIM: structural similarity, of an image or of a region in four senses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.metrics.base import Measurement, Region, mean_of_slices
from srmetrics.metrics.downsample import downsample
from srmetrics.metrics.ssim_map import Windows, channel_sums, check_size, map_strips, windows_for
from srmetrics.prepare.pair import STRIP_ROWS, Mask, PreparedPair, Rows, SelectedRows

SPARSE_SUPPORT = 0.1
"""Below this mean window weight inside a region, normalised SSIM rewards sparseness: a warning is given."""

CITATION = (
    'Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to '
    'structural similarity", IEEE Transactions on Image Processing 13(4):600-612, 2004'
)


@dataclass(frozen=True, slots=True)
class SsimMetric:
    """SSIM of Wang et al. 2004; not clamped, so that it may be negative."""

    name: str = "ssim"
    summary: str = "structural similarity, without a unit, 1 for identical images"
    citation: str = CITATION
    higher_is_better: bool = True

    def measure(self, pair: PreparedPair, region: Region) -> Measurement:
        """Return the mean of the SSIM map over a region, in the sense of its masking.

        Raises
        ------
        SizeError
            When the window does not fit into the image.
        """
        if region.count(pair) == 0:
            return _nowhere(pair)
        centre = centre_of(pair, region.mask)
        windows = windows_for(region.protocol_in_force(pair.protocol), pair.data_range, centre)
        rule, masking = pair.protocol.downsample, region.masking
        if region.mask is None or masking == "zeroed":
            whole: Rows = pair if region.mask is None else SelectedRows(pair, region.mask, 0.0)
            rows, _ = downsample(whole, None, rule)
            return _averaged(pair, rows, windows)
        source: Rows = pair if masking == "map" else SelectedRows(pair, region.mask, centre)
        rows, mask = downsample(source, region.mask, rule, masking)
        if mask is not None and masking == "interior":
            mask = _windows_inside(mask, windows.radius, windows.edges)
        return _averaged(pair, rows, windows, mask, masking)

    def pool(self, slices: Sequence[Measurement], pair: PreparedPair) -> Measurement:
        """Return the mean over the slices of a volume."""
        return mean_of_slices(slices)


SSIM = SsimMetric()


def centre_of(pair: PreparedPair, mask: Mask | None) -> float:
    """Return a value in the middle of the data, from nothing outside the mask.

    Integer images lie around the middle of their range; float, signed and told ranges may lie anywhere, so the mean of
    the reference is taken.
    """
    if pair.stored[0].dtype.kind == "u":
        return pair.data_range / 2.0
    height = pair.shape[0]
    total, count = 0.0, 0
    for start in range(0, height, STRIP_ROWS):
        reference, _ = pair.rows(start, min(start + STRIP_ROWS, height))
        values = reference if mask is None else reference[mask[start : start + STRIP_ROWS]]
        total += float(values.sum())
        count += values.size
    return total / count if count else 0.0


def _averaged(
    pair: PreparedPair, rows: Rows, windows: Windows, counted: Mask | None = None, masking: str = "map"
) -> Measurement:
    """Return the mean of a map, over ``counted`` where given; under ``normalised`` windows read no other pixel."""
    check_size(rows.shape, windows)
    normalised = counted is not None and masking == "normalised"
    _, width, channels = rows.shape
    columns = slice(windows.margin, width - windows.margin)
    totals, support_total, n = np.zeros(channels), 0.0, 0
    for strip in map_strips(rows, windows, counted if normalised else None):
        if counted is None:
            totals += channel_sums(strip.ssim)
            n += strip.ssim.shape[0] * strip.ssim.shape[1]
            continue
        here = counted[strip.start : strip.start + strip.ssim.shape[0], columns]
        totals += strip.ssim[here].sum(axis=0)
        n += int(here.sum())
        if strip.support is not None:
            support_total += float(strip.support[here].sum())
    if n == 0:
        what = "no window lies wholly" if masking == "interior" else "no window's centre lies"
        return replace(_nowhere(pair), notes=(f"{what} inside the region, so that it has no SSIM",))
    by_channel = tuple(float(total) / n for total in totals)
    support = support_total / n if normalised else None
    notes: tuple[str, ...] = ()
    if support is not None and support < SPARSE_SUPPORT:
        notes = (
            f"the region is sparse: on average {support:.3f} of a window's weight lies inside it, and normalised SSIM "
            "rewards that; consider --masking map, or a denser mask",
        )
    apart = pair.protocol.colour == "mean-of-channels" and channels > 1
    return Measurement(
        value=math.fsum(by_channel) / channels,
        channels=by_channel if apart else (),
        n_sampled=n,
        mask_support=support,
        notes=notes,
    )


def _nowhere(pair: PreparedPair) -> Measurement:
    channels = pair.shape[2]
    apart = pair.protocol.colour == "mean-of-channels" and channels > 1
    return Measurement(math.nan, (math.nan,) * channels if apart else (), n_sampled=0)


def _windows_inside(mask: Mask, radius: int, edges: str) -> Mask:
    """Return the pixels whose whole window lies inside the mask, what lies beyond the border being mirrored."""
    border = cv2.BORDER_REFLECT_101 if edges == "reflect" else cv2.BORDER_REPLICATE
    square = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), radius, radius, radius, radius, border)
    eroded = cv2.erode(padded, square)[radius:-radius, radius:-radius]
    return np.asarray(eroded, np.bool_)


def ssim_map_array(pair: PreparedPair) -> NDArray[np.float64]:
    """Return the whole SSIM map, height x width or height x width x channels; smaller under ``valid`` edges."""
    rows, _ = downsample(pair, None, pair.protocol.downsample)
    windows = windows_for(pair.protocol, pair.data_range, centre_of(pair, None))
    check_size(rows.shape, windows)
    whole = np.concatenate([strip.ssim for strip in map_strips(rows, windows)])
    return whole[:, :, 0] if whole.shape[2] == 1 else whole
