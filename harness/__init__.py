"""Files, models and people: the front doors ``compare``, ``degrade`` and ``bench`` in Python.

Each is imported when it is first used, so that ``srmetrics --help`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.front import bench, compare
    from harness.jobs.bench_progress import BenchProgress
    from harness.jobs.degrade import degrade
    from harness.leaderboard.leaderboard import Leaderboard

__all__ = ["BenchProgress", "Leaderboard", "bench", "compare", "degrade"]

_HOMES = {
    "BenchProgress": "harness.jobs.bench_progress",
    "Leaderboard": "harness.leaderboard.leaderboard",
    "bench": "harness.front",
    "compare": "harness.front",
    "degrade": "harness.jobs.degrade",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
