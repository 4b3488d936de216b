"""Losses on the way: a candidate or reference that went through JPEG, or a paper's that did; a reference upscaled."""

from __future__ import annotations

import cv2
import numpy as np

from harness.engine.on_threads import run_on_threads
from harness.jobs.audit.inputs import FilePair
from harness.jobs.audit.plan import Pixels
from harness.jobs.audit.suspects.channels import swapped
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label
from harness.jobs.diagnose import is_upscaled, jpeg_traces

JPEG_QUALITIES = (95, 90, 75)
MOST_IMAGES = 20
"""Files that are looked at for traces; a folder is of one kind."""


def suspect_jpeg(case: Case) -> list[Suspect]:
    """Score candidates after saving them as JPEG, as a paper's folder of results may have been."""
    if case.facts.deeper or case.facts.alpha or not _claims_less(case):
        return []
    for quality in JPEG_QUALITIES:

        def lossy(reference: Pixels, candidate: Pixels, quality: int = quality) -> tuple[Pixels, Pixels]:
            stored = np.ascontiguousarray(swapped(candidate))
            _, data = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
            return reference, swapped(np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED)))

        found = case.after(f"jpeg-{quality}", lossy)
        if found is not None:
            words = f"saved as JPEG of quality {quality} first, {label(found)} gives {case.shown(found)}"
            return [Suspect("lossy", "explains", words)]
    qualities = ", ".join(map(str, JPEG_QUALITIES))
    return [Suspect("lossy", "no", f"candidates saved as JPEG (quality {qualities}) do not give it")]


def suspect_traces(case: Case) -> list[Suspect]:
    """Look for traces of JPEG in both images, and of upscaling in the references."""
    if case.facts.deeper:
        return []
    if "traces" not in case.memory:
        files = case.inputs.files[:MOST_IMAGES]
        case.memory["traces"] = list(run_on_threads(_traces, files, case.workers))
    seen: list[tuple[bool, bool, bool]] = case.memory["traces"]
    found = []
    for place, (who, what) in enumerate(
        (
            ("candidates bear traces of JPEG", "what the paper scored may not have been saved so"),
            ("references bear traces of JPEG", "the paper's may have been the originals"),
            ("references look upscaled themselves", "the paper's may have been of full size"),
        )
    ):
        count = sum(traces[place] for traces in seen)
        if 2 * count > len(seen):
            name = "lossy" if place < 2 else "resized"
            found.append(Suspect(name, "possible", f"{count} of {len(seen)} {who}: {what}"))
    return found


def _traces(file: FilePair) -> tuple[bool, bool, bool]:
    reference, candidate = next(file.read())
    return (
        jpeg_traces(candidate.pixels).found,
        jpeg_traces(reference.pixels).found,
        is_upscaled(reference.pixels).found,
    )


def _claims_less(case: Case) -> bool:
    """Return True when some preset scores higher than the claim: losses can only lower it."""
    claim = case.claims.mean
    if claim is None or claim.psnr is None:
        return claim is not None
    return any(one.psnr is not None and one.psnr > claim.psnr.value for _, one in case.conventions())
