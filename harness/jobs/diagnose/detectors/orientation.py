"""Candidates that are mirrored, turned or transposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.orientations import orientations
from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.luma import Plane
from harness.jobs.diagnose.view import View, psnr, shrunk
from harness.jobs.diagnose.words import Totals, before_after, finding, medians, who

Undo = Callable[[NDArray[Any]], NDArray[Any]]

NAMES = (
    "as it was",
    "turned by a quarter clockwise",
    "turned by half",
    "turned by a quarter anticlockwise",
    "mirrored left to right",
    "transposed (rows and columns swapped)",
    "mirrored top to bottom",
    "transposed over the other diagonal",
)
"""What was done to the candidate, in the order of ``orientations``, each of which undoes it."""

SIDE = 48
"""Rows and columns to which both are shrunk for the look."""

LEAST_CORRELATION = 0.8
TIMES_NEARER = 4
"""By how many times the best orientation must leave less than the upright one. In 231 clean pairs the upright one
leaves at most 0.12 of what the best other leaves."""


def find(reference: View, candidate: View) -> tuple[int, Undo]:
    """Return which orientation of the candidate looks like the reference, and what brings it there."""
    ours = _small(reference.luma)
    fits = [_correlation(ours, seen) for seen in orientations(_small(candidate.luma))]
    best = int(np.argmax(fits))
    if fits[best] < LEAST_CORRELATION or 1 - fits[0] < TIMES_NEARER * (1 - fits[best]):
        best = 0
    return best, lambda image: np.ascontiguousarray(orientations(image)[best])


def observe(reference: View, candidate: View, orientation: int) -> Iterator[Observation]:
    """See a candidate that lies in another orientation."""
    if not orientation:
        return
    turned = orientations(candidate.luma)[orientation]
    numbers = {"turned_shape_fits": float(turned.shape == reference.shape)}
    if turned.shape == reference.shape == candidate.shape:
        before, after = psnr(reference.luma, candidate.luma), psnr(reference.luma, turned)
        numbers |= {"before_db": before, "after_db": after}
    yield candidate.saw("orientation", NAMES[orientation], **numbers)


def likeness(reference: Plane, candidate: Plane) -> float:
    """Return the correlation of two lumas of one size, shrunk to where small shifts and blur hardly count."""
    return _correlation(_small(reference), _small(candidate))


def _small(plane: Plane) -> Plane:
    return shrunk(plane, SIDE, SIDE)


def _correlation(first: Plane, second: Plane) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1]) if np.ptp(first) and np.ptp(second) else 0.0


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of turned and mirrored candidates."""
    numbers = medians(observations)
    scored = "before_db" in numbers
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} {observations[0].alike}",
        evidence=before_after(numbers)
        if scored
        else "so turned back it looks like its reference; the sizes are swapped",
        effect="the score says how alike the image is to its own mirror image" if scored else "the pair is not scored",
        way_out="Save the outputs upright: mind EXIF orientation, (x, y) against (row, column), self-ensembles",
    )
