"""Whether the tables that people read, rounded and laid out, are those of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harness.jobs.run_folder import RunFolder
from harness.jobs.verify.conditions import Conditions
from harness.jobs.verify.tables import Line, close
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from harness.leaderboard.leaderboard import Leaderboard, LeaderboardRow, MetricCell
from harness.leaderboard.to_latex import to_latex
from harness.leaderboard.to_markdown import to_markdown
from srmetrics.errors import FileError
from srmetrics.metrics import column_name
from srmetrics.version import VERSION

OF_LEADERBOARD = {"leaderboard.md": to_markdown, "leaderboard.tex": to_latex}


def check_texts(
    run: RunFolder, board: Leaderboard, texts: Mapping[str, str], conditions: Conditions
) -> Iterator[Verdict]:
    """Compare every text that is no CSV with what follows from the rows.

    Under other versions the last bits of a mean may differ, and so may its rounding: the leaderboard's texts are then
    made of the numbers of ``leaderboard.csv``, where these are close to the ones computed now.

    Parameters
    ----------
    run : RunFolder
    board : Leaderboard
        Made again from the rows.
    texts : mapping of str to str
        Name of each file to its text, as it is made now.
    conditions : Conditions
    """
    recorded = _as_recorded(run, board, conditions.tolerance) if conditions.differences else board
    for name, text in texts.items():
        if name.endswith(".csv"):
            continue
        path = run.path / name
        expected = OF_LEADERBOARD[name](recorded) if name in OF_LEADERBOARD else text
        try:
            alike = path.read_bytes() == expected.encode("utf-8", "backslashreplace")
        except OSError as error:
            yield Verdict(name, "the text", DIFFERENT, reason=f"it cannot be read: {error.strerror or error}")
            continue
        if alike:
            yield Verdict(name, "the text", IDENTICAL)
        elif run.version != VERSION or (conditions.differences and name not in OF_LEADERBOARD):
            reason = "it is not what is written now, and other versions may have written it otherwise"
            yield Verdict(name, "the text", UNCHECKED, reason=reason)
        else:
            yield Verdict(name, "the text", DIFFERENT, reason="it is not what follows from the rows")


def _as_recorded(run: RunFolder, board: Leaderboard, tolerance: float) -> Leaderboard:
    """Return the leaderboard with the numbers of ``leaderboard.csv`` where they are close to its own."""
    try:
        lines = run.table("leaderboard.csv")
    except FileError:
        return board
    return replace(board, rows=tuple(_row(row, lines, tolerance) for row in board.rows))


def _row(row: LeaderboardRow, lines: Sequence[Line], tolerance: float) -> LeaderboardRow:
    place = (row.method, row.region, row.signature)
    line = next((one for one in lines if (one.get("method"), one["region"], one["signature"]) == place), None)
    if line is None:
        return row
    return replace(
        row, cells={name: _cell(cell, column_name(name), line, tolerance) for name, cell in row.cells.items()}
    )


def _cell(cell: MetricCell, column: str, line: Line, tolerance: float) -> MetricCell:
    def recorded(own: float | None, name: str) -> float | None:
        text = line.get(name, "")
        return float(text) if own is not None and close(text, repr(float(own)), tolerance) else own

    summary = cell.summary
    interval = replace(
        summary.interval,
        low=recorded(summary.interval.low, f"{column}_ci_low"),
        high=recorded(summary.interval.high, f"{column}_ci_high"),
    )
    mean = recorded(summary.mean, column)
    return replace(cell, summary=replace(summary, mean=summary.mean if mean is None else mean, interval=interval))
