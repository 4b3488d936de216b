"""Scores along a volume: by the index of the slice, over all volumes of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.report.bands import band_table, band_words, extremes_in_words, legend_for, paint_lines
from harness.report.chart import draw_chart
from harness.report.scores import Block, volume_and_slice
from harness.report.section import Chart
from harness.report.words import counted, metric_name, metric_with_unit


def slice_chart(block: Block, metric: str, methods: Sequence[str], id: str, where: str = "") -> Chart | None:
    """Draw scores against the index of the slice; None where fewer than two slices have scores.

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
    where : str
        Put behind the title: of which region it is.
    """
    found: dict[str, dict[int, list[float]]] = {method: {} for method in block.methods(methods)}
    volumes, infinite = set(), 0
    for row in block.rows:
        volume, index = volume_and_slice(row.image)
        value = row.values[metric]
        if index is None or math.isnan(value):
            continue
        volumes.add(volume)
        if math.isinf(value):
            infinite += 1
        else:
            found[row.method].setdefault(index, []).append(value)
    values = {method: mine for method, mine in found.items() if mine}
    indices = sorted({index for mine in values.values() for index in mine})
    if len(indices) < 2:
        return None
    caption = f"Mean over {counted(len(volumes), 'volume')} at each index{band_words(values, 'the volumes')}."
    if infinite:
        caption += f" {counted(infinite, 'infinite value')} left out."
    title = f"{metric_name(metric)} by slice{where}"
    return draw_chart(
        lambda figure: paint_lines(figure, values, methods, ("index of the slice", metric_with_unit(metric))),
        id=id,
        title=title,
        description=extremes_in_words(values, metric, "slice"),
        size=(560, 240),
        legend=legend_for(values, methods),
        data=band_table(title, "Slice", values, metric, {index: str(index) for index in indices}),
        caption=caption,
    )
