"""How metrics and numbers are written on a page."""

from __future__ import annotations

import math

from harness.leaderboard.cells import rounded
from harness.leaderboard.decimals import decimals_for

UNITS = {"psnr": "dB"}


def metric_name(metric: str) -> str:
    """Return a metric's name as people write it."""
    return metric if ":" in metric else metric.replace("_", "-").upper()


def metric_with_unit(metric: str) -> str:
    """Return the name with its unit, for an axis."""
    unit = UNITS.get(metric)
    return metric_name(metric) + (f", {unit}" if unit else "")


def value_text(metric: str, value: float, decimals: int | None = None) -> str:
    """Return a metric's value as it is shown, with a true minus sign; by itself with the decimals that it needs."""
    if math.isnan(value):
        return "–"
    return rounded(value, decimals_for(metric, [abs(value)]) if decimals is None else decimals).replace("-", "−")


def signed_text(metric: str, value: float) -> str:
    """Return a difference with its sign."""
    text = value_text(metric, value)
    return f"+{text}" if value > 0 else text


def p_text(p: float) -> str:
    """Return a p value."""
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
