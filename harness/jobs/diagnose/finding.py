"""What diagnosing says: observations of single images, findings that tell them together, and the whole diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from srmetrics.errors import SrmetricsError

Severity = Literal["error", "warning", "note"]
"""``error``: scores of these files are wrong, or there are none; ``warning``: scores may mislead; ``note``: know it."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the gravest."""

Role = Literal["reference", "candidate"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that one detector saw in one image."""

    kind: str
    """The detector's name for it."""
    role: Role
    method: str
    """Of the candidate; empty for a reference."""
    image: str
    file: str
    alike: str = ""
    """Observations of one kind and method for which this is the same are told together."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What was measured; the finding tells medians."""
    way_out: str = ""
    """Of an error that says itself what mends it."""

    @classmethod
    def of_error(cls, kind: str, role: Role, method: str, image: str, file: str, error: SrmetricsError) -> Observation:
        """Return what an error says of an image: what, found and expected; and its way out apart."""
        told = type(error)(error.what, found=error.found, expected=error.expected)
        return cls(kind, role, method, image, file, str(told), {}, error.way_out or "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing, of one or many files."""

    severity: Severity
    kind: str
    role: Role
    method: str
    """Of the candidates; empty for references."""
    what: str
    """In a clause: ``all 5 candidates are shifted by (+0.50, +0.50) px``."""
    evidence: str
    """The numbers it rests on."""
    effect: str
    """What it does to scores."""
    way_out: str
    """The command, option or act that mends it."""
    images: tuple[str, ...]
    """Keys of the images."""
    files: tuple[str, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Medians over the images."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, gravest first, and what was looked at."""

    findings: tuple[Finding, ...]
    n_references: int
    n_pairs: int
    methods: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether there is no error and no warning."""
        return all(finding.severity == "note" for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """0 where nothing (or notes alone) was found, 3 for an error or a warning, 1 where nothing could be read."""
        if self.n_references == 0:
            return 1
        return 0 if self.clean else 3

    def of_kind(self, kind: str) -> tuple[Finding, ...]:
        """Return the findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    def to_dict(self) -> dict[str, object]:
        """Return plain values, for JSON; infinite numbers are the text ``inf``."""
        return {
            "references": self.n_references,
            "pairs": self.n_pairs,
            "methods": list(self.methods),
            "clean": self.clean,
            "findings": [
                {
                    "severity": one.severity,
                    "kind": one.kind,
                    "role": one.role,
                    "method": one.method,
                    "what": one.what,
                    "evidence": one.evidence,
                    "effect": one.effect,
                    "way_out": one.way_out,
                    "images": list(one.images),
                    "files": list(one.files),
                    "numbers": {name: _plain(number) for name, number in one.numbers.items()},
                }
                for one in self.findings
            ],
        }


def _plain(number: float) -> float | str:
    return float(number) if abs(number) < float("inf") else str(number)
