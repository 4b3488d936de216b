"""Numbers of a bench as its page writes them, and the lists of names in its sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.leaderboard.readable import readable
from harness.report.bench_measures import Measure
from harness.report.section import Cell

MARKS = {"tied": "†", "undecided": "‡"}
"""What stands behind an arm that no test tells from the best."""

MOST_NAMES = 6
"""Names that a sentence lists."""

NOTHING = "–"
"""What stands in a cell without a value."""


def percent(value: float) -> str:
    """Return a share in percent with one decimal.

    Examples
    --------
    >>> percent(0.8214), percent(math.nan)
    ('82.1', '–')
    """
    return decimals(100 * value, 1)


def decimals(value: float, places: int) -> str:
    """Return a number with so many decimals and a true minus sign.

    Examples
    --------
    >>> decimals(-0.0529, 3), decimals(-0.0001, 3)
    ('−0.053', '0.000')
    """
    return NOTHING if math.isnan(value) else f"{value:z.{places}f}".replace("-", "−")


def percent_cell(measure: Measure, *, best: bool = False, mark: str = "") -> Cell:
    """Return a share in percent with its interval behind it, cut to where shares lie, sorted by the share itself."""
    low, high = max(measure.low, 0.0), min(measure.high, 1.0)
    between = f"[{percent(low)}, {percent(high)}]" if measure.has_interval else ""
    return Cell(percent(measure.value), known(measure.value), best, f"{mark} {between}".strip())


def decimal_cell(value: float, places: int, note: str = "") -> Cell:
    """Return a number with so many decimals, sorted by the number itself."""
    return Cell(decimals(value, places), known(value), note=note)


def known(value: float) -> float | None:
    """Return a number, or None for what is none: what a column is sorted by."""
    return None if math.isnan(value) else value


def listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names as a clause of a sentence.

    Examples
    --------
    >>> listed(["hr", "lr", "bicubic"]), listed(["a", "b", "c"], most=1)
    ('hr, lr and bicubic', 'a and 2 more')
    """
    shown = [readable(name) for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "none"
