"""The order of work on one pair: which windows are laid on which reading of it, and what is taken from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from harness.jobs.audit.rules import PsnrRule, Reading, SsimRule
from harness.jobs.audit.space import Space

Pixels = NDArray[Any]
Change = Callable[[Pixels, Pixels], tuple[Pixels, Pixels]]
"""What is done to the stored images before anything else, to test a suspicion."""


@dataclass(slots=True)
class WindowWork:
    """All that is taken from one window on one reading, before or after one way of shrinking."""

    rules: list[tuple[int, SsimRule]] = field(default_factory=list)
    """Places in the table, and their rules."""

    @property
    def variants(self) -> list[tuple[str, str, str, tuple[float, float]]]:
        """Pooling, range, covariance and K, each combination once."""
        return list(dict.fromkeys(variant_of(rule) for _, rule in self.rules))

    @property
    def crops(self) -> list[int]:
        """The crops, each once."""
        return sorted({rule.crop for _, rule in self.rules})


def variant_of(rule: SsimRule) -> tuple[str, str, str, tuple[float, float]]:
    """Return what is done with the windows' means."""
    return rule.pooling, rule.range, rule.covariance, rule.k


@dataclass(slots=True)
class ReadingWork:
    """All that is taken from one reading."""

    psnr: list[tuple[int, PsnrRule]] = field(default_factory=list)
    ssim: dict[tuple[str, str], WindowWork] = field(default_factory=dict)
    """By downsampling and window."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A space, sorted by what can be shared."""

    space: Space
    readings: dict[Reading, ReadingWork]
    twins: dict[int, int]
    """For rules that shrink: the place of the same rule that does not, whose value a small image takes."""
    data_range: float | None = None
    scale: int | None = None
    change: Change | None = None


def plan_for(
    space: Space, data_range: float | None = None, scale: int | None = None, change: Change | None = None
) -> Plan:
    """Return the order of work for a space."""
    readings: dict[Reading, ReadingWork] = {}
    for place, psnr in enumerate(space.psnr):
        readings.setdefault(psnr.reading, ReadingWork()).psnr.append((place, psnr))
    # Without downsampling first: a small image takes its values from there.
    order = sorted(enumerate(space.ssim), key=lambda one: one[1].downsample != "none")
    for place, ssim in order:
        work = readings.setdefault(ssim.reading, ReadingWork()).ssim
        work.setdefault((ssim.downsample, ssim.window), WindowWork()).rules.append((place, ssim))
    places = {rule: place for place, rule in enumerate(space.ssim)}
    twins = {
        place: places[plain]
        for place, rule in enumerate(space.ssim)
        if rule.downsample != "none" and (plain := rule._replace(downsample="none")) in places
    }
    return Plan(space, readings, twins, data_range, scale, change)
