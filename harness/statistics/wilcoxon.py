"""Wilcoxon's signed-rank test, exact with ties, zeros dropped."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

EXACT_UNITS = 200
"""Up to this many differences, zeros dropped, the null distribution is counted; beyond, it is normal."""


def wilcoxon_p(differences: ArrayLike, *, tolerance: float = 0.0) -> float:
    """Return the two-sided p value of Wilcoxon's signed-rank test.

    The null distribution of the rank sum is counted over all patterns of signs, given the ranks as they are,
    so that ties (which get the mean of their ranks) are exact too. Beyond 200 differences it is the normal
    one, corrected for ties and continuity.

    Parameters
    ----------
    differences : array_like of float, shape (n_units,)
        One finite number per unit.
    tolerance : float, optional
        Differences up to this size are zero, and sizes that lie no further apart are ties: numbers that are
        equal on paper differ by rounding.

    Returns
    -------
    float
        1 where no difference is left.

    References
    ----------
    F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945).

    Examples
    --------
    >>> wilcoxon_p([0.2, 0.1, 0.4, 0.3, 0.5])
    0.0625
    """
    column = np.asarray(differences, dtype=np.float64)
    kept = column[np.abs(column) > tolerance]
    if kept.size == 0:
        return 1.0
    doubled = _doubled_ranks(np.abs(kept), tolerance)
    doubled_sum = int(doubled[kept > 0].sum())
    distance = abs(2 * doubled_sum - int(doubled.sum()))  # from the middle of the distribution; four times the rank's
    if kept.size <= EXACT_UNITS:
        return _exact_p(tuple(np.sort(doubled).tolist()), distance)
    variance = float(np.sum((doubled / 2.0) ** 2)) / 4  # of the rank sum; ties have lowered it already
    z = max(distance / 4 - 0.5, 0.0) / math.sqrt(variance)
    return min(1.0, 2 * float(ndtr(-z)))


def _doubled_ranks(magnitudes: NDArray[np.float64], tolerance: float) -> NDArray[np.int64]:
    """Return twice the rank of each magnitude; tied ones get the mean of their ranks, hence the doubling."""
    order = np.argsort(magnitudes, kind="stable")
    starts_anew = np.diff(magnitudes[order]) > tolerance
    tie = np.concatenate([[0], np.cumsum(starts_anew)])
    last = np.cumsum(np.bincount(tie))  # the highest rank of each tie
    first = np.concatenate([[0], last[:-1]]) + 1
    doubled = np.empty(magnitudes.size, dtype=np.int64)
    doubled[order] = (first + last)[tie]
    return doubled


@lru_cache(maxsize=64)
def _null_distribution(doubled_ranks: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the probability of every doubled rank sum from 0 up, when all signs are equally likely."""
    probabilities = np.zeros(sum(doubled_ranks) + 1)
    probabilities[0] = 1.0
    reach = 0
    for rank in doubled_ranks:
        with_rank = probabilities[: reach + 1].copy()
        reach += rank
        probabilities[: reach + 1] /= 2
        probabilities[rank : reach + 1] += with_rank / 2
    return probabilities


def _exact_p(doubled_ranks: tuple[int, ...], distance: int) -> float:
    probabilities = _null_distribution(doubled_ranks)
    total = probabilities.size - 1
    from_middle = np.abs(2 * np.arange(total + 1) - total)
    return min(1.0, math.fsum(probabilities[from_middle >= distance].tolist()))
