"""Where a method stands among others: its mean, its rank, and the verdict of a comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from harness.statistics.comparison import Comparison
from harness.statistics.units import Average, gather_units, mean_over


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one method stands among the others on one metric and region."""

    mean: float
    """The mean that the rank is by: over the method's own images; NaN without values."""
    rank: int | None
    """1 is best; equal means share a rank and the next one is skipped; None without values."""
    verdict: str
    """Against the best: ``best``, ``worse``, ``tied`` or ``undecided``. Against the baseline: ``baseline``,
    ``better``, ``worse``, ``tied`` or ``undecided``. Empty where no comparison can be made."""
    comparison: Comparison | None
    """The comparison behind the verdict, with its reason where it is blank; None for best and baseline."""

    @property
    def p_holm(self) -> float | None:
        """The adjusted p value of the comparison; None where there is none."""
        return None if self.comparison is None else self.comparison.p_holm


def verdict_of(comparison: Comparison, higher_is_better: bool) -> str:
    """Return what the comparison says of its first method."""
    if comparison.p_holm is None or comparison.difference is None:
        return ""
    if comparison.is_finding:
        return "better" if (comparison.difference > 0) == higher_is_better else "worse"
    return "tied" if comparison.is_decidable else "undecided"


def means_and_ranks(
    values_by_method: Mapping[str, ArrayLike],
    groups: Sequence[str] | None,
    average: Average,
    higher_is_better: bool,
) -> tuple[dict[str, float], dict[str, int | None]]:
    """Return the mean and the rank of every method; equal means share a rank, NaN has none."""
    means = {method: mean_over(gather_units(values, groups), average) for method, values in values_by_method.items()}
    ranked = [mean for mean in means.values() if not math.isnan(mean)]
    ranks: dict[str, int | None] = {}
    for method, mean in means.items():
        ahead = sum(other > mean if higher_is_better else other < mean for other in ranked)
        ranks[method] = None if math.isnan(mean) else 1 + ahead
    return means, ranks
