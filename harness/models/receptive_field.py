"""How far a network sees: how many input pixels around an output pixel can change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.models.upscaler import SizeNeeds

Run: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Makes (h * scale, w * scale, C) of (h, w, C), in the network's own range."""

_LENGTHS = (64, 256)
_NEGLIGIBLE = 1e-6  # of the span between black and white: a four-thousandth of a grey level of 255


def radius_by_nan(run: Run, channels: int, scale: int, size: SizeNeeds) -> int | None:
    """Find how far a torch network sees, by following one NaN through it.

    Convolutions, attention and pooling pass NaN on to all that depends on it, whatever the weights are, so that the
    answer holds for every image. It is looked for along strips, which are cheap.

    Parameters
    ----------
    run : callable
        The network.
    channels : int
        How many channels go in.
    scale : int
        Output over input size.
    size : SizeNeeds
        Which sizes go in.

    Returns
    -------
    int or None
        In input pixels; None where it is more than about a hundred, or the whole image (channel attention).
    """
    radii = []
    for axis in (0, 1):
        found = None
        for strip, first in _strips(channels, size, axis):
            pixels = slice(first, first + size.multiple)
            strip[(pixels if axis == 0 else slice(None), slice(None) if axis == 0 else pixels)] = np.nan
            lines = np.flatnonzero(np.isnan(run(strip)).any(axis=(1 - axis, 2)))
            if len(lines) == 0:
                return None  # something swallows NaN: nothing can be said
            low, high = int(lines[0]) // scale, int(lines[-1]) // scale
            if low > 0 and high < strip.shape[axis] - 1:
                found = max(pixels.start - low, high - pixels.stop + 1)
                break
        if found is None:
            return None
        radii.append(found)
    return max(radii)


def radius_by_change(
    run: Run, channels: int, scale: int, size: SizeNeeds, value_range: tuple[float, float]
) -> int | None:
    """Find how far a network sees, by changing one half of random images and looking how far the other half changes.

    For networks that run where NaN is not passed on. A change below a millionth of the range does not count.

    Parameters
    ----------
    run, channels, scale, size
        As for `radius_by_nan`.
    value_range : (float, float)
        Black and white inside the network.
    """
    rng = np.random.RandomState(0)
    low, high = value_range
    radii = []
    for axis in (0, 1):
        found = None
        for strip, middle in _strips(channels, size, axis):
            kept, other = ((low + (high - low) * rng.random_sample(strip.shape)).astype(np.float32) for _ in range(2))
            before = np.arange(strip.shape[axis]).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1)) < middle
            plain = run(kept)
            changed = [
                np.flatnonzero((np.abs(run(mixed) - plain) > _NEGLIGIBLE * (high - low)).any(axis=(1 - axis, 2)))
                // scale
                for mixed in (np.where(before, other, kept), np.where(before, kept, other))
            ]
            if not all(map(len, changed)):
                return None  # its output does not depend on its input: nothing can be said
            reach = max(int(changed[0].max()) - middle + 1, middle - int(changed[1].min()))
            if reach < min(middle, strip.shape[axis] - middle):
                found = max(reach, 0)
                break
        if found is None:
            return None
        radii.append(found)
    return max(radii)


def _strips(channels: int, size: SizeNeeds, axis: int) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yield grey strips along an axis, longer and longer, each with the first pixel of a block at its middle."""
    for length in _LENGTHS:
        thickness = _rounded_up(size.minimum, size.multiple)
        long = _rounded_up(max(length, size.minimum), size.multiple)
        shape = size.fixed or ((long, thickness) if axis == 0 else (thickness, long))
        yield np.full((*shape, channels), 0.5, np.float32), shape[axis] // 2 // size.multiple * size.multiple
        if size.fixed is not None:
            return


def _rounded_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple
