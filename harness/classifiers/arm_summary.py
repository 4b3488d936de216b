"""What a leaderboard shows of one arm: each metric's mean over the repeats, its interval, its spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.classifiers.comparisons import PER_IMAGE, image_values
from harness.classifiers.metrics import METRICS, score_block
from harness.classifiers.predictions import Block
from harness.classifiers.set_intervals import set_intervals
from harness.statistics import Average, Interval, summarise


@dataclass(frozen=True, slots=True)
class ArmMetric:
    """One metric of one arm."""

    value: float
    """Accuracy and loss: the mean over images of each one's mean over the repeats that tested it. The others: the
    mean over repeats. NaN with a `note`."""
    interval: Interval
    """95 % interval of `value` over units, for the classifiers as trained."""
    repeat_sd: float
    """Standard deviation of the metric over repeats: of split and training. NaN with fewer than two."""
    n_repeats: int
    """Repeats in which the metric has a value."""
    note: str
    """What the metric's notes say in its repeats; empty for nothing."""


def summarise_arm(blocks: Sequence[Block], *, average: Average = "image", seed: int = 0) -> dict[str, ArmMetric]:
    """Summarise the test blocks of one arm, one per repeat.

    Parameters
    ----------
    blocks : sequence of Block
        Of one classifier, mode and arm.
    average : {"image", "group"}, optional
        What the means of accuracy and loss weigh equally; the other metrics are of all images.
    seed : int, optional
        Of the intervals' draws.

    Returns
    -------
    dict of str to ArmMetric
        One per metric of ``METRICS``.
    """
    ordered = sorted(blocks, key=lambda block: block.repeat)
    scores = [score_block(block) for block in ordered]
    of_sets = set_intervals(ordered, seed=seed)
    found = {}
    for metric in METRICS:
        values = [score.values[metric] for score in scores]
        valued = [value for value in values if not math.isnan(value)]
        if metric in PER_IMAGE:
            image = image_values(ordered, metric)
            (column,) = image.by_arm.values()
            summary = summarise(column, image.groups, average=average, seed=seed)
            value, interval = summary.mean, summary.interval
        else:
            value = math.fsum(valued) / len(valued) if valued else math.nan
            interval = of_sets[metric]
        notes = {score.notes[metric]: None for score in scores if metric in score.notes}
        found[metric] = ArmMetric(value, interval, _spread(valued), len(valued), "; ".join(notes))
    return found


def _spread(values: list[float]) -> float:
    if len(values) < 2:
        return math.nan
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
