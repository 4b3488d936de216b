"""The rows behind ``per_image.csv``, read back from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.engine.row import Row
from harness.jobs.run_folder import RunFolder
from srmetrics.errors import FileError
from srmetrics.metrics import column_name

BEFORE_VALUES = ("image", "group", "method", "region", "n_pixels")
AFTER_VALUES = ("n_sampled", "mask_support", "signature")


def rows_of(run: RunFolder) -> tuple[Row, ...]:
    """Return the rows of a run, every bit as they were scored; notes of single images are not kept in a run.

    Raises
    ------
    FileError
        When ``per_image.csv`` cannot be read, or a cell of it is no number where one is expected.
    """
    facets = tuple(run.command.get("facets") or ())
    return rows_from(run.table("per_image.csv"), run.metrics, facets, run.path / "per_image.csv")


def rows_from(
    lines: Sequence[Mapping[str, str]], metrics: Sequence[str], facets: Sequence[str], file: Path
) -> tuple[Row, ...]:
    """Return the rows that the lines of a ``per_image.csv`` stand for.

    Parameters
    ----------
    lines : sequence of mappings
        Column to text, as `read_table` gives them.
    metrics : sequence of str
        As they were asked for; the columns that are neither these nor facets are values of single channels.
    facets : sequence of str
        The columns that are facets.
    file : path
        Named in errors.

    Raises
    ------
    FileError
        When a column is missing, or a cell is no number where one is expected.
    """
    columns = {metric: column_name(metric) for metric in metrics}
    known = {*BEFORE_VALUES, *AFTER_VALUES, *facets, *columns.values()}
    channels = [name for name in (lines[0] if lines else ()) if name not in known]
    rows = []
    for at, line in enumerate(lines, start=2):
        cells = _Cells(line, at, file)
        rows.append(
            Row(
                image=cells.text("image"),
                group=cells.text("group"),
                method=cells.text("method"),
                region=cells.text("region"),
                n_pixels=cells.count("n_pixels") or 0,
                values={metric: cells.value(column) for metric, column in columns.items()},
                signature=cells.text("signature"),
                facets={name: cells.text(name) for name in facets},
                channels={name: cells.value(name) for name in channels},
                n_sampled=cells.count("n_sampled") if "n_sampled" in line else None,
                mask_support=_or_none(cells.value("mask_support")) if "mask_support" in line else None,
            )
        )
    return tuple(rows)


class _Cells:
    """The cells of one line, of which a wrong one is named."""

    def __init__(self, line: Mapping[str, str], at: int, file: Path) -> None:
        self.line, self.at, self.file = line, at, file

    def text(self, column: str) -> str:
        if column not in self.line:
            raise FileError("the table lacks a column", found=", ".join(self.line), expected=column, file=self.file)
        return self.line[column]

    def value(self, column: str) -> float:
        text = self.text(column)
        try:
            return float(text) if text else math.nan
        except ValueError:
            raise self._wrong(column, "a number") from None

    def count(self, column: str) -> int | None:
        text = self.text(column)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()):
            raise self._wrong(column, "a whole number")
        return int(text)

    def _wrong(self, column: str, expected: str) -> FileError:
        found = f"{self.line[column]!r} in row {self.at}, column {column}"
        return FileError("a cell of the table cannot be read", found=found, expected=expected, file=self.file)


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
