"""SSIM by its definition: one window after another, each with the two-pass formulas of a textbook.

Slow and plain on purpose, and without a line in common with srmetrics: this is what its results are held to.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PADDING = {"valid": None, "reflect": "reflect", "replicate": "edge"}


class Windows(NamedTuple):
    """What the loop over all windows finds at every pixel; NaN where no window is centred."""

    ssim: NDArray[np.float64]
    contrast: NDArray[np.float64]
    support: NDArray[np.float64]


def gaussian(size: int, sigma: float) -> NDArray[np.float64]:
    """Return the square of Gaussian weights that sum to one, from the distance of each pixel to the centre."""
    rows, columns = np.mgrid[:size, :size] - size // 2
    weights = np.exp(-(rows**2 + columns**2) / (2 * sigma**2))
    return np.asarray(weights / weights.sum())


def uniform(size: int) -> NDArray[np.float64]:
    """Return the square of equal weights."""
    return np.full((size, size), 1 / size**2)


def ssim_windows(
    x: NDArray[Any],
    y: NDArray[Any],
    weights: NDArray[np.float64],
    *,
    data_range: float = 255.0,
    edges: str = "valid",
    sample: bool = False,
    k: tuple[float, float] = (0.01, 0.03),
    mask: NDArray[np.bool_] | None = None,
) -> Windows:
    """Score every window of two H x W images; with a mask, weights outside of it are taken as zero."""
    c1, c2 = (k[0] * data_range) ** 2, (k[1] * data_range) ** 2
    radius = len(weights) // 2
    inside = np.ones(x.shape, np.bool_) if mask is None else mask
    x, y = np.where(inside, x, 0.0).astype(np.float64), np.where(inside, y, 0.0).astype(np.float64)
    mode = PADDING[edges]
    if mode is not None:
        x, y, inside = (np.pad(plane, radius, mode=mode) for plane in (x, y, inside))  # type: ignore[call-overload]
    shift = radius if mode is not None else 0
    height, width = x.shape
    found = Windows(*(np.full((height - 2 * shift, width - 2 * shift), np.nan) for _ in range(3)))
    for row in range(radius, height - radius):
        for column in range(radius, width - radius):
            here = np.s_[row - radius : row + radius + 1, column - radius : column + radius + 1]
            w = weights * inside[here]
            total = w.sum()
            if total == 0:
                continue
            w = w / total
            mean_x, mean_y = (w * x[here]).sum(), (w * y[here]).sum()
            variance_x = (w * (x[here] - mean_x) ** 2).sum()
            variance_y = (w * (y[here] - mean_y) ** 2).sum()
            covariance = (w * (x[here] - mean_x) * (y[here] - mean_y)).sum()
            if sample:
                factor = weights.size / (weights.size - 1)
                variance_x, variance_y, covariance = variance_x * factor, variance_y * factor, covariance * factor
            contrast = (2 * covariance + c2) / (variance_x + variance_y + c2)
            luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
            place = row - shift, column - shift
            found.ssim[place], found.contrast[place] = luminance * contrast, contrast
            found.support[place] = total
    return found


def windows_inside(mask: NDArray[np.bool_], size: int, edges: str = "valid") -> NDArray[np.bool_]:
    """Return the pixels at which a window of this size is centred that lies wholly inside a mask."""
    radius, mode = size // 2, PADDING[edges]
    padded = mask if mode is None else np.pad(mask, radius, mode=mode)  # type: ignore[call-overload]
    shift = radius if mode is not None else 0
    found = np.zeros(mask.shape, np.bool_)
    for row in range(radius, padded.shape[0] - radius):
        for column in range(radius, padded.shape[1] - radius):
            window = padded[row - radius : row + radius + 1, column - radius : column + radius + 1]
            found[row - shift, column - shift] = window.all()
    return found


def box_subsampled(image: NDArray[Any], factor: int) -> NDArray[np.float64]:
    """Return ``imfilter(image, ones(f) / f^2, 'symmetric')`` at every f-th pixel of an H x W image, as ssim.m does."""
    # MATLAB centres an even filter on floor((f + 1) / 2), counted from 1.
    before = (factor + 1) // 2 - 1
    after = factor - 1 - before
    padded = np.pad(image, ((before, after), (before, after)), mode="symmetric")
    rows, columns = range(0, image.shape[0], factor), range(0, image.shape[1], factor)
    return np.array(
        [[padded[row : row + factor, column : column + factor].mean() for column in columns] for row in rows]
    )
