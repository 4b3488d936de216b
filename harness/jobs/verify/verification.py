"""The outcome of checking a run: a verdict on each of its rows, digests and failures."""

from __future__ import annotations

from dataclasses import dataclass

from harness.jobs.verify.conditions import Conditions
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, STATUSES, UNCHECKED, Status, Verdict


@dataclass(frozen=True, slots=True)
class Verification:
    """What holds of a run; ``print`` says it in short."""

    run: str
    """The run's folder, or the CSV."""
    conditions: Conditions
    """Whether numbers have to be equal, or close."""
    verdicts: tuple[Verdict, ...]
    of_a_run: bool = True
    """False for a table without its ``run.json``."""
    notes: tuple[str, ...] = ()
    """What a reader has to know: where images were looked for, what was not asked for."""

    @property
    def rows(self) -> tuple[Verdict, ...]:
        """The verdicts on rows of tables."""
        return tuple(one for one in self.verdicts if one.table.endswith(".csv"))

    @property
    def findings(self) -> tuple[Verdict, ...]:
        """What is not identical, the different first."""
        order = (DIFFERENT, UNCHECKED)
        found = [one for one in self.verdicts if one.status != IDENTICAL]
        return tuple(sorted(found, key=lambda one: order.index(one.status) if one.status in order else len(order)))

    def count(self, status: Status, table: str | None = None) -> int:
        """Return how many verdicts are so, of one table or of all."""
        return sum(one.status == status and table in (None, one.table) for one in self.verdicts)

    @property
    def tables(self) -> tuple[str, ...]:
        """What the verdicts are on, each once."""
        return tuple(dict.fromkeys(one.table for one in self.verdicts))

    @property
    def exit_code(self) -> int:
        """0 when all holds, 1 when something differs, 3 when nothing differs but something could not be checked."""
        if self.count(DIFFERENT):
            return 1
        return 3 if self.count(UNCHECKED) else 0

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {status}" for status in STATUSES if (count := self.count(status)))
        return f"{self.run}: {counts or 'nothing to check'}"
