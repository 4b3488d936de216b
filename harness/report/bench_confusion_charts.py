"""Confusion matrices as charts: a square for each pair of classes, darker for a larger share of the true class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.leaderboard.readable import readable
from harness.report.bench_confusion import Confusion
from harness.report.bench_rows import Family
from harness.report.bench_words import NOTHING, listed, percent
from harness.report.chart import ACCENT, INK, draw_chart, label_of
from harness.report.section import Cell, Chart, Column, Table
from harness.report.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_COUNTED = 5
"""Classes up to which a square holds count and percent."""

MOST_WRITTEN = 9
"""Classes up to which a square holds its percent."""

DARKEST = 0.5
"""Opacity of a whole row in one square: the text over it stays readable in light and dark."""


def confusion_chart(confusion: Confusion, family: Family, id: str) -> Chart:
    """Return the matrix of one arm; its data table is the matrix in numbers."""
    n = len(confusion.classes)
    summed = f"The counts of {confusion.n_repeats} repeats are summed." if confusion.n_repeats > 1 else "One repeat."
    empty = confusion.without_support
    absent = f" No test image of {listed(empty)}: the row is empty." if empty else ""
    side = 330 if n <= MOST_WRITTEN else 360
    return draw_chart(
        lambda figure: _draw(figure, confusion),
        id=id,
        title=f"{readable(confusion.arm)} ({readable(str(family))})",
        description=_said(confusion),
        size=(side, 0.84 * side if n <= 3 else 0.95 * side),
        data=_table(confusion),
        caption=f"{summed}{absent}" + (" Shares stand in the table." if n > MOST_WRITTEN else ""),
    )


def _said(confusion: Confusion) -> str:
    total, right = int(confusion.counts.sum()), int(confusion.counts.trace())
    share = percent(right / total) if total else NOTHING
    whose = f"Confusion matrix of {readable(confusion.arm)}"
    said = f"{whose}: {right} of {counted(total, 'prediction')} are right ({share} %)."
    worst = confusion.most_confused()
    if worst is None:
        return f"{said} No class is taken for another."
    true, wrong, count = worst
    return f"{said} The commonest mistake: {readable(true)} taken for {readable(wrong)}, {count} times."


def _table(confusion: Confusion) -> Table:
    rows: list[tuple[str | Cell, ...]] = []
    for name, counts, shares in zip(confusion.classes, confusion.counts, confusion.shares, strict=True):
        cells = [
            Cell(str(int(count)), float(count), note="" if share != share else f"{percent(share)} %")
            for count, share in zip(counts, shares, strict=True)
        ]
        rows.append((readable(name), *cells))
    return Table(
        f"{readable(confusion.arm)}: true classes in rows, predicted ones in columns; counts and percent of a row",
        (Column("True class", numeric=False), *(Column(readable(name)) for name in confusion.classes)),
        tuple(rows),
        sortable=False,
    )


def _draw(figure: Figure, confusion: Confusion) -> None:
    from matplotlib.patches import Rectangle

    axes = figure.add_subplot()
    n = len(confusion.classes)
    written = n <= MOST_WRITTEN
    for row in range(n):
        for column in range(n):
            share, count = confusion.shares[row, column], int(confusion.counts[row, column])
            if share > 0:
                square = (column - 0.48, row - 0.48)
                axes.add_patch(Rectangle(square, 0.96, 0.96, facecolor=ACCENT, alpha=DARKEST * float(share)))
            if written and share == share:
                text = f"{count}\n{100 * share:.0f} %" if n <= MOST_COUNTED else f"{100 * share:.0f}"
                axes.text(column, row, text, ha="center", va="center", fontsize=10, color=INK)
    names = [label_of(name, 12 if written else 10) for name in confusion.classes]
    axes.set_xticks(range(n), names, rotation=0 if n <= 3 else 90, fontsize=10 if written else 8)
    axes.set_yticks(range(n), names, fontsize=10 if written else 8)
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.grid(visible=False)
