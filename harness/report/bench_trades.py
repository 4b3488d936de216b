"""What a gain in quality buys: accuracy against PSNR and SSIM, and both against what a method costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.leaderboard.readable import readable
from harness.report.bench_measures import CostKind, Measure, accuracies, costs, frontier, higher_is_better, qualities
from harness.report.bench_rows import BenchRows, Family
from harness.report.bench_scatter import ordered_words, scatter, short
from harness.report.bench_standings import HR, LR
from harness.report.bench_words import listed, percent_cell
from harness.report.chart import draw_chart
from harness.report.section import Cell, Chart, Column, Table
from harness.report.words import metric_name, metric_with_unit, value_text
from srmetrics.metrics import column_name

SIZE = (360.0, 260.0)

FIRST = ("psnr", "ssim")
"""The metrics that accuracy and cost are set against; where a run has neither, its first one."""


def drawn_metrics(metrics: Sequence[str]) -> list[str]:
    """Return the metrics that charts of a bench are drawn of."""
    return [metric for metric in FIRST if metric in metrics] or list(metrics[:1])


def accuracy_charts(
    rows: BenchRows, family: Family, metrics: Sequence[str], methods: Sequence[str], id: str
) -> tuple[Chart, ...]:
    """Return a chart for each metric with the accuracy of each method against its quality."""
    accuracy = accuracies(rows, family)
    charts = []
    for metric in drawn_metrics(metrics):
        quality = qualities(rows, column_name(metric))
        both = {name: (quality[name], accuracy[name]) for name in methods if name in quality and name in accuracy}
        if both:
            charts.append(_accuracy_chart(rows, family, metric, both, accuracy, methods, f"{id}-{column_name(metric)}"))
    return tuple(charts)


def _accuracy_chart(
    rows: BenchRows,
    family: Family,
    metric: str,
    both: Mapping[str, tuple[Measure, Measure]],
    accuracy: Mapping[str, Measure],
    methods: Sequence[str],
    id: str,
) -> Chart:
    better = higher_is_better(metric)
    in_percent = {name: (x, _percent(y)) for name, (x, y) in both.items()}
    lines = {arm: 100 * accuracy[arm].value for arm in (HR, LR) if arm in accuracy}
    return draw_chart(
        lambda figure: scatter(
            figure, in_percent, methods, (metric_with_unit(metric), "accuracy in percent"), lines=lines
        ),
        id=id,
        title=f"Accuracy against {metric_name(metric)}: {readable(str(family))}",
        description=ordered_words(both, metric_name(metric), "accuracy", higher_is_better=better),
        size=SIZE,
        data=Table(
            f"Accuracy and {metric_name(metric)}",
            (Column("Method", numeric=False), Column(metric_with_unit(metric)), Column("Accuracy in percent")),
            tuple((readable(name), _quality_cell(metric, x), percent_cell(y)) for name, (x, y) in both.items()),
        ),
        caption=(
            "Lines: 95 % intervals, of quality over all scored images and of accuracy over the tested ones, drawn "
            "between 0 and 100 %. Dashed: accuracy on HR and on LR. A few methods show no law."
        ),
    )


def _percent(accuracy: Measure) -> Measure:
    """Return an accuracy in percent; an interval that few units let reach past 0 or 100 ends there."""
    if not accuracy.has_interval:
        return Measure(100 * accuracy.value)
    return Measure(100 * accuracy.value, 100 * max(accuracy.low, 0), 100 * min(accuracy.high, 1))


def _quality_cell(metric: str, measure: Measure) -> Cell:
    ends = (value_text(metric, measure.low), value_text(metric, measure.high))
    return Cell(
        value_text(metric, measure.value), measure.value, note=f"[{', '.join(ends)}]" if measure.has_interval else ""
    )


def cost_charts(rows: BenchRows, metrics: Sequence[str], methods: Sequence[str], id: str) -> tuple[Chart, ...]:
    """Return a chart for each kind of cost that tells methods apart, against quality and each family's accuracy."""
    charts = []
    for at, (kind, cost) in enumerate(costs(rows).items()):
        if len(set(cost.values())) < 2:
            continue
        for metric in drawn_metrics(metrics)[:1]:
            better = higher_is_better(metric)
            quality = qualities(rows, column_name(metric))
            label = metric_with_unit(metric)
            charts.append(
                _cost_chart(kind, cost, quality, (metric_name(metric), label), better, methods, f"{id}-{at}-q")
            )
        for number, family in enumerate(rows.families):
            accuracy = {name: _percent(one) for name, one in accuracies(rows, family).items()}
            words = (f"accuracy ({readable(str(family))})", "accuracy in percent")
            charts.append(_cost_chart(kind, cost, accuracy, words, True, methods, f"{id}-{at}-{number}"))
    return tuple(chart for chart in charts if chart is not None)


def _cost_chart(
    kind: CostKind,
    cost: Mapping[str, float],
    value: Mapping[str, Measure],
    words: tuple[str, str],
    better: bool,
    methods: Sequence[str],
    id: str,
) -> Chart | None:
    both = {name: (Measure(cost[name]), value[name]) for name in methods if name in cost and name in value}
    if len({x.value for x, _ in both.values()}) < 2:
        return None
    name, label = words
    unit = f" in {kind.unit}" if kind.unit else ""
    worth = frontier(cost, {method: y for method, (_, y) in both.items()}, higher_is_better=better)
    lines = " Lines: 95 % intervals, of accuracy drawn between 0 and 100 %." if _any_interval(both) else ""
    zero = " Zeros stand at the left end." if any(x.value == 0 for x, _ in both.values()) else ""
    return draw_chart(
        lambda figure: scatter(figure, both, methods, (kind.title, label), log=True),
        id=id,
        title=f"{name[:1].upper()}{name[1:]} against {kind.title}",
        description=f"Worth their cost, since no other method has less of it and a better {name}: {listed(worth)}.",
        size=SIZE,
        data=Table(
            f"{kind.title.capitalize()} and {name}",
            (Column("Method", numeric=False), Column(f"{kind.title.capitalize()}{unit}"), Column(label)),
            tuple(
                (readable(method), Cell(short(x.value), x.value), Cell(f"{y.value:.4g}", y.value))
                for method, (x, y) in both.items()
            ),
        ),
        caption=f"Costs stand on a logarithmic scale.{lines}{zero}",
    )


def _any_interval(points: Mapping[str, tuple[Measure, Measure]]) -> bool:
    return any(y.has_interval for _, y in points.values())
