"""Confidence intervals of a mean over units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from harness.statistics.bca import bca_interval
from harness.statistics.draws import DRAWS
from harness.statistics.units import Average, Units, checked_average, gather_units
from srmetrics.errors import StatisticsError

BOOTSTRAP_UNITS = 20
"""From this many units on an interval is a bootstrap's."""
FEWEST_UNITS = 5
"""Below this many units there is no interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, and how it came about."""

    low: float | None
    """Lower end in the unit of the values; None where there is no interval."""
    high: float | None
    """Upper end in the unit of the values; None where there is no interval."""
    method: str
    """How the interval was made, or why there is none."""


def mean_interval(
    values: ArrayLike,
    groups: Sequence[str] | None = None,
    *,
    average: Average = "image",
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """Return the confidence interval of the mean that a leaderboard shows.

    Units are what is drawn, images or groups what is averaged. From 20 units on it is a BCa bootstrap with
    10,000 draws of units; with 5 to 19 it is Student's t over unit means; with fewer there is none, nor where a
    value is infinite.

    Parameters
    ----------
    values : array_like of float, shape (n_images,)
        One number per image; NaN is left out.
    groups : sequence of str, optional
        The group of each image; without it every image is a unit.
    average : {"image", "group"}, optional
        What the mean weighs equally. With ``"image"`` a drawn group brings all its images along, and the mean
        is the ratio of the drawn groups' sums and counts.
    seed : int, optional
        Of the draws; the same whatever the order of the images.
    confidence : float, optional
        Between 0 and 1.

    Returns
    -------
    Interval

    Raises
    ------
    StatisticsError
        When the shapes do not go together, or `confidence` is not between 0 and 1.

    Examples
    --------
    >>> interval = mean_interval([28.1, 30.4, 27.9, 33.0, 29.6])
    >>> round(interval.low, 3), round(interval.high, 3), interval.method
    (27.23, 32.37, 'Student t over 5 unit means')
    """
    units = gather_units(values, groups)
    if not np.isfinite(units.sums).all():
        return Interval(None, None, "infinite values")
    numerators, denominators = units_as_ratio(units, average)
    return ratio_interval(numerators, denominators, seed=seed, confidence=confidence)


def units_as_ratio(units: Units, average: Average) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return numerators and denominators per unit whose sums' ratio is the reported mean."""
    if checked_average(average) == "image":
        return units.sums, units.counts
    return units.means, np.ones(units.sums.size)


def ratio_interval(
    numerators: NDArray[np.float64],
    denominators: NDArray[np.float64],
    *,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of ``sum(numerators) / sum(denominators)`` by the rule for the number of units.

    Parameters
    ----------
    numerators, denominators : ndarray of float64, shape (n_units,)
        Finite; the denominators do not sum to zero.
    seed : int, optional
        Of the draws.
    confidence : float, optional
        Between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise StatisticsError(
            "confidence is not a probability", found=confidence, expected="a number between 0 and 1, as 0.95"
        )
    n_units = numerators.size
    if n_units < FEWEST_UNITS:
        return Interval(None, None, f"fewer than {FEWEST_UNITS} units")
    if n_units < BOOTSTRAP_UNITS:
        return _student_interval(numerators, denominators, confidence)
    low, high = bca_interval(numerators, denominators, seed=seed, confidence=confidence)
    if not (math.isfinite(low) and math.isfinite(high)):
        return Interval(None, None, "the denominator vanishes in too many draws")
    return Interval(low, high, f"BCa bootstrap over {n_units} units, {DRAWS} draws, seed {seed}")


def _student_interval(
    numerators: NDArray[np.float64], denominators: NDArray[np.float64], confidence: float
) -> Interval:
    """Return Student's t interval; with unequal weights, of the linearised ratio (Cochran 1977, 6.4)."""
    n_units = numerators.size
    total = math.fsum(denominators.tolist())
    estimate = math.fsum(numerators.tolist()) / total
    residuals = (numerators - estimate * denominators) * (n_units / total)
    variance = math.fsum((residuals**2).tolist()) / (n_units - 1)
    margin = float(stdtrit(n_units - 1, (1 + confidence) / 2)) * math.sqrt(variance / n_units)
    equal = np.ptp(denominators) == 0
    what = "unit means" if equal else "units of unequal weight"
    return Interval(estimate - margin, estimate + margin, f"Student t over {n_units} {what}")
