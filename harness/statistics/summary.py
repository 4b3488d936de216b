"""What a leaderboard shows of one metric, region and method: mean, counts, interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.interval import Interval, mean_interval
from harness.statistics.units import Average, checked_values, gather_units, mean_over


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of one metric over images, with what stands behind it."""

    mean: float
    """Mean over images, or over groups; NaN without values; infinite where a value is."""
    n: int
    """Values that the mean is over."""
    n_infinite: int
    """How many of them are infinite."""
    n_left_out: int
    """Images without a value (NaN)."""
    n_units: int
    """Units that the values lie in."""
    interval: Interval
    """95 % interval of the mean."""


def summarise(
    values: ArrayLike, groups: Sequence[str] | None = None, *, average: Average = "image", seed: int = 0
) -> Summary:
    """Return mean, counts and interval of one column of values.

    Parameters
    ----------
    values : array_like of float, shape (n_images,)
        One number per image; NaN is left out and counted; infinities stay and are counted.
    groups : sequence of str, optional
        The group of each image; without it every image is a unit.
    average : {"image", "group"}, optional
        What the mean weighs equally.
    seed : int, optional
        Of the interval's draws.

    Raises
    ------
    StatisticsError
        When the shapes do not go together.

    Examples
    --------
    >>> summarise([30.0, float("inf"), float("nan")]).mean
    inf
    """
    column = checked_values(values, groups)
    units = gather_units(column, groups)
    n_left_out = int(np.count_nonzero(np.isnan(column)))
    return Summary(
        mean=mean_over(units, average),
        n=column.size - n_left_out,
        n_infinite=int(np.count_nonzero(np.isinf(column))),
        n_left_out=n_left_out,
        n_units=units.sums.size,
        interval=mean_interval(column, groups, average=average, seed=seed),
    )
