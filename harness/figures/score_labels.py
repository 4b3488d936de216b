"""The scores under the panels of a figure: as text, the best one marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.citation.metric_name import metric_name
from harness.leaderboard.decimals import decimals_for
from srmetrics.metrics import find_metric

DECIMALS = {"psnr": 2, "mse": 2, "rmse": 2, "mae": 2}
"""Decimals of metrics that are not near 1; the others have four."""


@dataclass(frozen=True, slots=True)
class ScoreLabel:
    """One score as a figure shows it."""

    text: str
    best: bool = False


def score_labels(
    scores: Mapping[str, Mapping[str, float]], metrics: Sequence[str], compared: Sequence[str]
) -> dict[str, tuple[ScoreLabel, ...]]:
    """Return the labels of each method's scores, in the order of the metrics.

    Parameters
    ----------
    scores : mapping of method to mapping of metric to float
        NaN, or nothing, where there is none.
    metrics : sequence of str
    compared : sequence of str
        The methods of which one is best; several are best where they read alike.
    """
    decimals = {
        metric: decimals_for(metric, [own.get(metric, math.nan) for own in scores.values()], DECIMALS.get(metric, 4))
        for metric in metrics
    }
    best = {
        metric: _best([scores[method].get(metric, math.nan) for method in compared], metric, decimals[metric])
        for metric in metrics
    }
    several = len(compared) > 1
    labels = {}
    for method, own in scores.items():
        texts = [score_text(own.get(metric, math.nan), decimals[metric]) for metric in metrics]
        labels[method] = tuple(
            ScoreLabel(text, several and method in compared and text != "-" and text == best[metric])
            for metric, text in zip(metrics, texts, strict=True)
        )
    return labels


def score_text(value: float, decimals: int) -> str:
    """Return a score as a figure shows it."""
    if math.isnan(value):
        return "-"
    return "inf" if math.isinf(value) else f"{value:.{decimals}f}"


def metric_label(metric: str, *, arrow: bool) -> str:
    """Return what a metric is called in a figure, with an arrow to its better end if asked for."""
    name = metric_name(metric)
    if not arrow:
        return name
    return name + ("↑" if find_metric(metric).higher_is_better else "↓")


def metric_labels(metrics: Sequence[str]) -> tuple[str, ...]:
    """Return what metrics are called; with arrows where one of them is better when lower."""
    arrow = any(not find_metric(metric).higher_is_better for metric in metrics)
    return tuple(metric_label(metric, arrow=arrow) for metric in metrics)


def _best(values: Sequence[float], metric: str, decimals: int) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ""
    best = max(known) if find_metric(metric).higher_is_better else min(known)
    return score_text(best, decimals)
