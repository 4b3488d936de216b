"""Files, models and people: what the commands do, in Python.

Each is imported when it is first used, so that ``srmetrics --help`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.citation.citation import cite
    from harness.figures.make import figure
    from harness.front import bench, compare
    from harness.jobs.audit import audit, audit_table
    from harness.jobs.bench_progress import BenchProgress
    from harness.jobs.degrade import degrade
    from harness.jobs.diagnose import diagnose
    from harness.jobs.verify import verify
    from harness.leaderboard.leaderboard import Leaderboard
    from harness.report.write import write_report

__all__ = [
    "BenchProgress",
    "Leaderboard",
    "audit",
    "audit_table",
    "bench",
    "cite",
    "compare",
    "degrade",
    "diagnose",
    "figure",
    "verify",
    "write_report",
]

_HOMES = {
    "BenchProgress": "harness.jobs.bench_progress",
    "Leaderboard": "harness.leaderboard.leaderboard",
    "audit": "harness.jobs.audit",
    "audit_table": "harness.jobs.audit",
    "bench": "harness.front",
    "cite": "harness.citation.citation",
    "compare": "harness.front",
    "degrade": "harness.jobs.degrade",
    "diagnose": "harness.jobs.diagnose",
    "figure": "harness.figures.make",
    "verify": "harness.jobs.verify",
    "write_report": "harness.report.write",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
