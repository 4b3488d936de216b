"""Published bicubic rows that many tables copy, so that a claim can be told to be one of them.

Facts: rows of PSNR on Y (crop = scale). Family A keeps the LR in floats (VDSR, DRRN, LapSRN, EDSR, RCAN and others
print it), family B has an LR of 8 bits (SelfExSR).
"""

from __future__ import annotations

from typing import NamedTuple

from harness.jobs.audit.claim import Claim, Number


class Row(NamedTuple):
    """One published row."""

    dataset: str
    scale: int
    family: str
    psnr: str
    ssim: str

    @property
    def words(self) -> str:
        """What the row is."""
        low = "an LR kept in floats" if self.family == "float LR" else "an LR of 8 bits"
        return f"bicubic on {self.dataset} x{self.scale} from {low}"


PUBLISHED = tuple(
    Row(dataset, scale, family, *text.split("/"))
    for dataset, scale, floats, integers in (
        ("Set5", 2, "33.66/0.9299", "33.64/0.9292"),
        ("Set5", 3, "30.39/0.8682", "30.39/0.8678"),
        ("Set5", 4, "28.42/0.8104", "28.42/0.8101"),
        ("Set14", 2, "30.24/0.8688", "30.22/0.8683"),
        ("Set14", 3, "27.55/0.7742", "27.53/0.7737"),
        ("Set14", 4, "26.00/0.7027", "25.99/0.7023"),
        ("BSD100", 2, "29.56/0.8431", "29.55/0.8425"),
        ("BSD100", 3, "27.21/0.7385", "27.20/0.7382"),
        ("BSD100", 4, "25.96/0.6675", "25.96/0.6672"),
        ("Urban100", 2, "26.88/0.8403", "26.66/0.8408"),
        ("Urban100", 4, "23.14/0.6577", "23.14/0.6573"),
    )
    for family, text in (("float LR", floats), ("8-bit LR", integers))
)


def published_with(metric: str, number: Number) -> str:
    """Return which published rows print a number, in words; empty where none does."""
    found = [row for row in PUBLISHED if getattr(row, metric) == number.text]
    return " and ".join(f"the published {metric.upper()} of {row.words}" for row in found[:2])


def published_as(claim: Claim | None) -> Row | None:
    """Return the published row that a claim of both numbers repeats."""
    if claim is None or claim.psnr is None or claim.ssim is None:
        return None
    return next((row for row in PUBLISHED if (row.psnr, row.ssim) == (claim.psnr.text, claim.ssim.text)), None)
