"""The tables of a bench run as its page reads them: rows of text, taken apart by arm, classifier and mode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.jobs.run_folder import RunFolder

TableRow: TypeAlias = Mapping[str, str]
"""One line of a CSV by its columns, as text."""


@dataclass(frozen=True, slots=True)
class BenchRows:
    """What a bench wrote; a table that the run does not have is empty."""

    classification: tuple[TableRow, ...] = ()
    per_class: tuple[TableRow, ...] = ()
    confusion: tuple[TableRow, ...] = ()
    predictions: tuple[TableRow, ...] = ()
    comparisons: tuple[TableRow, ...] = ()
    """``arm_comparisons.csv``."""
    leaderboard: tuple[TableRow, ...] = ()
    cost: tuple[TableRow, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    """``run.json``."""

    @property
    def families(self) -> tuple[Family, ...]:
        """Each classifier in each of its modes, in the order of ``classification.csv``."""
        return tuple(dict.fromkeys(family_of(row) for row in self.classification))

    def of(self, family: Family) -> BenchRows:
        """Return the same with the lines of one family alone in the tables that know families."""

        def mine(rows: Iterable[TableRow]) -> tuple[TableRow, ...]:
            return tuple(row for row in rows if family_of(row) == family)

        return BenchRows(
            classification=mine(self.classification),
            per_class=mine(self.per_class),
            confusion=mine(self.confusion),
            predictions=mine(self.predictions),
            comparisons=mine(self.comparisons),
            leaderboard=self.leaderboard,
            cost=self.cost,
            facts=self.facts,
        )


@dataclass(frozen=True, slots=True)
class Family:
    """The arms that may be compared: seen by one classifier in one mode."""

    classifier: str
    mode: str

    def __str__(self) -> str:
        return f"{self.classifier}, {self.mode}"


def family_of(row: TableRow) -> Family:
    """Return the family that a line is of."""
    return Family(row["classifier"], row["mode"])


def read_rows(run: RunFolder) -> BenchRows:
    """Return the tables that a run has."""

    def table(name: str) -> tuple[TableRow, ...]:
        return tuple(run.table(name)) if (run.path / name).is_file() else ()

    return BenchRows(
        classification=table("classification.csv"),
        per_class=table("per_class.csv"),
        confusion=table("confusion.csv"),
        predictions=table("predictions.csv"),
        comparisons=table("arm_comparisons.csv"),
        leaderboard=table("leaderboard.csv"),
        cost=table("cost.csv"),
        facts=run.facts,
    )


def number(row: TableRow, column: str) -> float:
    """Return a cell as a number; NaN where it is empty or the table lacks the column.

    Raises
    ------
    ValueError
        When it is another text.
    """
    text = row.get(column) or ""
    return float(text) if text else math.nan


def arms_of(rows: Iterable[TableRow]) -> tuple[str, ...]:
    """Return the arms of lines, in their order."""
    return tuple(dict.fromkeys(row["arm"] for row in rows))


def repeats_of(rows: Iterable[TableRow]) -> int:
    """Return how many repeats lines are of."""
    return len({row["repeat"] for row in rows if row.get("repeat")})
