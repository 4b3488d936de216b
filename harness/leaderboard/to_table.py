"""The leaderboard in a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.leaderboard.cells import LEGEND, blocks_of, cell_of, interval_sentence, metric_title
from harness.leaderboard.leaderboard import Leaderboard
from harness.statistics.holm import ACROSS_METRICS


def to_table(board: Leaderboard) -> RenderableType:
    """Return what a rich console prints: a table for each signature, the best in bold, the signature under it."""
    return Group(*_parts(board))


def to_text(board: Leaderboard, width: int = 140) -> str:
    """Return the same as plain text."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(to_table(board))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def _parts(board: Leaderboard) -> Iterator[RenderableType]:
    heading = board.heading
    scale = f" x{heading.scale}" if heading.scale else ""
    blocks = blocks_of(board)
    for signature in board.signatures:
        mine = [block for block in blocks if block.signature == signature]
        table = Table(title=Text(f"{heading.dataset}{scale} · {heading.protocol}"), title_justify="left")
        show_region = len(mine) > 1 or mine[0].region != "image"
        if show_region:
            table.add_column("region")
        table.add_column("method", overflow="fold")
        table.add_column("n", justify="right")
        for metric in heading.metrics:
            table.add_column(metric_title(metric), justify="right", no_wrap=True)
            table.add_column("95 %", justify="left", style="dim", no_wrap=True)
        for block in mine:
            for index, row in enumerate(block.rows):
                texts: list[Text] = [Text(block.region if index == 0 else "")] if show_region else []
                texts += [Text(row.method), Text(str(row.n_images))]
                for metric in heading.metrics:
                    cell = cell_of(row, metric, several=len(block.rows) > 1)
                    mean = cell.mean + cell.mark
                    texts += [Text(mean, style="bold" if cell.best else ""), Text(cell.interval)]
                table.add_row(*texts, end_section=index == len(block.rows) - 1)
        yield table
        yield Padding(Text(signature, style="dim", overflow="fold"), (0, 0, 0, 1))
    if board.rows:
        several = len({row.method for row in board.rows}) > 1
        legend = f"95 %: {interval_sentence(board)}."
        if several:
            legend = f"{LEGEND} {legend} {ACROSS_METRICS}"
        yield Padding(Text(legend, style="dim"), (0, 0, 0, 1))
