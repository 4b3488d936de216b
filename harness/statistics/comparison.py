"""One row of comparisons.csv, and families of rows adjusted together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from harness.statistics.holm import holm
from harness.statistics.paired import paired_test
from harness.statistics.units import Average

LEVEL = 0.05
"""An adjusted p value up to this is a finding."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two methods compared on one metric and region, as one of a family."""

    method_a: str
    """The method whose mean the difference starts from."""
    method_b: str
    """The method whose mean is taken off it."""
    metric: str
    region: str
    difference: float | None
    """Mean of a minus mean of b over their common images, in the metric's unit; None with a `reason`."""
    ci_low: float | None
    """Lower end of the 95 % interval of the difference."""
    ci_high: float | None
    """Upper end of the 95 % interval of the difference."""
    interval_method: str
    """How the interval was made, or why there is none."""
    test: str
    """What test `p` is of."""
    p: float | None
    """Two-sided p value, unadjusted."""
    p_holm: float | None
    """The p value adjusted within the family."""
    p_wilcoxon: float | None
    """Wilcoxon's p value on the same units, unadjusted: beside the test, not instead of it."""
    n_units: int
    """Units that both methods have."""
    n_left_out: int
    """Images that one of the two, or both, has no value for."""
    family: str
    """``best``, ``baseline`` or ``pairs``."""
    smallest_p_holm: float
    """The smallest adjusted p value that the family's units allow."""
    reason: str
    """Why the comparison is blank; empty where it is not."""

    @property
    def is_decidable(self) -> bool:
        """Whether any data on this many units could have given a finding."""
        return self.smallest_p_holm <= LEVEL

    @property
    def is_finding(self) -> bool:
        """Whether the methods differ at the level of 5 %, adjusted."""
        return self.p_holm is not None and self.p_holm <= LEVEL


def compare_family(
    pairs: Sequence[tuple[str, str]],
    values_by_method: Mapping[str, ArrayLike],
    groups: Sequence[str] | None,
    *,
    family: str,
    metric: str,
    region: str,
    average: Average,
    seed: int,
) -> list[Comparison]:
    """Test every pair of one family and adjust their p values together.

    A comparison that cannot be made does not count in the adjustment. What the units allow at best is
    adjusted in the same way: every adjusted value rises with every p value, so none can lie below what all
    the smallest give.
    """
    tests = [
        paired_test(values_by_method[method_a], values_by_method[method_b], groups, average=average, seed=seed)
        for method_a, method_b in pairs
    ]
    adjusted = holm([test.p for test in tests])
    smallest = holm([None if test.p is None else test.smallest_p for test in tests])
    return [
        Comparison(
            method_a=method_a,
            method_b=method_b,
            metric=metric,
            region=region,
            difference=test.difference,
            ci_low=test.interval.low,
            ci_high=test.interval.high,
            interval_method=test.interval.method,
            test=test.test,
            p=test.p,
            p_holm=p_holm,
            p_wilcoxon=test.p_wilcoxon,
            n_units=test.n_units,
            n_left_out=test.n_left_out,
            family=family,
            smallest_p_holm=1.0 if smallest_p is None else smallest_p,
            reason=test.reason,
        )
        for (method_a, method_b), test, p_holm, smallest_p in zip(pairs, tests, adjusted, smallest, strict=True)
    ]
