"""A bench in a terminal."""

from __future__ import annotations

import io

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.jobs.bench_result import HEADER, BenchResult
from harness.leaderboard.plain_table import Shown
from harness.leaderboard.to_table import to_table


def bench_table(result: BenchResult) -> RenderableType:
    """Return what a rich console prints: quality, then each classifier and mode, then all joined."""
    parts: list[RenderableType] = [to_table(result.leaderboard)]
    for classifier, mode in result.families():
        parts.append(
            _table(f"classification: {classifier}, {mode}", HEADER, result.classification_text(classifier, mode))
        )
    if result.families():
        parts.append(Padding(Text(result.legend, style="dim"), (0, 0, 0, 1)))
    if result.families() or result.costs:
        parts.append(_table("quality, accuracy in percent, and cost", *result.joined_text()))
    return Group(*parts)


def to_text(result: BenchResult, width: int = 140) -> str:
    """Return the same as plain text."""
    console = Console(file=io.StringIO(), width=width, color_system=None, force_jupyter=False)  # text in notebooks, too
    console.print(bench_table(result))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def _table(title: str, header: tuple[str, ...] | list[str], rows: list[list[str | Shown]]) -> Table:
    table = Table(title=Text(title), title_justify="left")
    for at, name in enumerate(header):
        table.add_column(Text(name), justify="left" if at == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(_text(cell) for cell in row))
    return table


def _text(cell: str | Shown) -> Text:
    if isinstance(cell, str):
        return Text(cell)
    return Text(cell.text + cell.mark, style="bold" if cell.best else "")
