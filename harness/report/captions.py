"""Captions of charts that stand side by side: what holds for all of them is said once, above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.report.section import Chart


def said_once(charts: Sequence[Chart]) -> tuple[str, tuple[Chart, ...]]:
    """Return the sentences that begin the captions of all charts, and the charts without them.

    A chart that stands alone keeps its caption, and so do charts whose captions have no beginning in common.
    """
    shortest = min((chart.caption for chart in charts), key=len, default="")
    if len(charts) < 2 or not all(_begins(chart.caption, shortest) for chart in charts):
        return "", tuple(charts)
    return shortest, tuple(replace(chart, caption=chart.caption[len(shortest) :].lstrip()) for chart in charts)


def _begins(caption: str, sentences: str) -> bool:
    return caption == sentences or caption.startswith(f"{sentences} ")
