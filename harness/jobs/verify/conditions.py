"""Whether a run's numbers must come out again to the last bit, or close to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.jobs.run_facts import machine_facts, versions_of
from harness.jobs.run_folder import RunFolder
from srmetrics.version import VERSION

TOLERANCE = 1e-6
"""How far numbers may be off under other versions or on another kind of processor, relative where they exceed 1."""

MACHINE = ("system", "processor", "simd")
"""What the last bits of a number hang on beside versions."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was another when the run was made."""

    differences: tuple[str, ...] = ()
    """In words; where there are none, numbers must be equal."""

    @property
    def tolerance(self) -> float:
        """How far numbers may be off."""
        return TOLERANCE if self.differences else 0.0


def conditions_of(run: RunFolder) -> Conditions:
    """Compare the versions and the machine that a run recorded with these here."""
    differences = []
    if run.version != VERSION:
        differences.append(f"srmetrics {run.version} then, {VERSION} now")
    if run.job == "bench":
        from harness.jobs.bench_plan import versions

        here: Mapping[str, str | None] = versions()
    else:
        here = versions_of(run.metrics)
    for name, now in here.items():
        then = _facts(run, "versions").get(name, now)
        if then != now and name != "srmetrics":
            differences.append(f"{name} {then or 'absent'} then, {now or 'absent'} now")
    machine = machine_facts()
    for name in MACHINE:
        then = _facts(run, "machine").get(name, machine[name])
        if then != machine[name]:
            differences.append(f"another {'processor' if name == 'simd' else name}")
    return Conditions(tuple(dict.fromkeys(differences)))


def _facts(run: RunFolder, name: str) -> Mapping[str, object]:
    facts = run.facts.get(name)
    return facts if isinstance(facts, dict) else {}
