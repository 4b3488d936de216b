"""What an arm scores, with its interval: quality from the leaderboard, accuracy from the classifiers, cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from harness.report.bench_rows import BenchRows, Family, TableRow, number
from srmetrics.errors import SrmetricsError
from srmetrics.metrics import find_metric

WHOLE_IMAGE = "image"
"""The region that quality is drawn of."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A value and its 95 % interval; NaN for what does not exist."""

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def has_interval(self) -> bool:
        """Whether both ends are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)


@dataclass(frozen=True, slots=True)
class CostKind:
    """One way to count what a method costs."""

    column: str
    """Of ``cost.csv``."""
    title: str
    unit: str


COSTS: tuple[CostKind, ...] = (
    CostKind("parameters", "parameters", ""),
    CostKind("macs", "multiply-accumulates", ""),
    CostKind("seconds_per_megapixel", "seconds per megapixel", "s"),
)


def measure(row: TableRow, name: str) -> Measure:
    """Return a column with the interval beside it."""
    return Measure(number(row, name), number(row, f"{name}_ci_low"), number(row, f"{name}_ci_high"))


def qualities(rows: BenchRows, metric: str) -> dict[str, Measure]:
    """Return what each method scores over whole images; a method without a finite mean is left out."""
    found: dict[str, Measure] = {}
    for row in rows.leaderboard:
        value = measure(row, metric)
        if row["region"] == WHOLE_IMAGE and math.isfinite(value.value):
            found.setdefault(row["method"], value)
    return found


def accuracies(rows: BenchRows, family: Family) -> dict[str, Measure]:
    """Return the accuracy of each arm as a share, in the order of the table."""
    return {
        row["arm"]: value
        for row in rows.of(family).classification
        if math.isfinite((value := measure(row, "accuracy")).value)
    }


def costs(rows: BenchRows) -> dict[CostKind, dict[str, float]]:
    """Return each kind of cost that some method has, by method."""
    found = {
        kind: {row["method"]: value for row in rows.cost if math.isfinite(value := number(row, kind.column))}
        for kind in COSTS
    }
    return {kind: values for kind, values in found.items() if values}


def higher_is_better(metric: str) -> bool:
    """Return whether more of a metric is better; yes for one whose package is not installed here."""
    try:
        return find_metric(metric).higher_is_better
    except SrmetricsError:
        return True


def frontier(cost: Mapping[str, float], value: Mapping[str, Measure], *, higher_is_better: bool = True) -> list[str]:
    """Return the methods that no other beats in cost and value at once, the cheapest first."""
    sign = 1 if higher_is_better else -1
    both = {name: (price, -sign * value[name].value) for name, price in cost.items() if name in value}
    return sorted(
        (
            name
            for name, mine in both.items()
            if not any(other != mine and other[0] <= mine[0] and other[1] <= mine[1] for other in both.values())
        ),
        key=lambda name: both[name],
    )
