"""Candidates whose values are a curve of the reference's: studio range, a gain and offset, a gamma, a negative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View, psnr
from harness.jobs.diagnose.words import Totals, before_after, finding, medians, subject, verb

SMOOTHING = 3.0
"""Standard deviation in pixels before the fit: a blurred candidate has less contrast, but not in what is smooth."""

STRIDE = 3
"""Every so many rows and columns of the smoothed images are fitted; between them lies nothing new."""

LEAST_CORRELATION = 0.8
"""Of the smoothed images, without which a curve says nothing."""

LEAST_GAIN_DB = 0.5
"""What undoing the curve must bring. In 231 clean pairs it brings at most 0.12 (drawn images), in Set5 and Set14
0.03."""

LEAST_CHANGE = 0.01
"""How far the curve must lie from the diagonal, as a part of full white: root mean square over the image's values."""

MOSTLY_WHOLE = 0.5
"""The share of values that must not be clipped for them to tell what a curve costs."""

GENERAL = "gain and offset"
STUDIO = 219 / 255, 16 / 255
"""Gain and offset of full range brought to 16-235."""

KNOWN: dict[str, tuple[float, float, float]] = {
    "studio range": (*STUDIO, 0.012),
    "stretched from studio range": (1 / STUDIO[0], -STUDIO[1] / STUDIO[0], 0.02),
    "-1 to 1": (2.0, -1.0, 0.05),
}
"""Gain and offset of usual mistakes, and how near to them a curve bears the name. Bicubic interpolation at x4 brought
to studio range has gains within 0.009 of it on Set5, Set14 and white blood cells; where values are cut off at both ends
as well, gains and offsets scatter more."""

BY_CHANCE = 0.1
"""A name that fewer than this share of a method's nameless curves bear is one of them: where contrast is lost to noise
and blur (Real-ESRGAN's degradations of 200 cells), one in 25 of the curves lies as near to studio range."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What turns the reference's values into the candidate's: ``gain * value ** gamma + offset``."""

    gain: float = 1.0
    offset: float = 0.0
    gamma: float = 1.0

    @property
    def name(self) -> str:
        """What it is called."""
        if self.gamma != 1:
            return "gamma"
        if self.gain < 0:
            return "negative"
        for name, (gain, offset, near) in KNOWN.items():
            if abs(self.gain - gain) < near and abs(self.offset - offset) < near:
                return name
        return GENERAL

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the candidate's values for the reference's."""
        return np.asarray(self.gain * np.clip(values, 0, None) ** self.gamma + self.offset)

    def undo(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the reference's values for the candidate's."""
        return np.asarray(np.clip((values - self.offset) / self.gain, 0, None) ** (1 / self.gamma))


def find(reference: NDArray[np.float64], candidate: NDArray[np.float64]) -> Curve | None:
    """Return the curve between two images of one shape whose full white is 1, or None where there is none of note.

    All channels are taken together: the luma of a curve's colours lies on no curve.
    """
    from scipy import ndimage, optimize

    sigma = min(SMOOTHING, min(reference.shape[:2]) / 16)
    ours, theirs = (
        ndimage.gaussian_filter(image, sigma, mode="nearest", axes=(0, 1))[::STRIDE, ::STRIDE].ravel()
        for image in (reference, candidate)
    )
    if np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return None
    # What is clipped on one side lies on no curve.
    inside = (theirs > 0.01) & (theirs < 0.99) & (ours > 0.01) & (ours < 0.99)
    if np.count_nonzero(inside) < 100:
        return None
    ours, theirs = ours[inside], theirs[inside]
    line = _line(ours, theirs)
    if line is None:
        return None
    curves = [line]
    if line.gain > 0:
        fitted = optimize.minimize_scalar(
            lambda power: float(np.mean(np.square(ours ** np.exp(power) - theirs))),
            bounds=(-1.5, 1.5),
            method="bounded",
        )
        curves.append(Curve(1.0, 0.0, float(np.exp(fitted.x))))
    best = min(curves, key=lambda curve: float(np.mean(np.square(curve.apply(ours) - theirs))))
    change = float(np.sqrt(np.mean(np.square(best.apply(ours) - ours))))
    before_db, after_db = cost(reference, candidate, best)
    return best if change >= LEAST_CHANGE and after_db - before_db >= LEAST_GAIN_DB else None


