"""How a leaderboard's numbers look where people read them: rounded, with their interval, the best marked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.leaderboard.decimals import decimals_for
from harness.leaderboard.leaderboard import Leaderboard, LeaderboardRow
from srmetrics.metrics import find_metric

LEGEND = "Bold: best. †: not told apart from the best. ‡: too few units to tell."
"""What the marks mean."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as text."""

    mean: str
    interval: str
    """``[low, high]`` or nothing."""
    best: bool
    mark: str
    """``†`` for what the test does not tell apart from the best, ``‡`` where it could not on so few units."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that may be compared: one signature, one region."""

    signature: str
    region: str
    rows: tuple[LeaderboardRow, ...]

    def decimals(self, metric: str) -> int:
        """Return the decimals that the block's means are shown with."""
        return decimals_for(metric, (row.cells[metric].summary.mean for row in self.rows))


def blocks_of(board: Leaderboard) -> list[Block]:
    """Return the rows by signature and region, in their order."""
    keys = dict.fromkeys((row.signature, row.region) for row in board.rows)
    return [
        Block(signature, region, tuple(row for row in board.rows if (row.signature, row.region) == (signature, region)))
        for signature, region in keys
    ]


def cell_of(block: Block, row: LeaderboardRow, metric: str) -> Cell:
    """Return one metric of a block's row as text."""
    cell = row.cells[metric]
    decimals = block.decimals(metric)
    several = len(block.rows) > 1  # else there is nothing to be best of
    summary = cell.summary
    text = rounded(summary.mean, decimals)
    if summary.n_infinite:
        text += f" ({summary.n_infinite} inf)"
    if summary.n != row.n_images:
        text += f" (n={summary.n})"
    low, high = summary.interval.low, summary.interval.high
    interval = "" if low is None or high is None else f"[{rounded(low, decimals)}, {rounded(high, decimals)}]"
    mark = {"tied": "†", "undecided": "‡"}.get(cell.vs_best, "") if several else ""
    return Cell(text, interval, several and cell.rank == 1, mark)


def rounded(value: float, decimals: int) -> str:
    """Return a number with so many decimals; ``inf`` and ``-`` for what is none."""
    if math.isnan(value):
        return "-"
    return "inf" if math.isinf(value) else f"{value:.{decimals}f}"


def metric_title(metric: str) -> str:
    """Return a metric's heading: its name, an arrow to the better end, its unit."""
    arrow = "↑" if find_metric(metric).higher_is_better else "↓"
    name = metric.replace("_", "-").upper() if ":" not in metric else metric
    return f"{name} {arrow}" + (" dB" if metric == "psnr" else "")


def interval_sentence(board: Leaderboard) -> str:
    """Return what the intervals are, in one line."""
    methods = dict.fromkeys(
        cell.summary.interval.method
        for row in board.rows
        for cell in row.cells.values()
        if cell.summary.interval.method
    )
    return "; ".join(methods)
