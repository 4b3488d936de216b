"""The blur kernels of practical degradation models: square, odd-sized, summing to one.

All but the sinc filter are functions of one quadratic form, ``q = x' S^-1 x``, where ``S`` is the covariance
with standard deviations ``sigma_x`` and ``sigma_y`` along axes turned by ``rotation``: ``exp(-q/2)`` for the
Gaussian, ``exp(-q^beta/2)`` for the generalised Gaussian, ``1/(1+q^beta)`` for the plateau. An isotropic
kernel is the one with equal deviations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from srmetrics.errors import StepError

Kernel = NDArray[np.float64]


def gaussian(size: int, sigma_x: float, sigma_y: float | None = None, rotation: float = 0.0) -> Kernel:
    """Make a Gaussian kernel.

    Parameters
    ----------
    size : int
        Side in pixels, odd.
    sigma_x : float
        Standard deviation along the first axis, in pixels.
    sigma_y : float, optional
        Standard deviation along the second axis; equal to ``sigma_x`` if not given (isotropic).
    rotation : float
        Angle of the first axis against the rows' direction, in radians.

    Returns
    -------
    ndarray, (size, size), float64
        The kernel, summing to one.

    Raises
    ------
    StepError
        If the size is not odd and positive or a deviation is not positive.

    Examples
    --------
    >>> gaussian(3, 0.5).round(4)
    array([[0.0113, 0.0838, 0.0113],
           [0.0838, 0.6193, 0.0838],
           [0.0113, 0.0838, 0.0113]])
    """
    return _normalised(np.exp(-0.5 * _quadratic_form(size, sigma_x, sigma_y, rotation)))


def generalised_gaussian(
    size: int, beta: float, sigma_x: float, sigma_y: float | None = None, rotation: float = 0.0
) -> Kernel:
    """Make a generalised Gaussian kernel: heavier tails for ``beta`` below 1, a flatter top above.

    Parameters
    ----------
    size, sigma_x, sigma_y, rotation
        As for :func:`gaussian`.
    beta : float
        Shape, positive; 1 gives the Gaussian.

    Returns
    -------
    ndarray, (size, size), float64
        The kernel, summing to one.

    Raises
    ------
    StepError
        If the size is not odd and positive, or a deviation or the shape is not positive.

    References
    ----------
    F. Pascal, L. Bombrun, J.-Y. Tourneret, Y. Berthoumieu, "Parameter estimation for multivariate generalized
    Gaussian distributions", IEEE TSP 61(23), 2013.
    """
    _check_positive("beta", beta)
    return _normalised(np.exp(-0.5 * np.power(_quadratic_form(size, sigma_x, sigma_y, rotation), beta)))


def plateau(size: int, beta: float, sigma_x: float, sigma_y: float | None = None, rotation: float = 0.0) -> Kernel:
    """Make a plateau-shaped kernel, ``1/(1+q^beta)``.

    Parameters
    ----------
    size, sigma_x, sigma_y, rotation
        As for :func:`gaussian`.
    beta : float
        Shape, positive; the larger, the steeper the plateau's edge.

    Returns
    -------
    ndarray, (size, size), float64
        The kernel, summing to one.

    Raises
    ------
    StepError
        If the size is not odd and positive, or a deviation or the shape is not positive.

    References
    ----------
    X. Wang, L. Xie, C. Dong, Y. Shan, "Real-ESRGAN: training real-world blind super-resolution with pure
    synthetic data", ICCV Workshops 2021, section 3.1.
    """
    _check_positive("beta", beta)
    return _normalised(1.0 / (np.power(_quadratic_form(size, sigma_x, sigma_y, rotation), beta) + 1.0))


def sinc(size: int, cutoff: float) -> Kernel:
    """Make a circularly symmetric ideal low-pass filter, which rings as over-sharpened images do.

    Parameters
    ----------
    size : int
        Side in pixels, odd.
    cutoff : float
        Cutoff frequency in radians per pixel, above 0, at most pi.

    Returns
    -------
    ndarray, (size, size), float64
        The kernel, summing to one; some of its values are negative.

    Raises
    ------
    StepError
        If the size is not odd and positive or the cutoff is outside its range.

    References
    ----------
    Real-ESRGAN (see :func:`plateau`), equation 6: ``cutoff * J1(cutoff*r) / (2*pi*r)``.
    """
    if not 0 < cutoff <= math.pi:
        raise StepError(
            "the cutoff of a sinc filter is out of range",
            found=cutoff,
            expected="radians per pixel, above 0 and at most pi",
        )
    offsets = _offsets(size)
    radius = np.hypot(offsets[:, None], offsets[None, :])
    centre = size // 2
    radius[centre, centre] = 1.0  # the limit at r = 0 is set below
    values = cutoff * special.j1(cutoff * radius) / (2 * np.pi * radius)
    values[centre, centre] = cutoff**2 / (4 * np.pi)
    return _normalised(values)


def gaussian_row(size: int, sigma: float) -> NDArray[np.float64]:
    """Make the one-dimensional Gaussian whose outer product with itself is ``gaussian(size, sigma)``.

    Parameters
    ----------
    size : int
        Length in pixels, odd.
    sigma : float
        Standard deviation in pixels, positive.

    Returns
    -------
    ndarray, (size,), float64
        The row, summing to one.
    """
    _check_positive("sigma", sigma)
    row = np.exp(-0.5 * (_offsets(size) / sigma) ** 2)
    return np.asarray(row / row.sum(), dtype=np.float64)


def _quadratic_form(size: int, sigma_x: float, sigma_y: float | None, rotation: float) -> NDArray[np.float64]:
    """Evaluate ``x' S^-1 x`` on the pixel grid, x being (column, row) from the centre."""
    _check_positive("sigma_x", sigma_x)
    offsets = _offsets(size)
    across, down = offsets[None, :], offsets[:, None]
    if sigma_y is None:
        return np.asarray((across**2 + down**2) / sigma_x**2, dtype=np.float64)
    _check_positive("sigma_y", sigma_y)
    along = math.cos(rotation) * across + math.sin(rotation) * down
    aside = math.cos(rotation) * down - math.sin(rotation) * across
    return np.asarray((along / sigma_x) ** 2 + (aside / sigma_y) ** 2, dtype=np.float64)


def _offsets(size: int) -> NDArray[np.float64]:
    if size < 1 or size % 2 == 0:
        raise StepError("the size of a blur kernel is wrong", found=size, expected="an odd number of pixels")
    return np.arange(size, dtype=np.float64) - size // 2


def _normalised(values: NDArray[np.float64]) -> Kernel:
    return np.asarray(values / values.sum(), dtype=np.float64)


def _check_positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise StepError(f"{name} of a blur kernel is out of range", found=value, expected="a number above 0")
