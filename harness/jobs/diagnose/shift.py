"""How far a candidate lies from its reference, in parts of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.luma import Plane
from srmetrics.errors import SizeError

SMOOTHING = 1.2
"""Standard deviation in pixels of the Gaussian before the fit: what is left can be interpolated almost without loss
(-25 dB at three quarters of the Nyquist frequency), so that the fit is not drawn to half pixels, where interpolating
a reference blurs it as the candidate is blurred."""

SMALLEST = 16
"""Rows and columns that two images need."""

STEPS = 40
CONVERGED = 1e-4  # pixels
NOTHING = 1e-3
"""Pixels under which a shift is rounding: equal images would else gain from the last bit."""
FARTHEST = 2
"""Pixels that the fit may move away from the whole ones; beyond, it follows something else."""
MARGIN = 8
"""Pixels at the border that the fit leaves out: upscaling bends what lies within its kernel of the edge. Without a
margin, Set14's img_008 (a dark column at its edge) seems shifted by 0.21 pixels at x4, with it by 0.009."""
PARTS = 4
"""Rows and columns of parts by whose disagreement the fit's error is told: what a restoration invents is alike within
some pixels, so that single pixels would make the error seem far too small."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Where the candidate's content lies, seen from the reference."""

    rows: float
    """Pixels downwards: ``candidate[y, x]`` shows what ``reference[y - rows, x - columns]`` shows."""
    columns: float
    """Pixels to the right."""
    gain_db: float
    """PSNR that undoing the shift brings, over the pixels that both have; at or under 0 where it brings none."""
    deviations: float = 0.0
    """How many standard errors of the estimate the shift is long: few say that it may as well be none."""

    @property
    def length(self) -> float:
        """Its length in pixels."""
        return math.hypot(self.rows, self.columns)


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a candidate fits its reference best, and how sure that is."""

    rows: float = 0.0
    columns: float = 0.0
    left: float = 1.0
    """The share of the candidate's variance that the fit leaves."""
    covariance: Plane = field(default_factory=lambda: np.zeros((2, 2)))
    """Of rows and columns, by the disagreement of the image's parts."""

    @property
    def length(self) -> float:
        """The shift's length in pixels."""
        return math.hypot(self.rows, self.columns)

    @property
    def deviations(self) -> float:
        """The shift's length in standard errors along its direction; 0 where there is none of note."""
        if self.length < NOTHING:
            return 0.0
        along = np.array([self.rows, self.columns]) / self.length
        error = math.sqrt(max(float(along @ self.covariance @ along), 0.0))
        return self.length / error if error else math.inf


def estimate_shift(reference: Plane, candidate: Plane) -> Shift:
    """Estimate by how many pixels a candidate is shifted, to about 0.05 pixels.

    Parameters
    ----------
    reference, candidate : ndarray, shape (H, W), float
        Luma of one size and any range, at least 16 x 16. A gain or offset between the two does no harm.

    Returns
    -------
    Shift
        Zero, with a gain of 0, where one of the two is constant.

    Raises
    ------
    SizeError
        When the sizes differ or are too small.

    Notes
    -----
    The whole pixels come from the peak of the phase correlation, the parts of them from the least squares fit of the
    smoothed images (Gauss-Newton on the shift, a gain and an offset). The standard error is robust to residuals that
    are alike within parts of the image: White's covariance with 4 x 4 parts as clusters.

    References
    ----------
    C. D. Kuglin and D. C. Hines, "The phase correlation image alignment method", Proc. Int. Conf. Cybernetics and
    Society, 1975.
    B. D. Lucas and T. Kanade, "An iterative image registration technique", IJCAI 1981.
    """
    ours, theirs = np.asarray(reference, np.float64), np.asarray(candidate, np.float64)
    fit = fitted(ours, theirs)
    return Shift(fit.rows, fit.columns, _gain(ours, theirs, fit.rows, fit.columns), fit.deviations)


def fitted(reference: Plane, candidate: Plane) -> Fit:
    """Return the fit of `estimate_shift` without what undoing it brings, which takes half the time."""
    if reference.shape != candidate.shape or min(reference.shape) < SMALLEST:
        raise SizeError(
            "a shift cannot be estimated between these sizes",
            found=f"{reference.shape} and {candidate.shape}",
            expected=f"one size of at least {SMALLEST} x {SMALLEST}",
        )
    if np.ptp(reference) == 0 or np.ptp(candidate) == 0:
        return Fit()
    from scipy import ndimage

    smooth, smoothed = (ndimage.gaussian_filter(plane, SMOOTHING, mode="nearest") for plane in (reference, candidate))
    fits = [_refined(smooth, smoothed, start) for start in {(0, 0), _whole_pixels(reference, candidate)}]
    return min(fits, key=lambda fit: fit.left)


