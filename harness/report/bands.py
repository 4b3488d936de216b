"""Lines with bands: a mean at each place of an axis, and how far the values there spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.report.chart import colour_of, dash_of
from harness.report.section import Cell, Column, LegendEntry, Table
from harness.report.words import metric_name, value_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Values = Mapping[str, Mapping[int, Sequence[float]]]
"""Method -> place on the axis -> the finite values there."""

QUARTILES_FROM = 5
"""From so many values on a band holds the middle half of them; of fewer it holds all."""

MOST_TABLE_ROWS = 200
"""Rows of numbers that a chart carries with it; all are in ``per_image.csv``."""


def band_of(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a band around some values."""
    if len(values) < QUARTILES_FROM:
        return min(values), max(values)
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low), float(high)


def band_words(values: Values, what: str) -> str:
    """Return what the bands are, to follow on a sentence; nothing where there is one value at each place."""
    most = max(len(some) for mine in values.values() for some in mine.values())
    if most < 2:
        return ""
    if most < QUARTILES_FROM:
        return f"; the band spans all {what}"
    return f"; the band holds the middle half of {what} (all of fewer than {QUARTILES_FROM})"


def mean_of(values: Sequence[float]) -> float:
    """Return the mean of some values."""
    return float(np.mean(values))


def paint_lines(figure: Figure, values: Values, methods: Sequence[str], labels: tuple[str, str]) -> None:
    """Draw a line with its band for each method; a place without a value breaks the line."""
    from matplotlib.ticker import MaxNLocator

    axes = figure.subplots()
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))  # there is no slice 0.5
    for method, mine in values.items():
        series = methods.index(method)
        places = np.arange(min(mine), max(mine) + 1)
        lines = np.full((3, len(places)), np.nan)
        for place, some in mine.items():
            lines[:, place - places[0]] = mean_of(some), *band_of(some)
        axes.fill_between(places, lines[1], lines[2], color=colour_of(series), alpha=0.16, linewidth=0)
        alone = "o" if len(mine) < 40 else ""
        axes.plot(places, lines[0], color=colour_of(series), linestyle=dash_of(series), marker=alone, markersize=2.5)


def extremes_in_words(values: Values, metric: str, what: str, names: Mapping[int, str] | None = None) -> str:
    """Return where each method is worst and best by its means, for a chart's description."""
    parts = []
    for method, mine in values.items():
        means = {place: mean_of(some) for place, some in mine.items()}
        low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
        ends = [
            f"{value_text(metric, means[place])} at {what} {place if names is None else names[place]}"
            for place in (low, high)
        ]
        parts.append(f"{method}: lowest {ends[0]}, highest {ends[1]}")
    return f"{metric_name(metric)} by {what}. " + "; ".join(parts) + "."


def band_table(caption: str, what: str, values: Values, metric: str, names: Mapping[int, str]) -> Table:
    """Return the means as a table, a place a row."""
    places = list(names)[:MOST_TABLE_ROWS]
    rows: list[tuple[str | Cell, ...]] = []
    for place in places:
        cells: list[str | Cell] = [Cell(names[place], float(place))]
        for mine in values.values():
            some = mine.get(place)
            if some is None:
                cells.append("–")
                continue
            low, high = band_of(some)
            spread = f"{value_text(metric, low)} to {value_text(metric, high)}" if len(some) > 1 else ""
            cells.append(Cell(value_text(metric, mean_of(some)), mean_of(some), note=spread))
        rows.append(tuple(cells))
    legend = f"The first {MOST_TABLE_ROWS} of {len(names)}; per_image.csv has all." if len(names) > len(places) else ""
    columns = (Column(what, numeric=what == "Slice"), *(Column(method) for method in values))
    return Table(caption, columns, tuple(rows), legend=legend)


def legend_for(values: Values, methods: Sequence[str]) -> tuple[LegendEntry, ...]:
    """Return the legend of the methods that are drawn."""
    return tuple(LegendEntry(method, methods.index(method)) for method in values)
