"""What each upscaler costs on this machine: measured once in a run, apart from everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from harness.engine.on_threads import OnThreads
from harness.engine.plain import rebuild
from harness.engine.runner import run_tasks
from harness.engine.store import Store
from harness.jobs.bench_models import Upscalers
from harness.leaderboard.plain_table import PlainTable
from harness.models import Cost, measure_cost
from srmetrics.errors import SrmetricsError

SIDE = 128
"""Height and width of the low-resolution image that costs are measured on."""


@dataclass(frozen=True, slots=True)
class CostTask:
    """One upscaler."""

    method: str
    fingerprint: str = ""

    @property
    def key(self) -> str:
        """What tells it from all other tasks of a run."""
        return f"cost/{self.method}"


@dataclass(frozen=True, slots=True)
class CostRules:
    """What the upscalers are measured on."""

    upscalers: Upscalers
    channels: int
    side: int

    def __call__(self, task: CostTask) -> Cost | None:
        """Measure one upscaler; None for what computes nothing, or cannot."""
        try:
            upscaler = self.upscalers.load(task.method)
            return measure_cost(upscaler, self.side, self.side, 3 if self.channels == 3 else 1)
        except (SrmetricsError, RuntimeError, MemoryError):
            return None  # Where it fails on images too, failures.csv says why.


def measured_costs(rules: CostRules, store: Store) -> dict[str, Cost]:
    """Return the cost of each upscaler that has one; what an earlier run measured stays as it was."""
    found = run_tasks([CostTask(method) for method in rules.upscalers.specs], rules, store, OnThreads(1))
    costs = {key.removeprefix("cost/"): value for key, value in found.items() if value is not None}
    return {method: rebuild(Cost, value) for method, value in costs.items()}


def cost_table(costs: Sequence[Cost]) -> PlainTable:
    """Return ``cost.csv``."""
    names = tuple(field.name for field in fields(Cost))
    return PlainTable(names, tuple(tuple(getattr(cost, name) for name in names) for cost in costs))
