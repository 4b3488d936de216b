"""The paired differences of each method from the baseline, or from the best method where none was named."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.report.chart import INK, MUTED, PAPER, colour_of, draw_chart, label_of
from harness.report.scores import Block, number_in
from harness.report.section import Cell, Chart, Column, Table
from harness.report.words import counted, metric_name, metric_with_unit, p_text, signed_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 300
"""Up to this many images a method's differences are drawn one by one, and as quantiles beyond it."""

FEW_POINTS = 40
"""Up to this many they are drawn larger."""

GOLDEN = 0.6180339887498949
"""Multiples of it spread evenly, so that points beside each other differ in height."""

Test = tuple[float, float, float, float]
"""Difference, the interval's ends, and the adjusted p; NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Against:
    """What methods are compared with, in one block by one metric."""

    baseline: str
    named: bool
    """Whether the run named it; otherwise it is the best method."""
    better: bool
    """Whether more is better."""
    comparisons: Sequence[Mapping[str, str]]
    """The lines of ``comparisons.csv`` for this block and metric."""


def difference_chart(
    block: Block, metric: str, methods: Sequence[str], against: Against, id: str, *, where: str = ""
) -> Chart | None:
    """Draw how much each method differs from the baseline, image by image; None where nothing can be compared.

    Parameters
    ----------
    block : Block
        The scores.
    metric : str
        Which of them.
    methods : sequence of str
        All methods of the run in their order, which gives each its colour.
    against : Against
        What is subtracted, and the tests.
    id : str
        Of the chart.
    where : str
        Put behind the title: of which region it is.
    """
    baseline = against.baseline
    found, left_out = _paired(block, metric, methods, baseline)
    if not found:
        return None
    tests = {method: _test(method, against) for method in found}

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(0, color=MUTED, linewidth=1)
        for place, (method, values) in enumerate(found.items()):
            _paint_method(axes, place, methods.index(method), values, tests[method])
        axes.set_yticks(range(len(found)), [label_of(method) for method in found])
        axes.set_ylim(len(found) - 0.45, -0.55)
        axes.grid(False, axis="y")
        axes.tick_params(axis="y", length=0)
        way = "better →" if against.better else "← better"
        # To the right, since beside long names the axis is shorter than its label.
        axes.set_xlabel(f"difference of {metric_with_unit(metric)} ({way})", loc="right")
        axes.locator_params(axis="x", nbins=5)
        axes.margins(x=0.06)

    title = f"{metric_name(metric)}: difference from {baseline}{where}"
    return draw_chart(
        paint,
        id=id,
        title=title,
        description=_in_words(found, metric, against),
        size=(360, 62 + 34 * len(found)),
        data=_table(title, found, tests, metric, against),
        caption=_caption(found, against, left_out),
    )


def _paired(
    block: Block, metric: str, methods: Sequence[str], baseline: str
) -> tuple[dict[str, NDArray[np.float64]], int]:
    columns = block.columns(metric)
    reference = columns.get(baseline, {})
    found: dict[str, NDArray[np.float64]] = {}
    left_out = 0
    for method in block.methods(methods):
        if method == baseline:
            continue
        mine = columns.get(method, {})
        pairs = [(mine[image], reference[image]) for image in mine if image in reference]
        kept = [a - b for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
        left_out += len(pairs) - len(kept)
        if kept:
            found[method] = np.array(kept)
    return found, left_out


def _test(method: str, against: Against) -> Test:
    family = "baseline" if against.named else "best"
    for line in against.comparisons:
        if line["family"] == family and {line["method_a"], line["method_b"]} == {method, against.baseline}:
            difference, low, high, p = (
                number_in(line, column, "comparisons.csv") for column in ("difference", "ci_low", "ci_high", "p_holm")
            )
            return (difference, low, high, p) if line["method_a"] == method else (-difference, -high, -low, p)
    return math.nan, math.nan, math.nan, math.nan


def _paint_method(axes: Axes, place: int, series: int, values: NDArray[np.float64], test: Test) -> None:
    colour = colour_of(series)
    if len(values) <= MOST_POINTS:
        spread = (np.arange(len(values)) * GOLDEN % 1 - 0.5) * 0.5
        size, alpha = (5.0, 0.75) if len(values) <= FEW_POINTS else (3.4, 0.6)
        axes.plot(
            np.sort(values), place + spread, "o", color=colour, markersize=size, alpha=alpha, markeredgewidth=0
        )  # fmt: skip
    else:
        ends = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
        axes.plot(ends[[0, 4]], [place, place], color=colour, linewidth=1.2)
        axes.plot(ends[[1, 3]], [place, place], color=colour, linewidth=6, alpha=0.5)
        axes.plot([ends[2]], [place], "|", color=colour, markersize=12, markeredgewidth=2)
    mean, low, high, _ = test
    if not math.isnan(low):
        axes.plot([low, high], [place, place], color=INK, linewidth=1.6)
    mean = float(values.mean()) if math.isnan(mean) else mean
    axes.plot([mean], [place], "D", color=INK, markersize=5, markeredgecolor=PAPER, markeredgewidth=0.8)


def _caption(found: Mapping[str, NDArray[np.float64]], against: Against, left_out: int) -> str:
    drawn = (
        "A point is an image; the diamond and its line are the mean and its 95 % interval (no line under five units)."
    )
    if max(map(len, found.values())) > MOST_POINTS:
        drawn = (
            "The thin line holds 90 % of the images, the thick one half of them, the tick is the median; the diamond "
            "and its line are the mean and its 95 % interval."
        )
    chosen = (
        f"{against.baseline} is the baseline that the run named."
        if against.named
        else "The run named no baseline: the best by its mean is taken."
    )
    text = f"{drawn} {chosen}"
    return text + (f" {counted(left_out, 'pair')} with an infinite value left out." if left_out else "")


def _wins(values: NDArray[np.float64], better: bool) -> int:
    return int(np.count_nonzero(values > 0 if better else values < 0))


def _in_words(found: Mapping[str, NDArray[np.float64]], metric: str, against: Against) -> str:
    parts = [
        f"{method}: {signed_text(metric, float(values.mean()))} on average, better on "
        f"{_wins(values, against.better)} of {counted(len(values), 'image')}"
        for method, values in found.items()
    ]
    head = f"Difference of {metric_with_unit(metric)} from {against.baseline}, image by image. "
    return head + "; ".join(parts) + "."


def _table(
    title: str, found: Mapping[str, NDArray[np.float64]], tests: Mapping[str, Test], metric: str, against: Against
) -> Table:
    rows: list[tuple[str | Cell, ...]] = []
    for method, values in found.items():
        mean, low, high, p = tests[method]
        mean = float(values.mean()) if math.isnan(mean) else mean
        between = "–" if math.isnan(low) else f"[{signed_text(metric, low)}, {signed_text(metric, high)}]"
        wins = _wins(values, against.better)
        rows.append(
            (
                method,
                Cell(signed_text(metric, mean), mean),
                between,
                Cell(p_text(p), p),
                Cell(f"{wins} of {len(values)}", wins / len(values)),
            )
        )
    columns = (
        Column("Method", numeric=False),
        Column("Mean difference"),
        Column("95 %"),
        Column("p", hint="two-sided, adjusted by Holm's method within this metric, region and family"),
        Column("Better on", hint="images"),
    )
    return Table(title, columns, tuple(rows))
