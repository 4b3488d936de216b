"""The BCa bootstrap of a ratio of sums over units, with percentiles widened for few units."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from harness.statistics.draws import resampled_sums

_ROUNDING = 16 * float(np.finfo(np.float64).eps)  # what a few float64 operations may leave of an exact zero


def bca_interval(
    numerators: NDArray[np.float64],
    denominators: NDArray[np.float64],
    *,
    seed: int,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the BCa bootstrap interval of ``sum(numerators) / sum(denominators)``, drawing whole units.

    A mean over images has sums and counts as its numerators and denominators; a mean of unit means has ones
    below. The normal quantile is replaced by that of Student's t with n - 1 degrees of freedom times
    ``sqrt(n / (n - 1))`` before the bias correction and acceleration: plain percentiles are too narrow by
    that much when units are few.

    Parameters
    ----------
    numerators, denominators : ndarray of float64, shape (n_units,)
        At least two units; finite; the denominators do not sum to zero.
    seed : int
        Of the draws.
    confidence : float, optional
        Between 0 and 1.

    Returns
    -------
    low, high : float
        Not finite where so many draws have a vanishing denominator that no interval exists.

    References
    ----------
    B. Efron, "Better bootstrap confidence intervals", J. Amer. Statist. Assoc. 82 (1987).
    T. C. Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69 (2015),
    has the widening, there for percentile intervals.
    """
    order = np.lexsort((denominators, numerators))
    numerators, denominators = numerators[order], denominators[order]
    total = math.fsum(denominators.tolist())
    estimate = math.fsum(numerators.tolist()) / total
    residuals = numerators - estimate * denominators
    rounding = _ROUNDING * float(np.max(np.abs(numerators) + np.abs(estimate * denominators)))
    if np.max(np.abs(residuals)) <= rounding:
        return estimate, estimate
    deviations = _resampled_deviations(residuals, denominators, total, seed)
    below, above = bca_levels(
        deviations,
        _acceleration(residuals, denominators, total),
        widened_quantile(numerators.size, confidence),
        tie=rounding * numerators.size / abs(total),
    )
    low, high = np.quantile(deviations, [below, above])
    return estimate + float(low), estimate + float(high)


def widened_quantile(n_units: int, confidence: float) -> float:
    """Return the quantile that stands in for the normal one (1.96): Student's t, times sqrt(n / (n - 1))."""
    return float(stdtrit(n_units - 1, (1 + confidence) / 2)) * math.sqrt(n_units / (n_units - 1))


def bca_levels(
    deviations: NDArray[np.float64], acceleration: float, quantile: float, tie: float = 0.0
) -> tuple[float, float]:
    """Return the two levels at which the bootstrap distribution is read, each between 0 and 1.

    Parameters
    ----------
    deviations : ndarray of float64, shape (n_draws,)
        Each draw's statistic minus the observed one.
    acceleration : float
        Efron's a.
    quantile : float
        Half width of the interval before correction, in standard normal units.
    tie : float, optional
        Deviations up to this size equal the observed statistic, and count half below it.
    """
    n_draws = deviations.size
    below = np.count_nonzero(deviations < -tie) + np.count_nonzero(np.abs(deviations) <= tie) / 2
    # Never wholly on one side, where the correction would be infinite.
    bias = float(ndtri(min(max(below, 0.5), n_draws - 0.5) / n_draws))
    return _corrected(bias, -quantile, acceleration), _corrected(bias, quantile, acceleration)


def _corrected(bias: float, quantile: float, acceleration: float) -> float:
    shifted = bias + quantile
    stretch = 1 - acceleration * shifted
    if stretch <= 0:  # beyond the pole of the correction: the end of the distribution
        return 0.0 if shifted < 0 else 1.0
    return float(ndtr(bias + shifted / stretch))


def _resampled_deviations(
    residuals: NDArray[np.float64], denominators: NDArray[np.float64], total: float, seed: int
) -> NDArray[np.float64]:
    if np.ptp(denominators) == 0:  # equal denominators sum to the same in every draw
        sums: NDArray[np.float64] = resampled_sums(residuals[None], seed)[0]
        return sums / total
    above, below = resampled_sums(np.stack([residuals, denominators]), seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = above / below
    said: NDArray[np.float64] = deviations[~np.isnan(deviations)]  # 0 / 0 says nothing about the ratio
    return said


def _acceleration(residuals: NDArray[np.float64], denominators: NDArray[np.float64], total: float) -> float:
    """Return the acceleration: a sixth of the skewness of the jackknife's influence values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        without = -residuals / (total - denominators)  # the ratio without each unit, minus the observed one
        influence = without.mean() - without
        influence = influence / np.max(np.abs(influence))  # against under- and overflow of the third power
        acceleration = float(np.sum(influence**3) / (6 * np.sum(influence**2) ** 1.5))
    return acceleration if math.isfinite(acceleration) else 0.0
