"""Quality, accuracy and cost of methods against each other, as points with their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.report.bench_measures import Measure
from harness.report.chart import INK, MUTED, colour_of, label_of, marker_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

Place = tuple[Measure, Measure]
"""Where a method stands: along the axis, and up it."""


def ordered_words(points: Mapping[str, Place], across: str, up: str, *, higher_is_better: bool = True) -> str:
    """Return whether the method that is best in one is best in the other too, and whether all are in one order.

    Parameters
    ----------
    points : mapping of str to pair of Measure
        By method; more is better up the axis.
    across, up : str
        What is measured.
    higher_is_better : bool, optional
        Whether more is better along the axis too.
    """
    sign = 1 if higher_is_better else -1
    points = {name: (Measure(sign * x.value), y) for name, (x, y) in points.items()}
    if len(points) < 2:
        return f"There is one method, and so nothing to compare {up} by."
    by_across = sorted(points, key=lambda name: -points[name][0].value)
    by_up = sorted(points, key=lambda name: -points[name][1].value)
    if points[by_across[0]][1].value == points[by_up[0]][1].value:
        said = f"{label_of(by_across[0])} has the best {across} and the best {up}."
    else:
        said = f"{label_of(by_across[0])} has the best {across}, {label_of(by_up[0])} the best {up}."
    discordant = [
        (first, second)
        for at, first in enumerate(by_across)
        for second in by_across[at + 1 :]
        if points[first][0].value > points[second][0].value and points[first][1].value < points[second][1].value
    ]
    pairs = len(points) * (len(points) - 1) // 2
    return f"{said} In {len(discordant)} of {pairs} pairs of methods the one with better {across} has worse {up}."


def scatter(
    figure: Figure,
    points: Mapping[str, Place],
    series: Sequence[str],
    labels: tuple[str, str],
    *,
    lines: Mapping[str, float] | None = None,
    log: bool = False,
) -> None:
    """Draw methods as points with both intervals, each with its name beside it.

    Parameters
    ----------
    figure : Figure
    points : mapping of str to pair of Measure
        By method.
    series : sequence of str
        All methods in their order, which gives each its colour and marker.
    labels : pair of str
        Of the two axes.
    lines : mapping of str to float, optional
        Values across the whole width, with the word that stands at each.
    log : bool
        Whether the horizontal axis is logarithmic; zeros then stand at its left end, as ``0``.
    """
    axes = figure.add_subplot()
    across = _logarithmic(axes, [place[0].value for place in points.values()]) if log else _as_it_is
    for name, (x, y) in points.items():
        number = series.index(name) if name in series else len(series)
        colour = colour_of(number)
        if x.has_interval and not log:
            axes.plot([x.low, x.high], [y.value, y.value], color=colour, linewidth=1, alpha=0.7)
        if y.has_interval:
            axes.plot([across(x.value)] * 2, [y.low, y.high], color=colour, linewidth=1, alpha=0.7)
        axes.plot([across(x.value)], [y.value], color=colour, marker=marker_of(number), markersize=7, linestyle="")
    axes.margins(0.2, 0.1)  # so that a name has room at either side
    words = []
    for at, (word, value) in enumerate((lines or {}).items()):
        axes.axhline(value, color=MUTED, linewidth=1, linestyle=(0, (3, 2)), zorder=0)
        # At both ends in turns: HR and LR may lie close together.
        where, side, shift = (((1.0, value), "right", -2), ((0.0, value), "left", 2))[at % 2]
        words.append(
            axes.annotate(
                word, where, xycoords=("axes fraction", "data"), xytext=(shift, 2), textcoords="offset points",
                ha=side, fontsize=10, color=MUTED,
            )
        )  # fmt: skip
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    intervals = [((across(x.value), y.low), (across(x.value), y.high)) for x, y in points.values() if y.has_interval]
    if not log:
        intervals += [((x.low, y.value), (x.high, y.value)) for x, y in points.values() if x.has_interval]
    _name(figure, axes, {name: (across(x.value), y.value) for name, (x, y) in points.items()}, words, intervals)


def _as_it_is(value: float) -> float:
    return value


def _logarithmic(axes: Axes, values: Sequence[float]) -> Callable[[float], float]:
    """Make the axis a logarithmic one on which 0 has a place, and return where a value stands."""
    from matplotlib.ticker import FixedLocator, FuncFormatter

    positive = [value for value in values if value > 0]
    low, high = (min(positive), max(positive)) if positive else (1.0, 1.0)
    zero = math.floor(math.log10(low)) - 1
    exponents = list(range(zero + 1, math.ceil(math.log10(high)) + 1))
    step = max(1, math.ceil(len(exponents) / 5))
    ticks = exponents[::step]
    has_zero = any(value == 0 for value in values)
    axes.xaxis.set_major_locator(FixedLocator(([float(zero)] if has_zero else []) + [float(tick) for tick in ticks]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: "0" if has_zero and x == zero else short(10**x)))
    return lambda value: math.log10(value) if value > 0 else float(zero)


def short(value: float) -> str:
    """Return a number in few letters.

    Examples
    --------
    >>> short(621424), short(0.001), short(1.5e9), short(12)
    ('621k', '0.001', '1.5G', '12')
    """
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


_Side = tuple[float, float, str, str]
_SIDES: tuple[_Side, ...] = (
    # Between the two intervals first, so that they do not strike the name through.
    *((6, 3, "left", "bottom"), (-6, 3, "right", "bottom"), (6, -3, "left", "top"), (-6, -3, "right", "top")),
    *((9, dy, "left", "center") for dy in (14, -14, 24, -24, 34, -34)),
)
"""Where a name may stand beside its point: offsets, and which end of it is there."""


def _name(
    figure: Figure,
    axes: Axes,
    places: Mapping[str, tuple[float, float]],
    words: Sequence[Annotation],
    intervals: Sequence[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    """Write each name where it covers least of other names, of points, of intervals, and of what lies outside."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.transforms import Bbox

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()  # lays the axes out, so that places are known
    points = [axes.transData.transform(place) for place in places.values()]
    taken = [Bbox([[x - 5, y - 5], [x + 5, y + 5]]) for x, y in points]
    taken += [word.get_window_extent(canvas.get_renderer()) for word in words]
    taken += [Bbox(axes.transData.transform(ends)).padded(1) for ends in intervals]
    inside = axes.get_window_extent()

    def written(name: str, side: _Side) -> tuple[Annotation, Bbox]:
        across, up, horizontal, vertical = side
        text = axes.annotate(
            label_of(name, 16), places[name], xytext=(across, up), textcoords="offset points", ha=horizontal,
            va=vertical, fontsize=10, color=INK,
        )  # fmt: skip
        text.set_in_layout(False)
        # Browsers set text a little wider than matplotlib measures it.
        return text, text.get_window_extent(canvas.get_renderer()).padded(3, 0)

    for name in places:
        covered = {}
        for side in _SIDES:
            text, box = written(name, side)
            text.remove()
            outside = box.width * box.height - _overlap(box, inside)
            covered[side] = round(outside + sum(_overlap(box, other) for other in taken))
        taken.append(written(name, min(_SIDES, key=covered.__getitem__))[1])


def _overlap(first: Bbox, second: Bbox) -> float:
    from matplotlib.transforms import Bbox

    both = Bbox.intersection(first, second)
    return 0.0 if both is None else float(both.width * both.height)
