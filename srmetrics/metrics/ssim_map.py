"""The map of SSIM, strip by strip, for a whole image or inside a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.compiled import strip_kernel
from srmetrics.errors import SizeError
from srmetrics.metrics.windows import BORDERS, Kernel, filter_strip, window_kernel
from srmetrics.prepare.pair import STRIP_ROWS, Mask, PreparedPair, Rows
from srmetrics.protocol import EvaluationProtocol

CACHED_ROWS = 8
"""Rows that the arithmetic after the filters takes at a time, so that its arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How windows are laid and what their statistics become: the part of a protocol that SSIM itself reads."""

    kernel: Kernel
    edges: str
    sample: bool
    constants: tuple[float, float]
    """C1 and C2: (k range)^2."""
    centre: float
    """A value subtracted from both images, so that variances of bright images do not cancel away."""

    @property
    def radius(self) -> int:
        """Half the window's side."""
        return len(self.kernel) // 2

    @property
    def margin(self) -> int:
        """How far from the image's border the first window's centre lies."""
        return self.radius if self.edges == "valid" else 0

    @property
    def unbias(self) -> float:
        """What turns a variance of the window's pixels into the one asked for."""
        pixels = len(self.kernel) ** 2
        return pixels / (pixels - 1) if self.sample else 1.0


class MapStrip(NamedTuple):
    """Some rows of the map, at the pixels that are centres of windows."""

    start: int
    """The first row's place in the image; columns start at the margin."""
    ssim: NDArray[np.float64]
    """rows x width x channels."""
    contrast: NDArray[np.float64]
    """The contrast-structure term alone, as MS-SSIM needs it."""
    support: NDArray[np.float64] | None
    """rows x width: the window weight that lies inside the mask, where there is one."""


def windows_for(protocol: EvaluationProtocol, data_range: float, centre: float) -> Windows:
    """Return the windows of a protocol."""
    k1, k2 = protocol.k
    return Windows(
        kernel=window_kernel(protocol.window),
        edges=protocol.edges,
        sample=protocol.covariance == "sample",
        constants=((k1 * data_range) ** 2, (k2 * data_range) ** 2),
        centre=centre,
    )


def check_size(shape: tuple[int, int, int], windows: Windows, name: str = "SSIM") -> None:
    """Refuse images that the window does not fit.

    Raises
    ------
    SizeError
        Naming the size found and the size needed.
    """
    least = {"valid": len(windows.kernel), "reflect": windows.radius + 1, "replicate": 1}[windows.edges]
    if min(shape[:2]) < least:
        raise SizeError(
            f"the image is too small for {name}'s window",
            found=f"{shape[1]} x {shape[0]} pixels",
            expected=f"at least {least} pixels each way for a window of {len(windows.kernel)} "
            f"with {windows.edges} edges",
            way_out="Leave ssim out for such images, or crop less",
        )


