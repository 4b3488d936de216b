"""How often a method differs from the reference by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.report.chart import colour_of, dash_of, draw_chart
from harness.report.maps import BINS
from harness.report.picture_task import ShownImage
from harness.report.section import Cell, Chart, Column, LegendEntry, Section, Table
from harness.report.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARES = (0.5, 0.9, 0.99)
"""The table's quantiles."""

LEAST_SHARE = 1e-6
"""The axis ends where every method's share of pixels has fallen below this."""


def histogram_chart(
    counts: Mapping[str, NDArray[np.int64]],
    methods: Sequence[str],
    *,
    data_range: float | None,
    images: int,
    left_out: str,
    id: str,
) -> Chart | None:
    """Draw the shares of pixels by their absolute difference, one line a method; None where nothing was compared.

    Parameters
    ----------
    counts : mapping of str to ndarray
        Method to its counts in 256 steps of the range, over all images.
    methods : sequence of str
        All methods of the run in their order, which gives each its colour.
    data_range : float, optional
        What a step is a 255th of; None where the images have several ranges.
    images : int
        How many images were looked at.
    left_out : str
        What was not, in words; may be empty.
    id : str
        Of the chart.
    """
    kept = {method: counts[method] / counts[method].sum() for method in methods if method in counts}
    if not kept:
        return None
    last = max(int(np.flatnonzero(share >= LEAST_SHARE).max()) for share in kept.values())
    last = min(BINS - 1, max(4, last))
    unit = 1.0 if data_range is None else data_range / (BINS - 1)
    steps = np.arange(BINS) * unit

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for method, share in kept.items():
            series = methods.index(method)
            drawn = np.where(share > 0, share * 100, np.nan)[: last + 1]
            axes.step(
                steps[: last + 1], drawn, where="mid", color=colour_of(series), linestyle=dash_of(series),
                linewidth=1.4,
            )  # fmt: skip
        axes.set_yscale("log")
        smallest = min(float(share[share > 0].min()) for share in kept.values()) * 100
        axes.set_ylim(min(10.0, 10 ** np.floor(np.log10(smallest))), 100)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(lambda value, _: "")
        axes.grid(False, which="minor")
        axes.margins(x=0.01)
        of = "255ths of the range" if data_range is None else f"range {data_range:g}"
        axes.set_xlabel(f"absolute difference ({of})")
        axes.set_ylabel("share of values, %")

    quantiles = {
        method: [float(steps[int(np.searchsorted(np.cumsum(share), part - 1e-12))]) for part in SHARES]
        for method, share in kept.items()
    }
    rows: list[tuple[str | Cell, ...]] = [
        (
            method,
            Cell(f"{share[0] * 100:.1f} %", float(share[0])),
            *(Cell(f"{value:.4g}", value) for value in quantiles[method]),
        )
        for method, share in kept.items()
    ]
    columns = (
        Column("Method", numeric=False),
        Column("Equal", hint="pixels whose difference is less than half a 255th of the range"),
        Column("Median"),
        Column("90 %", hint="nine tenths of the pixels differ by at most this much"),
        Column("99 %"),
    )
    caption = (
        f"As scored: after colour, crop and rounding, over {counted(images, 'image')}; each channel of each pixel "
        "counts once."
    )
    if left_out:
        caption += f" {left_out}"
    described = "; ".join(
        f"{method}: half of the pixels differ by at most {some[0]:.4g}, 99 % by at most {some[2]:.4g}"
        for method, some in quantiles.items()
    )
    return draw_chart(
        paint,
        id=id,
        title="Absolute differences from the reference",
        description=f"Share of pixels by their absolute difference from the reference. {described}.",
        size=(560, 260),
        legend=tuple(LegendEntry(method, methods.index(method)) for method in kept),
        data=Table("Absolute differences by method", columns, tuple(rows)),
        caption=caption,
    )


def histogram_section(shown: Mapping[str, ShownImage], methods: Sequence[str]) -> list[Section]:
    """Return the section of differences, over the images that every method has a picture of; empty without any."""
    having = [method for method in methods if any(method in image.counts for image in shown.values())]
    complete = [image for image in shown.values() if having and all(method in image.counts for method in having)]
    if not complete:
        return []
    counts = {method: np.sum([image.counts[method] for image in complete], axis=0) for method in having}
    ranges = {image.data_range for image in complete}
    left_out = len(shown) - len(complete)
    chart = histogram_chart(
        counts,
        methods,
        data_range=ranges.pop() if len(ranges) == 1 else None,
        images=len(complete),
        left_out=f"{counted(left_out, 'image')} that not every method has left out." if left_out else "",
        id="histogram",
    )
    return [] if chart is None else [Section("absolute-differences", "Absolute differences", (chart,))]
