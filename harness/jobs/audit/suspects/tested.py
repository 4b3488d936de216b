"""The suspicions in the order in which they are tested."""

from __future__ import annotations

from collections.abc import Callable

from harness.jobs.audit.suspects.averages import suspect_averages
from harness.jobs.audit.suspects.channels import suspect_channels
from harness.jobs.audit.suspects.digits import suspect_digits
from harness.jobs.audit.suspects.float_lr import suspect_float_lr
from harness.jobs.audit.suspects.gaps import suspect_gaps
from harness.jobs.audit.suspects.lossy import suspect_jpeg, suspect_traces
from harness.jobs.audit.suspects.mispaired import suspect_pairs
from harness.jobs.audit.suspects.misplaced import suspect_shift
from harness.jobs.audit.suspects.ranges import suspect_ranges
from harness.jobs.audit.suspects.suspect import Case, Suspect

TESTS: tuple[Callable[[Case], list[Suspect]], ...] = (
    suspect_pairs,
    suspect_float_lr,
    suspect_digits,
    suspect_gaps,
    suspect_averages,
    suspect_ranges,
    suspect_channels,
    suspect_shift,
    suspect_jpeg,
    suspect_traces,
)

ORDER = ("explains", "likely", "possible", "no")


def suspects_of(case: Case) -> tuple[Suspect, ...]:
    """Return every suspicion with its verdict, those that explain the claim first."""
    found = [suspect for test in TESTS for suspect in test(case)]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.verdict)))
