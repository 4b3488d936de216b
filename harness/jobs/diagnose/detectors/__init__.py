"""The detectors, and how what they saw is told: one row a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.jobs.diagnose.detectors import (
    channels,
    clipped,
    depth,
    displaced,
    duplicates,
    files,
    identical,
    interpolated,
    lossy,
    mispaired,
    orientation,
    permuted,
    sizes,
    stretched,
    tone,
    values,
)
from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.words import Totals


def one_group(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Tell all observations of a method together."""
    return [list(observations)]


def by_likeness(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Tell together what is alike."""
    groups: dict[str, list[Observation]] = {}
    for one in observations:
        groups.setdefault(one.alike, []).append(one)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class Kind:
    """How observations of one kind become findings."""

    tell: Callable[[Sequence[Observation], Totals], Finding]
    gather: Callable[[Sequence[Observation]], list[list[Observation]]] = by_likeness


KINDS: dict[str, Kind] = {
    "unreadable": Kind(files.tell_unreadable),
    "unclear": Kind(files.tell_unclear),
    "slices-differ": Kind(files.tell_slices, one_group),
    "missing": Kind(files.tell_missing),
    "extra": Kind(files.tell_extra),
    "not-finite": Kind(values.tell_not_finite),
    "constant": Kind(values.tell_constant, one_group),
    "identical": Kind(identical.tell),
    "mispaired": Kind(mispaired.tell_mispaired, one_group),
    "unrelated": Kind(mispaired.tell_unrelated),
    "low-resolution": Kind(sizes.tell_low),
    "too-large": Kind(sizes.tell_large),
    "modcrop": Kind(sizes.tell_modcrop),
    "cropped": Kind(sizes.tell_cropped),
    "padded": Kind(sizes.tell_padded),
    "size": Kind(sizes.tell_size),
    "orientation": Kind(orientation.tell),
    "channels-permuted": Kind(permuted.tell),
    "channels-differ": Kind(channels.tell_differ),
    "depths-differ": Kind(depth.tell_depths),
    "ranges-differ": Kind(depth.tell_ranges),
    "unused-depth": Kind(depth.tell_unused),
    "tone": Kind(tone.tell, tone.gathered),
    "shifted": Kind(displaced.tell, displaced.gathered),
    "stretched": Kind(stretched.tell, one_group),
    "clipped": Kind(clipped.tell_clipped),
    "beyond-range": Kind(clipped.tell_beyond),
    "alpha": Kind(channels.tell_alpha),
    "depths-mixed": Kind(depth.tell_mixed),
    "channels-mixed": Kind(channels.tell_mixed),
    "duplicate": Kind(duplicates.tell, one_group),
    "lossy-file": Kind(lossy.tell_file),
    "jpeg-traces": Kind(lossy.tell_traces, one_group),
    "upscaled": Kind(interpolated.tell),
}
"""Every kind of finding, in the order in which those of one severity are told."""
