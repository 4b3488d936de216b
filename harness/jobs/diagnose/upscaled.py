"""Images that are themselves upscaled: interpolation leaves a rhythm with the factor's period, and no fine detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.luma import Plane, in_steps, luma_of

SMALLEST = 48
"""Rows and columns that are needed: shorter lines do not tell a rhythm from chance."""

MOST_SIDE = 1536
"""Rows and columns of the middle that are looked at."""

LAGS = (0, 1)
"""Products of a pixel with itself and with its neighbour. At a factor of 2 the two phases of an interpolator mirror
each other and have one energy: only the product with the neighbour has the period."""

Rhythm = tuple[Plane, Plane]
"""Frequencies in cycles per pixel, and the spectrum there: 1/4 speaks of a factor of 4, 1/3 of 3 or 1.5, 1/2 of 2."""

WIDTH = 0.004
"""Cycles per pixel beside a rhythm where its peak is looked for, at the least."""

STRENGTH = {1 / 4: 8.0, 1 / 3: 6.0, 1 / 2: 10.0}
"""The least height of a rhythm's peak in both axes, over the median of the spectrum. Of 200 images that are not
upscaled (Set5, Set14, scikit-image's, white blood cells, crops of 64 to 128 pixels; as they are, and as JPEG of quality
90 and 60) the highest are 7.0 at 1/4, 3.3 at 1/3, and 8.9 at 1/2 in white blood cells, whose camera interpolated
colours. Upscaled images of at least 200 pixels reach 8.3 to 150."""

LOW_SHARE = 0.55
"""What the rhythm of 1/3 keeps, at the least, when the image is blurred, if the factor is 3: copies of the spectrum
then lie in its lower half."""

NARROW = 0.76
"""The bandwidth under which the rhythm of 1/3 is that of a factor of 3, whatever it keeps. Of 11 photographs upscaled
by OpenCV and `imresize`, bicubic and Lanczos interpolation by 3 leave at most 0.74 and by 1.5 at least 0.78; bilinear
leaves 1 at both, and keeps 0.08 to 0.29 of the rhythm at 1.5 and 0.63 to 0.84 at 3 (one image 0.24)."""

PERIODS = {1 / 4: 4, 1 / 3: 3, 1 / 2: 2}
"""Pixels after which each rhythm comes back."""

LEAST_NEW = 0.3
"""What pixels of the most foreseeable phase hold that their neighbours do not tell, as a share of the fine detail's
energy, from which they were not interpolated. In 21 photographs upscaled by 1.5 to 4 (bilinear, bicubic, Lanczos) it
is 0.18 at most. Made smaller by 3/4 or 3/5 they have a rhythm too, and 0.43 or more: each pixel says something new."""

REACH = 5
"""Neighbours on either side from which a pixel is foretold: Lanczos at 3 reaches so far and further."""

MOST_PIXELS = 6000
"""Pixels of each phase that are foretold."""


@dataclass(frozen=True, slots=True)
class UpscaledTraces:
    """What an image's pixels say of an interpolation in its past."""

    found: bool
    """Whether they say it."""
    factor: float | None
    """The likely factor, of 1.5, 2, 3 and 4; None without traces."""
    strength: float
    """The height of the rhythm's peak over the median of the spectrum, in the axis where it is lower."""
    bandwidth: float
    """The share of the Nyquist frequency above which nothing but rounding is left; 1 where detail goes to the end."""

    def __bool__(self) -> bool:
        """Whether traces were found, so that ``if is_upscaled(image):`` reads as it should."""
        return self.found


