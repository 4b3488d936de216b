"""Where everything of a figure stands, in inches from its top left corner."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.figures.label_text import LINE, broken, strained, text_width
from harness.figures.score_labels import ScoreLabel

GAP = 0.05
"""Between panels, across."""
PAD = 0.035
"""Between a panel and its label, and below the label."""
EDGE = 0.02
"""Around everything, so that frames are not cut off."""
SMALLEST = 5.0
"""Points: no text is made smaller than this."""
WHOLE_SHARE = (0.22, 0.58)
"""Which part of the width the whole image may take beside the crops."""
TOWER, TALLEST = 1.25, 4.1
"""A figure higher than this many widths, or inches, is made only where there is no other way."""
ABOVE = 0.45
"""The height of a whole image above the crops, in widths of the figure, at most."""
SEPARATOR = " / "
KEPT = 0.85
"""Scores stand in one line where this share of the size that was asked for lets them; else one below another."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One crop of one method, or of the reference."""

    name: str
    scores: tuple[ScoreLabel, ...]
    shape: tuple[int, int]
    """Rows and columns of its pixels; those of another resolution fill the same place."""
    crop: int
    """Which crop it shows."""
    repeated: bool = False
    """Whether the same label stands under the same method in a later crop."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A panel and its place."""

    panel: Panel
    left: float
    top: float
    width: float
    height: float
    name_lines: tuple[str, ...]
    score_lines: tuple[tuple[ScoreLabel, ...], ...]
    size: float
    """Of its text, in points."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole figure."""

    width: float
    height: float
    whole: tuple[float, float, float, float]
    """Left, top, width and height of the reference."""
    whole_lines: tuple[str, ...]
    size: float
    panels: tuple[Placed, ...]


def lay_out(
    panels: Sequence[Panel],
    whole: tuple[int, int],
    title: str,
    *,
    width: float,
    size: float,
    columns: int | None = None,
) -> Layout:
    """Place the whole reference and the panels on a width.

    The whole stands to the left of the crops, as high as they are, where that leaves both of them room; else above.
    With several crops, each begins a row.

    Parameters
    ----------
    panels : sequence of Panel
        Crop by crop.
    whole : tuple of int
        Rows and columns of the reference.
    title : str
        What stands under the reference.
    width : float
        Inches.
    size : float
        Of the text, in points.
    columns : int, optional
        Panels in a row; by default as many as give the largest panels.
    """
    most = _most(panels)
    options = []
    for number in [min(columns, most)] if columns else range(1, most + 1):
        for beside in (True, False):
            option = _fitted(panels, whole, title, width, size, number, beside=beside)
            if option is not None:
                options.append((_merit(option, beside=beside), option))
    return max(options, key=lambda pair: pair[0])[1]


def _merit(layout: Layout, *, beside: bool) -> float:
    """Return how good a layout is: large panels first, in a figure that is no tower and whose labels are at ease."""
    first = layout.panels[0]
    share = layout.whole[2] / layout.width
    names = {placed.panel.name for placed in layout.panels}
    strain = sum(strained(name, first.width + GAP / 2, first.size) for name in names)
    merit = math.log(min(placed.width * placed.height for placed in layout.panels))
    merit += 0.5 if beside else 0.0
    merit -= 10.0 if beside and not WHOLE_SHARE[0] <= share <= WHOLE_SHARE[1] else 0.0
    merit -= 2.0 if any(len(placed.score_lines) > 1 for placed in layout.panels) else 0.0
    merit -= 0.5 * min(strain, 4)
    tops = [placed.top for placed in layout.panels]
    merit -= 0.3 * (max(map(tops.count, tops)) - min(map(tops.count, tops)))  # a last row that is nearly empty
    return merit - 4.0 * max(0.0, layout.height / min(TOWER * layout.width, TALLEST) - 1.0)


