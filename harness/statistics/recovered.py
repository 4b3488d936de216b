"""The recovered fraction: how much of what low resolution cost a classifier, super-resolution gives back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.interval import Interval, ratio_interval, units_as_ratio
from harness.statistics.units import Average, checked_values, gather_units
from srmetrics.errors import StatisticsError

NO_GAP = "no gap"
"""What stands in place of the fraction when HR is not surely better, or worse, than LR."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """The recovered fraction of accuracy, or why there is none."""

    fraction: float | None
    """(accuracy of SR - accuracy of LR) / (accuracy of HR - accuracy of LR); None with a `reason`."""
    interval: Interval
    """95 % interval of the fraction."""
    gap: float | None
    """Accuracy of HR minus accuracy of LR; None without images."""
    gap_interval: Interval
    """95 % interval of the gap."""
    n_units: int
    """Units that all three arms have."""
    n_left_out: int
    """Images that an arm has no value for (NaN)."""
    reason: str
    """``no gap``, or why there is no fraction; empty where there is one."""


def recovered_fraction(
    correct_sr: ArrayLike,
    correct_lr: ArrayLike,
    correct_hr: ArrayLike,
    groups: Sequence[str] | None = None,
    *,
    average: Average = "image",
    seed: int = 0,
) -> Recovered:
    """Return the share of the accuracy lost from HR to LR that SR gives back, with its interval over units.

    It is given only when the 95 % interval of the gap, HR minus LR, excludes zero: a ratio over a gap that
    may be nothing may be anything. The interval of the fraction is made as that of a mean is: the three arms
    of a unit stay together.

    Parameters
    ----------
    correct_sr, correct_lr, correct_hr : array_like of float, shape (n_images,)
        Correctness of each image in 0..1 in the three arms, in the same order of images: true and false, or
        their mean over the repeats that tested the image; NaN for images that none did.
    groups : sequence of str, optional
        The group of each image; without it every image is a unit.
    average : {"image", "group"}, optional
        What an accuracy weighs equally.
    seed : int, optional
        Of the draws.

    Returns
    -------
    Recovered

    Raises
    ------
    StatisticsError
        When the shapes do not go together, or a correctness lies outside 0..1.
    """
    restored, low, high = (checked_values(arm, groups) for arm in (correct_sr, correct_lr, correct_hr))
    if not restored.size == low.size == high.size:
        raise StatisticsError(
            "the three arms are not of the same images",
            found=f"{restored.size}, {low.size} and {high.size} values",
            expected="one value per image in each, NaN where there is none",
        )
    arms = np.stack([restored, low, high])
    if np.any((arms < 0) | (arms > 1)):
        raise StatisticsError(
            "correctness lies outside 0 to 1",
            found=f"values from {np.nanmin(arms)} to {np.nanmax(arms)}",
            expected="0 (wrong) to 1 (right)",
        )
    absent = np.isnan(arms).any(axis=0)
    gains, unit_weights = units_as_ratio(gather_units(np.where(absent, np.nan, restored - low), groups), average)
    gaps, _ = units_as_ratio(gather_units(np.where(absent, np.nan, high - low), groups), average)
    n_units, n_left_out = gaps.size, int(np.count_nonzero(absent))
    if n_units == 0:
        blank = Interval(None, None, "no image with a value in all arms")
        return Recovered(None, blank, None, blank, 0, n_left_out, blank.method)
    gap = math.fsum(gaps.tolist()) / float(unit_weights.sum())
    gap_interval = ratio_interval(gaps, unit_weights, seed=seed)
    if gap_interval.low is None or gap_interval.high is None:
        reason = f"no interval of the gap: {gap_interval.method}"
    elif gap_interval.low <= 0 <= gap_interval.high:
        reason = NO_GAP
    else:
        fraction = math.fsum(gains.tolist()) / math.fsum(gaps.tolist())
        interval = ratio_interval(gains, gaps, seed=seed)
        return Recovered(fraction, interval, gap, gap_interval, n_units, n_left_out, "")
    return Recovered(None, Interval(None, None, reason), gap, gap_interval, n_units, n_left_out, reason)
