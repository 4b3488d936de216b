"""What is found of one thing that a run recorded: a row, a digest, a failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["identical", "within tolerance", "different", "not checkable"]

IDENTICAL: Status = "identical"
WITHIN: Status = "within tolerance"
DIFFERENT: Status = "different"
UNCHECKED: Status = "not checkable"

STATUSES: tuple[Status, ...] = (IDENTICAL, WITHIN, DIFFERENT, UNCHECKED)


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One cell that is not what is computed now."""

    column: str
    recorded: str
    recomputed: str
    by: float | None = None
    """How far apart the two numbers are; None where one is no number."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is found of one thing."""

    table: str
    """A file of the run; ``pixels`` for decoded images, ``digests`` for the files' own."""
    row: str
    """Which of it, in words: ``baby, RCAN, image``."""
    status: Status
    cells: tuple[CellDifference, ...] = ()
    """The cells that differ, also those that differ within the tolerance."""
    reason: str = ""
    """Why, where the cells do not say it."""
