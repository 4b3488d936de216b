"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass

from harness.engine.row import Failure
from harness.jobs.audit.claims import Claims
from harness.jobs.audit.facts import Facts
from harness.jobs.audit.ranking import CUT_OFF
from harness.jobs.audit.search import Convention, ConventionClass
from harness.jobs.audit.suspects import Suspect

UNUSUAL = 2.0
"""Cost from which a convention is called unusual: it differs from every preset and known practice in a whole field."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Which conventions give a claimed score, or what may be wrong with it."""

    reference: str
    candidate: str
    method: str
    """What a table calls the candidate; its location where there is no table."""
    dataset: str
    claims: Claims
    scale: int | None
    facts: Facts
    keys: tuple[str, ...]
    """The images (or slices) that were scored."""
    n_conventions: int
    """Conventions for both metrics that were tried."""
    classes: tuple[ConventionClass, ...]
    """What gives the claim, the most likely first; empty where nothing does."""
    by_accident: float
    """How many conventions would give a claim beside these values by accident."""
    alone: tuple[tuple[Convention, ...], tuple[Convention, ...]]
    """What gives the claimed PSNR whatever SSIM is, and the reverse; filled where both are claimed."""
    named: tuple[Convention, ...]
    """What the presets and known practices give, each once."""
    nearest: tuple[Convention, ...]
    suspects: tuple[Suspect, ...]
    remarks: tuple[str, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def found(self) -> bool:
        """True when some convention gives the claim, be it by accident."""
        return bool(self.classes)

    @property
    def usual(self) -> bool:
        """True when the most likely of them is a preset, a known practice, or next to one.

        That further digits were cut off instead of rounded is a habit of printing, and makes no convention unusual.
        """
        if not self.found:
            return False
        first = self.classes[0].first
        return first.cost - (CUT_OFF if first.agreement == "truncated" else 0.0) < UNUSUAL

    @property
    def exit_code(self) -> int:
        """0 where a usual convention was found, 3 where none or only an unusual one was, 1 where nothing was scored."""
        if not self.keys:
            return 1
        return 0 if self.usual else 3
