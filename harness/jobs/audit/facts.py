"""What the images themselves say about which conventions make sense for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.images import Picture
from srmetrics.errors import RangeError
from srmetrics.prepare.gate import largest_value


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one pair of pages says."""

    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    dtypes: tuple[str, str]
    full_range: float
    """What full white stands for, as told, as the file says, or as the values suggest."""
    guessed: bool
    """True where the range was taken from the values, for want of anything better."""
    factor: float
    """What the candidate's values are multiplied by so as to stand on the reference's scale; mostly 1."""

    @property
    def channels(self) -> tuple[int, int]:
        """Channels of both, without alpha."""
        counts = tuple(1 if len(shape) == 2 else shape[2] for shape in self.shapes)
        return tuple({2: 1, 4: 3}.get(count, count) for count in counts)  # type: ignore[return-value]

    @property
    def has_alpha(self) -> bool:
        """True when one of the two has an alpha channel."""
        return any(len(shape) == 3 and shape[2] in (2, 4) for shape in self.shapes)


@dataclass(frozen=True, slots=True)
class Facts:
    """What all pages say together."""

    full_range: float
    grey: bool
    """Some reference or candidate has one channel."""
    colour: bool
    """Some reference and candidate have three."""
    alpha: bool
    sizes_differ: bool
    deeper: bool
    """Some image is not of 8 bits, so that rounding it to 8 bits changes it."""
    volumes: bool
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True when values stand on a scale of whole numbers, so that Y can be rounded."""
        return not self.deeper or self.full_range in (255.0, 65535.0)


def facts_of_pair(reference: Picture, candidate: Picture, told: float | None) -> PageFacts:
    """Return what a pair says.

    Raises
    ------
    RangeError
        When both hold integers of different depths.
    """
    first, second = reference.pixels, candidate.pixels
    kinds = first.dtype.kind, second.dtype.kind
    if "f" not in kinds and first.dtype != second.dtype:
        raise RangeError(
            "the reference and the candidate have different depths",
            found=f"reference {first.dtype}, candidate {second.dtype}",
            way_out="Save both at one depth",
        )
    known = told if told is not None else reference.data_range
    full = known if known is not None else likely_range(largest_value(first))
    factor = 1.0
    if kinds[1] == "f" and full > 1.0 and likely_range(largest_value(second)) == 1.0 and largest_value(first) > 2.0:
        factor = full
    return PageFacts(
        (first.shape, second.shape), (first.dtype.name, second.dtype.name), float(full), known is None, factor
    )


def likely_range(largest: float) -> float:
    """Return the range that float values up to this most likely have: 1, 255 or 65535."""
    # A little above the range: float outputs overshoot.
    return next((full for full in (1.0, 255.0, 65535.0) if largest <= full * 1.1), float(largest))


def facts_of(pages: Sequence[PageFacts], files: int, notes: Iterable[str] = ()) -> Facts:
    """Gather what all pairs say."""
    said = list(notes)
    ranges = sorted({page.full_range for page in pages})
    if len(ranges) > 1:
        said.append("the images have different data ranges: " + ", ".join(f"{each:g}" for each in ranges))
    if any(page.guessed for page in pages):
        said.append(
            f"the files do not say their data range: {ranges[0]:g} is taken from the references' values "
            "(--data-range tells it)"
        )
    scaled = sum(page.factor != 1.0 for page in pages)
    if scaled:
        said.append(f"{scaled} candidates hold floats up to 1 beside references up to {ranges[0]:g}: multiplied first")
    return Facts(
        full_range=pages[0].full_range,
        grey=any(1 in page.channels for page in pages),
        colour=any(page.channels == (3, 3) for page in pages),
        alpha=any(page.has_alpha for page in pages),
        sizes_differ=any(page.shapes[0][:2] != page.shapes[1][:2] for page in pages),
        deeper=any(np.dtype(name) != np.uint8 for page in pages for name in page.dtypes),
        volumes=len(pages) > files,
        notes=tuple(said),
    )