def is_upscaled(image: NDArray[Any]) -> UpscaledTraces:
    """Look for an interpolation by 1.5, 2, 3 or 4 in an image's past.

    Parameters
    ----------
    image : ndarray, shape (H, W) or (H, W, C)
        Any type; floats up to 1, and uint16 beyond 12 bits, are brought to 0..255.

    Returns
    -------
    UpscaledTraces
        Without traces for images of fewer than 48 rows or columns.

    References
    ----------
    A. C. Gallagher, "Detection of linear and cubic interpolation in JPEG compressed images", CRV 2005.
    A. C. Popescu and H. Farid, "Exposing digital forgeries by detecting traces of resampling", IEEE Transactions on
    Signal Processing 53(2), 2005.
    """
    first = [max(0, length - MOST_SIDE) // 2 for length in image.shape[:2]]
    luma = luma_of(in_steps(image)[first[0] : first[0] + MOST_SIDE, first[1] : first[1] + MOST_SIDE])
    if min(luma.shape) < SMALLEST or np.ptp(luma) == 0:
        return UpscaledTraces(found=False, factor=None, strength=0.0, bandwidth=1.0)
    bandwidth = max(_bandwidth(luma), _bandwidth(luma.T))
    spectra = _spectra(luma)
    found, strongest = 0.0, 0.0
    for rhythm, least in STRENGTH.items():
        strength = _strength(spectra, rhythm)
        # The blocks of a JPEG (and of one that was made smaller) have all multiples of a lower rhythm too.
        alone = _strength(spectra, rhythm / 2) < strength / 2
        if alone and strength > strongest:
            strongest = strength
            found = rhythm if strength >= least else found
    if not found:
        return UpscaledTraces(found=False, factor=None, strength=strongest, bandwidth=bandwidth)
    if max(_new(luma, PERIODS[found]), _new(luma.T, PERIODS[found])) >= LEAST_NEW:
        return UpscaledTraces(found=False, factor=None, strength=strongest, bandwidth=bandwidth)
    factor = 1 / found
    if found == 1 / 3 and bandwidth >= NARROW:
        factor = _three_or_half_of_it(luma, _strength(spectra, found))
    return UpscaledTraces(found=True, factor=factor, strength=strongest, bandwidth=bandwidth)


def _spectra(luma: Plane) -> list[tuple[Rhythm, Rhythm]]:
    return [(_rhythm(luma, lag), _rhythm(luma.T, lag)) for lag in LAGS]


def _strength(spectra: list[tuple[Rhythm, Rhythm]], rhythm: float) -> float:
    # The energy alone has the rhythm of 1/2 after demosaicing a camera's pixels too.
    told = spectra[1:] if rhythm == 1 / 2 else spectra
    return max(min(_peak(one, rhythm) for one in both) for both in told)


def _new(luma: Plane, period: int) -> float:
    """Return what the neighbours in the rows do not tell of the phase of a period that they tell most of."""
    windows = np.lib.stride_tricks.sliding_window_view(luma, 2 * REACH + 1, axis=1)
    errors, details = [], []
    for phase in range(period):
        of_phase = windows[:, phase::period].reshape(-1, 2 * REACH + 1)
        of_phase = of_phase[:: -(-len(of_phase) // MOST_PIXELS)]
        around = np.delete(of_phase, REACH, axis=1)
        mean = around.mean(axis=1, keepdims=True)
        pixels, around = of_phase[:, REACH] - mean[:, 0], around - mean
        weights, *_ = np.linalg.lstsq(around, pixels, rcond=None)
        errors.append(float(np.mean(np.square(pixels - around @ weights))))
        beside = (around[:, REACH - 1] + around[:, REACH]) / 2
        details.append(float(np.mean(np.square(pixels - beside))))
    return min(errors) / (float(np.mean(details)) or 1.0)


def _three_or_half_of_it(luma: Plane, strength: float) -> float:
    from scipy import ndimage

    # A Gaussian of about [1, 4, 6, 4, 1] / 16.
    blurred = np.asarray(ndimage.gaussian_filter(luma, 1.0, truncate=2.0), np.float64)
    return 3.0 if _strength(_spectra(blurred), 1 / 3) > LOW_SHARE * strength else 1.5


def _rhythm(luma: Plane, lag: int) -> Rhythm:
    """Return frequencies, and the spectrum over its median of how much the columns' fine detail varies."""
    from scipy import ndimage

    detail = luma[:, 2:] - 2 * luma[:, 1:-1] + luma[:, :-2]
    # By the energy around, so that a few strong edges do not stand for the whole image; a quarter is rounding's.
    detail = detail / np.sqrt(ndimage.uniform_filter(detail * detail, (5, 17), mode="reflect") + 0.25)
    length = detail.shape[1] - lag
    profile = (detail[:, :length] * detail[:, lag:]).mean(axis=0)
    profile = profile - ndimage.uniform_filter1d(profile, 31, mode="reflect")
    padded = 4 * length
    spectrum = np.abs(np.fft.rfft(profile * np.hanning(length + 2)[1:-1], padded))
    frequencies = np.asarray(np.fft.rfftfreq(padded), np.float64)
    return frequencies, np.asarray(spectrum / (np.median(spectrum[frequencies > 0.1]) + 1e-12), np.float64)


def _peak(rhythm_spectrum: Rhythm, rhythm: float) -> float:
    frequencies, spectrum = rhythm_spectrum
    near = np.abs(frequencies - rhythm) <= max(WIDTH, 2 * float(frequencies[1]))
    return float(spectrum[near].max())


def _bandwidth(luma: Plane) -> float:
    """Return the share of the Nyquist frequency above which the lines hold nothing but the rounding to whole values."""
    length = min(128, luma.shape[1])
    window = np.hanning(length + 2)[1:-1]
    power = np.zeros(length // 2 + 1)
    for start in range(0, luma.shape[1] - length + 1, length // 2):
        part = luma[:, start : start + length]
        part = (part - part.mean(axis=1, keepdims=True)) * window
        power += np.mean(np.abs(np.fft.rfft(part, axis=1)) ** 2, axis=0) / np.sum(window**2)
    power /= len(range(0, luma.shape[1] - length + 1, length // 2))
    above = np.flatnonzero(power > 4 / 12)  # rounding has a power of 1/12; lobes of an interpolator stay under 4 times
    return float((above[-1] + 1) / len(power)) if len(above) else 0.0
