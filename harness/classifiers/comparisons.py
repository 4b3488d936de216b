"""Arms against each other: flips, recovered fraction, McNemar per repeat, and tests across repeats.

Everything here is about the blocks of one classifier and one mode: `family` picks them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.metrics import ACCURACY, LOSS, higher_is_better
from harness.classifiers.predictions import TEST, Block, Mode
from harness.statistics import (
    Average,
    McNemar,
    Recovered,
    Standing,
    mcnemar_exact,
    recovered_fraction,
    versus_baseline,
    versus_best,
)
from srmetrics.errors import ClassifierError

PER_IMAGE: dict[str, Callable[[Block], NDArray[np.float64]]] = {
    LOSS: lambda block: block.losses,
    ACCURACY: lambda block: block.correct,
}
"""The metrics that are means over images, and so can be tested: what each image adds."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How an arm's predictions differ from HR's on the same test images of one repeat."""

    arm: str
    repeat: int
    n_images: int
    n_lost: int
    """Right in HR, wrong in the arm."""
    n_gained: int
    """Wrong in HR, right in the arm."""
    n_other: int
    """Wrong in both, in different ways."""

    @property
    def n_flips(self) -> int:
        """Images that are predicted otherwise than in HR."""
        return self.n_lost + self.n_gained + self.n_other


@dataclass(frozen=True, slots=True, eq=False)
class ImageValues:
    """One number per image and arm: its mean over the repeats that tested the image."""

    keys: tuple[str, ...]
    """In sorted order."""
    groups: tuple[str, ...]
    by_arm: Mapping[str, NDArray[np.float64]]
    """NaN where no repeat tested the image in the arm."""


Blocks: TypeAlias = Sequence[Block]


def family(blocks: Blocks, classifier: str, mode: Mode) -> list[Block]:
    """Return the test blocks of one classifier in one mode."""
    return [block for block in blocks if block.classifier == classifier and block.mode == mode and block.split == TEST]


def image_values(blocks: Blocks, metric: str = ACCURACY) -> ImageValues:
    """Average what each image adds to a metric over the repeats that tested it.

    Parameters
    ----------
    blocks : sequence of Block
        Of one family.
    metric : {"accuracy", "loss"}, optional

    Raises
    ------
    ClassifierError
        When the metric is no mean over images.
    """
    if metric not in PER_IMAGE:
        raise ClassifierError(
            "the metric is no mean over images", found=repr(metric), expected=" or ".join(map(repr, PER_IMAGE))
        )
    group_of: dict[str, str] = {}
    values: dict[str, dict[str, list[float]]] = {}
    for block in blocks:
        group_of.update(zip(block.keys, block.groups, strict=True))
        per_image = values.setdefault(block.arm, {})
        for key, value in zip(block.keys, PER_IMAGE[metric](block).tolist(), strict=True):
            per_image.setdefault(key, []).append(value)
    keys = tuple(sorted(group_of))
    by_arm = {
        arm: np.array([_mean(per_image.get(key, ())) for key in keys], dtype=np.float64)
        for arm, per_image in values.items()
    }
    return ImageValues(keys, tuple(group_of[key] for key in keys), by_arm)


def flips_against(blocks: Blocks, hr: str = "hr") -> list[Flips]:
    """Count, for every arm and repeat, the predictions that differ from HR's; HR itself is left out."""
    by_repeat = {block.repeat: block for block in blocks if block.arm == hr}
    found = []
    for block in blocks:
        if block.arm == hr or block.repeat not in by_repeat:
            continue
        first, second = _same_images(by_repeat[block.repeat], block)
        pairs = list(zip(first.predicted, second.predicted, block.labels, strict=True))
        found.append(
            Flips(
                arm=block.arm,
                repeat=block.repeat,
                n_images=len(pairs),
                n_lost=sum(a == true != b for a, b, true in pairs),
                n_gained=sum(b == true != a for a, b, true in pairs),
                n_other=sum(a != b and true not in (a, b) for a, b, true in pairs),
            )
        )
    return found


def mcnemar_per_repeat(blocks: Blocks, arm_a: str, arm_b: str) -> dict[int, McNemar]:
    """Test two arms in each repeat by itself: repeats test the same images again, and are never pooled.

    Blank, with its reason, where images share groups.
    """
    first = {block.repeat: block for block in blocks if block.arm == arm_a}
    second = {block.repeat: block for block in blocks if block.arm == arm_b}
    tests = {}
    for repeat in sorted(first.keys() & second.keys()):
        a, b = _same_images(first[repeat], second[repeat])
        tests[repeat] = mcnemar_exact(a.correct, b.correct, a.groups)
    return tests


def recovered_by_arm(
    blocks: Blocks, *, lr: str = "lr", hr: str = "hr", average: Average = "image", seed: int = 0
) -> dict[str, Recovered]:
    """Return, for every arm but the two, what share of the accuracy lost from HR to LR it gives back."""
    values = image_values(blocks)
    if lr not in values.by_arm or hr not in values.by_arm:
        return {}
    return {
        arm: recovered_fraction(column, values.by_arm[lr], values.by_arm[hr], values.groups, average=average, seed=seed)
        for arm, column in values.by_arm.items()
        if arm not in (lr, hr)
    }


def compare_arms(
    blocks: Blocks,
    metric: str = ACCURACY,
    *,
    baseline: str | None = None,
    average: Average = "image",
    seed: int = 0,
) -> dict[str, Standing]:
    """Rank the arms and test each against the best, or against a baseline: sign-flip over units, all repeats.

    Parameters
    ----------
    blocks : sequence of Block
        Of one family.
    metric : {"accuracy", "loss"}, optional
        The metrics that are means over images; the others have no paired test.
    baseline : str, optional
        An arm; without it the best is compared with.
    average : {"image", "group"}, optional
        What the means weigh equally.
    seed : int, optional
        Of the draws.
    """
    values = image_values(blocks, metric)
    higher = higher_is_better(metric)
    if baseline is None:
        return versus_best(
            values.by_arm, values.groups, higher_is_better=higher, average=average, metric=metric, seed=seed
        )
    return versus_baseline(
        values.by_arm, baseline, values.groups, higher_is_better=higher, average=average, metric=metric, seed=seed
    )


def _same_images(first: Block, second: Block) -> tuple[Block, Block]:
    if first.keys != second.keys:
        raise ClassifierError(
            f"two arms were not tested on the same images in repeat {first.repeat}",
            found=f"{first.arm!r} on {len(first.keys)} and {second.arm!r} on {len(second.keys)}",
            expected="the same split for all arms",
        )
    return first, second


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan
