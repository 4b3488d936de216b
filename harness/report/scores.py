"""The scores of a run in blocks of what may be compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.engine.row import Row
from srmetrics.errors import FileError


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that may be compared: one signature, one region."""

    signature: str
    region: str
    rows: tuple[Row, ...]

    def methods(self, order: Sequence[str]) -> list[str]:
        """Return the methods that have rows here, in the order of the run's."""
        found = {row.method for row in self.rows}
        return [method for method in order if method in found]

    def columns(self, metric: str) -> dict[str, dict[str, float]]:
        """Return method -> image -> value, without values that do not exist."""
        found: dict[str, dict[str, float]] = {}
        for row in self.rows:
            value = row.values[metric]
            if not math.isnan(value):
                found.setdefault(row.method, {})[row.image] = value
        return found


def blocks_of(rows: Sequence[Row]) -> list[Block]:
    """Return the rows by signature and region, in their order, the whole image first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.signature, row.region), []).append(row)
    blocks = [Block(signature, region, tuple(some)) for (signature, region), some in found.items()]
    return sorted(blocks, key=lambda block: block.region != "image")


def volume_and_slice(key: str) -> tuple[str, int | None]:
    """Return the volume and the index in ``KEY#0003``; the key and None for any other."""
    volume, mark, index = key.rpartition("#")
    if mark and volume and len(index) >= 4 and index.isascii() and index.isdigit():
        return volume, int(index)
    return key, None


def number_in(line: Mapping[str, str], column: str, file: str) -> float:
    """Return a number of a table's line; NaN for an empty cell.

    Raises
    ------
    FileError
        When the column is missing, or the cell holds something else.
    """
    if column not in line:
        raise FileError("a column is missing", found=", ".join(line), expected=column, file=file)
    try:
        return float(line[column]) if line[column] else math.nan
    except ValueError:
        raise FileError(f"column {column!r} holds no number", found=repr(line[column]), file=file) from None
