"""Two methods on the same images: the difference of their means, its interval and its p values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.interval import Interval, ratio_interval, units_as_ratio
from harness.statistics.sign_flip import rounding_of_sums, sign_flip
from harness.statistics.units import Average, checked_values, gather_units, mean_over
from harness.statistics.wilcoxon import wilcoxon_p
from srmetrics.errors import StatisticsError


@dataclass(frozen=True, slots=True)
class PairedTest:
    """How two columns of values on the same images differ."""

    difference: float | None
    """Mean of the first minus mean of the second over the images that both have; None with a `reason`."""
    interval: Interval
    """95 % interval of the difference."""
    p: float | None
    """Two-sided p value of the sign-flip test over units; None with a `reason`."""
    p_wilcoxon: float | None
    """Two-sided p value of Wilcoxon's signed-rank test over the same units; None with a `reason`."""
    test: str
    """What test `p` is of, over how many units and patterns."""
    n_units: int
    """Units that both columns have."""
    smallest_p: float
    """The smallest `p` that this many units allow."""
    n_left_out: int
    """Images left out because one of the columns, or both, has NaN there."""
    reason: str
    """Why `p` is blank; empty where it is not."""


def paired_test(
    a: ArrayLike,
    b: ArrayLike,
    groups: Sequence[str] | None = None,
    *,
    average: Average = "image",
    seed: int = 0,
) -> PairedTest:
    """Compare two columns of values on the same images, unit by unit.

    The sign-flip test turns the difference of a whole unit at a time; it tests the very difference that is
    reported.

    Parameters
    ----------
    a, b : array_like of float, shape (n_images,)
        One number per image, in the same order of images. Where either is NaN the image is left out; where
        either is infinite there is no comparison.
    groups : sequence of str, optional
        The group of each image; without it every image is a unit.
    average : {"image", "group"}, optional
        What the means weigh equally.
    seed : int, optional
        Of the draws of the interval, and of the test from 15 units on.

    Returns
    -------
    PairedTest
        With `a` and `b` swapped: the same p values, the difference and its interval mirrored.

    Raises
    ------
    StatisticsError
        When the shapes do not go together.
    """
    first, second = checked_values(a, groups), checked_values(b, groups)
    if first.size != second.size:
        raise StatisticsError(
            "two columns are not of the same images",
            found=f"{first.size} and {second.size} values",
            expected="one value per image in both, NaN where there is none",
        )
    absent = np.isnan(first) | np.isnan(second)
    n_left_out = int(np.count_nonzero(absent))
    n_infinite = int(np.count_nonzero(~absent & (np.isinf(first) | np.isinf(second))))
    if n_infinite:
        return _blank(f"infinite values on {n_infinite} of {first.size} images", n_left_out)
    if n_left_out == first.size:
        return _blank("no image with a value in both", n_left_out)
    # Equal values differ by exactly 0 here, and NaN on either side makes NaN, which the units leave out.
    differences = first - second
    units = gather_units(differences, groups)
    numerators, denominators = units_as_ratio(units, average)
    largest_pair = float(np.max(np.where(absent, 0.0, np.abs(first) + np.abs(second))))
    flipped = sign_flip(
        numerators,
        seed=seed,
        tolerance=rounding_of_sums(numerators.size) * largest_pair * float(denominators.sum()),
    )
    return PairedTest(
        difference=mean_over(units, average),
        interval=_interval(numerators, denominators, seed),
        p=flipped.p,
        p_wilcoxon=wilcoxon_p(units.means, tolerance=rounding_of_sums(1) * largest_pair),
        test=flipped.test,
        n_units=numerators.size,
        smallest_p=flipped.smallest_p,
        n_left_out=n_left_out,
        reason="",
    )


def _blank(reason: str, n_left_out: int) -> PairedTest:
    return PairedTest(None, Interval(None, None, reason), None, None, "", 0, 1.0, n_left_out, reason)


def _interval(numerators: NDArray[np.float64], denominators: NDArray[np.float64], seed: int) -> Interval:
    # The same draws of (a, b) and of (b, a): units are put in order of their values, so fix the sign.
    total = math.fsum(numerators.tolist())
    turned = total < 0 or (total == 0 and np.sort(numerators).tolist() > np.sort(-numerators).tolist())
    if not turned:
        return ratio_interval(numerators, denominators, seed=seed)
    mirrored = ratio_interval(-numerators, denominators, seed=seed)
    if mirrored.low is None or mirrored.high is None:
        return mirrored
    return Interval(-mirrored.high, -mirrored.low, mirrored.method)
