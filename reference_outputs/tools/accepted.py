"""Which pairs a tool can take."""

from __future__ import annotations

from collections.abc import Callable

from reference_outputs.pairs import Pair


def any_image(pair: Pair) -> bool:
    """Take images of one size, not volumes."""
    return pair.equal_sizes and not pair.volume


def from_zero(pair: Pair) -> bool:
    """Take images of one size without negative values."""
    return any_image(pair) and float(pair.reference.min()) >= 0


def eight_bits(least_side: int = 11) -> Callable[[Pair], bool]:
    """Take images whose data range is 255 and whose sides have so many pixels."""
    return lambda pair: any_image(pair) and pair.data_range == 255 and min(pair.reference.shape[:2]) >= least_side


def only(*names: str) -> Callable[[Pair], bool]:
    """Take the pairs of these names."""
    return lambda pair: pair.name in names
