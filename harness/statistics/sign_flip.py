"""The sign-flip permutation test: how often chance signs bring a sum as far from zero as the real ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.draws import DRAWS, signed_sums

EXACT_UNITS = 14
"""Up to this many units all 2**n patterns of signs are counted; beyond, DRAWS of them are drawn."""


@dataclass(frozen=True, slots=True)
class SignFlip:
    """Outcome of a sign-flip test."""

    p: float
    """Two-sided p value."""
    smallest_p: float
    """The smallest p value that this many units allow, whatever their differences."""
    test: str
    """How many units and patterns, and whether all of them were counted."""


def sign_flip(differences: ArrayLike, *, seed: int = 0, tolerance: float | None = None) -> SignFlip:
    """Test that differences per unit are symmetric about zero, by the size of their sum.

    The p value is the share of sign patterns whose sum is at least as far from zero as the observed one. It
    is exact up to 14 units; beyond, 10,000 patterns are drawn and the observed one is counted among them, so
    p is never 0.

    Parameters
    ----------
    differences : array_like of float, shape (n_units,)
        One finite number per unit: the difference of the means, or of the sums where images weigh equally.
    seed : int, optional
        Of the drawn patterns.
    tolerance : float, optional
        A sum that falls short of the observed one by no more than this counts as equal to it: sums that are
        equal on paper differ by rounding. By default what summing itself can leave.

    Returns
    -------
    SignFlip
        The same for any order of the units, and for all signs turned.

    References
    ----------
    R. A. Fisher, "The Design of Experiments" (1935), section 21. The drawn form: B. Phipson and G. K. Smyth,
    "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular Biology 9
    (2010).

    Examples
    --------
    >>> sign_flip([0.2, 0.1, 0.4, 0.3, 0.2]).p
    0.0625
    """
    column = np.asarray(differences, dtype=np.float64)
    magnitudes = np.sort(np.abs(column))  # under the hypothesis the signs say nothing, and so must not order the units
    n_units = magnitudes.size
    if tolerance is None:
        tolerance = rounding_of_sums(n_units) * float(magnitudes.sum())
    bound = abs(math.fsum(column.tolist())) - tolerance
    if n_units <= EXACT_UNITS:
        sums = _all_signed_sums(magnitudes)
        p = float(np.count_nonzero(np.abs(sums) >= bound)) / sums.size
        smallest = min(1.0, 2.0 ** (1 - n_units))
        return SignFlip(p, smallest, f"sign-flip over {n_units} units, all {2**n_units} patterns")
    sums = signed_sums(magnitudes, seed)
    reached = int(np.count_nonzero(np.abs(sums) >= bound))
    test = f"sign-flip over {n_units} units, {DRAWS} patterns drawn, seed {seed}"
    return SignFlip((1 + reached) / (1 + DRAWS), 1 / (1 + DRAWS), test)


def rounding_of_sums(n_values: int) -> float:
    """Return how far rounding can move a signed sum of `n_values`, as a share of the sum of magnitudes."""
    return (16 + n_values) * float(np.finfo(np.float64).eps)


def _all_signed_sums(magnitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    # With the last sign held, half of the patterns: the other half mirrors it, and the test is two-sided.
    sums = np.zeros(1) if magnitudes.size == 0 else magnitudes[-1:]
    for magnitude in magnitudes[-2::-1] if magnitudes.size > 1 else ():
        sums = np.concatenate([sums + magnitude, sums - magnitude])
    return sums
