"""Scores by group: patients, slides or volumes, from the worst to the best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.report.bands import (
    Values,
    band_of,
    band_table,
    band_words,
    extremes_in_words,
    legend_for,
    mean_of,
    paint_lines,
)
from harness.report.chart import RULE, colour_of, draw_chart, label_of, marker_of
from harness.report.scores import Block
from harness.report.section import Chart, LegendEntry
from harness.report.words import counted, metric_name, metric_with_unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_NAMED = 24
"""Up to so many groups stand on the axis by name; more become a line."""


def group_chart(
    block: Block, metric: str, methods: Sequence[str], id: str, *, better: bool = True, where: str = ""
) -> Chart | None:
    """Draw scores by group, in the order of the first method's means; None where there are fewer than two groups.

    Parameters
    ----------
    block : Block
        The scores.
    metric : str
        Which of them.
    methods : sequence of str
        All methods of the run in their order, which gives each its colour.
    id : str
        Of the chart.
    better : bool
        Whether more is better.
    where : str
        Put behind the title: of which region it is.
    """
    members: dict[str, dict[str, list[float]]] = {}
    infinite = 0
    for row in block.rows:
        value = row.values[metric]
        if not row.group or math.isnan(value):
            continue
        if math.isinf(value):
            infinite += 1
        else:
            members.setdefault(row.group, {}).setdefault(row.method, []).append(value)
    if len(members) < 2:
        return None
    own = block.methods(methods)
    sign = 1 if better else -1

    def rank(group: str) -> tuple[float, str]:
        some = members[group].get(own[0])
        return (sign * mean_of(some) if some else math.inf), group

    names = dict(enumerate(sorted(members, key=rank)))
    found = {
        method: {place: members[group][method] for place, group in names.items() if method in members[group]}
        for method in own
    }
    values = {method: mine for method, mine in found.items() if mine}
    wide = len(names) > MOST_NAMED

    def paint(figure: Figure) -> None:
        if wide:
            labels = (f"groups, from the worst to the best for {label_of(own[0])}", metric_with_unit(metric))
            paint_lines(figure, values, methods, labels)
        else:
            _paint_points(figure, values, methods, names, metric_with_unit(metric))

    caption = (
        f"Mean of each group{band_words(values, 'its images')}; {counted(len(names), 'group')}, "
        f"from the worst to the best for {own[0]}."
    )
    if infinite:
        caption += f" {counted(infinite, 'infinite value')} left out."
    title = f"{metric_name(metric)} by group{where}"
    return draw_chart(
        paint,
        id=id,
        title=title,
        description=extremes_in_words(values, metric, "group", names),
        size=(560, 240) if wide else (360, 56 + len(names) * max(17, 9 * len(values) + 6)),
        legend=legend_for(values, methods) if wide else _legend(values, methods),
        data=band_table(title, "Group", values, metric, names),
        caption=caption,
    )


def _legend(values: Values, methods: Sequence[str]) -> tuple[LegendEntry, ...]:
    """Return the legend with the markers that are drawn, so that methods are told apart without their colours."""
    return tuple(replace(entry, drawn="point") for entry in legend_for(values, methods))


def _paint_points(figure: Figure, values: Values, methods: Sequence[str], names: Mapping[int, str], label: str) -> None:
    axes = figure.subplots()
    # Between groups there is more room than between the methods of one.
    step = 0.62 / max(1, len(values))
    for place in list(names)[1:]:
        axes.axhline(place - 0.5, color=RULE, linewidth=0.6)
    for turn, (method, mine) in enumerate(values.items()):
        series = methods.index(method)
        for place, some in mine.items():
            at = place + (turn - (len(values) - 1) / 2) * step
            axes.plot(band_of(some), [at, at], color=colour_of(series), linewidth=2.2, alpha=0.4)
            axes.plot([mean_of(some)], [at], marker_of(series), color=colour_of(series), markersize=4.5)
    axes.set_yticks(list(names), [label_of(name) for name in names.values()])
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.set_xlabel(label)
    axes.locator_params(axis="x", nbins=5)
