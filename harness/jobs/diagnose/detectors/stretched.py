"""Candidates that are stretched about their middle: resized with corners aligned, or by a factor slightly off."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.luma import Plane
from harness.jobs.diagnose.shift import Fit, fitted
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who

WINDOW = 256
"""Rows and columns of each corner that are looked at, and at most half of the image's."""

SMALLEST = 96
"""Rows and columns that are needed: a quarter of the image must tell its shift by itself."""

LEAST = 0.7
"""Pixels by which the whole side must be longer or shorter: aligned corners make it 1 at x2, 2 at x3, 3 at x4. Clean
pairs of Set5, Set14 and RCAN seem stretched by at most 0.34, one of 900 pairs of white blood cells by 0.51."""

LEAST_DEVIATIONS = 12.0
"""Standard errors by which the quarters must be apart, over both axes. What Real-ESRGAN's degradations left of 200
white blood cells has 8.4 at most where it seems stretched; corners aligned in Set5, Set14 and 50 of the cells have 14.5
and more."""

FARTHEST = 1.9
"""Pixels that a quarter may be shifted: beyond, the fit did not hold."""


def measure(reference: Plane, candidate: Plane) -> tuple[float, float] | None:
    """Return by how many pixels the rows and the columns are stretched from edge to edge, or None."""
    height, width = reference.shape
    if min(height, width) < SMALLEST:
        return None
    found: dict[tuple[int, int], Fit] = {}
    for down in (0, 1):
        for right in (0, 1):
            part = _half(height, down), _half(width, right)
            found[down, right] = fitted(reference[part], candidate[part])
            if max(abs(found[down, right].rows), abs(found[down, right].columns)) > FARTHEST:
                return None
    tall = _agreed([_apart(found[0, right], found[1, right], 0) for right in (0, 1)])
    wide = _agreed([_apart(found[down, 0], found[down, 1], 1) for down in (0, 1)])
    # From the middle of one half to that of the other is half a side (less where the middle of a large image is taken).
    rows, columns = tall[0] * height / _between(height), wide[0] * width / _between(width)
    sure = math.hypot(tall[1], wide[1]) >= LEAST_DEVIATIONS
    return (rows, columns) if sure and max(abs(rows), abs(columns)) >= LEAST else None


def _half(length: int, second: int) -> slice:
    half = min(length // 2, WINDOW)
    return slice(length - half, length) if second else slice(0, half)


def _between(length: int) -> float:
    return float(length - min(length // 2, WINDOW))


def _apart(first: Fit, second: Fit, axis: int) -> tuple[float, float]:
    """Return by how much the second is shifted further along an axis, and the variance of that."""
    by = second.columns - first.columns if axis else second.rows - first.rows
    return by, float(first.covariance[axis, axis] + second.covariance[axis, axis])


def _agreed(differences: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the smaller of two differences of one sign, and their sum in standard errors; else zeros."""
    (first, of_first), (second, of_second) = differences
    if first * second <= 0:
        return 0.0, 0.0
    error = math.sqrt(of_first + of_second)
    return min(first, second, key=abs), abs(first + second) / error if error else math.inf


def observe(candidate: View, stretch: tuple[float, float] | None) -> Iterator[Observation]:
    """See a stretch."""
    if stretch is not None:
        yield candidate.saw("stretched", rows=stretch[0], columns=stretch[1])


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of stretched candidates."""
    numbers = medians(observations)
    rows, columns = numbers["rows"], numbers["columns"]
    scales = [totals.scale] if totals.scale else [2, 3, 4]
    corner = next((one for one in scales if abs(rows - (one - 1)) < 0.35 and abs(columns - (one - 1)) < 0.35), None)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} stretched by ({rows:+z.2f}, {columns:+z.2f}) px from edge to edge",
        evidence="the four quarters are shifted apart",
        effect="PSNR and SSIM fall from the middle to the edges",
        way_out=f"S-1 = {corner - 1} px at x{corner} is a resize with align_corners=True: use align_corners=False"
        if corner
        else "Resize with pixel centres (align_corners=False), and to the size and not by a rounded factor",
    )