def cost(reference: NDArray[np.float64], candidate: NDArray[np.float64], curve: Curve) -> tuple[float, float]:
    """Return PSNR before and after a curve is undone; of what is not clipped, where undoing makes the clipped worse."""
    straight = curve.undo(candidate)
    before_db, after_db = psnr(reference, candidate), psnr(reference, straight)
    if after_db >= before_db + LEAST_GAIN_DB:
        return before_db, after_db
    whole = (candidate > 0) & (candidate < 1)
    if not MOSTLY_WHOLE < whole.mean() < 1:
        return before_db, after_db
    return psnr(reference[whole], candidate[whole]), psnr(reference[whole], straight[whole])


def _line(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Curve | None:
    if np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return None
    kept = np.ones(ours.shape, np.bool_)
    for _ in range(3):
        # By the ratio of spreads, signed: a fit of least squares on noisy values would flatten the line.
        correlation = float(np.corrcoef(ours[kept], theirs[kept])[0, 1])
        if abs(correlation) < LEAST_CORRELATION:
            return None
        gain = float(np.sign(correlation) * theirs[kept].std() / ours[kept].std())
        offset = float(theirs[kept].mean() - gain * ours[kept].mean())
        away = np.abs(gain * ours + offset - theirs)
        kept = away <= 3 * np.median(away) + 1e-6
    return Curve(gain, offset)


def observe(candidate: View, curve: Curve, costs: tuple[float, float]) -> Iterator[Observation]:
    """See a curve."""
    numbers = {"gain": curve.gain, "offset": curve.offset, "gamma": curve.gamma}
    yield candidate.saw("tone", curve.name, **numbers, before_db=costs[0], after_db=costs[1])


def gathered(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Divide by name; what bears one by chance is told with the general ones, and they with the one name there is."""
    names = Counter(one.alike for one in observations)
    special = [name for name in names if name != GENERAL and names[name] >= BY_CHANCE * names[GENERAL]]
    if not special:
        return [sorted(observations, key=lambda one: one.alike != GENERAL)]
    if len(special) == 1 and names[special[0]] >= names[GENERAL]:
        return [sorted(observations, key=lambda one: one.alike == GENERAL)]
    return [[one for one in observations if one.alike == name] for name in names]


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of curves; that a method changes the contrast of a few images is its own trait, and a note."""
    name = observations[0].alike
    numbers = medians([one for one in observations if one.alike == name])
    is_are = verb(observations, "is", "are")
    told = {
        "gamma": (
            f"{is_are} passed through a gamma of {numbers['gamma']:.2f}",
            "Save without the curve: sRGB values as they are",
        ),
        "negative": (f"{is_are} negative", "Invert them, or look at the photometric interpretation of the file"),
        "studio range": (
            f"{is_are} in studio range (16 to 235) where the references use 0 to 255",
            "Convert to full range, or score Y of both: --protocol sr-y makes studio Y itself, of full-range RGB",
        ),
        "stretched from studio range": (
            f"{is_are} stretched as if they had been in studio range",
            "Leave out the conversion from 16-235 to 0-255: the values were full range before",
        ),
        "-1 to 1": (
            f"{is_are} of -1 to 1 where the references are of 0 to 1",
            "Save (x + 1) / 2: undo the normalisation that the model was fed with",
        ),
        GENERAL: (
            f"{verb(observations, 'has', 'have')} another brightness or contrast",
            "Look at the normalisation (mean and deviation, minimum and maximum) that is undone after the model",
        ),
    }[name]
    return finding(
        observations,
        "error" if name != GENERAL else ("warning" if totals.mostly(observations) else "note"),
        f"{subject(observations, totals)} {told[0]}",
        evidence=f"values are about {numbers['gain']:.3f} times the reference's"
        + (f" to the power of {numbers['gamma']:.2f}" if name == "gamma" else "")
        + f" {numbers['offset'] * 255:+.1f} of 255; {before_after(numbers)}",
        effect="PSNR falls as if there were noise; SSIM sees less of it",
        way_out=told[1],
    )
