"""The leaderboard in a terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.leaderboard.cells import LEGEND, Block, blocks_of, cell_of, interval_sentence, metric_title
from harness.leaderboard.leaderboard import Leaderboard
from harness.leaderboard.readable import readable
from harness.statistics.holm import ACROSS_METRICS


def to_table(board: Leaderboard) -> RenderableType:
    """Return what a rich console prints: a table for each signature, the best in bold, the signature under it."""
    return _View(board)


def to_text(board: Leaderboard, width: int = 140) -> str:
    """Return the same as plain text."""
    console = Console(file=io.StringIO(), width=width, color_system=None, force_jupyter=False)  # text in notebooks, too
    console.print(to_table(board))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _View:
    """The tables of a leaderboard, laid out for the width of the screen when they are printed."""

    board: Leaderboard

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        board = self.board
        blocks = blocks_of(board)
        for signature in board.signatures:
            yield from self._tables([block for block in blocks if block.signature == signature], console, options)
            yield Padding(Text(signature, style="dim", overflow="fold"), (0, 0, 0, 1))
        if board.rows:
            several = len({row.method for row in board.rows}) > 1
            legend = f"95 %: {interval_sentence(board)}."
            if several:
                legend = f"{LEGEND} {legend} {ACROSS_METRICS}"
            yield Padding(Text(legend, style="dim"), (0, 0, 0, 1))

    def _tables(self, blocks: Sequence[Block], console: Console, options: ConsoleOptions) -> list[Table]:
        """Return one table, or several with fewer metrics each: no number is ever cut or broken."""
        metrics = self.board.heading.metrics
        unbounded = options.update(max_width=10_000)
        for most in range(len(metrics), 0, -1):
            parts = [metrics[start : start + most] for start in range(0, len(metrics), most)]
            tables = [self._table(blocks, part) for part in parts]
            if all(Measurement.get(console, unbounded, table).maximum <= options.max_width for table in tables):
                break
        return tables

    def _table(self, blocks: Sequence[Block], metrics: Sequence[str]) -> Table:
        heading = self.board.heading
        scale = f" x{heading.scale}" if heading.scale else ""
        table = Table(title=Text(readable(f"{heading.dataset}{scale} · {heading.protocol}")), title_justify="left")
        show_region = len(blocks) > 1 or blocks[0].region != "image"
        if show_region:
            table.add_column("region")
        table.add_column("method", overflow="fold")
        table.add_column("n", justify="right")
        for metric in metrics:
            table.add_column(metric_title(metric), justify="right", no_wrap=True)
            table.add_column("95 %", justify="left", style="dim", no_wrap=True)
        for block in blocks:
            for index, row in enumerate(block.rows):
                texts: list[Text] = [Text(readable(block.region) if index == 0 else "")] if show_region else []
                texts += [Text(readable(row.method)), Text(str(row.n_images))]
                for metric in metrics:
                    cell = cell_of(block, row, metric)
                    texts += [Text(cell.mean + cell.mark, style="bold" if cell.best else ""), Text(cell.interval)]
                table.add_row(*texts, end_section=index == len(block.rows) - 1)
        return table
