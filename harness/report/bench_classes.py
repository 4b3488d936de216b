"""How well each class is told from the rest: precision, recall and F1 of an arm, means over the repeats."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.report.bench_rows import TableRow, number, repeats_of


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean over the repeats that have a value, with the smallest and the largest of them; NaN where none has."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class in one arm."""

    arm: str
    name: str
    n_images: int
    """Test images of the class, all repeats together."""
    n_predicted: int
    """Images that were said to be of it, likewise."""
    precision: Spread
    recall: Spread
    f1: Spread
    note: str
    """Why values are missing; empty where none is."""


def class_rows(rows: Iterable[TableRow]) -> list[ClassRow]:
    """Return a line for each arm and class, in their order.

    Parameters
    ----------
    rows : iterable of mapping
        Lines of ``per_class.csv``, of one family.
    """
    gathered: dict[tuple[str, str], list[TableRow]] = {}
    for row in rows:
        gathered.setdefault((row["arm"], row["class"]), []).append(row)
    return [
        ClassRow(
            arm,
            name,
            n_images=sum(int(row["n_images"]) for row in lines),
            n_predicted=sum(int(row["n_predicted"]) for row in lines),
            precision=spread([number(row, "precision") for row in lines]),
            recall=spread([number(row, "recall") for row in lines]),
            f1=spread([number(row, "f1") for row in lines]),
            note=_note(lines),
        )
        for (arm, name), lines in gathered.items()
    ]


def spread(values: Sequence[float]) -> Spread:
    """Return mean, smallest and largest of the values that are numbers.

    Examples
    --------
    >>> spread([0.5, math.nan, 1.0])
    Spread(mean=0.75, low=0.5, high=1.0, n=2)
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return Spread(math.nan, math.nan, math.nan, 0)
    return Spread(math.fsum(known) / len(known), min(known), max(known), len(known))


def _note(lines: Sequence[TableRow]) -> str:
    """Return the repeats' notes, each once, with how many repeats it holds in where that is not all of them."""
    repeats = repeats_of(lines)
    times: dict[str, int] = {}
    for row in lines:
        if row["note"]:
            times[row["note"]] = times.get(row["note"], 0) + 1
    return "; ".join(
        note if count == repeats else f"in {count} of {repeats} repeats: {note}" for note, count in times.items()
    )
