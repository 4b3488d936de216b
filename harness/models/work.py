"""A count of multiply-accumulates, to which networks add while someone counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """What was done since counting began."""

    macs: int = 0
    """Multiply-accumulates."""
    how: str = ""
    """How they were counted; empty when nobody counted anything."""
    complete: bool = True
    """False when something ran that could not be counted."""


_COUNTING: ContextVar[Work | None] = ContextVar("srmetrics_work", default=None)


@contextmanager
def counting() -> Iterator[Work]:
    """Collect what networks do inside the block."""
    work = Work()
    token = _COUNTING.set(work)
    try:
        yield work
    finally:
        _COUNTING.reset(token)


def count_work(macs: Callable[[], int | None], how: str) -> None:
    """Add to the count, if anybody counts.

    Parameters
    ----------
    macs : callable
        Returns the multiply-accumulates, or None where they are unknown; not called while nobody counts.
    how : str
        How they were counted.
    """
    work = _COUNTING.get()
    if work is None:
        return
    number = macs()
    work.how = how
    work.macs += number or 0
    work.complete = work.complete and number is not None
