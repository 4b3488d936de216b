"""Looking at one image, and at one pair: faults are undone one after the other, so that each shows what it costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.detectors import (
    channels,
    clipped,
    depth,
    displaced,
    identical,
    interpolated,
    lossy,
    orientation,
    permuted,
    sizes,
    stretched,
    tone,
    values,
)
from harness.jobs.diagnose.finding import Observation
from harness.jobs.diagnose.luma import Plane, luma_of
from harness.jobs.diagnose.view import View, psnr

SMALLEST = 8
"""Rows and columns under which only values and types are looked at."""

LIKE = 0.5
"""Correlation of the shrunk lumas from which shifts are measured; unshrunk, a shift of 3 px can leave less."""


def look_at_image(view: View) -> Iterator[Observation]:
    """See what one image shows by itself."""
    yield from channels.observe(view)
    yield from depth.observe(view)
    strange = list(values.observe(view))
    yield from strange
    if strange or min(view.shape) < SMALLEST:
        return
    yield from lossy.observe(view)
    if view.role == "reference" and not view.lossy:
        yield from interpolated.observe(view)


def look_at_pair(reference: View, candidate: View, scale: int | None) -> Iterator[Observation]:
    """See what a candidate shows against its reference."""
    copies = list(identical.observe(reference, candidate))
    yield from copies
    if copies:
        return
    yield from depth.observe_pair(reference, candidate)
    depth.agree(reference, candidate)
    yield from channels.observe_pair(reference, candidate)
    both = (reference, candidate)
    if candidate.holds_parts:
        return  # its values are all but lost
    if not all(view.finite and not view.constant and min(view.shape) >= SMALLEST for view in both):
        yield from sizes.observe(reference, candidate, scale)
        return
    if candidate.shape in (reference.shape, reference.shape[::-1]):
        reference, candidate = reference.middle(), candidate.middle()
    turned, turn = orientation.find(reference, candidate)
    yield from orientation.observe(reference, candidate, turned)
    theirs = turn(candidate.scaled)
    if theirs.shape[:2] != reference.shape:
        if not turned:
            yield from sizes.observe(reference, candidate, scale)
        return
    yield from clipped.observe(reference, candidate)
    cut = clipped.somewhat(reference, candidate)
    for one in _measured(candidate, reference.scaled, theirs):
        # What is cut off is missing on one side of every edge, which looks like a stretch.
        if not (cut and one.kind == "stretched"):
            yield one


def _measured(candidate: View, ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Iterator[Observation]:
    """Measure channels, tone, shift and stretch of arrays of one size, in this order."""
    if ours.ndim == theirs.ndim == 3 and not _negative(luma_of(ours), luma_of(theirs)):
        order = permuted.find(ours, theirs)
        reordered = theirs[:, :, order]
        yield from permuted.observe(candidate, order, psnr(ours, theirs), psnr(ours, reordered))
        theirs = reordered
    if ours.ndim != theirs.ndim:
        ours, theirs = luma_of(ours), luma_of(theirs)
    curve = tone.find(ours, theirs)
    if curve is not None:
        yield from tone.observe(candidate, curve, tone.cost(ours, theirs, curve))
        theirs = curve.undo(theirs)
    luma, theirs_luma = luma_of(ours), luma_of(theirs)
    if orientation.likeness(luma, theirs_luma) < LIKE:
        return
    stretch = stretched.measure(luma, theirs_luma)
    yield from stretched.observe(candidate, stretch)
    if stretch is None:
        yield from displaced.observe(candidate, displaced.measure(luma, theirs_luma), psnr(luma, theirs_luma))


def _negative(luma: Plane, theirs: Plane) -> bool:
    return bool(np.mean((luma - luma.mean()) * (theirs - theirs.mean())) < 0)