def undo(candidate: Plane, shift: Shift) -> tuple[Plane, tuple[slice, slice]]:
    """Return the candidate moved back by a shift, and the part of it that no pixel from outside entered."""
    from scipy import ndimage

    # Order 5: nearly no loss up to where images have energy; a cubic one would blur, which is a gain of its own.
    moved = ndimage.shift(candidate, (-shift.rows, -shift.columns), order=5, mode="mirror")
    height, width = candidate.shape
    return moved, (_inside(height, shift.rows), _inside(width, shift.columns))


def _inside(length: int, shift: float) -> slice:
    # Two pixels more than the shift, which the interpolation beside the edge leans on.
    lost = math.ceil(abs(shift)) + 2 if shift else 0
    return slice(0, length - lost) if shift > 0 else slice(lost, length)


def _whole_pixels(reference: Plane, candidate: Plane) -> tuple[int, int]:
    """Return the whole shift at the peak of the phase correlation, at most a quarter of the sides."""
    from skimage.registration import phase_cross_correlation

    window = np.outer(*(np.hanning(length + 2)[1:-1] for length in reference.shape))
    # Differences flatten the spectrum, so that the window's own shape does not count for content.
    planes = [_edges(plane) * window for plane in (reference, candidate)]
    found, *_ = phase_cross_correlation(*planes, normalization=None)
    rows, columns = (-round(float(by)) for by in found)
    near = all(abs(by) <= length // 4 for by, length in zip((rows, columns), reference.shape, strict=True))
    return (rows, columns) if near else (0, 0)


def _edges(plane: Plane) -> Plane:
    from scipy import ndimage

    return np.asarray(ndimage.gaussian_laplace(plane, SMOOTHING, mode="nearest"))


def _refined(reference: Plane, candidate: Plane, start: tuple[int, int]) -> Fit:
    """Return the fit of least squares near a whole shift."""
    from scipy import ndimage

    inner = tuple(
        slice(abs(by) + edge, length - abs(by) - edge)
        for by, length in zip(start, reference.shape, strict=True)
        for edge in [min(MARGIN, length // 8)]
    )
    spline = ndimage.spline_filter(candidate, order=3, mode="mirror")
    # What a small further shift adds to the reference is its slope: the basis stays, and only the candidate moves.
    basis = np.stack([plane[inner].ravel() for plane in (*np.gradient(reference), reference, np.ones_like(reference))])
    inverse = np.linalg.pinv(basis @ basis.T, hermitian=True)
    fit = inverse @ basis
    rows, columns, gain = float(start[0]), float(start[1]), 0.0
    coefficients, moved = np.zeros(len(basis)), np.zeros(basis.shape[1])
    for _ in range(STEPS):
        shifted = ndimage.shift(spline, (-rows, -columns), order=3, mode="mirror", prefilter=False)
        moved = shifted[inner].ravel()
        coefficients = fit @ moved
        gain = float(coefficients[2])
        if gain == 0:
            break
        step = np.clip(-coefficients[:2] / gain, -1, 1)
        rows, columns = rows + float(step[0]), columns + float(step[1])
        if max(abs(rows - start[0]), abs(columns - start[1])) > FARTHEST:
            # Nothing was found here: from no whole shift that is the answer, but a wholly unsure one.
            return Fit(left=math.inf if any(start) else 1.0, covariance=np.diag([math.inf, math.inf]))
        if np.abs(step).max() < CONVERGED:
            break
    correlation = np.corrcoef(basis[2], moved)[0, 1] if np.ptp(basis[2]) and np.ptp(moved) else 0.0
    pulls = _pulls(basis * (moved - coefficients @ basis), reference[inner].shape)
    covariance = (inverse @ pulls @ pulls.T @ inverse)[:2, :2] / (gain * gain or 1.0)
    return Fit(rows, columns, 1 - float(correlation) ** 2, covariance)


def _pulls(products: Plane, shape: tuple[int, ...]) -> Plane:
    """Return how much each part of the image pulls at each coefficient, corrected for how few parts there are."""
    of_rows, of_columns = (np.arange(length) * PARTS // length for length in shape)
    parts = (of_rows[:, None] * PARTS + of_columns).ravel()
    count = PARTS * PARTS
    sums = np.stack([np.bincount(parts, weights=one, minlength=count) for one in products])
    return np.asarray(sums * math.sqrt(count / (count - 1)))


def _gain(reference: Plane, candidate: Plane, rows: float, columns: float) -> float:
    moved, inside = undo(candidate, Shift(rows, columns, 0.0))
    before = _squared(reference[inside], candidate[inside])
    after = _squared(reference[inside], moved[inside])
    if before == after or math.hypot(rows, columns) < NOTHING:
        return 0.0
    return math.inf if after == 0 else 10 * math.log10(max(before, 1e-300) / after)


def _squared(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(np.mean((first - second) ** 2))
