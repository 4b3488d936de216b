"""Making images smaller before SSIM, as ssim.m and piq do by themselves."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.prepare.pair import STRIP_ROWS, HeldRows, Mask, Rows, SelectedRows


def automatic_factor(height: int, width: int, rule: str) -> int:
    """Return the factor of the rule ``max(1, round(min(height, width) / 256))``.

    MATLAB rounds halves away from zero (3 for 640), Python and so piq half to even (2 for 640).
    """
    quotient = min(height, width) / 256.0
    return max(1, math.floor(quotient + 0.5) if rule == "wang" else round(quotient))


def downsample(rows: Rows, mask: Mask | None, rule: str, masking: str = "map") -> tuple[Rows, Mask | None]:
    """Return the images, and the mask, after a protocol's ``downsample``.

    Parameters
    ----------
    rows : Rows
        The two images; for ``normalised``, a mask's outside must hold one constant.
    mask : ndarray of bool, optional
        A pixel of the small mask is inside where at least half of its block is; for ``interior`` where all of it is.
    rule : str
        ``none``, ``wang`` or ``avg-pool``.
    masking : str
        The protocol's; under ``normalised`` block means are taken over the mask's pixels only.
    """
    height, width, _ = rows.shape
    factor = 1 if rule == "none" else automatic_factor(height, width, rule)
    if factor == 1:
        return rows, mask
    shrink = box_subsample if rule == "wang" else _average_pool
    first, second = read_whole(rows)
    if mask is None:
        return HeldRows(shrink(first, factor), shrink(second, factor)), None
    share = shrink(mask.astype(np.float64)[:, :, None], factor)
    # Equal weights that should add up to one do so only to rounding.
    small_mask = np.asarray(share[:, :, 0] >= (1.0 if masking == "interior" else 0.5) - 1e-9, np.bool_)
    if masking != "normalised":
        return HeldRows(shrink(first, factor), shrink(second, factor)), small_mask
    outside = rows.outside if isinstance(rows, SelectedRows) else 0.0
    divisor = np.where(share > 0, share, 1.0)
    small = (shrink(image - outside, factor) / divisor + outside for image in (first, second))
    return SelectedRows(HeldRows(*small), small_mask, outside), small_mask


def box_subsample(image: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return the box means at every ``factor``-th pixel, borders mirrored, as ssim.m and msssim.m compute them.

    ``imfilter(image, ones(factor) / factor^2, 'symmetric')`` and then ``image(1:factor:end, 1:factor:end)``: the
    centre of an even box lies half a pixel up and left.
    """
    box = np.full(factor, 1.0 / factor)
    anchor = ((factor - 1) // 2,) * 2
    means = cv2.sepFilter2D(image, cv2.CV_64F, box, box, anchor=anchor, borderType=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(np.asarray(means, np.float64).reshape(image.shape)[::factor, ::factor])


def read_whole(rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two images whole, as float64."""
    if isinstance(rows, HeldRows):
        return rows.reference, rows.candidate
    height, width, channels = rows.shape
    first, second = np.empty((2, height, width, channels))
    for start in range(0, height, STRIP_ROWS):
        stop = min(start + STRIP_ROWS, height)
        first[start:stop], second[start:stop] = rows.rows(start, stop)
    return first, second


def _average_pool(image: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    height, width, channels = image.shape
    kept = image[: height // factor * factor, : width // factor * factor]
    blocks = kept.reshape(height // factor, factor, width // factor, factor, channels)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float64)
