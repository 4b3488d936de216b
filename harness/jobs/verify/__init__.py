"""Checks of a finished run: its digests, its tables against its rows, its rows against its images."""

from __future__ import annotations

from harness.jobs.verify.conditions import Conditions
from harness.jobs.verify.job import MERGED, verify
from harness.jobs.verify.verdict import (
    DIFFERENT,
    IDENTICAL,
    STATUSES,
    UNCHECKED,
    WITHIN,
    CellDifference,
    Status,
    Verdict,
)
from harness.jobs.verify.verification import Verification

__all__ = [
    "DIFFERENT",
    "IDENTICAL",
    "MERGED",
    "STATUSES",
    "UNCHECKED",
    "WITHIN",
    "CellDifference",
    "Conditions",
    "Status",
    "Verdict",
    "Verification",
    "verify",
]
