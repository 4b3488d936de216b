"""Units: what is independent of each other, and so what intervals and tests count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from srmetrics.errors import StatisticsError

Average: TypeAlias = Literal["image", "group"]
"""What the reported mean weighs equally: every image, or every group."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Sums and counts of one column of values, one entry per unit.

    A unit is a group (patient, slide, volume) where there are groups, else an image.
    """

    names: tuple[str, ...]
    """Names of the groups; empty for an image that is a unit by itself."""
    sums: NDArray[np.float64]
    """Shape (n_units,): the exactly rounded sum of each unit's values, whatever their order."""
    counts: NDArray[np.float64]
    """Shape (n_units,): how many values each unit holds."""

    @property
    def means(self) -> NDArray[np.float64]:
        """Shape (n_units,): the mean of each unit's values."""
        return self.sums / self.counts


def checked_values(values: ArrayLike, groups: Sequence[str] | None) -> NDArray[np.float64]:
    """Return `values` as a float64 column, after a look at its shape and that of `groups`.

    Raises
    ------
    StatisticsError
        When the values are not one number per image, or the groups not one name per image.
    """
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise StatisticsError(
            "values are not one number per image",
            found=f"an array of shape {column.shape}",
            expected="a one-dimensional array",
        )
    if groups is not None and len(groups) != column.size:
        raise StatisticsError(
            "groups and values do not go together",
            found=f"{len(groups)} groups for {column.size} values",
            expected="one group per image",
        )
    return column


def gather_units(values: ArrayLike, groups: Sequence[str] | None = None) -> Units:
    """Gather values per image into units; NaN values are left out, and so are units that hold nothing else.

    Parameters
    ----------
    values : array_like of float, shape (n_images,)
        One number per image; infinities stay.
    groups : sequence of str, optional
        The group of each image; an image whose group is empty is a unit by itself, and so is every image without
        `groups`.

    Returns
    -------
    Units
        Images by themselves in the order given, then groups in sorted order.

    Raises
    ------
    StatisticsError
        When the shapes do not go together.
    """
    column = checked_values(values, groups)
    present = ~np.isnan(column)
    if groups is None:
        kept = column[present]
        return Units(("",) * kept.size, kept, np.ones(kept.size))
    alone: list[list[float]] = []
    members: dict[str, list[float]] = {}
    for value, group, is_present in zip(column.tolist(), groups, present.tolist(), strict=True):
        if is_present and group:
            members.setdefault(group, []).append(value)
        elif is_present:
            alone.append([value])
    names = sorted(members)
    units = alone + [members[name] for name in names]
    sums = np.array([exact_sum(unit) for unit in units], dtype=np.float64)
    counts = np.array([len(unit) for unit in units], dtype=np.float64)
    return Units(("",) * len(alone) + tuple(names), sums, counts)


def unit_means(values: ArrayLike, groups: Sequence[str] | None = None) -> NDArray[np.float64]:
    """Return one number per unit: the mean of its values.

    Parameters
    ----------
    values : array_like of float, shape (n_images,)
        One number per image; NaN is left out.
    groups : sequence of str, optional
        The group of each image; empty for an image that is a unit by itself, as all are without `groups`.

    Returns
    -------
    ndarray of float64, shape (n_units,)
        Values of images by themselves in the order given, then group means in the sorted order of the groups.

    Raises
    ------
    StatisticsError
        When the shapes do not go together.

    Examples
    --------
    >>> unit_means([1.0, 3.0, 7.0], ["left", "left", "right"])
    array([2., 7.])
    """
    return gather_units(values, groups).means


def mean_over(units: Units, average: Average = "image") -> float:
    """Return the mean that a leaderboard shows: over images, or over the means of the units.

    NaN when there is no unit; infinite when a value is.
    """
    if units.sums.size == 0:
        return math.nan
    if checked_average(average) == "image":
        return exact_sum(units.sums.tolist()) / float(units.counts.sum())
    return exact_sum(units.means.tolist()) / units.sums.size


def checked_average(average: Average) -> Average:
    """Return `average`, or say what it can be."""
    if average not in ("image", "group"):
        raise StatisticsError("unknown kind of average", found=repr(average), expected="'image' or 'group'")
    return average


def exact_sum(values: list[float]) -> float:
    """Return the correctly rounded sum: the same number in whatever order the values come."""
    try:
        return math.fsum(values)
    except (ValueError, OverflowError):
        # fsum refuses +inf with -inf, and sums beyond the largest float; numpy gives nan and inf.
        with np.errstate(invalid="ignore", over="ignore"):
            return float(np.sum(np.sort(np.asarray(values))))