def _fitted(
    panels: Sequence[Panel],
    whole: tuple[int, int],
    title: str,
    width: float,
    size: float,
    columns: int,
    *,
    beside: bool,
) -> Layout | None:
    rows = _rows(panels, columns)
    inside = width - 2 * EDGE
    most = _most(panels)
    labels = [0.0] * len(rows)
    aspect = whole[1] / whole[0]
    for _ in range(6):
        steep = sum(max(panel.shape[0] / panel.shape[1] for panel in row) for row in rows)
        between = sum(labels[:-1]) + GAP * (len(rows) - 1)
        if beside:
            panel = (inside - columns * GAP - aspect * between) / (columns + aspect * steep)
            whole_height = steep * panel + between
        else:
            panel = (inside - (columns - 1) * GAP) / columns
            whole_height = min(inside / aspect, ABOVE * width)
        if panel < 0.2 or whole_height * aspect < 0.2:
            return None
        in_line, own = _text_size(panels, panel, size)
        names = [[tuple(broken(one.name, panel + GAP / 2, own)) for one in row] for row in rows]
        bare = [columns >= most and all(one.repeated for one in row) for row in rows]
        lines = 1 if in_line else max(len(one.scores) for one in panels)
        found = [
            0.0 if plain else _label_height(own, max(map(len, row)), lines)
            for row, plain in zip(names, bare, strict=True)
        ]
        if all(new <= old + 1e-9 for new, old in zip(found, labels, strict=True)):
            break
        labels = [max(pair) for pair in zip(found, labels, strict=True)]
    whole_width = whole_height * aspect
    title_lines = tuple(broken(title, whole_width if beside else inside, size, most=2))
    left = EDGE + (whole_width + GAP if beside else 0.0)
    whole_left = EDGE if beside else EDGE + (inside - whole_width) / 2
    top = EDGE + (0.0 if beside else whole_height + PAD + len(title_lines) * size * LINE / 72 + 2 * PAD)
    placed = []
    for row, row_names, label, plain in zip(rows, names, labels, bare, strict=True):
        height = max(one.shape[0] / one.shape[1] for one in row) * panel
        for at, (one, name) in enumerate(zip(row, row_names, strict=True)):
            scores = (one.scores,) if in_line else tuple((score,) for score in one.scores)
            own_height = panel * one.shape[0] / one.shape[1]
            shown = ((), ()) if plain else (name, scores)
            placed.append(Placed(one, left + at * (panel + GAP), top, panel, own_height, *shown, own))
        top += height + label + GAP
    bottom = top - GAP - PAD
    if beside:
        bottom = max(bottom, EDGE + whole_height + _label_height(size, len(title_lines), 0))
    return Layout(width, bottom + EDGE, (whole_left, EDGE, whole_width, whole_height), title_lines, size, tuple(placed))


def _most(panels: Sequence[Panel]) -> int:
    """Return how many panels the crop with most of them has."""
    return max(sum(panel.crop == number for panel in panels) for number in {panel.crop for panel in panels})


def _rows(panels: Sequence[Panel], columns: int) -> list[list[Panel]]:
    rows: list[list[Panel]] = []
    for panel in panels:
        if not rows or rows[-1][0].crop != panel.crop or len(rows[-1]) == columns:
            rows.append([])
        rows[-1].append(panel)
    return rows


def _text_size(panels: Sequence[Panel], width: float, size: float) -> tuple[bool, float]:
    """Return whether scores stand in one line, and the size of all text: the same under every panel."""
    room = width + GAP / 2
    in_line = max(scores_width(panel.scores, size) for panel in panels)
    if in_line <= room:
        return True, size
    smaller = size * room / in_line
    if smaller >= max(SMALLEST, KEPT * size):
        return True, smaller
    widest = max(scores_width((score,), size) for panel in panels for score in panel.scores)
    return False, max(SMALLEST, min(size, size * room / widest))


def scores_width(scores: Sequence[ScoreLabel], size: float) -> float:
    """Return the width in inches of scores in one line."""
    parts = sum(text_width(score.text, size, bold=score.best) for score in scores)
    return parts + max(0, len(scores) - 1) * text_width(SEPARATOR, size)


def _label_height(size: float, names: int, scores: int) -> float:
    return PAD + (names + scores) * size * LINE / 72 + PAD
