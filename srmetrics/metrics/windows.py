"""SSIM's windows: their weights, and separable filtering without running sums."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.fields import window_sigma, window_size

Kernel = NDArray[np.float64]
"""The weights along one axis; they sum to one and the window is their outer product."""

BORDERS = {
    "valid": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
}
"""How each kind of edges is padded; under ``valid`` what the padding touches is cut off."""


def window_kernel(window: str) -> Kernel:
    """Return the one-dimensional weights of a window, summing to one."""
    size, sigma = window_size(window), window_sigma(window)
    if sigma is None:
        return np.full(size, 1.0 / size)
    positions = np.arange(size) - size // 2
    weights = np.exp(-(positions**2) / (2.0 * sigma**2))
    return np.asarray(weights / weights.sum(), np.float64)


def filter_strip(
    strip: NDArray[np.float64], kernel: Kernel, border: int, out: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return window means at the rows whose windows lie inside the strip.

    Parameters
    ----------
    strip : ndarray
        rows x width x channels, with ``len(kernel) // 2`` rows above and below those that are wanted.
    kernel : ndarray
        One-dimensional weights.
    border : int
        OpenCV's border rule, for the columns.
    out : ndarray, optional
        Memory of the strip's size that the result may lie in.

    Notes
    -----
    Each output is a fixed sum of its own window's values: a value outside a window cannot change it by one bit, as
    it could through the running sums of a box filter.
    """
    radius = len(kernel) // 2
    plain = strip[:, :, 0] if strip.shape[2] == 1 else strip
    memory = None if out is None else out.reshape(plain.shape)
    filtered = cv2.sepFilter2D(plain, cv2.CV_64F, kernel, kernel, dst=memory, borderType=border)
    return np.asarray(filtered, np.float64).reshape(strip.shape)[radius : strip.shape[0] - radius]
