"""Gaps in PSNR that a slip always makes, whatever the images are."""

from __future__ import annotations

import math

from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import FULL_RANGE_GAP, label

GAPS = (
    (20 * math.log10(255), "the peak taken as 255 for values from 0 to 1"),
    (-20 * math.log10(255), "the peak taken as 1 for values from 0 to 255"),
    (20 * math.log10(2), "the peak taken twice too large (floats from 0 to 1 taken for -1 to 1)"),
    (-20 * math.log10(2), "the peak taken half as large (floats from -1 to 1 scored with a peak of 1)"),
    (-10 * math.log10(3), "the squared errors of the three channels added up instead of averaged"),
    (20 * math.log10(65535 / 4095), "12 bits scored with the peak of 16"),
    (FULL_RANGE_GAP, "studio-range Y scored where the convention has full-range luma"),
    (-FULL_RANGE_GAP, "full-range luma scored where the convention has studio-range Y: 20 log10(255/219) = 1.32 dB"),
)
"""In dB: what is added to the right PSNR, and why."""

CLOSE = 0.03
"""dB within which a gap of 1.32 dB is pointed out: the offset and rounding of Y move it by as much."""


def suspect_gaps(case: Case) -> list[Suspect]:
    """Look for a named convention from which the claimed PSNR lies exactly such a gap away."""
    claim = case.claims.mean
    if claim is None or claim.psnr is None or math.isinf(claim.psnr.value):
        return []
    if any(one.psnr is not None and claim.psnr.agreement(one.psnr) for _, one in case.conventions()):
        return []
    near: Suspect | None = None
    for _, one in case.conventions():
        if one.psnr is None or not math.isfinite(one.psnr):
            continue
        ssim_agrees = claim.ssim is None or (one.ssim is not None and bool(claim.ssim.agreement(one.ssim)))
        for gap, why in GAPS:
            side = "above" if gap > 0 else "below"
            text = f"PSNR {claim.psnr.text} is {abs(gap):.2f} dB {side} {label(one)}'s {one.psnr:.2f}: {why}"
            if abs(gap) != FULL_RANGE_GAP and claim.psnr.agreement(one.psnr + gap):
                return [Suspect("peak", "explains" if ssim_agrees else "likely", text)]
            if abs(gap) == FULL_RANGE_GAP and abs(claim.psnr.value - one.psnr - gap) <= CLOSE and near is None:
                wanted = "luma-bt601" if gap > 0 else "y-bt601"
                if one.psnr_rule is not None and one.psnr_rule.reading.colour == wanted:
                    near = Suspect("full-range luma", "likely", text)
    return (
        [near]
        if near
        else [
            Suspect(
                "peak",
                "no",
                "no slip of the range (48.13 dB, 6.02 dB) and not the 1.32 dB of full-range luma lies between",
            )
        ]
    )
