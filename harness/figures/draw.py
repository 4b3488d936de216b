"""A laid out figure as PDF, SVG or PNG, in the same bytes each time."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.figures.crop import Crop
from harness.figures.exact_image import ExactImage
from harness.figures.label_text import LINE, font, text_width
from harness.figures.layout import PAD, SEPARATOR, Layout, Placed
from harness.figures.score_labels import ScoreLabel

COLOURS = ("#e5001a", "#00a03c", "#0064dc", "#e68a00", "#a000c8")
"""Of boxes and frames, by crop; each is told from its neighbours also where red and green look alike, by lightness."""
BOX = 1.0
"""Points: the line of a box."""
CASING = 0.4
"""Points of white on both sides of a box, so that it is seen on any image."""
MASK_COLOUR = "#00d7ff"
MOST_DPI = 2400

STYLE: dict[Any, Any] = {
    "pdf.fonttype": 42,  # fonts are embedded as TrueType; journals refuse Type 3
    "pdf.compression": 9,
    "svg.fonttype": "path",  # letters as outlines: no viewer puts another font in their place
    "svg.hashsalt": "srmetrics",
    "text.usetex": False,
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "path.simplify": False,
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn into a layout."""

    whole: NDArray[np.uint8]
    crops: tuple[Crop, ...]
    pixels: tuple[NDArray[np.uint8], ...]
    """Of each panel of the layout."""
    masks: tuple[NDArray[Any] | None, ...]
    """A label map of each panel whose outlines are drawn, or None."""
    whole_mask: NDArray[Any] | None
    title: str
    subject: str


