"""The front doors for one number: ``srmetrics.psnr(reference, candidate)`` and its siblings, and the maps."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from srmetrics.evaluate import evaluate
from srmetrics.metrics.ssim import ssim_map_array
from srmetrics.prepare.pair import STRIP_ROWS, prepare_pair
from srmetrics.presets import find_protocol
from srmetrics.protocol import EvaluationProtocol


class SrmetricsWarning(UserWarning):
    """Something that a reader of the number has to know: an unlikely range, an empty or a sparse region."""


def psnr(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
) -> float:
    """Return the peak signal-to-noise ratio in dB, infinite for identical images.

    Parameters
    ----------
    reference, candidate : array_like
        H x W or H x W x C, RGB order, integers or floats.
    protocol : str or EvaluationProtocol
        A preset's name, a signature, or a protocol.
    scale : int, optional
        The factor of super-resolution, for protocols whose crop depends on it.
    data_range : float, optional
        What the largest possible value stands for; uint8 and uint16 know theirs.
    mask : array_like, optional
        H x W, non-zero inside: the mean squared error runs over these pixels only.

    Raises
    ------
    SrmetricsError
        When the pair cannot be scored; the message names the way out.

    Examples
    --------
    >>> import numpy as np
    >>> reference = np.zeros((16, 16), np.uint8)
    >>> round(psnr(reference, reference + 255), 6)
    0.0
    """
    return _one("psnr", reference, candidate, protocol, scale, data_range, mask)


def ssim(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
    masking: str | None = None,
) -> float:
    """Return the structural similarity, 1 for identical images; it may be negative.

    Parameters
    ----------
    reference, candidate, protocol, scale, data_range, mask
        As for `psnr`.
    masking : str, optional
        What a mask means: ``normalised`` (windows use the region's pixels only; the default of every preset),
        ``interior`` (only windows wholly inside), ``map`` (the plain map averaged over the region) or ``zeroed``.

    References
    ----------
    Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", IEEE Trans. Image Processing 13(4), 2004.

    Examples
    --------
    >>> import numpy as np
    >>> reference = np.tile(np.arange(32, dtype=np.uint8) * 8, (32, 1))
    >>> ssim(reference, reference), round(ssim(reference, 255 - reference), 3)
    (1.0, -0.496)
    """
    return _one("ssim", reference, candidate, protocol, scale, data_range, mask, masking)


def ms_ssim(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
) -> float:
    """Return the structural similarity over five scales with the weights of Wang et al. 2003.

    Parameters
    ----------
    reference, candidate, protocol, scale, data_range
        As for `psnr`; both sides of the image need at least 161 pixels for a window of 11.

    References
    ----------
    Z. Wang, E. P. Simoncelli, A. C. Bovik, "Multi-scale structural similarity for image quality assessment", 2003.
    """
    return _one("ms_ssim", reference, candidate, protocol, scale, data_range, None)


def mse(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
) -> float:
    """Return the mean squared error, in squared units of the images. Parameters as for `psnr`."""
    return _one("mse", reference, candidate, protocol, scale, data_range, mask)


def rmse(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
) -> float:
    """Return the root of the mean squared error, in units of the images. Parameters as for `psnr`."""
    return _one("rmse", reference, candidate, protocol, scale, data_range, mask)


def mae(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
) -> float:
    """Return the mean absolute error, in units of the images. Parameters as for `psnr`."""
    return _one("mae", reference, candidate, protocol, scale, data_range, mask)


def nrmse(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
) -> float:
    """Return the root mean squared error over the reference's root mean square. Parameters as for `psnr`."""
    return _one("nrmse", reference, candidate, protocol, scale, data_range, mask)


def ssim_map(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
) -> NDArray[np.float64]:
    """Return SSIM at every window's centre, H' x W' or H' x W' x C, float64.

    Under ``valid`` edges the map is smaller than the image by the window's radius on each side. Its mean is `ssim`.
    """
    pair = prepare_pair(reference, candidate, find_protocol(protocol), scale=scale, data_range=data_range)
    pair.require_finite(None)
    return ssim_map_array(pair)


def error_map(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    scale: int | None = None,
    data_range: float | None = None,
) -> NDArray[np.float64]:
    """Return the absolute error of every pixel, H' x W' or H' x W' x C, float64, in units of the images."""
    pair = prepare_pair(reference, candidate, find_protocol(protocol), scale=scale, data_range=data_range)
    pair.require_finite(None)
    height, width, channels = pair.shape
    errors = np.empty((height, width, channels))
    for start in range(0, height, STRIP_ROWS):
        first, second = pair.rows(start, min(start + STRIP_ROWS, height))
        np.abs(first - second, out=errors[start : start + STRIP_ROWS])
    return errors[:, :, 0] if channels == 1 else errors


def _one(
    name: str,
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol,
    scale: int | None,
    data_range: float | None,
    mask: object,
    masking: str | None = None,
) -> float:
    scores = evaluate(
        reference,
        candidate,
        protocol,
        metrics=(name,),
        scale=scale,
        data_range=data_range,
        mask=mask,
        masking=masking,
    )
    if name in scores.errors:
        raise scores.errors[name]
    for note in scores.notes:
        warnings.warn(note, SrmetricsWarning, stacklevel=3)
    return scores[name]
