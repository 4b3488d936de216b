"""Where methods differ most: the crops that a figure shows when it is not told any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.figures.crop import Crop

PROPOSALS = 3
"""Crops that are proposed."""

SHARE, LEAST, MOST = 6, 24, 128
"""A proposed crop's side: this part of the shorter side of the image, in pixels from the least to the most."""


def proposed_side(height: int, width: int, multiple: int = 1) -> int:
    """Return the side of the crops to propose for an image of a size, a multiple of ``multiple``."""
    side = min(max(min(height, width) // SHARE, LEAST), MOST, height, width)
    return max(multiple, side - side % multiple)


def propose_crops(
    reference: NDArray[np.uint8],
    candidates: Sequence[NDArray[np.uint8]],
    side: int,
    *,
    border: int = 0,
    multiple: int = 1,
    count: int = PROPOSALS,
) -> list[Crop]:
    """Return the square crops in which the methods' errors differ most, the best first; none overlaps another.

    In every window the root mean square error of each method is taken, and the windows are ranked by the standard
    deviation of these over the methods; with one method by its error itself. Of equal windows the upper, then the
    left one comes first, so that the answer depends on the pixels alone.

    Parameters
    ----------
    reference, candidates : ndarray of uint8
        As shown, H x W or H x W x 3. Where a candidate is smaller, the common part at the top left is looked at.
    side : int
        Of the windows, in pixels.
    border : int
        Pixels along each edge to stay away from, where there is room: what the protocol does not score.
    multiple : int
        Of which the windows' positions are multiples.
    """
    height = min([reference.shape[0], *(one.shape[0] for one in candidates)])
    width = min([reference.shape[1], *(one.shape[1] for one in candidates)])
    if height - 2 * border < side or width - 2 * border < side:
        border = 0
    if height < side or width < side or not candidates:
        return []
    start = -(-border // multiple) * multiple
    step = max(1, side // 8 // multiple) * multiple
    rows = np.arange(start, height - border - side + 1, step)
    columns = np.arange(start, width - border - side + 1, step)
    errors = [_local_error(reference, one, (height, width), side, rows, columns) for one in candidates]
    merit = np.std(errors, axis=0) if len(errors) > 1 else errors[0]
    found: list[Crop] = []
    # Rounded, so that sums that are equal on paper are ties.
    order = np.argsort(-np.round(merit, 9).ravel(), kind="stable")
    for at in order:
        y, x = (int(value) for value in (rows[at // len(columns)], columns[at % len(columns)]))
        if all(abs(x - one.x) >= side or abs(y - one.y) >= side for one in found):
            found.append(Crop(x, y, side, side))
        if len(found) == count:
            break
    return found


def _local_error(
    reference: NDArray[np.uint8],
    candidate: NDArray[np.uint8],
    shape: tuple[int, int],
    side: int,
    rows: NDArray[Any],
    columns: NDArray[Any],
) -> NDArray[np.float64]:
    """Return the root mean square error of a method in the windows that start at these rows and columns."""
    height, width = shape
    first, second = (_channels(image[:height, :width]) for image in (reference, candidate))
    squared = np.square(first.astype(np.float32) - second.astype(np.float32)).mean(axis=2, dtype=np.float64)
    sums = np.zeros((height + 1, width + 1))
    np.cumsum(np.cumsum(squared, axis=0), axis=1, out=sums[1:, 1:])
    top, left = rows[:, None], columns[None, :]
    total = sums[top + side, left + side] - sums[top, left + side] - sums[top + side, left] + sums[top, left]
    return np.asarray(np.sqrt(np.maximum(total, 0.0) / side**2))


def _channels(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return image if image.ndim == 3 else image[:, :, None]
