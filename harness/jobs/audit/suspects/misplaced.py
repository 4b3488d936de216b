"""Candidates that lie beside their references: the shift is estimated, undone, and the pair scored anew."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.on_threads import run_on_threads
from harness.jobs.audit.inputs import FilePair
from harness.jobs.audit.plan import Pixels
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label
from harness.jobs.diagnose import luma_of
from harness.jobs.diagnose.detectors import displaced, orientation
from harness.jobs.diagnose.look import LIKE
from harness.jobs.diagnose.shift import undo

NOWHERE = (0.0, 0.0)


def suspect_shift(case: Case) -> list[Suspect]:
    """Estimate how far each candidate lies from its reference, undo it, and score what both still have."""
    if "moves" not in case.memory:
        case.memory["moves"] = list(run_on_threads(_move, case.inputs.files, case.workers))
    moves: list[tuple[float, float] | None] = case.memory["moves"]
    unlike = sum(move is None for move in moves)
    if unlike == len(moves):
        return [Suspect("shift", "no", "no shift can be measured: no candidate has the size and look of its reference")]
    shifted = [move for move in moves if move is not None and move != NOWHERE]
    if not shifted:
        but = f", but for {unlike} of another size or look, where none can be measured" if unlike else ""
        return [Suspect("shift", "no", f"the candidates are not shifted against their references{but}")]
    search = case.search_after("shift", lambda reference, candidate: without_shift(reference, candidate)[0])
    rows, columns = (float(np.median(column)) for column in zip(*shifted, strict=True))
    by = f"({rows:+z.2f}, {columns:+z.2f}) pixels in the middle"
    text = f"{len(shifted)} of {len(moves)} candidates are shifted, by {by}"
    classes = search.classes()
    if classes:
        first = classes[0].first
        return [Suspect("shift", "explains", f"{text}; undone, {label(first)} gives {case.shown(first)}")]
    near = search.nearest(1)
    beside = f"; undone, {label(near[0])} gives {case.shown(near[0])}" if near else ""
    return [Suspect("shift", "likely", f"{text}{beside} on what both still have")]


def _move(file: FilePair) -> tuple[float, float] | None:
    """Return how far a candidate lies from its reference; None where it has another size or does not look like it."""
    reference, candidate = next(file.read())
    if reference.pixels.shape[:2] != candidate.pixels.shape[:2]:
        return None
    if orientation.likeness(luma_of(reference.pixels), luma_of(candidate.pixels)) < LIKE:
        return None
    return without_shift(reference.pixels, candidate.pixels)[1]


def without_shift(reference: Pixels, candidate: Pixels) -> tuple[tuple[Pixels, Pixels], tuple[float, float]]:
    """Return both images where they overlap once the candidate is moved back, and how far it lay: rows, columns."""
    same_size = reference.shape[:2] == candidate.shape[:2]
    shift = displaced.measure(luma_of(reference), luma_of(candidate)) if same_size else None
    if shift is None:
        return (reference, candidate), NOWHERE
    planes = candidate[:, :, None] if candidate.ndim == 2 else candidate
    moved = []
    inside: tuple[slice, slice] = (slice(None), slice(None))
    for channel in range(planes.shape[2]):
        plane, inside = undo(planes[:, :, channel].astype(np.float64), shift)
        moved.append(plane[inside])
    back = _as_stored(np.stack(moved, axis=2), candidate.dtype)
    return (reference[inside], back[:, :, 0] if candidate.ndim == 2 else back), (shift.rows, shift.columns)


def _as_stored(image: NDArray[np.float64], dtype: np.dtype[Any]) -> Pixels:
    if dtype.kind == "f":
        return image.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.floor(image + 0.5), limits.min, limits.max).astype(dtype)
