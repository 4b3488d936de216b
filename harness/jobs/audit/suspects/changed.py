"""Images that were not what they seem: each change is made and the pair scored anew."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.jobs.audit.plan import Pixels
from harness.jobs.audit.rules import SsimRule
from harness.jobs.audit.space import Space, named_space
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label
from harness.jobs.diagnose import estimate_shift, luma_of

JPEG_QUALITIES = (95, 90, 75)
LEAST_SHIFT = 0.1
"""Pixels under which a shift is the estimate's own error."""


def suspect_channels(case: Case) -> list[Suspect]:
    """Score with red and blue swapped in the candidate, and in both."""
    if not case.facts.colour:
        return []
    for who, change in (
        ("the candidate's red and blue are swapped", lambda one, other: (one, swapped(other))),
        (
            "red and blue are swapped in both images (BGR read as RGB)",
            lambda one, other: (swapped(one), swapped(other)),
        ),
    ):
        found = case.after(change)
        if found is not None:
            return [Suspect("channels", "explains", f"{label(found)} gives {case.shown(found)} when {who}")]
    return [Suspect("channels", "no", "red and blue swapped, in one image or both, do not give it")]


def swapped(image: Pixels) -> Pixels:
    """Return an image with its first and third channel swapped."""
    if image.ndim == 2 or image.shape[2] < 3:
        return image
    order = [2, 1, 0, *range(3, image.shape[2])]
    return image[:, :, order]


def suspect_ranges(case: Case) -> list[Suspect]:
    """Score SSIM with the range of floats on bytes, and the reverse."""
    if not case.claims.has("ssim"):
        return []
    for rule, why in (
        ("x255", "floats from 0 to 1 scored with a range of 255"),
        ("/255", "values from 0 to 255 scored with a range of 1"),
    ):
        space = named_space(case.common())
        wrong: tuple[SsimRule, ...] = tuple(one._replace(range=rule) for one in space.ssim)
        both = Space((*space.psnr, *(one._replace(range=rule) for one in space.psnr)), wrong)
        classes = case.search_after(None, both).classes()
        if classes:
            return [
                Suspect("range", "explains", f"{label(classes[0].first)} gives {case.shown(classes[0].first)}: {why}")
            ]
    return [Suspect("range", "no", "SSIM with a range of 1 for 0-255, or of 255 for 0-1, does not give it")]


def suspect_shift(case: Case) -> list[Suspect]:
    """Estimate how far the candidate lies from its reference, undo it, and score what both still have."""
    from harness.jobs.diagnose.shift import undo

    lengths: list[float] = []

    def unshifted(reference: Pixels, candidate: Pixels) -> tuple[Pixels, Pixels]:
        if reference.shape[:2] != candidate.shape[:2] or min(reference.shape[:2]) < 16:
            return reference, candidate
        shift = estimate_shift(luma_of(reference), luma_of(candidate))
        if shift.length < LEAST_SHIFT or shift.gain_db <= 0:
            lengths.append(0.0)
            return reference, candidate
        lengths.append(shift.length)
        planes = candidate[:, :, None] if candidate.ndim == 2 else candidate
        moved = []
        for channel in range(planes.shape[2]):
            plane, inside = undo(planes[:, :, channel].astype(np.float64), shift)
            moved.append(plane[inside])
        back = _as_stored(np.stack(moved, axis=2), candidate.dtype)
        return reference[inside], back[:, :, 0] if candidate.ndim == 2 else back

    found = case.after(unshifted)
    moved = [length for length in lengths if length > 0]
    if not moved:
        return [Suspect("shift", "no", "the candidates are not shifted against their references")]
    text = (
        f"{len(moved)} of {len(lengths)} candidates are shifted, by {float(np.median(moved)):.2f} pixels in the middle"
    )
    if found is not None:
        return [Suspect("shift", "explains", f"{text}; undone, {label(found)} gives {case.shown(found)}")]
    return [
        Suspect(
            "shift", "likely", f"{text}: what the paper scored was probably aligned (undone, it is not the claim yet)"
        )
    ]


def _as_stored(image: NDArray[np.float64], dtype: np.dtype[Any]) -> Pixels:
    if dtype.kind == "f":
        return image.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.floor(image + 0.5), limits.min, limits.max).astype(dtype)


def suspect_jpeg(case: Case) -> list[Suspect]:
    """Score the candidate after saving it as JPEG, as someone's results folder may have been."""
    import cv2

    if case.facts.deeper or not _claims_less(case):
        return []
    for quality in JPEG_QUALITIES:

        def lossy(reference: Pixels, candidate: Pixels, quality: int = quality) -> tuple[Pixels, Pixels]:
            stored = np.ascontiguousarray(swapped(candidate))
            _, data = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
            return reference, swapped(np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED)))

        found = case.after(lossy)
        if found is not None:
            return [
                Suspect(
                    "lossy",
                    "explains",
                    f"saved as JPEG of quality {quality} first, {label(found)} gives {case.shown(found)}",
                )
            ]
    qualities = ", ".join(map(str, JPEG_QUALITIES))
    return [Suspect("lossy", "no", f"candidates saved as JPEG (quality {qualities}) do not give it")]


def _claims_less(case: Case) -> bool:
    """Return True when some common convention scores higher than the claim: losses can only lower it."""
    claim = case.claims.mean
    if claim is None or claim.psnr is None:
        return claim is not None
    return any(one.psnr is not None and one.psnr > claim.psnr.value for _, one in case.conventions())
