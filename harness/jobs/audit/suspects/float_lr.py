"""A bicubic row whose low-resolution images were never rounded to 8 bits: made from the references and scored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from degradations import imresize, studio_luma, upscale_float_luma
from harness.jobs.audit.plan import Pixels
from harness.jobs.audit.suspects.published import published_as
from harness.jobs.audit.suspects.suspect import Case, Suspect
from srmetrics import evaluate

ALIKE = 1.0
"""dB that the candidate's own PSNR may lie from that of bicubic to be worth a test."""


def suspect_float_lr(case: Case) -> list[Suspect]:
    """Score bicubic from an LR in floats, and say whether the claim is that."""
    claim, scale = case.claims.mean, case.scale
    row = published_as(claim)
    if claim is None or scale is None or scale < 2 or case.facts.deeper or case.facts.sizes_differ or case.facts.alpha:
        return []
    ours = next(one for named, one in case.conventions() if named.name == "sr-y8")
    if "float LR" not in case.memory:
        case.memory["float LR"] = [float(np.mean(column)) for column in zip(*_scores(case, scale), strict=True)]
    psnr, ssim = case.memory["float LR"]
    if ours.psnr is None or abs(ours.psnr - psnr) > ALIKE:
        return []
    given = "/".join(
        number.printed(value) for number, value in ((claim.psnr, psnr), (claim.ssim, ssim)) if number is not None
    )
    text = (
        f"bicubic of these references from an LR that is kept in floats (never rounded to 8 bits) gives {given} on "
        f"rounded Y; the candidate gives {case.shown(ours)}"
    )
    agrees = all(
        number is None or number.agreement(value) for number, value in ((claim.psnr, psnr), (claim.ssim, ssim))
    )
    if agrees:
        return [
            Suspect("float LR", "explains", text + (f"; the claim is the published row of {row.words}" if row else ""))
        ]
    return [Suspect("float LR", "likely" if row and row.family == "float LR" else "no", text)]


def _scores(case: Case, scale: int) -> Iterator[tuple[float, float]]:
    for file in case.inputs.files:
        for reference, _ in file.read():
            pixels = reference.pixels
            height, width = (length - length % scale for length in pixels.shape[:2])
            luma = _rounded_luma(pixels[:height, :width])
            low = imresize(luma.astype(np.float64) / 255.0, 1.0 / scale)
            inner = slice(scale, height - scale), slice(scale, width - scale)
            scores = evaluate(luma[inner], upscale_float_luma(low, scale)[inner], "native")
            yield scores["psnr"], scores["ssim"]


def _rounded_luma(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 2 else np.asarray(studio_luma(pixels))
