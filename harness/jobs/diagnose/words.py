"""Findings in words: how many of how many, medians of what was measured, what an effect costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from harness.jobs.diagnose.finding import Finding, Observation, Severity


@dataclass(frozen=True, slots=True)
class Totals:
    """How many images there are of which an observation could have been made."""

    references: int
    candidates: Mapping[str, int]
    scale: int | None = None

    def of(self, observation: Observation) -> int:
        """Return the number of images in the observation's role and method."""
        if observation.role == "reference":
            return self.references
        return self.candidates.get(observation.method, 0)

    def mostly(self, observations: Sequence[Observation]) -> bool:
        """Whether half of the images or more share it: then it is what was done to the set, not what one file is."""
        return 2 * len(observations) >= self.of(observations[0])


def subject(observations: Sequence[Observation], totals: Totals) -> str:
    """Return who it is about: ``all 5 candidates``, ``3 of 14 references``, ``the candidate 'img_001'``."""
    first = observations[0]
    total = totals.of(first)
    if len(observations) == 1:
        return f"the {first.role} {first.image!r}"
    plural = f"{first.role}s"
    return f"all {total} {plural}" if len(observations) == total else f"{len(observations)} of {total} {plural}"


def verb(observations: Sequence[Observation], singular: str, plural: str) -> str:
    """Return the word for one or for several."""
    return singular if len(observations) == 1 else plural


def who(observations: Sequence[Observation], totals: Totals, singular: str, plural: str) -> str:
    """Return the subject with its verb: ``all 5 candidates are``."""
    return f"{subject(observations, totals)} {verb(observations, singular, plural)}"


def medians(observations: Sequence[Observation]) -> dict[str, float]:
    """Return the median of every number that all observations have."""
    names = [name for name in observations[0].numbers if all(name in one.numbers for one in observations)]
    return {name: median(one.numbers[name] for one in observations) for name in names}


EQUAL_DB = 150.0
"""PSNR from which two images are equal but for the arithmetic that undid a change: one step of 16 bits is 96 dB."""


def before_after(numbers: Mapping[str, float]) -> str:
    """Say what undoing brings: ``PSNR 21.40 dB, and 33.10 dB once it is undone``."""
    after = f"{numbers['after_db']:.2f} dB" if numbers["after_db"] < EQUAL_DB else "equal pixels"
    return f"PSNR {numbers['before_db']:.2f} dB, and {after} once it is undone"


def finding(
    observations: Sequence[Observation],
    severity: Severity,
    what: str,
    *,
    evidence: str,
    effect: str,
    way_out: str,
) -> Finding:
    """Make a finding of observations that are told together."""
    first = observations[0]
    return Finding(
        severity,
        first.kind,
        first.role,
        first.method,
        what,
        evidence,
        effect,
        way_out,
        tuple(one.image for one in observations),
        tuple(one.file for one in observations),
        medians(observations),
    )