def channel_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of each channel of a strip, rows x width x channels."""
    rows, _, channels = values.shape
    # Down the rows first: a sum along an axis as short as the channels' is many times slower.
    return np.asarray(values.reshape(rows, -1).sum(axis=0).reshape(-1, channels).sum(axis=0), np.float64)


def map_strips(rows: Rows, windows: Windows, mask: Mask | None = None) -> Iterator[MapStrip]:
    """Yield the SSIM map of two images in strips of rows.

    Parameters
    ----------
    rows : Rows
        The two images. With a mask, its values outside must already be ``windows.centre`` (SelectedRows).
    windows : Windows
        How windows are laid.
    mask : ndarray of bool, optional
        Normalised convolution: every mean and covariance is taken over the window's pixels inside the mask.

    Notes
    -----
    With s and d the sum and the difference of the centred images, the means and variances of s and d give all that
    SSIM needs: 2 mu_x mu_y = (mu_s^2 - mu_d^2) / 2, mu_x^2 + mu_y^2 = (mu_s^2 + mu_d^2) / 2, and the same for
    covariance and variances. Four filters do instead of five.

    References
    ----------
    Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", IEEE Trans. Image Processing 13(4), 2004. https://doi.org/10.1109/TIP.2003.819861
    """
    height, width, channels = rows.shape
    columns = slice(windows.margin, width - windows.margin)
    compiled = strip_kernel()
    if compiled is not None and not compiled.fits(len(windows.kernel), channels):
        compiled = None
    scratch = None if compiled is None else compiled.scratch(len(windows.kernel), channels)
    # Sum, difference and four means lie in the same memory for every strip: fresh memory costs a thread more than
    # the arithmetic does.
    memory = np.empty((6 if compiled is None else 2, min(STRIP_ROWS, height) + 2 * windows.radius, width, channels))
    for start in range(windows.margin, height - windows.margin, STRIP_ROWS):
        stop = min(start + STRIP_ROWS, height - windows.margin)
        around = max(0, start - windows.radius), min(height, stop + windows.radius)
        total, difference = (
            _halo(strip, start, stop, height, windows) for strip in _sum_and_difference(rows, *around, memory)
        )
        weight = None
        if mask is not None:
            inside = mask[max(0, start - windows.radius) : stop + windows.radius].astype(np.float64)[:, :, None]
            support = _means(_halo(inside, start, stop, height, windows), windows, columns)
            # Where no pixel of the window is inside, nothing is read from the map: any divisor does.
            weight = np.where(support > 0, support, 1.0)
        if compiled is None or scratch is None:
            ssim, contrast = _similarity((total, difference), windows, columns, weight, memory)
        else:
            ssim, contrast = compiled.similarity(
                _bordered(total, windows),
                _bordered(difference, windows),
                windows.kernel,
                weight,
                (2.0 * windows.centre, *(2.0 * constant for constant in windows.constants), windows.unbias),
                width * channels // 4 * 4 - windows.margin * channels,
                scratch,
            )
        yield MapStrip(start, ssim, contrast, None if mask is None else support[:, :, 0])


def _sum_and_difference(
    rows: Rows, start: int, stop: int, memory: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    total, difference = memory[0, : stop - start], memory[1, : stop - start]
    if isinstance(rows, PreparedPair) and rows.scored_as_bytes:
        # Straight from bytes: exact, and several times quicker than by way of two float copies.
        first, second = (np.ascontiguousarray(image[start:stop]).reshape(stop - start, -1) for image in rows.stored)
        cv2.add(first, second, dst=total.reshape(first.shape), dtype=cv2.CV_64F)
        cv2.subtract(first, second, dst=difference.reshape(first.shape), dtype=cv2.CV_64F)
    else:
        reference, candidate = rows.rows(start, stop)
        np.add(reference, candidate, out=total)
        np.subtract(reference, candidate, out=difference)
    return total, difference


def _halo(strip: NDArray[np.float64], start: int, stop: int, height: int, windows: Windows) -> NDArray[np.float64]:
    above = max(0, windows.radius - start)
    below = max(0, stop + windows.radius - height)
    if above == 0 and below == 0:
        return strip
    padded = cv2.copyMakeBorder(strip, above, below, 0, 0, BORDERS[windows.edges])
    return np.asarray(padded, np.float64).reshape(-1, *strip.shape[1:])


def _bordered(strip: NDArray[np.float64], windows: Windows) -> NDArray[np.float64]:
    """Return a strip with half a window more on the left and right, where windows reach beyond the image."""
    if windows.edges == "valid":
        return strip
    padded = cv2.copyMakeBorder(strip, 0, 0, windows.radius, windows.radius, BORDERS[windows.edges])
    return np.asarray(padded, np.float64).reshape(len(strip), -1, strip.shape[2])


def _means(
    strip: NDArray[np.float64], windows: Windows, columns: slice, memory: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    out = None if memory is None else memory[: len(strip)]
    return filter_strip(strip, windows.kernel, BORDERS[windows.edges], out)[:, columns]


def _similarity(
    strips: tuple[NDArray[np.float64], NDArray[np.float64]],
    windows: Windows,
    columns: slice,
    weight: NDArray[np.float64] | None,
    memory: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    total, difference = strips
    total -= 2.0 * windows.centre
    means = [_means(plane, windows, columns, memory[2 + place]) for place, plane in enumerate(strips)]
    np.square(total, out=total)
    np.square(difference, out=difference)
    means += [_means(plane, windows, columns, memory[4 + place]) for place, plane in enumerate(strips)]
    if weight is not None:
        for mean in means:
            mean /= weight
    ssim, contrast = np.empty(means[0].shape), np.empty(means[0].shape)
    # With k of 0 a flat window is 0 / 0: NaN, which the one who reads it answers for.
    with np.errstate(invalid="ignore", divide="ignore"):
        for row in range(0, len(ssim), CACHED_ROWS):
            rows = slice(row, row + CACHED_ROWS)
            _combine([mean[rows] for mean in means], windows, ssim[rows], contrast[rows])
    return ssim, contrast


def _combine(
    means: list[NDArray[np.float64]],
    windows: Windows,
    luminance: NDArray[np.float64],
    contrast: NDArray[np.float64],
) -> None:
    """Fill the SSIM map and its contrast term from the four window means, which are used up."""
    c1, c2 = (2.0 * constant for constant in windows.constants)
    sum_mean, difference_mean, sum_variance, difference_variance = means
    sum_variance -= np.square(sum_mean, out=luminance)
    difference_squared = np.square(difference_mean, out=difference_mean)
    difference_variance -= difference_squared
    if windows.sample:
        sum_variance *= windows.unbias
        difference_variance *= windows.unbias
    sum_variance += c2
    np.subtract(sum_variance, difference_variance, out=contrast)
    sum_variance += difference_variance
    contrast /= sum_variance
    sum_mean += 2.0 * windows.centre
    square = np.square(sum_mean, out=sum_mean)
    square += c1
    np.subtract(square, difference_squared, out=luminance)
    square += difference_squared
    luminance /= square
    luminance *= contrast
