"""McNemar's exact test of whether two classifiers, or two arms of one, err equally often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from srmetrics.errors import StatisticsError


@dataclass(frozen=True, slots=True)
class McNemar:
    """Outcome of McNemar's test on one repeat."""

    n_only_a: int
    """Images that only the first gets right."""
    n_only_b: int
    """Images that only the second gets right."""
    p: float | None
    """Two-sided exact p value; None with a `reason`."""
    reason: str
    """Why `p` is blank; empty where it is not."""


def mcnemar_exact(correct_a: ArrayLike, correct_b: ArrayLike, groups: Sequence[str] | None = None) -> McNemar:
    """Test whether two predictors are right equally often, by the images on which just one of them is.

    The test takes images for independent: it is blank where two of them share a group. It is of one repeat;
    repeats test the same images again and must never be pooled.

    Parameters
    ----------
    correct_a, correct_b : array_like of bool, shape (n_images,)
        Whether each image was classified rightly, in the same order of images.
    groups : sequence of str, optional
        The group of each image, to see that none holds two.

    Returns
    -------
    McNemar

    Raises
    ------
    StatisticsError
        When the columns differ in length, or hold something other than true and false.

    References
    ----------
    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12 (1947).

    Examples
    --------
    >>> mcnemar_exact([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]).p
    0.0625
    """
    first, second = _truths(correct_a), _truths(correct_b)
    if first.size != second.size or (groups is not None and len(groups) != first.size):
        raise StatisticsError(
            "the columns are not of the same images",
            found=f"{first.size} and {second.size} values" + ("" if groups is None else f", {len(groups)} groups"),
            expected="one value per image in each",
        )
    only_a = int(np.count_nonzero(first & ~second))
    only_b = int(np.count_nonzero(second & ~first))
    if first.size == 0:
        return McNemar(0, 0, None, "no image")
    named = [group for group in groups or () if group]
    if len(set(named)) < len(named):
        return McNemar(only_a, only_b, None, "images share groups, and are not independent")
    discordant = only_a + only_b
    p = 1.0 if discordant == 0 else min(1.0, 2 * float(bdtr(min(only_a, only_b), discordant, 0.5)))
    return McNemar(only_a, only_b, p, "")


def _truths(correct: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    column = np.asarray(correct)
    truths = column.astype(np.bool_)
    if column.ndim != 1 or not np.array_equal(column, truths):
        raise StatisticsError(
            "correctness is not true or false per image",
            found=f"an array of shape {column.shape} and type {column.dtype}",
            expected="a one-dimensional array of true and false",
            way_out="McNemar's test is per repeat: do not average over repeats before it",
        )
    return truths