def render(drawing: Drawing, layout: Layout, form: str, dpi: int) -> bytes:
    """Return the figure's file.

    Parameters
    ----------
    drawing : Drawing
    layout : Layout
    form : {"pdf", "svg", "png"}
    dpi : int
        Of a PNG, at least: it is raised until every pixel of a crop is a whole number of the PNG's.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        exact = exact_dpi([placed.width for placed in layout.panels], [one.shape[1] for one in drawing.pixels], dpi)
        # A hair more than whole pixels, because matplotlib cuts fractions off.
        width, height = ((math.ceil(length * exact - 1e-6) + 1e-6) / exact for length in (layout.width, layout.height))
        figure = Figure(figsize=(width, height), dpi=exact, facecolor="white")
        _draw(figure, drawing, on_grid(layout, drawing.pixels, exact) if form == "png" else layout)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, dpi=exact, metadata=_metadata(drawing, form))
    return buffer.getvalue()


def exact_dpi(widths: Sequence[float], pixels: Sequence[int], dpi: int) -> float:
    """Return the resolution, from ``dpi`` on, at which panels are whole multiples of their pixels.

    Where crops of several widths have no such resolution within reach, it is one for the widest; the others are
    smaller than their place by less than a pixel of theirs.
    """
    width = widths[0]  # all panels of a figure are equally wide
    for multiple in (math.lcm(*pixels), max(pixels)):
        found = math.ceil(width * dpi / multiple - 1e-9) * multiple / width
        if found <= max(2 * dpi, max(pixels) / width + 1e-9) and found <= MOST_DPI:
            return found
    return max(pixels) / width


def on_grid(layout: Layout, pixels: Sequence[NDArray[np.uint8]], dpi: float) -> Layout:
    """Return a layout whose panels begin and end on the pixels of a PNG, so that frames stand where the crops are."""
    panels = []
    for placed, shown in zip(layout.panels, pixels, strict=True):
        rows, columns = shown.shape[:2]
        room = round(placed.width * dpi)
        times = max(1, room // columns)
        left = round(placed.left * dpi) + max(0, (room - times * columns) // 2)
        top = round(placed.top * dpi)
        panels.append(
            replace(placed, left=left / dpi, top=top / dpi, width=times * columns / dpi, height=times * rows / dpi)
        )
    return replace(layout, panels=tuple(panels))


def _draw(figure: Figure, drawing: Drawing, layout: Layout) -> None:
    left, top, width, _ = layout.whole
    figure.add_artist(ExactImage(drawing.whole, (left, top, width), exact=False))
    inch = width / drawing.whole.shape[1]
    if drawing.whole_mask is not None:
        _outline(figure, layout, drawing.whole_mask, (left, top, inch))
    colours = [COLOURS[number % len(COLOURS)] for number in range(len(drawing.crops))]
    for crop, colour in zip(drawing.crops, colours, strict=True):
        away = (BOX / 2) / 72  # around the crop, so that what it shows is seen here too
        place = (
            left + crop.x * inch - away,
            top + crop.y * inch - away,
            crop.width * inch + 2 * away,
            crop.height * inch + 2 * away,
        )
        _box(figure, place, BOX + 2 * CASING, "white")
        _box(figure, place, BOX, colour)
    _lines(figure, layout.whole_lines, left + width / 2, top + layout.whole[3] + PAD, layout.size)
    for placed, pixels, mask in zip(layout.panels, drawing.pixels, drawing.masks, strict=True):
        figure.add_artist(ExactImage(pixels, (placed.left, placed.top, placed.width), exact=True))
        if mask is not None:
            _outline(figure, layout, mask, (placed.left, placed.top, placed.width / mask.shape[1]))
        if len(drawing.crops) > 1:
            _frame(figure, placed, colours[placed.panel.crop])
        below = placed.top + placed.height + PAD
        below = _lines(figure, placed.name_lines, placed.left + placed.width / 2, below, placed.size)
        for scores in placed.score_lines:
            below = _scores(figure, scores, placed.left + placed.width / 2, below, placed.size)


def _text(figure: Figure, text: str, left: float, top: float, size: float, *, bold: bool = False) -> None:
    # The base line stands four fifths of a line below its top, whatever the letters, so that lines stay level.
    width, height = figure.get_size_inches()
    figure.text(
        left / width, 1 - (top + 0.8 * size * LINE / 72) / height, text,
        fontproperties=font(size, bold=bold), ha="left", va="baseline", parse_math=False, color="black",
    )  # fmt: skip


def _lines(figure: Figure, lines: Sequence[str], middle: float, top: float, size: float) -> float:
    for line in lines:
        _text(figure, line, middle - text_width(line, size) / 2, top, size)
        top += size * LINE / 72
    return top


def _scores(figure: Figure, scores: Sequence[ScoreLabel], middle: float, top: float, size: float) -> float:
    parts: list[tuple[str, bool]] = []
    for score in scores:
        parts += [(SEPARATOR, False)] if parts else []
        parts.append((score.text, score.best))
    left = middle - sum(text_width(text, size, bold=bold) for text, bold in parts) / 2
    for text, bold in parts:
        _text(figure, text, left, top, size, bold=bold)
        left += text_width(text, size, bold=bold)
    return top + size * LINE / 72


def _box(figure: Figure, place: tuple[float, float, float, float], points: float, colour: str) -> None:
    left, top, width, height = place
    across, along = figure.get_size_inches()
    figure.add_artist(
        Rectangle(
            (left / across, 1 - (top + height) / along), width / across, height / along,
            transform=figure.transFigure, fill=False, edgecolor=colour, linewidth=points, joinstyle="miter", zorder=2,
            snap=False,  # rounded to pixels, a frame would come to lie on the crop
        )
    )  # fmt: skip


def _frame(figure: Figure, placed: Placed, colour: str) -> None:
    # Outside the panel, and a little off it, so that it covers no pixel.
    away = (BOX / 2 + 0.15) / 72
    place = (placed.left - away, placed.top - away, placed.width + 2 * away, placed.height + 2 * away)
    _box(figure, place, BOX, colour)


def _outline(figure: Figure, layout: Layout, mask: NDArray[Any], place: tuple[float, float, float]) -> None:
    """Draw the edges between pixels of different labels."""
    left, top, inch = place
    width, height = figure.get_size_inches()
    segments = [
        [((left + x * inch) / width, 1 - (top + y * inch) / height) for x, y in segment] for segment in mask_edges(mask)
    ]
    figure.add_artist(
        LineCollection(
            segments, colors=MASK_COLOUR, linewidths=0.7, transform=figure.transFigure, capstyle="projecting", zorder=1
        )
    )


def mask_edges(mask: NDArray[Any]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the edges between pixels of different values as segments of (x, y), runs of edges joined."""
    segments: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for turned in (False, True):
        image = mask.T if turned else mask
        differ = image[1:] != image[:-1]
        for row in np.flatnonzero(differ.any(axis=1)):
            ends = np.flatnonzero(np.diff(np.concatenate([[0], differ[row].view(np.int8), [0]])))
            for start, stop in zip(ends[::2], ends[1::2], strict=True):
                first, last = (int(start), int(row) + 1), (int(stop), int(row) + 1)
                segments.append((first[::-1], last[::-1]) if turned else (first, last))
    return segments


def _metadata(drawing: Drawing, form: str) -> dict[str, str | None]:
    if form == "pdf":
        said: dict[str, str | None] = {"Subject": drawing.subject, "Creator": "srmetrics"}
        return {"Title": drawing.title, **said, "Producer": None, "CreationDate": None}
    said = {"Title": drawing.title, "Description": drawing.subject}
    return {**said, "Creator": "srmetrics", "Date": None} if form == "svg" else {**said, "Software": "srmetrics"}
